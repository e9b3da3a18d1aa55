"""Databases for tests: every one that a deployment may use, each empty."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from corpus.database import sqlite_url

BACKENDS = ("sqlite", "postgresql")
POSTGRES = "ADVISOR_TEST_POSTGRES_URL"
"""URL of a PostgreSQL whose user may create databases; `.ci/run` starts one and sets it."""


@contextmanager
def empty_database(backend: str, folder: Path) -> Iterator[str]:
    """URL of a fresh database, dropped afterwards; the test skips where there is no PostgreSQL."""
    if backend == "sqlite":
        yield sqlite_url(folder / "advisor.db")
        return
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.skip(f"no PostgreSQL to test on: {POSTGRES} is not set (.ci/run starts one)")
    name = f"advisor_{uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
