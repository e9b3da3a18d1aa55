"""Chroma: where the vectors of an index version are, embedded on disk or in a Chroma server.

Both go through langchain-chroma. Vectors are always passed in: Chroma's own embedding function
would download a model. A stored document holds its passage's addresses, not the text again: the
text is in `passages.sqlite`, and Chroma's full-text copy of it would double the index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from indexing.building.chroma_server import SILENT, close, heard
from indexing.building.embedding import Embedder, Vectors
from indexing.building.passages import Filters, Passage
from indexing.building.records import Mask, Records
from indexing.errors import ForeignIndex, NoChromaServer

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

BATCH = 512
"""Vectors handed to Chroma at once."""

# Wider than Chroma's defaults (100, 100), as clauses of one instrument lie close together; what
# the defaults would lose was not measured.
_HNSW: Any = {
    "space": "cosine",
    "ef_construction": 160,
    "ef_search": 160,
    "max_neighbors": 24,
    "sync_threshold": 1000,
}

_FOUND_ENOUGH = 0.02
"""Share of passages a filter must leave for searching wide and filtering afterwards; below it the
allowed passages are compared one by one."""


class GivenVectors:
    """LangChain `Embeddings` that hands over vectors made beforehand, in order.

    langchain-chroma asks for the vectors of the texts it stores; ours are made in batches, from
    the cache, of a longer text than the one stored.
    """

    def __init__(self) -> None:
        self._next: Vectors = np.empty((0, 0), dtype=np.float32)

    def give(self, vectors: Vectors) -> None:
        """Vectors of the next call."""
        self._next = vectors

    def embed_documents(self, texts: list[str]) -> list[Vectors]:
        """The vectors given; `texts` are only counted."""
        if len(texts) != len(self._next):
            raise ValueError(f"{len(texts)} texts for {len(self._next)} vectors")
        return list(self._next)  # Chroma takes arrays, which spares a million boxed floats

    def embed_query(self, text: str) -> list[float]:
        """Not for questions."""
        raise NotImplementedError("questions are embedded by the Embedder")


def langchain_embeddings(embedder: Embedder) -> Any:
    """`embedder` as LangChain `Embeddings`, for stores and retrievers of other people's making."""
    from langchain_core.embeddings import Embeddings

    class _Adapter(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return embedder.embed_passages(texts).tolist()  # type: ignore[no-any-return]

        def embed_query(self, text: str) -> list[float]:
            return embedder.embed_queries([text])[0].tolist()  # type: ignore[no-any-return]

    return _Adapter()


def embedded_client(folder: Path) -> ClientAPI:
    """Chroma in this process, on `folder`."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False)
    )


class VectorCollection:
    """One collection of one client; what sync writes and the arm queries."""

    def __init__(self, client: ClientAPI, name: str, create: bool = False) -> None:
        """Open the collection `name`, or make it.

        Raises:
            ForeignIndex: it is not there.
            NoChromaServer: it is in a server that does not answer; so do all methods.
        """
        import httpx
        from langchain_chroma import Chroma

        self._client = client
        self._given = GivenVectors()
        try:
            if not create:
                client.get_collection(name, embedding_function=None)
            self.store = Chroma(
                collection_name=name,
                client=client,
                embedding_function=self._given,  # type: ignore[arg-type]
                collection_configuration={"hnsw": _HNSW} if create else None,
                create_collection_if_not_exists=create,
            )
            self._collection = client.get_collection(name, embedding_function=None)
        except httpx.HTTPError as error:
            raise NoChromaServer(SILENT) from error
        except Exception as error:  # chromadb's own errors, ValueError, Rust's panics
            raise ForeignIndex(
                "The vectors of the search index are missing or damaged. "
                "`advisor index sync` makes the index again."
            ) from error

    @heard()
    def add(self, passages: Sequence[Passage], vectors: Vectors) -> None:
        """Store passages with their vectors, replacing those with the same ids."""
        for start in range(0, len(passages), BATCH):
            batch = passages[start : start + BATCH]
            self._given.give(vectors[start : start + BATCH])
            self.store.add_texts(
                texts=[" ".join(passage.addresses) for passage in batch],
                metadatas=[{"key": passage.key} for passage in batch],
                ids=[passage.id for passage in batch],
            )

    @heard()
    def delete(self, ids: Sequence[str]) -> None:
        """Remove these ids."""
        for start in range(0, len(ids), BATCH):
            self.store.delete(ids=list(ids[start : start + BATCH]))

    @heard()
    def count(self) -> int:
        """How many vectors it holds."""
        return int(self._collection.count())

    def ids(self) -> Iterator[str]:
        """Every id, in no order."""
        total, step = self.count(), 10_000
        for offset in range(0, total, step):
            yield from self._collection.get(limit=step, offset=offset, include=[])["ids"]

    @heard()
    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Stored vectors by id, of those of `ids` that exist."""
        found = self._collection.get(ids=list(ids), include=["embeddings"])
        held: Any = found["embeddings"]
        return dict(zip(found["ids"], np.asarray(held, dtype=np.float32), strict=True))

    @heard()
    def nearest(
        self, vector: Vectors, k: int, ids: list[str] | None = None
    ) -> list[tuple[str, float]]:
        """The k nearest ids (of `ids`, if given) with cosine similarity, best first."""
        if k < 1 or ids == []:
            return []
        found = self._collection.query(
            query_embeddings=cast(Any, [np.asarray(vector, dtype=np.float32).ravel()]),
            n_results=k,
            ids=ids,
            include=["distances"],
        )
        distances = (found["distances"] or [[]])[0]
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def close(self) -> None:
        """Let go of Chroma's files and memory."""
        close(self._client)


def seal(folder: Path, name: str) -> None:
    """Make embedded Chroma write its whole graph, so that readers only read.

    Chroma keeps up to `sync_threshold` vectors in its log and inserts them into the graph again
    each time the collection is opened; a graph that was never written is even begun anew on disk
    by every reader. Lowering the threshold, opening again and storing two vectors once more
    makes it write everything.
    """
    for threshold in (2, _HNSW["sync_threshold"]):
        client = embedded_client(folder)
        try:
            collection = client.get_collection(name, embedding_function=None)
            if threshold == 2:
                collection.modify(configuration={"hnsw": {"sync_threshold": 2, "batch_size": 2}})
                continue
            some = collection.get(limit=2, include=["embeddings", "documents", "metadatas"])
            for _ in range(2 if some["ids"] else 0):
                collection.upsert(
                    ids=some["ids"],
                    embeddings=cast(Any, some["embeddings"]),
                    documents=some["documents"],
                    metadatas=some["metadatas"],
                )
            collection.modify(
                configuration={"hnsw": {"sync_threshold": threshold, "batch_size": 100}}
            )
        finally:
            close(client)


class VectorArm:
    """Queries the vectors of one index version."""

    def __init__(self, collection: VectorCollection, records: Records, dimension: int) -> None:
        self.collection = collection
        self._records = records
        self._dimension = dimension

    def query(
        self,
        vector: Vectors,
        k: int,
        filters: Filters | None = None,
        without: Collection[str] = (),
    ) -> list[tuple[str, float]]:
        """Passage ids with cosine similarity, best first.

        In: a question's vector, how many passages at most, what restricts the search, and the
        shelf keys to leave out.

        Raises:
            ValueError: the vector has another length than the index.
        """
        if np.size(vector) != self._dimension:
            raise ValueError(f"a vector of {np.size(vector)} numbers, not {self._dimension}")
        if self._records.count == 0 or k < 1:
            return []
        mask = self._records.mask(filters, without)
        if mask is None:
            return self.collection.nearest(vector, min(k, self._records.count))
        return self._filtered(vector, k, mask)

    def _filtered(self, vector: Vectors, k: int, mask: Mask) -> list[tuple[str, float]]:
        """Chroma's own filters scan the collection; searching wide costs what the filter drops."""
        allowed = int(mask.sum())
        total = self._records.count
        k = min(k, allowed)
        if k == 0:
            return []
        if allowed / total >= _FOUND_ENOUGH:
            wide = min(total, int(1.5 * k * total / allowed) + 20)
            for _ in range(3):
                found = self.collection.nearest(vector, wide)
                rows = self._records.rows([name for name, _ in found])
                kept = [(name, score) for name, score in found if mask[rows[name]]]
                if len(kept) >= k:
                    return kept[:k]
                wide = min(total, wide * 4)
        return self.collection.nearest(vector, k, self._records.ids(np.flatnonzero(mask).tolist()))
