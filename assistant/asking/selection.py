"""Which clauses are quoted: the set that pays, by the chances of the judge.

Quoting one more clause is worth it while it raises the expected F1 of what is quoted (Jansche 2007;
Ye et al. 2012): with chances p, likeliest first, the first k give about
2 * sum(p[:k]) / (k + sum(p)).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from corpus.documents import Frozen
from indexing.building.passages import Evidence, SearchResult

MOST = 8
"""Clauses quoted at most."""

ELSEWHERE = 0.25
"""What the chance of a clause outside the documents of the answer that a question follows up is
multiplied by. People go on about the text they were just shown, but what was shown may have been
wrong: the figure is a guess between never minding it and never leaving it."""


class Choice(Frozen):
    """A candidate with its chance to be one of the clauses that answer; `kept`: it is quoted."""

    evidence: Evidence
    probability: float
    kept: bool = False


def select(result: SearchResult, earlier: Collection[str] = (), most: int = MOST) -> list[Choice]:
    """Every candidate, likeliest first, those worth quoting marked `kept` (at least one).

    Where the question names instruments that are held, nothing else is quoted: an answer from
    another text would be a wrong one. `earlier`: ids of the documents that the answer stood on
    which the question follows up.
    """
    chances = {e.passage.id: e.score for e in result.evidence}
    if any(e.passage.document in earlier for e in result.evidence):
        for item in result.evidence:
            if item.passage.document not in earlier:
                chances[item.passage.id] *= ELSEWHERE
    ranked = sorted(result.evidence, key=lambda e: -chances[e.passage.id])
    named = [e for e in ranked if e.passage.document in result.named]
    eligible = named or ranked
    count = worth([chances[e.passage.id] for e in eligible[: 2 * most]])
    keep = {e.passage.id for e in eligible[: min(count, most)]}
    return [
        Choice(
            evidence=item,
            probability=round(chances[item.passage.id], 4),
            kept=item.passage.id in keep,
        )
        for item in ranked
    ]


def worth(chances: Sequence[float]) -> int:
    """How many of the likeliest to quote (at least one); `chances` likeliest first."""
    total = sum(chances)
    best, count, held = 0.0, 1, 0.0
    for k, chance in enumerate(chances, start=1):
        held += chance
        if (gain := 2 * held / (k + total)) > best + 1e-9:
            best, count = gain, k
    return count
