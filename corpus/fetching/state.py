"""What earlier runs of the fetcher know: validators and hashes by address, outcomes by document."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import (
    Column,
    Engine,
    Integer,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)

from corpus.database import make_tables, metadata, reading
from corpus.documents import Frozen
from corpus.errors import AdvisorError

files_table = Table(
    "fetch_files",
    metadata,
    Column("url", String(2000), primary_key=True),
    Column("final_url", Text, nullable=False, default=""),
    Column("etag", Text),
    Column("last_modified", String(64)),
    Column("sha256", String(64)),
    Column("file", String(80)),
    Column("size", Integer, nullable=False, default=0),
    Column("partial", Text),
    Column("at", String(32), nullable=False),
)

outcomes_table = Table(
    "fetch_outcomes",
    metadata,
    Column("entry", String(160), primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("outcome", String(16), nullable=False),
    Column("url", Text),
    Column("sha256", String(64)),
    Column("code", String(40)),
    Column("reason", Text),
    Column("keys", Text, nullable=False, default=""),
    Column("at", String(32), nullable=False),
)


class FetchBusy(AdvisorError):
    """For the librarian: another run of the fetcher is under way on this data directory."""

    code = "fetch-busy"


class KnownFile(Frozen):
    """What is known of the file at an address.

    Attributes:
        url, final_url: asked for, and after redirects.
        etag, last_modified: validators of the copy held.
        sha256, file, size: of the copy held; None and 0 where there is none yet.
        partial: validator of the version a partial download belongs to.
    """

    url: str
    final_url: str = ""
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    file: str | None = None
    size: int = 0
    partial: str | None = None


class PastOutcome(Frozen):
    """What became of a document when it was last fetched (UTC, ISO 8601)."""

    entry: str
    language: str
    outcome: str
    url: str | None = None
    sha256: str | None = None
    code: str | None = None
    reason: str | None = None
    keys: tuple[str, ...] = ()
    at: str = ""


class FetchState:
    """The fetcher's memory in the relational store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        make_tables(engine)

    def file(self, url: str) -> KnownFile:
        """What is known of an address; an empty record when it is new."""
        with reading(self._engine) as connection:
            row = (
                connection.execute(select(files_table).where(files_table.c.url == url))
                .mappings()
                .first()
            )
        return (
            KnownFile(**{k: v for k, v in row.items() if k != "at"}) if row else KnownFile(url=url)
        )

    def keep_file(self, known: KnownFile) -> None:
        """Write the record of an address."""
        with self._engine.begin() as connection:
            connection.execute(delete(files_table).where(files_table.c.url == known.url))
            connection.execute(insert(files_table).values(**known.model_dump(), at=now()))

    def outcome(self, entry: str, language: str) -> PastOutcome | None:
        """The last outcome of a document in a language."""
        return next(
            (o for o in self.outcomes() if (o.entry, o.language) == (entry, language)), None
        )

    def outcomes(self) -> list[PastOutcome]:
        """Every last outcome, by document and language."""
        order = (outcomes_table.c.entry, outcomes_table.c.language)
        with reading(self._engine) as connection:
            rows = connection.execute(select(outcomes_table).order_by(*order)).mappings().all()
        return [PastOutcome(**{**row, "keys": tuple(row["keys"].split())}) for row in rows]

    def keep_outcome(self, outcome: PastOutcome) -> None:
        """Replace the last outcome of a document."""
        values = outcome.model_dump() | {"keys": " ".join(outcome.keys), "at": now()}
        with self._engine.begin() as connection:
            connection.execute(
                delete(outcomes_table).where(
                    outcomes_table.c.entry == outcome.entry,
                    outcomes_table.c.language == outcome.language,
                )
            )
            connection.execute(insert(outcomes_table).values(**values))


def now() -> str:
    """This moment in UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system drops it when the process dies, however it dies.

    Raises:
        FetchBusy: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FetchBusy(
                "Another `advisor corpus fetch` is running on this data directory. Wait for it."
            ) from error
        yield
    finally:
        os.close(handle)
