"""What a question asks for and the evidence does not say."""

from __future__ import annotations

import pytest

from corpus.documents import DocumentKind, SectionKind
from indexing.lacking import lacking
from indexing.passages import Part, Passage

TOTAL = 500


def passage(text: str, language: str = "en") -> Passage:
    return Passage(
        id=text,
        key=f"made:{language}",
        document="made",
        title="Lighthouses",
        kind=DocumentKind.RESOLUTION,
        number="901",
        body="pp",
        edition="",
        year=2018,
        country=None,
        language=language,
        is_digest=False,
        section="resolves",
        section_heading="resolves",
        section_kind=SectionKind.OPERATIVE,
        page=None,
        position=0,
        parts=(Part(address="made#resolves.1", label="1", text=text),),
    )


WORDS = {"lighthous": 20, "lamp": 40, "keeper": 10, "helicopt": 0}


def test_a_count_must_stand_near_what_it_counts() -> None:
    near = [passage("that twelve lamps shall burn in every tower")]
    far = [passage("that 2018 is the year of lamps; every tower has a door")]
    question = "How many lamps burn in the tower?"
    assert lacking(question, "en", near, WORDS, TOTAL).uncounted == 0
    assert lacking(question, "en", far, WORDS, TOTAL).uncounted == 1


def test_the_thing_asked_for_must_be_said() -> None:
    held = [passage("that keepers of every lighthouse are paid by the Union")]
    assert lacking("Which keepers are paid?", "en", held, WORDS, TOTAL).head == 0
    assert lacking("Which helicopter is used?", "en", held, WORDS, TOTAL).head == 1


def test_a_word_that_no_text_holds_is_unknown_and_rarest() -> None:
    held = [passage("that keepers of every lighthouse are paid by the Union")]
    without = lacking("Are lighthouse keepers paid?", "en", held, WORDS | {"paid": 9}, TOTAL)
    with_it = lacking("Is the helicopter paid?", "en", held, WORDS | {"paid": 9}, TOTAL)
    assert without.unknown == 0
    assert without.rarest == 0
    assert with_it.unknown == 0.5
    assert with_it.rarest == 1
    assert with_it.missing > without.missing


def test_concepts_are_compared_across_languages() -> None:
    held = [passage("that the budget for fellowships shall be fixed by the Council")]
    words = {"budget": 30, "fellowship": 25}
    french = lacking("Quel budget pour les bourses ?", "fr", held, words, TOTAL)
    other = lacking("Quel budget pour les bourses ?", "fr", [passage("on lamps")], words, TOTAL)
    assert french.missing < 0.5
    assert other.missing == 1


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What is the rent today?", "en"),
        ("Quel est le loyer actuel ?", "fr"),
        ("目前的租金是多少？", "zh"),
        ("Какова текущая плата?", "ru"),
    ],
)
def test_asking_about_today_is_noticed(question: str, language: str) -> None:
    assert lacking(question, language, [passage("rent")], {}, TOTAL).now == 1
    assert lacking("What is the rent?", "en", [passage("rent")], {}, TOTAL).now == 0


def test_spanish_en_cuanto_a_counts_nothing() -> None:
    row = lacking("¿Qué se dice en cuanto a las becas?", "es", [passage("on lamps")], {}, TOTAL)
    assert row.uncounted == 0
