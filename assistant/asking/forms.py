"""The forms of answer, and the learned head that tells which one a message asks for.

Nothing here lists phrases. A logistic regression over the embedding of the message, and a few
exact counts beside it (instruments, countries and years named, length), tells the form in any of
the six languages. `advisor train forms` fits it from the questions in `evals/data/forms`; its
weights stand in `forms.json` with the fingerprint of the embedder they belong to, or in the data
directory where they were fitted for another one.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from corpus.documents import Frozen

log = structlog.get_logger(__name__)

WEIGHTS = "forms.json"
"""Name of the file of weights, in this package and in a data directory."""

EXACT = (
    "one instrument", "two instruments", "one country", "two countries", "a year", "two years",
    "length", "mark",
)  # fmt: skip
"""What is counted beside the embedding."""

_STEEP = 1.0


class Form(StrEnum):
    """What a message asks for. Closed: a form has one module, and one file of questions."""

    CLAUSES = "clauses"
    OVERVIEW = "overview"
    LIST = "list"
    COUNT = "count"
    COMPARE = "compare"
    STANDING = "standing"
    HELP = "help"
    OPINION = "opinion"
    DRAFT = "draft"
    ADAPT = "adapt"
    MANDATE = "mandate"
    REVIEW = "review"


class Layer(Frozen):
    """A multinomial logistic regression: `weights` has a row a class."""

    classes: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]

    def chances(self, row: NDArray[np.float32]) -> dict[str, float]:
        """Probability of each class for one row of features."""
        raw = np.array(self.weights, dtype=np.float64) @ row + np.array(self.bias)
        if len(self.classes) == 2 and len(self.bias) == 1:
            second = 1 / (1 + math.exp(-float(raw[0])))
            return {self.classes[0]: 1 - second, self.classes[1]: second}
        raw = np.exp(_STEEP * (raw - raw.max()))
        return dict(zip(self.classes, (float(v) for v in raw / raw.sum()), strict=True))


class Heads(Frozen):
    """All that is learned about messages.

    Attributes:
        fingerprint: of the embedder whose vectors `layers` reads.
        layers: by name: 'form', 'draft' (its kind), 'leans' (does a turn lean on the one
            before).
        frame: by language, how much likelier a word stands in what a message is about than in the
            words it is asked with (log odds); unknown words are taken to be about something.
    """

    fingerprint: str
    layers: Mapping[str, Layer]
    frame: Mapping[str, Mapping[str, float]]

    def chances(
        self, layer: str, vector: NDArray[np.float32], exact: Sequence[float] = ()
    ) -> dict[str, float]:
        """Probability of each class of `layer` for an embedded message."""
        row = np.concatenate([np.asarray(vector), np.asarray(exact, dtype=np.float32)])
        return self.layers[layer].chances(row)

    def topic(self, text: str, language: str, known_as: Sequence[tuple[int, int]] = ()) -> str:
        """The stretch of `text` that says what it is about; '' where all of it is asking words.

        The stretch with the greatest sum of the words' log odds, so a word of asking inside a
        subject does not cut it. `known_as`: where subjects stand that the glossary knows: they
        outweigh a word that is merely unknown. Of stretches that weigh the same the later one is
        meant, as what is asked about follows the asking.
        """
        spans = words(text, language)
        known = self.frame.get(language, {})
        best, start, total, found = 0.0, 0, 0.0, (0, 0)
        for place, (left, right) in enumerate(spans):
            if total <= 0:
                start, total = place, 0.0
            weight = known.get(text[left:right].casefold(), _UNKNOWN)
            if any(begin < right and left < end for begin, end in known_as):
                weight = max(weight, 0.0) + _KNOWN
            total += weight
            if total > 0 and total >= best:
                best, found = total, (start, place + 1)
        if found[1] == 0:
            return ""
        return text[spans[found[0]][0] : spans[found[1] - 1][1]]

    def content(self, text: str, language: str) -> str:
        """The words of `text` that are likelier to say what it is about than to ask."""
        known = self.frame.get(language, {})
        kept = [text[a:b] for a, b in words(text, language)]
        kept = [word for word in kept if known.get(word.casefold(), _UNKNOWN) > 0]
        return ("" if language == "zh" else " ").join(kept)


_UNKNOWN = 1.0
"""Log odds of a word that no question of the learning set holds: subjects are many."""

_MET_TWICE = -2.0
"""Log odds of a word that two questions asked with and none was about."""

_KNOWN = 3.0
"""What a word weighs more that the glossary knows as a subject."""

_WORD = re.compile(r"[\w'’&.-]*\w")
_HAN = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9-]+")


def words(text: str, language: str) -> list[tuple[int, int]]:
    """Where the words of `text` stand; the characters of a Chinese one."""
    return [m.span() for m in (_HAN if language == "zh" else _WORD).finditer(text)]


def exact(text: str, language: str, instruments: int, countries: int, years: int) -> list[float]:
    """The counts named in EXACT, for a message that names so many of each."""
    length = len(words(text, language)) / (2 if language == "zh" else 1)
    return [
        float(instruments == 1),
        float(instruments > 1),
        float(countries == 1),
        float(countries > 1),
        float(years == 1),
        float(years > 1),
        math.log1p(length) / 3,
        float(text.rstrip().endswith(("?", "？", "؟"))),
    ]


def load(fingerprint: str, home: Path | None = None) -> Heads | None:
    """The heads fitted for an embedder: those of the data directory, else the packaged ones.

    None where neither belongs to it: every message is then a question for clauses.
    """
    return _load(fingerprint, str(home) if home else "")


@lru_cache(maxsize=8)
def asked_with(language: str) -> frozenset[str]:
    """Words in which questions are asked, as the packaged heads learned them: those met once more
    often in asking than in a subject may be slips of the keyboard and are left out."""
    return frozenset(
        word for word, odds in _packaged_frame().get(language, {}).items() if odds <= _MET_TWICE
    )


@cache
def _packaged_frame() -> dict[str, dict[str, float]]:
    packaged = files("assistant.asking") / WEIGHTS
    frame: dict[str, dict[str, float]] = json.loads(packaged.read_text("utf-8"))["frame"]
    return frame


@lru_cache(maxsize=8)
def _load(fingerprint: str, home: str) -> Heads | None:
    packaged = files("assistant.asking") / WEIGHTS
    for place in (Path(home) / WEIGHTS if home else None, packaged):
        if place is None or not place.is_file():
            continue
        heads = Heads.model_validate(json.loads(place.read_text(encoding="utf-8")))
        if heads.fingerprint == fingerprint:
            return heads
    log.warning(
        "no-forms",
        fingerprint=fingerprint,
        advice="`advisor train forms` fits them; every message is answered with clauses till then",
    )
    return None
