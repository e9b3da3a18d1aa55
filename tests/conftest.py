"""Fixtures every suite shares."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.operating import workspace
from assistant.settings import Settings
from corpus.shelf.starter import load_starter
from evals.operations import processes
from tests.databases import BACKENDS, empty_database

ROOT = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: what is left at the end then keeps both cores busy."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The library of real texts beside the checkout; the test skips where there is none."""
    path = Path(os.environ.get("ADVISOR_SHARED", ROOT.parent / "shared"))
    if not (path / "itu").is_dir():
        pytest.skip("the library of real texts (../shared, or ADVISOR_SHARED) is not here")
    return path


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the starter corpus, indexed with the packaged model; to be copied.

    Made once for all workers of a run: embedding is most of what tests over it cost.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    made, home = folder / "starter-is-made", folder / "starter"
    with (folder / "starter-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(home, ignore_errors=True)  # of a worker that was stopped half-way
            settings = Settings(data_dir=home)
            load_starter(workspace.shelf(settings))
            workspace.sync_index(settings)
            made.touch()
    return home


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database of each kind: SQLite, and PostgreSQL where one is given."""
    with empty_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a real Chroma server on loopback."""
    port = processes.free_port()
    try:
        server = processes.chroma(tmp_path_factory.mktemp("chroma-server"), port)
    except processes.NotInstalled as missing:
        pytest.skip(missing.message)
    with server:
        server.start()
        yield f"127.0.0.1:{port}"
