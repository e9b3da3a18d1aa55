"""Text -> tokens for the lexical index, by language.

Words are folded (case, width, accents), function words dropped, and stems taken by Snowball
(PyStemmer). Chinese, Japanese and Korean runs become overlapping pairs of characters, the usual
dictionary-free analysis (Lucene's CJKAnalyzer). Digits are kept whole: "205" must find 205.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

ANALYSIS = "2"
"""Version of the rules below; it is part of an index's manifest."""

STEMMERS = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "tr": "turkish",
}
"""Snowball algorithm by ISO 639-1 code. Arabic has its own light stemmer below; other languages are
folded but not stemmed."""

# Function words that bm25s does not list: the closed classes of Arabic, and the words questions
# are made of in English, which its 33-word list (Lucene's) leaves in.
_ARABIC = (
    "من في على إلى الى عن مع هذا هذه ذلك تلك التي الذي الذين اللاتي ما ماذا لماذا كيف متى أين هل "
    "أي هو هي هم هن أن إن ان كان كانت يكون تكون قد لقد لا لم لن ليس بين كل بعض غير أو او ثم حيث "
    "عند بعد قبل حتى إذا اذا كما وفي ومن وعلى وإلى وهو وهي ولا وأن وما"
)
_ENGLISH_QUESTIONS = (
    "what which who whom whose when where why how do does did done has have had having can could "
    "should would may might must shall been being were am i me my we our you your he his she her "
    "its them us from about any some so than too very"
)

_DIACRITICS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_ALEF = str.maketrans("أإآٱىةؤئ", "ااااي" + "هوي")
_ARABIC_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_COMPOUND = re.compile(r"(?<![^\W_])([a-z]{1,5})-([a-z]|\d{1,3})(?![^\W_])")
_TOKEN = re.compile(rf"(?P<cjk>[{_CJK}]+)|[^\W_{_CJK}]+(?:['’][^\W_{_CJK}]+)*")


def analyse(text: str, language: str) -> list[str]:
    """Tokens of `text` (repeats kept, in order); `language` is an ISO 639-1 code.

    An unknown language is folded only. Never raises; a text without words gives [].
    """
    stop = _stopwords(language)
    stem = _stemmer(language)
    cleaned = _clean(text)
    # "ITU-D" and "WTDC-17" are names: their halves alone would match ITU-T and every 17.
    tokens = [f"{a}{b}" for a, b in _COMPOUND.findall(cleaned)]
    for match in _TOKEN.finditer(cleaned):
        word = match.group()
        if match.lastgroup == "cjk":
            tokens.extend(_pairs(word))
            continue
        # "l'innovation", "ITU's": what follows or precedes the apostrophe is a word of its own.
        for piece in re.split(r"['’]", word):
            if piece in stop or (len(piece) == 1 and not piece.isdigit()):
                continue
            tokens.append(_finish(piece, language, stem))
    return tokens


def analyse_query(text: str, language: str) -> list[str]:
    """Distinct tokens of a question, analysed in its language and in English.

    Documents are indexed in their own language; names, numbers and borrowed terms of a question
    in another language still meet English documents this way.
    """
    tokens = dict.fromkeys(analyse(text, language))
    if language != "en":
        own = _stopwords(language)
        words = re.split(r"[\s,.;:?!؟،]+", text)
        rest = " ".join(word for word in words if _clean(word) not in own)
        tokens.update(dict.fromkeys(analyse(rest, "en")))
    return list(tokens)


def _clean(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _DIACRITICS.sub("", folded)
    return folded.translate(_ARABIC_DIGITS)


def _finish(word: str, language: str, stem: Any) -> str:
    if language == "ar":
        return _light10(word.translate(_ALEF))
    if stem is not None:
        word = _stemmed(word, language)
    if word.isascii():
        return word
    # Accents carry meaning for the stemmers, so they go last; й and ё lose theirs alike.
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=200_000)
def _stemmed(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word))


def _light10(word: str) -> str:
    """Arabic light stemming: Larkey, Ballesteros and Connell, "Light Stemming for Arabic
    Information Retrieval" (2007). Snowball's stemmer gives one plural two stems, with and
    without the article."""
    if len(word) >= 4 and word.startswith("و"):
        word = word[1:]
    for prefix in ("ال", "وال", "بال", "كال", "فال", "لل"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 2:
            word = word.removeprefix(prefix)
            break
    for suffix in ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            word = word.removesuffix(suffix)
    return word


def _pairs(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Any:
    import Stemmer

    name = STEMMERS.get(language)
    return Stemmer.Stemmer(name) if name else None


@lru_cache(maxsize=64)
def _stopwords(language: str) -> frozenset[str]:
    from bm25s import stopwords

    lists: dict[str, tuple[str, ...]] = {
        "en": (*stopwords.STOPWORDS_EN, *_ENGLISH_QUESTIONS.split()),
        "fr": stopwords.STOPWORDS_FRENCH,
        "es": stopwords.STOPWORDS_SPANISH,
        "ru": stopwords.STOPWORDS_RUSSIAN,
        "de": stopwords.STOPWORDS_GERMAN,
        "it": stopwords.STOPWORDS_ITALIAN,
        "pt": stopwords.STOPWORDS_PORTUGUESE,
        "nl": stopwords.STOPWORDS_DUTCH,
        "sv": stopwords.STOPWORDS_SWEDISH,
        "da": stopwords.STOPWORDS_DANISH,
        "no": stopwords.STOPWORDS_NORWEGIAN,
        "tr": stopwords.STOPWORDS_TURKISH,
        "ar": tuple(_ARABIC.split()),
    }
    return frozenset(_clean(word) for word in lists.get(language, ()))
