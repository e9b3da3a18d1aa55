"""The shipped index and search over passages that have no clauses, headings or titles.

A public passage becomes a document of one section with one clause, so nothing of what search
knows about resolutions helps here: what is measured is the two arms and their fusion. Passages
longer than the index cuts (indexing.building.chunking) are found by any of their pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from corpus.database import open_database, sqlite_url
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from evals.public.texts import Plain, PublicSet
from indexing.building.cache import VectorCache
from indexing.building.embedding import Embedder, Vectors
from indexing.building.passages import SearchResult
from indexing.building.sync import sync
from indexing.building.versions import open_current
from indexing.search import Searcher

TOP = 100
"""Passages ranked for a question."""

DEPTH = 150
"""Passages asked of an arm alone."""


class Remembering:
    """An embedder that keeps the vectors of questions on disk, so that a second run embeds none."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        """`path`: the SQLite file the vectors of questions are kept in."""
        self._embedder = embedder
        self._cache = VectorCache(path, _Questions(embedder))
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self.dimension, self.note = embedder.dimension, embedder.note

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """As the embedder does; the index keeps these itself."""
        return self._embedder.embed_passages(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Through the file."""
        return self._cache.embed(texts)

    def close(self) -> None:
        """Close the file."""
        self._cache.close()


class _Questions:
    """The same model, its questions where a cache looks for passages."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.note = embedder.name, embedder.note
        self.fingerprint = f"{embedder.fingerprint}:questions"
        self.dimension = embedder.dimension
        self.embed_passages = self.embed_queries = embedder.embed_queries


class PlainIndex:
    """One public set, indexed in a folder of its own; embedding is paid once a folder."""

    def __init__(self, public: PublicSet, folder: Path, embedder: Embedder) -> None:
        """Index what is not indexed yet."""
        folder.mkdir(parents=True, exist_ok=True)
        self.public = public
        self.embedder = Remembering(embedder, folder / "questions.sqlite")
        self.shelf = Shelf(open_database(sqlite_url(folder / "advisor.db")), folder / "files")
        documents = [
            document(passage, public.language, n) for n, passage in enumerate(public.passages)
        ]
        if len(self.shelf.live()) != len(documents):
            self.shelf.put(documents, Source(name=public.name, sha256="0" * 64), "bench")
        sync(self.shelf, folder, self.embedder)
        self._names = {d.id: p.id for d, p in zip(documents, public.passages, strict=True)}
        self.searcher = Searcher(folder, self.shelf, self.embedder, catalogue=Catalogue(()))
        self._version = open_current(folder, self.embedder)

    def bm25(self, question: str) -> list[tuple[str, float]]:
        """Our lexical arm alone."""
        found = self._version.lexical.query(question, self.public.asked_in, DEPTH)
        return self._ranked(found)

    def dense(self, question: str) -> list[tuple[str, float]]:
        """The embedder alone, through Chroma."""
        vector = self.embedder.embed_queries([question])[0]
        return self._ranked(self._version.vectors.query(np.asarray(vector), DEPTH))

    def search(self, question: str) -> SearchResult:
        """The shipped search."""
        return self.searcher.search(question, TOP, language=self.public.asked_in)

    def ours(self, question: str) -> list[tuple[str, float]]:
        """The shipped search, as a ranking of the set's passages."""
        return self.ranked(self.search(question))

    def ranked(self, result: SearchResult) -> list[tuple[str, float]]:
        """A result of search as a ranking of the set's passages."""
        return self._best((e.passage.document, e.score) for e in result.evidence)

    def named(self, document: str) -> str:
        """The set's id of one of our documents."""
        return self._names[document]

    def systems(self) -> dict[str, Callable[[str], list[tuple[str, float]]]]:
        """What is compared, by the name of its row."""
        return {"BM25": self.bm25, "dense": self.dense, "ours": self.ours}

    def close(self) -> None:
        """Close the index."""
        self._version.close()
        self.searcher.close()
        self.embedder.close()

    def _ranked(self, found: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
        scores = dict(found)
        passages = self._version.passages([name for name, _ in found])
        return self._best((p.document, scores[p.id]) for p in passages)

    def _best(self, found: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
        best: dict[str, float] = {}
        for name, score in found:
            best.setdefault(self._names[name], score)
        return sorted(best.items(), key=lambda pair: -pair[1])[:TOP]


def document(passage: Plain, language: str, number: int) -> Document:
    """A public passage as a document of one clause."""
    return Document(
        id=f"public-{number}",
        title=passage.title,
        kind=DocumentKind.REPORT,
        edition=Edition(),
        language=language,
        sections=(
            Section(
                slug="text",
                heading="",
                kind=SectionKind.BODY,
                clauses=(Clause(label=None, text=passage.text),),
            ),
        ),
    )
