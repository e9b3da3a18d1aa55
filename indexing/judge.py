"""How likely each candidate answers the question, and how likely any does.

Two small calibrated models (logistic regressions): a chance for every candidate by its signals and
their products, and, from what the best look like together, whether any answers at all. What is
learned stands in `judge.json`, made by `advisor train judge` over the questions of
`evals.training.data`, split by document: the figures of a fold come from weights that saw none of
its documents (docs/benchmarks.md). Where token vectors cannot be had (no encoder on this machine) a
second set of weights judges by the arms of search alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexing.building.passages import Evidence
from indexing.late import unmet
from indexing.signals import SIGNALS
from indexing.tokens import Read

Floats = NDArray[np.float64]
Signals = NDArray[np.float32]

LOOKED_AT = 12
"""Likeliest candidates that a reranker is asked of."""

LEFT_OPEN = "left_open"
"""Name of what `left_open` gives among the signals of evidence."""

_FAR = 5.0
"""Standard deviations at which a signal is cut off before products are made of it."""

RERANKED = ("odds", "score", "gap")
"""Columns of the regression that takes in a reranker (`indexing.rerankers`): log odds by all of the
above, its score as it gives it, and how far that is below the best it gave."""

TOGETHER = (
    "best",
    "second",
    "mass",
    "peak",
    "words",
    *(f"first {name}" for name in SIGNALS),
    *(f"three {name}" for name in SIGNALS),
    *(f"most {name}" for name in SIGNALS),
)
"""Columns of the second: log odds of the likeliest candidate and of the second, the summed chances,
how far the likeliest stands above the tenth, log of the question's tokens; each signal of the
likeliest, its mean over the three likeliest, and its largest value of all."""


def parameters(late: bool = True) -> Mapping[str, Any]:
    """What was learned: with token vectors, or without."""
    return _all()["late" if late else "plain"]


@cache
def fingerprint() -> str:
    """Of everything learned: what is calibrated on these chances does not fit others."""
    whole = files("indexing").joinpath("judge.json").read_bytes()
    return hashlib.sha256(whole).hexdigest()[:16]


def chances(signals: Signals, made: Mapping[str, Any]) -> Floats:
    """Chance (0..1) of each candidate to be one of the clauses that answer.

    In: rows as `indexing.signals.of_candidates` gives them; what was learned.
    """
    return _chance(_logits(signals.astype(np.float64), made["clause"]))


def looked_at(found: Floats) -> NDArray[np.int64]:
    """Places of the candidates that a reranker is asked of."""
    return np.argsort(-found, kind="stable")[:LOOKED_AT]


def with_products(rows: Floats, mean: Floats, spread: Floats) -> Floats:
    """Standardised columns, and the product of each two of them (each with itself too)."""
    near = np.clip((rows - mean) / spread, -_FAR, _FAR)
    first, second = np.triu_indices(rows.shape[1])
    return np.concatenate([near, near[:, first] * near[:, second]], axis=1)


def reranker_rows(found: Floats, scores: Floats) -> Floats:
    """Rows of RERANKED for candidates with these chances that a reranker gave these scores."""
    return np.stack([_odds(found), scores, scores - scores.max(initial=-np.inf)], axis=1)


def reranked(
    found: Floats, looked: NDArray[np.int64], scores: Floats, model: Mapping[str, Any]
) -> Floats:
    """All chances, those at the places `looked` weighed again with a reranker's scores of them."""
    again = _chance(_logits(reranker_rows(found[looked], scores), model))
    rest = np.minimum(found, float(again.min()))  # what it was not asked of stays below
    rest[looked] = again
    return rest


def left_open(asked: Read, reads: Sequence[Read], made: Mapping[str, Any]) -> Floats:
    """(n,) for each candidate, how much what it leaves open of the question speaks for an answer
    (log odds; below 0 against one), as it was learned. Zeros where it was not."""
    if "open" not in made:
        return np.zeros(len(reads))
    unit, learned = asked.tokens.unit(), np.asarray(made["open"], dtype=np.float32)
    return np.array([float(unmet(asked.tokens, unit, r.tokens) @ learned) for r in reads])


def answerable(
    signals: Signals,
    found: Floats,
    tokens: int,
    made: Mapping[str, Any],
    opened: Floats | None = None,
) -> float:
    """Chance (0..1) that the candidates, with their chances, hold an answer; 0 for none.

    `opened`: as `left_open` gives it. Never less than the chance of the likeliest: on a small shelf
    one clause may answer and all others be far from the question, which the questions learned from
    hardly know.
    """
    if not len(found):
        return 0.0
    odds = _logits(together(signals, found, tokens)[None, :], made["answer"])
    if opened is not None:
        odds = odds + opened[int(np.argmax(found))]
    return max(float(_chance(odds)[0]), float(found.max()))


def of_evidence(evidence: Sequence[Evidence], tokens: int, late: bool = True) -> float:
    """`answerable` of evidence that search gave, or of a part of it."""
    rows = [[item.signals.get(name, 0.0) for name in SIGNALS] for item in evidence]
    signals = np.asarray(rows, dtype=np.float32).reshape(len(rows), len(SIGNALS))
    scores = np.array([item.score for item in evidence])
    opened = np.array([item.signals.get(LEFT_OPEN, 0.0) for item in evidence])
    return answerable(signals, scores, tokens, parameters(late), opened)


def together(signals: Signals, found: Floats, tokens: int) -> Floats:
    """The row of TOGETHER for one question's candidates (at least one)."""
    order = np.argsort(-found, kind="stable")
    odds = _odds(found)
    first, tenth = order[0], order[min(9, len(order) - 1)]
    column = SIGNALS.index("late" if signals[first, SIGNALS.index("late")] else "dense")
    return np.concatenate(
        [
            [
                odds[first],
                odds[order[1]] if len(order) > 1 else -8.0,
                min(float(found.sum()), 5.0),
                float(signals[first, column] - signals[tenth, column]),
                np.log1p(tokens),
            ],
            signals[first],
            signals[order[:3]].mean(axis=0),
            signals.max(axis=0),
        ]
    )


def chance_of(row: Floats, model: Mapping[str, Any]) -> float:
    """The chance one regression gives one row."""
    return float(_chance(_logits(row[None, :], model))[0])


def _odds(found: Floats) -> Floats:
    clipped = np.clip(found, 1e-5, 1 - 1e-5)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _logits(rows: Floats, model: Mapping[str, Any]) -> Floats:
    if "mean" in model:
        rows = with_products(rows, np.asarray(model["mean"]), np.asarray(model["spread"]))
    weights = np.asarray(model["weights"], dtype=np.float64)
    return np.asarray(rows @ weights + float(model["intercept"]))


def _chance(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))))


@cache
def _all() -> dict[str, dict[str, Any]]:
    raw = json.loads(files("indexing").joinpath("judge.json").read_text("utf-8"))
    return {name: raw[name] for name in ("late", "plain")}
