"""A stream of words -> finished sentences with the evidence ids they cite.

A sentence is handed on only when it is certainly over: its stop, its citation marks (before or
behind the stop) and the beginning of what follows have been seen. What a model leaves unfinished
is never handed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.documents import Frozen

_ID = r"E?\d{1,3}"
_IDS = rf"{_ID}(?:\s*(?:,|;|and|&|-|–|、|，)\s*{_ID})*"
_MARK = re.compile(
    rf"\[\s*{_IDS}\s*\]|【\s*{_IDS}\s*】|\(\s*E\d{{1,3}}(?:\s*[,;]\s*E\d{{1,3}})*\s*\)"
)
_MARKS_BEHIND = re.compile(rf"(?:\s*(?:{_MARK.pattern}))+[.。]?")
_OPENS_MARK = re.compile(r"\s*[\[【(][^\]】)\n]{0,30}$")
_STOP = re.compile(r"\n|[.!?؟]+[\"”’»)]*(?=\s|[\[【(]|$)|[。！？][\"”’」』）]*")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Rev|Res|Rec|Dec|No|Nos|Art|cf|e\.g|i\.e|etc|vs|para|paras|p|pp|U\.S|U\.N|Dr|Mr|Ms|"
    r"St|art|núm|n)|\b[A-Z]|^\s*\d{1,2})$"
)
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+|#{1,6}\s+|>\s+)+")
_EMPHASIS = re.compile(r"\*\*|__|`+|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)")


class Written(Frozen):
    """One finished sentence.

    Attributes:
        raw: as the model wrote it.
        text: without citation marks, list marks and emphasis.
        ids: evidence ids cited, as `E1`, in order of first mention; known or not.
    """

    raw: str
    text: str
    ids: tuple[str, ...]


class Splitter:
    """Takes pieces of a stream, gives finished sentences."""

    def __init__(self) -> None:
        self._buffer = ""

    def feed(self, piece: str) -> Iterator[Written]:
        """Sentences that `piece` finishes."""
        self._buffer += piece
        while (cut := _cut(self._buffer)) is not None:
            raw, self._buffer = self._buffer[:cut], self._buffer[cut:]
            if written := _written(raw):
                yield written

    def finish(self, said_so: bool = False) -> Iterator[Written]:
        """The last sentence, if the stream ended where a sentence can end; else nothing.

        With `said_so` the model itself ended its answer there, stop or no stop.
        """
        if said_so or not self.unfinished:
            yield from self.feed("\n")

    @property
    def unfinished(self) -> bool:
        """Whether what is left breaks off inside a sentence."""
        rest = self._buffer.strip()
        return bool(rest) and not _complete(rest)


def _cut(text: str) -> int | None:
    """Where the first sentence is certainly over, or None."""
    for match in _STOP.finditer(text):
        if match[0] == "\n":
            return match.end()
        if match[0].startswith(".") and _ABBREVIATED.search(text[: match.start()]):
            continue
        end = match.end()
        if behind := _MARKS_BEHIND.match(text, end):
            end = behind.end()
        rest = text[end:]
        following = rest.lstrip(" \t")
        if not following or _OPENS_MARK.match(rest):
            return None  # a mark may still come
        return end
    return None


def _complete(raw: str) -> bool:
    """Whether `raw` ends as a sentence does: with a stop or a citation mark."""
    bare = raw.rstrip()
    return bool(re.search(r"[.!?؟。！？;:][\"”’»)」』）]*$", bare)) or any(
        mark.end() == len(bare) for mark in _MARK.finditer(bare)
    )


def _written(raw: str) -> Written | None:
    ids: dict[str, None] = {}
    for mark in _MARK.finditer(raw):
        for number in re.findall(r"\d{1,3}", mark[0]):
            ids[f"E{int(number)}"] = None
    text = _MARK.sub("", _BULLET.sub("", raw))
    text = re.sub(r"\s+", " ", _EMPHASIS.sub("", text))
    text = re.sub(r"\s+(?=[.,;:!?。，；؟،])", "", text).strip()
    text = re.sub(r"([.!?؟。！？])[.。]+$", r"\1", text)
    if not any(c.isalnum() for c in text):
        return None
    return Written(raw=raw.strip(), text=text, ids=tuple(ids))
