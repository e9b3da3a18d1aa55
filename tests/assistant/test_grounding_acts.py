"""Who speaks, what is only wished for, and under which condition: told wrongly, it is refused."""

from __future__ import annotations

import pytest

from assistant.grounding import Cited, Rarity, ground
from assistant.grounding.alignment import coverage, sentences
from assistant.grounding.conditions import dropped


def clause(heading: str, text: str) -> Cited:
    return Cited(
        address="pp-res-900@2030#x.1",
        document="pp-res-900@2030",
        heading=heading,
        text=text,
        title="Lighthouses for lending libraries (Tallinn, 2030)",
    )


ASKED = clause("requests the Council", "to keep the lists of lamps open to every reader")
INVITED = clause("invites Sector Members", "to lend boats, within their means, to island libraries")
DIRECTOR = clause(
    "instructs the Director of the Telecommunication Development Bureau",
    "to help islands, upon request, in building lighthouses; to count the readers of each",
)


RESOLVED = clause("resolves", "that the Academy continue to lead the counting of lamps at sea")
RULED = clause("resolves", "to foster the lending of boats between libraries")
DUTY = clause("resolves", "that the Director report on lamps to the Council each year")
AWAITED = clause(
    "considering",
    "that no lamp will be sold until ten States accede and the Council confirms that the registry "
    "of lamps is fully operational",
)


@pytest.mark.parametrize(
    ("said", "cited", "why"),
    [
        ("The Council requests to keep the lists of lamps open to every reader.", ASKED, "council"),
        (
            "The Council further requests that lists of lamps be open to every reader.",
            ASKED,
            "counc",
        ),
        ("Sector Members lend boats to island libraries.", INVITED, "as done"),
        ("The Director of BDT counts the readers of each.", DIRECTOR, "as done"),
        ("The Academy continues to lead the counting of lamps at sea.", RESOLVED, "as done"),
        ("The resolution fosters the lending of boats between libraries.", RULED, "as done"),
        ("Fosters the lending of boats between libraries.", RULED, "as done"),
        ("The registry of lamps is fully operational.", AWAITED, "awaits"),
        ("Boats are to be lent, within their means, to island libraries.", INVITED, "a duty"),
        ("BDT is instructed to help islands in building lighthouses.", DIRECTOR, "upon request"),
    ],
)
def test_it_is_refused_with_the_reason(said: str, cited: Cited, why: str) -> None:
    found = ground(said, [cited])
    assert any(why in reason for reason in found.reasons), found.reasons


@pytest.mark.parametrize(
    ("said", "cited"),
    [
        ("The Council is requested to keep the lists of lamps open to every reader.", ASKED),
        ("Resolution 900 requests the Council to keep lists open to every reader.", ASKED),
        ("The Council is expected to keep the lists of lamps open to every reader.", ASKED),
        ("Resolution 900 resolves that the Academy continue to lead the counting.", RESOLVED),
        ("The Director reports on lamps to the Council each year.", DUTY),
        ("Resolution 900 resolves to foster the lending of boats between libraries.", RULED),
        ("No lamp will be sold until the registry of lamps is fully operational.", AWAITED),
        ("Sector Members are invited to lend boats, within their means, to libraries.", INVITED),
        ("BDT is instructed to help islands build lighthouses when they request it.", DIRECTOR),
        ("The Director of BDT is instructed to count the readers of each.", DIRECTOR),
    ],
)
def test_what_keeps_speaker_strength_and_condition_passes(said: str, cited: Cited) -> None:
    found = ground(said, [cited])
    assert found.grounded, found.reasons


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("that libraries should be lit, within available resources, all night", "resources"),
        ("that libraries should be lit all night if the Council agrees", "if"),
        ("that libraries should be lit all night, not including those at sea", "not including"),
        ("that libraries should be lit all night, on a voluntary basis", "voluntary"),
        ("subject to approval, that libraries should be lit all night", "subject to"),
    ],
)
def test_a_condition_may_not_go(text: str, condition: str) -> None:
    (found,) = dropped("Libraries should be lit all night.", text)
    assert condition in found
    assert not list(dropped(text, text))


def test_a_condition_of_another_part_does_not_count() -> None:
    said = "Libraries should be lit all night."
    assert not list(dropped(said, f"{said[:-1]}; that boats be lent, upon request, to the keepers"))
    assert not list(dropped(said, "that libraries should be lit all night, if necessary"))


def test_short_items_of_a_list_are_read_together() -> None:
    text = "a report which includes: - lamps; - number of boats; - region and harbour; - wicks;"
    assert len(sentences(text)) == 1
    share, missing, _ = coverage(
        "A report includes lamps, number of boats, region, harbour and wicks.",
        sentences(text),
        Rarity(),
    )
    assert (share, missing) == (1.0, ())
