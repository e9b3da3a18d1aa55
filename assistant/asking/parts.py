"""A message with several questions -> its parts.

Cut at signs ("(a)", "2.", a question mark, a new line), which are exact; and at a comma or a
joining word where the learned head says that what follows asks something of its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from assistant.asking.forms import Heads
from indexing.building.embedding import Embedder

_MARKS = re.compile(
    r"(?:(?<=\s)|^)[(（]?(?:[a-hA-H1-9]|[ivx]{1,4}|[أابتثجده]|[а-е])[)）.](?=\s|\w)(?!\d)"
)
_ENDS = re.compile(
    r"(?<=[?？؟])\s*(?=\S)|\n+\s*(?:[-•*]\s*)?|(?<=[。！])(?=\S)"
    r"|(?<!\bRes\.)(?<!\bRev\.)(?<!\bDec\.)(?<!\bNo\.)(?<!\bRés\.)(?<!\bArt\.)(?<=[.!])\s+(?=[^\W\d_a-zà-ÿа-я])"
)
CUT = re.compile(
    r"[,，、;；،]\s*(?:(?:and|et|y|и|а)\s+|و(?=\w))?|\s+(?:and|et|y|и)\s+|\s+(?=و\w{2})",
    re.IGNORECASE,
)
"""Where a sentence may be cut: a comma, a semicolon, or a word that joins."""

_JOINS = re.compile(r"^(?:and|et|y|и|а)\s+|^و(?=\w{3})", re.IGNORECASE)
_LIKELY, _SURE = 0.4, 0.6
"""Chance from which a sentence begins with a question, and from which what follows a cut is one of
its own: one thing cut in two is answered worse than two things asked at once."""

_MOST = 6
_SHORT = 3


def bare(piece: str) -> str:
    """A piece without commas and the joining word at its ends."""
    return _JOINS.sub("", piece.strip(" ,，、;；،|\t\n")).strip()


def sentences(text: str) -> list[str]:
    """`text` cut where a sentence or a line ends."""
    return [s.strip() for s in _ENDS.split(text) if s and s.strip()]


def without_marks(text: str) -> str:
    """`text` without the signs that number its parts ("(a)", "2.")."""
    return _MARKS.sub("", text)


def ends_asking(text: str) -> bool:
    """Whether `text` ends in a question mark."""
    return text.rstrip().endswith(("?", "？", "؟"))


def shape(piece: str) -> list[float]:
    """What is counted of a piece beside its embedding: its length, and how it ends."""
    return [math.log1p(len(piece)) / 3, float(ends_asking(piece))]


def marked(text: str) -> tuple[str, ...]:
    """The parts that signs set off; () where there are fewer than two. What stands before the
    first sign is put before none of them: it is courtesy or a setting."""
    marks = list(_MARKS.finditer(text))
    if len(marks) >= 2:
        cut = [m.end() for m in marks]
        ends = [m.start() for m in marks[1:]] + [len(text)]
        pieces = [bare(text[a:b]) for a, b in zip(cut, ends, strict=True)]
        last = _ENDS.split(pieces[-1])
        return tuple(p for p in [*pieces[:-1], last[0].strip()] if p)[:_MOST]
    return ()


_PASTED = re.compile(r"[\"“«„](.{80,}?)[\"”»]", re.DOTALL)


def pasted(text: str) -> str:
    """A passage that a message quotes to ask about, its subject; '' for none."""
    found = _PASTED.search(text)
    return found[1].strip() if found else ""


def parts(text: str, heads: Heads | None, embedder: Embedder) -> tuple[str, ...]:
    """The questions of a message, in order; () where it asks one thing.

    A piece that leans on the first one keeps its own words: the reader makes it whole.
    """
    if set_off := marked(text):
        return set_off
    if heads is None:
        return ()
    asked: list[str] = []
    found = sentences(text)[:_MOST]
    for sentence in found:
        pieces = _pieces(sentence, heads, embedder)
        # A sentence that asks two things asks the first of them too; one of one piece may be
        # courtesy, or tell who asks.
        sure = len(pieces) > 1 or len(found) == 1 or _asks(pieces, heads, embedder)[0] >= _SURE
        asked += pieces if sure else []
    return tuple(asked[:_MOST]) if len(asked) > 1 else ()


def _pieces(sentence: str, heads: Heads, embedder: Embedder) -> list[str]:
    """A sentence cut before every piece that asks something of its own."""
    cuts = list(CUT.finditer(sentence))
    starts = [0, *(m.end() for m in cuts)]
    ends = [*(m.start() for m in cuts), len(sentence)]
    pieces = [bare(sentence[a:b]) for a, b in zip(starts, ends, strict=True)]
    if len(pieces) == 1:
        return pieces
    # What follows a cut up to the next one is judged, and up to the end, as lists go on. What
    # stands before the first question ("if money is left, who may ...") belongs to it.
    asks = _asks(pieces, heads, embedder)
    least = [_LIKELY, *[_SURE] * (len(pieces) - 1)]
    begins = [
        p
        for p, (sure, enough) in enumerate(zip(asks, least, strict=True))
        if sure >= enough and len(pieces[p]) > _SHORT
    ]
    cuts_at = [0, *begins[1:], len(pieces)]
    found = [bare(sentence[starts[a] : ends[b - 1]]) for a, b in pairwise(cuts_at)]
    return [piece for piece in found if piece]


def _asks(pieces: Sequence[str], heads: Heads, embedder: Embedder) -> list[float]:
    if not pieces:
        return []
    vectors = np.asarray(embedder.embed_queries(list(pieces)))
    return [
        heads.chances("part", vector, shape(piece))["asks"]
        for piece, vector in zip(pieces, vectors, strict=True)
    ]
