"""Names of countries in the six languages, as the texts and as people write them.

A country is what most often tells two questions apart ("incubators in Viet Nam"), and it is written
differently in every language. Names come from the CLDR (by way of Babel); the United Nations'
own, which the official texts use, stand beside them.
"""

from __future__ import annotations

import re
from functools import cache

from corpus.language.concepts import LANGUAGES, Concept, fold

_OFFICIAL: dict[str, tuple[str, ...]] = {
    "BO": ("Bolivia",),
    "CD": ("Democratic Republic of the Congo", "DR Congo"),
    "CG": ("Republic of the Congo",),
    "CZ": ("Czech Republic",),
    "FM": ("Micronesia",),
    "GB": ("United Kingdom", "Great Britain"),
    "KP": ("Democratic People's Republic of Korea",),
    "KR": ("Republic of Korea",),
    "LA": ("Lao P.D.R.",),
    "MM": ("Burma",),
    "PS": ("Palestine",),
    "RU": ("Russian Federation",),
    "SY": ("Syrian Arab Republic",),
    "SZ": ("Swaziland",),
    "TR": ("Turkey",),
    "US": ("United States of America",),
    "VN": ("Viet Nam",),
}
"""What the texts, or people who write English, also call them."""

_AMBIGUOUS = {("ar", "ML"), ("fr", "RE"), ("es", "RE"), ("ru", "TG")}
"""Names that are common words: Mali is "financial" in Arabic, Réunion a meeting in French and in
Spanish, Togo "that" in Russian."""

_NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


class Country(Concept):
    """A country: `terms` are its English names, `code` that of ISO 3166."""

    code: str


@cache
def countries() -> tuple[Country, ...]:
    """Every country and territory of the CLDR."""
    from babel import Locale

    names: dict[str, dict[str, str]] = {
        language: dict(Locale(language).territories.items()) for language in LANGUAGES
    }
    codes = [c for c in names["en"] if len(c) == 2 and c.isalpha() and c not in _NO_COUNTRY]
    return tuple(
        Country(
            code=code,
            terms=(names["en"][code], *_OFFICIAL.get(code, ())),
            phrases={
                language: (names[language][code],)
                for language in LANGUAGES
                if code in names[language] and (language, code) not in _AMBIGUOUS
            },
        )
        for code in sorted(codes)
    )


class _Names:
    """The names of one country in one language; compiled once a text holds the start of one."""

    def __init__(self, country: Country, said: list[tuple[str, str]]) -> None:
        """`said`: (name, language) pairs."""
        self.country = country
        self._said = said
        self._signs = tuple({_sign(name, language) for name, language in said})
        self._pattern: re.Pattern[str] | None = None

    def find(self, folded: str) -> list[tuple[int, int]]:
        if not any(sign in folded for sign in self._signs):
            return []
        if self._pattern is None:
            self._pattern = re.compile("|".join(_form(name, code) for name, code in self._said))
        return [found.span() for found in self._pattern.finditer(folded)]


def country_spans(folded: str, language: str) -> list[tuple[int, int, Country]]:
    """Where a folded text in `language` names countries: start, end and country, in order.

    A name inside a longer one ("Guinea" in "Equatorial Guinea") is not told.
    """
    found = [
        (start, end, names.country)
        for names in _names(language if language in LANGUAGES else "en")
        for start, end in names.find(folded)
    ]
    whole = [
        one
        for one in found
        if not any(s <= one[0] and one[1] <= e and e - s > one[1] - one[0] for s, e, _ in found)
    ]
    return sorted(whole, key=lambda span: span[:2])


@cache
def _names(language: str) -> tuple[_Names, ...]:
    return tuple(
        _Names(
            country,
            list(
                dict.fromkeys(
                    [(name, language) for name in country.phrases.get(language, ())]
                    + [
                        (name, "en")
                        for name in country.terms
                        # Written with the same letters, the English name is that common word too.
                        if not (language in ("fr", "es") and (language, country.code) in _AMBIGUOUS)
                    ]
                )
            ),
        )
        for country in countries()
    )


def _sign(name: str, language: str) -> str:
    """Letters that stand in every text that says the name, whatever its ending or article."""
    bare = fold(name)
    if language == "ar":
        return bare.removeprefix("ال")
    first = re.split(r"[\s\-–]+", bare)[0]
    return first[:-2] if language == "ru" and len(first) > 4 else first


def _form(name: str, language: str) -> str:
    if language == "zh":
        # 发展中国家 is "developing countries".
        return re.escape(fold(name)).replace("中国", "(?<!展)(?<!型)中国")
    if language == "ar":
        bare = fold(name)
        article = bare.startswith("ال")
        start = "[وف]?(?:[بك]?ال|لل)" if article else "[وف]?[بكل]?"
        return rf"(?<!\w){start}{re.escape(bare.removeprefix('ال'))}(?!\w)"
    words = re.split(r"[\s\-–]+", name)
    ways = [_russian(word) if language == "ru" else re.escape(fold(word)) for word in words if word]
    return r"(?<!\w)" + r"[\s\-–]+".join(ways) + r"(?!\w)"


def _russian(word: str) -> str:
    """A word of a name in any case: endings change, indeclinable names do not."""
    low = word.casefold()
    if re.search(r"(?:ые|ие|ая|ий|ый|ое)$", low) and len(low) > 5:
        return re.escape(fold(low[:-2])) + r"\w{1,3}"
    if low[-1] in "аяйьы" and not low.endswith("оа"):
        return re.escape(fold(low[:-1])) + r"\w{1,3}"
    if low[-1] in "бвгджзклмнпрстфхцчшщ":
        return re.escape(fold(low)) + r"\w{0,2}"
    return re.escape(fold(low))
