"""Which language a text is in, from its letters alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from corpus.language import latin

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UN_LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
"""The six official languages; questions are asked and screens shown in these."""

_LATIN = ("en", "es", "fr", "cs", "de", "hr", "hu", "id", "it", "nl", "pl", "pt", "ro", "sq", "tr")
_CYRILLIC = ("ru", "bg", "kk", "ky", "mk", "sr", "uk")
_ARABIC = ("ar", "fa", "ur")

_SHORT = 80
"""Letters below which only the six languages are considered: others would be guesses."""
_LIKELY, _SURE = 0.5, 0.8
"""Chance from which a short Latin text is not taken for English, and from which it is no guess."""
_STATISTICS = 0.2
"""What a log odd of py3langid weighs: of 2 words kept back .93 are read rightly, without it .92."""
_SAMPLE = 6000
"""Letters looked at; more changes nothing and costs time."""

_SCRIPTS = {
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "kana": re.compile("[\u3040-\u30ff]"),
    "hangul": re.compile("[\uac00-\ud7af]"),
    "han": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
}
# A Chinese character carries about as much as three letters of an alphabet; and texts in other
# letters are full of Latin names, as Latin ones are not of theirs.
_WEIGHT = {"han": 3, "kana": 3, "hangul": 3, "cyrillic": 2, "arabic": 2}


def dominant_script(text: str) -> str | None:
    """Script most of the letters of `text` are in, by name ('latin', 'han', ...), or None."""
    sample = text[: 4 * _SAMPLE]
    counts = {
        name: len(pattern.findall(sample)) * _WEIGHT.get(name, 1)
        for name, pattern in _SCRIPTS.items()
    }
    if counts["kana"] * 10 > counts["han"]:
        counts["kana"] += counts["han"]
        counts["han"] = 0
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language most of `text` is in; 'en' when it holds no letters.

    The script narrows the candidates; among them py3langid (naive Bayes over byte n-grams,
    trained on 97 languages) decides. Texts of less than 80 letters are taken to be in one of
    the six UN languages, told among the Latin ones by `corpus.language.latin`.
    """
    script = dominant_script(text)
    if script == "han":
        return "zh"
    if script == "kana":
        return "ja"
    if script == "hangul":
        return "ko"
    if script is None:
        return "en"
    letters = "".join(
        " " if c.isspace() else c for c in text[:_SAMPLE] if c.isalpha() or c.isspace() or c in "'’"
    )
    short = sum(c.isalpha() for c in letters) < _SHORT
    if script == "arabic":
        return "ar" if short else _rank(letters, _ARABIC)
    if script == "cyrillic":
        return "ru" if short else _rank(letters, _CYRILLIC)
    if not short:
        return _rank(letters, _LATIN)
    said = _latin(text)
    best = max(said, key=lambda code: said[code])
    return best if said[best] >= _LIKELY else "en"


def _latin(text: str) -> dict[str, float]:
    """`latin.chances`, with what py3langid says as well: together they are right more often."""
    said, ranked = latin.chances(text), dict(_identifier().rank(text))
    most = max(ranked[code] for code in latin.LANGUAGES)
    odds = {c: said[c] * math.exp(_STATISTICS * float(ranked[c] - most)) for c in said}
    return {code: value / sum(odds.values()) for code, value in odds.items()}


def likeliest(text: str) -> str:
    """As `detect_language`, but few Latin letters are guessed among en, es and fr at any odds.

    For words that are no name and no term, such as a greeting: of "Kigali" it would be a guess.
    """
    said = _latin(text)
    if dominant_script(text) == "latin":
        return max(said, key=lambda code: said[code])
    return detect_language(text)


def is_guess(text: str) -> bool:
    """True if the letters of a Latin text do not tell its language surely."""
    return dominant_script(text) == "latin" and max(_latin(text).values()) < _SURE


def reads_as(text: str, language: str) -> bool:
    """Whether `text` is in this language of the six, and in none of those beside them.

    Of few Latin letters statistics over all languages that are known are asked as well.
    """
    if detect_language(text) != language:
        return False
    return dominant_script(text) != "latin" or _rank(text, _LATIN) in latin.LANGUAGES


def _rank(text: str, candidates: tuple[str, ...]) -> str:
    scores: list[tuple[str, float]] = _identifier().rank(text)
    return next((code for code, _ in scores if code in candidates), candidates[0])


@cache
def _identifier() -> LanguageIdentifier:
    """The model; loaded on first use because it takes a third of a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def language_score(text: str, candidates: Sequence[str]) -> float:
    """How well a text fits the best of `candidates` (ISO 639-1), to compare readings of a file."""
    scores: list[tuple[str, float]] = _identifier().rank(text[:_SAMPLE])
    return max((float(score) for code, score in scores if code in candidates), default=-1e9)
