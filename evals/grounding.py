"""How well grounding tells borne-out sentences from others: mutations of PP-18, WiCE, SciFact."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.grounding import Cited, Rarity, ground
from assistant.grounding.alignment import coverage
from corpus.documents import Document, Frozen, SectionKind
from evals.mutations import mutations, sentence_of
from evals.words import share_of_words

PUBLISHED = {
    "WiCE claims, GPT-4 F1 (supported)": 0.61,
    "WiCE dev, token recall AUC": 0.69,
}
"""As the library of real texts gives them; ours: the same dev claims, no model, no training."""


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")


class Caught(Frozen):
    """One kind of mutation: how many were made, and the share that grounding refused."""

    kind: str
    made: int
    caught: float


class Ranking(Frozen):
    """One labelled set: area under the ROC curve and best F1, ours and plain token recall's."""

    name: str
    pairs: int
    auc: float
    f1: float
    plain_auc: float
    plain_f1: float


class GroundingReport(Frozen):
    """Everything measured.

    Attributes:
        sentences: true sentences (word for word from their clause) that were tried.
        false_alarms: share of them refused as shipped.
        caught: recall of each mutation as shipped, which is under 2 % false alarms.
        rankings: real labelled sets.
    """

    sentences: int
    false_alarms: float
    caught: tuple[Caught, ...]
    rankings: tuple[Ranking, ...]


def run(documents: Sequence[Document], shared: Path, most: int = 600) -> GroundingReport:
    """Measure.

    Args:
        documents: official texts to mutate.
        shared: the library with bench/wice and bench/scifact.
        most: operative clauses used, spread evenly over the documents.
    """
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
    clauses = clauses[:: max(1, len(clauses) // most)]
    rarity = Rarity(clause.heard for clause in clauses)
    alarms = [not ground(sentence_of(c), [c], rarity).grounded for c in clauses]
    found: dict[str, list[bool]] = {}
    for mutation in mutations(clauses):
        refused = not ground(mutation.said, mutation.cited, rarity).grounded
        found.setdefault(mutation.kind, []).append(refused)
    return GroundingReport(
        sentences=len(clauses),
        false_alarms=sum(alarms) / len(alarms),
        caught=tuple(
            Caught(kind=kind, made=len(hits), caught=sum(hits) / len(hits))
            for kind, hits in sorted(found.items())
        ),
        rankings=(_wice(shared), _scifact(shared)),
    )


def _wice(shared: Path) -> Ranking:
    lines = (shared / "bench" / "wice" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    items = [json.loads(line) for line in lines]
    rarity = Rarity(sentence for item in items for sentence in item["evidence"])
    ours = [coverage(item["claim"], item["evidence"], rarity)[0] for item in items]
    plain = [share_of_words(item["claim"], " ".join(item["evidence"])) for item in items]
    labels = [item["label"] == "supported" for item in items]
    return _ranking("WiCE dev claims (supported or not)", ours, plain, labels)


def _scifact(shared: Path) -> Ranking:
    """Is a claim nearer to its rationale sentences than to the abstract's other sentences?

    The library holds abstracts as running text, so sentences are cut again here; a few rationales
    fall one sentence off, which costs both measures alike.
    """
    folder = shared / "bench" / "scifact"
    abstracts = {row["_id"]: row["text"] for row in _lines(folder / "corpus.jsonl")}
    rationales: dict[tuple[str, str], set[int]] = {}
    for row in json.loads((folder / "rationales.json").read_text(encoding="utf-8")):
        rationales.setdefault((row["claim"], row["doc_id"]), set()).update(row["sentences"])
    pairs = [
        (claim, sentence, place in places)
        for (claim, document), places in rationales.items()
        for place, sentence in enumerate(
            re.split(r"(?<=[.!?])\s+(?=[A-Z0-9])", abstracts[document])
        )
    ]
    rarity = Rarity(sentence for _, sentence, _ in pairs)
    ours = [coverage(claim, [sentence], rarity)[0] for claim, sentence, _ in pairs]
    plain = [share_of_words(claim, sentence) for claim, sentence, _ in pairs]
    return _ranking("SciFact rationale sentences", ours, plain, [label for *_, label in pairs])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _ranking(name: str, ours: list[float], plain: list[float], labels: list[bool]) -> Ranking:
    truth = np.asarray(labels)
    return Ranking(
        name=name,
        pairs=len(labels),
        auc=auc(np.asarray(ours), truth),
        f1=best_f1(np.asarray(ours), truth),
        plain_auc=auc(np.asarray(plain), truth),
        plain_f1=best_f1(np.asarray(plain), truth),
    )


def auc(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Area under the ROC curve, ties counted half (Mann-Whitney)."""
    right, wrong = scores[truth], scores[~truth]
    above = (right[:, None] > wrong[None, :]).sum() + 0.5 * (right[:, None] == wrong[None, :]).sum()
    return float(above / (len(right) * len(wrong)))


def best_f1(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Largest F1 of 'supported' over all thresholds (an upper bound: chosen on the same set)."""
    best = 0.0
    for threshold in np.unique(scores):
        said = scores >= threshold
        best = max(best, float(2 * (said & truth).sum() / (said.sum() + truth.sum())))
    return best


def render(report: GroundingReport) -> str:
    """Two Markdown tables: mutations caught, and labelled sets."""
    lines = [
        f"{report.sentences} operative sentences of PP-18, word for word: "
        f"{report.false_alarms:.1%} refused (false alarms).",
        "",
        "| made false by | made | caught |",
        "|---|---|---|",
        *(f"| {c.kind} | {c.made} | {c.caught:.1%} |" for c in report.caught),
        "",
        "| labelled set | pairs | our AUC | token recall AUC | our best F1 | token recall F1 |",
        "|---|---|---|---|---|---|",
        *(
            f"| {r.name} | {r.pairs} | {r.auc:.3f} | {r.plain_auc:.3f} | {r.f1:.3f} "
            f"| {r.plain_f1:.3f} |"
            for r in report.rankings
        ),
        "",
        *(f"Published: {name} {value:.2f}." for name, value in PUBLISHED.items()),
    ]
    return "\n".join(lines)
