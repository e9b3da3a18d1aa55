"""Candidates -> ranked evidence: a linear score over a few signals.

Few signals with strong priors, because the questions to learn from are few. Every signal is kept
in `Evidence.signals`. The weights stand in `ranking.json` with a note of how they were learned.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files

from corpus.documents import SectionKind
from indexing.asking import LOOKED_AT, asked
from indexing.glossary import heading_actors, mentioned
from indexing.passages import Evidence, Passage
from indexing.query import Intent, Query

SIGNALS = (
    "dense",
    "expanded",
    "lexical",
    "lexical_expanded",
    "document",
    "title",
    "actor",
    "other_actor",
    "addressed",
    "operative",
    "reasons",
    "resolves",
    "annex",
    "duty_preamble",
    "mentions",
    "asked",
)
"""Learned signals, in the order of the weights file's reading."""

RULES = {
    "reference": 3.0,
    "clause": 4.0,
    "superseded": -6.0,
    "facet": 0.6,
    "asked_there": 2.5,
}
"""Weights set by hand: what was said outright outweighs whatever the arms think.
`reference`: the instrument named; `clause`: the section or label named; `superseded`: a later
edition is held and no edition was named; `facet`: a country, kind or year named in the question;
`asked_there`: the signal `asked` inside a document the question names, where nothing else tells
the clauses apart."""


@cache
def weights() -> dict[str, float]:
    """Learned weights by signal, from the package's `ranking.json`."""
    raw = json.loads(files("indexing").joinpath("ranking.json").read_text("utf-8"))
    return {name: float(raw["weights"].get(name, 0.0)) for name in SIGNALS}


def arm_scores(
    found: Sequence[tuple[str, float]], floor_from: int, named: Collection[str] = ()
) -> dict[str, float]:
    """Scores of one arm as distances below its best, in units of its spread (0 is best).

    Makes arms comparable whatever their scale: (s - best) / (best - the `floor_from`-th score).
    The result lies in -1 .. 0 for the first `floor_from`; those further down are cut off at -1.
    Passages `named` outright are compared among themselves: they are wanted however far down.
    """
    if not found:
        return {}
    if named:
        inside = [pair for pair in found if pair[0] in named]
        outside = [pair for pair in found if pair[0] not in named]
        return arm_scores(outside, floor_from) | arm_scores(inside, floor_from)
    best = found[0][1]
    last = found[min(len(found), floor_from) - 1][1]
    spread = max(best - last, 1e-6)
    return {name: max(-1.0, (score - best) / spread) for name, score in found}


def signals(
    passages: Sequence[Passage], arms: Mapping[str, Mapping[str, float]], query: Query
) -> list[dict[str, float]]:
    """Learned signals of each candidate; `arms` holds `arm_scores` by signal name.

    A candidate an arm did not return gets that arm's floor, -1; an arm that found nothing at all
    gives every candidate 0, so that it decides nothing.
    """
    rows = []
    for passage in passages:
        row = {
            name: (found.get(passage.id, -1.0) if found else 0.0) for name, found in arms.items()
        }
        row.update(_structure(passage, query))
        rows.append(row)
    for passage, row, support in zip(passages, rows, _support(passages, rows), strict=True):
        row["document"] = support
        row["title"] = _title(passage, query)
    return rows


def score(row: Mapping[str, float], given: Mapping[str, float] | None = None) -> float:
    """Weighted sum of learned signals and rules."""
    learned = given if given is not None else weights()
    return sum(learned.get(name, RULES.get(name, 0.0)) * value for name, value in row.items())


def read(passages: Sequence[Passage], rows: Sequence[dict[str, float]], query: Query) -> None:
    """Add what the likeliest candidates' own words say of the question (`indexing.asking`).

    Only the best by the other signals are read, as reading all would cost more than finding them;
    the rest get 0. Changes `rows` in place.
    """
    order = sorted(range(len(rows)), key=lambda i: -score(rows[i]))
    for row in rows:
        row["asked"] = 0.0
    near = order[:LOOKED_AT]
    for i, share in zip(near, asked([passages[i] for i in near], query), strict=True):
        rows[i]["asked"] = share
        if rows[i].get("reference"):
            rows[i]["asked_there"] = share


def rank(passages: Sequence[Passage], rows: Sequence[Mapping[str, float]]) -> list[Evidence]:
    """Evidence, best first; ties keep the order given."""
    scored = [
        Evidence(passage=passage, score=round(score(row), 6), signals=dict(row))
        for passage, row in zip(passages, rows, strict=True)
    ]
    return sorted(scored, key=lambda evidence: -evidence.score)


def nearest_documents(evidence: Sequence[Evidence], count: int = 5) -> tuple[str, ...]:
    """Ids of the documents of the best evidence, each once."""
    return tuple(dict.fromkeys(e.passage.document for e in evidence))[:count]


def _support(passages: Sequence[Passage], rows: Sequence[Mapping[str, float]]) -> list[float]:
    """How strongly a candidate's document is found as a whole, -1 .. 0.

    Mean of the arms over the document's three best candidates (missing ones count as the floor):
    one lucky clause supports its document less than three good ones do.
    """
    names = ("dense", "expanded", "lexical", "lexical_expanded")
    base = [sum(row[n] for n in names if n in row) / len(names) for row in rows]
    held: dict[str, list[float]] = defaultdict(list)
    for passage, value in zip(passages, base, strict=True):
        held[passage.key].append(value)
    support = {
        key: sum(sorted([*values, -1.0, -1.0], reverse=True)[:3]) / 3
        for key, values in held.items()
    }
    best = max(support.values(), default=0.0)
    return [support[passage.key] - best for passage in passages]


def _title(passage: Passage, query: Query) -> float:
    """Share of the question's concepts that the title speaks of (0 .. 1)."""
    wanted = [c for c in query.concepts if not c.actor]
    if not wanted:
        return 0.0
    told = _title_concepts(passage.title, passage.language)
    return sum(c.terms[0] in told for c in wanted) / len(wanted)


@cache
def _title_concepts(title: str, language: str) -> frozenset[str]:
    return frozenset(c.terms[0] for c in mentioned(title, language))


def _structure(passage: Passage, query: Query) -> dict[str, float]:
    """What the place of a clause says: whom its section addresses, preamble or operative."""
    addressed = heading_actors(passage.section_heading, passage.language)
    operative = passage.section_kind is SectionKind.OPERATIVE
    preamble = passage.section_kind is SectionKind.PREAMBLE
    asks_who = query.intent is Intent.WHO
    return {
        "actor": float(bool(addressed & query.actors)),
        "other_actor": float(bool(addressed and query.actors and not addressed & query.actors)),
        "addressed": float(bool(asks_who and addressed)),
        "operative": float(operative and query.intent is not Intent.WHY),
        "reasons": float(preamble and query.intent is Intent.WHY),
        "resolves": float(query.intent is Intent.MANDATE and operative and not addressed),
        "annex": float(passage.section_kind is SectionKind.ANNEX),
        "duty_preamble": float(preamble and query.intent in (Intent.DUTY, Intent.WHO)),
        "mentions": float(
            any(
                r.number in passage.text and f"{r.number} (" in passage.text
                for r in query.references
            )
        ),
    }
