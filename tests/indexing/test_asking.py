"""What a question asks beyond a title, and judging evidence without calibrated cosines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from indexing.asking import asked
from indexing.passages import Passage
from indexing.query import narrowed, understand


def passage(label: str, text: str) -> Passage:
    told = SimpleNamespace(
        id=f"p{label}", text=text, title="Lighthouses and innovation", language="en"
    )
    return cast("Passage", told)


CLAUSES = [
    passage("1", "to foster innovation in lighthouses and share innovation with towns"),
    passage("2", "to submit to the Council each year a report on what was done"),
    passage("3", "to paint towers white"),
]


def best(question: str, language: str = "en") -> int:
    shares = asked(CLAUSES, understand(question, language))
    assert all(0 <= share <= 1 for share in shares)
    return shares.index(max(shares))


def test_the_action_and_the_value_asked_for_outweigh_the_title_s_words() -> None:
    assert best("Who has to report on innovation under Resolution 990, and how often?") == 1
    assert best("How must the towers be painted in the innovation text?") == 2
    assert best("Qui doit rendre compte de l'innovation, et à quelle fréquence ?", "fr") == 1


def test_a_question_without_points_tells_nothing_apart() -> None:
    assert asked(CLAUSES, understand("", "en")) == [0.0, 0.0, 0.0]


def test_how_often_is_not_about_frequencies() -> None:
    query = understand("À quelle fréquence faut-il faire rapport ?", "fr")
    assert query.quantity == "frequency"
    assert "spectrum" not in query.expansion


def test_what_the_named_title_explains_is_not_searched_for_again() -> None:
    query = understand("What do start-ups in agriculture get from innovation?", "en")
    assert "innovation" in query.expansion
    assert "innovation" not in narrowed(query, ["Innovation and start-ups"]).expansion


def test_general_words_of_other_languages_become_english_ones() -> None:
    assert "contribution" in understand("Наш делегат представил вклад", "ru").expansion
    assert "contribution" not in understand("Our delegate made a contribution", "en").expansion
