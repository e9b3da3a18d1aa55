"""The relational store as files, and back: one consistent moment of it, in any database's terms.

Every table becomes a file of JSON lines, so that what was saved from SQLite can be restored into
PostgreSQL and the other way round. Nothing is locked: SQLite's own online backup (P19) copies the
moment, PostgreSQL's repeatable read sees it.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    func,
    insert,
    inspect,
    select,
    text,
)

from corpus.database import metadata
from corpus.errors import AdvisorError

_BATCH = 500
_REVISION = "alembic_version"


class NewerStore(AdvisorError):
    """For the operator: what is to be loaded was saved by a newer version of this program."""

    code = "newer-store"


class StoreNotEmpty(AdvisorError):
    """For the operator: rows would be mixed with those of a store in use."""

    code = "store-not-empty"


def transient() -> frozenset[str]:
    """Tables that hold what is true only while processes run: leases, places in a queue."""
    return frozenset(t.name for t in metadata.tables.values() if t.info.get("transient"))


def dump_tables(engine: Engine, folder: Path) -> dict[str, int]:
    """Write every table of `engine`'s database as `folder`/NAME.jsonl; rows by table.

    The store may be in use; what is written is one moment of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    with _moment(engine) as connection:
        for table in _reflected(connection).sorted_tables:
            if table.name in transient():
                continue
            order = list(table.primary_key.columns)
            rows = connection.execution_options(stream_results=True).execute(
                select(table).order_by(*order)
            )
            counts[table.name] = 0
            with (folder / f"{table.name}.jsonl").open("w", encoding="utf-8") as file:
                for row in rows.mappings():
                    kept = {name: _out(value) for name, value in row.items()}
                    file.write(json.dumps(kept, ensure_ascii=False) + "\n")
                    counts[table.name] += 1
    return counts


def load_tables(engine: Engine, folder: Path) -> dict[str, int]:
    """Put the rows of `folder` into the tables of `engine`, which exist and are empty.

    All or nothing. Columns that did not exist when the rows were saved get their defaults.

    Raises:
        NewerStore: there is a table or a column this database does not have.
        StoreNotEmpty: the database holds rows already.
    """
    if not is_empty(engine):
        raise StoreNotEmpty(
            "The database already holds documents or conversations. Restore into an empty one: "
            "another ADVISOR_DATA_DIR, or another database in DATABASE_URL."
        )
    counts: dict[str, int] = {}
    with engine.begin() as connection:
        tables = {table.name: table for table in _reflected(connection).sorted_tables}
        saved = {path.stem: path for path in folder.glob("*.jsonl")}
        if unknown := sorted(saved.keys() - tables.keys() - {_REVISION}):
            raise NewerStore(_newer(f"the table '{unknown[0]}'"))
        for name, table in tables.items():
            if name == _REVISION or name not in saved:
                continue
            counts[name] = 0
            for batch in _batches(_rows(saved[name], table)):
                connection.execute(insert(table), batch)
                counts[name] += len(batch)
            _count_on(connection, table)
    return counts


def revision_in(folder: Path) -> str | None:
    """Schema revision of saved tables; None when they were saved before there were any."""
    path = folder / f"{_REVISION}.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n") if path.is_file() else []
    return str(json.loads(lines[0])["version_num"]) if lines and lines[0] else None


def is_empty(engine: Engine) -> bool:
    """Whether no table holds a row (what is transient, and the schema's revision, aside)."""
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            if name in transient() or name == _REVISION:
                continue
            table = Table(name, MetaData(), autoload_with=connection)
            if connection.execute(select(func.count()).select_from(table)).scalar():
                return False
    return True


def _newer(what: str) -> str:
    return (
        f"The backup holds {what}, which this version of the program does not know. "
        "Restore it with the version that made it, or a newer one."
    )


@contextmanager
def _moment(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment of the store, whatever others write meanwhile."""
    if engine.dialect.name != "sqlite":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
        return
    with tempfile.TemporaryDirectory(prefix="advisor-snapshot-") as folder:
        copy = Path(folder) / "advisor.db"
        source = sqlite3.connect(str(engine.url.database), timeout=30)
        target = sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        own = create_engine(f"sqlite:///{copy}")
        try:
            with own.connect() as connection:
                yield connection
        finally:
            own.dispose()


def _reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def _rows(path: Path, table: Table) -> Iterator[dict[str, Any]]:
    flags = {c.name for c in table.columns if isinstance(c.type, Boolean)}
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if unknown := sorted(row.keys() - {c.name for c in table.columns}):
                raise NewerStore(_newer(f"the column '{table.name}.{unknown[0]}'"))
            yield {
                name: bool(value) if name in flags and value is not None else _in(value)
                for name, value in row.items()
            }


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL numbers rows from a sequence of its own; let it go on after those loaded."""
    key = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(key) != 1:
        return
    place = {"table": f'"{table.name}"', "column": key[0].name}
    name = connection.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), place
    ).scalar()
    if name:
        last = select(func.coalesce(func.max(key[0]), 0)).scalar_subquery()
        connection.execute(select(func.setval(name, last + 1, False)))


def _out(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"$bytes": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, datetime | date):
        return {"$time": value.isoformat()}
    return value


def _in(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"$bytes"}:
        return base64.b64decode(value["$bytes"])
    if isinstance(value, dict) and value.keys() == {"$time"}:
        return datetime.fromisoformat(value["$time"])
    return value
