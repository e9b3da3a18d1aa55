"""Which lexical index is built and searched: bm25s on disk, or one in a database.

The seam for a search engine: an engine is one file with one class like `Bm25s` here, and
`indexing.building.postgres_text` is a working one. A version says on disk which engine made its
lexical part, so that it is opened by that one, and a process that cannot is told which setting it
lacks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Protocol

from indexing.building.lexical import LexicalArm, build_lexical
from indexing.building.passages import Filters, Passage
from indexing.building.records import Records
from indexing.errors import IndexMismatch

MADE_BY = "made-by.json"
"""File in a version's lexical folder that names its engine; bm25s writes none."""


class Arm(Protocol):
    """Queries one built index; see `indexing.building.lexical.LexicalArm` for what each returns."""

    count: int

    def query(
        self,
        text: str,
        language: str,
        k: int,
        filters: Filters | None = None,
        without: Collection[str] = (),
    ) -> list[tuple[str, float]]:
        """Passage ids with scores, best first, of a question in words."""

    def query_tokens(
        self,
        tokens: Collection[str],
        k: int,
        filters: Filters | None = None,
        without: Collection[str] = (),
    ) -> list[tuple[str, float]]:
        """The same of tokens already analysed."""

    def passages_with(self, tokens: Collection[str]) -> dict[str, int]:
        """In how many passages each token stands."""


class Engine(Protocol):
    """Builds and opens the lexical part of a version, in or beside a folder of its own."""

    name: str

    def build(self, passages: Iterable[Passage], folder: Path) -> int:
        """Index the passages, in their order; how many."""

    def open(self, folder: Path, records: Records) -> Arm:
        """Open what `build` left for `folder`; OSError, ValueError or KeyError when it is not."""


class Bm25s:
    """The default: bm25s, memory-mapped from the version's folder."""

    name = "bm25s"

    def build(self, passages: Iterable[Passage], folder: Path) -> int:
        """See `indexing.building.lexical.build_lexical`."""
        return build_lexical(passages, folder)

    def open(self, folder: Path, records: Records) -> Arm:
        """See `indexing.building.lexical.LexicalArm`."""
        return LexicalArm(folder, records)


_ENGINES: dict[str, Engine] = {"bm25s": Bm25s()}
_chosen = "bm25s"


def choose(engine: Engine) -> None:
    """From now on this process builds with `engine`, and can open what it made."""
    global _chosen
    _ENGINES[engine.name] = engine
    _chosen = engine.name


def chosen() -> Engine:
    """The engine that builds in this process."""
    return _ENGINES[_chosen]


def made_by(folder: Path) -> str:
    """Name of the engine that made a version's lexical folder."""
    path = folder / MADE_BY
    return str(json.loads(path.read_text())["engine"]) if path.is_file() else "bm25s"


def open_lexical(folder: Path, records: Records) -> Arm:
    """Open a version's lexical part with the engine that made it.

    Raises:
        IndexMismatch: this process was not set up for that engine.
        OSError, ValueError, KeyError: it is damaged or gone.
    """
    name = made_by(folder)
    if name not in _ENGINES:
        raise IndexMismatch(
            f"The words of the index are in '{name}'. Set ADVISOR_LEXICAL={name} (and DATABASE_URL)"
            ", or run `advisor index sync` to build them anew."
        )
    return _ENGINES[name].open(folder, records)
