"""What is known of a candidate clause: how search found it, its place, and what its words say.

Three sorts of facts: search's own signals; the grammar of resolutions (whom the section addresses,
whom the question asks about, whether it asks who, why, how much or for a mandate); and the words of
the question the clause itself speaks of, in these or in other words. All are weighed in
`assistant.selection`.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

from assistant.actors import actors_in, addressed, widened
from assistant.question import content_words
from assistant.synonyms import ways
from corpus.documents import SectionKind
from indexing.analysis import analyse
from indexing.passages import Evidence, Passage
from indexing.query import Intent, Query, understand

ARMS = ("dense", "expanded", "lexical", "lexical_expanded")
RAW = ("raw_dense", "raw_expanded")
SIGNALS = (
    "document", "title", "asked", "actor", "other_actor", "addressed", "reasons", "resolves",
    "duty_preamble",
)  # fmt: skip
"""Signals of search that are taken as they are."""

_FIGURE = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|ten|years?|annual|quarter|month|half)\b", re.I
)
_AMOUNT = re.compile(
    r"\bhow (?:many|much|long|often|quickly|soon|old)\b|\bup to what\b|\bwhen\b|\bmaximum\b|\bage\b"
    r"|combien|quand|quel [âa]ge|fr[ée]quence|cu[áa]nt|cu[áa]ndo|qu[ée] edad|сколько|когда"
    r"|на какой срок|как часто|كم |متى|多长|多少|几|多大",
    re.IGNORECASE,
)
_FIRST = re.compile(r"#(?:resolves|decides)(?:\.1)?$")
_RULING = re.compile(r"(?:further |also )?(?:resolves|decides|recommends)\b", re.IGNORECASE)

_TITLED = 0.8
"""What a word of the question loses where the document's title says it: all clauses share it."""

_FEW = 3
"""Candidates of one document up to which words are weighed by all candidates, not by its own."""

_NEAR = 10
"""First candidates among which a section is counted as found again and again."""


@lru_cache(maxsize=256)
def understood(question: str, language: str) -> Query:
    """`indexing.query.understand`, remembered."""
    return understand(question, language)


def features(question: str, language: str, evidence: Sequence[Evidence]) -> list[dict[str, float]]:
    """What is known of each candidate, in the order of `evidence` (not empty)."""
    query = understood(question, language)
    held = [stems(e.passage.text, e.passage.language) for e in evidence]
    rows = [_found(item, evidence) | _placed(item.passage, query, question) for item in evidence]
    _count_sections(rows, evidence)
    terms, wider = _terms(query)
    weight = _rarity(held)
    amount = bool(_AMOUNT.search(question))
    for item, row, words in zip(evidence, rows, held, strict=True):
        passage = item.passage
        titled = stems(passage.title, passage.language)
        row |= {
            "specific": _covered([t for t in terms if t not in titled], words, weight),
            "covers": _covered(terms, words, weight),
            "covers-wider": _covered(wider, words, weight),
            "amount": float(amount and bool(_FIGURE.search(passage.text))),
            "length": math.log(max(len(passage.text), 1)),
        }
    for row, said in zip(rows, _said(question, query, evidence, held), strict=True):
        row |= said
    return rows


def said(question: str, language: str, passages: Sequence[Passage]) -> float:
    """Largest share (0 .. 1) of the question's points that one of `passages` says, in any words.

    Title and heading count, as they are shown with the clause; 0 where the question has no points.
    """
    points = _points(question, understood(question, language))
    if not points:
        return 0.0
    texts = [stems(f"{p.title} {p.section_heading} {p.text}", p.language) for p in passages]
    return max(
        (sum(_said_by(point, text) > 0 for point in points) / len(points) for text in texts),
        default=0.0,
    )


def points_said(question: str, language: str, passages: Sequence[Passage]) -> list[float]:
    """How many of the question's points each clause itself says; another word counts less."""
    points = _points(question, understood(question, language))
    held = [stems(passage.text, passage.language) for passage in passages]
    return [sum(_said_by(point, words) for point in points) for words in held]


@lru_cache(maxsize=8192)
def stems(text: str, language: str) -> frozenset[str]:
    """Stems of `text`, remembered: the same clauses come up again and again."""
    return frozenset(analyse(text, language))


def _found(item: Evidence, evidence: Sequence[Evidence]) -> dict[str, float]:
    """Search's signals, scores as distances below the best."""
    signals = item.signals
    row = {"score": item.score - max(e.score for e in evidence)}
    row |= {name: signals.get(name, -1.0) for name in ARMS}
    for name in RAW:
        top = max(e.signals.get(name, 0.0) for e in evidence)
        row[name] = signals.get(name, top - 0.1) - top
    return row | {name: signals.get(name, 0.0) for name in SIGNALS}


