"""How much a sentence is like those that speak to software: a logistic model over n-grams.

Its weights are learned by `advisor train injection` from sentences in the repository; features are
hashed, so that nothing but the weights is stored, and made here and nowhere else.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from textwrap import wrap
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.tampering.characters import plain

SIZE = 1 << 16
"""Slots that features are hashed into."""

WEIGHTS = "classifier.npz"

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_HAN = re.compile("[\u3400-\u9fff]")
_NUMBER = re.compile(r"\d+")
_ADDRESS = re.compile(r"(?:\bhttps?://|\bwww\.)[^\s)\]>،。）]*", re.IGNORECASE)
BESIDE = 0.25
"""Likeness of the words beside an address from which the address counts: a source has one as often
as an order has, so that where words say nothing to software, an address does not either."""
_ENDS = re.compile(r"(?<=[.!?;:؟؛。！？；：])\s+(?!\d)|(?<=[。！？；])|\n+|\s\|\s")
_SHORTEST, _LONGEST = 12, 400
"""Characters of a sentence to judge: a shorter one joins its neighbour, a longer one is cut."""


class _Model(NamedTuple):
    weights: NDArray[np.float32]
    bias: float


@cache
def _model() -> _Model:
    path = files("corpus.tampering").joinpath(WEIGHTS)
    with path.open("rb") as file:
        held = np.load(file, allow_pickle=False)
        return _Model(held["weights"].astype(np.float32), float(held["bias"]))


def read_anew() -> None:
    """Forget the weights that were read: the file is another now."""
    _model.cache_clear()
    _of.cache_clear()


def likeness(text: str) -> float:
    """How likely the likest sentence of `text`, or two in a row, speaks to software; 0 to 1."""
    return max((_of(sentence) for sentence in sentences(text)), default=0.0)


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, and each with the one after it: an order may need two."""
    found = parted(text)
    yield from found
    for first, second in pairwise(found):
        if len(first) + len(second) <= _LONGEST:
            yield f"{first} {second}"


def parted(text: str) -> list[str]:
    """The sentences of a text in order, none a few letters alone where there are others."""
    found: list[str] = []
    for part in _ENDS.split(plain(text)):
        for piece in wrap(part, _LONGEST, break_on_hyphens=False):
            # A few letters alone are like nothing and like everything; so is one word.
            if found and (_alone(found[-1]) or _alone(piece)):
                found[-1] = f"{found[-1]} {piece}"
            else:
                found.append(piece)
    return found


def _alone(piece: str) -> bool:
    # Chinese is written without spaces, so a piece without one may be a whole sentence.
    return len(piece) < _SHORTEST or (" " not in piece and not _HAN.search(piece))


@lru_cache(maxsize=16384)
def _of(sentence: str) -> float:
    words = without_addresses(sentence)
    if words != sentence and (beside := _chance(odds(words))) < BESIDE:
        return beside
    return _chance(odds(sentence))


def without_addresses(sentence: str) -> str:
    """The sentence without the addresses on the web that it holds."""
    return _ADDRESS.sub("", sentence)


def odds(sentence: str) -> float:
    """Log odds that these words, as they stand, speak to software."""
    model = _model()
    slots, values = features(sentence)
    return float(model.weights[slots] @ values) + model.bias


def _chance(odds: float) -> float:
    return float(1 / (1 + np.exp(-odds)))


def features(sentence: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Slots and values of a sentence: words in runs of up to three, and letters of each word.

    Values are damped counts, of length one together, so that long sentences weigh no more.
    """
    counted = Counter(_grams(sentence.casefold()))
    slots = np.fromiter(
        (zlib.crc32(gram.encode()) % SIZE for gram in counted), dtype=np.int64, count=len(counted)
    )
    values = np.sqrt(np.fromiter(counted.values(), dtype=np.float32, count=len(counted)))
    unit: NDArray[np.float32] = np.divide(values, max(float(np.linalg.norm(values)), 1e-9))
    return slots, unit


def _grams(text: str) -> Iterator[str]:
    spaced = _HAN.sub(lambda match: f" {match[0]} ", _NUMBER.sub("0", text))
    words = _TOKEN.findall(spaced)
    for length in (1, 2, 3):
        for at in range(len(words) - length + 1):
            yield f"w{' '.join(words[at : at + length])}"
    for word in words:
        padded = f" {word} "
        for length in (3, 4, 5):
            for at in range(len(padded) - length + 1):
                yield f"c{padded[at : at + length]}"
