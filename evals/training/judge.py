"""Fits the judge and measures it, crosswise by document.

The folds: an encoder that saw nothing of part "one" reads the questions over it, another those of
part "two". On those readings, which no encoder was trained on, the regressions are fitted: what is
fitted on part one is measured on part two and the other way round, so every figure is of documents
that no weight behind it has seen. What is shipped is fitted on both, with the mean of the two
encoders (a "soup": Wortsman et al. 2022), and tried on the part kept back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.asking.selection import MOST, worth
from corpus.documents import Frozen
from corpus.shelf.catalogue import Catalogue
from evals.suites.comparing import Interval, interval
from evals.suites.metrics import citation_counts
from evals.training.cases import Case
from indexing import judge
from indexing.signals import SIGNALS

Floats = NDArray[np.float64]

OPEN = 0.01
"""Strength of the regression for "does anything answer", by the folds."""

NEEDLESS = 0.06
"""Share of answerable questions that the threshold may refuse on what it is set on."""


def fit(cases: Sequence[Case], catalogue: Catalogue, late: bool = True) -> dict[str, Any]:
    """The regressions over `cases`, and the threshold: what `judge.json` holds under one name.

    `late`: with what candidates leave open of the question, which token vectors tell.
    """
    made: dict[str, Any] = {
        "clause": regression(
            np.concatenate([case.signals for case in cases]),
            np.concatenate([case.right for case in cases]),
            0.02,
            products=True,
        )
    }
    made |= answering(cases, made, catalogue, late)
    made["threshold"] = threshold(cases, made, catalogue)
    return made


def answering(
    cases: Sequence[Case], made: Mapping[str, Any], catalogue: Catalogue, late: bool
) -> dict[str, Any]:
    """The regression for "does anything answer", given that of clauses in `made`."""
    together, unmet, answered = [], [], []
    for case in cases:
        chances = _chances(case, made, catalogue)
        together.append(judge.together(case.signals, chances, case.tokens))
        unmet.append(case.unmet(int(np.argmax(chances))))
        answered.append(bool(case.asked.gold))
    if not late:
        return {"answer": regression(np.array(together), np.array(answered), 0.1)}
    # What is left open is many numbers beside few: they are held down together.
    rows = np.array(unmet, dtype=np.float64)
    spread = float(rows.std())
    whole = regression(np.array(together), np.array(answered), OPEN, beside=rows / spread)
    wide = len(judge.TOGETHER)
    return {
        "answer": {**whole, "weights": whole["weights"][:wide]},
        "open": [round(weight / spread, 4) for weight in whole["weights"][wide:]],
    }


def threshold(cases: Sequence[Case], made: Mapping[str, Any], catalogue: Catalogue) -> float:
    """From what chance an answer is given: below it lie NEEDLESS of the answerable `cases`."""
    sure = [
        _answerable(case, _chances(case, made, catalogue), made)
        for case in cases
        if case.asked.gold
    ]
    return round(float(np.quantile(sure, NEEDLESS)), 4)


def _answerable(case: Case, chances: Floats, made: Mapping[str, Any]) -> float:
    opened = None
    if "open" in made and len(chances):
        first = int(np.argmax(chances))
        opened = np.zeros(len(chances))
        opened[first] = judge.left_open(case.read, [case.reads[first]], made)[0]
    return judge.answerable(case.signals, chances, case.tokens, made, opened)


def _chances(case: Case, made: Mapping[str, Any], catalogue: Catalogue) -> Floats:
    return case.after_rules(judge.chances(case.signals, made), catalogue)


def regression(
    rows: NDArray[Any],
    labels: NDArray[Any],
    strength: float,
    products: bool = False,
    beside: NDArray[Any] | None = None,
) -> dict[str, Any]:
    """A logistic regression over standardised columns, their scaling folded back.

    With `products` also over the products of each two (`judge.with_products`); the scaling is kept
    beside the weights then. Columns `beside` are taken as they are, their weights last.
    """
    from sklearn.linear_model import LogisticRegression

    whole = rows.astype(np.float64)
    mean, spread = whole.mean(axis=0), np.maximum(whole.std(axis=0), 1e-6)
    seen = judge.with_products(whole, mean, spread) if products else (whole - mean) / spread
    if beside is not None:
        seen = np.hstack([seen, beside])
        spread = np.concatenate([spread, np.ones(beside.shape[1])])
        mean = np.concatenate([mean, np.zeros(beside.shape[1])])
    model = LogisticRegression(C=strength, max_iter=3000).fit(seen, labels)
    weights, intercept = model.coef_[0], float(model.intercept_[0])
    if products:
        return {
            "mean": _rounded(mean),
            "spread": _rounded(spread),
            "weights": _rounded(weights),
            "intercept": round(intercept, 6),
        }
    return {
        "weights": _rounded(weights / spread),
        "intercept": round(intercept - float((weights / spread) @ mean), 6),
    }


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), 6) for value in values]


class Outcome(Frozen):
    """One question as the judge would answer it.

    Attributes:
        refused: that nothing is said to answer; precision, recall: of the clauses quoted (0 where
            refused); hit1, hit5, recall5, hit20: of the ranking, over all addresses.
    """

    id: str
    corpus: str
    set: str
    language: str
    kind: str
    answerable: bool
    sure: float
    refused: bool
    precision: float = 0.0
    recall: float = 0.0
    hit1: float = 0.0
    hit5: float = 0.0
    recall5: float = 0.0
    hit20: float = 0.0


def measure(cases: Sequence[Case], made: Mapping[str, Any], catalogue: Catalogue) -> list[Outcome]:
    """Every question answered with the weights `made`."""
    return [outcome(case, _chances(case, made, catalogue), made) for case in cases]


def outcome(case: Case, chances: Floats, made: Mapping[str, Any]) -> Outcome:
    """One question answered by the chances of its candidates, after the rules.

    `made` holds the weights `answer` and the `threshold`.
    """
    asked = case.asked
    sure = _answerable(case, chances, made)
    facts: dict[str, float] = {}
    refused = sure < made["threshold"]
    if asked.gold:
        ranked = case.ranked(chances)
        gold = set(asked.gold)
        facts = {
            "hit1": float(bool(asked.right & set(ranked[:1]))),
            "hit5": float(bool(asked.right & set(ranked[:5]))),
            "recall5": len(gold & set(ranked[:5])) / len(gold),
            "hit20": float(bool(asked.right & set(ranked[:20]))),
        }
        if not refused:
            precision, recall = citation_counts(quoted(case, chances), asked.gold, asked.also)
            facts |= {"precision": precision, "recall": recall}
    return Outcome(
        id=asked.id,
        corpus=asked.corpus,
        set=asked.set,
        language=asked.language,
        kind=asked.kind,
        answerable=bool(asked.gold),
        sure=sure,
        refused=refused,
        **facts,
    )


def quoted(case: Case, chances: Floats) -> list[str]:
    """Addresses that would be quoted, as `assistant.asking.selection` chooses them."""
    order = [
        int(n)
        for n in np.argsort(-chances, kind="stable")
        if not case.named or case.passages[n].document in case.named
    ] or [int(np.argmax(chances))]
    count = min(worth([float(chances[n]) for n in order[: 2 * MOST]]), MOST)
    return [a for n in order[:count] for a in case.passages[n].addresses]


FIGURES = ("precision", "recall", "hit1", "hit5", "recall5", "hit20")


def table(outcomes: Iterable[Outcome], by: str) -> dict[str, dict[str, Interval]]:
    """Figures with intervals, by a field of Outcome ("" for all together).

    `needless`: share of answerable questions refused; `near_miss`, `not_held`: share refused.
    """
    groups: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[str(getattr(outcome, by)) if by else "all"].append(outcome)
    found = {}
    for name, members in sorted(groups.items()):
        right = [o for o in members if o.answerable]
        figures = {f: interval([float(getattr(o, f)) for o in right]) for f in FIGURES}
        figures["needless"] = interval([float(o.refused) for o in right])
        for kind in ("near_miss", "not_held"):
            figures[kind] = interval([float(o.refused) for o in members if o.kind == kind])
        found[name] = figures
    return found


CUTS = ("", "corpus", "set", "language", "kind")


def tables(outcomes: Mapping[str, Sequence[Outcome]]) -> dict[str, dict[str, Any]]:
    """Every table that is told, JSON-ready, by title: all together and in several cuts."""
    found: dict[str, dict[str, Any]] = {}
    for title, some in outcomes.items():
        made = {f"{title}, by {by}" if by else title: table(some, by) for by in CUTS}
        for corpus in sorted({o.corpus for o in some}):
            mine = [o for o in some if o.corpus == corpus]
            made[f"{title}, {corpus}, by language"] = table(mine, "language")
        for name, rows in made.items():
            found[name] = {
                row: {figure: value.model_dump() for figure, value in figures.items()}
                for row, figures in rows.items()
            }
    return found


def names() -> dict[str, list[str]]:
    """Columns of each regression, for a person who reads `judge.json`."""
    pairs = [
        f"{SIGNALS[a]} * {SIGNALS[b]}" for a, b in zip(*np.triu_indices(len(SIGNALS)), strict=True)
    ]
    return {"clause": [*SIGNALS, *pairs], "answer": list(judge.TOGETHER)}
