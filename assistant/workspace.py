"""Where a process's state is: the shelf and the database of one data directory."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine

from assistant.settings import Settings
from corpus.database import open_database, sqlite_url
from corpus.errors import AdvisorError
from corpus.shelf import Shelf


class UnusableDataDirectory(AdvisorError):
    """For the operator: the data directory cannot be made or written to."""

    code = "unusable-data-directory"


def home(settings: Settings) -> Path:
    """The data directory, made when missing, readable by its owner only.

    Raises:
        UnusableDataDirectory: it cannot be created or is not writable.
    """
    path = settings.home
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UnusableDataDirectory(
            f"The data directory cannot be made ({error.strerror}). "
            "Set ADVISOR_DATA_DIR to a directory you may write to."
        ) from error
    if not os.access(path, os.W_OK):
        raise UnusableDataDirectory(
            "The data directory is not writable. Set ADVISOR_DATA_DIR to one that is."
        )
    return path


def database(settings: Settings) -> Engine:
    """Engine of the relational store: DATABASE_URL, or `advisor.db` in the data directory."""
    if settings.database_url is not None:
        return open_database(settings.database_url.get_secret_value())
    return open_database(sqlite_url(home(settings) / "advisor.db"))


def shelf(settings: Settings, engine: Engine | None = None) -> Shelf:
    """The shelf of this data directory; `files/` beside it keeps the files read."""
    files = home(settings) / "files"
    files.mkdir(exist_ok=True, mode=0o700)
    return Shelf(engine or database(settings), files)
