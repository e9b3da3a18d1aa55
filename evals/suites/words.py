"""Words compared by their stems, for measures that must repeat exactly."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_SMALL = frozenset(
    """
    a an and are as at be been but by can could did do does each every for from had has have how if
    in into is it its may must no not of on only or per should so such than that the their them then
    there these they this those to was we were what when where which who will with would yes
    """.split()
)

_SHORT = {
    "BDT": "Telecommunication Development Bureau",
    "TSB": "Telecommunication Standardization Bureau",
    "BR": "Radiocommunication Bureau",
    "SG": "Secretary-General",
    "ITU-D": "ITU Telecommunication Development Sector",
    "ITU-T": "ITU Telecommunication Standardization Sector",
    "ITU-R": "ITU Radiocommunication Sector",
    "Bureaux": "Bureau",
}
"""Bodies that authors of suites shorten and headings spell out."""
_SHORTENED = re.compile(rf"\b(?:{'|'.join(_SHORT)})\b")


def spelled_out(text: str) -> str:
    """`text` with the bodies it shortens spelled out, so that both forms compare as one."""
    return _SHORTENED.sub(lambda match: _SHORT[match.group()], text)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def stems(text: str) -> set[str]:
    """Stems of the content words of an English text; numbers are kept as they are."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return set(_stemmer().stemWords([word for word in words if word not in _SMALL]))


def share_of_words(needle: str, haystack: str) -> float:
    """Share of the content words of `needle` (by stem) that occur in `haystack`; 0..1."""
    wanted = stems(needle)
    return len(wanted & stems(haystack)) / len(wanted) if wanted else 0.0
