"""What the model is asked of its own sentences: do they say what the clauses do?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant import phrases
from assistant.advisor import Advisor
from tests.assistant.chat_server import Behaviour, ChatServer, id_of
from tests.assistant.tiny import tiny_advisor, tiny_settings
from tests.assistant.writing.orchard import (
    DOCUMENT,
    QUESTION,
    quoted_because,
    written,
)


@pytest.mark.parametrize(
    ("likely", "shown"),
    [
        ({"Yes": 0.4, "No": 0.3, " yes": 0.2}, True),
        ({"Yes": 0.4, "No": 0.35, "no": 0.2}, False),
        ({"The": 0.9}, False),
    ],
)
def test_the_check_weighs_probabilities_where_the_endpoint_gives_them(
    server: ChatServer, advisor: Advisor, likely: dict[str, float], shown: bool
) -> None:
    said = "Member States are invited to lend ladders to island orchards for picking pears"
    server.reply = lambda asked: (
        Behaviour(next(iter(likely)), likely=likely)
        if "Statement:" in asked["messages"][-1]["content"]
        else f"{said} [{id_of(asked, 'ladders')}]."
    )
    assert written(advisor.ask(QUESTION)) == ([f"{said}."] if shown else [])


def test_an_endpoint_that_refuses_probabilities_is_asked_without_them(
    server: ChatServer, advisor: Advisor
) -> None:
    said = "Member States are invited to lend ladders to island orchards for picking pears"

    def reply(asked: dict[str, Any]) -> Behaviour:
        if "Statement:" not in asked["messages"][-1]["content"]:
            return Behaviour(f"{said} [{id_of(asked, 'ladders')}].")
        return Behaviour(status=400) if asked.get("logprobs") else Behaviour("yes")

    server.reply = reply
    assert written(advisor.ask(QUESTION)) == [f"{said}."]
    assert written(advisor.ask(QUESTION)) == [f"{said}."]
    assert [bool(one.get("logprobs")) for one in server.requests] == [
        False, True, False, False, False
    ]  # fmt: skip


FRENCH = "Qui prête des échelles aux vergers, and pears orchards?"


@pytest.mark.parametrize("yes", ["yes", "no", "stall"])
def test_across_languages_the_model_must_also_say_yes(
    server: ChatServer, advisor: Advisor, yes: str
) -> None:
    said = "Les États Membres sont invités à prêter des échelles aux vergers des îles"

    def reply(asked: dict[str, Any]) -> Behaviour:
        if "Statement:" in asked["messages"][-1]["content"]:
            return Behaviour("no", stalls_after=0) if yes == "stall" else Behaviour(yes)
        return Behaviour(f"{said} [{id_of(asked, 'ladders')}].")

    server.reply = reply
    answer = advisor.ask(FRENCH, language="fr")
    if yes == "yes":
        assert written(answer) == [f"{said}."]
        assert answer.claims[0].language == "fr"
        assert phrases.say("fr", "write-across") in answer.notes
    else:
        quoted_because(answer, "ungrounded")


def test_across_languages_the_question_said_again_is_no_answer(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda asked: (
        "yes"
        if "Statement:" in asked["messages"][-1]["content"]
        else f"Des échelles sont prêtées aux vergers [{id_of(asked, 'ladders')}]."
    )
    quoted_because(advisor.ask(FRENCH, language="fr"), "ungrounded")


def test_a_packaged_model_is_not_asked_to_write_across_languages(
    server: ChatServer, tmp_path: Path, advisor: Advisor
) -> None:
    settings = tiny_settings(tmp_path / "own", chat_base_url=server.url, chat_model="qwen")
    quoted_because(tiny_advisor(settings, (DOCUMENT,)).ask(FRENCH, language="fr"), "language")
    assert not server.requests


@pytest.mark.parametrize(
    "said",
    [
        "Les États Membres doivent prêter des échelles aux vergers des îles",
        "Les États Membres sont invités à prêter 40 échelles aux vergers des îles",
        "Le Conseil est invité à prêter des échelles aux vergers des îles",
        "Les États Membres ne sont pas invités à prêter des échelles aux vergers",
        "Les États Membres sont invités à prêter des échelles à Microsoft",
    ],
)
def test_across_languages_a_yes_waives_no_rule(
    server: ChatServer, advisor: Advisor, said: str
) -> None:
    server.reply = lambda asked: (
        "yes"
        if "Statement:" in asked["messages"][-1]["content"]
        else f"{said} [{id_of(asked, 'ladders')}]."
    )
    quoted_because(advisor.ask(FRENCH, language="fr"), "ungrounded")
