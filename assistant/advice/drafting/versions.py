"""Drafts in the relational store: every version kept, undo and redo move between them.

A draft belongs to its owner; another person's is answered like one that does not exist (P11).
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from assistant.advice.drafting.draft import Draft
from assistant.records.conversations import LOCAL, now
from corpus.database import make_tables, metadata, reading
from corpus.documents import Frozen
from corpus.errors import AdvisorError

drafts_table = Table(
    "drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(200), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated", String(32), nullable=False),
)

versions_table = Table(
    "draft_versions",
    metadata,
    Column(
        "draft",
        String(32),
        ForeignKey("drafts.id", name="fk_draft_versions_draft", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("version", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("change", Text, nullable=False),
    Column("payload", Text, nullable=False),
)


class UnknownDraft(AdvisorError):
    """For the writer: no draft of theirs has this id, or it has no such version."""

    code = "unknown-draft"


class StoredDraft(Frozen):
    """A draft as it stands; `version` counts from 1, `of` is the newest there is."""

    id: str
    version: int
    of: int
    change: str
    updated: str
    draft: Draft


class VersionLine(Frozen):
    """One line of a draft's versions."""

    version: int
    at: str
    change: str


class Drafts:
    """Drafts of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database; tables are made when missing."""
        self._engine = engine
        make_tables(engine)

    def begin(self, draft: Draft, owner: str = LOCAL) -> StoredDraft:
        """Store a first version."""
        id, at = uuid4().hex, now()
        with self._engine.begin() as connection:
            connection.execute(
                insert(drafts_table).values(
                    id=id, owner=owner, title=draft.title, version=1, updated=at
                )
            )
            _write(connection, id, 1, "begun", draft, at)
        return self.get(id, owner)

    def save(self, id: str, draft: Draft, change: str, owner: str = LOCAL) -> StoredDraft:
        """Store the next version; versions undone before it are dropped.

        Raises:
            UnknownDraft: none of this owner's has the id.
        """
        at = now()
        with self._engine.begin() as connection:
            at_version = _current(connection, id, owner)
            connection.execute(
                delete(versions_table).where(
                    versions_table.c.draft == id, versions_table.c.version > at_version
                )
            )
            _write(connection, id, at_version + 1, change, draft, at)
            _point(connection, id, at_version + 1, at)
        return self.get(id, owner)

    def move(self, id: str, steps: int, owner: str = LOCAL) -> StoredDraft:
        """Undo (-1) or redo (1); stops at the first and the newest version.

        Raises:
            UnknownDraft: none of this owner's has the id.
        """
        with self._engine.begin() as connection:
            version = _current(connection, id, owner) + steps
            _point(connection, id, max(1, min(version, _newest(connection, id))), now())
        return self.get(id, owner)

    def restore(self, id: str, version: int, owner: str = LOCAL) -> StoredDraft:
        """Make an earlier version the newest one; those between stay.

        Raises:
            UnknownDraft: none of this owner's has the id, or it has no such version.
        """
        at = now()
        with self._engine.begin() as connection:
            _current(connection, id, owner)
            payload = connection.execute(
                select(versions_table.c.payload).where(
                    versions_table.c.draft == id, versions_table.c.version == version
                )
            ).scalar()
            if payload is None:
                raise UnknownDraft(f"This draft has no version {version}.")
            newest = _newest(connection, id) + 1
            draft = Draft.model_validate_json(payload)
            _write(connection, id, newest, f"version {version} restored", draft, at)
            _point(connection, id, newest, at)
        return self.get(id, owner)

    def versions(self, id: str, owner: str = LOCAL) -> list[VersionLine]:
        """Every version kept, newest first.

        Raises:
            UnknownDraft: none of this owner's has the id.
        """
        with reading(self._engine) as connection:
            _current(connection, id, owner)
            rows = connection.execute(
                select(versions_table.c.version, versions_table.c.at, versions_table.c.change)
                .where(versions_table.c.draft == id)
                .order_by(versions_table.c.version.desc())
            ).mappings()
            return [VersionLine(**row) for row in rows]

    def delete(self, id: str, owner: str = LOCAL) -> None:
        """Delete a draft with all its versions.

        Raises:
            UnknownDraft: none of this owner's has the id.
        """
        with self._engine.begin() as connection:
            _current(connection, id, owner)
            connection.execute(delete(versions_table).where(versions_table.c.draft == id))
            connection.execute(delete(drafts_table).where(drafts_table.c.id == id))

    def get(self, id: str, owner: str = LOCAL) -> StoredDraft:
        """A draft as it stands.

        Raises:
            UnknownDraft: none of this owner's has the id.
        """
        with reading(self._engine) as connection:
            version = _current(connection, id, owner)
            row = connection.execute(
                select(versions_table).where(
                    versions_table.c.draft == id, versions_table.c.version == version
                )
            ).one()
            return StoredDraft(
                id=id,
                version=version,
                of=_newest(connection, id),
                change=row.change,
                updated=row.at,
                draft=Draft.model_validate_json(row.payload),
            )

    def all(self, owner: str = LOCAL, limit: int = 50) -> list[StoredDraft]:
        """The owner's drafts, last changed first."""
        with reading(self._engine) as connection:
            ids = connection.execute(
                select(drafts_table.c.id)
                .where(drafts_table.c.owner == owner)
                .order_by(drafts_table.c.updated.desc(), drafts_table.c.id)
                .limit(limit)
            ).scalars()
            found = list(ids)
        return [self.get(id, owner) for id in found]


def _current(connection: Connection, id: str, owner: str) -> int:
    version = connection.execute(
        select(drafts_table.c.version).where(drafts_table.c.id == id, drafts_table.c.owner == owner)
    ).scalar()
    if version is None:
        raise UnknownDraft(f"You have no draft '{id[:40]}'. `advisor draft list` shows yours.")
    return int(version)


def _newest(connection: Connection, id: str) -> int:
    return int(
        connection.execute(
            select(func.max(versions_table.c.version)).where(versions_table.c.draft == id)
        ).scalar_one()
    )


def _point(connection: Connection, id: str, version: int, at: str) -> None:
    connection.execute(
        update(drafts_table).where(drafts_table.c.id == id).values(version=version, updated=at)
    )


def _write(
    connection: Connection, id: str, version: int, change: str, draft: Draft, at: str
) -> None:
    connection.execute(
        insert(versions_table).values(
            draft=id, version=version, at=at, change=change, payload=draft.model_dump_json()
        )
    )
