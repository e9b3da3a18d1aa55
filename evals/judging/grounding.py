"""How well grounding tells what is borne out from what is not: falsehoods of PP-18, and curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.grounding import Cited, Rarity, ground
from corpus.documents import Document, Frozen, SectionKind
from evals.judging.labelled import PUBLISHED, Accepted, Ranking, scifact, wice, wice_accepted
from evals.judging.mutations import Mutation, mutations, true_sentences

ALLOWED = 0.02
"""Share of true sentences that may be refused where recalls are compared."""

STEPS = 40
"""Thresholds a curve is drawn at, evenly over the scores."""


class Caught(Frozen):
    """One kind of sentence: how many were made, and the share that grounding refuses as shipped."""

    kind: str
    made: int
    caught: float


class Curve(Frozen):
    """One kind of falsehood against all true sentences, over the threshold of the score.

    Attributes:
        points: (threshold, false alarms, recall), by threshold; a sentence is refused below it.
        at_allowed: recall at the highest threshold that keeps false alarms within ALLOWED.
    """

    kind: str
    points: tuple[tuple[float, float, float], ...]
    at_allowed: float


class GroundingReport(Frozen):
    """Everything measured.

    Attributes:
        sentences: true sentences tried, of all kinds; `false_alarms` the share refused as shipped.
        true: the same by kind: word for word, in other words, shortened, two joined.
        caught: recall of each kind of falsehood as shipped.
        curves: recall against false alarms, each kind and all together ('all').
        rankings, accepted: real labelled sets.
    """

    sentences: int
    false_alarms: float
    true: tuple[Caught, ...]
    caught: tuple[Caught, ...]
    curves: tuple[Curve, ...]
    rankings: tuple[Ranking, ...]
    accepted: tuple[Accepted, ...] = ()


def run(documents: Sequence[Document], shared: Path, most: int = 600) -> GroundingReport:
    """Measure.

    Args:
        documents: official texts to make sentences of.
        shared: the library with bench/wice and bench/scifact.
        most: operative clauses used, spread evenly over the documents.
    """
    return of_clauses(operative(documents, most)).model_copy(
        update={
            "rankings": (wice(shared), scifact(shared)),
            "accepted": wice_accepted(shared),
        }
    )


def operative(documents: Sequence[Document], most: int) -> list[Cited]:
    """About `most` operative clauses, spread evenly."""
    clauses = [
        Cited(
            address=str(document.address(section, clause)),
            document=document.id,
            heading=section.heading,
            text=clause.text,
            title=f"{document.title} ({document.edition})",
        )
        for document in documents
        for section, clause in document.clauses()
        if section.kind is SectionKind.OPERATIVE
    ]
    return clauses[:: max(1, len(clauses) // most)]


def of_clauses(clauses: Sequence[Cited]) -> GroundingReport:
    """The part of the report that needs no labelled set."""
    rarity = Rarity(clause.heard for clause in clauses)
    true = _verdicts(list(true_sentences(clauses)), rarity)
    false = _verdicts(list(mutations(clauses)), rarity)
    alarms = [refused for found in true.values() for refused, _ in found]
    right = [score for found in true.values() for _, score in found]
    wrong = {kind: [score for _, score in found] for kind, found in false.items()}
    every = {**wrong, "all": [score for scores in wrong.values() for score in scores]}
    return GroundingReport(
        sentences=len(alarms),
        false_alarms=sum(alarms) / len(alarms),
        true=_shares(true),
        caught=_shares(false),
        curves=tuple(curve(kind, scores, right) for kind, scores in every.items()),
        rankings=(),
    )


def curve(kind: str, wrong: Sequence[float], right: Sequence[float]) -> Curve:
    """Recall of `wrong` sentences against false alarms among `right` ones, by their scores."""
    thresholds = sorted({step / STEPS for step in range(STEPS + 1)} | {1.0 + 1 / STEPS})
    points = tuple((t, _below(right, t), _below(wrong, t)) for t in thresholds)
    within = [recall for _, alarms, recall in points if alarms <= ALLOWED]
    return Curve(kind=kind, points=points, at_allowed=max(within, default=0.0))


def _below(scores: Sequence[float], threshold: float) -> float:
    return sum(score < threshold - 1e-9 for score in scores) / len(scores) if scores else 0.0


def _verdicts(sentences: Sequence[Mutation], rarity: Rarity) -> dict[str, list[tuple[bool, float]]]:
    """By kind: whether each sentence is refused as shipped, and its score."""
    found: dict[str, list[tuple[bool, float]]] = {}
    for one in sentences:
        verdict = ground(one.said, one.cited, rarity)
        found.setdefault(one.kind, []).append((not verdict.grounded, verdict.score))
    return found


def _shares(found: dict[str, list[tuple[bool, float]]]) -> tuple[Caught, ...]:
    return tuple(
        Caught(kind=kind, made=len(some), caught=sum(r for r, _ in some) / len(some))
        for kind, some in sorted(found.items())
    )


def render(report: GroundingReport) -> str:
    """Markdown tables: what is refused as shipped, and labelled sets."""
    at = {curve.kind: curve.at_allowed for curve in report.curves}
    lines = [
        f"{report.sentences} true sentences of operative clauses: "
        f"{report.false_alarms:.1%} refused (false alarms).",
        "",
        "| true sentences | made | refused |",
        "|---|---|---|",
        *(f"| {c.kind} | {c.made} | {c.caught:.1%} |" for c in report.true),
        "",
        f"| made false by | made | caught | at {ALLOWED:.0%} false alarms |",
        "|---|---|---|---|",
        *(f"| {c.kind} | {c.made} | {c.caught:.1%} | {at[c.kind]:.1%} |" for c in report.caught),
        "",
        "| labelled set | pairs | our AUC | token recall AUC | our best F1 | token recall F1 |",
        "|---|---|---|---|---|---|",
        *(
            f"| {r.name} | {r.pairs} | {r.auc:.3f} | {r.plain_auc:.3f} | {r.f1:.3f} "
            f"| {r.plain_f1:.3f} |"
            for r in report.rankings
        ),
        "",
        "| WiCE claims | n | accepted as shipped |",
        "|---|---|---|",
        *(f"| {a.label} | {a.claims} | {a.accepted:.1%} |" for a in report.accepted),
        "",
        *(f"Published: {name} {value:.2f}." for name, value in PUBLISHED.items()),
    ]
    return "\n".join(lines)
