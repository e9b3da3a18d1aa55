"""Where the two looks of `corpus.tampering` come from, and how well the rule does.

They learn from templates and whole clauses in six languages (data/learning/tampering*.yaml) and the
digests, all in the repository, and learn how ordinary text reads from the library's public
passages and from two files of three of its treaties, recommendations and guides. They are measured
on the other files and on clauses that neither learns: those written before them
(data/tampering.yaml), and two sets apart in another manner that nothing was ever tuned on
(data/tampering_apart*.yaml). Where the bar of the rule lies is set on every honest text that is
held, so that none of it waits.
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
from corpus.tampering.rule import HOLD, Look, judged, looked
from indexing import second_look
from indexing.encoder import Encoder

_FILLED, _ORDINARY = 14, 2500
"""For the first look: sentences made of a template at most (more repeat the same words), and
ordinary sentences of a language and kind."""

_FILLED_AGAIN, _ORDINARY_AGAIN, _HELD_AGAIN, _DIGESTS_AGAIN, _FRAGMENTS = 3, 200, 600, 400, 350
"""The same for the second look, of the texts held, sentences of digests, and fragments of each kind
of honest text."""

_TEMPLATES = ("learning/tampering.yaml", "learning/tampering_guides.yaml")
_CLAUSES = "learning/tampering_clauses.yaml"
"""What both looks learn from, and the second alone."""

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

_MARGIN = 0.1
"""Log odds between the surest honest sentence and the lower bar of the rule, at the least."""

_SURER = 1.67
"""Log odds by which the surest honest sentences may pass the bar all the same. Of 2,071 clauses of
texts not learned from 11 wait then, and 31 of the 60 attacks set apart, where 0 and 8 would. Set by
hand, so that no more attacks pass than before."""

_READ = 64
"""Sentences read in one go."""

_FOLDS = 5
"""Parts that the first look's odds are made for in turn, by weights that saw nothing of the part:
the second look must not learn to trust what the first knows by heart."""

_CHAT = "bastioncorpus"
"""Its honest half is of chat, not of documents."""

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SEED = 20261201


class Example(Frozen):
    """A clause that nothing learns from.

    Attributes:
        part: of data/tampering.yaml, 'seen' may be looked at when the rule is mended, 'unseen' may
            not, 'fresh' was written when the first look was done; 'apart' and 'apart 2' are the
            sets apart.
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
    names = (*_TEMPLATES, *([_CLAUSES] if clauses else []))
    found = [one for name in names for one in _filled(name, choose, _FILLED)]
    texts = [(digests(), None), *((some, _ORDINARY) for some in _ordinary(shared / "qa"))]
    texts += [(some, None) for some in _learned_of(shared)]
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
    seeds = [random.Random(seed) for seed in (5, 5, 5, 3, 11)]  # noqa: S311 - the same each time
    kinds: list[list[Learned]] = [[], []]
    for some, most in (
        *((sorted(_cut(some)), _ORDINARY_AGAIN) for some in _ordinary(shared / "qa")),
        *((sorted(_cut(some)), _HELD_AGAIN) for some in _learned_of(shared)),
        ([s for text in digests() for s in parted(text)], _DIGESTS_AGAIN),
    ):
        seeds[3].shuffle(some)
        kind = [Learned(text=s, attack=False, source=s) for s in some[:most]]
        kinds[most == _DIGESTS_AGAIN] += kind
    templates, guides, clauses = (
        list(_filled(name, choose, _FILLED_AGAIN))
        for name, choose in zip((*_TEMPLATES, _CLAUSES), seeds, strict=False)
    )
    found = [*clauses, *templates, *guides, *kinds[0], *kinds[1]]
    for kind in (*kinds, clauses, templates, guides):
        whole = [one.text for one in kind if not one.attack]
        seeds[4].shuffle(whole)
        for text in whole[:_FRAGMENTS]:
            words = text.split() if " " in text else list(text)
            length = seeds[4].randint(3, 8)
            start = seeds[4].randint(0, max(0, len(words) - length))
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


