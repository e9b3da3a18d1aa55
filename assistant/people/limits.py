"""How much one person may ask: per minute and at once, counted in the database (P14).

In the database and not in memory, so that every worker and replica sees the same counts, and by
the database's clock, so that hosts need not agree on the time. The
operator's settings hold for everyone who has no limit of their own or of their role.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from assistant.people.audit import Action, write
from assistant.people.roles import Role
from assistant.people.tables import limits_table, users_table, windows_table
from corpus.database import make_tables, metadata, one_at_a_time, reading, storable
from corpus.documents import Frozen
from corpus.errors import AdvisorError
from corpus.work.leases import database_now

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

ANONYMOUS = "anonymous"
"""Owners `anonymous-ADDRESS-VISITOR` have no account; ADDRESS is a keyed digest of where from."""

_ROLES = frozenset({f"role:{role}" for role in Role} | {f"role:{ANONYMOUS}"})


class TooManyRequests(AdvisorError):
    """For the asker: wait a little."""

    code = "too-many-requests"


class BadLimit(AdvisorError):
    """For the operator: a limit is a number from 0 on, for a person or `role:ROLE`."""

    code = "bad-limit"


class Limit(Frozen):
    """What one person, or everyone of a role, may ask; 0 is no limit."""

    subject: str
    per_minute: int
    at_once: int


class Limits:
    """Caps for each owner. Safe to use from many threads and processes."""

    def __init__(
        self, engine: Engine, per_minute: int, at_once: int, anonymous_per_minute: int = 10
    ) -> None:
        """`per_minute` turns begun in any minute, `at_once` under way; 0 leaves it unbounded.

        `anonymous_per_minute` is for all visitors of one address without an account together.
        """
        self._engine = engine
        self.default = Limit(subject="", per_minute=per_minute, at_once=at_once)
        self.anonymous = Limit(
            subject=f"role:{ANONYMOUS}", per_minute=anonymous_per_minute, at_once=at_once
        )
        make_tables(engine)

    @contextmanager
    def turn(self, owner: str) -> Iterator[None]:
        """Hold one turn's place while it is answered.

        Raises:
            TooManyRequests: the owner is at a limit; nothing was started.
        """
        id = self._begin(_counted_as(owner))
        try:
            yield
        finally:
            with self._engine.begin() as connection:
                connection.execute(
                    turns_under_way_table.update()
                    .where(turns_under_way_table.c.id == id)
                    .values(ended=time.time())
                )

    def cut_off(self) -> int:
        """End what a process that died had under way; for the one server of a database, at start.

        Returns how many turns that were.
        """
        table = turns_under_way_table
        with self._engine.begin() as connection:
            ended = connection.execute(
                update(table).where(table.c.ended.is_(None)).values(ended=time.time())
            )
            return ended.rowcount

    def request(self, subject: str, per_minute: int, moment: float | None = None) -> None:
        """Count one request of a visitor's address.

        Args:
            subject: a digest of the address; at most 64 characters.
            per_minute: so many are let through in a minute of the clock; 0: all.
            moment: seconds since the epoch; now, by the database, when None.

        Raises:
            TooManyRequests: there were more.
        """
        if not per_minute:
            return
        table = windows_table
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"requests-of-{subject}")
            minute = int((database_now(connection) if moment is None else moment) // 60)
            connection.execute(delete(table).where(table.c.minute < minute - 5))
            mine = (table.c.subject == subject) & (table.c.minute == minute)
            count = connection.execute(select(table.c.count).where(mine)).scalar()
            if count is None:
                connection.execute(insert(table).values(subject=subject, minute=minute, count=1))
            elif count >= per_minute:
                raise TooManyRequests("Too many requests from your network. Wait a minute.")
            else:
                connection.execute(update(table).where(mine).values(count=count + 1))

    # Limits of their own

    def overrides(self) -> list[Limit]:
        """Every limit that was set, by subject."""
        table = limits_table
        with reading(self._engine) as connection:
            rows = connection.execute(select(table).order_by(table.c.subject)).mappings()
            return [Limit(**row) for row in rows]

    def set(self, subject: str, per_minute: int, at_once: int, *, by: str) -> Limit:
        """Give a person, or everyone of a role (`role:reader`, `role:anonymous`), their own limit.

        Raises:
            BadLimit: a negative number, or there is no such role.
        """
        subject = storable(subject)
        known = subject in _ROLES or (subject and not subject.startswith("role:"))
        if not known or len(subject) > 200 or not min(per_minute, at_once) >= 0:
            raise BadLimit(
                "A limit is a number from 0 (none) on, for a person's name or one of "
                f"{', '.join(sorted(_ROLES))}."
            )
        if max(per_minute, at_once) > 1_000_000:
            raise BadLimit("At most 1000000; 0 is no limit.")
        limit = Limit(subject=subject, per_minute=per_minute, at_once=at_once)
        with self._engine.begin() as connection:
            one_at_a_time(connection, "limits")
            connection.execute(delete(limits_table).where(limits_table.c.subject == subject))
            connection.execute(insert(limits_table).values(**limit.model_dump()))
            _record(connection, by, limit)
        return limit

    def clear(self, subject: str, *, by: str) -> None:
        """Take a limit away; without one the operator's settings hold."""
        with self._engine.begin() as connection:
            done = connection.execute(
                delete(limits_table).where(limits_table.c.subject == storable(subject))
            )
            if done.rowcount:
                _record(connection, by, Limit(subject=subject, per_minute=-1, at_once=-1))

    def of(self, owner: str) -> Limit:
        """The limit that holds for an owner: their own, their role's, or the settings'."""
        with reading(self._engine) as connection:
            return self._of(connection, owner)

    def _of(self, connection: Connection, owner: str) -> Limit:
        anonymous = owner.startswith(f"{ANONYMOUS}-")
        role = (
            ANONYMOUS
            if anonymous
            else connection.execute(
                select(users_table.c.role).where(users_table.c.name == owner)
            ).scalar()
        )
        table = limits_table
        set_ = {
            row["subject"]: Limit(**row)
            for row in connection.execute(
                select(table).where(table.c.subject.in_([owner, f"role:{role}"]))
            ).mappings()
        }
        default = self.anonymous if anonymous else self.default
        return set_.get(owner) or set_.get(f"role:{role}") or default

    def _begin(self, owner: str) -> str:
        table = turns_under_way_table
        mine = select(func.count()).select_from(table).where(table.c.owner == owner)
        with self._engine.begin() as connection:
            one_at_a_time(connection, "turns-under-way")
            now = database_now(connection)
            limit = self._of(connection, owner)
            connection.execute(
                delete(table)
                .where(table.c.began < now - WINDOW_SECONDS)
                .where((table.c.ended.is_not(None)) | (table.c.began < now - LEASE_SECONDS))
            )
            # Begun in the future: the clock was set back, and they would count until it is there.
            connection.execute(delete(table).where(table.c.began > now + WINDOW_SECONDS))
            recent = connection.execute(mine.where(table.c.began >= now - WINDOW_SECONDS)).scalar()
            if limit.per_minute and (recent or 0) >= limit.per_minute:
                raise TooManyRequests(
                    f"At most {limit.per_minute} questions a minute. Wait a moment and ask again."
                )
            running = connection.execute(mine.where(table.c.ended.is_(None))).scalar()
            if limit.at_once and (running or 0) >= limit.at_once:
                raise TooManyRequests(
                    f"{limit.at_once} of your questions are still being answered. "
                    "Wait for one to finish."
                )
            id = uuid4().hex
            connection.execute(insert(table).values(id=id, owner=owner, began=now, ended=None))
        return id


def _counted_as(owner: str) -> str:
    """Visitors without an account are counted by the address they come from, not one by one."""
    if owner.startswith(f"{ANONYMOUS}-"):
        return "-".join(owner.split("-")[:2])
    return owner


def _record(connection: Connection, by: str, limit: Limit) -> None:
    role = limit.subject.startswith("role:")
    write(
        connection,
        by,
        Action.LIMIT_SET,
        limit.subject if role else "",
        person=None if role else limit.subject,
        per_minute=limit.per_minute,
        at_once=limit.at_once,
    )
