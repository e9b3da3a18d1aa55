"""The library: official documents known and what is held of them, by kind, in searchable pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from assistant import library
from assistant.advisor import Advisor
from assistant.api.needs import NeedsAdvisor
from assistant.citations import document_label, title_of
from assistant.ui import view
from assistant.ui.site import PageRoute, language_of, page
from corpus.documents import DocumentKind
from corpus.shelf.holdings import Held, holdings

router = APIRouter(prefix="/pages", include_in_schema=False, route_class=PageRoute)
A_PAGE = 25
_HELD = {Held.OFFICIAL: "official", Held.DIGEST: "digest", Held.NOTHING: "nothing"}
_KINDS = [kind.value for kind in DocumentKind]

Line = TypeVar("Line")


class Paged(NamedTuple, Generic[Line]):
    """One page of a list.

    Attributes:
        lines: of this page.
        number, of: which page it is, from 1, of how many.
        found: how many lines there are on all pages.
        before, after: query strings of the neighbouring pages; '' where there is none.
    """

    lines: list[Line]
    number: int
    of: int
    found: int
    before: str
    after: str


def paged(
    lines: Sequence[Line],
    number: int,
    asked: dict[str, Any],
    name: str = "page",
    size: int = A_PAGE,
) -> Paged[Line]:
    """The page `number` of `lines`, the nearest there is.

    `asked` is what else the address says, `name` what the number is called there.
    """
    last = max(1, -(-len(lines) // size))
    at = min(max(1, number), last)
    kept = {key: value for key, value in asked.items() if value}

    def to(other: int) -> str:
        return urlencode({**kept, name: other}) if 1 <= other <= last else ""

    shown = list(lines[(at - 1) * size : at * size])
    return Paged(shown, at, last, len(lines), to(at - 1), to(at + 1))


def matching(lines: Sequence[dict[str, Any]], q: str) -> list[dict[str, Any]]:
    """The lines whose `search` holds every word of `q`."""
    wanted = q.casefold().split()
    return [line for line in lines if all(word in line["search"] for word in wanted)]


@router.get("/library")
def documents(
    request: Request,
    advisor: NeedsAdvisor,
    q: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    here: bool = False,
    number: Annotated[int, Query(alias="page")] = 1,
) -> Response:
    """What is known and what is held of it, grouped by kind; `here` leaves out what is not held."""
    lines = matching(_lines(advisor, language_of(request)), q)
    if here:
        lines = [line for line in lines if line["held"] != "nothing"]
    counts = Counter(line["kind"] for line in lines)
    asked = {"q": q, "here": "true" if here else "", "kind": kind if kind in _KINDS else ""}
    if asked["kind"]:
        lines = [line for line in lines if line["kind"] == kind]
    kept = {key: value for key, value in asked.items() if value and key != "kind"}
    return page(
        request,
        "library.html",
        "documents",
        "library",
        paged=paged(lines, number, asked),
        kinds=[
            (one, counts[one], urlencode({**kept, "kind": one})) for one in _KINDS if counts[one]
        ],
        every=urlencode(kept),
        total=sum(counts.values()),
        q=q,
        kind=asked["kind"],
        only_held=here,
    )


def _lines(advisor: Advisor, language: str) -> list[dict[str, Any]]:
    """Catalogue and shelf as one list, kind by kind, what is held first.

    Named in `language`, found by their English names as well.
    """
    known: dict[str, dict[str, Any]] = {}
    for holding in holdings(advisor.shelf, advisor.catalogue):
        entry = holding.entry
        known[entry.id] = {
            "id": entry.id,
            "label": document_label(entry, language),
            "title": title_of(entry, language),
            "english": f"{document_label(entry)} {entry.title}",
            "kind": entry.kind.value,
            "held": _HELD[holding.held],
            "url": next(iter(entry.urls), None),
            "superseded_by": holding.superseded_by,
        }
    for summary in library.summaries(advisor):
        known.setdefault(
            summary.id,
            {
                "id": summary.id,
                "label": summary.label,
                "title": summary.title,
                "english": "",
                "kind": summary.kind.value,
                "held": "digest" if summary.is_digest else "official",
                "url": summary.official_url,
                "superseded_by": summary.superseded_by,
            },
        )
    lines = [
        {
            **line,
            "superseded_label": view.name_of(advisor, line["superseded_by"], language),
            "search": " ".join(
                line[part] for part in ("id", "label", "title", "english")
            ).casefold(),
        }
        for line in known.values()
    ]
    return sorted(lines, key=lambda line: (_KINDS.index(line["kind"]), line["held"] == "nothing"))
