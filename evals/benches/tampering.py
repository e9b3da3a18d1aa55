"""Where the classifier of `corpus.tampering` comes from, and how well the rule does.

It learns from templates in six languages (data/learning/tampering.yaml) and the digests, all in the
repository, and learns how ordinary text reads from the library's public passages. It is measured on
whole clauses written before it (data/tampering.yaml).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from corpus.documents import Frozen
from corpus.shelf.starter import packaged_digests
from corpus.tampering.classifier import SIZE, WEIGHTS, features, sentences
from corpus.tampering.rule import judged

_FILLED = 14
"""Sentences made of a template at most; more repeat the same words."""

_ORDINARY = 2500
"""Ordinary sentences of a language and kind."""

_SHORT, _LONG = 20, 300
"""Characters of a line worth judging, and of an ordinary sentence worth learning."""

_ATTACKS_COUNT = 3.0
"""An attack that is missed costs more than a sentence that a librarian looks at for nothing."""

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SEED = 20261201


class Example(Frozen):
    """A clause of data/tampering.yaml.

    Attributes:
        part: 'seen' may be looked at when the rule is mended, 'unseen' may not; 'fresh' was
            written when it was done.
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


class Trained(Frozen):
    """A fitted model: weights by slot, and the bias."""

    weights: tuple[float, ...]
    bias: float
    sentences: int


def fill(template: str, choose: random.Random) -> str:
    """One sentence of a template: of every {a|b|c} one."""
    return " ".join(_CHOICE.sub(lambda m: choose.choice(m[1].split("|")), template).split())


def learned_from(shared: Path) -> list[tuple[str, bool]]:
    """Sentences and whether they speak to software, in a fixed order.

    Args:
        shared: the library; of its `qa/` come ordinary sentences in six languages.
    """
    choose = random.Random(_SEED)  # noqa: S311 - the same sentences each time
    found: list[tuple[str, bool]] = []
    for kind, by_language in _file("learning/tampering.yaml").items():
        for templates in by_language.values():
            for template in templates:
                made = sorted({fill(template, choose) for _ in range(_FILLED)})
                found += [(sentence, kind == "attacks") for sentence in made]
    for packaged in packaged_digests():
        for _, clause in packaged.digest.document.clauses():
            found += [(sentence, False) for sentence in sentences(clause.text)]
    for texts in _ordinary(shared / "qa"):
        some = sorted({s for text in texts for s in sentences(text) if len(s) < _LONG})
        choose.shuffle(some)
        found += [(sentence, False) for sentence in some[:_ORDINARY]]
    return list(dict.fromkeys(found))


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


def train(shared: Path) -> Trained:
    """Fit the classifier; the same each time."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    examples = learned_from(shared)
    rows = [features(text) for text, _ in examples]
    bounds = np.cumsum([0, *(len(slots) for slots, _ in rows)])
    matrix = csr_matrix(
        (np.concatenate([v for _, v in rows]), np.concatenate([s for s, _ in rows]), bounds),
        shape=(len(rows), SIZE),
    )
    model = LogisticRegression(C=30, max_iter=1000, class_weight={True: _ATTACKS_COUNT, False: 1.0})
    model.fit(matrix, [attack for _, attack in examples])
    return Trained(
        weights=tuple(map(float, model.coef_[0])),
        bias=float(model.intercept_[0]),
        sentences=len(examples),
    )


def write(trained: Trained, folder: Path) -> Path:
    """Store the weights where the classifier reads them, or under another folder."""
    path = folder / WEIGHTS
    weights: NDArray[np.float16] = np.asarray(trained.weights, dtype=np.float16)
    np.savez_compressed(path, weights=weights, bias=np.float32(trained.bias))
    return path


def examples() -> list[Example]:
    """The clauses that the rule is measured on."""
    raw = _file("tampering.yaml")
    return [
        Example(
            text=text,
            language=language,
            attack=kind.endswith("attacks"),
            part="fresh" if kind.startswith("fresh") else ("seen", "unseen")[place % 2],
        )
        for kind, by_language in raw.items()
        for language, texts in by_language.items()
        for place, text in enumerate(texts)
    ]


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
    return found


def measure(more: Sequence[tuple[str, Sequence[str], bool]] = ()) -> RuleReport:
    """Apply the rule to the clauses of data/tampering.yaml and to `more` (name, texts, attacks)."""
    ours = examples()
    sets = [
        (f"ours, {part}", [e.text for e in ours if e.part == part and e.attack == attack], attack)
        for part in ("seen", "unseen", "fresh")
        for attack in (True, False)
    ]
    rows, missed, withheld = [], [], []
    for name, texts, attack in (*sets, *more):
        if not texts:
            continue
        found = [judged(text) for text in texts]
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
