"""Who did what: appended to, never changed (a trigger of the database refuses).

A line names people by pseudonym. Reading puts the names back; when a person is erased their
pseudonym's line is taken away, and what they did stays on record without them.
"""

from __future__ import annotations

import json
import secrets
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from assistant.people.tables import audit_table, pseudonyms_table
from assistant.records.conversations import now
from corpus.database import make_tables, one_at_a_time, reading, storable
from corpus.documents import Frozen

SYSTEM = "system"
"""Actor of what the program does by itself (retention, first sign-in by OpenID Connect)."""


class Action(StrEnum):
    """What can be done that is worth a line."""

    SIGNED_IN = "signed-in"
    SIGN_IN_FAILED = "sign-in-failed"
    SIGNED_OUT = "signed-out"
    USER_ADDED = "user-added"
    ROLE_CHANGED = "role-changed"
    USER_DISABLED = "user-disabled"
    USER_ENABLED = "user-enabled"
    UNLOCKED = "unlocked"
    PASSWORD_SET = "password-set"  # noqa: S105 - the name of an action
    SESSION_REVOKED = "session-revoked"
    KEY_MADE = "key-made"
    KEY_REVOKED = "key-revoked"
    LIMIT_SET = "limit-set"
    SWITCHED = "switched"
    UPLOADED = "uploaded"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    RELEASED = "released"
    KEPT_BACK = "kept-back"
    EXPORTED = "exported"
    SHARED = "shared"
    UNSHARED = "unshared"
    FEEDBACK_HANDLED = "feedback-handled"
    ERASED = "erased"
    KEPT_NO_LONGER = "kept-no-longer"


class AuditLine(Frozen):
    """One line; `actor` and `person` are names, or pseudonyms of people who were erased."""

    number: int
    at: str
    actor: str
    action: str
    person: str | None
    subject: str
    detail: dict[str, Any]


class Audit:
    """The audit of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database."""
        self._engine = engine
        make_tables(engine)

    def record(
        self,
        actor: str,
        action: Action,
        subject: str = "",
        *,
        person: str | None = None,
        **detail: Any,
    ) -> None:
        """Append a line by itself; see `write`."""
        with self._engine.begin() as connection:
            write(connection, actor, action, subject, person=person, **detail)

    def lines(
        self,
        actor: str | None = None,
        action: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditLine]:
        """Newest first.

        Args:
            actor: only what this person did; a name, or a pseudonym.
            action: only lines of this kind.
            before: only lines with a smaller number, for the next page.
            limit: at most so many.
        """
        table = audit_table
        statement = select(table).order_by(table.c.number.desc()).limit(limit)
        with reading(self._engine) as connection:
            if actor is not None:
                known = connection.execute(
                    select(pseudonyms_table.c.id).where(pseudonyms_table.c.name == storable(actor))
                ).scalar()
                statement = statement.where(table.c.actor == (known or storable(actor)))
            if action is not None:
                statement = statement.where(table.c.action == storable(action))
            if before is not None:
                statement = statement.where(table.c.number < before)
            rows = connection.execute(statement).mappings().all()
            wanted = {row[c] for row in rows for c in ("actor", "person") if row[c]}
            names: dict[str, str] = {
                row.id: row.name
                for row in connection.execute(
                    select(pseudonyms_table).where(pseudonyms_table.c.id.in_(wanted))
                )
            }
        return [
            AuditLine(
                number=row["number"],
                at=row["at"],
                actor=names.get(row["actor"], row["actor"]),
                action=row["action"],
                person=names.get(row["person"], row["person"]) if row["person"] else None,
                subject=row["subject"],
                detail=json.loads(row["detail"]),
            )
            for row in rows
        ]


def write(
    connection: Connection,
    actor: str,
    action: Action,
    subject: str = "",
    *,
    person: str | None = None,
    **detail: Any,
) -> None:
    """Append a line within the transaction that does what it tells of.

    Args:
        connection: of that transaction.
        actor: name of who did it.
        action: what.
        subject: the thing it was done to: a document, a key's id; never a person's name.
        person: name of the person it was done to.
        detail: whatever explains it, in JSON's types; never a person's name.
    """
    connection.execute(
        insert(audit_table).values(
            at=now(),
            actor=pseudonym(connection, actor),
            action=action.value,
            person=None if person is None else pseudonym(connection, person),
            subject=storable(subject)[:300],
            detail=json.dumps(detail, ensure_ascii=True, sort_keys=True),
        )
    )


def pseudonym(connection: Connection, name: str) -> str:
    """The pseudonym of a name in this database, made on first use."""
    table, name = pseudonyms_table, storable(name)[:200]
    one_at_a_time(connection, "pseudonyms")
    known = connection.execute(select(table.c.id).where(table.c.name == name)).scalar()
    if known is None:
        known = f"person-{secrets.token_hex(8)}"
        connection.execute(insert(table).values(id=known, name=name))
    return str(known)
