"""Footnotes that a converter left inside the text: found, lifted out, tied to their marker.

A footnote printed at the foot of a page reaches the text as a rule of underscores, a number and
the note's words, often in the middle of the clause that ran over the page. Its marker is a
number glued to a word ('developing countries1').
"""

from __future__ import annotations

import re
from typing import NamedTuple

_RULE = re.compile(r"\s*_{5,}\s*")
_NOTE = re.compile(r"(?P<number>\d{1,2}|\*{1,3})\s+(?=\S)")
# A note may end at a stop, before a bullet, or before an item of a plan's table ('D.2 Modern').
_MAY_END = re.compile(r"[.;][”\"]?\s+|\s(?=•)|\s(?=[A-Z]\.\d{1,2}\s+[A-Z])")
_LONGEST_NOTE = 120
_LABEL_THEN_LOWER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*|\(?[a-z]{1,4}\))\s+(?P<word>[^\W\d_])")


# Stand-ins for markers, one a note, until the text has its final shape (private-use letters).
_FIRST, _LAST = 0xE000, 0xF8FF
_STAND_IN = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")


class Lifted(NamedTuple):
    """Texts without their inline footnotes.

    Attributes:
        texts: the words that are left; a stand-in letter keeps the place of each marker.
        notes: body of the note by its stand-in.
    """

    texts: list[str]
    notes: dict[str, str]


def take_notes(text: str, notes: dict[str, str]) -> tuple[str, tuple[str, ...]]:
    """`text` without stand-ins, and the bodies of the notes they stood for, in order."""
    found = tuple(notes[c] for c in _STAND_IN.findall(text) if c in notes)
    return _STAND_IN.sub("", text), found


def strip_marker(text: str, number: str, stand_in: str = "") -> str | None:
    """`text` without the marker `number` glued to a word or bracket; None where it has none.

    `stand_in` is put in its place.

    Names such as 'IPv6' are not markers: the three letters before a marker are in lower case.
    """
    pattern = re.compile(
        rf"(?P<before>[^\W\d_]{{3}}|[)\]”\"]){re.escape(number)}(?=[\s,;.:)”\"]|$)"
    )
    for match in reversed(list(pattern.finditer(text))):
        before = match["before"]
        if before == before.lower():
            cut = match.start() + len(before)
            return text[:cut] + stand_in + text[cut + len(number) :]
    return None


def lift_footnotes(texts: list[str]) -> Lifted:
    """Each text without inline footnotes; each note keeps the place of its marker.

    Where no text before the note holds the marker, its place is where the note was found.
    Letters that could pass for stand-ins are removed first.
    """
    out = [_STAND_IN.sub("", text) for text in texts]
    notes: dict[str, str] = {}
    for index in range(len(out)):
        while (rule := _RULE.search(out[index])) is not None:
            head, tail = out[index][: rule.start()], out[index][rule.end() :]
            found, rest = _read_notes(tail)
            out[index] = head
            for number, body in found:
                stand_in = chr(_FIRST + len(notes) % (_LAST - _FIRST))
                notes[stand_in] = body
                _place(out, index, number, stand_in)
            out[index] = f"{out[index]} {rest if found else tail}".strip()
    return Lifted(out, notes)


def _place(texts: list[str], index: int, number: str, stand_in: str) -> None:
    """Put the stand-in for the nearest marker at or before `index`, else at the end there."""
    for earlier in range(index, -1, -1):
        stripped = strip_marker(texts[earlier], number, stand_in)
        if stripped is not None:
            texts[earlier] = stripped
            return
    words = texts[index].rstrip()
    cut = len(words) - (words[-1:] in set(",;.:"))
    texts[index] = words[:cut] + stand_in + words[cut:]


def _read_notes(tail: str) -> tuple[list[tuple[str, str]], str]:
    """Numbered notes at the start of `tail`, and the text that runs on behind them."""
    found: list[tuple[str, str]] = []
    while (match := _NOTE.match(tail)) is not None:
        number = match["number"]
        if found and not _follows(found[-1][0], number):
            break
        if found and _LABEL_THEN_LOWER.match(tail) and _starts_lower(tail):
            break
        tail = tail[match.end() :]
        end = _note_end(tail, number)
        found.append((number, tail[:end].strip()))
        tail = tail[end:].lstrip()
    return found, tail


def _starts_lower(text: str) -> bool:
    match = _LABEL_THEN_LOWER.match(text)
    return bool(match and match["word"].islower())


def _follows(before: str, number: str) -> bool:
    if before.isdigit() and number.isdigit():
        return int(number) == int(before) + 1
    return not before.isdigit() and number == before + "*"


def _note_end(text: str, number: str) -> int:
    """Where the note's own words end: at the next note, or where the page's text runs on.

    A note that would be longer than any note is (120 words) keeps its first sentence only.
    """
    end = _likely_end(text, number)
    first = re.search(r"\.\s", text)
    if first and first.end() < end and len(text[:end].split()) > _LONGEST_NOTE:
        return first.end()
    return end


def _likely_end(text: str, number: str) -> int:
    for match in _MAY_END.finditer(text):
        rest = text[match.end() :]
        if match[0].isspace():
            return match.start()
        note = _NOTE.match(rest)
        if note and number.isdigit() and _follows(number, note["number"]):
            return match.end()
        if rest[:1].islower() or rest[:1] in "•–−":
            return match.end()
        if _starts_lower(rest):
            return match.end()
    return len(text)
