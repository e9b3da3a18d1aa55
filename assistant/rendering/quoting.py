"""Verbatim quotations: the whole clause, or its telling parts with an ellipsis between them.

A long clause is cut only where its own punctuation ends a thought (after a full stop, a semicolon
or the colon of a list), so that no qualifier is separated from what it qualifies. What is shown
is always made of pieces of the stored text, in order: `is_verbatim` checks it (P2).
"""

from __future__ import annotations

import re

from corpus.language.tokens import analyse, analyse_query

ELLIPSIS = " … "
LONG = 700
"""Characters up to which a clause is quoted whole: nine clauses in ten of PP-18 have under 420."""

# Not after an abbreviation such as "Rev." or "No.", nor inside a number.
_SENSE = re.compile(
    r"(?<!\bRev\.)(?<!\bRes\.)(?<!\bNo\.)(?<!\bNos\.)(?<!\bArt\.)(?<!\bcf\.)(?<!\b[A-Z]\.)"
    r"(?<=[.;:!?؛؟])\s+(?=\S)|(?<=[。；：！？])"
)
_SMALL = 40


def is_verbatim(quote: str, text: str) -> bool:
    """True if every piece of `quote` between ellipses stands in `text`, word for word, in order."""
    haystack = _even(text)
    at = 0
    pieces = [piece for piece in re.split(r"\s*…\s*", _even(quote)) if piece]
    for piece in pieces:
        found = haystack.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return bool(pieces)


def shorten(text: str, question: str, language: str = "en", longest: int = LONG) -> str:
    """`text` whole if it has at most `longest` characters, else its telling parts.

    Kept are the beginning (it says who does what) and the units that share most words with the
    question, weighed by how rare they are in the clause, until `longest` is reached. A unit that
    is itself longer is kept whole: cutting inside a thought could turn its meaning.
    """
    if len(text) <= longest:
        return text
    units = _units(text)
    if len(units) < 3:
        return text
    asked = set(analyse_query(question, language)) | set(analyse(question, "en"))
    words = [set(analyse(text[start:end], language)) for start, end in units]
    spread = {word: sum(word in held for held in words) for word in asked}
    worth = [sum(1 / spread[word] for word in asked & held) for held in words]
    sizes = [end - start for start, end in units]
    keep = {0}
    size = sizes[0]
    for place in sorted(range(1, len(units)), key=lambda i: (-worth[i], i)):
        if size + sizes[place] > longest and len(keep) > 1:
            continue
        keep.add(place)
        size += sizes[place]
    return _joined(text, units, keep)


def _units(text: str) -> list[tuple[int, int]]:
    """Spans of units of sense; small ones (list marks, abbreviations) go with their neighbour."""
    cuts = [match.span() for match in _SENSE.finditer(text)]
    spans: list[tuple[int, int]] = []
    start = 0
    for end, following in [*cuts, (len(text), len(text))]:
        if end - start < _SMALL and following < len(text):
            continue
        spans.append((start, end))
        start = following
    if len(spans) > 1 and spans[-1][1] - spans[-1][0] < _SMALL:
        spans[-2:] = [(spans[-2][0], spans[-1][1])]
    return spans


def _joined(text: str, units: list[tuple[int, int]], keep: set[int]) -> str:
    runs: list[list[int]] = []
    for place in sorted(keep):
        if runs and place - 1 in keep:
            runs[-1][1] = units[place][1]
        else:
            runs.append([*units[place]])
    quote = ELLIPSIS.join(text[start:end] for start, end in runs)
    return quote if len(units) - 1 in keep else quote + ELLIPSIS.rstrip()


def _even(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
