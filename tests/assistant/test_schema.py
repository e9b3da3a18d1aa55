"""The database's versions: made, brought up to date without loss, never used when too new."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, Table, inspect, text

import assistant
import corpus
import indexing
from assistant.records.schema import (
    NewerSchema,
    declared,
    head,
    settings_of_alembic,
    upgrade,
    version,
)
from corpus.database import open_database, sqlite_url
from tests.databases import BACKENDS, empty_database


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with empty_database(request.param, tmp_path) as url:
        opened = open_database(url)
        yield opened
        opened.dispose()


def to(engine: Engine, revision: str, down: bool = False) -> None:
    with engine.begin() as connection:
        config = settings_of_alembic()
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, declared()))


def columns(engine: Engine) -> dict[str, set[str]]:
    inspector = inspect(engine)
    return {
        table: {column["name"] for column in inspector.get_columns(table)}
        for table in inspector.get_table_names()
    }


def test_a_new_database_is_at_the_head_and_as_declared(engine: Engine) -> None:
    assert upgrade(engine) == (None, head())
    assert version(engine) == head()
    assert differences(engine) == []
    assert upgrade(engine) == (head(), head())


def test_the_versions_one_by_one_lead_to_what_is_declared(engine: Engine) -> None:
    to(engine, "head")
    assert differences(engine) == []


def test_a_database_without_versions_goes_through_them_and_keeps_what_it_holds(
    engine: Engine,
) -> None:
    to(engine, "0001")
    wide = len(columns(engine)["conversations"])
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))  # as the first release made it
        connection.execute(text("DROP TABLE draft_versions"))  # a room that was never opened
        connection.execute(
            text(
                "INSERT INTO conversations VALUES ("
                + ", ".join(["'c1'"] + ["'x'"] * (wide - 1))
                + ")"
            )
        )
    assert upgrade(engine) == (None, head())
    assert differences(engine) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM conversations")).scalar() == 1


def test_going_back_and_forth_again(engine: Engine) -> None:
    upgrade(engine)
    now = columns(engine)
    to(engine, "0001", down=True)
    assert "users" not in columns(engine)
    upgrade(engine)
    assert columns(engine) == now


def test_a_database_of_a_later_release_is_refused_untouched(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="9999"):
        upgrade(engine)
    assert version(engine) == "9999"


def test_the_database_itself_keeps_the_audit_as_it_is(engine: Engine) -> None:
    from assistant.people.audit import Action, Audit

    for again in (False, True):
        if again:
            to(engine, "0001", down=True)
        upgrade(engine)
        Audit(engine).record("ada", Action.SWITCHED, "api")
        for statement in ("DELETE FROM audit", "UPDATE audit SET action = 'nothing'"):
            with pytest.raises(Exception, match="only ever added to"), engine.begin() as connection:
                connection.execute(text(statement))


def test_processes_that_start_together_take_turns(engine: Engine) -> None:
    to(engine, "0001")
    failures: list[BaseException] = []

    def start() -> None:
        try:
            upgrade(open_database(engine.url.render_as_string(hide_password=False)))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert differences(engine) == []


def test_a_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "advisor.db"))
    to(engine, "0001")
    upgrade(engine)
    (copy,) = tmp_path.glob("advisor.db.before-*")
    with sqlite3.connect(copy) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_no_table_is_overlooked() -> None:
    from assistant.records.schema import DECLARED_IN

    found = set()
    for package in (assistant, corpus, indexing):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            path = Path(package.__path__[0]).parent / (module.name.replace(".", "/") + ".py")
            if path.exists() and "= Table(\n" in path.read_text("utf-8"):
                found.add(module.name)
    held = {
        name
        for name in found
        if any(isinstance(v, Table) for v in vars(importlib.import_module(name)).values())
    }
    assert held - {"assistant.records.migrations.env"} <= set(DECLARED_IN)
