"""Turns of a conversation over three short texts, with the packaged encoder: another subject,
another edition, everything a text tells one addressee."""

from __future__ import annotations

import pytest

from assistant.advisor import Advisor
from assistant.answers import Answer
from assistant.operating.workspace import shelf, sync_index
from assistant.settings import Settings
from corpus.shelf.adding import add_files

HUB = """RESOLUTION {number} ({edition})

Aid for ferries between small harbours

The Plenipotentiary Conference of the International Telecommunication Union ({place}),

considering

a) that ferries between small harbours carry letters and people;

resolves

1 to keep at least one ferry running in every harbour;

2 to print a list of ferries every {years},

instructs the Director of the Telecommunication Development Bureau

1 to report to the Council every {years} on the state of the ferries;

2 to teach the people who steer ferries;

3 to lend charts to harbours that have none.
"""
KITES = """RESOLUTION 478 (BUCHAREST, 2022)

Safety of kites over beaches

The Plenipotentiary Conference of the International Telecommunication Union (Bucharest, 2022),

recalling

a) that children fly kites over beaches,

resolves

1 to write rules for those who rent out kites;

instructs the Secretary-General

1 to send the Council a report on kites every second year.
"""
FILES = {
    "ferries-2018.txt": HUB.format(
        number=477, edition="DUBAI, 2018", place="Dubai, 2018", years="four years"
    ),
    "ferries-2022.txt": HUB.format(
        number=477, edition="REV. BUCHAREST, 2022", place="Bucharest, 2022", years="year"
    ),
    "kites.txt": KITES,
}
FERRIES = "pp-res-477@2022#instructs-the-director-of-the-telecommunication-development-bureau"
KITE_REPORT = "pp-res-478@2022#instructs-the-secretary-general.1"


@pytest.fixture(scope="module")
def advisor(tmp_path_factory: pytest.TempPathFactory) -> Advisor:
    folder = tmp_path_factory.mktemp("turns")
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    settings = Settings(data_dir=folder / "home")
    held = shelf(settings)
    report = add_files(held, [folder / name for name in FILES], actor="lib", theirs=True)
    assert report.failed == 0
    sync_index(settings)
    return Advisor.open(settings)


def said(advisor: Advisor, *turns: str) -> Answer:
    conversation = None
    for turn in turns:
        answer = advisor.ask(turn, conversation=conversation)
        conversation = answer.conversation
    return answer


def addresses(answer: Answer) -> set[str]:
    return {citation.address for citation in answer.citations}


@pytest.mark.parametrize(
    "turns",
    [
        ("Who reports on kites?",),
        ("Who reports on ferries?", "Who reports on kites?"),
        ("Who reports on ferries?", "What about kites?"),
    ],
)
def test_the_talk_turns_to_another_subject(advisor: Advisor, turns: tuple[str, ...]) -> None:
    assert addresses(said(advisor, *turns)) == {KITE_REPORT}


def test_the_talk_turns_to_another_edition(advisor: Advisor) -> None:
    first = "What does Resolution 477 (Rev. Bucharest, 2022) resolve?"
    assert "pp-res-477@2022#resolves.2" in addresses(said(advisor, first))
    found = addresses(said(advisor, first, "And the 2018 edition?"))
    assert "pp-res-477@2018#resolves.2" in found
    assert not any("@2022" in address for address in found)


def test_all_that_a_text_tells_one_addressee_is_quoted(advisor: Advisor) -> None:
    asked = "What are all the things Resolution 477 (Rev. Bucharest, 2022) instructs the Director to do?"
    assert {f"{FERRIES}.{n}" for n in (1, 2, 3)} <= addresses(said(advisor, asked))
