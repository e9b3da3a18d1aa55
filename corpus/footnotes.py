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
_LABEL_THEN_LOWER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*|\(?[a-z]{1,4}\))\s+(?P<word>[^\W\d_])")


class Lifted(NamedTuple):
    """A text without its inline footnotes.

    Attributes:
        text: the words that are left, markers removed.
        notes: bodies of the footnotes its markers refer to, in order.
    """

    text: str
    notes: tuple[str, ...]


def strip_marker(text: str, number: str) -> str | None:
    """`text` without the marker `number` glued to a word or bracket; None where it has none.

    Names such as 'IPv6' are not markers: the three letters before a marker are in lower case.
    """
    pattern = re.compile(
        rf"(?P<before>[^\W\d_]{{3}}|[)\]”\"]){re.escape(number)}(?=[\s,;.:)”\"]|$)"
    )
    for match in pattern.finditer(text):
        before = match["before"]
        if before == before.lower():
            cut = match.start() + len(before)
            return text[:cut] + text[cut + len(number) :]
    return None


def lift_footnotes(texts: list[str]) -> list[Lifted]:
    """Each text without inline footnotes; each note goes to the text that holds its marker.

    Where no text before the note holds the marker, the note stays with the text it was found in.
    """
    out = list(texts)
    notes: list[list[str]] = [[] for _ in texts]
    for index in range(len(texts)):
        while (rule := _RULE.search(out[index])) is not None:
            head, tail = out[index][: rule.start()], out[index][rule.end() :]
            found, rest = _read_notes(tail)
            out[index] = f"{head} {rest}".strip() if found else f"{head} {tail}".strip()
            for number, body in found:
                owner = _owner(out, index, head, number)
                notes[owner].append(body)
    return [Lifted(text, tuple(found)) for text, found in zip(out, notes, strict=True)]


def _owner(texts: list[str], index: int, head: str, number: str) -> int:
    """Index of the nearest text at or before `index` with the marker, which is removed there."""
    stripped = strip_marker(head, number)
    if stripped is not None:
        texts[index] = stripped + texts[index][len(head) :]
        return index
    for earlier in range(index - 1, -1, -1):
        stripped = strip_marker(texts[earlier], number)
        if stripped is not None:
            texts[earlier] = stripped
            return earlier
    return index


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
    """Where the note's own words end: at the next note, or where the page's text runs on."""
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
