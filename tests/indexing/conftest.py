"""Tiny documents and a shelf; the hashing embedder, a real one that needs no weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.database import open_database, sqlite_url
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.register import Shelf, Source
from indexing.building.embedding import Embedder, HashingEmbedder

SOURCE = Source(name="made up", sha256="0" * 64)

Put = Callable[..., None]


def resolution(
    number: int,
    *texts: str,
    language: str = "en",
    year: int = 2020,
    body: str = "made",
    is_digest: bool = False,
    title: str | None = None,
) -> Document:
    """A resolution whose operative clauses 1, 2, ... are `texts`."""
    clauses = tuple(Clause(label=str(i), text=text) for i, text in enumerate(texts, start=1))
    return Document(
        id=f"{body}-res-{number}@{year}",
        title=title or f"Lantern keeping {number}",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Nowhere", year=year),
        number=str(number),
        body=body,
        language=language,
        is_digest=is_digest,
        sections=(
            Section(
                slug="resolves", heading="resolves", kind=SectionKind.OPERATIVE, clauses=clauses
            ),
        ),
    )


@pytest.fixture
def embedder() -> Embedder:
    return HashingEmbedder()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(open_database(sqlite_url(tmp_path / "advisor.db")), tmp_path / "files")


@pytest.fixture
def put(shelf: Shelf) -> Put:
    def add(*documents: Document) -> None:
        shelf.put(documents, SOURCE, "test")

    return add
