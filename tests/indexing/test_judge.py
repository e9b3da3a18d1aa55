"""The judge: late interaction, the two regressions, and the set worth quoting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asking.selection import MOST, worth
from indexing import judge, late
from indexing.encoder import Tokens
from indexing.signals import SIGNALS


def tokens(*rows: tuple[float, ...]) -> Tokens:
    """Tokens 10, 11, ... with these vectors."""
    whole = np.array(rows, dtype=np.float32)
    return Tokens(
        ids=np.arange(10, 10 + len(rows), dtype=np.int32),
        vectors=np.rint(127 * whole / np.abs(whole).max(axis=1, keepdims=True)).astype(np.int8),
    )


def figures(question: Tokens, passage: Tokens, head: int) -> dict[str, float]:
    found = late.interaction(question, question.unit(), passage, head)
    return dict(zip(late.NAMES, map(float, found), strict=True))


@pytest.fixture(autouse=True)
def even(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every token as rare as every other."""
    monkeypatch.setattr(late, "rarity", lambda: np.ones(100, dtype=np.float32))


def test_late_interaction_is_the_mean_of_the_best_cosines() -> None:
    question = tokens((1, 0, 0), (0, 1, 0))
    both = figures(question, tokens((0, 0, 1), (1, 0, 0), (0, 1, 0)), 0)
    one = figures(question, tokens((0, 0, 1), (1, 0, 0)), 0)
    assert both["late"] == pytest.approx(1)
    assert one["late"] == pytest.approx(0.5)
    assert [both["unmet"], one["unmet"]] == pytest.approx([0, 0.5])


def test_what_only_the_title_says_is_told_apart_from_what_the_clause_says() -> None:
    question = tokens((1, 0, 0), (0, 1, 0))
    found = figures(question, tokens((1, 0, 0), (0, 1, 0), (0, 0, 1)), 2)
    assert found["late"] == pytest.approx(1)
    assert found["head"] == pytest.approx(1)
    assert found["late_body"] == pytest.approx(0)


def test_nothing_to_compare_gives_zeros() -> None:
    nothing = Tokens(ids=np.zeros(0, np.int32), vectors=np.zeros((0, 3), np.int8))
    assert not late.interaction(nothing, np.zeros((0, 3), np.float32), tokens((1, 0, 0)), 0).any()


def test_the_better_met_candidate_is_likelier() -> None:
    made = judge.parameters()
    row = dict.fromkeys(SIGNALS, 0.0)
    met = row | {
        "late": 0.8,
        "late_body": 0.8,
        "least": 0.6,
        "met": 0.8,
        "dense": 0.7,
        "lexical": 1,
    }
    unmet = row | {"late": 0.5, "late_body": 0.45, "least": 0.3, "unmet": 0.5, "dense": 0.4}
    unmet |= {"late_gap": -0.3, "body_gap": -0.3, "dense_gap": -0.3, "support": -0.3}
    signals = np.array([[r[n] for n in SIGNALS] for r in (met, unmet)], dtype=np.float32)
    good, bad = judge.chances(signals, made)
    assert 0 <= bad < good <= 1


def test_no_candidate_is_no_answer() -> None:
    none = np.zeros((0, len(SIGNALS)), dtype=np.float32)
    assert judge.answerable(none, np.zeros(0), 5, judge.parameters()) == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_as_many_are_quoted_as_pay(chances: list[float]) -> None:
    ranked = sorted(chances, reverse=True)
    count = worth(ranked)
    total = sum(ranked)

    def gain(k: int) -> float:
        return 2 * sum(ranked[:k]) / (k + total)

    assert 1 <= count <= len(ranked)
    assert all(gain(count) >= gain(k) - 1e-9 for k in range(1, len(ranked) + 1))


def test_one_sure_clause_is_quoted_alone_and_four_likely_ones_together() -> None:
    assert worth([0.95, 0.1, 0.05]) == 1
    assert worth([0.8, 0.8, 0.75, 0.7, 0.05]) == 4
    assert MOST >= 4
