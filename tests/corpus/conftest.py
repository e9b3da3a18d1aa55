"""Fixtures of the corpus's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.corpus.fetching_desk import Desk
from tests.corpus.library_server import (
    Library,
    serving,
)


@pytest.fixture
def library() -> Iterator[Library]:
    with serving() as held:
        yield held


@pytest.fixture
def desk(tmp_path: Path, library: Library) -> Desk:
    return Desk(tmp_path, library)
