"""Fixtures of the evaluation room's tests."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def starter_clauses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Address -> text of every clause of the starter corpus; nothing is indexed."""
    from corpus.database import open_database, sqlite_url
    from corpus.shelf.register import Shelf
    from corpus.shelf.starter import load_starter

    folder: Path = tmp_path_factory.mktemp("shelf")
    (folder / "files").mkdir()
    shelf = Shelf(open_database(sqlite_url(folder / "advisor.db")), folder / "files")
    load_starter(shelf)
    return {
        str(document.address(section, clause)): clause.text
        for document in shelf.documents(list(shelf.live()))
        for section, clause in document.clauses()
    }
