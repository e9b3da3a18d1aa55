"""Naive RAG, the system people would otherwise build, as a system under test.

LangChain's recursive splitter (1000 characters, 200 overlap), MiniLM vectors in memory, the four
nearest chunks. It has no clauses of its own: a chunk is credited with every clause of which it
holds at least half, which is kinder than what such a system could cite.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np

from assistant.answers import Answer, Citation, Claim, Status
from corpus.documents import Document
from corpus.shelf.register import Shelf
from evals.suites.suite import Item

CHUNK, OVERLAP, TOP = 1000, 200, 4


class Chunk(NamedTuple):
    """A piece of a document's running text and the clauses it is credited with."""

    text: str
    document: Document
    addresses: tuple[str, ...]


class NaiveRag:
    """See the module. Answers always: it has no notion of 'not in the documents'."""

    name = "naive-rag"

    def __init__(self, shelf: Shelf, embedder: Any) -> None:
        """`embedder`: indexing.building.embedding's MiniLM (embed_passages, embed_queries)."""
        self._embedder = embedder
        self._chunks = [chunk for d in shelf.documents(list(shelf.live())) for chunk in chunks(d)]
        self._vectors = embedder.embed_passages([chunk.text for chunk in self._chunks])

    def describe(self) -> dict[str, object]:
        """What it is made of."""
        return {
            "system": self.name,
            "splitter": f"RecursiveCharacterTextSplitter({CHUNK}, {OVERLAP})",
            "embedder": self._embedder.fingerprint,
            "top": TOP,
            "chunks": len(self._chunks),
        }

    def answer(self, item: Item) -> Answer:
        """The four nearest chunks to the last turn, quoted whole."""
        query = self._embedder.embed_queries([item.question])[0]
        nearest = np.argsort(-(self._vectors @ query), kind="stable")[:TOP]
        found = [self._chunks[int(i)] for i in nearest]
        claims = tuple(
            Claim(text=chunk.text, addresses=chunk.addresses) for chunk in found if chunk.addresses
        )
        cited = dict.fromkeys(a for claim in claims for a in claim.addresses)
        owners = {a: chunk.document for chunk in found for a in chunk.addresses}
        citations = tuple(
            Citation(
                address=address,
                label=address,
                quote="",
                document=owners[address].id,
                title=owners[address].title,
                edition=str(owners[address].edition),
                section="",
            )
            for address in cited
        )
        return Answer(
            id=uuid4().hex,
            status=Status.ANSWERED if claims else Status.NOT_IN_DOCUMENTS,
            language="en",
            claims=claims,
            citations=citations,
            question=item.question,
            trace={"search": {"candidates": [{"addresses": list(c.addresses)} for c in found]}},
        )


def chunks(document: Document) -> Iterator[Chunk]:
    """Split a document's running text as a newcomer would, and credit each piece with clauses."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    text, starts, ends, addresses = _running_text(document)
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True
    )
    for piece in splitter.create_documents([text]):
        begin = piece.metadata["start_index"]
        end = begin + len(piece.page_content)
        first = max(0, bisect_right(starts, begin) - 1)
        held = []
        for i in range(first, len(starts)):
            if starts[i] >= end:
                break
            overlap = min(end, ends[i]) - max(begin, starts[i])
            if overlap * 2 >= ends[i] - starts[i]:
                held.append(addresses[i])
        yield Chunk(piece.page_content, document, tuple(held))


def _running_text(document: Document) -> tuple[str, list[int], list[int], list[str]]:
    parts: list[str] = [document.title + "\n\n"]
    length = len(parts[0])
    starts, ends, addresses = [], [], []
    last = None
    for section, clause in document.clauses():
        if section.slug != last:
            parts.append(f"{section.heading}\n")
            length += len(parts[-1])
            last = section.slug
        line = f"{clause.label or ''} {clause.text}".strip()
        starts.append(length)
        ends.append(length + len(line))
        addresses.append(str(document.address(section, clause)))
        parts.append(line + "\n\n")
        length += len(parts[-1])
    return "".join(parts), starts, ends, addresses
