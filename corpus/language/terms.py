"""ITU's own terms in six languages (`terms.yaml`), and whether a text uses one."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

import yaml

from corpus.documents import Frozen

_ENDING = {"ar": 1, "es": 2, "fr": 2, "ru": 3, "zh": 0}
"""Letters at the end of a word that inflection may change."""

_SHORTEST = 3
"""Letters of a word that always stay."""

_BETWEEN = 4
"""Words that may stand between those of a term: 'ecosistema nacional de innovación'."""

_PREFIX = "[وفبكل]{0,2}(?:ال|ل)?"


class Term(Frozen):
    """A term of ITU.

    Attributes:
        english: as ITU writes it, with its abbreviation in brackets where it has one.
        forms: the term and the ways it may be written, by language.
        headings: a word of headings ('considering'), with other senses inside a sentence.
    """

    english: str
    forms: dict[str, tuple[str, ...]]
    headings: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The English term and its abbreviation: ('small and medium enterprises', 'SMEs')."""
        head, _, short = self.english.partition(" (")
        return (head, short.rstrip(")")) if short else (head,)

    def in_english(self, text: str) -> bool:
        """Whether an English text says the term in full; abbreviations are names, not terms."""
        name = self.names[0]
        head = re.escape(name[:-1]) + r"(?:y|ies)" if name.endswith("y") else re.escape(name)
        flags = 0 if name[:1].isupper() else re.IGNORECASE
        return re.search(rf"(?<![\w-]){head}(?:e?s)?(?![\w-])", text, flags) is not None

    def used_in(self, text: str, language: str) -> bool:
        """Whether a text of `language` uses any form of the term, inflected or not."""
        folded = _folded(text, language)
        return any(p.search(folded) for p in _patterns(self.forms[language], language))


@cache
def terms() -> tuple[Term, ...]:
    """Every term, in the file's order."""
    raw = yaml.safe_load(files("corpus").joinpath("language", "terms.yaml").read_text("utf-8"))
    return tuple(
        Term(
            english=entry["en"],
            forms={code: tuple(entry[code]) for code in _ENDING},
            headings=entry.get("headings", False),
        )
        for entry in raw
    )


@cache
def _patterns(forms: tuple[str, ...], language: str) -> tuple[re.Pattern[str], ...]:
    made = []
    for form in forms:
        words = [_stem(word, language) for word in re.findall(r"\w+", _folded(form, language))]
        if not words:
            continue
        between = rf"\w*\W+(?:\w+\W+){{0,{_BETWEEN}}}"
        if language == "zh":
            made.append(re.compile(r"\W*".join(words)))
        else:
            made.append(re.compile(r"(?<!\w)" + between.join(words)))
    return tuple(made)


def _stem(word: str, language: str) -> str:
    if language == "ar":
        word = re.sub(rf"^{_PREFIX}(?=\w{{3}})", "", word) if word.startswith("ال") else word
    stem = re.escape(word[: max(_SHORTEST, len(word) - _ENDING[language])])
    return f"{_PREFIX}{stem}" if language == "ar" else stem


def _folded(text: str, language: str) -> str:
    """Lower case without accents; Arabic without variants of letters."""
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = text.casefold()
    if language == "ar":
        text = text.replace("ة", "ه").replace("ى", "ي").replace("ـ", "")
    return text
