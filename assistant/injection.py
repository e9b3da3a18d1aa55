"""Clauses that speak to the machine that reads them: never evidence, in either mode (P8).

A text on the shelf may have been tampered with, or may be a page that anybody can write to. What it
says to "the assistant" is not something the document tells States or officials, so a passage that
holds such words is not quoted, not cited and not given to a chat model; the trace names it. The
librarian sees it there and can withdraw the document. `advisor bench injection` measures it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from assistant.characters import disguised, hidden_in, plain
from corpus.documents import DocumentKind
from indexing.passages import Passage

_INSTRUMENTS = frozenset(
    {DocumentKind.RESOLUTION, DocumentKind.DECISION, DocumentKind.RECOMMENDATION}
)

_LABEL = re.compile(r"^[^\S\n]*(?:\d{1,3}|[a-z]|[ivx]{1,4})[).]?[^\S\n]+(?=\S)", re.MULTILINE)
"""A number or letter before a sentence: what begins behind it begins a sentence all the same; so
does what begins a cell of a table."""


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    raw = yaml.safe_load(files("assistant").joinpath("injection.yaml").read_text("utf-8"))
    return tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in raw[kind])


def spoken_to(passage: Passage) -> str:
    """Why `passage` is no evidence: it speaks to its reader's software; '' if it does not."""
    words = "\n".join(part.text for part in passage.parts)
    instrument = passage.kind in _INSTRUMENTS
    # Titles may begin like a request ("Use of ..."); what follows a full stop in one may not.
    around = [f"· {text}" for text in (passage.title, passage.section_heading, passage.context)]
    found = (to_the_machine(text, instrument) for text in (words, *around))
    return next((why for why in found if why), "")


@lru_cache(maxsize=8192)
def to_the_machine(text: str, instrument: bool = False) -> str:
    """What in `text` addresses the machine that reads it, in a few words; '' for nothing.

    Args:
        text: as stored, with whatever invisible characters it has.
        instrument: a clause of a resolution, decision or recommendation, whose sentences never ask
            their reader for a piece of writing.
    """
    if hidden := hidden_in(text):
        return hidden
    for form in (text, *disguised(text)):
        if said := _matched(form, "anywhere") or _matched(form, "documents"):
            return f"speaks to its reader's software: '{said}'"
    if instrument and (said := _matched(text, "instruments")):
        return f"asks its reader for something: '{said}'"
    return ""


@lru_cache(maxsize=1024)
def takes_over(question: str) -> str:
    """What in a question means to take the assistant over, in a few words; '' for nothing.

    Args:
        question: as typed, with whatever invisible characters it has.
    """
    if hidden := hidden_in(question):
        return hidden
    return next(
        (said for f in (question, *disguised(question)) if (said := _matched(f, "anywhere"))), ""
    )


def _matched(text: str, kind: str) -> str:
    """The first 80 characters of what a pattern of this kind finds in `text`; '' for nothing."""
    shown = _LABEL.sub("", plain(text).replace(" | ", "\n"))
    found = (pattern.search(shown) for pattern in _patterns(kind))
    return next((match[0].strip()[:80] or "…" for match in found if match), "")
