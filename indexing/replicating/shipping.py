"""One index for many replicas: versions are built once, shipped, and switched to by all together.

The vectors of a version lie in the Chroma server; its other files (passages, BM25, manifest) are
*shipped*: to a directory that every replica mounts (a network disk, a bucket mounted as one), or
into the database in pieces. Which version is live is one row of the database, read before each
question: from the moment it changes, every question on every replica is answered from the new
version. It changes only when the replicas that are alive say that they hold the new one, or after
a while without those that do not; and only by the present holder of the lease
(`corpus.work.leases`).
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from corpus.database import make_tables, metadata, one_at_a_time, reading
from corpus.work.leases import Lease, database_now, fenced
from indexing.building.chroma_server import BUILD_SECONDS, close, server_client
from indexing.building.locks import FileLock, sync_lock
from indexing.building.versions import (
    IN_USE,
    Manifest,
    collection_name,
    current_name,
    fsync_folder,
    point_to,
    versions_folder,
)
from indexing.errors import IndexBusy
from indexing.replicating.transport import Transport, receive_all, shipped_files, sums_of

versions_table = Table(
    "index_versions",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("files", Text, nullable=False),
    Column("changed", Float, nullable=False),
    info={"transient": True},
)
"""`state` is building, ready, live or retired; `files` the SHA-256 of each by name, as JSON."""

replicas_table = Table(
    "index_replicas",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("seen", Float, nullable=False),
    Column("holds", String(64), nullable=False),
    info={"transient": True},
)

_ALIVE_SECONDS = 6.0
"""A replica reports every second; one not heard of for so long is not waited for."""

_WAIT_SECONDS = 120.0
"""How long a switch waits for replicas that are alive but do not hold the new version yet."""


class Shipping:
    """Where index versions are shipped to, which one is live, and who holds it."""

    def __init__(self, engine: Engine, home: Path, transport: Transport) -> None:
        """`engine` of the database all replicas share; `home` is this replica's data directory."""
        self._engine, self._home, self._transport = engine, home, transport
        make_tables(engine)

    def live(self) -> str | None:
        """Name of the live version; None when there is none yet."""
        table = versions_table
        with reading(self._engine) as connection:
            name = connection.execute(select(table.c.name).where(table.c.state == "live")).scalar()
        return None if name is None else str(name)

    def follow(self) -> None:
        """Hold the live version in `home`, and let its pointer name it; cheap when it does.

        Raises:
            ForeignIndex: what was shipped is not whole.
        """
        name = self.live()
        if name is None or name == current_name(self._home):
            return
        self.fetch(name)
        with _waiting(self._home / "index" / "fetch.lock"):
            name = self.live() or name  # read again: nobody moves the pointer back
            if (versions_folder(self._home) / name).is_dir():
                point_to(self._home, name)
        self._clean(name)

    def fetch(self, name: str) -> bool:
        """Bring a shipped version into `home`; False when it was there. Atomic; one at a time.

        Raises:
            ForeignIndex: what was shipped is not whole, or is gone.
        """
        place = versions_folder(self._home) / name
        if place.is_dir():
            return False
        with _waiting(self._home / "index" / "fetch.lock"):
            if place.is_dir():
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=".fetch-", dir=place.parent.parent))
            try:
                receive_all(self._transport, name, self._sums(name), folder)
                (folder / IN_USE).touch(mode=0o600)
                folder.rename(place)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            fsync_folder(place.parent)
        return True

    def prepare(self) -> str | None:
        """Fetch the version that is ready to go live, if there is one; its name.

        Raises:
            ForeignIndex: what was shipped is not whole.
        """
        table = versions_table
        with reading(self._engine) as connection:
            name = connection.execute(
                select(table.c.name).where(table.c.state == "ready").order_by(table.c.name.desc())
            ).scalar()
        if name is not None:
            self.fetch(str(name))
        return None if name is None else str(name)

    def report(self, replica: str, holds: str) -> None:
        """Say that this replica is alive, and which version it holds (once a second)."""
        table = replicas_table
        with self._engine.begin() as connection:
            one_at_a_time(connection, "index-replicas")
            now = database_now(connection)
            connection.execute(
                delete(table).where((table.c.name == replica) | (table.c.seen < now - 3600))
            )
            connection.execute(insert(table).values(name=replica, seen=now, holds=holds))

    def leave(self, replica: str) -> None:
        """This replica ends; nobody need wait for it."""
        with self._engine.begin() as connection:
            connection.execute(delete(replicas_table).where(replicas_table.c.name == replica))

    def replicas(self) -> dict[str, str]:
        """Version held by each replica that is alive."""
        table = replicas_table
        with reading(self._engine) as connection:
            now = database_now(connection)
            rows = connection.execute(
                select(table.c.name, table.c.holds).where(table.c.seen > now - _ALIVE_SECONDS)
            ).all()
        return {str(name): str(holds) for name, holds in rows}

    # For the one that builds

    def announce(self, name: str, lease: Lease) -> None:
        """A version is going to be built; from now on it can be cleaned up after.

        Raises:
            LostLease: see `fenced`.
        """
        with fenced(self._engine, lease) as connection:
            connection.execute(
                insert(versions_table).values(
                    name=name, state="building", files="{}", changed=database_now(connection)
                )
            )

    def publish(self, folder: Path, manifest: Manifest, lease: Lease) -> None:
        """Ship a finished version, wait for the replicas, and make it the live one.

        Raises:
            LostLease: another worker has taken over; the live version stays.
        """
        files = shipped_files(folder)
        sums = sums_of(files)
        self._transport.send(manifest.name, files, lease)
        with fenced(self._engine, lease) as connection:
            self._state(connection, manifest.name, "ready", json.dumps(sums))
        give_up = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < give_up:
            if all(holds == manifest.name for holds in self.replicas().values()):
                break
            time.sleep(0.2)
        with fenced(self._engine, lease) as connection:
            table = versions_table
            connection.execute(
                update(table)
                .where(table.c.state == "live")
                .values(state="retired", changed=database_now(connection))
            )
            self._state(connection, manifest.name, "live", None)

    def collect(self, lease: Lease, chroma_host: str | None, linger: float = 120.0) -> list[str]:
        """Remove what no one needs: versions never finished, and those retired `linger` s ago.

        Returns their names.

        Raises:
            LostLease: see `fenced`.
            NoChromaServer: it does not answer; the rest is removed the next time.
        """
        table = versions_table
        with fenced(self._engine, lease) as connection:
            now = database_now(connection)
            rows = connection.execute(
                select(table.c.name).where(
                    table.c.state.in_(("building", "ready"))
                    | ((table.c.state == "retired") & (table.c.changed < now - linger))
                )
            ).scalars()
            names = [str(name) for name in rows]
        for name in names:
            if chroma_host:
                _drop_collection(chroma_host, name)
            self._transport.remove(name, lease)
            with fenced(self._engine, lease) as connection:
                connection.execute(delete(table).where(table.c.name == name))
        return names

    def _sums(self, name: str) -> dict[str, str]:
        table = versions_table
        with reading(self._engine) as connection:
            files = connection.execute(select(table.c.files).where(table.c.name == name)).scalar()
        found: dict[str, str] = json.loads(files or "{}")
        return found

    @staticmethod
    def _state(connection: Connection, name: str, state: str, files: str | None) -> None:
        values: dict[str, object] = {"state": state, "changed": database_now(connection)}
        if files is not None:
            values["files"] = files
        connection.execute(
            update(versions_table).where(versions_table.c.name == name).values(**values)
        )

    def _clean(self, keep: str) -> None:
        """Remove this host's copies of versions that are neither live, nor ready, nor in use."""
        with reading(self._engine) as connection:
            states = dict(
                connection.execute(select(versions_table.c.name, versions_table.c.state)).all()
            )
        try:
            lock = sync_lock(self._home)  # what is being built here is nobody's to remove
        except IndexBusy:
            return
        with lock:
            for folder in versions_folder(self._home).iterdir():
                if folder.name == keep or states.get(folder.name) in ("ready", "live", "retired"):
                    continue
                try:
                    in_use = FileLock(folder / IN_USE)
                except (OSError, NotADirectoryError):
                    continue
                with in_use:
                    (folder / "manifest.json").unlink(missing_ok=True)
                    shutil.rmtree(folder, ignore_errors=True)


def _drop_collection(chroma_host: str, version: str) -> None:
    client = server_client(chroma_host, BUILD_SECONDS)
    try:
        name = collection_name(version)
        if any(c.name == name for c in client.list_collections()):
            client.delete_collection(name)
    finally:
        close(client)


def _waiting(path: Path, seconds: float = 300.0) -> FileLock:
    give_up = time.monotonic() + seconds
    while True:
        try:
            return FileLock(path)
        except BlockingIOError:
            if time.monotonic() > give_up:
                raise IndexBusy(
                    "The search index is being fetched by another process for very long. "
                    "Look at the network and the disk."
                ) from None
            time.sleep(0.05)


class Publishing:
    """`indexing.building.sync.Publisher` for the present holder of a lease."""

    def __init__(self, shipping: Shipping, lease: Lease) -> None:
        self._shipping, self._lease = shipping, lease

    def announce(self, name: str) -> None:
        """See `Shipping.announce`."""
        self._shipping.announce(name, self._lease)

    def publish(self, folder: Path, manifest: Manifest) -> None:
        """See `Shipping.publish`."""
        self._shipping.publish(folder, manifest, self._lease)
