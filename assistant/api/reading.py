"""`/v1/search`, documents, clauses, catalogue and page pictures: the corpus, to read."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from assistant import library
from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOpening
from assistant.citations import document_label
from assistant.library import ClauseView, Found, Summary
from corpus.addresses import Address
from corpus.documents import Document, DocumentKind
from corpus.errors import UnknownAddress
from corpus.shelf.holdings import Holding, holdings
from indexing.building.passages import Filters

router = APIRouter(prefix="/v1", tags=["read"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (404, 422, 503)
}
MAX_QUERY = 2000


class ClauseLine(BaseModel):
    """A clause in a document, with its address."""

    address: str
    section: str
    section_kind: str
    label: str | None
    text: str
    page: int | None


class DocumentView(BaseModel):
    """A document with every clause and its address, in reading order."""

    document: Document
    label: str
    superseded_by: str | None
    clauses: list[ClauseLine]


@router.get("/search", responses=_REFUSALS, summary="Find clauses, best first")
def search(
    advisor: NeedsAdvisor,
    q: Annotated[
        str,
        Query(description="What to look for.", max_length=MAX_QUERY, examples=["innovation hubs"]),
    ],
    top: Annotated[int, Query(ge=1, le=50)] = 10,
    kind: Annotated[list[DocumentKind] | None, Query()] = None,
    body: Annotated[list[str] | None, Query()] = None,
    year: Annotated[list[int] | None, Query()] = None,
    document: Annotated[list[str] | None, Query()] = None,
    superseded: bool = False,
) -> list[Found]:
    """Passages for a question, without an answer."""
    filters = Filters(
        kinds=tuple(kind or ()),
        bodies=tuple(body or ()),
        years=tuple(year or ()),
        documents=tuple(document or ()),
        superseded=superseded,
    )
    return library.search(advisor, q, top, filters)


@router.get("/documents", responses=_REFUSALS, summary="What is on the shelf")
def documents(advisor: NeedsAdvisor) -> list[Summary]:
    """Every document that may be answered from."""
    return library.summaries(advisor)


@router.get("/documents/{document}", responses=_REFUSALS, summary="A document as clauses")
def document(
    advisor: NeedsAdvisor,
    document: Annotated[str, Path(examples=["pp-res-205@2018"], max_length=200)],
    language: str | None = None,
) -> DocumentView:
    """The live text of a document id: official before digest, `language` before English."""
    address = Address.parse(document)
    if address.section is not None:
        raise UnknownAddress("Ask /v1/clauses for a clause; this is for whole documents.")
    held = advisor.shelf.best(address.document, language)
    return DocumentView(
        document=held,
        label=document_label(held),
        superseded_by=advisor.catalogue.superseded_by(held.id),
        clauses=[
            ClauseLine(
                address=str(held.address(section, clause)),
                section=section.heading,
                section_kind=section.kind.value,
                label=clause.label,
                text=clause.text,
                page=clause.page,
            )
            for section, clause in held.clauses()
        ],
    )


@router.get("/clauses/{address:path}", responses=_REFUSALS, summary="One clause")
def clause(
    advisor: NeedsAdvisor,
    address: Annotated[
        str,
        Path(
            description="`pp-res-205%402018%23resolves.2`, or with a slash for the `#`.",
            examples=["pp-res-205@2018/resolves.2"],
            max_length=400,
        ),
    ],
    language: str | None = None,
    neighbours: Annotated[int, Query(ge=0, le=20)] = 1,
) -> ClauseView:
    """A clause with its neighbours. In a URL `#` is `%23`; a slash in its place is understood."""
    return library.clause_view(advisor, _written(address), language, neighbours)


@router.get("/catalogue", responses=_REFUSALS, summary="What is known to exist, and what is held")
def catalogue(advisor: NeedsAdvisor) -> list[Holding]:
    """Every official document the catalogue knows, with what is held of it."""
    return holdings(advisor.shelf, advisor.catalogue)


@router.get(
    "/pages/{document}/{page}.png",
    responses={**_REFUSALS, 200: {"content": {"image/png": {}}}},
    response_class=Response,
    summary="A page of the PDF, a clause marked on it",
)
def page(
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    document: Annotated[str, Path(max_length=200)],
    page: Annotated[int, Path(ge=1, le=100_000)],
    clause: Annotated[
        str, Query(description="Address of the clause to mark.", max_length=400)
    ] = "",
    language: str | None = None,
) -> Response:
    """PNG; `X-Clause-Marked: no` where the clause could not be placed on the page (P6)."""
    held = advisor.shelf.best(Address.parse(document).document, language)
    text = ""
    if clause:
        address = Address.parse(_written(clause))
        if address.document != held.id:
            raise UnknownAddress("The clause is of another document than the page.")
        text = advisor.shelf.clause(address, held.language).clause.text
    picture = opening.pages(advisor).draw(held.key, page, text)
    return Response(
        picture.png,
        media_type="image/png",
        headers={
            "X-Clause-Marked": "yes" if picture.marked else "no",
            "Cache-Control": "private, max-age=3600",
        },
    )


def _written(address: str) -> str:
    """An address from a URL, where a slash may stand for the '#'."""
    return address if "#" in address else address.replace("/", "#", 1)
