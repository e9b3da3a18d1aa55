"""The typed client against the real application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from assistant.api.keys import new_key
from assistant.asking.events import CitationReady, ClaimReady, Done, Progress
from assistant.client import Client, ServerRefused, ServerUnreachable
from assistant.ui.app import create_app
from indexing.building.passages import Filters
from tests.assistant.tiny import tiny_advisor, tiny_settings

QUESTION = "Which lantern laboratories are supported in a harbour?"
KEY, LINE = new_key("anna")
URL = "http://127.0.0.1"


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Any]:
    settings = tiny_settings(tmp_path, questions_per_minute=5, api_keys=LINE)
    app = create_app(settings, tiny_advisor(settings), chat=False)
    with TestClient(app, base_url=URL) as http:
        yield http


def test_answers_events_and_clauses_come_back_as_values(http: Any) -> None:
    with Client(URL + "/", KEY, http=http) as advisor:
        answer = advisor.ask(QUESTION)
        assert answer.citations
        for citation in answer.citations:
            view = advisor.clause(citation.address, language="en", neighbours=2)
            assert (view.address, view.text) == (citation.address, citation.quote)
        events = list(advisor.stream(QUESTION, conversation=answer.conversation))
        assert isinstance(events[0], Progress)
        assert isinstance(events[-1], Done)
        final = events[-1].answer
        assert final.citations == answer.citations
        assert final.conversation == answer.conversation
        assert tuple(e.claim for e in events if isinstance(e, ClaimReady)) == final.claims
        assert tuple(e.citation for e in events if isinstance(e, CitationReady)) == final.citations
        found = advisor.search("lantern laboratories", top=1, kinds=["resolution"])
        assert [hit.addresses for hit in found] == [("pp-res-900@2030#resolves.1",)]
        assert advisor.search("lantern", kinds=["toolkit"]) == []
        nothing = advisor.ask(QUESTION, filters=Filters(kinds=("toolkit",)), language="fr")
        assert (nothing.citations, nothing.language) == ((), "fr")


def test_refusals_keep_the_servers_code(http: Any) -> None:
    advisor = Client(URL, KEY, http=http)
    for work, code, status in (
        (lambda: advisor.ask(""), "empty-question", 422),
        (lambda: list(advisor.stream("")), "empty-question", 200),
        (lambda: advisor.clause("pp-res-900@2030#resolves.9"), "unknown-address", 404),
        (lambda: advisor.clause("../../etc"), "bad-address", 422),
        (lambda: Client(URL, "wrong", http=http).ask(QUESTION), "sign-in", 401),
        (lambda: list(Client(URL, http=http).stream(QUESTION)), "sign-in", 401),
    ):
        with pytest.raises(ServerRefused) as refused:
            work()
        assert (refused.value.code, refused.value.status) == (code, status)
    statuses = []
    for _ in range(6):
        try:
            statuses.append(advisor.ask(QUESTION).status.value)
        except ServerRefused as error:
            statuses.append(error.code)
    assert statuses[-1] == "too-many-requests"


@pytest.mark.parametrize(
    "body", [b"", b'event: status\ndata: {"kind": "status", "step": "x", "message": "y"}\n\n']
)
def test_a_stream_that_breaks_off_is_never_taken_for_an_answer(body: bytes) -> None:
    cut = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body)))
    with pytest.raises(ServerUnreachable):
        list(Client(URL, http=cut).stream(QUESTION))


def test_a_server_that_is_not_there_or_is_another_one() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ServerUnreachable):
        Client(URL, http=httpx.Client(transport=httpx.MockTransport(gone))).ask(QUESTION)
    for answer in (httpx.Response(502, text="<html>"), httpx.Response(200, text="<html>")):
        other = httpx.Client(transport=httpx.MockTransport(lambda _, a=answer: a))
        with pytest.raises(ServerUnreachable):
            Client(URL, http=other).ask(QUESTION)
