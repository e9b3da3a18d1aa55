"""A message with several questions -> its parts.

Cut at signs ("(a)", "2.", a question mark, a new line), which are exact; and at a comma or a
joining word where the learned head says that what follows asks something of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
_SURE = 0.5
_MOST = 6
_SHORT = 3


def bare(piece: str) -> str:
    """A piece without commas and the joining word at its ends."""
    return _JOINS.sub("", piece.strip(" ,，、;；،|\t\n")).strip()


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
    if found := marked(text):
        return found
    if heads is None:
        return ()
    asked: list[str] = []
    sentences = [s.strip() for s in _ENDS.split(text) if s and s.strip()][:_MOST]
    for sentence in sentences:
        pieces = _pieces(sentence, heads, embedder)
        # A sentence that asks two things asks the first of them too; one of one piece may be
        # courtesy, or tell who asks.
        sure = len(pieces) > 1 or len(sentences) == 1 or _asks(pieces, heads, embedder)[0] >= _SURE
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
    # What follows a cut up to the next one is judged, and up to the end, as lists go on.
    asks = _asks(pieces[1:], heads, embedder)
    found, begin = [], 0
    for place, sure in enumerate(asks, 1):
        if sure >= _SURE and len(pieces[place]) > _SHORT:
            found.append(bare(sentence[starts[begin] : ends[place - 1]]))
            begin = place
    found.append(bare(sentence[starts[begin] :]))
    return [piece for piece in found if piece]


def _asks(pieces: Sequence[str], heads: Heads, embedder: Embedder) -> list[float]:
    if not pieces:
        return []
    vectors = np.asarray(embedder.embed_queries(list(pieces)))
    return [heads.chances("part", vector)["asks"] for vector in vectors]
