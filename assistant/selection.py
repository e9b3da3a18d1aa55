"""Which clauses answer: the smallest set worth quoting, not the nearest five.

Every candidate gets a probability of being one of the clauses that answer, from what search found
and from the grammar of resolutions: whom the section addresses, whom the question asks about,
whether it asks who, why, how much or for a mandate. A clause is quoted when its probability is
close enough to the best one's.

The weights in `selection.json` are a logistic regression over the answerable dev questions on PP-18
(the candidates of each, those in `gold` or `also` positive), with standardised features folded
back; cross-validated figures stand in docs/benchmarks.md.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from corpus.documents import Frozen, SectionKind
from indexing.analysis import analyse
from indexing.glossary import Concept
from indexing.passages import Evidence, Passage
from indexing.query import Intent, Query, understand

MOST = 4
"""Clauses quoted at most."""

CLOSE = 0.55
"""Share of the best candidate's probability that another needs to be quoted beside it."""

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

_ARMS = ("dense", "expanded", "lexical", "lexical_expanded")
_RAW = ("raw_dense", "raw_expanded")


class Choice(Frozen):
    """A candidate with its probability of being one of the clauses that answer."""

    evidence: Evidence
    probability: float
    kept: bool = False


def features(question: str, language: str, evidence: Sequence[Evidence]) -> list[dict[str, float]]:
    """What is known of each candidate, in the order of `evidence`."""
    query = understand(question, language)
    best = max(e.score for e in evidence)
    tops = {n: max(e.signals.get(n, 0.0) for e in evidence) for n in _RAW}
    words = [set(analyse(e.passage.text, e.passage.language)) for e in evidence]
    weight = _rarity(words)
    terms, wider = _terms(query)
    amount = bool(_AMOUNT.search(question))
    rows: list[dict[str, float]] = []
    for item, held in zip(evidence, words, strict=True):
        passage, signals = item.passage, item.signals
        row = {"score": item.score - best}
        row |= {name: signals.get(name, -1.0) for name in _ARMS}
        row |= {name: signals.get(name, tops[name] - 0.1) - tops[name] for name in _RAW}
        row |= {
            "document": signals.get("document", 0.0),
            "title": signals.get("title", 0.0),
            "actor": signals.get("actor", 0.0),
            "other-actor": signals.get("other_actor", 0.0),
            "addressed": signals.get("addressed", 0.0),
            "operative": float(passage.section_kind is SectionKind.OPERATIVE),
            "preamble": float(passage.section_kind is SectionKind.PREAMBLE),
            "reasons": signals.get("reasons", 0.0),
            "resolves": signals.get("resolves", 0.0),
            "mandate-first": float(query.intent is Intent.MANDATE and _first(passage)),
            "duty-preamble": signals.get("duty_preamble", 0.0),
            "covers": _covered(terms, held, weight),
            "covers-wider": _covered(wider, held, weight),
            "amount": float(amount and bool(_FIGURE.search(passage.text))),
            "length": math.log(max(len(passage.text), 1)),
        }
        rows.append(row)
    return rows


def probabilities(rows: Sequence[Mapping[str, float]]) -> list[float]:
    """Chance of each candidate to be one of the clauses that answer."""
    weights, intercept = _weights()
    return [
        1 / (1 + math.exp(-intercept - sum(weights.get(n, 0.0) * v for n, v in row.items())))
        for row in rows
    ]


@cache
def _weights() -> tuple[dict[str, float], float]:
    raw = json.loads(files("assistant").joinpath("selection.json").read_text("utf-8"))
    return raw["weights"], float(raw["intercept"])


def select(question: str, language: str, evidence: Sequence[Evidence]) -> list[Choice]:
    """Every candidate, likeliest first, those worth quoting marked `kept` (at least one)."""
    chances = probabilities(features(question, language, evidence))
    ranked = sorted(zip(evidence, chances, strict=True), key=lambda pair: -pair[1])
    floor = CLOSE * ranked[0][1]
    return [
        Choice(evidence=item, probability=round(chance, 4), kept=place < MOST and chance >= floor)
        for place, (item, chance) in enumerate(ranked)
    ]


def unmet(question: str, language: str, evidence: Sequence[Evidence]) -> list[str]:
    """Stems of an English question that stand in none of the candidates, nor in their titles.

    Questions in other languages meet English texts through meaning, not words: [] for them.
    """
    if language != "en":
        return []
    known: set[str] = set()
    for item in evidence:
        passage = item.passage
        known.update(analyse(f"{passage.title} {passage.section_heading} {passage.text}", "en"))
    said = {stem for c in understand(question, language).concepts for stem in _stems(c)}
    return [t for t in dict.fromkeys(analyse(question, "en")) if t not in known | said]


def _stems(concept: Concept) -> list[str]:
    ways = (*concept.terms, *(p.replace("*", "") for p in concept.phrases.get("en", ())))
    return analyse(" ".join(ways), "en")


def _terms(query: Query) -> tuple[list[str], list[str]]:
    """Stems of the question, and those of the texts' own words for it beside them."""
    terms = dict.fromkeys(analyse(query.text, query.language))
    return list(terms), list(dict.fromkeys([*terms, *analyse(query.expansion, "en")]))


def _first(passage: Passage) -> bool:
    return bool(_FIRST.search(passage.parts[0].address))


def _rarity(words: Sequence[set[str]]) -> Callable[[str], float]:
    """Inverse document frequency among the candidates."""

    @cache
    def rarity(term: str) -> float:
        return math.log(1 + len(words) / (1 + sum(term in held for held in words)))

    return rarity


def _covered(terms: Sequence[str], words: set[str], weight: Callable[[str], float]) -> float:
    total = sum(weight(term) for term in terms)
    return sum(weight(term) for term in terms if term in words) / total if total else 0.0
