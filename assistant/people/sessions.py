"""Browser sessions, in the database: they end by time, by signing out, or when taken away."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from assistant.people.audit import Action, write
from assistant.people.errors import UnknownSession
from assistant.people.person import Way
from assistant.people.tables import sessions_table, users_table
from assistant.records.conversations import now
from corpus.database import make_tables, reading, storable
from corpus.documents import Frozen

IDLE = timedelta(hours=2)
"""A session that nothing was asked in for so long has ended."""


class Session(Frozen):
    """A browser session, without its token. Times are UTC, ISO 8601."""

    id: str
    owner: str
    way: Way
    credential: str
    created: str
    seen: str
    expires: str


class Sessions:
    """The sessions of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine, hours: float = 12.0) -> None:
        """`engine` from corpus.database; a session lasts `hours` at the most."""
        self._engine = engine
        self.lasts = timedelta(hours=hours)
        make_tables(engine)

    def open(self, owner: str, way: Way, credential: str) -> tuple[Session, str]:
        """A new session, and the token for the cookie; the database keeps the token's digest.

        `credential` is what it was opened with: a key's id, or the account's name.
        """
        token, moment = secrets.token_urlsafe(32), datetime.now(UTC)
        session = Session(
            id=secrets.token_hex(5),
            owner=owner,
            way=way,
            credential=credential,
            created=_text(moment),
            seen=_text(moment),
            expires=_text(moment + self.lasts),
        )
        with self._engine.begin() as connection:
            table = sessions_table
            connection.execute(delete(table).where(table.c.expires < session.seen))
            connection.execute(
                insert(table).values(
                    {**session.model_dump(), "way": way.value, "token": _digest(token)}
                )
            )
            connection.execute(
                update(users_table).where(users_table.c.name == owner).values(seen=session.seen)
            )
            write(connection, owner, Action.SIGNED_IN, session.id, way=way.value)
        return session, token

    def holder(self, token: str) -> Session | None:
        """The session a token opens, if it is in date."""
        table, moment = sessions_table, datetime.now(UTC)
        with reading(self._engine) as connection:
            row = (
                connection.execute(select(table).where(table.c.token == _digest(token)))
                .mappings()
                .first()
            )
        if row is None or row["expires"] < _text(moment) or row["seen"] < _text(moment - IDLE):
            return None
        if row["seen"] < _text(moment - IDLE / 60):  # not at each request: a read stays a read
            with self._engine.begin() as connection:
                connection.execute(
                    update(table).where(table.c.id == row["id"]).values(seen=_text(moment))
                )
        return _session(dict(row))

    def close(self, token: str) -> None:
        """Sign out; a token of no session changes nothing."""
        session = self.holder(token)
        if session is not None:
            with self._engine.begin() as connection:
                connection.execute(delete(sessions_table).where(sessions_table.c.id == session.id))
                write(connection, session.owner, Action.SIGNED_OUT, session.id)

    def all(self, owner: str | None = None) -> list[Session]:
        """Sessions in date, of everyone or of one owner; newest first."""
        table, moment = sessions_table, datetime.now(UTC)
        statement = (
            select(table)
            .where(table.c.expires >= _text(moment), table.c.seen >= _text(moment - IDLE))
            .order_by(table.c.created.desc(), table.c.id)
        )
        if owner is not None:
            statement = statement.where(table.c.owner == storable(owner))
        with reading(self._engine) as connection:
            return [_session(dict(row)) for row in connection.execute(statement).mappings()]

    def revoke(self, id: str, *, by: str, owner: str | None = None) -> None:
        """End one session, at once.

        Raises:
            UnknownSession: none has this id; with `owner`, none of theirs.
        """
        table = sessions_table
        with self._engine.begin() as connection:
            where = table.c.id == storable(id)
            if owner is not None:
                where &= table.c.owner == owner
            found = connection.execute(select(table.c.owner).where(where)).scalar()
            if found is None:
                raise UnknownSession("There is no such session; it may have ended by itself.")
            connection.execute(delete(table).where(where))
            write(connection, by, Action.SESSION_REVOKED, id, person=found)

    def revoke_all(self, owner: str, *, by: str) -> int:
        """End every session of a person; returns how many there were."""
        table = sessions_table
        with self._engine.begin() as connection:
            done = connection.execute(delete(table).where(table.c.owner == storable(owner)))
            if done.rowcount:
                write(connection, by, Action.SESSION_REVOKED, person=owner, sessions=done.rowcount)
        return done.rowcount


def prune(engine: Engine) -> int:
    """Forget sessions that ended; returns how many."""
    with engine.begin() as connection:
        return connection.execute(
            delete(sessions_table).where(sessions_table.c.expires < now())
        ).rowcount


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _session(row: dict[str, object]) -> Session:
    return Session.model_validate({k: row[k] for k in Session.model_fields})