def digests() -> list[str]:
    """Clauses of the digests that ship."""
    return [c.text for d in packaged_digests() for _, c in d.digest.document.clauses()]


def speaking(choose: random.Random, times: int) -> Iterator[str]:
    """Sentences that speak to somebody: the attacks, and harmless orders to people."""
    for name in (*_TEMPLATES, _CLAUSES):
        for kind, by_language in _file(name).items():
            for template in (t for some in by_language.values() for t in some):
                if kind in ("attacks", "orders"):
                    yield from sorted({fill(template, choose) for _ in range(times)})


def stating(choose: random.Random, times: int) -> Iterator[str]:
    """Sentences of guides that give no order, on answers, readers and software too."""
    for some in _file(_TEMPLATES[1])["lookalikes"].values():
        for template in some:
            yield from sorted({fill(template, choose) for _ in range(times)})


def _once(found: Sequence[Learned]) -> list[Learned]:
    return list({one.text: one for one in reversed(found)}.values())[::-1]


def passages(shared: Path) -> Iterator[list[str]]:
    """Passages of an encyclopedia, by language."""
    yield from list(_ordinary(shared / "qa"))[:-1]


def provisions(shared: Path) -> list[str]:
    """Clauses of the Final Acts of PP-18."""
    from corpus.reading.readers import akn

    source = shared / "itu" / "pp18_final_acts_akn.xml"
    return [c.text for d in akn.read(source.read_bytes(), source.name) for _, c in d.clauses()]


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


def _learned_of(shared: Path) -> list[list[str]]:
    """Two files of three of the texts held: guides, which speak to people, and the others."""
    return [_held(shared / "texts", learned=True, guides=guides) for guides in (True, False)]


def train(examples: Sequence[Learned], honest: Sequence[str]) -> Trained:
    """Fit the first look; the same each time.

    Args:
        examples: what it learns from.
        honest: texts none of which may wait.
    """
    weights, bias = fitted(
        matrix([one.text for one in examples]), np.array([one.attack for one in examples])
    )
    return Trained(weights=tuple(map(float, weights)), bias=bias, sentences=len(examples))


def train_again(
    shared: Path, read: Rows, everything: Sequence[Learned], honest: Sequence[str]
) -> second_look.Fitted:
    """Fit the second look (most of an hour on two cores, nearly all of it the encoder's).

    Args:
        shared: the library.
        read: what the packaged encoder says of sentences.
        everything: what its n-grams learn from.
        honest: texts none of which may wait.
    """
    from sklearn.linear_model import LogisticRegression

    few = learned_again(shared)
    texts = [one.text for one in few]
    rows = read(read.encoder, texts)
    known = matrix([one.text for one in everything])
    attacks = np.array([one.attack for one in everything])
    folds, asked = np.array([_fold(one) for one in everything]), matrix(texts)
    for fold in range(_FOLDS):
        weights, bias = fitted(known[folds != fold], attacks[folds != fold])
        here = [n for n, one in enumerate(few) if _fold(one) == fold]
        rows[here, 0] = asked[here] @ weights + bias
    mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    spread[0] /= _FIRST_COUNTS
    model = LogisticRegression(C=_TIGHT, max_iter=3000, class_weight="balanced")
    model.fit((rows - mean) / spread, [one.attack for one in few])
    learned = model.coef_[0] / spread
    moved = float(model.intercept_[0] - learned @ mean)
    grams, gram_bias = fitted(known, attacks)
    found = second_look.Fitted(
        learned.astype(np.float32),
        moved,
        read.encoder.fingerprint,
        grams.astype(np.float32),
        gram_bias,
    )
    told = sorted({sentence for text in honest for sentence in parted(text)})
    surest = second_look.SecondLook(read.encoder, found, read)(told)
    odds = np.array([np.log(one / (1 - one)) for one in surest])
    return found._replace(bias=moved - _too_sure(odds))


def _too_sure(odds: NDArray[np.floating[Any]]) -> float:
    """How much to take from log odds so that hardly an honest sentence reaches the lower bar."""
    over = float(odds.max()) + _MARGIN - _SURER
    return max(0.0, over - float(np.log(HOLD / (1 - HOLD))))


