"""P28, P29: public sets are measured with the shipped search; a small part of them in CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.public import conversations, ranked, report
from evals.public.plain_index import PlainIndex
from evals.public.texts import Asked, Plain, PublicSet, mtrag_un
from indexing.building.embedding import load_embedder

THINGS = ("lanterns", "orchards", "ferries", "libraries", "bridges", "kites", "wells", "looms")


def harbour() -> PublicSet:
    """Eight passages and a conversation about each."""
    return PublicSet(
        "harbour",
        tuple(
            Plain(f"p{n}", f"The town keeps its {thing} in repair and counts {thing} each spring.")
            for n, thing in enumerate(THINGS)
        ),
        tuple(
            Asked(
                f"q{n}",
                "Who counts them?",
                {f"p{n}": 1},
                (("user", f"Does the town keep {thing}?"), ("agent", "Yes.")),
                {"answerability": "ANSWERABLE", "domain": "harbour", "turn": "Follow-up"},
            )
            for n, thing in enumerate(THINGS)
        ),
    )


def test_plain_passages_are_found_by_the_shipped_search(tmp_path: Path) -> None:
    index = PlainIndex(harbour(), tmp_path, load_embedder("hashing"))
    try:
        for rank in index.systems().values():
            assert rank("Where are the ferries?")[0][0] == "p2"
    finally:
        index.close()


def test_a_follow_up_is_found_by_what_the_conversation_was_about(tmp_path: Path) -> None:
    found = conversations.run(tmp_path, tmp_path, load_embedder("hashing"), 0, public=harbour())
    recall = {row.system: row.figures["nDCG@10"].mean for row in found.ranking.rows}
    assert recall["BM25, standalone question"] == 1.0
    assert recall["BM25, last turn"] < 0.5
    assert recall["ours"] > recall["ours, last turn"]
    assert found.refusing.answerable.items == 8


def test_a_sample_is_always_the_same(tmp_path: Path) -> None:
    questions = harbour().questions
    assert ranked.sample(questions, 3) == ranked.sample(questions, 3)
    assert ranked.sample(questions, 0) == list(questions)


def test_what_the_library_does_not_hold_is_said_to_be_missing(tmp_path: Path) -> None:
    found = report.run(tmp_path, tmp_path / "work", "hashing", only=("scifact",))
    assert found.scifact is None
    assert {"scifact", "xquad", "mtrag-un", "XQuAD zh"} <= found.missing.keys()
    assert "not measured" in report.render(found)


@pytest.mark.shared
@pytest.mark.slow
def test_P28_lexical_search_agrees_with_published_bm25_on_scifact(
    shared: Path, tmp_path: Path
) -> None:
    (row,) = ranked.run_scifact(shared, tmp_path / "scifact").rows
    assert 0.655 <= row.figures["nDCG@10"].mean <= 0.695


@pytest.mark.shared
def test_P29_the_contextualiser_beats_the_last_turn_on_mtrag_un(
    shared: Path, tmp_path: Path
) -> None:
    from evals.public.whole import WholeLexical

    public = mtrag_un(shared)
    arm = WholeLexical(public, tmp_path / "pool")
    try:
        found = ranked.measured(
            "MTRAG-UN",
            public.questions,
            {
                "last turn": lambda q: arm.search(q.text),
                "standalone": lambda q: arm.search(conversations.standalone(q).question),
            },
            ("R@5",),
            ours="standalone",
        )
    finally:
        arm.close()
    recall = {row.system: row.figures["R@5"].mean for row in found.rows}
    assert recall["standalone"] > max(0.741, recall["last turn"])