def _placed(passage: Passage, query: Query, question: str) -> dict[str, float]:
    """What the place of a clause says: its section, and whom that addresses.

    The actor a question names first is the one it asks about ("what must the SG report to the
    Council?"); where it asks who, every actor in it is somebody else.
    """
    who = query.intent is Intent.WHO
    mandate = query.intent is Intent.MANDATE
    named = [a for a in actors_in(question) if a not in ("plenipotentiary", "all")]
    asked = widened(actors_in(question))
    subject = widened(named[:1]) if not who else frozenset()
    others = widened(named) - subject
    verb_and_actors = addressed(passage.section_heading)[1]
    addressees = widened(verb_and_actors)
    ruling = bool(_RULING.match(passage.section_heading))
    label = passage.parts[0].address.partition("#")[2].partition(".")[2]
    return {
        "addressee": float(not who and bool(asked & addressees)),
        "who-other": float(who and bool(addressees) and not asked & addressees),
        "who-same": float(who and bool(asked & addressees)),
        "who-none": float(who and not addressees),
        "subject": float(bool(subject & addressees)),
        "subject-first": float(bool(subject & widened(verb_and_actors[:1]))),
        "subject-other": float(bool(subject and addressees) and not subject & addressees),
        "object": float(bool(others & addressees) and not subject & addressees),
        "annex": float(passage.section_kind is SectionKind.ANNEX),
        "preamble": float(passage.section_kind is SectionKind.PREAMBLE),
        "mandate-first": float(mandate and bool(_FIRST.search(passage.parts[0].address))),
        "mandate-ruling": float(mandate and ruling),
        "mandate-lead": float(mandate and ruling and label in ("", "1", "2", "1.1")),
        "chapeau": float(passage.text.rstrip().endswith(":")),
    }


def _count_sections(rows: Sequence[dict[str, float]], evidence: Sequence[Evidence]) -> None:
    """Add how often a candidate's section is among the first candidates (three times at most)."""
    seen: defaultdict[tuple[str, str], int] = defaultdict(int)
    for item in evidence[:_NEAR]:
        seen[item.passage.key, item.passage.section] += 1
    for row, item in zip(rows, evidence, strict=True):
        row["section-near"] = min(3, seen[item.passage.key, item.passage.section]) / 3


def _said(
    question: str, query: Query, evidence: Sequence[Evidence], held: Sequence[frozenset[str]]
) -> list[dict[str, float]]:
    """How much of what the question says each candidate says too, in these or in other words.

    A point is a word of the question or a concept of the glossary. `meant`: share of the points,
    rare ones counting more, beside the best candidate's; `meant-here`: the same with rarity within
    the candidate's own document, beside the best of that document; `points`: how many.
    """
    points = _points(question, query)
    if not points:
        return [{"meant": 0.0, "meant-here": 0.0, "points": 0.0} for _ in evidence]
    told = [[_said_by(point, words) for point in points] for words in held]
    new = [
        [
            share
            * (1 - _TITLED * _said_by(point, stems(item.passage.title, item.passage.language)))
            for point, share in zip(points, row, strict=True)
        ]
        for item, row in zip(evidence, told, strict=True)
    ]
    weight = _weights(told, 1.0)
    total = sum(weight)
    meant = [_dot(row, weight) / total for row in new]
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(evidence):
        groups[item.passage.document].append(place)
    here = [0.0] * len(evidence)
    for places in groups.values():
        own = _weights([told[i] for i in places], 0.5) if len(places) > _FEW else weight
        values = [_dot(told[i], own) / total for i in places]
        for place, value in zip(places, values, strict=True):
            here[place] = value - max(values)
    return [
        {"meant": m - max(meant), "meant-here": h, "points": sum(row)}
        for m, h, row in zip(meant, here, new, strict=True)
    ]


def _points(question: str, query: Query) -> list[dict[frozenset[str], float]]:
    """Each point of the question as ways of saying it, with what each counts."""
    points: list[dict[frozenset[str], float]] = []
    explained: set[str] = set()
    for concept in query.concepts:
        if concept.actor:
            continue
        terms = [frozenset(analyse(term, "en")) for term in concept.terms]
        explained.update(*terms)
        point: dict[frozenset[str], float] = {}
        for term in terms:
            if len(term) == 1 and query.language != "en":
                point |= ways(next(iter(term)))
        points.append(point | {term: 1.0 for term in terms if term})
    if query.language == "en":
        for reference in query.references:
            question = question.replace(reference.text, " ")
        points += [ways(w) for w in content_words(question, "en") if w not in explained]
    return points


def _said_by(point: Mapping[frozenset[str], float], words: frozenset[str]) -> float:
    return max((share for way, share in point.items() if way <= words), default=0.0)


def _weights(told: Sequence[Sequence[float]], smoothing: float) -> list[float]:
    """Inverse document frequency of each point among these candidates."""
    return [
        math.log(1 + len(told) / (smoothing + sum(share > 0 for share in column)))
        for column in zip(*told, strict=True)
    ]


def _dot(row: Sequence[float], weight: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(row, weight, strict=True))


def _terms(query: Query) -> tuple[list[str], list[str]]:
    """Stems of the question, and those of the texts' own words for it beside them."""
    text = query.text
    for reference in query.references:
        text = text.replace(reference.text, " ")
    terms = dict.fromkeys(analyse(text, query.language))
    return list(terms), list(dict.fromkeys([*terms, *analyse(query.expansion, "en")]))


def _rarity(words: Sequence[frozenset[str]]) -> Callable[[str], float]:
    """Inverse document frequency among the candidates."""

    @cache
    def rarity(term: str) -> float:
        return math.log(1 + len(words) / (1 + sum(term in held for held in words)))

    return rarity


def _covered(terms: Sequence[str], words: frozenset[str], weight: Callable[[str], float]) -> float:
    total = sum(weight(term) for term in terms)
    return sum(weight(term) for term in terms if term in words) / total if total else 0.0
