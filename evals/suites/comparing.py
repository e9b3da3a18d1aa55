"""Is B better than A? Paired bootstrap over items, and a plain verdict.

Method: percentile bootstrap of the mean paired difference over items (Efron and Tibshirani 1993,
chapter 13), as evaluations of retrieval use it (Sakai 2006). Items are the unit: repetitions of
an item are averaged first.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from corpus.documents import Frozen
from evals.suites.running import BadRun, Run

RESAMPLES = 10_000
SEED = 20260101
"""Fixed, so that a comparison repeats exactly."""


class Verdict(StrEnum):
    """What the interval allows to be said."""

    BETTER = "better"
    WORSE = "worse"
    NONE_SHOWN = "no difference shown"


class Interval(Frozen):
    """A mean with its 95 % bootstrap interval, over `items` items."""

    mean: float
    low: float
    high: float
    items: int


class Difference(Frozen):
    """B minus A in one figure, over the items both have."""

    figure: str
    a: float
    b: float
    difference: Interval
    verdict: Verdict
    flipped: tuple[str, ...]


def interval(values: list[float]) -> Interval:
    """Mean of per-item values in 0..1 with its 95 % percentile bootstrap interval."""
    if not values:
        return Interval(mean=float("nan"), low=float("nan"), high=float("nan"), items=0)
    means = _resampled(np.asarray(values, dtype=float))
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(
        mean=float(np.mean(values)), low=float(low), high=float(high), items=len(values)
    )


def compare(a: Run, b: Run, figures: tuple[str, ...]) -> list[Difference]:
    """B against A, figure by figure.

    Raises:
        BadRun: the two runs are of different suites.
    """
    if a.suite_hash != b.suite_hash:
        raise BadRun("The two runs are of different suites (or versions of one): nothing to pair.")
    found = []
    for figure in figures:
        left, right = a.values(figure), b.values(figure)
        paired = sorted(left.keys() & right.keys())
        if not paired:
            continue
        deltas = [right[item] - left[item] for item in paired]
        spread = interval(deltas)
        verdict = Verdict.NONE_SHOWN
        if spread.low > 0:
            verdict = Verdict.BETTER
        elif spread.high < 0:
            verdict = Verdict.WORSE
        found.append(
            Difference(
                figure=figure,
                a=float(np.mean([left[item] for item in paired])),
                b=float(np.mean([right[item] for item in paired])),
                difference=spread,
                verdict=verdict,
                flipped=tuple(i for i, d in zip(paired, deltas, strict=True) if abs(d) >= 0.5),
            )
        )
    return found


def _resampled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    generator = np.random.default_rng(SEED)
    picks = generator.integers(0, len(values), size=(RESAMPLES, len(values)))
    means: NDArray[np.float64] = values[picks].mean(axis=1)
    return means
