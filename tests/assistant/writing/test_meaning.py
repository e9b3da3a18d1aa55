"""A strong model whose sentences are judged by meaning: what is shown at once, later, or never."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.advisor import Advisor
from assistant.answers import Status
from assistant.asking import composition as step
from assistant.grounding.meaning import Judged, Sentence
from assistant.writing.marking import unmarked_prompt
from tests.assistant.chat_server import ChatServer, id_of
from tests.assistant.tiny import tiny_advisor, tiny_settings
from tests.assistant.writing.orchard import DOCUMENT, GOOD, INVITED, QUESTION, seen, written

LENT = "Ladders for orchards are something Member States are invited to lend"
OPEN = "Orchards on islands are places that ladders are lent to"


class Told:
    """A judge of meaning that is told what it thinks of which words."""

    name, low, sure = "told", 0.2, 0.9

    def __init__(self, **thinks: float) -> None:
        self._thinks = thinks

    def least(self, language: str) -> float:
        """See Meaning."""
        return 0.7

    def probabilities(self, sentences: Sequence[Sentence]) -> list[Judged]:
        """The number of the first word known; 0.05 for a sentence with none."""
        return [
            Judged(next((p for word, p in self._thinks.items() if word in one.text), 0.05))
            for one in sentences
        ]


@pytest.fixture
def by_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(something=0.8, Resolution=0.95, places=0.4, Member=0.95, It=0.95, They=0.95)
    monkeypatch.setattr(step, "meaning_of", lambda _: told)


def advisor_of(server: ChatServer, home: Path, **more: Any) -> Advisor:
    settings = tiny_settings(
        home / "own",
        embedding_model="hashing",
        chat_base_url=server.url,
        chat_timeout=20,
        chat_pause=2,
        **more,
    )
    return tiny_advisor(settings, (DOCUMENT,))


def test_other_words_are_shown_where_they_mean_the_same(
    server: ChatServer, tmp_path: Path, advisor: Advisor, by_meaning: None
) -> None:
    server.reply = lambda asked: f"{LENT} [{id_of(asked, 'ladders')}]."
    answer = advisor_of(server, tmp_path, chat_judge=False).ask(QUESTION)
    assert written(answer) == [f"{LENT}."]
    assert seen(answer)["check"] == "told"
    assert len(server.requests) == 1


def test_a_rule_is_not_waived_by_meaning(
    server: ChatServer, tmp_path: Path, advisor: Advisor, by_meaning: None
) -> None:
    wrong = "Member States are invited to lend 40 ladders to island orchards"
    server.reply = lambda asked: (
        f"{wrong} [{id_of(asked, 'ladders')}]. {GOOD} [{id_of(asked, 'support')}]."
    )
    answer = advisor_of(server, tmp_path, chat_judge=False).ask(QUESTION)
    assert written(answer) == [f"{GOOD}."]


@pytest.mark.parametrize("says", ["1: supported\n2: not_said", "1: contradicted\n2: supported"])
def test_what_is_left_open_is_asked_about_in_one_request_and_keeps_its_place(
    server: ChatServer, tmp_path: Path, advisor: Advisor, by_meaning: None, says: str
) -> None:
    def reply(asked: dict[str, Any]) -> str:
        if "Statement 1:" in asked["messages"][-1]["content"]:
            return says
        ladders = id_of(asked, "ladders")
        return f"{OPEN} [{ladders}]. {LENT} [{ladders}]. {INVITED} [{ladders}]."

    server.reply = reply
    answer = advisor_of(server, tmp_path).ask(QUESTION)
    first = says.startswith("1: supported")
    assert written(answer) == ([f"{OPEN}."] if first else [f"{LENT}."]) + [f"{INVITED}."]
    assert len(server.requests) == 2
    assert {c.address for c in answer.citations} >= {"pp-res-901@2030#invites-member-states"}


def test_a_pronoun_falls_with_the_sentence_it_speaks_of(
    server: ChatServer, tmp_path: Path, advisor: Advisor, by_meaning: None
) -> None:
    server.reply = lambda asked: (
        f"Cider is lovely [{id_of(asked, 'support')}]. "
        f"It supports glasshouse orchards [{id_of(asked, 'support')}]. "
        f"{INVITED} [{id_of(asked, 'ladders')}]. "
        f"They lend ladders for pears [{id_of(asked, 'ladders')}]."
    )
    answer = advisor_of(server, tmp_path, chat_judge=False).ask(QUESTION)
    assert written(answer) == [f"{INVITED}.", "They lend ladders for pears."]
    assert "withheld" in seen(answer)["sentences"][1]["reasons"][0]


def test_a_strong_model_may_ask_for_one_more_search_and_no_more_than_two(
    server: ChatServer, tmp_path: Path, advisor: Advisor, by_meaning: None
) -> None:
    def reply(asked: dict[str, Any]) -> str:
        if len(server.requests) == 1:
            return "SEARCH: ladders island orchards"
        return f"{INVITED} [{id_of(asked, 'ladders')}]."

    server.reply = reply
    answer = advisor_of(server, tmp_path, chat_judge=False).ask(QUESTION)
    assert written(answer) == [f"{INVITED}."]
    assert answer.question == QUESTION
    assert seen(answer)["searched"] == "ladders island orchards"
    server.requests.clear()
    server.reply = lambda _: "SEARCH: pears"
    endless = advisor_of(server, tmp_path / "more", chat_judge=False).ask(QUESTION)
    assert endless.status is Status.NOT_IN_DOCUMENTS
    assert len(server.requests) == 3


def test_a_strong_model_sees_title_standing_and_neighbours_a_small_one_does_not(
    server: ChatServer, tmp_path: Path, advisor: Advisor, by_meaning: None
) -> None:
    server.reply = lambda _: "NO_ANSWER"
    asked = "Who supports glasshouse orchards?"
    advisor_of(server, tmp_path).ask(asked)
    advisor_of(server, tmp_path / "small", chat_strength="small").ask(asked)
    strong, small = (unmarked_prompt(one["messages"][-1]["content"]) for one in server.requests)
    assert "Orchards under glass on small islands; in force" in strong
    assert "after it: that orchards shall not sell pears" in strong
    assert "in force" not in small
    for text in (strong, small):
        assert "pp-res" not in text
        assert "http" not in text
