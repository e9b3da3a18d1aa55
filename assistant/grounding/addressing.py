"""A written sentence is about an instrument: one that speaks to its reader is not shown (P8).

Whatever the clause says that it cites. An answer states what texts provide; it gives no orders,
says nothing to "you", and does not speak of itself, of software or of who reads it. Pronouns are a
closed class, so a rule; the rest is learned (`advisor train addressing`): runs of words and
letters, and how a sentence begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.tampering.classifier import features, likeness
from corpus.tampering.rule import HOLD

WEIGHTS = "addressing.npz"

_SECOND_PERSON = re.compile(
    r"\b(?:you|your|yours|yourself|yourselves|vous|votre|vos|vôtres?|tu|toi|ta|tes|usted(?:es)?|"
    r"contigo|ты|тебя|тебе|тобой|твой|твоя|твоё|твои|твоего|твоей|вы|вас|вам|вами|ваш|ваша|ваше|"
    r"ваши|вашего|вашей|أنت|أنتم|أنتما|إليك|إليكم|لديك|لديكم|لكم|عليكم)\b|[你您]",
    re.IGNORECASE,
)
"""The pronouns of the second person: a closed class in each language."""


class Fitted(NamedTuple):
    """What was learned: weights by slot, the bias, and log odds from which a sentence is one."""

    weights: NDArray[np.float32]
    bias: float
    bar: float

    def odds(self, said: str) -> float:
        """Log odds that `said` is an order, or words to a reader or software."""
        slots, values = features(beginning(said))
        return float(self.weights[slots] @ values) + self.bias


def beginning(said: str) -> str:
    """The sentence with its beginning marked: an order is told by what it begins with."""
    return f"¶ {said}"


def speaks_to_reader(said: str) -> Iterator[str]:
    """Why a written sentence is not about an instrument but speaks to somebody; none where it is.

    Args:
        said: one finished sentence, in any of the six languages, citation marks removed.
    """
    if found := _SECOND_PERSON.search(said):
        yield f"speaks to its reader ('{found[0]}')"
    if likeness(said) >= HOLD:
        yield "reads like words to or about software"
    fitted = _fitted()
    if fitted.odds(said) >= fitted.bar:
        yield "reads like an order, or like words to a reader"


@cache
def _fitted() -> Fitted:
    path = files("assistant.grounding").joinpath(WEIGHTS)
    with path.open("rb") as file:
        held = np.load(file, allow_pickle=False)
        return Fitted(held["weights"].astype(np.float32), float(held["bias"]), float(held["bar"]))


def write(fitted: Fitted, folder: Path) -> Path:
    """Store what was learned where it is read, or under another folder."""
    path = folder / WEIGHTS
    np.savez_compressed(
        path,
        weights=fitted.weights.astype(np.float16),
        bias=np.float32(fitted.bias),
        bar=np.float32(fitted.bar),
    )
    return path
