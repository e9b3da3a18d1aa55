"""Pages of advice beside reviews and drafts: the way in, mandate trails, comparisons."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant import comparing, library
from assistant.advisor import Advisor
from assistant.api.advice import ToCompare, compared, comparison_as
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner
from assistant.drafting.formats import FileFormat
from assistant.mandate import mandate
from assistant.mandates.changes import changes
from assistant.mandates.picture import described, picture
from assistant.mandates.text import rows
from assistant.mandates.trail import actor_name
from assistant.phrases import say
from assistant.review.shelf_help import countries
from assistant.roles import Role
from assistant.screening import readable
from assistant.ui import review_files
from assistant.ui.site import PageRoute, language_of, needs, page
from corpus.errors import AdvisorError

router = APIRouter(prefix="/pages", route_class=PageRoute, include_in_schema=False)
_ROWS = 40
_ACTORS = ("bdt", "secretary-general", "council", "tsb", "br", "study-groups")


@router.get("/advice", dependencies=[needs(Role.STAFF)])
def landing(request: Request) -> HTMLResponse:
    """What can be done here."""
    return _page(request, "advice.html", "advice")


@router.get("/mandates")
def mandates(
    request: Request, advisor: NeedsAdvisor, opening: NeedsOpening, owner: NeedsOwner
) -> HTMLResponse:
    """Who is charged with what: a verdict with clauses, a picture, a table, changes by edition."""
    asked = request.query_params.get("q", "").strip()[:400]
    actor = request.query_params.get("actor", "")
    actor = actor if actor in _ACTORS else ""
    values: dict[str, Any] = {"asked": asked, "actor": actor, "trail": None, "steps": ()}
    if asked:
        with opening.limits.turn(owner):
            trail = mandate(readable(asked), advisor, actor=actor or None)
            values |= {
                "trail": trail,
                "steps": changes(trail, advisor),
                "rows": rows(trail)[:_ROWS],
                "described": described(trail),
            }
    actors = [(a, actor_name(a)) for a in _ACTORS]
    return _page(request, "mandates.html", "advice-mandates", actors=actors, **values)


@router.get("/mandates/picture")
def mandate_picture(
    request: Request, advisor: NeedsAdvisor, opening: NeedsOpening, owner: NeedsOwner
) -> Response:
    """The trail's timeline and graph, as the page shows it."""
    asked, actor = request.query_params.get("q", ""), request.query_params.get("actor", "")
    with opening.limits.turn(owner):
        trail = mandate(readable(asked[:400]), advisor, actor=actor if actor in _ACTORS else None)
    return Response(picture(trail), media_type="image/svg+xml")


@router.get("/comparisons")
def comparisons(request: Request, advisor: NeedsAdvisor) -> HTMLResponse:
    """Two editions, two instruments on a topic, or countries along the seven pillars."""
    wanted, asked = _wanted(request)
    table, problem = None, ""
    if wanted is not None:
        try:
            table = compared(advisor, wanted)
        except AdvisorError as error:
            problem = error.message
    return _page(
        request,
        "comparisons.html",
        "advice-comparisons",
        table=table,
        problem=problem,
        asked=asked,
        query=str(request.url.query),
        countries=countries(advisor),
        documents=_documents(advisor),
        nothing=comparing.NOTHING,
    )


@router.get("/comparisons/file/{format}")
def comparison_file(
    request: Request,
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    owner: NeedsOwner,
    format: FileFormat,
) -> Response:
    """The comparison of the page's address as a file."""
    wanted, _ = _wanted(request)
    if wanted is None:
        raise comparing.NothingToCompare("Choose what to compare first.")
    return comparison_as(format, advisor, opening, owner, wanted)


def _wanted(request: Request) -> tuple[ToCompare | None, dict[str, Any]]:
    """What the address asks to compare, and the form's values."""
    query = request.query_params
    what = query.get("what", "")
    first, second = query.get("first", "").strip()[:200], query.get("second", "").strip()[:200]
    topic = query.get("topic", "").strip()[:400]
    chosen = [c.strip()[:80] for c in query.getlist("country") if c.strip()][:8]
    asked = {"what": what, "first": first, "second": second, "topic": topic, "countries": chosen}
    if what == "countries" and chosen:
        return ToCompare(countries=chosen), asked
    if what == "instruments" and first and second and topic:
        return ToCompare(instruments=(first, second), topic=topic), asked
    if what == "editions" and first and second:
        return ToCompare(editions=(first, second), topic=topic), asked
    return None, asked


def _documents(advisor: Advisor) -> list[tuple[str, str]]:
    """Documents on the shelf, for a list to choose from."""
    return [(line.id, line.label) for line in library.summaries(advisor)]


def _page(request: Request, template: str, title: str, **values: Any) -> HTMLResponse:
    language = language_of(request)
    return page(
        request,
        template,
        title,
        "advice",
        w=lambda key, **named: say(language, key, **named),
        files_mark=review_files.mark(),
        **values,
    )
