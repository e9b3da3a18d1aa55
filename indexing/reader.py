"""The reader: does this clause answer, or does it only speak of the same thing?

Late interaction tells how near each token of the question comes to one of the clause; whether the
nearest is *what was asked for* ("by which date" beside a clause full of other dates) is not in
that number. The reader sees, for each token of the question, its vector, the vector it is aligned
with in the clause (the best one, and the mean under attention) and how well they meet, and reads
them in the question's order: alignment, comparison, aggregation, as in Parikh et al. (2016), with
two layers of self-attention for the aggregation. It never reads texts, only token vectors that
search has already, so that a dozen candidates cost some hundredths of a second. `reader.onnx` is
made by `advisor train judge` (`evals.training.reader`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexing.encoder import threads
from indexing.late import rarity
from indexing.tokens import Read

LONGEST = 64
"""Tokens of the question that are read."""

FIGURES = 6
SHARP = 12.0
"""Steepness of the attention that mixes the clause's tokens."""

NAMES = ("asked", "best", "mixed", "figures", "mask")
"""What the reader takes, in order."""

Floats = NDArray[np.float32]
Pair = tuple[Floats, Floats, Floats, Floats]


def aligned(
    asked: Floats, weights: Floats, clause: Floats, head: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """What the reader sees of one pair: question, best, mixed vectors and figures, row a token.

    In: unit vectors of the question's tokens with their rarity, of the clause's tokens, of which
    the first `head` are title and headings. `figures`: best cosine, best of the clause's own
    words, second best, mean, rarity, whether the best is of the title.
    """
    asked, weights = asked[:LONGEST], weights[:LONGEST]
    close = asked @ clause.T
    at = close.argmax(axis=1)
    head = min(head, clause.shape[0] - 1)
    soft = np.exp(SHARP * (close - close.max(axis=1, keepdims=True)))
    soft /= soft.sum(axis=1, keepdims=True)
    second = np.partition(close, -2, axis=1)[:, -2] if clause.shape[0] > 1 else close[:, 0]
    figures = np.stack(
        [
            close.max(axis=1),
            close[:, head:].max(axis=1),
            second,
            close.mean(axis=1),
            weights,
            (at < head).astype(np.float32),
        ],
        axis=1,
    ).astype(np.float32)
    return asked, clause[at], (soft @ clause).astype(np.float32), figures


def padded(pairs: Sequence[Pair]) -> dict[str, Floats]:
    """Pairs of any length as arrays of one, by NAMES; `mask` is 1 where there is a token."""
    longest = max(len(pair[0]) for pair in pairs)
    made: dict[str, Floats] = {}
    for place, name in enumerate(NAMES[:4]):
        whole = np.zeros((len(pairs), longest, pairs[0][place].shape[1]), dtype=np.float32)
        for row, pair in enumerate(pairs):
            whole[row, : len(pair[place])] = pair[place]
        made[name] = whole
    made["mask"] = np.zeros((len(pairs), longest), dtype=np.float32)
    for row, pair in enumerate(pairs):
        made["mask"][row, : len(pair[0])] = 1
    return made


def logits(asked: Read, reads: Sequence[Read]) -> NDArray[np.float64] | None:
    """The reader's log odds that each passage answers; None where the question has no token."""
    if not len(asked.tokens.ids) or not reads:
        return None
    unit, weights = asked.tokens.unit(), rarity()[asked.tokens.ids]
    pairs = [aligned(unit, weights, read.tokens.unit(), read.head) for read in reads]
    (found,) = _session().run(["logits"], padded(pairs))
    return np.asarray(found, dtype=np.float64)


@lru_cache(maxsize=1)
def _session() -> Any:
    import onnxruntime

    file = str(files("indexing").joinpath("reader.onnx"))
    return onnxruntime.InferenceSession(file, threads(), providers=["CPUExecutionProvider"])
