"""Each provider's own protocol, over real HTTP: answers, ends and every kind of failure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant import phrases
from assistant.advisor import Advisor
from assistant.answers import Status
from assistant.settings import Settings
from assistant.writing.model import BadChatModel, is_strong, open_model
from tests.assistant.chat_server import Behaviour, ChatServer, id_of
from tests.assistant.tiny import tiny_advisor, tiny_settings
from tests.assistant.writing.orchard import (
    DOCUMENT,
    GOOD,
    INVITED,
    QUESTION,
    quoted_because,
    written,
)

PROTOCOLS = ("openai", "anthropic", "ollama")


def told_by(protocol: str, server: ChatServer, home: Path, **more: Any) -> Advisor:
    """An advisor whose chat model is behind `server`, by that protocol."""
    named = {"openai": None, "anthropic": "anthropic:made-up", "ollama": "ollama:made-up"}[protocol]
    if named:
        pytest.importorskip(f"langchain_{protocol}")
    settings = tiny_settings(
        home / protocol,
        chat_model=named,
        chat_base_url=server.url if protocol == "openai" else server.root,
        chat_api_key="made-up",  # pragma: allowlist secret
        chat_timeout=20,
        chat_pause=1.5,
        embedding_model="hashing",
        **more,
    )
    return tiny_advisor(settings, (DOCUMENT,))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_answer_is_written_whole(
    protocol: str, server: ChatServer, tmp_path: Path, advisor: Advisor
) -> None:
    server.reply = lambda asked: f"{INVITED} [{id_of(asked, 'ladders')}]."
    answer = told_by(protocol, server, tmp_path).ask(QUESTION)
    assert written(answer) == [f"{INVITED}."]
    assert answer.status is Status.ANSWERED


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour(""), "empty"),
        (Behaviour(status=429), "limit"),
        (Behaviour(status=503), "unreachable"),
        (Behaviour(status=401), "refused"),
        (Behaviour("To support glasshouse", stalls_after=7), "timeout"),
        (Behaviour(f"{GOOD} [E1]", dies_after=14), "unreachable"),
        (Behaviour(garbage=b"data: \xff\xfe{not json\n\n"), "malformed"),
    ],
)
def test_each_failure_quotes_and_says_why(
    protocol: str,
    behaviour: Behaviour,
    reason: str,
    server: ChatServer,
    tmp_path: Path,
    advisor: Advisor,
) -> None:
    server.reply = lambda _: behaviour
    answer = told_by(protocol, server, tmp_path).ask(QUESTION)
    assert answer.status is not Status.FAILED
    assert not written(answer)
    told = answer.trace["write"]
    assert isinstance(told, dict)
    assert told["fallback"] in (reason, "malformed", "unreachable")
    quoted_because(answer, told["fallback"])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_answer_that_ends_at_a_limit_is_called_cut_off(
    protocol: str, server: ChatServer, tmp_path: Path, advisor: Advisor
) -> None:
    server.reply = lambda asked: Behaviour(
        f"{INVITED} [{id_of(asked, 'ladders')}]. {GOOD}", finish="length"
    )
    answer = told_by(protocol, server, tmp_path).ask(QUESTION)
    assert written(answer) == [f"{INVITED}."]
    assert answer.status is Status.PARTLY_ANSWERED
    assert phrases.say("en", "write-cut-off") in answer.notes


def test_a_filter_of_the_provider_is_a_refusal(
    server: ChatServer, tmp_path: Path, advisor: Advisor
) -> None:
    server.reply = lambda _: Behaviour("", finish="content_filter")
    quoted_because(told_by("openai", server, tmp_path).ask(QUESTION), "refused")


def test_a_model_that_refuses_a_temperature_is_asked_without(
    server: ChatServer, tmp_path: Path, advisor: Advisor
) -> None:
    def reply(asked: dict[str, Any]) -> Behaviour:
        if "temperature" in asked:
            return Behaviour(status=400)
        return Behaviour(f"{INVITED} [{id_of(asked, 'ladders')}].")

    server.reply = reply
    assert written(told_by("openai", server, tmp_path).ask(QUESTION)) == [f"{INVITED}."]
    assert [("temperature" in one, "seed" in one) for one in server.requests[:2]] == [
        (True, True),
        (False, False),
    ]
    server.requests.clear()
    set_by_hand = told_by("openai", server, tmp_path / "set", chat_temperature=0.3)
    quoted_because(set_by_hand.ask(QUESTION), "refused")
    assert [one["temperature"] for one in server.requests] == [0.3]


def test_tokens_are_what_the_settings_say(
    server: ChatServer, tmp_path: Path, advisor: Advisor
) -> None:
    server.reply = lambda _: ""
    told_by("openai", server, tmp_path, chat_tokens=77).ask(QUESTION)
    assert server.requests[0]["max_tokens"] == 77


@pytest.mark.parametrize(
    ("name", "package"),
    [("mistralai:x", "langchain-mistralai"), ("cohere:x", "langchain-cohere")],
)
def test_a_missing_package_is_named(name: str, package: str, tmp_path: Path) -> None:
    import importlib.util

    if importlib.util.find_spec(package.replace("-", "_")):
        pytest.skip("it is installed here")
    with pytest.raises(BadChatModel, match=f"pip install {package}"):
        open_model(tiny_settings(tmp_path, chat_model=name))


def test_packaged_models_are_small_and_others_strong(tmp_path: Path) -> None:
    def strong(**changes: Any) -> bool:
        return is_strong(Settings(data_dir=tmp_path, **changes))

    assert not strong()
    assert not strong(chat_model="qwen", chat_base_url="http://127.0.0.1:1/v1")
    assert not strong(chat_model="openai:gpt-x", chat_strength="small")
    assert strong(chat_model="openai:gpt-x")
    assert strong(chat_model="qwen", chat_base_url="http://h/v1", chat_strength="strong")
