"""Where a sentence ends, in six languages: the one splitter of this room and of those above it.

A full stop ends none behind an abbreviation ("Rév.", "г.", "No."), an initial or the number of a
list item, nor where what follows goes on in a small letter. `exact.yaml` lists the abbreviations:
a closed class in each language, told by their form alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from assistant.grounding.exact import abbreviations

_CLOSING = r"[\"”’»)\]』」]*"
_STOP = re.compile(rf"(?:[.!?؟…]+{_CLOSING}(?=\s|$)|[。！？]+{_CLOSING})")
_PART = re.compile(rf"(?:[.;:!?؟؛…]+{_CLOSING}(?=\s|$)|[。；：！？]+{_CLOSING})")
_INITIAL = re.compile(
    r"(?:(?<![\w'’])[A-ZА-ЯЁ]|^\W*\d{1,3}|^\W*[a-zа-я]|(?<!\w)[a-zа-я]\.[a-zа-я])$"
)
"""A letter of a name, 'i.e', and the number or letter that begins an item."""


@cache
def _abbreviated() -> re.Pattern[str]:
    # As listed or with a capital: 'No. 5' is abbreviated, 'no.' is a word.
    forms = {form for one in abbreviations() for form in (one, one[:1].upper() + one[1:])}
    known = "|".join(sorted(map(re.escape, forms), key=len, reverse=True))
    return re.compile(rf"(?<![\w.])(?:{known})$")


def over(before: str, after: str = "") -> bool:
    """Whether a full stop between `before` (without it) and `after` ends a sentence.

    Args:
        before: what stands before the stop; its last words are enough.
        after: what follows; '' where that is not known yet.
    """
    tail = before[-24:]
    if _INITIAL.search(tail if len(before) <= 24 else f"~{tail}") or _abbreviated().search(tail):
        return False
    follows = after.lstrip(" \t\n\"“«'’(")
    return not (follows[:1].islower() and not follows[1:2].isupper())


def split(text: str, parts: bool = False) -> list[str]:
    """The sentences of `text`, each with its stop, none empty.

    Args:
        text: in any of the six languages.
        parts: cut behind semicolons and colons as well, as the clauses of a resolution are made.
    """
    return list(_split(text, _PART if parts else _STOP))


def _split(text: str, stops: re.Pattern[str]) -> Iterator[str]:
    start = 0
    for match in stops.finditer(text):
        stop = match[0].rstrip('"”’»)]』」')
        dots = not stop.strip(".…")
        if dots and not over(text[start : match.start()], text[match.end() :]):
            continue
        if part := text[start : match.end()].strip():
            yield part
        start = match.end()
    if rest := text[start:].strip():
        yield rest
