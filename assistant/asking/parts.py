"""A message with several questions -> its parts.

Cut at signs, which are exact: "(a)", "2.", the ends of sentences that ask; else where another
question begins (`assistant.asking.boundaries`, docs/decisions/0037).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from assistant.asking.boundaries import begins

_MARKS = re.compile(
    r"(?:(?<=\s)|^)[(（]?(?:[a-hA-H1-9]|[ivx]{1,4}|[أابتثجده]|[а-е])[)）.](?=\s|\w)(?!\d)"
)
_ENDS = re.compile(
    r"(?<=[?？؟])\s*(?=\S)|\n+\s*(?:[-•*]\s*)?|(?<=[。！])(?=\S)"
    r"|(?<!\bRes\.)(?<!\bRev\.)(?<!\bDec\.)(?<!\bNo\.)(?<!\bRés\.)(?<!\bArt\.)(?<=[.!])\s+(?=[^\W\d_a-zà-ÿа-я])"
)
_JOINS = re.compile(r"^(?:and|et|y|и|а)\s+|^و(?=\w{3})", re.IGNORECASE)
_MOST = 6


def bare(piece: str) -> str:
    """A piece without commas and the joining word at its ends."""
    return _JOINS.sub("", piece.strip(" ,，、;；،|\t\n")).strip()


def sentences(text: str) -> list[str]:
    """`text` cut where a sentence or a line ends."""
    return [s.strip() for s in _ENDS.split(text) if s and s.strip()]


def ends_asking(text: str) -> bool:
    """Whether `text` ends in a question mark."""
    return text.rstrip().endswith(("?", "？", "؟"))


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


def parts(text: str) -> tuple[str, ...]:
    """The questions of a message, in order; () where it asks one thing.

    Those that signs set off; else its sentences that end in a question mark or that another
    question begins in, cut there: what stands before one tells who asks and why, and goes with it.
    """
    if set_off := marked(text):
        return set_off
    begun = begins(text)
    asked: list[str] = []
    before: list[str] = []
    end = 0
    for sentence in sentences(text):
        start = text.index(sentence, end)
        end = start + len(sentence)
        cuts = [place - start for place in begun if start < place < end]
        if start in begun and before:
            asked.append(" ".join(before))
            before = []
        elif not cuts and not ends_asking(sentence) and start not in begun:
            before.append(sentence)
            continue
        first, *others = _cut(sentence, cuts)
        asked += [" ".join([*before, first]), *others]
        before = []
    return tuple(asked[:_MOST]) if len(asked) > 1 else ()


def _cut(sentence: str, places: Sequence[int]) -> list[str]:
    """A sentence in pieces, each with the mark it ends in where that asks.

    No question is one word: a place that would leave one is none.
    """
    mark = sentence[-1] if ends_asking(sentence) else ""
    bounds = [0]
    for place, after in pairwise((*places, len(sentence))):
        if _wordy(sentence[bounds[-1] : place]) and _wordy(sentence[place:after]):
            bounds.append(place)
    pieces = [sentence[a:b].rstrip(" ,،，、;；؛") for a, b in pairwise((*bounds, len(sentence)))]
    return [piece if piece.endswith(mark) else piece + mark for piece in pieces if piece]


def _wordy(piece: str) -> bool:
    """Whether a piece holds more than one word; four characters of Chinese."""
    words = piece.split()
    return len(words) > 1 or (bool(words) and words[0][0] > "\u3000" and len(words[0]) > 3)
