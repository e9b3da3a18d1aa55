"""Halves of sentences and loose beginnings are not shown; names are known by any of their forms."""

from __future__ import annotations

import pytest

from assistant.grounding import Cited
from assistant.writing.naming import strange_names
from assistant.writing.shape import (
    concludes,
    half_a_sentence,
    loose_frame,
    only_the_heading,
)
from assistant.writing.subjects import with_subject

CLAUSE = Cited(
    address="pp-res-900@2030#invites-member-states.1",
    document="pp-res-900@2030",
    heading="invites Member States",
    text="to join ITU-T meetings of the LDCs on legal, technical and financial issues of boats "
    "and harbours, and to keep a basis of lamps online in the islands of Palestine and Niger, as CWG-Lamps asked",
    title="Lighthouses for lending libraries (Tallinn, 2030)",
)


@pytest.mark.parametrize("half", ["to continue to lend boats.", "and it rests.", "which is dark."])
def test_a_sentence_that_begins_in_the_middle_is_none(half: str) -> None:
    assert half_a_sentence(half)


@pytest.mark.parametrize("whole", ["It rests.", "eHealth is dark.", "e-services rest.", "各国"])
def test_a_whole_one_is(whole: str) -> None:
    assert not half_a_sentence(whole)


def test_a_thing_is_not_resolved() -> None:
    assert half_a_sentence("Resolution 7 resolves the effect that lamps may have.")
    assert not half_a_sentence("Resolution 7 resolves the following.")
    assert not half_a_sentence("Resolution 7 resolves that the lamps be lit.")


def test_a_conclusion_is_the_models_own() -> None:
    assert concludes("This is because lamps are dear.")
    assert concludes("Therefore the lamps are lit.")
    assert concludes("So, the lamps are lit.")
    assert not concludes("This resolution is about lamps.")
    assert not concludes("Sold lamps are lit.")


def test_a_text_that_considers_something_says_so_in_a_whole_sentence() -> None:
    said = with_subject("Resolution 7 (Oslo, 1990), considering that it is dark.", "Resolution 7")
    assert said == "Resolution 7 (Oslo, 1990) considers that it is dark."


def test_a_heading_alone_says_nothing() -> None:
    name = "Resolution 900 (Tallinn, 2030)"
    assert only_the_heading(f"{name} invites Member States.", CLAUSE.heading, name)
    assert not only_the_heading(f"{name} invites Member States to join.", CLAUSE.heading, name)


def test_the_questions_words_are_not_tied_together_by_a_clause_that_has_them_apart() -> None:
    said = "The legal basis for lamps is that Member States are invited to join meetings."
    assert loose_frame(said, [CLAUSE]) == "legal basis for lamps"
    assert not loose_frame("The basis of lamps is to be kept online.", [CLAUSE])
    assert not loose_frame("Member States are invited to join meetings.", [CLAUSE])


@pytest.mark.parametrize(
    "said",
    [
        "Member States are invited to join ITU-T meetings.",
        "The LDCs meet; an LDC is invited.",
        "Palestinian islands keep lamps.",
        "The CWG-Lamps asked.",
    ],
)
def test_names_in_another_form_are_known(said: str) -> None:
    assert strange_names(said, [CLAUSE]) == []


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Member States are invited to join ITU-D meetings.", "ITU-D"),
        ("The SIDS are invited.", "SIDS"),
        ("The islands are Nigerian.", "Nigerian"),
        ("The islands are Maltese.", "Maltese"),
    ],
)
def test_names_that_are_not_there_are_strange(said: str, name: str) -> None:
    assert any(name.startswith(found) for found in strange_names(said, [CLAUSE]))
