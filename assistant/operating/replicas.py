"""Several servers, one corpus: what they share, and who of them builds the index."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from assistant.operating import workspace
from assistant.settings import Settings
from corpus.errors import AdvisorError

if TYPE_CHECKING:
    from indexing.replicating.shipping import Shipping

LEASE = "worker"
"""Name of the lease that the elected worker holds."""


class NeedsChromaServer(AdvisorError):
    """For the operator: embedded Chroma has one owner, so a second process is refused (P15)."""

    code = "needs-chroma-server"


def name_of_this() -> str:
    """This process among all: host and process id."""
    return f"{socket.gethostname()}-{os.getpid()}"


def shipping(settings: Settings, engine: Engine) -> Shipping:
    """How index versions reach the replicas: ADVISOR_INDEX_DIR, else the database.

    With SQLite all processes are on one host and share its data directory.

    Raises:
        UnusableDataDirectory: ADVISOR_INDEX_DIR cannot be made or written to.
    """
    from indexing.replicating import transport
    from indexing.replicating.shipping import Shipping

    way: transport.Transport
    if settings.index_dir is not None:
        folder = settings.index_dir.expanduser()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise workspace.UnusableDataDirectory(
                f"ADVISOR_INDEX_DIR cannot be made ({error.strerror}). Name a directory that all "
                "replicas mount and may write to, or none to ship through the database."
            ) from error
        way = transport.Directory(folder)
    elif engine.dialect.name == "postgresql":
        way = transport.Database(engine)
    else:
        way = transport.SameHome()
    return Shipping(engine, workspace.home(settings), way)


def check_workers(settings: Settings, workers: int) -> None:
    """Refuse two processes on one embedded Chroma.

    Raises:
        NeedsChromaServer: more than one worker without CHROMA_HOST.
    """
    if workers > 1 and not settings.shared:
        raise NeedsChromaServer(
            f"{workers} workers need a Chroma server, as the embedded one has a single owner. "
            "Start one (`chroma run --path FOLDER --port 8001`), set CHROMA_HOST=127.0.0.1:8001 "
            "and run `advisor index sync`; or serve with one worker."
        )


@contextmanager
def membership(settings: Settings) -> Iterator[None]:
    """What a server holds while it serves: the data directory alone, or its place among replicas.

    Raises:
        AlreadyServing: another server holds this data directory (P15).
        AdvisorError: the database or the shared directory cannot be used.
    """
    if not settings.shared:
        from indexing.building.locks import serve_lock

        with serve_lock(workspace.home(settings)):
            yield
        return
    from assistant.operating.elected import Worker
    from indexing.replicating.following import Follower

    engine = workspace.database(settings)
    follower = Follower(shipping(settings, engine), name_of_this())
    worker = Worker(settings, engine) if settings.worker == "inside" else None
    follower.start()
    if worker:
        worker.start()
    try:
        yield
    finally:
        if worker:
            worker.close()
        follower.close()
        engine.dispose()
