"""How much one person may ask: per minute and at once, counted in the database (P14).

In the database and not in memory, so that every worker and replica sees the same counts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import Column, Engine, Float, String, Table, delete, func, insert, select

from corpus.database import make_tables, metadata, one_at_a_time
from corpus.errors import AdvisorError

turns_under_way_table = Table(
    "turns_under_way",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(200), nullable=False, index=True),
    Column("began", Float, nullable=False),
    Column("ended", Float),
)

WINDOW_SECONDS = 60.0
LEASE_SECONDS = 300.0
"""After this long a turn that never ended (a killed worker) no longer counts as under way."""


class TooManyRequests(AdvisorError):
    """For the asker: wait a little."""

    code = "too-many-requests"


class Limits:
    """Caps for each owner. Safe to use from many threads and processes."""

    def __init__(self, engine: Engine, per_minute: int, at_once: int) -> None:
        """`per_minute` turns begun in any minute, `at_once` under way; 0 leaves it unbounded."""
        self._engine = engine
        self._per_minute = per_minute
        self._at_once = at_once
        make_tables(engine)

    @contextmanager
    def turn(self, owner: str) -> Iterator[None]:
        """Hold one turn's place while it is answered.

        Raises:
            TooManyRequests: the owner is at a limit; nothing was started.
        """
        id = self._begin(owner, time.time())
        try:
            yield
        finally:
            with self._engine.begin() as connection:
                connection.execute(
                    turns_under_way_table.update()
                    .where(turns_under_way_table.c.id == id)
                    .values(ended=time.time())
                )

    def _begin(self, owner: str, now: float) -> str:
        table = turns_under_way_table
        mine = select(func.count()).select_from(table).where(table.c.owner == owner)
        with self._engine.begin() as connection:
            one_at_a_time(connection, "turns-under-way")
            connection.execute(
                delete(table)
                .where(table.c.began < now - WINDOW_SECONDS)
                .where((table.c.ended.is_not(None)) | (table.c.began < now - LEASE_SECONDS))
            )
            recent = connection.execute(mine.where(table.c.began >= now - WINDOW_SECONDS)).scalar()
            if self._per_minute and (recent or 0) >= self._per_minute:
                raise TooManyRequests(
                    f"At most {self._per_minute} questions a minute. Wait a moment and ask again."
                )
            running = connection.execute(mine.where(table.c.ended.is_(None))).scalar()
            if self._at_once and (running or 0) >= self._at_once:
                raise TooManyRequests(
                    f"{self._at_once} of your questions are still being answered. "
                    "Wait for one to finish."
                )
            id = uuid4().hex
            connection.execute(insert(table).values(id=id, owner=owner, began=now, ended=None))
        return id
