"""The shelf as readers see it: a line for each document, passages found, a clause in place."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from assistant.advisor import Advisor
from assistant.asking.spelling import for_search
from assistant.citations import document_label
from assistant.errors import EmptyQuestion
from corpus.addresses import Address
from corpus.documents import Document, DocumentKind, Frozen, SectionKind
from corpus.errors import UnknownAddress
from corpus.shelf.register import Shelf
from indexing.building.passages import Filters


class Summary(Frozen):
    """One document on the shelf that may be answered from, without its text.

    Attributes:
        label: how people name it: 'Resolution 205 (Dubai, 2018)', or its title.
        standing: 'in_force', 'superseded', ... as far as the catalogue knows.
        superseded_by: id of the newest later edition known.
    """

    id: str
    key: str
    label: str
    title: str
    kind: DocumentKind
    edition: str
    language: str
    is_digest: bool
    clauses: int
    number: str | None = None
    body: str | None = None
    country: str | None = None
    official_url: str | None = None
    standing: str | None = None
    superseded_by: str | None = None


class Found(Frozen):
    """A passage found; `addresses` are those of its clauses, in reading order."""

    addresses: tuple[str, ...] = Field(examples=[["pp-res-205@2018#resolves.2"]])
    score: float
    text: str
    document: str = Field(examples=["pp-res-205@2018"])
    edition: str = Field(examples=["Dubai, 2018"])
    section: str = Field(examples=["resolves"])
    page: int | None = None
    is_digest: bool = False


class Neighbour(Frozen):
    """A clause next to another one."""

    address: str
    label: str | None
    text: str


class ClauseView(Frozen):
    """A clause as it is read: where it stands, its words, what stands before and after.

    Attributes:
        before, after: the neighbours in the same section, nearest last and first.
        sources, reference: of a digest's statement, where it was seen.
    """

    address: str
    label: str | None
    text: str
    footnotes: tuple[str, ...]
    document: str
    document_label: str
    title: str
    edition: str
    section: str
    section_kind: SectionKind
    language: str
    is_digest: bool
    page: int | None
    official_url: str | None
    superseded_by: str | None
    sources: tuple[str, ...] = ()
    reference: str | None = None
    before: tuple[Neighbour, ...] = ()
    after: tuple[Neighbour, ...] = ()


@lru_cache(maxsize=4096)
def _outline(shelf: Shelf, key: str, as_it_is: object) -> tuple[Document, int]:
    """A document without its sections, and its number of clauses; `as_it_is` keys the cache."""
    document = shelf.document(key)
    clauses = sum(len(section.clauses) for section in document.sections)
    return document.model_copy(update={"sections": ()}), clauses


def official_url(advisor: Advisor, document: Document) -> str | None:
    """Official page of a document: its own record, else the catalogue's."""
    if document.official_url:
        return document.official_url
    entry = advisor.catalogue.get(document.id)
    return next(iter(entry.urls), None) if entry else None


def summaries(advisor: Advisor) -> list[Summary]:
    """Every document that may be answered from, by body, number and year."""
    lines = []
    withheld = advisor.shelf.withheld()
    for key, content_hash in advisor.shelf.live().items():
        as_it_is = content_hash, withheld.get(key)
        document, clauses = _outline(advisor.shelf, key, as_it_is)
        standing = advisor.catalogue.standing(document.id)
        lines.append(
            Summary(
                id=document.id,
                key=key,
                label=document_label(document),
                title=document.title,
                kind=document.kind,
                edition=str(document.edition),
                language=document.language,
                is_digest=document.is_digest,
                clauses=clauses,
                number=document.number,
                body=document.body,
                country=document.country,
                official_url=official_url(advisor, document),
                standing=standing.value if standing else None,
                superseded_by=advisor.catalogue.superseded_by(document.id),
            )
        )
    return sorted(lines, key=_shelf_order)


def search(advisor: Advisor, query: str, top: int, filters: Filters) -> list[Found]:
    """The `top` best passages for a query, without an answer.

    Raises:
        EmptyQuestion: the query holds no letter or digit.
        AdvisorError: there is no index to search; says what to do.
    """
    if not any(character.isalnum() for character in query):
        raise EmptyQuestion("Say what to look for: the query holds no letter or digit.")
    return [
        Found(
            addresses=evidence.passage.addresses,
            score=evidence.score,
            text=evidence.passage.text,
            document=evidence.passage.document,
            edition=evidence.passage.edition,
            section=evidence.passage.section_heading,
            page=evidence.passage.page,
            is_digest=evidence.passage.is_digest,
        )
        for evidence in advisor.searcher.search(
            for_search(query, advisor.searcher), top=top, filters=filters
        ).evidence
    ]


def clause_view(
    advisor: Advisor, address: str, language: str | None = None, neighbours: int = 1
) -> ClauseView:
    """The clause at a written address with `neighbours` clauses on either side.

    Raises:
        BadAddress: not an address.
        UnknownAddress: nothing on the shelf has it.
    """
    parsed = Address.parse(address)
    if parsed.section is None:
        raise UnknownAddress(
            f"'{address[:120]}' names a whole document. Add a clause, like "
            f"{parsed.document}#resolves.2, or ask for the document."
        )
    found = advisor.shelf.clause(parsed, language)
    document, section, clause = found.document, found.section, found.clause
    place = section.clauses.index(clause)
    near = [
        Neighbour(address=str(document.address(section, c)), label=c.label, text=c.text)
        for c in section.clauses
    ]
    return ClauseView(
        address=str(parsed),
        label=clause.label,
        text=clause.text,
        footnotes=clause.footnotes,
        document=document.id,
        document_label=document_label(document, document.language),
        title=document.title,
        edition=str(document.edition),
        section=section.heading,
        section_kind=section.kind,
        language=document.language,
        is_digest=document.is_digest,
        page=clause.page,
        official_url=official_url(advisor, document),
        superseded_by=advisor.catalogue.superseded_by(document.id),
        sources=clause.sources,
        reference=clause.reference,
        before=tuple(near[max(0, place - neighbours) : place]),
        after=tuple(near[place + 1 : place + 1 + neighbours]),
    )


def _shelf_order(line: Summary) -> tuple[str, str, int, str]:
    number = int(line.number) if line.number and line.number.isdecimal() else 0
    return (line.kind.value, line.body or "", number, line.id)
