"""The same index with its vectors in a Chroma server: a real one, on loopback (P16, P21)."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from corpus.shelf.register import Shelf
from evals.operations import processes
from indexing.building import versions
from indexing.building.chroma_server import close, probe_server, server_client
from indexing.building.embedding import Embedder
from indexing.building.sync import sync
from indexing.building.versions import open_current
from indexing.errors import IndexMismatch, NoChromaServer
from tests.indexing.conftest import resolution

OIL = "every keeper shall store enough oil for a winter of storms"
WICK = "to trim the wick of each harbour lantern before dusk"


@pytest.fixture
def server(chroma_server: str) -> str:
    return chroma_server


def test_sync_search_change_and_cleaning_up(
    server: str, shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL, WICK), resolution(2, "to mend glass"))
    first = sync(shelf, tmp_path, embedder, chroma_host=server)
    for number in (3, 4):
        put(resolution(number, f"to paint tower {number} white"))
        last = sync(shelf, tmp_path, embedder, chroma_host=server)
        assert last.embedded == 1
    version = open_current(tmp_path, embedder, chroma_host=server)
    version.verify()
    found = version.vectors.query(embedder.embed_queries(["trim the wick"])[0], 1)
    assert version.passages([found[0][0]])[0].addresses == ("made-res-1@2020#resolves.2",)
    version.close()
    client = server_client(server)
    names = {c.name for c in client.list_collections()}
    close(client)
    assert f"advisor-{last.version}" in names
    assert f"advisor-{first.version}" not in names
    assert not [name for name in names if "probe" in name]


def test_an_index_in_a_server_is_not_mistaken_for_an_embedded_one(
    server: str, shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, "to store oil"))
    sync(shelf, tmp_path, embedder, chroma_host=server)
    with pytest.raises(IndexMismatch, match="CHROMA_HOST"):
        open_current(tmp_path, embedder)
    sync(shelf, tmp_path, embedder)
    open_current(tmp_path, embedder).close()


def test_P16_the_probe_writes_with_one_client_and_reads_with_another(server: str) -> None:
    probe_server(server)


def test_a_server_that_is_not_there_is_a_clear_error(
    shelf: Shelf, embedder: Embedder, tmp_path: Path
) -> None:
    with pytest.raises(NoChromaServer, match="CHROMA_HOST"):
        sync(shelf, tmp_path, embedder, chroma_host="127.0.0.1:9")


def test_a_server_that_takes_connections_and_never_answers_is_told_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the kernel accepts, nobody reads
        began = time.monotonic()
        with pytest.raises(NoChromaServer, match="CHROMA_HOST"):
            server_client(f"127.0.0.1:{silent.getsockname()[1]}", seconds=0.5)
        assert time.monotonic() - began < 10


def test_a_server_that_stops_answering_later_is_told_in_time(
    shelf: Shelf,
    put: Callable[..., None],
    embedder: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(versions, "server_client", partial(server_client, seconds=1.0))
    port = processes.free_port()
    with processes.chroma(tmp_path / "own", port) as server:
        server.start()
        put(resolution(1, OIL, WICK))
        home, host = tmp_path / "home", f"127.0.0.1:{port}"
        sync(shelf, home, embedder, chroma_host=host)
        version = open_current(home, embedder, chroma_host=host)
        question = embedder.embed_queries(["trim the wick"])[0]
        assert version.vectors.query(question, 1)
        os.kill(server.pid, signal.SIGSTOP)  # it hangs: connections stand, nothing comes
        try:
            for ask in (
                lambda: version.vectors.query(question, 1),
                lambda: version.vectors.collection.count(),
                lambda: open_current(home, embedder, chroma_host=host),
            ):
                began = time.monotonic()
                with pytest.raises(NoChromaServer):
                    ask()
                assert time.monotonic() - began < 10
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert version.vectors.query(question, 1)
        version.close()
