"""How good was the search behind an answer? Retrieval figures from the answer's trace."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers import Answer
from evals.suites.suite import Item

DEPTH = 40
"""Addresses read off a ranked list; what an answer is chosen from is not longer."""


def ranked(answer: Answer) -> list[str] | None:
    """Addresses of the evidence, best first, each once; None where the system shows no search."""
    search = answer.trace.get("search")
    candidates = search.get("candidates") if isinstance(search, dict) else None
    if not isinstance(candidates, list):
        return None
    found = [a for one in candidates if isinstance(one, dict) for a in one.get("addresses", ())]
    return list(dict.fromkeys(found))[:DEPTH]


def measure(item: Item, addresses: Sequence[str]) -> dict[str, float]:
    """Recall@5, Recall@10 and nDCG@10 of a ranked list, by ir-measures.

    A gold clause is graded 2, an acceptable alternative 1; recall counts gold clauses only.
    """
    import ir_measures
    from ir_measures import R, nDCG

    names = {
        R(rel=2) @ 5: "evidence_recall_5",
        R(rel=2) @ 10: "evidence_recall_10",
        nDCG @ 10: "evidence_ndcg",
    }
    grades = dict.fromkeys(item.also, 1) | dict.fromkeys(item.gold, 2)
    scores = {address: float(-place) for place, address in enumerate(addresses)}
    if not scores:
        return dict.fromkeys(names.values(), 0.0)
    found = ir_measures.iter_calc(list(names), {item.id: grades}, {item.id: scores})
    return {names[one.measure]: float(one.value) for one in found}
