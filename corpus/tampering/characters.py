"""Characters nobody sees, and words in disguise: what a text shows, and what it hides (P8)."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import unquote

# Controls, bidirectional overrides and isolates, zero-width characters, Unicode tags and variation
# selectors: in a question or a clause they only carry mischief.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_TAGS = re.compile("[\U000e0020-\U000e007e]{4,}")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}")
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPLIT_WORD = re.compile("[A-Za-z][\u200b-\u200d\u2060\ufeff\u00ad][A-Za-z]")

_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{24,}={0,2}")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-fA-F]{2}\s?){16,}(?!\w)")
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4}){8,}")
_ENTITIES = re.compile(r"(?:&#x?[0-9a-fA-F]{2,6};\s?){8,}")
# Letters of other scripts that are drawn like Latin ones, where a Latin word is disguised by them.
_ALIKE = str.maketrans(
    "аеорсухіјѕԁɡһӏԛԝѵАВЕКМНОРСТХІЈЅαορνικτΑΒΕΗΙΚΜΝΟΡΤΧΥΖ",
    "aeopcyxijsdghlqwvABEKMHOPCTXIJSaopviktABEHIKMNOPTXYZ",
)
_MIXED = re.compile(r"\b(?=\w*[a-zA-Z])(?=\w*[\u0370-\u03ff\u0400-\u052f])\w{3,}\b")


def visible(text: str) -> str:
    """`text` in NFC, without invisible characters, blanks tidied."""
    bare = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return re.sub(r"[^\S\n]+", " ", bare).strip()


def plain(text: str) -> str:
    """`visible` text with its compatibility forms folded: what patterns are matched on."""
    return unicodedata.normalize("NFKC", visible(text))


def hidden_in(text: str) -> str:
    """What is hidden in `text` from its reader's eyes, in a few words; '' for nothing."""
    if _TAGS.search(text):
        return "letters in invisible tag characters"
    if _VARIANTS.search(text):
        return "letters in invisible variation selectors"
    if len(_SPLIT_WORD.findall(text)) > 3:
        return "words split by invisible characters"
    if _OVERRIDES.search(text) and not _right_to_left(text):
        return "letters in an order that is not shown"
    return ""


def disguised(text: str) -> Iterator[str]:
    """What runs of `text` say when read as the encodings of the web, where they hold letters."""
    for match in _BASE64.finditer(text):
        bare = match[0].rstrip("=")
        yield from _bytes(base64.b64decode, bare + "=" * (-len(bare) % 4))
    for match in _HEX.finditer(text):
        yield from _bytes(bytes.fromhex, match[0])
    if "%20" in text:
        yield unquote(text)
    for match in _ESCAPES.finditer(text):
        yield "".join(chr(int(code, 16)) for code in re.findall(r"[0-9a-fA-F]{4}", match[0]))
    for match in _ENTITIES.finditer(text):
        yield unescape(match[0])
    if _MIXED.search(text):
        yield text.translate(_ALIKE)


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def _bytes(decode: Callable[[str], bytes], run: str) -> Iterator[str]:
    try:
        yield _letters(decode(run))
    except (binascii.Error, ValueError):
        return


def _letters(content: bytes) -> str:
    text = content.decode("utf-8", "ignore")
    return text if text and sum(c.isprintable() for c in text) > 0.9 * len(text) else ""
