"""The API: answers, streams, reading, conversations, export, limits, switches (P5, P9, P14,
P22...)."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from docx import Document as DocxDocument
from fastapi.testclient import TestClient

from assistant.api import asking, metrics
from assistant.operating.switches import Face, NoReason, Switches
from assistant.operating.workspace import database
from assistant.people.limits import Limits, TooManyRequests
from assistant.ui.app import create_app
from tests.assistant.tiny import tiny_advisor, tiny_settings

QUESTION = {"question": "Which lantern laboratories are supported in a harbour?"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = tiny_settings(tmp_path_factory.mktemp("home"), questions_per_minute=0)
    app = create_app(settings, tiny_advisor(settings), chat=False)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = re.findall(r"event: (\w+)\r?\ndata: (.*)\r?\n", text)
    return [(kind, json.loads(data)) for kind, data in found]


def test_an_answer_cites_clauses_that_are_on_the_shelf(client: TestClient) -> None:
    answer = client.post("/v1/ask", json=QUESTION).json()
    assert answer["status"] in ("answered", "partly_answered")
    assert answer["claims"]
    assert "trace" not in answer
    for citation in answer["citations"]:
        clause = client.get("/v1/clauses/" + citation["address"].replace("#", "%23")).json()
        assert clause["address"] == citation["address"]
        assert " ".join(clause["text"].split()) == " ".join(citation["quote"].split())


def test_p23_a_stream_is_typed_events_and_ends_once(client: TestClient) -> None:
    with client.stream("POST", "/v1/ask/stream", json=QUESTION) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        events = events_of(answer.read().decode())
    kinds = [kind for kind, _ in events]
    assert kinds[0] == "status"
    assert kinds[-1] == "done"
    assert {"claim", "citation"} <= set(kinds)
    assert kinds.count("done") == 1
    assert [d["kind"] for _, d in events] == kinds
    final = events[-1][1]["answer"]
    assert [d["claim"] for k, d in events if k == "claim"] == final["claims"]
    assert [d["citation"] for k, d in events if k == "citation"] == final["citations"]


@pytest.mark.parametrize(
    ("question", "code"), [("", "empty-question"), ("x " * 5000, "question-too-long")]
)
def test_p23_bad_questions_are_typed_in_answers_and_in_streams(
    client: TestClient, question: str, code: str
) -> None:
    answer = client.post("/v1/ask", json={"question": question})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    with client.stream("POST", "/v1/ask/stream", json={"question": question}) as stream:
        assert stream.status_code == 200
        events = events_of(stream.read().decode())
    assert [kind for kind, _ in events][-1] == "error"
    assert events[-1][1]["code"] == code


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/v1/documents/pp-res-1@1900", None, 404, "unknown-address"),
        ("GET", "/v1/documents/NOT AN ADDRESS", None, 422, "bad-address"),
        ("GET", "/v1/clauses/pp-res-900@2030/resolves.9", None, 404, "unknown-address"),
        ("GET", "/v1/clauses/pp-res-900@2030", None, 404, "unknown-address"),
        ("GET", "/v1/search?q=%3F%3F", None, 422, "empty-question"),
        ("GET", "/v1/search?q=" + "x" * 3000, None, 422, "bad-request"),
        ("GET", "/v1/search?q=x&top=0", None, 422, "bad-request"),
        ("GET", "/v1/conversations/none", None, 404, "unknown-conversation"),
        ("GET", "/v1/turns/none", None, 404, "unknown-turn"),
        ("GET", "/v1/pages/pp-res-900@2030/1.png", None, 404, "no-page-picture"),
        ("POST", "/v1/ask", {"question": "x", "surprise": 1}, 422, "bad-request"),
        (
            "POST",
            "/v1/ask",
            {"question": "Lanterns?", "language": "tlh"},
            422,
            "unsupported-language",
        ),
        ("POST", "/v1/ask", {"question": "x", "conversation": "none"}, 404, "unknown-conversation"),
        ("GET", "/v1/nothing", None, 404, "not-found"),
        ("PUT", "/v1/ask", None, 405, "method-not-allowed"),
    ],
)
def test_errors_are_typed_and_never_tracebacks(
    client: TestClient, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = client.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message"}
    assert "Traceback" not in answer.text


def test_reading_the_corpus(client: TestClient) -> None:
    (line,) = client.get("/v1/documents").json()
    assert (line["id"], line["clauses"]) == ("pp-res-900@2030", 4)
    document = client.get("/v1/documents/pp-res-900@2030").json()
    addresses = [clause["address"] for clause in document["clauses"]]
    assert addresses[1] == "pp-res-900@2030#resolves.1"
    encoded = client.get("/v1/clauses/pp-res-900%402030%23resolves.1").json()
    slashed = client.get("/v1/clauses/pp-res-900@2030/resolves.1").json()
    assert encoded == slashed
    assert encoded["after"][0]["address"] == "pp-res-900@2030#resolves.2"
    unnumbered = client.get("/v1/clauses/pp-res-900@2030/invites-member-states").json()
    assert unnumbered["label"] is None
    found = client.get("/v1/search", params={"q": "lantern laboratories"}).json()
    assert found[0]["addresses"] == ["pp-res-900@2030#resolves.1"]
    assert client.get("/v1/catalogue").json()[0]["entry"]["id"]


def test_p5_citations_are_identical_however_they_come(client: TestClient) -> None:
    asked = client.post("/v1/ask", json=QUESTION)
    answer = asked.json()
    again = client.get(f"/v1/turns/{answer['id']}")
    assert again.content == asked.content
    failing = {"question": "?", "conversation": answer["conversation"]}
    assert client.post("/v1/ask", json=failing).status_code == 422
    stored = client.get(f"/v1/conversations/{answer['conversation']}").json()
    assert stored["turns"][0]["answer"]["citations"] == answer["citations"]
    word = client.get(f"/v1/turns/{answer['id']}/export").content
    text = "\n".join(p.text for p in DocxDocument(io.BytesIO(word)).paragraphs)
    plain = client.get(f"/v1/conversations/{answer['conversation']}/export?format=md").text
    for citation in answer["citations"]:
        assert citation["address"] in text
        assert citation["quote"] in text
        assert re.sub(r"\W", "", citation["quote"]) in re.sub(r"\W", "", plain)
    openai = client.post(
        "/v1/chat/completions",
        json={"model": "any", "messages": [{"role": "user", "content": QUESTION["question"]}]},
    ).json()
    assert openai["choices"][0]["message"]["citations"] == answer["citations"]


def test_p9_exports_hold_no_live_markup(client: TestClient) -> None:
    question = "<img src=x> ![a](http://evil.example/?q) review lantern standards with the council"
    answer = client.post("/v1/ask", json={"question": question}).json()
    text = client.get(f"/v1/turns/{answer['id']}/export?format=md").text
    assert "<img" not in text.replace("\\<", "")
    assert "![" not in text
    links = re.findall(r"(?<!\\)<(https?://[^>]*)>", text)
    assert set(links) <= {c["url"] for c in answer["citations"]} | {
        n["url"] for n in answer["nearest"]
    }


def test_conversations_are_listed_renamed_found_and_deleted(client: TestClient) -> None:
    id = client.post("/v1/ask", json=QUESTION).json()["conversation"]
    path = f"/v1/conversations/{id}"
    assert (
        client.patch(path, json={"title": "Lamplight briefing"}).json()["title"]
        == "Lamplight briefing"
    )
    found = client.get("/v1/conversations", params={"q": "lamplight"}).json()
    assert [line["id"] for line in found] == [id]
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


def test_feedback_is_kept(client: TestClient) -> None:
    turn = client.post("/v1/ask", json=QUESTION).json()["id"]
    said = client.post(f"/v1/turns/{turn}/feedback", json={"helpful": False, "comment": "Clause 2"})
    assert said.status_code == 201
    assert (said.json()["helpful"], said.json()["comment"]) == (False, "Clause 2")


def test_openai_clients_stream_the_same_citations(client: TestClient) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION["question"]}], "stream": True}
    with client.stream("POST", "/v1/chat/completions", json=body) as answer:
        lines = [line[6:] for line in answer.read().decode().splitlines() if line[:6] == "data: "]
    assert lines[-1] == "[DONE]"
    chunks = [json.loads(line) for line in lines[:-1]]
    text = "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks)
    citations = chunks[-1]["choices"][0]["delta"]["citations"]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert citations
    assert all(citation["address"] in text for citation in citations)


def test_p5_openais_own_client_gets_the_citations_of_the_chat(client: TestClient) -> None:
    openai = pytest.importorskip("openai")
    official = openai.OpenAI(base_url="http://127.0.0.1/v1", api_key="none", http_client=client)
    asked = [{"role": "user", "content": QUESTION["question"]}]
    assert official.models.list().data[0].id == "itu-d-innovation-advisor"
    whole = official.chat.completions.create(model="advisor", messages=asked)
    stored = client.get(f"/v1/turns/{whole.advisor['id']}").json()
    assert whole.choices[0].message.citations == stored["citations"]
    pieces = list(official.chat.completions.create(model="advisor", messages=asked, stream=True))
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces)
    assert text == whole.choices[0].message.content
    follow = official.chat.completions.create(
        model="advisor",
        messages=[{"role": "user", "content": "And the council?"}],
        metadata={"conversation": stored["conversation"]},
    )
    assert follow.advisor["conversation"] == stored["conversation"]
    with pytest.raises(openai.UnprocessableEntityError):
        official.chat.completions.create(
            model="advisor", messages=[{"role": "user", "content": ""}]
        )


def test_p26_health_readiness_and_metrics_by_status(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    assert client.get("/readyz").status_code == 200
    before = _metric(client, 'advisor_turns_total{status="')
    client.post("/v1/ask", json=QUESTION)
    assert _metric(client, 'advisor_turns_total{status="') == before + 1
    assert "advisor_step_seconds_bucket" in client.get("/metrics").text


def _metric(client: TestClient, start: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(start))


def test_the_documentation_needs_no_network(client: TestClient) -> None:
    page = client.get("/docs").text
    assert "http" not in re.sub(r"http://127\.0\.0\.1\S*", "", page).replace("http-equiv", "")
    for path in re.findall(r'(?:src|href)="(/docs/files/[^"]+)"', page):
        assert client.get(path).status_code == 200
    schema = client.get("/openapi.json").json()
    ask = schema["components"]["schemas"]["Question"]
    assert ask["examples"]


def test_p26_while_models_load_the_process_is_alive_but_not_ready(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path, embedding_model="/nowhere/at/all")
    with TestClient(create_app(settings, chat=False), base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").status_code == 200
        answer = client.post("/v1/ask", json=QUESTION)
        assert answer.status_code == 503
        assert client.get("/readyz").status_code == 503
        assert "/nowhere" not in answer.text or "embedd" in answer.text.lower()
        # That the model cannot be loaded at all is not the asker's to mend, either.
        until = time.monotonic() + 60
        while client.get("/readyz").json()["code"] != "bad-embedder":
            assert time.monotonic() < until
            time.sleep(0.1)
        assert client.post("/v1/ask", json=QUESTION).status_code == 503


def test_p22_a_reader_who_leaves_stops_the_work(tmp_path: Path) -> None:
    """Cancelling between events closes the pipeline's generator and frees the owner's place."""
    import anyio

    settings = tiny_settings(tmp_path, questions_at_once=1)
    app = create_app(settings, tiny_advisor(settings), chat=False)
    opening = app.state.opening
    closed = threading.Event()

    def endless() -> Iterator[Any]:
        try:
            with opening.limits.turn("anna"):
                while True:
                    time.sleep(0.05)
                    yield "event"
        finally:
            closed.set()

    class Gone:
        async def is_disconnected(self) -> bool:
            return time.monotonic() > left

    left = time.monotonic() + 0.3

    async def read() -> int:
        return len([e async for e in asking.watched(cast(Any, Gone()), endless())])

    seen = anyio.run(read)
    assert seen > 0
    assert closed.is_set()
    assert time.monotonic() - left < 2
    with opening.limits.turn("anna"):
        pass


def test_p22_a_turn_nobody_waits_for_counts_as_cancelled() -> None:
    before = metrics.CANCELLED._value.get()
    with metrics.turn():
        pass
    assert metrics.CANCELLED._value.get() == before + 1


def test_p14_limits_hold_across_processes_and_give_back(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path)
    one, other = (Limits(database(settings), per_minute=3, at_once=1) for _ in range(2))
    with one.turn("anna"):
        with pytest.raises(TooManyRequests), other.turn("anna"):
            pass
        with other.turn("boris"):
            pass
    with other.turn("anna"):
        pass
    with one.turn("anna"):
        pass
    with pytest.raises(TooManyRequests, match="minute"), one.turn("anna"):
        pass


def test_p14_too_many_questions_get_429(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path, questions_per_minute=2)
    app = create_app(settings, tiny_advisor(settings), chat=False)
    client = TestClient(app, base_url="http://127.0.0.1")
    statuses = [client.post("/v1/ask", json=QUESTION).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_p26_each_face_is_switched_off_with_an_audited_reason(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path)
    client = TestClient(
        create_app(settings, tiny_advisor(settings), chat=False), base_url="http://127.0.0.1"
    )
    switches = Switches(database(settings))
    with pytest.raises(NoReason):
        switches.throw(Face.API, on=False, actor="op", reason=" ")
    switches.throw(Face.API, on=False, actor="op", reason="wrong edition")
    answer = client.get("/v1/documents")
    assert (answer.status_code, answer.json()["code"]) == (503, "switched-off")
    assert "wrong edition" in answer.json()["message"]
    assert client.get("/docs").status_code == 200
    assert client.get("/healthz").status_code == 200
    switches.throw(Face.API, on=True, actor="op", reason="mended")
    switches.throw(Face.WEB, on=False, actor="op", reason="drill")
    time.sleep(1.1)
    assert client.get("/v1/documents").status_code == 200
    assert client.get("/docs").status_code == 503
    assert client.get("/metrics").status_code == 200
    assert [(t.face.value, t.on, t.reason) for t in switches.audit()] == [
        ("web", False, "drill"),
        ("api", True, "mended"),
        ("api", False, "wrong edition"),
    ]


def test_an_unexpected_error_tells_nothing(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path)

    class Broken:
        def search(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("/secret/path")

    advisor = replace(tiny_advisor(settings), searcher=cast(Any, Broken()))
    client = TestClient(
        create_app(settings, advisor, chat=False),
        base_url="http://127.0.0.1",
        raise_server_exceptions=False,
    )
    answer = client.get("/v1/search?q=lantern")
    assert (answer.status_code, answer.json()["code"]) == (500, "failed")
    assert "secret" not in answer.text
    failed = client.post("/v1/ask", json=QUESTION)
    assert failed.status_code == 200
    assert failed.json()["status"] == "failed"
    assert "secret" not in failed.text
