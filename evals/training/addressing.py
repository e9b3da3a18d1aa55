"""What written sentences may not be: orders, or words to a reader or to software (P8).

Learned from the attacks and the harmless orders of data/learning/tampering*.yaml against sentences
that state something: claims about texts, digests, encyclopedias. The bar lies above
nearly every stated sentence that is not learned from.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.grounding.addressing import Fitted, beginning
from corpus.documents import Frozen
from corpus.tampering.classifier import parted
from evals.benches import tampering

_FILLED, _ORDINARY, _DIGESTS = 3, 450, 400
"""Sentences made of a template at most; ordinary ones of a language; of digests."""

_LEARNED, _SET_ON = ("claims/tuned.jsonl", "claims/aside.jsonl"), "claims/fresh.jsonl"
"""Claims that are learned from, and those that the bar is set on."""

_LONGEST = 300
_FRAMES = (
    "Member States are invited",
    "The Director is instructed",
    "Resolution 7 (Oslo, 1990) resolves",
    "The Secretary-General is requested",
    "Sector Members are encouraged",
)

_MISTAKEN = 0.0015
"""Share of stated sentences that may be taken for orders: a quotation is shown instead of them."""


class Spoken(Frozen):
    """A sentence and whether it speaks to somebody."""

    text: str
    speaks: bool


def learned(shared: Path) -> list[Spoken]:
    """Sentences to learn from, in a fixed order."""
    choose = random.Random(7)  # noqa: S311 - the same sentences each time
    found = [Spoken(text=text, speaks=True) for text in tampering.speaking(choose, _FILLED)]
    stated: list[str] = [text for name in _LEARNED for text in _claims(name)]
    stated += tampering.stating(choose, _FILLED)
    kinds = [(some, _ORDINARY) for some in tampering.passages(shared)]
    for texts, most in (*kinds, (tampering.digests(), _DIGESTS)):
        cut = sorted({s for text in texts for s in parted(text)})
        stated += choose.sample(cut, min(most, len(cut)))
    stated += _framed(tampering.provisions(shared)[::2])
    return [*found, *(Spoken(text=text, speaks=False) for text in stated)]


def train(shared: Path) -> Fitted:
    """Fit the weights, and set the bar on sentences that are not learned from."""
    examples = learned(shared)
    texts = [beginning(one.text) for one in examples]
    speaks: NDArray[np.bool_] = np.array([one.speaks for one in examples])
    weights, bias = tampering.fitted(tampering.matrix(texts), speaks, 1.0)
    fitted = Fitted(weights.astype(np.float32), bias, 0.0)
    odds = [fitted.odds(text) for text in stated_apart(shared)]
    # Even odds at the least: "They lend ladders" begins as an order might.
    return fitted._replace(bar=max(0.0, float(np.quantile(odds, 1 - _MISTAKEN))))


def stated_apart(shared: Path) -> list[str]:
    """Stated sentences that nothing is learned from: claims, every second clause of PP-18, and such
    clauses as they are restated."""
    clauses = tampering.provisions(shared)[1::2]
    return [*_claims(_SET_ON), *clauses, *_framed(clauses)]


def _framed(clauses: Sequence[str]) -> list[str]:
    """Clauses that begin with "to" as a writer is told to restate them."""
    some = [text for text in clauses if text.startswith("to ") and len(text) < _LONGEST]
    return [f"{frame} {text}" for frame, text in zip(cycle(_FRAMES), some, strict=False)]


def _claims(name: str) -> Iterator[str]:
    lines = files("evals").joinpath("data").joinpath(name).read_text("utf-8").splitlines()
    yield from (json.loads(line)["text"] for line in lines if line.strip())


def spoken_apart() -> list[str]:
    """Attacks that nothing is learned from."""
    return [one.text for one in tampering.examples() if one.attack]
