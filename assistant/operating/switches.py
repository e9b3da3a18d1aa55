"""The kill switch: the chat ('web') and the API ('api') off and on, each with a reason (P26).

Rows are only ever added, so the table is its own audit: who switched what, when and why.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Boolean, Column, Engine, Integer, String, Table, insert, select

from assistant.people.audit import Action, write
from assistant.records.conversations import now
from corpus.database import make_tables, metadata, reading, storable
from corpus.documents import Frozen
from corpus.errors import AdvisorError

switches_table = Table(
    "switches",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("face", String(16), nullable=False),
    Column("on", Boolean, nullable=False),
    Column("reason", String(500), nullable=False),
)


class Face(StrEnum):
    """What can be switched off by itself."""

    WEB = "web"
    API = "api"


class NoReason(AdvisorError):
    """For the operator: a switch is thrown with a reason that people will read."""

    code = "no-reason"


class Thrown(Frozen):
    """One line of the audit."""

    at: str
    actor: str
    face: Face
    on: bool
    reason: str


class Switches:
    """The switches of one database; every replica reads the same."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database."""
        self._engine = engine
        make_tables(engine)

    def throw(self, face: Face, on: bool, actor: str, reason: str) -> Thrown:
        """Switch a face off or on.

        Raises:
            NoReason: the reason is empty.
        """
        if not reason.strip():
            raise NoReason("Say why, in a few words: people who are turned away will read it.")
        row = Thrown(at=now(), actor=actor, face=face, on=on, reason=storable(reason).strip()[:500])
        with self._engine.begin() as connection:
            connection.execute(
                insert(switches_table).values({**row.model_dump(), "face": face.value})
            )
            write(connection, actor, Action.SWITCHED, face.value, on=on, reason=row.reason)
        return row

    def off(self, face: str) -> str | None:
        """Why a face is off, or None while it is on."""
        table = switches_table
        with reading(self._engine) as connection:
            row = connection.execute(
                select(table.c.on, table.c.reason)
                .where(table.c.face == face)
                .order_by(table.c.number.desc())
                .limit(1)
            ).first()
        return None if row is None or row.on else str(row.reason)

    def audit(self, limit: int = 100) -> list[Thrown]:
        """Every throw, newest first."""
        table = switches_table
        statement = select(table).order_by(table.c.number.desc()).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(statement).mappings()
            return [Thrown(**{k: v for k, v in row.items() if k != "number"}) for row in rows]
