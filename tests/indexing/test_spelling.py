"""One slip of the keyboard is mended; names, short words and other languages are left alone."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from corpus.language.tokens import analyse
from indexing.spelling import respelled

HELD = "fellowships keepers lighthouse conformity breakdown regulation report"


class Words:
    """A lexical arm of which only the counting matters: a real one stands in test_search."""

    count = 1

    def passages_with(self, tokens: Collection[str]) -> dict[str, int]:
        known = set(analyse(HELD, "en"))
        return {token: int(token in known) for token in tokens}

    def query(self, *_: object, **__: object) -> list[tuple[str, float]]:
        raise AssertionError

    query_tokens = query


@pytest.mark.parametrize("slip", ["fellowhsips", "felowships", "felllowships", "fellowshaps"])
def test_a_slip_is_read_as_the_word_meant(slip: str) -> None:
    mended = respelled(f"What does the yearly {slip} report show?", "en", {"en"}, Words())
    assert set(analyse("fellowships", "en")) <= set(analyse(mended, "en"))
    assert slip not in mended


@pytest.mark.parametrize(
    "question",
    [
        "Which lantern holds?",  # unknown, and nobody's neighbour
        "Does Fellowshaps, the firm, take part?",  # a name
        "Is the reporr short?",  # too short to be sure
        "Who are the zellowships?",  # not the first letter
        "What do fellowships cost?",  # known
    ],
)
def test_what_may_be_meant_is_left_alone(question: str) -> None:
    assert respelled(question, "en", {"en"}, Words()) == question


def test_words_of_a_language_no_text_is_in_are_left_alone() -> None:
    asked = "Que montre le raport des fellowhsips ?"
    assert respelled(asked, "fr", {"en"}, Words()) == asked