class Rows:
    """`second_look.columns`, each sentence read once."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._held: dict[str, NDArray[np.float16]] = {}

    def __call__(self, encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
        """Rows of the texts, in their order."""
        new = sorted({text for text in texts if text not in self._held}, key=len)
        for start in range(0, len(new), _READ):
            some = new[start : start + _READ]
            found = second_look.columns(encoder, some).astype(np.float16)
            self._held.update(zip(some, found, strict=True))
        return np.array([self._held[text] for text in texts], dtype=np.float32)


def matrix(texts: Sequence[str]) -> Any:
    """Features of the first look, a row a sentence, sparse."""
    from scipy.sparse import csr_matrix

    rows = [features(text) for text in texts]
    bounds = np.cumsum([0, *(len(slots) for slots, _ in rows)])
    values, slots = np.concatenate([v for _, v in rows]), np.concatenate([s for s, _ in rows])
    return csr_matrix((values, slots, bounds), shape=(len(rows), SIZE))


def fitted(
    rows: Any, attacks: NDArray[np.bool_], count: float = _ATTACKS_COUNT
) -> tuple[NDArray[np.float64], float]:
    """Weights by slot and the bias; an attack counts `count` times."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=30, max_iter=1000, class_weight={True: count, False: 1.0})
    model.fit(rows, attacks)
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
        Example(text=text, language=language, attack=kind == "attacks", part=part)
        for name, part in (("tampering_apart.yaml", "apart"), ("tampering_apart_2.yaml", "apart 2"))
        for kind, by_language in _file(name).items()
        for language, texts in by_language.items()
        for text in texts
    ]
    return found


def public(shared: Path) -> list[tuple[str, list[str], bool]]:
    """Sets nobody here wrote: BIPIA, bastioncorpus, and real clauses in six languages."""
    folder = shared / "bench" / "injection"
    bipia = json.loads((folder / "bipia_text_attack_train.json").read_text("utf-8"))
    lines = (folder / "bastioncorpus.jsonl").read_text("utf-8").splitlines()
    bastion = [json.loads(line) for line in lines]
    found = [
        ("BIPIA", [text for some in bipia.values() for text in some], True),
        ("bastioncorpus", [r["text"] for r in bastion if r["label"] == "malicious"], True),
        (_CHAT, [r["text"] for r in bastion if r["label"] == "benign"], False),
        ("Final Acts of PP-18", provisions(shared), False),
    ]
    for path in sorted((shared / "texts" / "un_charter_six").glob("un_charter_*.txt")):
        read = path.read_text("utf-8", "replace").splitlines()
        found.append((path.stem, [line for line in read if len(line) > _SHORT], False))
    for name, learned in (("texts held, learned", True), ("texts held, not learned", False)):
        found.append((name, _held(shared / "texts", learned), False))
    found.append(("starter digests", digests(), False))
    return found


def honest(tried: Sequence[tuple[str, Sequence[str], bool]]) -> list[str]:
    """Of `public`, the texts that an honest shelf holds, but for what a rule holds back."""
    texts = [text for name, some, attack in tried if not attack for text in some if name != _CHAT]
    return [text for text in texts if judged(text, like=lambda _: 0.0) is None]


def _held(folder: Path, learned: bool, guides: bool | None = None) -> list[str]:
    """Clauses of treaties, recommendations and guides, as the readers read them.

    Args:
        folder: of the texts.
        learned: of the files that the looks learn from, or of the others.
        guides: toolkits alone, all but them, or everything.
    """
    from corpus.errors import ReadError
    from corpus.reading.files import read

    found: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix not in (".md", ".adoc") or "un_charter" in name:
            continue
        if (zlib.crc32(name.encode()) % 3 != 0) is not learned:
            continue
        if guides is not None and ("toolkit" in name) is not guides:
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
        for part in ("seen", "unseen", "fresh", "apart", "apart 2")
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
