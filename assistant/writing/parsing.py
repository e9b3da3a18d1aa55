"""A stream of words -> finished sentences with the evidence ids they cite.

A sentence is handed on only when it is certainly over: its stop, its citation marks (before or
behind the stop) and the beginning of what follows have been seen. What a model leaves unfinished
is never handed on. A model that begins its answer with a mark puts marks before its sentences; they
are then read so, and a sentence without one goes with the mark before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.grounding import sentences
from corpus.documents import Frozen

_GAP = r"[^\S\n]*"
"""Between the parts of a mark, and before it: a new line ends a sentence, come what may."""
_ID = r"E?\d{1,3}"
_IDS = rf"{_ID}(?:{_GAP}(?:,|;|and|&|-|–|、|，){_GAP}{_ID})*"
_MARK = re.compile(
    rf"\[{_GAP}{_IDS}{_GAP}\]|【{_GAP}{_IDS}{_GAP}】"
    rf"|\({_GAP}E\d{{1,3}}(?:{_GAP}[,;]{_GAP}E\d{{1,3}})*{_GAP}\)"
    # Small models name what they were asked for: [END: E1], [id E2].
    rf"|\[{_GAP}[A-Za-z]{{2,9}}:?{_GAP}E\d{{1,3}}(?:{_GAP}[,;]{_GAP}E\d{{1,3}})*{_GAP}\]"
)
_MARKS_BEHIND = re.compile(rf"(?:{_GAP}(?:{_MARK.pattern}))+[.。]?")
_OPENS_MARK = re.compile(rf"{_GAP}[\[【(][^\]】)\n]{{0,120}}$")
_MARKS_BELOW = re.compile(rf"\s*\n(?:{_GAP}(?:{_MARK.pattern}))+{_GAP}(?=\n|$)")
"""Marks alone on the line below their sentence."""
_GOES_ON = re.compile(r"\s*(?:[-*•–]\s+)?[a-zà-ÿа-я]")
"""How the line below begins where a sentence goes on over the end of the line."""
_STOP = re.compile(
    r"\n|[.!?؟]+[\"”’»)]*(?=\s|[\[【(]|$)|[。！？][\"”’」』）]*"
    rf"|;\s*(?:{_MARK.pattern})(?=\s)"
)
_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|\d{1,2}[.)]\s+|#{1,6}\s+|>\s+)+")
_ANSWER = re.compile(
    r"^(?:yes|no|oui|non|sí|да|нет|نعم|لا|是的?|不是?|否)\s*[,，،]\s*(?=\S)", re.IGNORECASE
)
"""'Yes, ...' is said by the model alone; what follows stands on its clause, and is shown so."""
_COMMA = re.compile(
    r"(?<=\)), (?=(?:resolves|decides|instructs|invites|requests|encourages|urges)\b)"
)
"""In 'Resolution 7 (Oslo, 1990), resolves that': copied from the head of an extract."""
_ENDS = re.compile(r"\s*(?:[.。;!?]|\n|$)")
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
        self._leading: bool | None = None
        self._over = False
        self._last: tuple[str, ...] = ()

    def feed(self, piece: str) -> Iterator[Written]:
        """Sentences that `piece` finishes."""
        self._buffer += piece
        if self._leading is None:
            self._leading = _begins_with_mark(self._buffer)
        if self._leading is not None:
            yield from self._cut_off()

    def _cut_off(self) -> Iterator[Written]:
        while (cut := self._find()) is not None:
            raw, self._buffer = self._buffer[:cut], self._buffer[cut:]
            if written := _written(raw):
                if self._leading and not written.ids:
                    written = written.model_copy(update={"ids": self._last})
                self._last = written.ids
                yield written

    def _find(self) -> int | None:
        return _cut_leading(self._buffer) if self._leading else _cut(self._buffer, self._over)

    def finish(self, said_so: bool = False) -> Iterator[Written]:
        """The last sentence, if the stream ended where a sentence can end; else nothing.

        With `said_so` the model itself ended its answer there, stop or no stop.
        """
        if said_so or not self.unfinished:
            self._leading = bool(self._leading or _begins_with_mark(f"{self._buffer}\n"))
            self._over = True
            yield from self.feed("\n")

    @property
    def unfinished(self) -> bool:
        """Whether what is left breaks off inside a sentence."""
        rest = self._buffer.strip()
        ended = self._buffer.rstrip(" \t").endswith("\n")
        return bool(rest) and not ended and not _complete(rest)


def _begins_with_mark(text: str) -> bool | None:
    """Whether an answer puts its marks first; None while that cannot be told."""
    bare = text.lstrip()
    if bullet := _BULLET.match(bare):
        bare = bare[bullet.end() :]
    elif re.fullmatch(r"[-*•–#>\d.)]*", bare):
        return None
    if _MARK.match(bare):
        return True
    return None if not bare or _OPENS_MARK.match(bare) else False


def _cut_leading(text: str) -> int | None:
    """As `_cut`, for an answer whose marks stand before its sentences."""
    begins = re.match(rf"\s*(?:{_BULLET.pattern[1:]})?(?:\s*(?:{_MARK.pattern}))*", text)
    start = begins.end() if begins else 0
    ends = [(m.start(), m.end(), True) for m in _MARK.finditer(text) if m.start() >= start]
    ends += [(m.start(), m.end(), False) for m in _STOP.finditer(text) if m.start() >= start]
    for begin, end, is_mark in sorted(ends):
        rest = text[end:]
        if is_mark:
            if not rest.strip(" \t"):
                if "\n" not in rest:
                    return None  # what follows tells whose mark it is
            elif not _ENDS.match(rest):
                return begin
            continue
        stop = text[begin:end]
        if stop == "\n":
            return end
        if stop.startswith(";") or (stop[0] == "." and not sentences.over(text[:begin])):
            continue
        return end if rest.strip(" \t") else None
    return None


def _cut(text: str, over: bool = False) -> int | None:
    """Where the first sentence is certainly over, or None; `over`: nothing follows `text`."""
    for match in _STOP.finditer(text):
        end = match.end()
        if match[0] == "\n":
            line, rest = text[: match.start()].rstrip(), text[end:]
            if not line or _MARK.search(line):
                return end
            if not over and not rest.strip():
                return None  # what the next line begins with tells whether this one is over
            if line[-1] not in ".:!?;" and _GOES_ON.match(rest):
                continue
            return _with_marks_below(text, match.start(), over, end)
        if match[0].startswith(".") and not sentences.over(text[: match.start()]):
            continue
        if behind := _MARKS_BEHIND.match(text, end):
            end = behind.end()
        rest = text[end:]
        following = rest.lstrip(" \t")
        if not over and (not following or _OPENS_MARK.match(rest)):
            return None  # a mark may still come
        if following.startswith("\n") and not _MARK.search(text[:end]):
            return _with_marks_below(text, end, over, end)
        return end
    return None


def _with_marks_below(text: str, stop: int, over: bool, end: int) -> int | None:
    """`end`, or the end of marks that stand alone below `stop`; None while one may still come."""
    below = text[stop:]
    if not over and (not below.strip() or _OPENS_MARK.match(below.lstrip())):
        return None
    if marks := _MARKS_BELOW.match(below):
        at_end = stop + marks.end() == len(text)
        return stop + marks.end() if over or not at_end else None
    return end


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
    text = re.sub(r"[;,]$", ".", text)
    text = _COMMA.sub(" ", text)
    if answer := _ANSWER.match(text):
        text = text[answer.end() : answer.end() + 1].upper() + text[answer.end() + 1 :]
    if not any(c.isalnum() for c in text):
        return None
    return Written(raw=raw.strip(), text=text, ids=tuple(ids))
