"""Abbreviations a document explains itself: 'ICT Development Index (IDI)' lets IDI mean that."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.documents import Document

_EXPLAINED = re.compile(r"\((?:the )?([A-Z][A-Za-z]{1,7}?)s?\)")
_BEFORE = 110
"""Characters before the bracket in which the long form is looked for."""
_SMALL = frozenset("of the and for on in to a an".split())


def explained(document: Document) -> dict[str, str]:
    """Long forms by abbreviation, as the document's own brackets give them."""
    found: dict[str, str] = {}
    for text in [document.title, *(clause.text for _, clause in document.clauses())]:
        for match in _EXPLAINED.finditer(text):
            if match[1] in found:
                continue
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            long = _long(before.replace(",", "").split()[-9:], match[1])
            if long:
                found[match[1]] = long
    return found


def spelled(text: str, longs: Mapping[str, str]) -> str:
    """`text` followed by the long forms of the abbreviations in it; for matching, never shown."""
    used = [
        long
        for short, long in longs.items()
        if short in text and long not in text and re.search(rf"(?<!\w){short}s?(?!\w)", text)
    ]
    return " ".join([text, *used])


def _long(words: list[str], short: str) -> str:
    """The shortest run of words at the end whose capitals or initials spell the abbreviation."""
    for count in range(2, len(words) + 1):
        run = words[-count:]
        initials = "".join(
            part[0] for word in run for part in re.split(r"[-/]", word) if part
        ).lower()
        telling = "".join(
            part[0]
            for word in run
            if word.lower() not in _SMALL
            for part in re.split(r"[-/]", word)
            if part
        ).lower()
        if short.lower() in (initials, telling) and run[0].lower() not in _SMALL:
            return " ".join(run)
    return ""
