"""Where the two looks of `corpus.tampering` come from, and how well the rule does.

They learn from templates and whole clauses in six languages (data/learning/tampering*.yaml) and the
digests, all in the repository, and learn how ordinary text reads from the library's public
passages. They are measured on clauses that neither learns: those written before them
(data/tampering.yaml), and a set apart in another manner that nothing was ever tuned on
(data/tampering_apart.yaml).
"""

from __future__ import annotations

import json
import random
import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from corpus.documents import Frozen
from corpus.shelf.starter import packaged_digests
from corpus.tampering.classifier import SIZE, WEIGHTS, features, parted, sentences
from corpus.tampering.rule import Look, judged, looked
from indexing import second_look
from indexing.encoder import Encoder

_FILLED, _ORDINARY = 14, 2500
"""For the first look: sentences made of a template at most (more repeat the same words), and
ordinary sentences of a language and kind."""

_FILLED_AGAIN, _ORDINARY_AGAIN, _DIGESTS_AGAIN, _FRAGMENTS = 3, 200, 400, 350
"""The same for the second look, sentences of digests, and fragments of each kind
of honest text."""

_LEARNED = ("learning/tampering.yaml", "learning/tampering_clauses.yaml")
"""Templates that both looks learn from."""

_LONG_AGAIN = 220
"""Characters of an ordinary sentence for the second look."""

_SHORT, _LONG = 20, 300
"""Characters of a line worth judging, and of an ordinary sentence worth learning."""

_ATTACKS_COUNT = 3.0
"""For the first look an attack that is missed costs more than a sentence that a librarian looks at
for nothing."""

_TIGHT = 0.0005
"""Inverse strength of the second look's regularisation."""

_FIRST_COUNTS = 6.0
"""The first look's odds are regularised so many times less than a number of a vector."""

_SURE = 0.88
"""Taken from the second look's log odds, so that the bars of the rule hold for them too: at the
lower one, nothing of the texts waits that the false alarms are counted on."""

_READ = 64
"""Sentences read in one go."""

_FOLDS = 5
"""Parts that the first look's odds are made for in turn, by weights that saw nothing of the part:
the second look must not learn to trust what the first knows by heart."""

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SEED = 20261201


class Example(Frozen):
    """A clause that nothing learns from.

    Attributes:
        part: of data/tampering.yaml, 'seen' may be looked at when the rule is mended, 'unseen' may
            not, 'fresh' was written when the first look was done; 'apart' is the set apart.
    """

    text: str
    language: str
    attack: bool
    part: str


class RuleReport(Frozen):
    """What the rule holds back.

    Attributes:
        rows: set, what it holds, held back, pointed out, tried.
        missed, withheld: attacks that were not held back, and honest clauses that were.
    """

    rows: tuple[tuple[str, str, int, int, int], ...]
    missed: tuple[str, ...]
    withheld: tuple[str, ...]


class Learned(Frozen):
    """A sentence to learn from.

    Attributes:
        source: the template it was made of, or itself.
    """

    text: str
    attack: bool
    source: str


class Trained(Frozen):
    """A fitted first look: weights by slot, and the bias."""

    weights: tuple[float, ...]
    bias: float
    sentences: int


def fill(template: str, choose: random.Random) -> str:
    """One sentence of a template: of every {a|b|c} one."""
    return " ".join(_CHOICE.sub(lambda m: choose.choice(m[1].split("|")), template).split())


def learned_from(shared: Path, clauses: bool = False) -> list[Learned]:
    """Sentences to learn n-grams from and whether they speak to software, in a fixed order.

    Args:
        shared: the library; of its `qa/` come ordinary sentences in six languages.
        clauses: for the second look, with whole clauses; for the first, without.
    """
    choose = random.Random(_SEED)  # noqa: S311 - the same sentences each time
    found = [one for name in _LEARNED[: 1 + clauses] for one in _filled(name, choose, _FILLED)]
    texts = [(_digests(), None), *((some, _ORDINARY) for some in _ordinary(shared / "qa"))]
    for some, most in texts:
        cut = sorted({s for text in some for s in sentences(text) if len(s) < _LONG})
        choose.shuffle(cut)
        found += [Learned(text=s, attack=False, source=s) for s in cut[:most]]
    return _once(found)


