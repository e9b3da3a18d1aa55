"""One way to open the relational store: SQLite (WAL) by default, PostgreSQL by URL (P20)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event


def open_database(url: str) -> Engine:
    """Engine for `url` (`sqlite:///...` or `postgresql+psycopg://...`).

    On SQLite every connection gets WAL, foreign keys and a 30 s busy timeout, and every
    transaction begins IMMEDIATE so that two writers queue instead of failing with
    'database is locked' (the recipe of SQLAlchemy's own pysqlite page).
    """
    engine = create_engine(url, pool_pre_ping=True, future=True)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _on_connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 30000")
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA synchronous = NORMAL")
            cursor.close()

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def sqlite_url(path: Path) -> str:
    """URL of a SQLite file; its directory is made when missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def reading(engine: Engine) -> Connection:
    """A connection for reads: autocommit, so it takes no write lock and waits for none."""
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")
