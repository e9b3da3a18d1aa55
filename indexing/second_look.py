"""The second look at sentences that may speak to software, by what they mean (P8).

`corpus.tampering.classifier` looks when a document is put on the shelf and knows letters and words
alone. When the document is indexed, the packaged encoder reads each sentence, and a logistic model
over what it says and over log odds by n-grams (`second_look.npz`, made by `advisor train
injection`) decides anew. The n-grams are like the first look's but learned from more clauses: alone
they alarm more often, which the encoder sets right. It is the encoder that the weights were learned
with, whatever EMBEDDING_MODEL is: what is held back must not depend on what searches. Two cases go
without: the encoder's files are not installed, and the hashing embedder, which is chosen where no
model is to run. The first look's decisions then stand, and the version stored with a document says
so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import structlog
from numpy.typing import NDArray

from corpus.tampering.classifier import BESIDE, features, without_addresses
from indexing.building.embedding import Embedder, HashingEmbedder
from indexing.encoder import Encoder, Tokens, packaged_encoder

log = structlog.get_logger(__name__)

Floats = NDArray[np.float32]

Columns = Callable[[Encoder, Sequence[str]], Floats]

WEIGHTS = "second_look.npz"

_TOGETHER = 256
"""Sentences read in one go: what bounds memory, as each token has its vector."""

_EDGES = 0.3
"""What the largest and smallest of the tokens' numbers weigh beside their mean."""


class Fitted(NamedTuple):
    """What was learned.

    Attributes:
        weights: (1 + 3d,), as `columns` orders them; bias: added to their sum.
        grams: weights of n-grams by slot, and gram_bias: for the first column.
        fingerprint: of the encoder whose vectors they weigh.
    """

    weights: Floats
    bias: float
    fingerprint: str
    grams: Floats
    gram_bias: float


class SecondLook:
    """See the module. A `corpus.tampering.rule.Look`."""

    def __init__(self, encoder: Encoder, fitted: Fitted, read: Columns | None = None) -> None:
        """`read`: what gives `columns`, where they are wanted more than once."""
        self._encoder, self._fitted, self._read = encoder, fitted, read or columns
        seen = fitted.weights.tobytes() + f"{fitted.bias}{fitted.fingerprint}".encode()
        self.name = hashlib.sha256(seen).hexdigest()[:8]

    def __call__(self, sentences: Sequence[str]) -> list[float]:
        """How likely each speaks to software, 0 to 1."""
        bare = [without_addresses(sentence) for sentence in sentences]
        known = dict(
            zip(
                wanted := list(dict.fromkeys((*sentences, *bare))),
                self._chances(wanted),
                strict=True,
            )
        )
        # As in the first look: where the words say nothing to software, an address does not.
        return [
            known[words] if known[words] < BESIDE else known[sentence]
            for sentence, words in zip(sentences, bare, strict=True)
        ]

    def _chances(self, sentences: Sequence[str]) -> list[float]:
        found: list[float] = []
        for start in range(0, len(sentences), _TOGETHER):
            some = sentences[start : start + _TOGETHER]
            rows = self._read(self._encoder, some)
            for row, sentence in zip(rows, some, strict=True):
                slots, values = features(sentence)
                row[0] = self._fitted.grams[slots] @ values + self._fitted.gram_bias
            sums = rows @ self._fitted.weights + self._fitted.bias
            found += (1 / (1 + np.exp(-np.clip(sums, -30, 30)))).tolist()
        return found


def columns(encoder: Encoder, sentences: Sequence[str]) -> Floats:
    """What the model weighs of each sentence: (n, 1 + 3d).

    Room for the log odds by n-grams; the sentence's vector; over its tokens' vectors the largest
    and the smallest number of each dimension, which a few words in a long sentence move as the mean
    does not.
    """
    if not sentences:
        return np.zeros((0, 1 + 3 * encoder.dimension), dtype=np.float32)
    means, tokens = encoder.read_passages(sentences)
    first = np.zeros((len(sentences), 1), dtype=np.float32)
    return np.hstack([first, means, np.stack([_edges(one, encoder.dimension) for one in tokens])])


def _edges(tokens: Tokens, dimension: int) -> Floats:
    if not len(tokens.ids):
        return np.zeros(2 * dimension, dtype=np.float32)
    unit = tokens.unit()
    edges: Floats = np.concatenate([unit.max(axis=0), unit.min(axis=0)])
    edges *= np.float32(_EDGES)
    return edges


def second_look(embedder: Embedder | None = None) -> SecondLook | None:
    """What looks again at documents that are indexed with `embedder`; None where nothing can."""
    if isinstance(embedder, HashingEmbedder):
        return None
    return _packaged()


@lru_cache(maxsize=1)
def _packaged() -> SecondLook | None:
    encoder = packaged_encoder()
    if encoder is None:
        return None
    fitted = read(Path(str(files("indexing").joinpath(WEIGHTS))))
    if fitted.fingerprint != encoder.fingerprint:
        log.warning("no-second-look", why="its weights were learned with another encoder")
        return None
    return SecondLook(encoder, fitted)


def read(path: Path) -> Fitted:
    """What `write` stored."""
    with np.load(path, allow_pickle=False) as held:
        return Fitted(
            held["weights"].astype(np.float32),
            float(held["bias"]),
            str(held["fingerprint"]),
            held["grams"].astype(np.float32),
            float(held["gram_bias"]),
        )


def write(fitted: Fitted, path: Path) -> None:
    """Store what was learned."""
    np.savez_compressed(
        path,
        weights=fitted.weights.astype(np.float16),
        bias=np.float32(fitted.bias),
        fingerprint=np.str_(fitted.fingerprint),
        grams=fitted.grams.astype(np.float16),
        gram_bias=np.float32(fitted.gram_bias),
    )
