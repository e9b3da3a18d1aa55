"""Which language a text is in, from its letters alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UN_LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
"""The six official languages; questions are asked and screens shown in these."""

_LATIN_SHORT = ("en", "es", "fr")
_LATIN = (*_LATIN_SHORT, "cs", "de", "hr", "hu", "id", "it", "nl", "pl", "pt", "ro", "sq", "tr")
_CYRILLIC = ("ru", "bg", "kk", "ky", "mk", "sr", "uk")
_ARABIC = ("ar", "fa", "ur")

_SHORT = 80
"""Letters below which only the six languages are considered: others would be guesses."""
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
# A Chinese character carries about as much as three letters of an alphabet, so
# a Chinese text full of Latin names is still Chinese.
_WEIGHT = {"han": 3, "kana": 3, "hangul": 3}

# Everyday words and letters that decide a line too short for statistics.
_HINTS = {
    "es": re.compile(
        r"[ñ¿¡]|\b(?:el|los|las|una|qué|cuál|cómo|quién|del|y|para|según|sobre|por|con|\w+ción)\b",
        re.I,
    ),
    "fr": re.compile(
        r"[çœêèùû]|\b(?:le|les|des|du|une|et|est|dans|pour|quelle?s?|quels?|sur|qui|au|aux)\b"
        r"|\b[ldnsqj]['’]",
        re.I,
    ),
    "en": re.compile(
        r"\b(?:the|of|and|what|which|who|how|is|are|does|do|to|in|for|about|by|has|with)\b", re.I
    ),
}


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
    the six UN languages, with everyday words deciding before statistics.
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
    votes = {code: len(pattern.findall(text)) for code, pattern in _HINTS.items()}
    best = sorted(votes, key=lambda code: -votes[code])
    if votes[best[0]] > votes[best[1]]:
        return best[0]
    return _rank(letters, _LATIN_SHORT) if votes[best[0]] or len(letters.split()) > 1 else "en"


def likeliest(text: str) -> str:
    """As `detect_language`, but a single Latin word is guessed among en, es and fr as well.

    For words that are no name and no term, such as a greeting: of "broadband" it would be a guess.
    """
    script = dominant_script(text)
    return _rank(text, _LATIN_SHORT) if script == "latin" else detect_language(text)


def is_guess(text: str) -> bool:
    """True if no everyday word or letter tells the language of a Latin text, only statistics."""
    votes = sorted((len(pattern.findall(text)) for pattern in _HINTS.values()), reverse=True)
    return dominant_script(text) == "latin" and votes[0] == votes[1]


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
