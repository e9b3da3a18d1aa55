"""A small advisor for the faces' tests: real shelf, pipeline and store; search by shared words.

The search is real (it finds by words, and finds nothing for words that are nowhere) but needs no
model, so these tests start at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from assistant.advisor import Advisor
from assistant.operating import workspace
from assistant.records.conversations import Store
from assistant.settings import Settings
from assistant.turn import EVERYTHING
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from indexing.building.passages import Evidence, Filters, Part, Passage, SearchResult
from indexing.door import through

DOCUMENT = Document(
    id="pp-res-900@2030",
    title="Lanterns for harbour innovation",
    kind=DocumentKind.RESOLUTION,
    edition=Edition(place="Portville", year=2030),
    number="900",
    body="pp",
    pages=3,
    official_url="https://www.itu.int/en/lanterns",
    sections=(
        Section(
            slug="considering",
            heading="considering",
            kind=SectionKind.PREAMBLE,
            clauses=(Clause(label="a", text="that harbours grow where lanterns burn", page=1),),
        ),
        Section(
            slug="resolves",
            heading="resolves",
            kind=SectionKind.OPERATIVE,
            clauses=(
                Clause(label="1", text="to support lantern laboratories in every harbour", page=1),
                Clause(
                    label="2",
                    text="to review <b>lantern</b> ${standards} {{yearly}} with the council",
                    page=2,
                ),
            ),
        ),
        Section(
            slug="invites-member-states",
            heading="invites Member States",
            kind=SectionKind.OPERATIVE,
            clauses=(Clause(label=None, text="to lend lanterns to small harbours", page=2),),
        ),
    ),
)


class WordSearch:
    """Passages that share words of four letters and more with the question."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def held(self, stems: Iterable[str], language: str) -> Mapping[str, int]:
        """Nothing: no word is mended by an index."""
        return {}

    def search(
        self,
        question: str,
        top: int = 10,
        filters: Filters = EVERYTHING,
        language: str | None = None,
        **_: Any,
    ) -> SearchResult:
        """Ranked by the share of the question's words found."""
        wanted = _stems(question)
        found = []
        for key in self._shelf.live():
            document = self._shelf.as_stored(key)
            if filters.documents and document.id not in filters.documents:
                continue
            if filters.kinds and document.kind not in filters.kinds:
                continue
            for position, (section, clause) in enumerate(document.clauses()):
                shared = wanted & _stems(f"{section.heading} {clause.text}")
                if shared:
                    score = len(shared) / len(wanted)
                    passage = _passage(document, section, clause, position)
                    found.append(Evidence(passage=passage, score=score, signals=_signals(score)))
        found.sort(key=lambda evidence: -evidence.score)
        passages, withheld = through([e.passage for e in found], self._shelf)
        shown = {passage.id: passage for passage in passages}
        found = [
            e.model_copy(update={"passage": shown[e.passage.id]})
            for e in found
            if e.passage.id in shown
        ]
        documents = tuple(dict.fromkeys(e.passage.document for e in found))
        return SearchResult(
            evidence=tuple(found[:top]),
            documents=documents,
            withheld=withheld,
            corpus_version="tiny",
        )


def _signals(score: float) -> dict[str, float]:
    """What the arms of the real search would say of a passage this close."""
    return {"dense": 0.8 + 0.15 * score, "lexical": score, "lexical_raw": score}


def _stems(text: str) -> set[str]:
    return {word.casefold()[:6] for word in re.findall(r"\w+", text) if len(word) > 3}


def _passage(document: Document, section: Section, clause: Clause, position: int) -> Passage:
    address = str(document.address(section, clause))
    return Passage(
        id=address,
        key=document.key,
        document=document.id,
        title=document.title,
        kind=document.kind,
        number=document.number,
        body=document.body,
        edition=str(document.edition),
        year=document.edition.year,
        country=document.country,
        language=document.language,
        is_digest=document.is_digest,
        section=section.slug,
        section_heading=section.heading,
        section_kind=section.kind,
        page=clause.page,
        position=position,
        parts=(Part(address=address, label=clause.label or "", text=clause.text),),
    )


def tiny_settings(home: Path, **changes: Any) -> Settings:
    """Settings of a data directory under a test's own folder; sentences are checked by words, as
    what knows meaning needs a model."""
    return Settings(data_dir=home, **{"entailment_model": "words", **changes})


def tiny_advisor(settings: Settings, documents: tuple[Document, ...] = (DOCUMENT,)) -> Advisor:
    """An advisor over `documents`."""
    engine = workspace.database(settings)
    shelf = workspace.shelf(settings, engine)
    shelf.put(list(documents), Source(name="tiny.xml", sha256="0" * 64), "test")
    return Advisor(
        settings=settings,
        shelf=shelf,
        searcher=cast(Any, WordSearch(shelf)),
        catalogue=Catalogue.load(),
        store=Store(engine),
    )
