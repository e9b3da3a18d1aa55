"""The passages of one index version, in one SQLite file: text, order, addresses, documents.

Passages are numbered from 0 in the order of shelf key and position; the lexical index uses the
same numbers, so a document is a range of rows and a filter is a handful of ranges. Only what
grows with the number of documents is held in memory; passages stay on disk.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexing.building.passages import Filters, Passage

_SCHEMA = """
CREATE TABLE passages (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, payload TEXT NOT NULL);
CREATE TABLE addresses (address TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (address, row))
    WITHOUT ROWID;
CREATE TABLE documents (key TEXT PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL,
    facets TEXT NOT NULL);
"""

Item = TypeVar("Item")
Mask = NDArray[np.bool_]


class DocumentRows(NamedTuple):
    """One document of the index: its rows and what filters look at."""

    key: str
    first: int
    length: int
    document: str
    kind: str
    body: str | None
    year: int | None
    country: str | None
    language: str


class RecordsWriter:
    """Writes a new file; documents are added whole, one after the other."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)
        # The file is thrown away if the process dies, so it needs no journal; the caller fsyncs.
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_SCHEMA)
        self.rows = 0

    def add(self, key: str, passages: Sequence[Passage]) -> None:
        """Append a document's passages (of one document, in reading order)."""
        first = self.rows
        rows = range(first, first + len(passages))
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?)",
            ((row, p.id, p.model_dump_json()) for row, p in zip(rows, passages, strict=True)),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO addresses VALUES (?, ?)",
            (
                (address, row)
                for row, p in zip(rows, passages, strict=True)
                for address in p.addresses
            ),
        )
        facets = [None, None, None, None, None, None]
        if passages:
            p = passages[0]
            facets = [p.document, p.kind.value, p.body, p.year, p.country, p.language]  # type: ignore[list-item]
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?)",
            (key, first, len(passages), json.dumps(facets)),
        )
        self.rows += len(passages)

    def close(self) -> None:
        """Finish the file."""
        self._connection.commit()
        self._connection.close()


