"""Blunt commands to software, found by pattern: one of the signals `rule` decides by."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from corpus.tampering.characters import disguised, hidden_in, plain

_LABEL = re.compile(r"^[^\S\n]*(?:\d{1,3}|[a-z]|[ivx]{1,4})[).]?[^\S\n]+(?=\S)", re.MULTILINE)
"""A number or letter before a sentence: what begins behind it begins a sentence all the same; so
does what begins a cell of a table."""


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    raw = yaml.safe_load(files("corpus.tampering").joinpath("commands.yaml").read_text("utf-8"))
    return tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in raw["commands"])


@lru_cache(maxsize=8192)
def command_in(text: str) -> str:
    """What in a clause or a question means to take its reader's software over; '' for nothing.

    Args:
        text: as stored or typed, with whatever invisible characters it has.
    """
    if hidden := hidden_in(text):
        return hidden
    found = (_matched(form) for form in (text, *disguised(text)))
    return next((f"speaks to its reader's software: '{said}'" for said in found if said), "")


def _matched(text: str) -> str:
    """The first 80 characters of what a pattern finds in `text`; '' for nothing."""
    shown = _LABEL.sub("", plain(text).replace(" | ", "\n"))
    found = (pattern.search(shown) for pattern in _patterns())
    return next((match[0].strip()[:80] or "…" for match in found if match), "")
