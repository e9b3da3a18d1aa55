"""Where in a message another question begins, told by the encoder's token vectors.

"Who runs it, what does it cost and who approves it?" has no sign that sets its questions apart
from "members, observers and guests". A small network over the vectors of the word, of those beside
it and of the whole message gives the chance that a question begins there; `advisor train parts`
fits it from `evals/data/forms/parts.jsonl`, its weights stand in `boundaries.npz` with the
fingerprint of the encoder they belong to. Nothing is cut where the encoder is another or none.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexing.encoder import Encoder, packaged_encoder

Floats = NDArray[np.float32]

WEIGHTS = "boundaries.npz"

SURE = 0.5
"""Chance from which a question is taken to begin: on messages set apart docs/decisions/0037 tells
what is cut rightly and wrongly there and elsewhere."""

_SIGNS = (",،，、", ";；؛", "?？؟", ".。!！")
_AFTER = " ,،，、;；؛?？؟.。!！\n"
_CUT_OFF = 5.0
"""Standard deviations at which a feature is cut off."""


class Network(NamedTuple):
    """One hidden layer: `(x - mean) / spread` -> ReLU -> a chance."""

    encoder: str
    mean: Floats
    spread: Floats
    inner: Floats
    bias: Floats
    outer: Floats
    last: float

    def chances(self, rows: Floats) -> Floats:
        """(n,) chances for (n, d) rows as `rows_of` gives them."""
        near = np.clip((rows - self.mean) / self.spread, -_CUT_OFF, _CUT_OFF)
        met = np.maximum(near @ self.inner.T + self.bias, 0)
        return np.asarray(1 / (1 + np.exp(-(met @ self.outer + self.last))), dtype=np.float32)


def begins(text: str) -> list[int]:
    """Places (characters) of `text` at which another question begins, in order."""
    network, encoder = weights(), packaged_encoder()
    if network is None or encoder is None or encoder.fingerprint != network.encoder:
        return []
    places, rows = rows_of(text, encoder)
    if not places:
        return []
    chances = network.chances(rows)
    return [place for place, chance in zip(places, chances, strict=True) if chance >= SURE]


def rows_of(text: str, encoder: Encoder) -> tuple[list[int], Floats]:
    """Where a word of `text` begins, but for the first and the last, and a row for each place."""
    (whole,), (tokens,) = encoder.read_queries([text])
    spans, unit = encoder.spans(text, query=True), tokens.unit()
    places: list[int] = []
    rows: list[Floats] = []
    for at in range(2, min(len(spans), len(unit)) - 1):
        start = spans[at][0]
        if text[start : start + 1] == " ":
            start += 1
        elif text[start - 1 : start] not in _AFTER:
            continue
        before = text[:start].rstrip()[-1:]
        marks = [
            *(float(bool(before) and before in signs) for signs in _SIGNS),
            at / len(spans),
            np.log1p(at),
            np.log1p(len(spans) - at),
        ]
        beside = [unit[at], unit[at - 1], unit[at + 1], whole]
        rows.append(np.concatenate([*beside, np.asarray(marks, dtype=np.float32)]))
        places.append(start)
    return places, np.asarray(rows, dtype=np.float32)


@cache
def weights() -> Network | None:
    """The packaged weights; None where they were left out."""
    file = files("assistant.asking").joinpath(WEIGHTS)
    if not file.is_file():
        return None
    with np.load(str(file)) as held:
        numbers = {name: held[name].astype(np.float32) for name in Network._fields[1:6]}
        return Network(encoder=str(held["encoder"]), last=float(held["last"]), **numbers)
