"""`advisor doctor` says in words what is wrong and how to mend it, for each fault it may meet."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import insert
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.api import errors
from assistant.operating import diagnosis, workspace
from assistant.operating import diagnosis_state as state
from assistant.operating.findings import Check, Verdict
from assistant.settings import Settings
from corpus.database import open_database
from corpus.shelf.register import Source, history_table
from corpus.store_errors import StoreAway, StoreDamaged
from evals.operations.faults.slow_chat import silent_endpoint
from evals.operations.processes import free_port
from indexing.building.locks import serve_lock
from tests.assistant.tiny import DOCUMENT
from tests.indexing import made_judge
from tests.indexing.rerank_server import RerankServer
from tests.indexing.test_rerankers import calibrated


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A small system that is well."""
    made = Settings(data_dir=tmp_path / "home", embedding_model="hashing", database_url=None)
    workspace.shelf(made).put([DOCUMENT], Source(name="x.xml", sha256="0" * 64), "test")
    workspace.sync_index(made)
    return made


Look = Callable[[Settings], Iterator[Check]]


def found(look: Look, settings: Settings) -> Check:
    return next(iter(look(settings)))


def test_a_system_that_is_well_is_said_to_be(settings: Settings) -> None:
    looks: tuple[Look, ...] = (state.store, state.clock, state.index, state.owner)
    for look in looks:
        assert found(look, settings).verdict is Verdict.OK, look.__name__
    assert not list(state.chroma(settings))
    assert not list(state.replicas(settings))


def test_a_database_that_is_away(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://x:secret-word@127.0.0.1:{free_port()}/x"
    away = Settings(data_dir=tmp_path, database_url=SecretStr(url))
    check = found(state.store, away)
    assert check.verdict is Verdict.WRONG
    assert "does not answer" in check.found
    assert "DATABASE_URL" in check.mend
    assert "secret-word" not in check.found + check.mend
    with pytest.raises(StoreAway):
        open_database(url).connect()


def test_a_damaged_database_file(settings: Settings) -> None:
    path = settings.home / "advisor.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(path.read_bytes())
    content[100 : len(content) // 2] = os.urandom(len(content) // 2 - 100)
    path.write_bytes(content)
    check = found(state.store, settings)
    assert check.verdict is Verdict.WRONG
    assert "damaged" in check.found
    assert "advisor restore" in check.mend
    with pytest.raises(StoreDamaged):
        workspace.shelf(settings).entries()


def test_a_full_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 0))
    check = found(state.disk, settings)
    assert check.verdict is Verdict.WRONG
    assert "Make room" in check.mend
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**10, 0, 10**9))
    assert found(state.disk, settings).verdict is Verdict.NOTE


def test_a_data_directory_that_cannot_be_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    checks = {c.name: c for c in diagnosis.diagnose(settings)}
    assert checks["data directory"].verdict is Verdict.WRONG
    assert "not writable" in checks["data directory"].found
    assert "ADVISOR_DATA_DIR" in checks["data directory"].found


def test_a_clock_that_was_set_back(settings: Settings) -> None:
    ahead = time.time() + 7200
    os.utime(settings.home / "index" / "current", (ahead, ahead))
    check = found(state.clock, settings)
    assert check.verdict is Verdict.WRONG
    assert "set back" in check.found
    os.utime(settings.home / "index" / "current")
    assert found(state.clock, settings).verdict is Verdict.OK
    with workspace.database(settings).begin() as connection:
        connection.execute(
            insert(history_table).values(
                at="2999-01-01T00:00:00+00:00", actor="x", action="added", key="x", detail=""
            )
        )
    assert found(state.clock, settings).verdict is Verdict.WRONG


@pytest.mark.parametrize("part", ["passages.sqlite", "lexical", "manifest.json"])
def test_one_byte_of_the_index_that_was_turned(settings: Settings, part: str) -> None:
    name = (settings.home / "index" / "current").read_text().strip()
    path = settings.home / "index" / "versions" / name / part
    if path.is_dir():
        path = max(path.iterdir(), key=lambda p: p.stat().st_size)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    check = found(state.index, settings)
    assert check.verdict is Verdict.WRONG
    assert check.mend == "advisor index sync"
    workspace.sync_index(settings)
    assert found(state.index, settings).verdict is Verdict.OK


def test_a_chroma_server_that_is_down(tmp_path: Path) -> None:
    down = Settings(data_dir=tmp_path, chroma_host=f"127.0.0.1:{free_port()}")
    check = found(state.chroma, down)
    assert check.verdict is Verdict.WRONG
    assert "by words alone" in check.mend


def test_a_chroma_server_that_is_up_and_no_worker(tmp_path: Path, chroma_server: str) -> None:
    up = Settings(data_dir=tmp_path, chroma_host=chroma_server, database_url=None)
    assert found(state.chroma, up).verdict is Verdict.OK
    worker, servers = list(state.replicas(up))
    assert worker.verdict is Verdict.WRONG
    assert "advisor worker" in worker.mend
    assert servers.found.startswith("0 alive")


def test_another_server_on_the_same_data_directory(settings: Settings) -> None:
    with serve_lock(settings.home):
        check = found(state.owner, settings)
    assert check.verdict is Verdict.NOTE
    assert "refused" in check.found


def test_a_chat_model_that_is_silent_or_not_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "_CHAT_SECONDS", 0.5)
    assert found(state.chat, settings).verdict is Verdict.NOTE
    changes: dict[str, Any] = {"chat_base_url": f"http://127.0.0.1:{free_port()}/v1"}
    gone = found(state.chat, settings.model_copy(update=changes))
    assert "cannot be reached" in gone.found
    with silent_endpoint() as url:
        silent = found(state.chat, settings.model_copy(update={"chat_base_url": url}))
    assert silent.verdict is Verdict.WRONG
    assert "does not answer" in silent.found
    assert "quotations" in silent.mend


def test_a_store_in_trouble_is_said_in_words_wherever_a_request_meets_it() -> None:
    app = FastAPI()
    errors.install(app)

    class Meets:
        def __init__(self, inner: ASGIApp) -> None:
            self._inner = inner

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                raise StoreAway("away")  # as the gate does, outside every handler of routes
            await self._inner(scope, receive, send)

    app.add_middleware(Meets)
    answer = TestClient(app, raise_server_exceptions=False).get("/anything")
    assert (answer.status_code, answer.json()["code"]) == (503, "store-away")


def test_a_reranker_is_tried_and_said_to_be_calibrated_or_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not list(state.reranker(settings))
    with RerankServer().running() as server:
        asked = settings.model_copy(update={"reranker_url": server.url})
        made = workspace.reranker(asked)
        assert made is not None
        check = found(state.reranker, asked)
        assert check.verdict is Verdict.NOTE
        assert "never calibrated" in check.found
        assert check.mend == "advisor train calibrate"
        made_judge.put(monkeypatch)
        calibrated(made).write(settings.home)
        assert found(state.reranker, asked).verdict is Verdict.OK
        server.status = 503
        check = found(state.reranker, asked)
        assert check.verdict is Verdict.WRONG
        assert "503" in check.found
        assert "packaged judge" in check.mend