class Records:
    """Reads a finished file; safe from many threads (a connection each)."""

    def __init__(self, path: Path) -> None:
        """Open `path`.

        Raises:
            sqlite3.Error: not such a file.
        """
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = threading.Lock()
        rows = self._query("SELECT key, first, count, facets FROM documents ORDER BY first, key")
        self.documents = [DocumentRows(k, f, c, *json.loads(x)) for k, f, c, x in rows]
        self.count = sum(d.length for d in self.documents)
        self._firsts = np.array([d.first for d in self.documents if d.length], dtype=np.int64)
        self._filled = [d for d in self.documents if d.length]
        self._mask = lru_cache(maxsize=16)(self._compute_mask)

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """In the order of `ids`; unknown ids are left out."""
        found: dict[str, str] = {}
        for batch in _batches(ids):
            found.update(
                self._query(
                    f"SELECT id, payload FROM passages WHERE id IN ({_marks(batch)})",  # noqa: S608
                    batch,
                )
            )
        return [Passage.model_validate_json(found[i]) for i in ids if i in found]

    def ids(self, rows: Sequence[int]) -> list[str]:
        """Ids of these rows, in their order."""
        found: dict[int, str] = {}
        for batch in _batches(rows):
            found.update(
                self._query(
                    f"SELECT row, id FROM passages WHERE row IN ({_marks(batch)})",  # noqa: S608
                    batch,
                )
            )
        return [found[row] for row in rows]

    def rows(self, ids: Sequence[str]) -> dict[str, int]:
        """Row by id, of those that exist."""
        found: dict[str, int] = {}
        for batch in _batches(ids):
            found.update(
                self._query(
                    f"SELECT id, row FROM passages WHERE id IN ({_marks(batch)})",  # noqa: S608
                    batch,
                )
            )
        return found

    def all_ids(self) -> Iterator[str]:
        """Every id, by row."""
        for (name,) in self._stream("SELECT id FROM passages ORDER BY row"):
            yield name

    def every(self) -> Iterator[Passage]:
        """Every passage, by row, one at a time."""
        for (payload,) in self._stream("SELECT payload FROM passages ORDER BY row"):
            yield Passage.model_validate_json(payload)

    def of_document(self, key: str) -> list[Passage]:
        """Passages of a shelf key in reading order; [] when it is not indexed."""
        rows = self._query("SELECT first, count FROM documents WHERE key = ?", (key,))
        if not rows:
            return []
        return self.between(rows[0][0], rows[0][0] + rows[0][1])

    def between(self, first: int, end: int) -> list[Passage]:
        """Passages of rows first..end-1."""
        rows = self._query(
            "SELECT payload FROM passages WHERE row >= ? AND row < ? ORDER BY row", (first, end)
        )
        return [Passage.model_validate_json(payload) for (payload,) in rows]

    def neighbours(self, name: str, before: int, after: int) -> list[Passage]:
        """Passages just before and after one, of the same document, without itself."""
        row = self.rows([name]).get(name)
        if row is None:
            return []
        place = int(np.searchsorted(self._firsts, row, side="right")) - 1
        home = self._filled[place]
        around = self.between(
            max(home.first, row - before), min(home.first + home.length, row + after + 1)
        )
        return [passage for passage in around if passage.id != name]

    def ids_at(self, address: str) -> list[str]:
        """Ids of the passages that hold the clause at `address`, in reading order."""
        rows = self._query(
            "SELECT id FROM addresses JOIN passages USING (row) WHERE address = ? ORDER BY row",
            (address,),
        )
        return [name for (name,) in rows]

    def mask(self, filters: Filters | None, without: Collection[str]) -> Mask | None:
        """Which rows may be found; None when all may. `without` holds shelf keys."""
        chosen = filters or Filters()
        if not without and not any(
            (
                chosen.kinds,
                chosen.bodies,
                chosen.years,
                chosen.documents,
                chosen.countries,
                chosen.languages,
            )
        ):
            return None
        return self._mask(chosen, frozenset(without))

    def _compute_mask(self, filters: Filters, without: frozenset[str]) -> Mask:
        mask = np.zeros(self.count, dtype=np.bool_)
        for entry in self._filled:
            if entry.key not in without and _accepts(filters, entry):
                mask[entry.first : entry.first + entry.length] = True
        mask.setflags(write=False)
        return mask

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            self._closed = True
            for connection in self._opened:
                connection.close()
            self._opened.clear()

    def _connection(self) -> sqlite3.Connection:
        held: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if held is None:
            # Sealed files never change, so SQLite needs neither locks nor a journal to read them.
            held = sqlite3.connect(
                f"{self._path.resolve().as_uri()}?mode=ro&immutable=1",
                uri=True,
                check_same_thread=False,
            )
            held.execute("PRAGMA mmap_size = 268435456")
            with self._lock:
                if self._closed:
                    held.close()
                    raise sqlite3.ProgrammingError("this index version was closed")
                self._opened.append(held)
            self._local.connection = held
        return held

    def _query(self, sql: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        return self._connection().execute(sql, tuple(values)).fetchall()

    def _stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        yield from self._connection().execute(sql)


def _accepts(filters: Filters, entry: DocumentRows) -> bool:
    tests: tuple[tuple[Collection[object], object], ...] = (
        (filters.kinds, entry.kind),
        (filters.bodies, entry.body),
        (filters.years, entry.year),
        (filters.documents, entry.document),
        (filters.countries, entry.country),
        (filters.languages, entry.language),
    )
    return all(not allowed or value in allowed for allowed, value in tests)


def _marks(batch: Sequence[object]) -> str:
    return ",".join("?" * len(batch))


def _batches(values: Sequence[Item], size: int = 900) -> Iterator[Sequence[Item]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
