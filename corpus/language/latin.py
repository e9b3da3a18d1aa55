"""English, French or Spanish? Learned from letters, for lines too short for statistics.

A logistic regression over runs of two to four letters, fitted by `advisor train language` to whole
and cut messages, subjects and clauses, with slips and without accents, as people type. Of 1,056
lines kept back (messages and clauses) it is right about .91 of two words and .97 of three, where
naive Bayes over byte n-grams (py3langid) with everyday words beside it was about .85 and .93; both
together about .93 and .98.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

LANGUAGES = ("en", "es", "fr")

SIZE = 1 << 14
"""Runs of letters are told apart by their checksum, modulo this."""

_RUNS = (2, 3, 4)
_NO_LETTER = re.compile(r"[\W\d_]+")


def runs(text: str) -> dict[int, float]:
    """The runs of letters of `text` by number (0 to SIZE), each weighing the root of how often it
    stands; the weights' squares sum to 1."""
    even = f" {_NO_LETTER.sub(' ', text.lower()).strip()} "
    found = Counter(
        zlib.crc32(even[at : at + length].encode()) % SIZE
        for length in _RUNS
        for at in range(len(even) - length + 1)
    )
    whole = sum(found.values()) ** 0.5 or 1.0
    return {run: count**0.5 / whole for run, count in found.items()}


def chances(text: str) -> dict[str, float]:
    """How likely a text in Latin letters is English, Spanish or French (they sum to 1)."""
    weights, bias = _weights()
    found = runs(text)
    odds = bias + weights[:, list(found)] @ np.fromiter(found.values(), dtype=np.float32)
    raised = np.exp(odds - odds.max())
    return dict(zip(LANGUAGES, (raised / raised.sum()).tolist(), strict=True))


@cache
def _weights() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    with np.load(str(files("corpus.language").joinpath("latin.npz"))) as held:
        return held["weights"].astype(np.float32), held["bias"].astype(np.float32)
