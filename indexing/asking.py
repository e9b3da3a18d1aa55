"""What a question asks about its subject, and how much of that a clause says.

All clauses of one document share the document's subject, so words that the title explains hardly
tell its clauses apart. What does is the rest: the action asked about ("who has to report ..."),
the value asked for ("... and how often?"), and every other word of the question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from indexing.analysis import analyse
from indexing.concepts import fold, fold_pattern
from indexing.passages import Passage
from indexing.query import QUANTITIES, Query

LOOKED_AT = 80
"""Candidates read for this; a clause further down is not brought back by it."""

_EXPLAINED = 0.2
"""What a point counts where the document's title already speaks of it."""

_REPORT = r"\breport\w*"
ACTIONS: tuple[tuple[str, str], ...] = (
    # What is done, as people ask for it in six languages; as the English texts say it.
    (
        r"\breport\w*|\bkeep\w* .{0,30}\binformed|\bgiv\w+ .{0,20}\baccount\b|\brendre compte"
        r"|\brapports?\b|\brend compte|\binform(?:ar|e|es|a|en)\b|\brind\w+ cuentas?"
        r"|تقرير|تقارير|يبلغ|ابلاغ|报告|汇报|\bотч[ие]т\w*|\bдоклад\w*",
        _REPORT,
    ),
    (
        r"\breview\w*|\bmonitor\w*|\bfollow(?:s|ed)?[- ]up|\bevaluat\w*|\bassess\w*|\bcheck\w*"
        r"|\bexamin\w*|\bsuivi\b|\bevalu\w+|\bexamen\b|\bsuivre\b|\brevis(?:ar|a|e|en)\b"
        r"|\bseguimiento|\bsupervis\w+|استعراض|رصد|متابعة|متابعه|تقييم|审查|监测|评估|审议"
        r"|\bрассм\w+|\bмонитор\w+|\bоцен\w+|\bконтрол\w+",
        r"\breview\w*|\bmonitor\w*|\bfollow(?:ing)?[- ]up|\bevaluat\w*|\bassess\w*|\bexamin\w*"
        r"|\bconsider\w*|\banaly\w+",
    ),
    (
        r"\bpublish\w*|\bdisseminat\w*|\bwebsite\b|\bpubli(?:er|e|ees?)\b|\bdiffus\w+"
        r"|\bpublica\w*|\bdifundi\w*|ينشر|نشر|发布|公布|传播|\bопублик\w+|\bраспростран\w+",
        r"\bpublish\w*|\bdisseminat\w*|\bwebsite|\bmak\w+ .{0,30}\bavailable|\bpublicat\w*",
    ),
    (
        r"\bsubmit\w*|\bpresent(?:s|ed)? .{0,40}\bto\b|\bsoumet\w*|\bpresente[rn]?\b|\bsometer\b"
        r"|\bpresentar\b|يقدم|تقديم|提交|\bпредстав(?:ить|ляет|ляют)\b",
        r"\bsubmit\w*|\bpresent(?:s|ing)?\b|\breport\w*|\bprovid\w+",
    ),
)

NUMBER_WORD = (
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|half|"
    r"third|quarter|annual\w*|yearly|monthly)\b"
)
VALUES = {
    "number": re.compile(NUMBER_WORD),
    "frequency": re.compile(
        r"\b(?:annual\w*|yearly|monthly|quarterly|every|each|regular\w*|once|twice|periodic\w*"
        r"|ongoing|session\w*|next|biennial\w*|quadrennial\w*|(?:two|three|four|five|six)"
        r"[- ](?:year|month)\w*|\d+ (?:year|month|day)s?)\b"
    ),
    "date": re.compile(
        r"\b(?:19|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|"
        r"october|november|december)\b|\bday|\bwhen|\bonly (?:if|where)|\bbefore|\bafter|\buntil"
    ),
}
"""What a text holds where it gives the kind of value asked for (folded English)."""

REFERENCE = re.compile(
    r"\b(?:resolutions?|decisions?|recommendations?|res\.|dec\.)\s+\d+(?:\s*\([^)]*\))?", re.I
)
"""A numbered instrument: its numbers are no values."""

EMPTY = frozenset(
    analyse(
        "under according per resolution decision recommendation text much many often long soon "
        "exactly say says said does itu pp-18 pp plenipotentiary conference",
        "en",
    )
)
"""Words of questions that say where and how to look, not what for."""

Point = Callable[[frozenset[str], str], bool]


def asked(passages: Sequence[Passage], query: Query) -> list[float]:
    """Share (0 .. 1) of the question's points that each passage itself speaks of.

    A point is a word of the question, a concept of the glossary, an action or a value asked for.
    Rare points count more (inverse frequency among `passages`), those the passage's title explains
    count little.
    """
    points = _points(query)
    if not points or not passages:
        return [0.0] * len(passages)
    read = [_held(p.text, p.language) for p in passages]
    met = [[point(*text) for point in points] for text in read]
    count = [sum(column) for column in zip(*met, strict=True)]
    # A word of another language that no text holds tells nothing about any of them.
    across = query.language not in {p.language for p in passages}
    weight = [math.log(1 + len(passages) / (1 + n)) if n or not across else 0.0 for n in count]
    rows = []
    for passage, row in zip(passages, met, strict=True):
        told = _held(passage.title, passage.language)
        own = [
            w * (_EXPLAINED if point(*told) else 1.0)
            for point, w in zip(points, weight, strict=True)
        ]
        whole = sum(own)
        rows.append(
            sum(w for w, there in zip(own, row, strict=True) if there) / whole if whole else 0.0
        )
    return rows


def _points(query: Query) -> list[Point]:
    text = query.text
    for reference in query.references:
        text = text.replace(reference.text, " ")
    folded = fold(text)
    points: list[Point] = []
    explained: set[str] = set(EMPTY)
    if query.quantity == "frequency":
        for match in re.finditer(fold_pattern(QUANTITIES["frequency"]), folded):
            explained.update(analyse(match.group(), query.language))
    for concept in query.concepts:
        if concept.actor:
            explained.update(analyse(" ".join(concept.terms), "en"))
            continue
        ways = [frozenset(analyse(term, "en")) - EMPTY for term in concept.terms]
        explained.update(*ways)
        if any(ways):
            points.append(_any_of([way for way in ways if way]))
    for said, written in ACTIONS:
        if re.search(said, folded):
            explained.update(
                w for m in re.findall(said, folded) for w in analyse(m, query.language)
            )
            points.append(_matching(re.compile(written)))
    if query.quantity in VALUES:
        points.append(_matching(VALUES[query.quantity]))
    words = dict.fromkeys(analyse(text, query.language))
    points += [_any_of([frozenset((word,))]) for word in words if word not in explained]
    return points


def _any_of(ways: list[frozenset[str]]) -> Point:
    return lambda stems, _: any(way <= stems for way in ways)


def _matching(pattern: re.Pattern[str]) -> Point:
    return lambda _, folded: bool(pattern.search(folded))


@lru_cache(maxsize=2048)
def _held(text: str, language: str) -> tuple[frozenset[str], str]:
    bare = REFERENCE.sub(" ", text)
    return frozenset(analyse(bare, language)), fold(bare)
