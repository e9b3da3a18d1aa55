"""P5: a turn that fails in the middle of a conversation changes no citation before or after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from assistant.advisor import Advisor
from assistant.ui.app import create_app
from tests.assistant.tiny import tiny_advisor, tiny_settings

QUESTION = "Which lantern laboratories are supported in a harbour?"
BREAKS = "Which lantern laboratories break the search in a harbour?"


class Breaking:
    """The search of `advisor`, which comes down on one question only."""

    def __init__(self, advisor: Advisor) -> None:
        self._whole = advisor.searcher

    def search(self, question: str, *rest: Any, **more: Any) -> Any:
        if question.startswith(BREAKS):
            raise RuntimeError("the disk is gone: /secret/place")
        return self._whole.search(question, *rest, **more)

    def held(self, *_: Any) -> dict[str, int]:
        return {}


@pytest.fixture
def client(tmp_path: Path, database_url: str) -> Iterator[TestClient]:
    settings = tiny_settings(tmp_path, database_url=SecretStr(database_url))
    advisor = tiny_advisor(settings)
    broken = replace(advisor, searcher=cast(Any, Breaking(advisor)))
    with TestClient(
        create_app(settings, broken, chat=False), base_url="http://127.0.0.1"
    ) as client:
        yield client


def test_p5_a_failed_turn_leaves_the_others_as_they_were(client: TestClient) -> None:
    first = client.post("/v1/ask", json={"question": QUESTION}).json()
    more = {"conversation": first["conversation"]}
    failed = client.post("/v1/ask", json={"question": BREAKS, **more}).json()
    assert failed["status"] == "failed"
    assert (failed["claims"], failed["citations"]) == ([], [])
    third = client.post("/v1/ask", json={"question": QUESTION, **more}).json()
    assert first["citations"]

    turns = client.get(f"/v1/conversations/{first['conversation']}").json()["turns"]
    told = [turn["answer"] for turn in turns]
    assert [one["id"] for one in told] == [first["id"], failed["id"], third["id"]]
    assert told[0]["citations"] == first["citations"]
    assert told[1]["citations"] == []
    assert told[2]["citations"] == third["citations"]

    token = client.post(f"/v1/conversations/{first['conversation']}/share").json()["token"]
    shared = client.get(f"/v1/shared/{token}").json()["turns"]
    assert [one["answer"]["citations"] for one in shared if one["answer"]["citations"]] == [
        first["citations"],
        third["citations"],
    ]
    text = client.get(f"/v1/conversations/{first['conversation']}/export?format=md").text
    text = text.replace("\\", "")  # Markdown's own marks
    for citation in (*first["citations"], *third["citations"]):
        assert citation["address"] in text
    assert "secret" not in text + str(shared) + str(told)


def test_p5_a_stream_that_breaks_shows_no_half_of_a_sentence(client: TestClient) -> None:
    first = client.post("/v1/ask", json={"question": QUESTION}).json()
    asked = {"question": BREAKS, "conversation": first["conversation"]}
    with client.stream("POST", "/v1/ask/stream", json=asked) as answer:
        lines = [line for line in answer.iter_lines() if line]
    events = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert "claim" not in events
    assert "secret" not in "".join(lines)
    turns = client.get(f"/v1/conversations/{first['conversation']}").json()["turns"]
    assert turns[0]["answer"]["citations"] == first["citations"]
    assert turns[1]["answer"]["status"] == "failed"
