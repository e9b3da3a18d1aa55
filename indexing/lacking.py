"""What a question asks for and its evidence does not say: words, things asked for, counts.

A question is taken apart into points: the concepts of the glossary it speaks of and, where the
texts are in its language, its other words. A point is said where any of its ways of saying it is.
Rare points tell more than common ones, and a word that stands in no text at all tells most.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexing.analysis import analyse
from indexing.asking import EMPTY, NUMBER_WORD, REFERENCE
from indexing.concepts import fold, fold_pattern
from indexing.countries import Country, country_spans
from indexing.glossary import spans
from indexing.passages import Passage
from indexing.query import QUANTITIES

TYPICAL = {"missing": 0.4, "rarest": 0.5}
"""For questions of which nothing can be compared: about the means over answerable ones."""

_WHAT = {
    "en": r"\b(?:which|what|how many|how much|whose)\b",
    "fr": r"\b(?:quel(?:le)?s?|combien)\b",
    "es": r"\b(?:que|cual(?:es)?|(?<!en )cuant[oa]s?)\b",
    "ru": r"\b(?:как(?:ой|ая|ое|ие|ова|овы|ов|их|им|ими|ом)|сколько)\b",
    "ar": r"(?<!\w)(?:كم(?: عدد)?|ما (?:هو|هي|هم)?|اي)(?!\w)",
    "zh": r"哪[一个些项家座位]?|多少|几个?|什么",
}
_HOW_MANY = {
    "en": r"\bhow (?:many|much)\b",
    "fr": r"\bcombien\b",
    "es": r"(?<!en )\bcuant[oa]s?\b",
    "ru": r"\bсколько\b",
    "ar": r"(?<!\w)كم(?: عدد)?(?!\w)",
    "zh": r"多少|几",
}
_NOW = re.compile(
    r"\b(?:today|currently|current|at present|present|now|so far|last year|this year)\b"
    r"|\bactuel\w*|aujourd'hui|a ce jour|l'an dernier|\bactual(?:es|mente)?\b|\bhoy\b|ano pasado"
    r"|\bсейчас\b|\bныне\w*|\bтекущ\w*|на сегодня|в прошлом году"
    r"|حالي|اليوم|العام الماضي|目前|现任|今天|去年|当前"
)
"""The state of things when asked, which texts of record seldom hold (folded)."""

_LIGHT = frozenset(analyse("kind type sort exactly part thing form way clause section new", "en"))
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"(?<![\w-])\w+(?:[./]\d+)*%?")
"""Words and numbers; of "WTDC-17" only the name."""
_NUMBER = re.compile(
    rf"(?:{NUMBER_WORD})|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|eighty|ninety"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEAR = 8
"""Words on either side of a number in which what it counts is looked for."""

Ways = list[frozenset[str]]


class Point(NamedTuple):
    """One thing a question speaks of.

    Attributes:
        at: where in the folded question.
        ways: sets of stems, each of which says it; None where it cannot be compared.
    """

    at: int
    ways: Ways | None


class Lacking(NamedTuple):
    """How much the evidence lacks, each 0 .. 1.

    Attributes:
        missing: share of the points, by rarity, that even the best passage does not say.
        rarest: rarity of the rarest point that no passage says.
        unknown: 1 for two points that no text of the corpus says, .5 for one.
        head: 1 when the thing asked for ("which X", "how many X") is not said; .5 if not told.
        uncounted: 1 when a count is asked for and no number stands near what is counted, in a
            passage that also speaks of the years and countries asked about.
        now: 1 when the state of today is asked for.
    """

    missing: float
    rarest: float
    unknown: float
    head: float
    uncounted: float
    now: float


def lacking(
    question: str,
    language: str,
    passages: Sequence[Passage],
    words: Mapping[str, int],
    total: int,
) -> Lacking:
    """What `passages` lack of `question` (without its references), which is in `language`.

    `words`: in how many of the corpus's `total` passages each token of the question stands.
    """
    code = language if language in _WHAT else "en"
    folded = fold(question)
    across = language not in {p.language for p in passages}
    points = _points(folded, code, not across)
    read = [_stems(p) for p in passages]
    union = frozenset[str]().union(*read)
    weighed = [
        (min(max(_rarity(words.get(s, 0), total) for s in way) for way in ways), ways)
        for ways in _compared(points, folded, code, across)
    ]
    whole = sum(weight for weight, _ in weighed)
    top = _rarity(0, total)
    said = max((sum(w for w, ways in weighed if _says(ways, s)) for s in read), default=0.0)
    return Lacking(
        missing=1 - said / whole if whole else TYPICAL["missing"],
        rarest=(
            max((w for w, ways in weighed if not _says(ways, union)), default=0.0) / top
            if whole
            else TYPICAL["rarest"]
        ),
        unknown=min(2, sum(w > top - 1e-9 for w, _ in weighed)) / 2,
        head=_head(points, folded, code, union),
        uncounted=_uncounted(points, folded, code, passages),
        now=float(bool(_NOW.search(folded))),
    )


def _points(folded: str, language: str, native: bool) -> list[Point]:
    """`native`: the passages are in the question's language, so that its words can be compared."""
    points, taken = [], []
    for start, end, concept in spans(folded, language):
        taken.append((start, end))
        ways = [frozenset(analyse(term, "en")) - EMPTY for term in concept.terms]
        if native:
            ways.append(frozenset(analyse(folded[start:end], language)) - EMPTY)
        ways = [way for way in ways if way]
        if ways:
            points.append(Point(start, ways))
    for word in (_YEAR if language == "zh" else _WORD).finditer(folded):
        if any(start <= word.start() < end for start, end in taken):
            continue
        stems = [s for s in analyse(word.group(), language) if s not in EMPTY | _LIGHT]
        if stems:
            # Numbers and years are written alike in every language.
            same = native or word.group().isdigit()
            points.append(Point(word.start(), [frozenset(stems)] if same else None))
    return sorted(points, key=lambda point: point.at)


