"""Library pages for those who keep the shelf: add and withdraw, compare editions, test search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from assistant import library
from assistant.advisor import Advisor
from assistant.api.jobs import NeedsIntake
from assistant.api.needs import NeedsAdvisor
from assistant.asking.spelling import for_search
from assistant.citations import document_label
from assistant.operating.intake import Intake
from assistant.people.roles import Role
from assistant.ui import scores, view
from assistant.ui.library_page import matching, paged
from assistant.ui.markup import render
from assistant.ui.site import PageRoute, in_words, language_of, needs, page, root_of
from corpus.addresses import Address
from corpus.documents import DocumentKind
from corpus.shelf.editions import ChangeKind, EditionComparison, is_proposal
from corpus.shelf.editions import compare as compare_editions
from corpus.shelf.register import State
from corpus.shelf.releases import waiting
from corpus.work.job import Job, JobState
from indexing.building.passages import Filters

router = APIRouter(prefix="/pages", include_in_schema=False, route_class=PageRoute)
_JOBS_SHOWN = 30
_HISTORY_SHOWN = 40
_MARKS_SHOWN = 10
_SIGNS = {
    JobState.WAITING: "…",
    JobState.RUNNING: "▶",
    JobState.DONE: "✓",
    JobState.FAILED: "✕",
    JobState.CANCELLED: "⊘",
}


@router.get("/shelf", dependencies=[needs(Role.LIBRARIAN)])
def shelf(
    request: Request,
    advisor: NeedsAdvisor,
    intake: NeedsIntake,
    q: Annotated[str, Query(max_length=200)] = "",
    number: Annotated[int, Query(alias="page")] = 1,
    marks: int = 1,
) -> Response:
    """Upload, what is on its way, what is held (in pages, found by words), what was done to it."""
    language = language_of(request)
    return page(
        request,
        "shelf.html",
        "shelf-work",
        "library",
        jobs=_jobs(intake, language, root_of(request)),
        q=q,
        paged=paged(matching(list(_held(advisor)), q), number, {"q": q}),
        history=advisor.shelf.history(limit=_HISTORY_SHOWN),
        marks=paged(waiting(advisor.shelf), marks, {"q": q}, "marks", _MARKS_SHOWN),
    )


@router.get("/shelf/jobs", dependencies=[needs(Role.LIBRARIAN)])
def shelf_jobs(request: Request, intake: NeedsIntake) -> Response:
    """The part of the page that is drawn again while something is under way."""
    return HTMLResponse(_jobs(intake, language_of(request), root_of(request)))


def _jobs(intake: Intake, language: str, root: str) -> str:
    listed = intake.jobs.all()
    counts = intake.jobs.counts()
    indexing = intake.indexing
    trouble = in_words(indexing.code, indexing.trouble, language) if indexing.trouble else None
    return render(
        "jobs.html",
        language,
        root=root,
        jobs=[_job(job, language) for job in reversed(listed[-_JOBS_SHOWN:])],
        counts=counts,
        indexing=indexing,
        trouble=trouble,
        busy=bool(counts["waiting"] or counts["running"] or indexing.busy),
    )


def _job(job: Job, language: str) -> dict[str, Any]:
    error = in_words(job.code, job.error, language) if job.error else None
    return {**job.model_dump(mode="json"), "sign": _SIGNS[job.state], "wrong": error}


def _held(advisor: Advisor) -> Iterator[dict[str, Any]]:
    """A line a document on the shelf, withdrawn ones included."""
    names = {line.id: line for line in library.summaries(advisor)}
    for entry in advisor.shelf.entries():
        known = names.get(entry.id)
        label = known.label if known else _label(advisor, entry.id, entry.key)
        yield {
            **entry.model_dump(mode="json"),
            "label": label,
            "withdrawn": entry.state is State.WITHDRAWN,
            "search": f"{label} {entry.key} {entry.source.name}".casefold(),
        }


def _label(advisor: Advisor, id: str, key: str) -> str:
    entry = advisor.catalogue.get(id)
    return document_label(entry if entry else advisor.shelf.document(key))


@router.get("/read")
def read(
    request: Request, advisor: NeedsAdvisor, at: Annotated[str, Query(max_length=400)]
) -> Response:
    """A document as clauses, the one at the address `at` marked; pages link to it."""
    address = Address.parse(at)
    language = language_of(request)
    document = advisor.shelf.best(address.document, language)
    if address.section is not None and document.find(address) is None:
        document = advisor.shelf.clause(address).document
    return page(
        request,
        "read.html",
        "read",
        "library",
        document=document,
        label=document_label(document, language),
        superseded_label=view.name_of(
            advisor, advisor.catalogue.superseded_by(document.id), language
        ),
        url=library.official_url(advisor, document),
        focus=str(address),
    )


@router.get("/compare")
def compare(
    request: Request,
    advisor: NeedsAdvisor,
    old: Annotated[str, Query(max_length=200)] = "",
    new: Annotated[str, Query(max_length=200)] = "",
    everything: bool = False,
) -> Response:
    """Two editions side by side, word by word."""
    # Digests differ in what was known of a text: only official ones are laid side by side.
    lines = [line for line in library.summaries(advisor) if not line.is_digest]
    compared = None
    if old and new:
        ids = earlier_first(*(Address.parse(one).document for one in (old, new)))
        language = language_of(request)
        documents = [advisor.shelf.best(id, language) for id in ids]
        if documents[0].language != documents[1].language:
            documents = [advisor.shelf.best(id, "en") for id in ids]
        compared = compare_editions(documents[0], documents[1])
    return page(
        request,
        "compare.html",
        "compare-editions",
        "library",
        held=list(dict.fromkeys((line.id, line.label) for line in lines)),
        old=old,
        new=new,
        everything=everything,
        pairs=editions_held(lines),
        compared=compared,
        counts=_counts(compared),
        proposed=[document_label(d) for d in documents if is_proposal(d.id)] if compared else (),
        text_language=documents[0].language if compared else "en",
    )


def _counts(compared: EditionComparison | None) -> list[tuple[str, int]]:
    return [(kind.value, compared.counts[kind.value]) for kind in ChangeKind] if compared else []


def editions_held(
    lines: list[library.Summary],
) -> list[tuple[library.Summary, library.Summary]]:
    """Neighbouring editions of one document that are both held as official texts, later second.

    A proposal is no edition of anything: no conference adopted it.
    """
    families: dict[str, dict[str, library.Summary]] = {}
    for line in lines:
        work, _, year = line.id.partition("@")
        if year and not line.is_digest and not is_proposal(line.id):
            families.setdefault(work, {})[year] = line
    return [
        (editions[a], editions[b])
        for editions in families.values()
        for a, b in zip(sorted(editions), sorted(editions)[1:], strict=False)
    ]


def earlier_first(first: str, second: str) -> tuple[str, str]:
    """Two document ids, the earlier edition first where they are editions of one document."""
    (work, _, year), (other, _, later) = first.partition("@"), second.partition("@")
    return (second, first) if work == other and year > later else (first, second)


@router.get("/search-test", dependencies=[needs(Role.LIBRARIAN, Role.EVALUATOR)])
def search_test(
    request: Request,
    advisor: NeedsAdvisor,
    q: Annotated[str, Query(max_length=2000)] = "",
    top: Annotated[int, Query(ge=1, le=50)] = 10,
    kind: Annotated[str, Query(max_length=40)] = "",
    superseded: bool = False,
) -> Response:
    """What search finds for a question, and why: every arm's and rule's part in the score."""
    found = None
    if q.strip():
        kinds = (DocumentKind(kind),) if kind in set(DocumentKind) else ()
        found = advisor.searcher.search(
            for_search(q, advisor.searcher),
            top=top,
            filters=Filters(kinds=kinds, superseded=superseded),
        )
    return page(
        request,
        "search_test.html",
        "search-test",
        "library",
        q=q,
        top=top,
        kind=kind,
        kinds=[kind.value for kind in DocumentKind],
        superseded=superseded,
        found=found,
        understood=scores.understood(found),
        hits=[scores.hit(one) for one in found.evidence] if found else [],
    )
