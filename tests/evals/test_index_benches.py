"""The benches of the index, at sizes that end soon."""

from __future__ import annotations

import pytest

from evals.operations.crashes import crashes, render
from evals.operations.made_up import documents
from evals.operations.search_speed import SYSTEMS, search_speed
from evals.operations.search_speed import render as render_speed


@pytest.mark.slow
def test_P17_kill_minus_nine_in_a_sync_loses_nothing_and_leaves_the_index_answering() -> None:
    report = crashes(kills=3, count=10)
    assert len(report.kills) == 3
    assert report.survived, render(report)


@pytest.mark.slow
def test_speed_is_measured_beside_plain_chroma_and_plain_bm25s() -> None:
    report = search_speed([200])
    assert tuple(row.system for row in report.rows) == SYSTEMS
    assert all(row.passages == 200 and row.p50 > 0 and row.disk > 0 for row in report.rows)
    assert report.ratio(200) > 0
    assert "ours: both" in render_speed(report)


def test_made_up_documents_repeat_by_seed_and_change_by_edition() -> None:
    one, again = list(documents(3, 6)), list(documents(3, 6))
    other = list(documents(3, 6, edition=1))
    assert one == again
    assert [d.key for d in one] == [d.key for d in other]
    assert all(a.content_hash != b.content_hash for a, b in zip(one, other, strict=True))
