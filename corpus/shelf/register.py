"""The shelf: every document read, its state and its history, in the relational store.

This is the truth (P17): the vector and lexical indexes are built from it and can be thrown away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
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

from corpus.addresses import Address
from corpus.database import make_tables, metadata, one_at_a_time, reading
from corpus.documents import Clause, Document, Frozen, Section
from corpus.errors import HeldBack, UnknownAddress
from corpus.tampering import marks
from corpus.tampering.marks import Decision, Mark
from corpus.tampering.rule import VERSION, Look, findings, version_by

documents_table = Table(
    "shelf_documents",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("id", String(160), nullable=False, index=True),
    Column("language", String(16), nullable=False),
    Column("is_digest", Boolean, nullable=False),
    Column("state", String(16), nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("clauses", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("source_sha256", String(64), nullable=False),
    Column("source_file", Text),
    Column("source_url", Text),
    Column("source_origin", String(16)),
    Column("added_by", String(200), nullable=False),
    Column("added_at", String(32), nullable=False),
    Column("rule", String(32)),
    Column("translation_of", String(64)),
)

history_table = Table(
    "shelf_history",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(32), nullable=False),
    Column("key", String(200), nullable=False, index=True),
    Column("detail", Text, nullable=False, default=""),
)


class State(StrEnum):
    """Of a document on the shelf."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Origin(StrEnum):
    """How a file came to the shelf, from the most trusted to the least."""

    OURS = "ours"
    """Written for this project and shipped with it."""
    OFFICIAL = "official"
    """Fetched by this program from a host of the catalogue; its hash is on record."""
    UPLOADED = "uploaded"
    """Given by a librarian, whatever address they say it is from."""

    @property
    def trusted(self) -> bool:
        """Whether nobody but its publisher or this project had it in hand."""
        return self is not Origin.UPLOADED


class Source(Frozen):
    """Where the bytes of a document came from (P10).

    Attributes:
        name: file name as given, for people; never used as a path.
        sha256: of the whole file, hex.
        file: name of our copy inside the data directory's `files/`, if one is kept (page pictures).
        url: where it was downloaded from, if it was.
        origin: how it came; what is not known to be better is an upload.
    """

    name: str
    sha256: str
    file: str | None = None
    url: str | None = None
    origin: Origin = Origin.UPLOADED

    @classmethod
    def of(
        cls,
        name: str,
        content: bytes,
        *,
        file: str | None = None,
        url: str | None = None,
        origin: Origin = Origin.UPLOADED,
    ) -> Source:
        """Source record of `content`, hashing it."""
        digest = hashlib.sha256(content).hexdigest()
        return cls(name=name, sha256=digest, file=file, url=url, origin=origin)


class Entry(Frozen):
    """One line of the shelf, without the text.

    Attributes:
        translation_of: of a translation, the content hash of the digest it translates; else None.
    """

    key: str
    id: str
    language: str
    is_digest: bool
    state: State
    content_hash: str
    clauses: int
    source: Source
    added_by: str
    added_at: str
    translation_of: str | None = None


class Event(Frozen):
    """One line of the history: who did what to which document, when (UTC, ISO 8601)."""

    at: str
    actor: str
    action: str
    key: str
    detail: str = ""


class Found(Frozen):
    """A clause with the section and document it stands in."""

    document: Document
    section: Section
    clause: Clause


RULE_ACTOR = "rule"
"""Actor of what the rule does by itself."""

_DECIDED = {Decision.RELEASED: "released", Decision.KEPT: "kept-back"}


def _as_stored(connection: Connection, key: str) -> Document:
    payload = connection.execute(
        select(documents_table.c.payload).where(documents_table.c.key == key)
    ).scalar()
    if payload is None:
        raise UnknownAddress(f"No document '{key[:120]}' is on the shelf.")
    return Document.model_validate_json(payload)