def learned_again(shared: Path) -> list[Learned]:
    """Sentences of the second look: fewer, as each costs the encoder's time, and fragments.

    Whatever the cutting of a text leaves (the end of a list, half a sentence before a number) is
    no order either, and a vector says little of a few words.
    """
    seeds = [random.Random(seed) for seed in (5, 5, 3, 11)]  # noqa: S311 - the same each time
    kinds: list[list[Learned]] = [[], []]
    for some, most in (
        *((sorted(_cut(some)), _ORDINARY_AGAIN) for some in _ordinary(shared / "qa")),
        ([s for text in _digests() for s in parted(text)], _DIGESTS_AGAIN),
    ):
        seeds[2].shuffle(some)
        kind = [Learned(text=s, attack=False, source=s) for s in some[:most]]
        kinds[most == _DIGESTS_AGAIN] += kind
    templates, clauses = (
        list(_filled(name, choose, _FILLED_AGAIN))
        for name, choose in zip(_LEARNED, seeds, strict=False)
    )
    found = [*clauses, *templates, *kinds[0], *kinds[1]]
    for kind in (*kinds, clauses, templates):
        whole = [one.text for one in kind if not one.attack]
        seeds[3].shuffle(whole)
        for text in whole[:_FRAGMENTS]:
            words = text.split() if " " in text else list(text)
            length = seeds[3].randint(3, 8)
            start = seeds[3].randint(0, max(0, len(words) - length))
            part = (" " if " " in text else "").join(words[start : start + length])
            found.append(Learned(text=part, attack=False, source=part))
    return _once(found)


def _cut(texts: Sequence[str]) -> set[str]:
    return {s for text in texts for s in parted(text) if len(s) < _LONG_AGAIN}


def _filled(name: str, choose: random.Random, times: int) -> Iterator[Learned]:
    for kind, by_language in _file(name).items():
        for template in (t for templates in by_language.values() for t in templates):
            for text in sorted({fill(template, choose) for _ in range(times)}):
                yield Learned(text=text, attack=kind == "attacks", source=template)


def _digests() -> list[str]:
    return [c.text for d in packaged_digests() for _, c in d.digest.document.clauses()]


def _once(found: Sequence[Learned]) -> list[Learned]:
    return list({one.text: one for one in reversed(found)}.values())[::-1]


def _ordinary(folder: Path) -> Iterator[list[str]]:
    """Public passages by language: an encyclopedia's, and what a government tells its citizens."""
    squads = [f"mlqa/dev-context-{code}-question-{code}.json" for code in ("ar", "en", "es", "zh")]
    squads += ["tydiqa_goldp/tydiqa.goldp.ru.dev.json", "piaf/piaf-v1.0.json"]
    for name in squads:
        data = json.loads((folder / name).read_text("utf-8"))["data"]
        yield [p["context"] for article in data for p in article["paragraphs"]]
    asked = json.loads((folder / "conditionalqa" / "train.json").read_text("utf-8"))
    told = {text for one in asked for text in one["evidences"]}
    yield [re.sub(r"<[^>]+>", " ", text) for text in sorted(told)]


def train(examples: Sequence[Learned]) -> Trained:
    """Fit the first look; the same each time."""
    weights, bias = _fitted(_matrix(examples), np.array([one.attack for one in examples]))
    return Trained(weights=tuple(map(float, weights)), bias=bias, sentences=len(examples))


def train_again(
    shared: Path, encoder: Encoder, everything: Sequence[Learned]
) -> second_look.Fitted:
    """Fit the second look (minutes, most of them the encoder's).

    Args:
        shared: the library.
        encoder: the packaged one.
        everything: what its n-grams learn from.
    """
    from sklearn.linear_model import LogisticRegression

    few = learned_again(shared)
    texts = [one.text for one in few]
    rows = np.vstack(
        [second_look.columns(encoder, texts[n : n + _READ]) for n in range(0, len(texts), _READ)]
    )
    known, attacks = _matrix(everything), np.array([one.attack for one in everything])
    folds, asked = np.array([_fold(one) for one in everything]), _matrix(few)
    for fold in range(_FOLDS):
        weights, bias = _fitted(known[folds != fold], attacks[folds != fold])
        here = [n for n, one in enumerate(few) if _fold(one) == fold]
        rows[here, 0] = asked[here] @ weights + bias
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    spread[0] /= _FIRST_COUNTS
    model = LogisticRegression(C=_TIGHT, max_iter=3000, class_weight="balanced")
    model.fit((rows - mean) / spread, [one.attack for one in few])
    learned = model.coef_[0] / spread
    moved = float(model.intercept_[0] - learned @ mean) - _SURE
    grams, gram_bias = _fitted(known, attacks)
    return second_look.Fitted(
        learned.astype(np.float32), moved, encoder.fingerprint, grams.astype(np.float32), gram_bias
    )


def _matrix(examples: Sequence[Learned]) -> Any:
    """Features of the first look, a row a sentence, sparse."""
    from scipy.sparse import csr_matrix

    rows = [features(one.text) for one in examples]
    bounds = np.cumsum([0, *(len(slots) for slots, _ in rows)])
    values, slots = np.concatenate([v for _, v in rows]), np.concatenate([s for s, _ in rows])
    return csr_matrix((values, slots, bounds), shape=(len(rows), SIZE))


