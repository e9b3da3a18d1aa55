"""P2, P3: a sentence is grounded only if its numbers, bodies, strength, negation and content
are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.grounding import Cited, Rarity, ground, wording

REPORT = Cited(
    address="pp-res-900@2030#instructs-the-secretary-general.1",
    document="pp-res-900@2030",
    heading="instructs the Secretary-General",
    text="to submit to the Council, each year by 15 March, a report on the 250 lighthouses that "
    "shall stay lit, and not to publish the names of readers",
    title="Lighthouses for lending libraries (Tallinn, 2030)",
)
INVITE = Cited(
    address="pp-res-900@2030#invites-member-states.a",
    document="pp-res-900@2030",
    heading="invites Member States",
    text="to consider lending one boat to every library by the sea, where funds allow",
    title="Lighthouses for lending libraries (Tallinn, 2030)",
)


@pytest.mark.parametrize(
    "said",
    [
        "The Secretary-General is to submit a report on the lighthouses to the Council each year.",
        "Resolution 900 (Tallinn, 2030) instructs the Secretary-General to submit a report to the "
        "Council by 15 March.",
        "The names of readers are not to be published.",
    ],
)
def test_what_the_clause_says_is_grounded(said: str) -> None:
    found = ground(said, [REPORT])
    assert found.grounded, found.reasons


def test_member_states_invited_is_grounded() -> None:
    assert ground("Member States are invited to consider lending one boat.", [INVITE]).grounded


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("The Secretary-General is to submit a report on the 260 lighthouses.", "260"),
        ("The Secretary-General is to submit to the Council each year by 15 April.", "April"),
        ("The Secretary-General is to submit to the Council each month a report.", "month"),
        ("The Council is to submit a report on the lighthouses each year.", "told"),
        ("The TSB Director is to submit to the Council each year a report.", "tsb"),
        ("The names of readers are to be published in the report.", "negation"),
        ("The Secretary-General is not to submit a report to the Council each year.", "negates"),
        ("Resolution 901 asks to submit to the Council each year a report.", "901"),
        ("The lighthouses may stay lit each year, in the report to the Council.", "strong"),
        ("The Secretary-General pays pensions to retired keepers of boats.", "content"),
        ("Only the Secretary-General is to submit a report to the Council each year.", "only"),
    ],
)
def test_what_the_clause_does_not_say_is_refused_with_the_reason(said: str, why: str) -> None:
    found = ground(
        said,
        [REPORT]
        if why != "only"
        else [
            INVITE,
            REPORT.model_copy(update={"text": "to submit a report to the Council each year"}),
        ],
    )
    assert not found.grounded
    assert any(why in reason for reason in found.reasons), found.reasons


def test_an_invitation_must_not_become_an_obligation() -> None:
    found = ground("Member States must consider lending one boat to every library.", [INVITE])
    assert any("'must'" in reason for reason in found.reasons)


def test_the_actor_of_one_clause_with_the_action_of_another_is_refused() -> None:
    said = "Member States are invited to submit a report on the lighthouses that stay lit."
    assert not ground(said, [INVITE, REPORT]).grounded


def test_no_citation_no_grounding() -> None:
    found = ground("The Secretary-General is to submit a report.", [])
    assert (found.grounded, found.score) == (False, 0)


def test_numbers_have_one_form() -> None:
    assert wording.numbers("1 250 boats, 1,250 boats and 1250 boats") == {"1250"}
    assert wording.numbers("five lighthouses in the 2020-2023 plan") == {
        "5",
        "2020",
        "2023",
        "2020-23",
    }
    assert wording.numbers("٣٠ قاربا") == {"30"}


@settings(deadline=None)  # the first call reads the lists of six languages
@given(st.text(max_size=300))
def test_any_text_gets_a_verdict_with_reasons_when_refused(said: str) -> None:
    found = ground(said, [REPORT, INVITE], Rarity([REPORT.text, INVITE.text]))
    assert 0 <= found.score <= 1
    assert found.grounded or found.reasons


@settings(deadline=None)
@given(st.integers(min_value=1000, max_value=10**9))
def test_a_number_that_is_not_in_the_clause_is_never_grounded(number: int) -> None:
    if str(number) not in ("2030",):
        said = f"The Secretary-General is to submit {number} reports to the Council each year."
        assert not ground(said, [REPORT]).grounded


ASK = Cited(
    address="pp-res-900@2030#resolves.2",
    document="pp-res-900@2030",
    heading="resolves",
    text="to encourage harbour towns to paint every third lantern green before the regatta",
    title="Lighthouses for lending libraries (Tallinn, 2030)",
)


@pytest.mark.parametrize(
    ("said", "cited"),
    [
        # what is resolved is not what the Secretary-General is instructed to do, and back
        ("The conference resolves to submit to the Council each year a report.", [REPORT, ASK]),
        ("It instructs the Secretary-General to paint every third lantern green.", [ASK, REPORT]),
        ("It instructs the Secretary-General to consider lending one boat.", [REPORT, INVITE]),
        # the beginning of one clause with the end of another
        (
            "The Secretary-General is instructed to submit to the Council, each year by 15 March, "
            "one boat to every library by the sea, where funds allow.",
            [REPORT, INVITE],
        ),
        ("Member States are urged to consider lending one boat to every library.", [INVITE]),
        ("It resolves to consider lending one boat to every library by the sea.", [INVITE]),
    ],
)
def test_what_no_single_clause_says_is_refused(said: str, cited: list[Cited]) -> None:
    assert not ground(said, cited).grounded
    assert not ground(said, list(reversed(cited))).grounded


@pytest.mark.parametrize(
    ("said", "cited"),
    [
        (
            "The Secretary-General is instructed to submit a report to the Council each year, and "
            "Member States are invited to consider lending one boat to every library.",
            [REPORT, INVITE],
        ),
        (
            "Resolution 900 resolves to encourage harbour towns to paint every third lantern "
            "green, and instructs the Secretary-General to submit a report on the lighthouses.",
            [ASK, REPORT],
        ),
        ("Member States are encouraged to consider lending one boat to every library.", [INVITE]),
        ("The conference resolved to encourage harbour towns to paint lanterns green.", [ASK]),
    ],
)
def test_two_clauses_may_be_told_in_one_sentence_each_in_its_own_part(
    said: str, cited: list[Cited]
) -> None:
    found = ground(said, cited)
    assert found.grounded, found.reasons


def test_facts_may_be_put_together_from_two_clauses_but_duties_may_not() -> None:
    one = REPORT.model_copy(update={"heading": "", "text": "The harbour of Tallinn has a museum"})
    two = REPORT.model_copy(update={"heading": "", "text": "The museum opened in 1899"})
    assert ground("The museum of the harbour of Tallinn opened in 1899.", [one, two]).grounded
    assert not ground("The harbour of Tallinn shall have opened in 1899.", [one, two]).grounded


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Keepers may publish the list.", "that keepers shall publish the list; boats may sail"),
        ("The plan covers 2020-2023.", "the plan for 2020-2021 and the fund for 2022-2023"),
        ("Keepers shall not publish the list.", "shall not sink; keepers shall publish the list"),
    ],
)
def test_strength_spans_and_negation_belong_to_their_own_words(said: str, heard: str) -> None:
    clause = REPORT.model_copy(update={"heading": "resolves", "text": heard})
    assert not ground(said, [clause]).grounded
