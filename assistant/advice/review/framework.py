"""The frame of a review: pillars, questions, stakeholder groups, the scale of maturity.

The labels of the seven pillars are those of ITU's Ecosystem Assessment Canvas (factsheet, Rev 1.1;
digest `itu-innovation-framework`). The stakeholder groups are the ones widely used in ITU's
profiles and are NOT confirmed against the official toolkit; every screen and document says so. The
questions, what good looks like and the scale are this project's own, in its own words: ITU
publishes no scale that we hold. The words in six languages are in `locales/*/review.po`.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from babel import Locale

from assistant.advice.comparing import PILLARS as PILLAR_WORDS
from assistant.phrases import say
from corpus.errors import AdvisorError

SOURCE = "itu-innovation-framework"
"""Document whose digest the pillars' labels and elements come from."""

GROUPS_CONFIRMED = False
"""Of the stakeholder groups: not seen in the official toolkit (as of the digest's date)."""

GROUPS = ("entrepreneurs", "support", "private", "finance", "academia", "public")
OTHER = "other"
"""Where a stakeholder belongs to none of the six."""

LEVELS = (1, 2, 3, 4, 5)
APART = 2
"""Levels between two judgements of one pillar from which on they are called a disagreement."""

HIGH, LOW = 4, 2
"""Confirmed levels from which on, and up to which, a pillar counts as a strength or a gap."""

QUESTIONS_A_PILLAR = 3


class OutOfFrame(AdvisorError):
    """For the reviewer: no such pillar, question, group or level; says which there are."""

    code = "out-of-frame"


class Pillar(NamedTuple):
    """One pillar: its key, the canvas's English label, a question key for each question."""

    key: str
    label: str
    questions: tuple[str, ...]

    @property
    def words(self) -> str:
        """Regular expression of words by which an English statement is about the pillar."""
        return PILLAR_WORDS[self.label]


_KEYS = ("vision", "talent", "infrastructure", "capital", "markets", "culture", "policy")
PILLARS: tuple[Pillar, ...] = tuple(
    Pillar(key, label, tuple(f"{key}-{n}" for n in range(1, QUESTIONS_A_PILLAR + 1)))
    for key, label in zip(_KEYS, PILLAR_WORDS, strict=True)
)
QUESTIONS: tuple[str, ...] = tuple(q for pillar in PILLARS for q in pillar.questions)


def pillar(key: str) -> Pillar:
    """The pillar with this key.

    Raises:
        OutOfFrame: there is none.
    """
    for one in PILLARS:
        if one.key == key:
            return one
    raise OutOfFrame(f"There is no pillar '{key[:40]}'. The pillars: {', '.join(_KEYS)}.")


def pillar_of(question: str) -> Pillar:
    """The pillar a question belongs to.

    Raises:
        OutOfFrame: there is no such question.
    """
    if question not in QUESTIONS:
        raise OutOfFrame(f"There is no question '{question[:40]}'. Example: {QUESTIONS[0]}.")
    return pillar(question.rpartition("-")[0])


def group(key: str) -> str:
    """The group's key, checked.

    Raises:
        OutOfFrame: there is no such group.
    """
    if key not in (*GROUPS, OTHER):
        raise OutOfFrame(f"There is no group '{key[:40]}'. Choose: {', '.join((*GROUPS, OTHER))}.")
    return key


def level(number: int | None) -> int | None:
    """A level of the scale, checked; None stands for 'not judged'.

    Raises:
        OutOfFrame: it is not on the scale.
    """
    if number is not None and number not in LEVELS:
        raise OutOfFrame(f"The scale runs from {LEVELS[0]} to {LEVELS[-1]}.")
    return number


def pillar_name(key: str, language: str) -> str:
    """The pillar's label as the interface says it."""
    return say(language, f"review-pillar-{key}")


def group_name(key: str, language: str) -> str:
    """The stakeholder group's name."""
    return say(language, f"review-group-{key}")


def level_name(number: int, language: str) -> str:
    """'3 established in part': the number always stands with the word."""
    return f"{number} {say(language, f'review-level-{number}')}"


def asks(question: str, language: str) -> str:
    """The question in plain words."""
    return say(language, f"review-ask-{question}")


def good(question: str, language: str) -> str:
    """What good looks like."""
    return say(language, f"review-good-{question}")


def country_name(english: str, language: str) -> str:
    """A country as `language` names it (CLDR); as it was typed where no country is called so."""
    return english if language == "en" else _countries(language).get(_as_written(english), english)


def _as_written(name: str) -> str:
    """A name however its "and" and its apostrophe are written."""
    return " ".join(name.casefold().replace("&", "and").replace("’", "'").split())


@cache
def known_countries(language: str) -> tuple[tuple[str, str], ...]:
    """Every country's English name and how `language` names it, in the order of the latter."""
    english, own = Locale("en").territories, Locale(language).territories
    codes = [str(code) for code in english if len(str(code)) == 2 and code not in _NO_COUNTRIES]
    named = [
        (english[code].replace("&", "and"), own.get(code, english[code]).replace("&", "and"))
        for code in codes
    ]
    return tuple(sorted(named, key=lambda country: country[1]))


_NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})
"""Codes of two letters in CLDR that name unions, the rest of Oceania, tests and the unknown."""


@cache
def _countries(language: str) -> dict[str, str]:
    english, own = Locale("en").territories, Locale(language).territories
    return {_as_written(name): own[code] for code, name in english.items() if code in own}
