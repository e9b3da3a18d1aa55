"""Upgrade and roll back with rows in every table, on SQLite and PostgreSQL: nothing is lost.

The rows are made from the schema itself, so that a table or a column that is added to an old
version's list is tested without anybody thinking of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Column, Engine, MetaData, Table, select, text

from assistant.advisor import Advisor
from assistant.operating import workspace
from assistant.operating.backup import backup, restore
from assistant.records.schema import declared, head, upgrade, version
from corpus.database import open_database, reading
from corpus.shelf.snapshots import dump_tables
from tests.assistant.test_backup import QUESTIONS, cited, made, rewritten, settings_of
from tests.assistant.test_schema import differences, to
from tests.databases import BACKENDS, empty_database

ROWS = 3
FIRST = "0001"

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "database").mkdir()
    with empty_database(request.param, tmp_path / "database") as made_url:
        yield made_url


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = open_database(url)
    yield opened
    opened.dispose()


def tables_of(engine: Engine) -> list[Table]:
    found = MetaData()
    with reading(engine) as connection:
        found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def value(column: Column[Any], number: int) -> object:
    """Something that the column takes, and that differs by row; keys of other tables fit.

    Keys are those of today's schema: the program kept to them before the database did.
    """
    for key in declared().tables[column.table.name].c[column.name].foreign_keys:
        return value(key.column, number)
    kind = column.type.python_type
    if kind is str:
        words = f"{column.name} {number} «灯» \u2028 фонарь"
        return words[: getattr(column.type, "length", None)]
    if kind is bytes:
        return bytes([0, 255, number])
    if kind is bool:
        return bool(number % 2)
    return kind(number + 1)


def fill(engine: Engine) -> None:
    """ROWS rows in every table; columns that may be empty are so in one of them."""
    tables = tables_of(engine)
    with engine.begin() as connection:
        for table in tables:
            for number in range(ROWS):
                row = {
                    column.name: None
                    if column.nullable and not column.foreign_keys and number == ROWS - 1
                    else value(column, number)
                    for column in table.columns
                }
                connection.execute(table.insert(), row)


def held(engine: Engine, of: Rows | None = None) -> Rows:
    """Every row of every table; only the tables and columns of `of`, where it is given."""
    found: Rows = {}
    tables = tables_of(engine)
    with reading(engine) as connection:
        for table in tables:
            if of is not None and table.name not in of:
                continue
            names = list(of[table.name][0]) if of is not None else [c.name for c in table.columns]
            order = list(table.primary_key.columns)
            chosen = select(*(table.c[name] for name in names)).order_by(*order)
            found[table.name] = [dict(row) for row in connection.execute(chosen).mappings()]
    return found


def test_from_the_first_schema_to_the_head_and_back_and_again_loses_nothing(engine: Engine) -> None:
    to(engine, FIRST)
    fill(engine)
    before = held(engine)
    assert len(before) >= 10
    assert all(len(rows) == ROWS for rows in before.values())

    assert upgrade(engine) == (FIRST, head())
    assert differences(engine) == []
    assert held(engine, before) == before
    to(engine, FIRST, down=True)
    assert held(engine) == before  # the same tables and columns, too
    assert upgrade(engine) == (FIRST, head())
    assert differences(engine) == []
    assert held(engine, before) == before


def test_at_the_head_every_table_takes_rows_and_going_back_keeps_what_the_first_schema_knew(
    engine: Engine,
) -> None:
    upgrade(engine)
    fill(engine)
    everything = held(engine)
    assert all(len(rows) == ROWS for rows in everything.values())
    to(engine, FIRST, down=True)
    kept = held(engine)
    # The first schema knew no translations and would list each as a document of its own.
    everything["shelf_documents"] = [
        row for row in everything["shelf_documents"] if row["translation_of"] is None
    ]
    assert everything["shelf_documents"]
    for name, rows in kept.items():
        assert rows, name
        columns = list(rows[0])
        assert rows == [{c: row[c] for c in columns} for row in everything[name]]


def test_versions_of_a_draft_that_is_gone_do_not_stop_an_upgrade(engine: Engine) -> None:
    to(engine, FIRST)
    fill(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM drafts WHERE version = 1"))
    upgrade(engine)
    assert differences(engine) == []
    left = held(engine)
    assert len(left["drafts"]) == ROWS - 1
    assert {row["draft"] for row in left["draft_versions"]} == {r["id"] for r in left["drafts"]}


def test_a_backup_made_by_the_first_schema_is_restored_and_answers_alike(
    url: str, tmp_path: Path
) -> None:
    here = settings_of(tmp_path / "a")
    advisor = made(here)
    before = cited(advisor)
    first = advisor.ask(QUESTIONS[0])
    assert first.conversation
    backup(here, tmp_path / "now.backup")
    old = workspace.database(here)
    to(old, FIRST, down=True)
    kept = held(old)
    assert kept["turns"]
    assert kept["shelf_documents"]

    def older(folder: Path, contents: dict[str, Any]) -> None:
        for path in (folder / "tables").iterdir():
            path.unlink()
        contents["rows"] = dump_tables(old, folder / "tables")
        contents["revision"] = FIRST

    made_then = rewritten(tmp_path / "now.backup", tmp_path / "then.backup", older)
    there = settings_of(tmp_path / "b").model_copy(update={"database_url": SecretStr(url)})
    restore(there, made_then)
    engine = workspace.database(there)
    assert version(engine) == head()
    assert differences(engine) == []
    assert held(engine, {name: rows for name, rows in kept.items() if rows}) == {
        name: rows for name, rows in kept.items() if rows
    }
    again = Advisor.open(there)
    assert [turn.id for turn in again.store.turns(first.conversation, "local")] == [first.id]
    assert cited(again) == before
