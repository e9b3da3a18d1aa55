"""API keys in the database: named, of one role, expiring, revocable, shown once (P12).

The database holds a key's SHA-256 only. A slow hash would guard nothing here: 256 random bits
cannot be guessed from their digest.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select, update

from assistant.people.audit import Action, write
from assistant.people.errors import BadName, UnknownKey
from assistant.people.roles import Role, lesser
from assistant.people.tables import api_keys_table, sessions_table, users_table
from assistant.people.users import check_name
from assistant.records.conversations import now
from corpus.database import make_tables, reading, storable
from corpus.documents import Frozen

PREFIX = "itud_"
MAX_DAYS = 3650


class ApiKey(Frozen):
    """A key, without its secret. Times are UTC, ISO 8601; `owner` has what is made with it."""

    id: str
    name: str
    owner: str
    role: Role
    created: str
    made_by: str
    expires: str | None
    revoked: str | None
    used: str | None


def digest(key: str) -> str:
    """SHA-256 of a key, hex: what is kept of it."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def new_secret() -> str:
    """A key nobody can guess."""
    return PREFIX + secrets.token_urlsafe(32)


class ApiKeys:
    """The keys of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database."""
        self._engine = engine
        make_tables(engine)

    def any(self) -> bool:
        """Whether a key was ever made, those revoked included."""
        with reading(self._engine) as connection:
            return connection.execute(select(api_keys_table.c.id).limit(1)).first() is not None

    def all(self, owner: str | None = None) -> list[ApiKey]:
        """Every key, or one owner's; newest first."""
        table = api_keys_table
        statement = select(table).order_by(table.c.created.desc(), table.c.id)
        if owner is not None:
            statement = statement.where(table.c.owner == storable(owner))
        with reading(self._engine) as connection:
            return [_key(dict(row)) for row in connection.execute(statement).mappings()]

    def add(
        self,
        name: str,
        role: Role,
        *,
        by: str,
        owner: str | None = None,
        days: int | None = 365,
    ) -> tuple[ApiKey, str]:
        """A new key, and its secret, shown this once.

        Args:
            name: what it is for.
            role: what may be done with it; never more than its owner's account may.
            by: who makes it.
            owner: whose it is; None: it stands by itself, under its own name.
            days: it ends after so many; None: it does not.

        Raises:
            BadName: the name cannot be used, the owner has no account, or a key that stands by
                itself has the name of an account.
        """
        check_name(name)
        if days is not None and not 1 <= days <= MAX_DAYS:
            raise BadName(f"A key lasts 1 to {MAX_DAYS} days.")
        secret, moment = new_secret(), datetime.now(UTC)
        expires = None if days is None else _text(moment + timedelta(days=days))
        id = secrets.token_hex(5)
        with self._engine.begin() as connection:
            account = connection.execute(
                select(users_table.c.name).where(users_table.c.name == (owner or name))
            ).first()
            if owner is None and account is not None:
                raise BadName("An account has this name. Say that the key is theirs, or rename it.")
            if owner is not None and account is None:
                raise BadName("The key's owner has no account. `advisor users list` shows them.")
            connection.execute(
                insert(api_keys_table).values(
                    id=id,
                    digest=digest(secret),
                    name=name,
                    owner=owner or name,
                    role=role.value,
                    created=_text(moment),
                    made_by=by,
                    expires=expires,
                )
            )
            write(connection, by, Action.KEY_MADE, id, person=owner or name, role=role.value)
            return _key(_row(connection, id)), secret

    def revoke(self, id: str, *, by: str) -> ApiKey:
        """End a key and every session it opened, at once; a second time changes nothing.

        Raises:
            UnknownKey: none has this id.
        """
        table = api_keys_table
        with self._engine.begin() as connection:
            key = _key(_row(connection, id))
            if key.revoked is None:
                connection.execute(update(table).where(table.c.id == key.id).values(revoked=now()))
                connection.execute(
                    sessions_table.delete().where(sessions_table.c.credential == key.id)
                )
                write(connection, by, Action.KEY_REVOKED, key.id, person=key.owner)
            return _key(_row(connection, id))

    def holder(self, secret: str) -> ApiKey | None:
        """The key this secret is, if it is in date, not revoked, and its owner not disabled.

        Its role is at most that of the owner's account.
        """
        return self._usable(api_keys_table.c.digest == digest(secret))

    def usable(self, id: str) -> ApiKey | None:
        """As `holder`, by id."""
        return self._usable(api_keys_table.c.id == id)

    def _usable(self, which: object) -> ApiKey | None:
        table, moment = api_keys_table, now()
        statement = (
            select(table, users_table.c.role.label("most"), users_table.c.disabled)
            .join(users_table, users_table.c.name == table.c.owner, isouter=True)
            .where(which)  # type: ignore[arg-type]
        )
        with reading(self._engine) as connection:
            row = connection.execute(statement).mappings().first()
        if row is None or row["revoked"] is not None or row["disabled"]:
            return None
        if row["expires"] is not None and row["expires"] < moment:
            return None
        self._touch(str(row["id"]), row["used"], moment)
        key = _key(dict(row))
        return key if row["most"] is None else _as(key, lesser(key.role, Role(row["most"])))

    def _touch(self, id: str, used: str | None, moment: str) -> None:
        """Note the day a key was used; not each time, which would make every read a write."""
        if used is not None and used[:10] == moment[:10]:
            return
        table = api_keys_table
        with self._engine.begin() as connection:
            connection.execute(update(table).where(table.c.id == id).values(used=moment))


def _as(key: ApiKey, role: Role) -> ApiKey:
    return key.model_copy(update={"role": role})


def _row(connection: Connection, id: str) -> dict[str, object]:
    row = (
        connection.execute(select(api_keys_table).where(api_keys_table.c.id == storable(id)))
        .mappings()
        .first()
    )
    if row is None:
        raise UnknownKey("There is no key of this id. `advisor keys list` shows them.")
    return dict(row)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def _key(row: dict[str, object]) -> ApiKey:
    return ApiKey.model_validate({k: row[k] for k in ApiKey.model_fields})
