"""How the retrieval bench counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.documents import DocumentKind, SectionKind
from evals.benches.retrieval import Question, fuse, load_questions, measure
from indexing.building.passages import Part, Passage


def passage(*addresses: str) -> Passage:
    return Passage(
        id="-".join(addresses),
        key="k",
        document=addresses[0].partition("#")[0],
        title="t",
        kind=DocumentKind.RESOLUTION,
        number="1",
        body="made",
        edition="",
        year=None,
        country=None,
        language="en",
        is_digest=False,
        section="resolves",
        section_heading="resolves",
        section_kind=SectionKind.OPERATIVE,
        page=None,
        position=0,
        parts=tuple(Part(address=a, label="", text="x") for a in addresses),
    )


QUESTION = Question(
    id="q",
    type="lookup",
    language="en",
    standalone="?",
    joined="?",
    gold=("a#s.1", "b#s.1"),
    also=("c#s.1",),
)


def test_recall_counts_gold_addresses_and_hit_counts_alternatives() -> None:
    found = measure(QUESTION, [passage("c#s.1"), passage("a#s.9", "a#s.1")])
    assert found["recall@1"] == 0
    assert found["recall@5"] == 0.5
    assert found["hit@5"] == 1
    assert found["document recall@5"] == 0.5


def test_a_joined_passage_takes_as_many_places_as_it_has_clauses() -> None:
    long = passage(*(f"x#s.{n}" for n in range(5)))
    assert measure(QUESTION, [long, passage("a#s.1")])["recall@5"] == 0
    assert measure(QUESTION, [long, passage("a#s.1")])["recall@10"] == 0.5


def test_fusion_prefers_what_both_lists_hold() -> None:
    assert fuse([["a", "b"], ["c", "b"]])[0] == "b"


def test_translations_become_questions_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "gold.yaml"
    path.write_text(
        '- {id: T1, type: two_turn, turns: ["one?", "two?"], standalone: "both?",\n'
        "   answerable: true, translations: {fr: 'quoi ?'},\n"
        "   gold: [{document: a, section: s, label: '1'}, {document: a, section: t, label: null}]}\n"
    )
    english, french = load_questions(path)
    assert (english.standalone, english.joined) == ("both?", "one? two?")
    assert english.gold == ("a#s.1", "a#t")
    assert (french.language, french.standalone) == ("fr", "quoi ?")


@pytest.mark.shared
def test_the_dev_questions_load(shared: Path) -> None:
    questions = load_questions(shared / "gold" / "pp18_dev.yaml")
    assert sum(q.answerable and q.language == "en" for q in questions) == 84
