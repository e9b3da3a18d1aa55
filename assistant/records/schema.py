"""Every table of the program as one schema with versions, brought up to date when opened.

The versions are Alembic's, in `assistant/records/migrations/versions`. A database of the release
that had
no versions yet goes through all of them: the first makes only what is missing. Processes that
start together take turns.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, inspect, text

from corpus.database import metadata, one_at_a_time, reading
from corpus.errors import AdvisorError

DECLARED_IN = (
    "corpus.work.job",
    "corpus.shelf.register",
    "corpus.tampering.marks",
    "corpus.fetching.state",
    "corpus.work.leases",
    "indexing.replicating.shipping",
    "indexing.replicating.transport",
    "assistant.records.tables",
    "assistant.people.limits",
    "assistant.operating.switches",
    "assistant.advice.drafting.versions",
    "assistant.advice.review.tables",
    "assistant.people.tables",
)
"""A test looks through the packages for tables of modules that are not here."""

MIGRATIONS = Path(__file__).parent / "migrations"


class NewerSchema(AdvisorError):
    """For the operator: a later release has changed this database."""

    code = "newer-schema"


def declared() -> MetaData:
    """The metadata with every table on it."""
    for module in DECLARED_IN:
        import_module(module)
    return metadata


def head() -> str:
    """The version this release works with."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory.from_config(settings_of_alembic()).get_current_head())


def version(engine: Engine) -> str | None:
    """The database's version; None for one without, and for an empty one."""
    with reading(engine) as connection:
        return _version(connection)


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring a database to this release's version; returns the version before, and now.

    A SQLite file is copied beside itself (`advisor.db.before-VERSION`) before anything changes,
    unless it was empty.

    Raises:
        NewerSchema: a later release has changed it; nothing was done.
    """
    wanted = head()
    before = version(engine)
    if before == wanted:
        return before, wanted
    declared()
    from alembic import command

    _refuse_newer(before)
    with engine.begin() as connection:
        one_at_a_time(connection, "migrations")
        now = _version(connection)  # another process may have been here first
        if now != wanted:
            _refuse_newer(now)
            config = settings_of_alembic()
            config.attributes["connection"] = connection
            if now is None and not inspect(connection).get_table_names():
                declared().create_all(connection)  # the same, sooner: a test compares
                command.stamp(config, "head")
            else:
                if engine.dialect.name == "sqlite":  # the copy is of what was there before
                    _copy(str(engine.url.database or ""), wanted)
                command.upgrade(config, "head")
    return before, wanted


def settings_of_alembic() -> Any:
    """Alembic's Config for our versions; its `attributes` want a `connection`."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def _version(connection: Connection) -> str | None:
    if "alembic_version" not in inspect(connection).get_table_names():
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _refuse_newer(now: str | None) -> None:
    from alembic.script import ScriptDirectory

    known = {
        r.revision for r in ScriptDirectory.from_config(settings_of_alembic()).walk_revisions()
    }
    if now is not None and now not in known:
        raise NewerSchema(
            f"The database is at version {now}, which this release does not know. Run the release "
            "that made it, or restore the backup from before (`advisor restore`)."
        )


def _copy(path: str, wanted: str) -> None:
    """A copy of a SQLite file, consistent though others may be writing."""
    target = Path(f"{path}.before-{wanted}")
    if not path or path == ":memory:" or target.exists():
        return
    part = target.with_suffix(target.suffix + ".part")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    shutil.move(part, target)
