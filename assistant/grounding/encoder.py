"""Vectors of a text's words in their context, from whatever embedding model is configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from indexing.encoder import Encoder

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Encoded:
    """A text as its encoder sees it.

    Attributes:
        text: the text.
        spans: (start, end) in `text` of each token, prefix and end marks left out.
        vectors: one unit row a token.
        pooled: unit vector of the whole.
    """

    text: str
    spans: tuple[tuple[int, int], ...]
    vectors: Array
    pooled: Array


class TokenEncoder(Protocol):
    """Texts -> vectors of their tokens; `fingerprint` as of the embedder with these weights."""

    fingerprint: str

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """One `Encoded` a text, in order; an empty text has no tokens."""
        ...


class NoTokenVectors(Exception):
    """The embedding model of this name has one vector a text and no more."""


@lru_cache(maxsize=2)
def load_encoder(name: str) -> TokenEncoder:
    """The encoder of the embedding model `name` (as EMBEDDING_MODEL names it), once a process.

    Raises:
        NoTokenVectors: it has none, or its files are not installed here.
        BadEmbedder: there is no such model.
    """
    from indexing.building.embedding import SentenceTransformerEmbedder, load_embedder
    from indexing.encoder import Encoder

    embedder = load_embedder(name)
    if isinstance(embedder, Encoder):
        return _Packaged(embedder)
    if isinstance(embedder, SentenceTransformerEmbedder) and name not in (Encoder.name, "minilm"):
        return _SentenceTransformer(embedder)
    raise NoTokenVectors(name)


class _Packaged:
    """Token vectors of the encoder that ships with the program."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.fingerprint = encoder, encoder.fingerprint

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """See TokenEncoder."""
        pooled, tokens = self._encoder.read_passages(texts)
        return [
            Encoded(text, tuple(self._encoder.spans(text)), one.unit(), whole)
            for text, one, whole in zip(texts, tokens, pooled, strict=True)
        ]


class _SentenceTransformer:
    """Token vectors of a sentence-transformers model."""

    def __init__(self, embedder: Any) -> None:
        self._model, self.fingerprint = embedder._model, embedder.fingerprint

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """See TokenEncoder."""
        return [self._encoded(text) for text in texts]

    def _encoded(self, text: str) -> Encoded:
        read = self._model.tokenizer(text, truncation=True, return_offsets_mapping=True)
        states = self._model.encode(text, output_value="token_embeddings", convert_to_numpy=False)
        rows = np.asarray(states.cpu().numpy(), dtype=np.float32)
        spans = [(int(a), int(b)) for a, b in read["offset_mapping"]][: len(rows)]
        kept = [n for n, (start, end) in enumerate(spans) if end > start]
        rows = rows[kept]
        mean = rows.mean(axis=0) if kept else np.zeros(rows.shape[1], np.float32)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return Encoded(
            text=text,
            spans=tuple(spans[n] for n in kept),
            vectors=rows / np.maximum(norms, 1e-9),
            pooled=mean / max(float(np.linalg.norm(mean)), 1e-9),
        )
