"""A shelf with the plainest of searches, for what is built on both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.turn import EVERYTHING
from corpus.language.tokens import analyse
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf
from indexing.building.passages import Evidence, Filters, Part, Passage, SearchResult


class WordSearch:
    """Clauses by shared stems: what the trail must cope with when search is at its plainest."""

    def __init__(self, shelf: Shelf) -> None:
        self._clauses = [
            (set(analyse(clause.text, "en")), document, section, clause)
            for document in shelf.documents(list(shelf.live()))
            for section, clause in document.clauses()
        ]

    def held(self, stems: Iterable[str], language: str) -> Mapping[str, int]:
        """Nothing: no word is mended by an index."""
        return {}

    def search(
        self,
        question: str,
        top: int = 10,
        filters: Filters = EVERYTHING,
        language: str | None = None,
    ) -> SearchResult:
        asked = set(analyse(question, "en"))
        ranked = sorted(self._clauses, key=lambda c: -len(asked & c[0]) / (8 + len(c[0])) ** 0.5)
        return SearchResult(
            evidence=tuple(
                Evidence(
                    passage=Passage(
                        id=str(place),
                        key=document.key,
                        document=document.id,
                        title=document.title,
                        kind=document.kind,
                        number=document.number,
                        body=document.body,
                        edition=str(document.edition),
                        year=document.edition.year,
                        country=None,
                        language="en",
                        is_digest=document.is_digest,
                        section=section.slug,
                        section_heading=section.heading,
                        section_kind=section.kind,
                        page=None,
                        position=place,
                        parts=(
                            Part(
                                address=str(document.address(section, clause)),
                                label=clause.label or "",
                                text=clause.text,
                            ),
                        ),
                    ),
                    score=1 / (1 + place),
                    signals={},
                )
                for place, (_, document, section, clause) in enumerate(ranked[:top])
            )
        )


@dataclass(frozen=True)
class Held:
    """What the trail needs of an Advisor."""

    shelf: Shelf
    searcher: WordSearch
    catalogue: Catalogue
