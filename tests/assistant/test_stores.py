"""What is kept, on SQLite and on PostgreSQL alike (P5, P10, P11, P14, P20, P26)."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from docx import Document as DocxDocument
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from assistant.answers import Answer, Citation, Claim, Status
from assistant.errors import UnknownConversation, UnknownTurn
from assistant.operating.switches import Face, Switches
from assistant.people.limits import Limits, TooManyRequests, turns_under_way_table
from assistant.records.conversations import Store
from assistant.ui.app import create_app
from corpus.database import open_database
from corpus.errors import UnknownAddress
from corpus.shelf.register import Shelf, Source, State
from tests.assistant.tiny import DOCUMENT, tiny_advisor, tiny_settings

ADDRESS = "pp-res-900@2030#resolves.1"
SOURCE = Source.of("lanterns.xml", b"lanterns", url="https://www.itu.int/en/lanterns")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def answer_of(quote: str = "to support «lanterns» — 灯, фонари, منارة\u2028\u200d🏮") -> Answer:
    """An answer whose words test what a database does to text."""
    return Answer(
        id=uuid4().hex,
        status=Status.ANSWERED,
        language="en",
        claims=(Claim(text=quote, addresses=(ADDRESS,)),),
        citations=(
            Citation(
                address=ADDRESS,
                label="Resolution 900",
                quote=quote,
                document=DOCUMENT.id,
                title=DOCUMENT.title,
                edition="Portville, 2030",
                section="resolves",
                page=1,
            ),
        ),
        question="lanterns?",
        trace={"search": {"candidates": [quote]}},
    )


def test_p5_an_answer_comes_back_byte_for_byte(engine: Engine) -> None:
    store = Store(engine)
    answer = answer_of()
    conversation = store.begin("anna").id
    store.add_turn(conversation, "lanterns?", answer, "anna")
    sent = answer.model_dump_json(exclude={"trace"})
    assert store.answer_json(answer.id, "anna") == sent
    assert Store(engine).answer_json(answer.id, "anna") == sent
    (turn,) = store.turns(conversation, "anna")
    assert turn.answer == answer


def test_p11_conversations_belong_to_their_owner(engine: Engine) -> None:
    store = Store(engine)
    conversation = store.begin("anna", "Ключ к фонарям").id
    answer = answer_of()
    store.add_turn(conversation, "What of Ärmelkanal?", answer, "anna")
    for query in ("ключ", "ärmel", "ÄRMELKANAL"):
        assert [c.id for c in store.conversations("anna", query=query)] == [conversation]
    assert store.conversations("anna", query="100%") == []
    assert store.conversations("boris") == []
    with pytest.raises(UnknownConversation):
        store.turns(conversation, "boris")
    with pytest.raises(UnknownTurn):
        store.answer_json(answer.id, "boris")
    with pytest.raises(UnknownConversation):
        store.delete(conversation, "boris")
    store.give_feedback(answer.id, False, owner="anna")
    store.give_feedback(answer.id, True, comment="Clause 2", owner="anna")
    assert [f.helpful for f in store.feedback(answer.id)] == [True]
    store.delete(conversation, "anna")
    assert store.feedback() == []
    with pytest.raises(UnknownTurn):
        store.turn(answer.id, "anna")


def test_text_no_database_can_keep_is_kept_without_it(engine: Engine) -> None:
    store = Store(engine)
    conversation = store.begin("anna", "lamp\x00light \ud800").id
    answer = answer_of()
    turn = store.add_turn(conversation, "lanterns\x00 \udfff?", answer, "anna")
    assert turn.question == store.turn(answer.id, "anna").question == "lanterns ?"
    assert store.conversation(conversation, "anna").title == "lamplight"
    assert store.give_feedback(answer.id, True, comment="\x00ok", owner="anna").comment == "ok"
    assert [c.id for c in store.conversations("anna", query="lamp\x00light")] == [conversation]
    with pytest.raises(UnknownConversation):
        store.conversation("\x00", "anna")
    with pytest.raises(UnknownTurn):
        store.turn("\ud800", "anna")


def test_p10_the_shelf_records_and_withdraws(engine: Engine, tmp_path: Path) -> None:
    shelf = Shelf(engine, tmp_path)
    assert shelf.put([DOCUMENT], SOURCE, "lib") == ["added"]
    assert shelf.put([DOCUMENT], SOURCE, "lib") == ["unchanged"]
    assert shelf.document(DOCUMENT.key) == DOCUMENT
    changed = DOCUMENT.model_copy(update={"title": "Lanterns, again"})
    assert shelf.put([changed], SOURCE, "lib") == ["replaced"]
    (entry,) = shelf.entries()
    assert (entry.source, entry.added_by) == (SOURCE, "lib")
    shelf.set_state(DOCUMENT.id, State.WITHDRAWN, "lib", "wrong edition")
    assert shelf.live() == {}
    with pytest.raises(UnknownAddress):
        shelf.best(DOCUMENT.id)
    shelf.set_state(DOCUMENT.id, State.ACTIVE, "lib")
    assert list(shelf.live()) == [DOCUMENT.key]
    shelf.remove(DOCUMENT.id, "lib")
    actions = [event.action for event in shelf.history()]
    assert actions == ["removed", "restored", "withdrawn", "replaced", "added"]


def test_p26_switches_tell_every_replica(engine: Engine) -> None:
    one, other = Switches(engine), Switches(engine)
    assert other.off("api") is None
    one.throw(Face.API, False, "admin", "moving house")
    assert other.off("api") == "moving house"
    one.throw(Face.API, True, "admin", "moved")
    assert other.off("api") is None
    assert [line.on for line in other.audit()] == [True, False]


def at_once(count: int, work: object) -> list[object]:
    """Results of `work(number)` in `count` threads that start together; its errors are raised."""
    gate = threading.Barrier(count)

    def run(number: int) -> object:
        gate.wait()
        return work(number)  # type: ignore[operator]

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_p20_fifty_threads_write_without_a_lost_turn(engine: Engine, tmp_path: Path) -> None:
    store, limits = Store(engine), Limits(engine, per_minute=0, at_once=0)
    shelf = Shelf(engine, tmp_path)
    shared = store.begin("anna").id

    def write(number: int) -> None:
        with limits.turn("anna"):
            own = store.begin(f"anna-{number}").id
            store.add_turn(own, "own", answer_of(), f"anna-{number}")
            store.add_turn(shared, f"shared {number}", answer_of(), "anna")
            shelf.put([DOCUMENT.model_copy(update={"title": f"Title {number}"})], SOURCE, "lib")
            assert store.conversations(f"anna-{number}")

    began = time.monotonic()
    at_once(50, write)
    turns = store.turns(shared, "anna")
    assert [turn.number for turn in turns] == list(range(1, 51))
    assert {turn.question for turn in turns} == {f"shared {number}" for number in range(50)}
    actions = [event.action for event in shelf.history()]
    assert sorted(actions) == ["added"] + ["replaced"] * 49
    assert time.monotonic() - began < 60


def test_p14_limits_hold_when_everyone_comes_at_once(engine: Engine) -> None:
    limits = Limits(engine, per_minute=0, at_once=3)
    all_tried = threading.Barrier(20)

    def ask(_: int) -> bool:
        try:
            with limits.turn("anna"):
                all_tried.wait(30)
                return True
        except TooManyRequests:
            all_tried.wait(30)
            return False

    assert sum(bool(got) for got in at_once(20, ask)) == 3
    with limits.turn("anna"):
        pass


def test_p14_turns_begun_before_the_clock_was_set_back_do_not_count(engine: Engine) -> None:
    limits = Limits(engine, per_minute=2, at_once=1)
    table = turns_under_way_table

    def shift(seconds: float) -> None:
        with engine.begin() as connection:
            connection.execute(table.update().values(began=table.c.began + seconds))

    with limits.turn("anna"):
        shift(30)  # as far apart as clocks of a cluster may be: it still counts
        with pytest.raises(TooManyRequests), limits.turn("anna"):
            pass
        shift(86_400)
        with limits.turn("anna"):
            pass


def test_p14_the_clock_of_a_host_changes_no_count(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(engine, per_minute=1, at_once=0)
    with limits.turn("anna"):
        pass
    true = time.time
    for ahead in (-86_400, 86_400):
        monkeypatch.setattr(time, "time", lambda ahead=ahead: true() + ahead)
        with pytest.raises(TooManyRequests), limits.turn("anna"):
            pass


def test_tables_are_made_once_when_processes_start_together(database_url: str) -> None:
    def start(_: int) -> None:
        engine = open_database(database_url)
        Store(engine)
        Switches(engine)
        engine.dispose()

    at_once(8, start)


def test_p5_citations_are_the_same_after_reload_export_and_error(
    database_url: str, tmp_path: Path
) -> None:
    settings = tiny_settings(tmp_path, database_url=database_url, questions_per_minute=0)
    asked = {"question": "Which lantern laboratories are supported in a harbour?"}
    with TestClient(
        create_app(settings, tiny_advisor(settings), chat=False), base_url="http://127.0.0.1"
    ) as client:
        first = client.post("/v1/ask", json=asked)
        answer = first.json()
        bad = {"question": "\x00?", "conversation": answer["conversation"]}
        assert client.post("/v1/ask", json=bad).status_code == 422
        follow = {**asked, "conversation": answer["conversation"]}
        assert client.post("/v1/ask", json=follow).status_code == 200
    # Another process of the same database.
    with TestClient(
        create_app(settings, tiny_advisor(settings), chat=False), base_url="http://127.0.0.1"
    ) as client:
        assert client.get(f"/v1/turns/{answer['id']}").content == first.content
        stored = client.get(f"/v1/conversations/{answer['conversation']}").json()["turns"]
        assert [json.dumps(t["answer"]["citations"]) for t in stored] == [
            json.dumps(answer["citations"])
        ] * 2
        word = client.get(f"/v1/turns/{answer['id']}/export").content
        text = "\n".join(p.text for p in DocxDocument(io.BytesIO(word)).paragraphs)
        plain = client.get(f"/v1/turns/{answer['id']}/export?format=md").text
    assert answer["citations"]
    for citation in answer["citations"]:
        assert citation["address"] in text
        assert citation["quote"] in text
        assert re.sub(r"\W", "", citation["quote"]) in re.sub(r"\W", "", plain)
