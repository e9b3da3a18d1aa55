"""People's words -> the texts' words, in six languages (`glossary.yaml`).

The official texts say "persons with disabilities", "OTTs", "small and medium enterprises"; people
ask about "disabled access", "WhatsApp" and "petites entreprises". Each concept lists ways of
saying it: lists and mandates find by it what a topic is called in the texts, and the same list
finds out whom a section heading addresses ("instructs the Director of ...").
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml

from corpus.language.concepts import LANGUAGES, Concept, fold
from corpus.language.countries import country_spans

_ARABIC_PREFIX = "(?:[وفبكل]{0,2}(?:ال|ل)?)"


def _pattern(phrase: str, language: str) -> str:
    words = [re.escape(word).replace(r"\*", r"\w*") for word in fold(phrase).split()]
    if language == "zh" and not phrase.isascii():
        return r"\s*".join(words)
    if language == "ar" and not phrase.isascii():
        words = [_ARABIC_PREFIX + word.removeprefix("ال") + r"\w{0,2}" for word in words]
    return r"(?<!\w)" + r"[\s\-]+".join(words) + r"(?!\w)"


@cache
def concepts() -> tuple[Concept, ...]:
    """Every concept of the glossary, in the file's order."""
    raw = yaml.safe_load(files("indexing").joinpath("glossary.yaml").read_text("utf-8"))
    return tuple(
        Concept(
            terms=tuple(entry["terms"]),
            actor=entry.get("actor"),
            phrases={code: tuple(entry.get(code, ())) for code in LANGUAGES},
        )
        for entry in raw
    )


class _Matcher:
    """Finds the ways of saying one concept; compiled only once a text holds a word of them."""

    def __init__(self, concept: Concept, said: list[tuple[str, str]]) -> None:
        """`said`: (phrase, language) pairs."""
        self.concept = concept
        self._said = said
        self._signs = tuple({_sign(phrase, language) for phrase, language in said})
        self._pattern: re.Pattern[str] | None = None

    def find(self, folded: str) -> list[tuple[int, int]]:
        """Start and end of each mention in a folded text."""
        if not any(sign in folded for sign in self._signs):
            return []
        if self._pattern is None:
            self._pattern = re.compile("|".join(_pattern(p, code) for p, code in self._said))
        return [found.span() for found in self._pattern.finditer(folded)]


def _sign(phrase: str, language: str) -> str:
    """Letters that stand in every text that says `phrase`: its first word without its ending."""
    first = fold(phrase).split()[0].partition("*")[0]
    return first.removeprefix("ال") if language == "ar" else first


@cache
def _matchers(language: str) -> tuple[_Matcher, ...]:
    matchers = []
    for concept in concepts():
        # The texts' own terms and acronyms are used in every language.
        said = [(term, "en") for term in concept.terms]
        said += [(phrase, language) for phrase in concept.phrases.get(language, ())]
        if language != "en":
            said += [(p, "en") for p in concept.phrases["en"] if len(p) <= 5 and "*" not in p]
        matchers.append(_Matcher(concept, said))
    return tuple(matchers)


def mentioned(text: str, language: str) -> tuple[Concept, ...]:
    """Concepts that `text`, in `language` (one of six, else only English terms), speaks of.

    They come in the order of their first mention; see `spans`.
    """
    return tuple({id(c): c for _, _, c in spans(fold(text), language)}.values())


def spans(folded: str, language: str) -> list[tuple[int, int, Concept]]:
    """Where a folded text mentions concepts: start, end and concept, in order of start.

    A word that is a part of a longer phrase that was recognised says nothing of its own: "petites
    entreprises" are not any enterprises. The same words may be said in two entries; then both
    stand.
    """
    code = language if language in LANGUAGES else "en"
    found: list[tuple[int, int, Concept]] = [
        (start, end, matcher.concept)
        for matcher in _matchers(code)
        for start, end in matcher.find(folded)
    ]
    # English texts are in English: there only the names that they and people write differently.
    found += [
        (start, end, country)
        for start, end, country in country_spans(folded, code)
        if code != "en" or len(country.terms) > 1
    ]
    own = [
        (start, -end, at)
        for at, (start, end, _) in enumerate(found)
        if not any(s <= start and end <= e and e - s > end - start + 1 for s, e, _ in found)
    ]
    return [found[at] for *_, at in sorted(own)]


def actors(text: str, language: str) -> frozenset[str]:
    """Names of the persons and bodies that `text` (a question or a section heading) speaks of.

    "Directors of the (three) Bureaux" stands for each of the three.
    """
    folded = fold(text)
    code = language if language in LANGUAGES else "en"
    found = {
        matcher.concept.actor
        for matcher in _matchers(code)
        if matcher.concept.actor and matcher.find(folded)
    }
    if "bureaux" in found:
        found |= {"bdt", "tsb", "br"}
    return frozenset(found)