Settle = Callable[[Document, Callable[[str], tuple[Document, str] | None]], Document]
"""Gives a document the id it is filed under; asks what a key holds, and from which file."""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Shelf:
    """Documents by key, with their states and history. Safe to use from many threads.

    It is the one door to the texts (P8): whatever gives documents or clauses here leaves out what
    is withdrawn or held back, but for `as_stored`, which is for indexing, checking and librarians.

    A translation of a digest is no document of its own: it is neither listed nor indexed, and it
    is found only as the words of its digest in another language. It goes where its digest goes.
    """

    def __init__(self, engine: Engine, files: Path) -> None:
        """`engine` from corpus.database; `files` is the directory that keeps the files read."""
        self._engine = engine
        self.files = files
        self._read: tuple[int, tuple[Entry, ...], tuple[Entry, ...]] | None = None
        self._held: tuple[int, Mapping[str, frozenset[str]]] | None = None
        make_tables(engine)

    def put(
        self,
        documents: Sequence[Document],
        source: Source,
        actor: str,
        settle: Settle | None = None,
    ) -> list[str]:
        """Add documents, or replace those with the same key, in one transaction.

        Args:
            documents: to add.
            source: where they came from.
            actor: who adds, for the history (P10).
            settle: gives each document the id it is filed under, seeing what is held; as they
                are where None.

        Returns one word per document: 'added', 'replaced' or 'unchanged' (same content hash,
        still active: nothing is written). A withdrawn document that is added again is restored.
        Translations of digests take one line of the history together.
        """
        outcome: list[str] = []
        translated = 0
        with self._engine.begin() as connection:
            one_at_a_time(connection, "shelf")
            for document in documents:
                if settle is not None:
                    document = settle(document, lambda key: self._holder(connection, key))
                old = connection.execute(
                    select(documents_table.c.content_hash, documents_table.c.state).where(
                        documents_table.c.key == document.key
                    )
                ).first()
                fresh = document.content_hash
                if old and old.content_hash == fresh and old.state == State.ACTIVE:
                    outcome.append("unchanged")
                    continue
                action = "replaced" if old else "added"
                connection.execute(
                    delete(documents_table).where(documents_table.c.key == document.key)
                )
                connection.execute(
                    insert(documents_table).values(
                        key=document.key,
                        id=document.id,
                        language=document.language,
                        is_digest=document.is_digest,
                        state=State.ACTIVE.value,
                        content_hash=fresh,
                        clauses=sum(len(section.clauses) for section in document.sections),
                        payload=document.model_dump_json(),
                        source_name=source.name,
                        source_sha256=source.sha256,
                        source_file=source.file,
                        source_url=source.url,
                        source_origin=source.origin.value,
                        added_by=actor,
                        added_at=_now(),
                        rule=VERSION,
                        translation_of=document.translation_of,
                    )
                )
                if document.translation_of is None or source.origin is not Origin.OURS:
                    # A translation of ours is examined before it ships
                    # (`corpus.shelf.translating`), and what is held back of its digest is held back
                    # of it (`document`).
                    found = findings(document, source.origin.trusted)
                    marks.store(connection, document, found, VERSION)
                outcome.append(action)
                if document.translation_of is None:
                    self._record(connection, actor, action, document.key, source.name)
                else:
                    translated += 1
            if translated:
                self._record(connection, actor, "translated", source.name, f"{translated} digests")
        return outcome

    @staticmethod
    def _holder(connection: Connection, key: str) -> tuple[Document, str] | None:
        columns = documents_table.c
        row = connection.execute(
            select(columns.payload, columns.source_name).where(columns.key == key)
        ).first()
        if row is None:
            return None
        return Document.model_validate_json(row.payload), str(row.source_name)

    def remove(self, document: str, actor: str) -> list[str]:
        """Delete every language of a document id, or one key; history stays. Returns the keys.

        Raises:
            UnknownAddress: nothing on the shelf has this id or key.
        """
        keys = self._keys(document)
        with self._engine.begin() as connection:
            one_at_a_time(connection, "shelf")
            for key in keys:
                connection.execute(delete(documents_table).where(documents_table.c.key == key))
                marks.forget(connection, key)
                self._record(connection, actor, "removed", key, "")
        return keys

    def set_state(self, document: str, state: State, actor: str, reason: str = "") -> list[str]:
        """Withdraw or restore a document id or key; takes effect on the next question (P10).

        Raises:
            UnknownAddress: nothing on the shelf has this id or key.
        """
        keys = self._keys(document)
        action = "withdrawn" if state is State.WITHDRAWN else "restored"
        with self._engine.begin() as connection:
            one_at_a_time(connection, "shelf")
            for key in keys:
                connection.execute(
                    update(documents_table)
                    .where(documents_table.c.key == key)
                    .values(state=state.value)
                )
                self._record(connection, actor, action, key, reason)
        return keys

    def entries(self) -> list[Entry]:
        """Every line of the shelf but translations, by key; read anew when its revision changes."""
        return list(self._lines()[0])

    def translations(self) -> list[Entry]:
        """The translations of digests on the shelf, by key, whatever their state."""
        return list(self._lines()[1])

    def origin(self, key: str) -> Origin:
        """How the file came that the document with this key was read from.

        Raises:
            UnknownAddress: no such key.
        """
        for entry in chain(*self._lines()):
            if entry.key == key:
                return entry.source.origin
        raise UnknownAddress(f"No document '{key[:120]}' is on the shelf.")

    def _lines(self) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
        revision = self.revision()
        if self._read is None or self._read[0] != revision:
            # Read after the revision, so that what is kept is never older than its number says.
            every = self._entries()
            works = tuple(entry for entry in every if entry.translation_of is None)
            self._read = revision, works, tuple(entry for entry in every if entry.translation_of)
        return self._read[1:]

    def _entries(self) -> tuple[Entry, ...]:
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(
                    *(c for c in documents_table.c if c.name not in ("payload", "rule")),
                ).order_by(documents_table.c.key)
            ).mappings()
            return tuple(
                Entry(
                    source=Source(
                        name=row["source_name"],
                        sha256=row["source_sha256"],
                        file=row["source_file"],
                        url=row["source_url"],
                        origin=Origin(row["source_origin"] or Origin.UPLOADED),
                    ),
                    **{k: v for k, v in row.items() if not k.startswith("source_")},
                )
                for row in rows
            )

    def live(self) -> dict[str, str]:
        """Content hash by key of every document that may be answered from, by key.

        Withdrawn documents are out; a digest whose official text (any language) is active
        steps back. What is held back of a document is another matter: see `withheld`. Translations
        are not among them.
        """
        active = [entry for entry in self.entries() if entry.state is State.ACTIVE]
        official = {entry.id for entry in active if not entry.is_digest}
        return {
            entry.key: entry.content_hash
            for entry in active
            if not (entry.is_digest and entry.id in official)
        }

    def revision(self) -> int:
        """A number that grows with every change of the shelf; 0 while it has none.

        Writers wait for each other (`one_at_a_time`), so a later change never has a smaller number.
        """
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.max(history_table.c.number))).scalar() or 0)

    def document(self, key: str, language: str | None = None) -> Document:
        """The document with this key, whatever its state, without what is held back.

        A digest is given in `language` where its translation is held.

        Raises:
            UnknownAddress: no such key.
        """
        withheld = self.withheld()
        held = withheld.get(key, frozenset())
        other = self._translation(key, language) if language else None
        if other is None:
            return marks.without(self.as_stored(key), held)
        return marks.without(self.as_stored(other), held | withheld.get(other, frozenset()))

    def worded(self, found: Found, language: str) -> Found:
        """`found` in `language`, where it is a digest's and its translation is held; else itself.

        Raises:
            UnknownAddress: the document left the shelf meanwhile.
        """
        if not found.document.is_digest or found.document.language == language:
            return found
        document = self.document(found.document.key, language)
        hit = document.find(found.document.address(found.section, found.clause))
        if hit is None:
            return found
        return Found(document=document, section=hit[0], clause=hit[1])

    def _translation(self, key: str, language: str) -> str | None:
        """Key of the active translation of exactly the digest `key` as it stands, or None."""
        works, translations = self._lines()
        digest = next((e for e in works if e.key == key and e.is_digest), None)
        if digest is None or digest.language == language:
            return None
        return next(
            (
                entry.key
                for entry in translations
                if entry.id == digest.id
                and entry.language == language
                and entry.translation_of == digest.content_hash
                and entry.state is State.ACTIVE
            ),
            None,
        )

    def documents(self, keys: Sequence[str]) -> Iterator[Document]:
        """The documents of `keys`, one at a time, so that memory holds one document."""
        for key in keys:
            yield self.document(key)

    def as_stored(self, key: str) -> Document:
        """The document with every clause it has, also those held back: not for showing.

        Raises:
            UnknownAddress: no such key.
        """
        with reading(self._engine) as connection:
            return _as_stored(connection, key)

    def withheld(self) -> Mapping[str, frozenset[str]]:
        """Addresses of the clauses that are held back, by shelf key; read anew when it changes."""
        revision = self.revision()
        if self._held is None or self._held[0] != revision:
            self._examine(documents_table.c.rule.is_(None))  # of a release without the rule
            with reading(self._engine) as connection:
                found = marks.withheld_of(marks.of_key(connection))
            self._held = revision, found
        return self._held[1]

    def marks(self, document: str | None = None) -> list[Mark]:
        """What was found and decided, of a document id or key or of the whole shelf; surest first.

        Marks of documents that are not on the shelf are left out.

        Raises:
            UnknownAddress: nothing on the shelf has this id or key.
        """
        self.withheld()
        keys = frozenset(self._keys(document) if document else [e.key for e in self.entries()])
        with reading(self._engine) as connection:
            found = marks.of_key(connection)
        return [m for m in found if m.key in keys and not m.address.startswith("#")]

    def decide(self, key: str, address: str, state: Decision, actor: str, reason: str = "") -> None:
        """A librarian releases a clause or keeps it back, from the next question on (P10).

        Raises:
            UnknownAddress: no such document, or no such clause in it.
        """
        with self._engine.begin() as connection:
            one_at_a_time(connection, "shelf")
            document = _as_stored(connection, key)
            if not marks.decide(connection, document, address, state, actor, _now()):
                raise UnknownAddress(f"{key[:120]} has no clause '{address[:200]}'.")
            detail = f"{address}: {reason}" if reason else address
            self._record(connection, actor, _DECIDED[state], key, detail)

    def reexamine(
        self, look: Look | None = None, report: Callable[[int, int], None] | None = None
    ) -> int:
        """Look again at what an earlier version of the rule decided; how many documents.

        Args:
            look: a closer look, which every document is given that has not had it; without one,
                what has had one is left as it is.
            report: told how many documents of how many were looked at.
        """
        column = documents_table.c.rule
        if look is None:
            return self._examine(column.is_(None) | ~column.startswith(VERSION), None, report)
        # What ships with the program was looked at so before it shipped (the tests do it).
        ours = (documents_table.c.source_origin == Origin.OURS.value) & column.startswith(VERSION)
        return self._examine(
            column.is_(None) | ((column != version_by(look)) & ~ours), look, report
        )

    def _examine(
        self,
        which: ColumnElement[bool],
        look: Look | None = None,
        report: Callable[[int, int], None] | None = None,
    ) -> int:
        with reading(self._engine) as connection:
            found = connection.execute(
                select(documents_table.c.key, documents_table.c.source_origin).where(
                    which, documents_table.c.translation_of.is_(None)
                )
            ).all()
        origins = {key: Origin(origin or Origin.UPLOADED) for key, origin in found}
        version = version_by(look)
        for done, key in enumerate(origins):
            if report is not None:
                report(done, len(origins))
            # Looking takes a model's time, so nobody waits for it; what changed meanwhile is
            # another document, which has its turn at the next sync.
            try:
                document = self.as_stored(key)
                seen = list(findings(document, origins[key].trusted, look))
            except UnknownAddress:
                continue  # removed meanwhile
            with self._engine.begin() as connection:
                one_at_a_time(connection, "shelf")
                same = (documents_table.c.key == key) & (
                    documents_table.c.content_hash == document.content_hash
                )
                changed = update(documents_table).where(same).values(rule=version)
                if not connection.execute(changed).rowcount:
                    continue
                marks.store(connection, document, seen, version)
                self._record(connection, RULE_ACTOR, "examined", key, version)
        if report is not None and origins:
            report(len(origins), len(origins))
        return len(origins)

    def best(self, document: str, language: str | None = None) -> Document:
        """The live document with this id: official before digest, then `language`, then English.

        A digest is given in `language` where its translation is held.

        Raises:
            UnknownAddress: no live document has this id.
        """
        keys = [key for key in self.live() if key.split(":")[0] == document]
        if not keys:
            raise UnknownAddress(
                f"No document '{document[:120]}' is on the shelf. "
                "`advisor corpus list` shows what is."
            )
        wanted = [language, "en"]
        keys.sort(
            key=lambda k: (
                wanted.index(k.split(":")[1]) if k.split(":")[1] in wanted else len(wanted)
            )
        )
        return self.document(keys[0], language)

    def clause(self, address: Address, language: str | None = None) -> Found:
        """The clause at an address, in `language` if held.

        Raises:
            UnknownAddress: no live document, or no such clause in it.
        """
        document = self.best(address.document, language)
        hit = document.find(address)
        if hit is None:
            if any(str(address) in held for held in self.withheld().values()):
                raise HeldBack(
                    f"{address} is held back until a librarian has looked at it: its words speak "
                    "to software."
                )
            raise UnknownAddress(
                f"{address.document} has no clause '{address}'. "
                f"`advisor corpus show {address.document}` lists its clauses."
            )
        return Found(document=document, section=hit[0], clause=hit[1])

    def history(self, key: str | None = None, limit: int = 200) -> list[Event]:
        """Newest first; of one key, or of the whole shelf."""
        query = select(history_table).order_by(history_table.c.number.desc()).limit(limit)
        if key is not None:
            query = query.where(history_table.c.key == key)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings()
            return [Event(**{k: v for k, v in row.items() if k != "number"}) for row in rows]

    def _keys(self, document: str) -> list[str]:
        works, translations = self._lines()
        named = [entry for entry in works if document in (entry.key, entry.id)]
        # A digest takes its translations along; a translation may go alone.
        hashes = {entry.content_hash for entry in named if entry.is_digest}
        keys = [entry.key for entry in named] + [
            entry.key
            for entry in translations
            if document in (entry.key, entry.id) or entry.translation_of in hashes
        ]
        if not keys:
            raise UnknownAddress(
                f"No document '{document[:120]}' is on the shelf. "
                "`advisor corpus list` shows what is."
            )
        return keys

    @staticmethod
    def _record(connection: object, actor: str, action: str, key: str, detail: str) -> None:
        connection.execute(  # type: ignore[attr-defined]
            insert(history_table).values(
                at=_now(), actor=actor, action=action, key=key, detail=detail
            )
        )
