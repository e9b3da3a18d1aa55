"""One way to open the relational store: SQLite (WAL) by default, PostgreSQL by URL (P20)."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text

from corpus.store_errors import speak

metadata = MetaData()
"""Every table of the relational store, whichever room declares it: one schema, migrated as one."""

_SWITCH_SECONDS = 30.0
"""How long a process waits for others that are making the same new file; as the busy timeout."""


def open_database(url: str) -> Engine:
    """Engine for `url` (`sqlite:///...` or `postgresql+psycopg://...`).

    On SQLite every connection gets WAL, foreign keys and a 30 s busy timeout, and every
    transaction begins IMMEDIATE so that two writers queue instead of failing with
    'database is locked' (the recipe of SQLAlchemy's own pysqlite page). SQLite's own `lower`
    knows ASCII only; Python's takes its place, so that both databases search alike. What befalls
    the database is raised in the words of `corpus.store_errors`.
    """
    # A database that is away is told within seconds; the operating system would wait for minutes.
    waits = {"connect_timeout": 5} if url.startswith("postgresql") else {}
    # An error's text goes to logs; questions and names are no part of it.
    engine = create_engine(
        url, pool_pre_ping=True, future=True, connect_args=waits, hide_parameters=True
    )
    speak(engine)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _on_connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 30000")
            _write_ahead(cursor)
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.close()
            connection.create_function("lower", 1, _lower, deterministic=True)

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _write_ahead(cursor: Any) -> None:
    """Switch a new database file to WAL; a file that is in it already is left alone.

    The switch needs the file for itself and, unlike other statements, does not wait for it: SQLite
    answers 'locked' at once when several processes open a new file together.
    """
    give_up = time.monotonic() + _SWITCH_SECONDS
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def sqlite_url(path: Path) -> str:
    """URL of a SQLite file; its directory is made when missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def reading(engine: Engine) -> Connection:
    """A connection for reads: autocommit, so it takes no write lock and waits for none."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def make_tables(engine: Engine) -> None:
    """Make the declared tables that are missing; processes that start together take turns."""
    with engine.begin() as connection:
        one_at_a_time(connection, "make-tables")
        metadata.create_all(connection)


def one_at_a_time(connection: Connection, what: str) -> None:
    """Until this transaction ends, let no other one past the same line with the same `what`.

    For a decision on what was just counted. On SQLite a writing transaction has that by itself;
    on PostgreSQL it is an advisory lock, kept by the transaction.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what}
        )


def storable(written: str) -> str:
    """`written` without what no database stores: NUL, and halves of surrogate pairs."""
    return written.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value