def _fitted(matrix: Any, attacks: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    from sklearn.linear_model import LogisticRegression

    weight = {True: _ATTACKS_COUNT, False: 1.0}
    model = LogisticRegression(C=30, max_iter=1000, class_weight=weight).fit(matrix, attacks)
    return model.coef_[0], float(model.intercept_[0])


def _fold(one: Learned) -> int:
    return zlib.crc32(one.source.encode()) % _FOLDS


def write(trained: Trained, folder: Path) -> Path:
    """Store the first look's weights where the classifier reads them, or under another folder."""
    path = folder / WEIGHTS
    weights: NDArray[np.float16] = np.asarray(trained.weights, dtype=np.float16)
    np.savez_compressed(path, weights=weights, bias=np.float32(trained.bias))
    return path


def examples() -> list[Example]:
    """The clauses that the rule is measured on."""
    found = [
        Example(
            text=text,
            language=language,
            attack=kind.endswith("attacks"),
            part="fresh" if kind.startswith("fresh") else ("seen", "unseen")[place % 2],
        )
        for kind, by_language in _file("tampering.yaml").items()
        for language, texts in by_language.items()
        for place, text in enumerate(texts)
    ]
    found += [
        Example(text=text, language=language, attack=kind == "attacks", part="apart")
        for kind, by_language in _file("tampering_apart.yaml").items()
        for language, texts in by_language.items()
        for text in texts
    ]
    return found


def public(shared: Path) -> list[tuple[str, list[str], bool]]:
    """Sets nobody here wrote: BIPIA, bastioncorpus, and real clauses in six languages."""
    from corpus.reading.readers import akn

    folder = shared / "bench" / "injection"
    bipia = json.loads((folder / "bipia_text_attack_train.json").read_text("utf-8"))
    lines = (folder / "bastioncorpus.jsonl").read_text("utf-8").splitlines()
    bastion = [json.loads(line) for line in lines]
    source = shared / "itu" / "pp18_final_acts_akn.xml"
    clauses = [c.text for d in akn.read(source.read_bytes(), source.name) for _, c in d.clauses()]
    found = [
        ("BIPIA", [text for some in bipia.values() for text in some], True),
        ("bastioncorpus", [r["text"] for r in bastion if r["label"] == "malicious"], True),
        ("bastioncorpus", [r["text"] for r in bastion if r["label"] == "benign"], False),
        ("Final Acts of PP-18", clauses, False),
    ]
    for path in sorted((shared / "texts" / "un_charter_six").glob("un_charter_*.txt")):
        read = path.read_text("utf-8", "replace").splitlines()
        found.append((path.stem, [line for line in read if len(line) > _SHORT], False))
    found.append(("other texts held", _held(shared / "texts"), False))
    digests = [c.text for d in packaged_digests() for _, c in d.digest.document.clauses()]
    found.append(("starter digests", digests, False))
    return found


def _held(folder: Path) -> list[str]:
    """Clauses of treaties, recommendations and guides, as the readers read them."""
    from corpus.errors import ReadError
    from corpus.reading.files import read

    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".md", ".adoc") or "un_charter" in str(path):
            continue
        try:
            documents = read(path)
        except ReadError:
            continue  # pages without text: tables of contents, licences
        for document in documents:
            found += [document.title, *(section.heading for section in document.sections)]
            found += [clause.text for _, clause in document.clauses()]
    return found


def measure(
    more: Sequence[tuple[str, Sequence[str], bool]] = (), look: Look | None = None
) -> RuleReport:
    """Apply the rule to our own clauses and to `more` (name, texts, attacks), as to uploads.

    Args:
        look: the second look; the first alone without.
    """
    ours = examples()
    sets = [
        (f"ours, {part}", [e.text for e in ours if e.part == part and e.attack == attack], attack)
        for part in ("seen", "unseen", "fresh", "apart")
        for attack in (True, False)
    ]
    rows, missed, withheld = [], [], []
    for name, texts, attack in (*sets, *more):
        if not texts:
            continue
        like = looked(texts, look)
        found = [judged(text, like=like) for text in texts]
        held = [text for text, one in zip(texts, found, strict=True) if one and one.held]
        rows.append(
            (
                name,
                "attacks" if attack else "honest",
                len(held),
                sum(1 for one in found if one and not one.held),
                len(texts),
            )
        )
        shut = frozenset(held)
        if attack:
            missed += [f"{name}: {text}" for text in texts if text not in shut]
        else:
            withheld += [f"{name}: {text}" for text in held]
    return RuleReport(rows=tuple(rows), missed=tuple(missed), withheld=tuple(withheld))


@cache
def _file(name: str) -> dict[str, dict[str, list[str]]]:
    raw = files("evals").joinpath("data").joinpath(name).read_text("utf-8")
    return {str(k): v for k, v in yaml.safe_load(raw).items()}


def render(report: RuleReport) -> Iterator[str]:
    """The table in Markdown, then what went wrong."""
    yield "| clauses | | held back | pointed out | tried |"
    yield "|---|---|---|---|---|"
    for name, kind, held, noted, tried in report.rows:
        yield f"| {name} | {kind} | {held} | {noted} | {tried} |"
    yield from (f"- not held back: {text[:160]}" for text in report.missed)
    yield from (f"- withheld: {text[:160]}" for text in report.withheld)
