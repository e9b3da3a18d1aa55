"""Leases: who of several processes does a piece of work, decided in the database.

A lease is held for LEASE_SECONDS and renewed while its holder lives; when the holder dies it runs
out and the next one takes it. Each taking gives a higher token (a *fence*): what is written under
a lease is written in a transaction that first checks the token, so that a holder that was asleep
for a while cannot undo what its successor did (Kleppmann 2016, "How to do distributed locking").

Time is the database's, so hosts' clocks need not agree. A clock that is set back would make an
old lease seem to last; one that lasts longer than any lease can is therefore taken to be over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    String,
    Table,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import SQLAlchemyError

from corpus.database import make_tables, metadata, one_at_a_time, reading
from corpus.errors import AdvisorError

LEASE_SECONDS = 15.0
"""A holder that says nothing for so long is taken for dead; it renews five times as often."""

leases_table = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("token", Integer, nullable=False),
    Column("expires", Float, nullable=False),
    Column("doing", String(200), nullable=False, default=""),
    info={"transient": True},
)


class LostLease(AdvisorError):
    """For a worker: another one has taken over; stop, and write nothing."""

    code = "lost-lease"


class Lease(NamedTuple):
    """What a holder holds; `token` grows with each taking."""

    name: str
    holder: str
    token: int


class Held(NamedTuple):
    """Who holds a lease, what it is doing, and for how many more seconds (< 0: ran out)."""

    holder: str
    token: int
    doing: str
    seconds: float


def database_now(connection: Connection) -> float:
    """The database's own clock, in seconds since 1970."""
    clock = (
        "SELECT extract(epoch FROM clock_timestamp())"
        if connection.dialect.name == "postgresql"
        else "SELECT (julianday('now') - 2440587.5) * 86400.0"
    )
    return float(connection.execute(text(clock)).scalar_one())


class Leases:
    """The leases of one database. Safe from many threads, processes and hosts."""

    def __init__(self, engine: Engine, seconds: float = LEASE_SECONDS) -> None:
        """`seconds` is how long a lease lasts unless it is renewed."""
        self._engine, self.seconds = engine, seconds
        make_tables(engine)

    def take(self, name: str, holder: str) -> Lease | None:
        """The lease, if it is free or has run out; else None."""
        table = leases_table
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"lease:{name}")
            now = database_now(connection)
            row = connection.execute(select(table).where(table.c.name == name)).first()
            if row is None:
                token = 1
                connection.execute(
                    insert(table).values(
                        name=name, holder=holder, token=1, expires=now + self.seconds, doing=""
                    )
                )
            elif row.expires < now or row.expires > now + 2 * self.seconds:
                token = row.token + 1
                connection.execute(
                    update(table)
                    .where(table.c.name == name)
                    .values(holder=holder, token=token, expires=now + self.seconds, doing="")
                )
            else:
                return None
        return Lease(name, holder, token)

    def renew(self, lease: Lease, doing: str = "") -> None:
        """Hold it for as long again, and say what is being done.

        Raises:
            LostLease: another one has it.
        """
        with self._engine.begin() as connection:
            self._set(connection, lease, database_now(connection) + self.seconds, doing)

    def release(self, lease: Lease) -> None:
        """Let the next one have it at once; nothing happens when it was lost."""
        try:
            with self._engine.begin() as connection:
                self._set(connection, lease, 0.0, "")
        except (LostLease, SQLAlchemyError):
            return

    def held(self, name: str) -> Held | None:
        """Who holds it, or held it last; None when nobody ever did."""
        table = leases_table
        with reading(self._engine) as connection:
            row = connection.execute(select(table).where(table.c.name == name)).first()
            if row is None:
                return None
            left = row.expires - database_now(connection)
        return Held(row.holder, row.token, row.doing, left)

    @staticmethod
    def _set(connection: Connection, lease: Lease, expires: float, doing: str) -> None:
        table = leases_table
        kept = connection.execute(
            update(table)
            .where(table.c.name == lease.name, table.c.token == lease.token)
            .values(expires=expires, doing=doing[:200])
        ).rowcount
        if not kept:
            raise LostLease("Another worker has taken over; this one has stopped.")


@contextmanager
def fenced(engine: Engine, lease: Lease) -> Iterator[Connection]:
    """A transaction that can only be committed by the present holder of `lease`.

    Raises:
        LostLease: another one has it; nothing is written.
    """
    table = leases_table
    with engine.begin() as connection:
        one_at_a_time(connection, f"lease:{lease.name}")
        token = connection.execute(select(table.c.token).where(table.c.name == lease.name)).scalar()
        if token != lease.token:
            raise LostLease("Another worker has taken over; nothing of this was kept.")
        yield connection


class Kept:
    """Renews a lease in a thread of its own for as long as a `with` block lasts."""

    def __init__(self, leases: Leases, lease: Lease) -> None:
        self._leases, self.lease = leases, lease
        self.lost = threading.Event()
        self._over = threading.Event()
        self._doing = ""
        self._thread = threading.Thread(target=self._beat, daemon=True, name="lease")

    def say(self, doing: str) -> None:
        """What is being done, for those who ask.

        Raises:
            LostLease: another one has taken over.
        """
        self._doing = doing
        if self.lost.is_set():
            raise LostLease("Another worker has taken over; this one has stopped.")

    def __enter__(self) -> Kept:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self._leases.release(self.lease)

    def _beat(self) -> None:
        while not self._over.wait(self._leases.seconds / 5):
            try:
                self._leases.renew(self.lease, self._doing)
            except LostLease:
                self.lost.set()
                return
            except (SQLAlchemyError, AdvisorError):
                continue  # the database is away for a moment; the fence decides in the end
