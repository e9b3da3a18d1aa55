"""The weights of `corpus.language.latin`: English, French and Spanish told from few letters."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from corpus.language.latin import LANGUAGES, SIZE, runs
from corpus.shelf.starter import packaged_digests, packaged_translations
from evals.training.data import own_questions
from indexing.glossary import concepts

LENGTHS = (1, 2, 3, 4, 6, 12)
"""Words that lines are cut to."""

STRENGTH = 3.0
KEPT = 0.15
SLIPS, BARE = 0.3, 0.4
"""Shares of the lines with a letter lost or two exchanged, and without accents."""


class Line(NamedTuple):
    """Something written, and its language."""

    language: str
    text: str


def lines() -> list[Line]:
    """Messages to the assistant, questions for clauses, subjects as they are typed for want of a
    question, and the digests in each language."""
    found = [*_messages(), *_subjects()]
    found += [Line(q.language, q.question) for q in own_questions() if q.language in LANGUAGES]
    digests = [("en", packaged.digest.document) for packaged in packaged_digests()]
    digests += [(code, d) for code in ("es", "fr") for d in packaged_translations(code)]
    for language, digest in digests:
        found.append(Line(language, digest.title))
        found += [Line(language, clause.text) for _, clause in digest.clauses()]
    return found


def _messages() -> Iterator[Line]:
    folder = Path(str(files("evals"))) / "data" / "forms"
    for path in sorted(folder.glob("*.yaml")):
        for key, value in yaml.safe_load(path.read_text("utf-8")).items():
            groups = value if isinstance(value, dict) else {key: value}
            for language, messages in groups.items():
                if language in LANGUAGES:
                    for message in messages:
                        yield Line(language, re.sub(r"[\[\]]", "", str(message)))


def _subjects() -> Iterator[Line]:
    """The glossary's, from which accents are missing: in English the texts' own words too."""
    for concept in concepts():
        for term in concept.terms:
            yield Line("en", term)
        for language in LANGUAGES:
            for phrase in concept.phrases.get(language, ()):
                yield Line(language, phrase.replace("*", ""))


def as_typed(some: Sequence[Line], length: int, draw: random.Random) -> list[Line]:
    """Each line cut to `length` words, some with a slip, some without accents."""
    made = []
    for language, text in some:
        words = text.split()
        start = draw.randrange(max(1, len(words) - length + 1))
        cut = " ".join(words[start : start + length])
        if draw.random() < SLIPS and len(cut) > 4:
            at = draw.randrange(len(cut) - 1)
            lost = draw.random() < 0.5
            cut = (
                cut[:at] + cut[at + 1] * (not lost) + (cut[at] * (not lost)) + cut[at + 2 - lost :]
            )
        if draw.random() < BARE:
            apart = unicodedata.normalize("NFD", cut)
            cut = "".join(c for c in apart if not unicodedata.combining(c))
        made.append(Line(language, cut))
    return made


def fit(file: Path) -> str:
    """Fit on most lines, write the weights to `file`, and tell how the rest is read."""
    from sklearn.linear_model import LogisticRegression

    draw = random.Random(3)  # noqa: S311
    every = lines()
    draw.shuffle(every)
    apart = int(len(every) * KEPT)
    learned = [line for n in LENGTHS for line in as_typed(every[apart:], n, draw)]
    model = LogisticRegression(C=STRENGTH, max_iter=300)
    model.fit(_rows(learned), [line.language for line in learned])
    weights, bias = model.coef_.astype(np.float16), model.intercept_.astype(np.float32)
    np.savez_compressed(file, weights=weights, bias=bias)
    told = ["| words | lines kept back | right |", "|---|---|---|"]
    for length in LENGTHS:
        some = as_typed(every[:apart], length, draw)
        right = model.predict(_rows(some)) == np.array([line.language for line in some])
        told.append(f"| {length} | {len(some)} | {right.mean():.3f} |")
    return "\n".join(told)


def _rows(some: Sequence[Line]) -> NDArray[np.float32]:
    from scipy.sparse import csr_matrix

    found = [runs(line.text) for line in some]
    places = [(row, run) for row, each in enumerate(found) for run in each]
    values = [weight for each in found for weight in each.values()]
    at = tuple(zip(*places, strict=True))
    rows: NDArray[np.float32] = csr_matrix((values, at), shape=(len(some), SIZE), dtype=np.float32)
    return rows
