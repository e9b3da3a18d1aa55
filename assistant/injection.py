"""Clauses that speak to the machine that reads them: never evidence, in either mode (P8).

A text on the shelf may have been tampered with, or may be a page that anybody can write to. What it
says to "the assistant" is not something the document tells States or officials, so a passage that
holds such words is not quoted, not cited and not given to a chat model; the trace names it. The
librarian sees it there and can withdraw the document. `advisor bench injection` measures it.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from urllib.parse import unquote

import yaml

from assistant.screening import visible
from corpus.documents import DocumentKind
from indexing.passages import Passage

_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPLIT_WORD = re.compile("[A-Za-z][\u200b-\u200d\u2060\ufeff\u00ad][A-Za-z]")
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-fA-F]{2}\s?){16,}(?!\w)")
_BASE32 = re.compile(r"(?<!\w)[A-Z2-7]{32,}={0,6}")
_BINARY = re.compile(r"(?:\b[01]{8}\b\s?){8,}")
_LEET_WORD = re.compile(r"\b(?=\w*\d)(?=\w*[a-z])\w{3,}\b", re.IGNORECASE)
_LEET = str.maketrans("0134579", "oieastg")
_SPACED = re.compile(r"\b(?:[A-Za-z] ){4,}[A-Za-z]\b")
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4}){8,}")
_INSTRUMENTS = frozenset(
    {DocumentKind.RESOLUTION, DocumentKind.DECISION, DocumentKind.RECOMMENDATION}
)


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    raw = yaml.safe_load(files("assistant").joinpath("injection.yaml").read_text("utf-8"))
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in raw[kind])


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
    if _TAGS.search(text):
        return "letters in invisible tag characters"
    if len(_SPLIT_WORD.findall(text)) > 3:
        return "words split by invisible characters"
    if _OVERRIDES.search(text) and not _right_to_left(text):
        return "letters in an order that is not shown"
    for form in (text, *_decoded(text)):
        plain = _plain(form)
        for pattern in _patterns("anywhere"):
            if match := pattern.search(plain):
                return f"speaks to its reader's software: '{match[0].strip()[:80]}'"
    if instrument:
        plain = _plain(text)
        for pattern in _patterns("instruments"):
            if match := pattern.search(plain):
                return f"asks its reader for something: '{match[0].strip()[:80]}'"
    return ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", visible(text))


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def _decoded(text: str) -> Iterator[str]:
    """What disguised runs in `text` say, where they say something in letters."""
    for match in _BASE64.finditer(text):
        bare = match[0].rstrip("=")
        yield from _bytes(base64.b64decode, bare + "=" * (-len(bare) % 4))
    for match in _BASE32.finditer(text):
        bare = match[0].rstrip("=")
        yield from _bytes(base64.b32decode, bare + "=" * (-len(bare) % 8))
    for match in _HEX.finditer(text):
        yield from _bytes(bytes.fromhex, match[0])
    for match in _BINARY.finditer(text):
        yield "".join(chr(int(byte, 2)) for byte in match[0].split())
    if "%20" in text:
        yield unquote(text)
    for match in _ESCAPES.finditer(text):
        yield "".join(chr(int(code, 16)) for code in re.findall(r"[0-9a-fA-F]{4}", match[0]))
    if len(_LEET_WORD.findall(text)) > 2:
        yield text.translate(_LEET)
    if _SPACED.search(text):
        yield _SPACED.sub(lambda run: run[0].replace(" ", ""), text)
    yield codecs.decode(text, "rot13")
    yield text[::-1]


def _bytes(decode: Callable[[str], bytes], run: str) -> Iterator[str]:
    try:
        yield _letters(decode(run))
    except (binascii.Error, ValueError):
        return


def _letters(content: bytes) -> str:
    text = content.decode("utf-8", "ignore")
    return text if text and sum(c.isprintable() for c in text) > 0.9 * len(text) else ""
