"""The same index with its vectors in a Chroma server: a real one, on loopback (P16, P21)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.shelf import Shelf
from indexing.embedding import Embedder
from indexing.errors import IndexMismatch, NoChromaServer
from indexing.sync import sync
from indexing.vectors import close, probe_server, server_client
from indexing.versions import open_current
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