def _compared(points: list[Point], folded: str, language: str, across: bool) -> list[Ways]:
    """Ways of the points that count: no actors, no words of "how many"."""
    actors = {start for start, _, concept in spans(folded, language) if concept.actor}
    asking: set[int] = set()
    if not across:
        for form in QUANTITIES.values():
            for found in re.finditer(fold_pattern(form), folded):
                asking.update(range(*found.span()))
    return [p.ways for p in points if p.ways and p.at not in actors and p.at not in asking]


def _head(points: list[Point], folded: str, language: str, union: frozenset[str]) -> float:
    found = re.search(_WHAT[language], folded)
    after = [p for p in points if found and p.at >= found.end()]
    if not after:
        return 0.0
    ways = after[0].ways
    return 0.5 if ways is None else float(not _says(ways, union))


def _uncounted(
    points: list[Point], folded: str, language: str, passages: Sequence[Passage]
) -> float:
    found = re.search(_HOW_MANY[language], folded)
    if not found:
        return 0.0
    after = [p for p in points if p.at >= found.end()]
    if not after or not after[0].ways:
        return 0.5
    years = set(_YEAR.findall(folded))
    where = [country for *_, country in country_spans(folded, language)]
    return float(not any(_counts(p, after[0].ways) and _of(p, years, where) for p in passages))


def _of(passage: Passage, years: set[str], where: Sequence[Country]) -> bool:
    """Whether a passage speaks of all these years and countries: a count holds for those."""
    told = fold(f"{passage.title} {passage.edition} {passage.country or ''} {passage.text}")
    return all(year in told for year in years) and all(
        any(re.search(rf"(?<!\w){re.escape(fold(name))}(?!\w)", told) for name in country.terms)
        for country in where
    )


def _counts(passage: Passage, ways: Ways) -> bool:
    """Whether a number, not a year, stands near any of the ways."""
    text = " ".join(part.text for part in passage.parts)  # labels count nothing
    tokens = _FIGURE.findall(fold(REFERENCE.sub(" ", text)))
    for i, token in enumerate(tokens):
        number = _NUMBER.fullmatch(token) or token[0].isdigit()
        if number and not _YEAR.fullmatch(token):
            near = " ".join(tokens[max(0, i - _NEAR) : i + _NEAR + 1])
            if _says(ways, frozenset(analyse(near, passage.language))):
                return True
    return False


def _stems(passage: Passage) -> frozenset[str]:
    read = f"{passage.title} {passage.section_heading} {passage.context} {passage.text}"
    return frozenset(analyse(REFERENCE.sub(" ", read), passage.language))


def _says(ways: Ways, stems: frozenset[str]) -> bool:
    return any(way <= stems for way in ways)


def _rarity(passages: int, total: int) -> float:
    """Inverse frequency as BM25 has it (Robertson), never below 0."""
    return math.log(1 + (max(total - passages, 0) + 0.5) / (passages + 0.5))
