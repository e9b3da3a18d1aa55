"""Pages of advice beside reviews and drafts: the way in, mandate trails, comparisons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant import library
from assistant.advice import comparing
from assistant.advice.mandates.changes import EditionStep, changes
from assistant.advice.mandates.charges import mandate
from assistant.advice.mandates.picture import described, picture
from assistant.advice.mandates.trail import Duty, MandateTrail, actor_name
from assistant.advice.review.framework import country_name
from assistant.advice.review.shelf_help import countries
from assistant.advisor import Advisor
from assistant.api.advice import ToCompare, compared, comparison_as
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner
from assistant.asking.screening import readable
from assistant.people.roles import Role
from assistant.phrases import say
from assistant.rendering.formats import FileFormat
from assistant.ui import review_files, view
from assistant.ui.shelf_pages import earlier_first, editions_held
from assistant.ui.site import PageRoute, in_words, language_of, needs, page
from corpus.errors import AdvisorError

router = APIRouter(prefix="/pages", route_class=PageRoute, include_in_schema=False)
_ROWS = 40
_NEAR = 8
"""Documents offered where a name is not clear."""

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
                "steps": [(step, _missing(step, advisor)) for step in changes(trail, advisor)],
                "rows": _duties(trail)[:_ROWS],
                "described": described(trail),
                "named": lambda address: view.label_of(advisor, address),
                "held": lambda document: _is_held(document.partition("#")[0], advisor),
            }
    actors = [(a, actor_name(a)) for a in _ACTORS]
    return _page(request, "mandates.html", "advice-mandates", actors=actors, **values)


def _duties(trail: MandateTrail) -> list[tuple[Duty, str]]:
    """Duties with whom they bind; a clause that tells nobody to do anything is no duty."""
    named = [
        (duty, ", ".join(map(actor_name, duty.actors)) or ("ITU" * (duty.verb == "resolves")))
        for duty in trail.duties
    ]
    return [(duty, who) for duty, who in named if who]


def _missing(step: EditionStep, advisor: Advisor) -> str:
    """Names of the two editions' official texts that are not held; '' where both are."""
    editions = ((step.old, step.old_label), (step.new, step.new_label))
    return "; ".join(label for id, label in editions if not _is_held(id, advisor, official=True))


def _is_held(document: str, advisor: Advisor, official: bool = False) -> bool:
    keys = [key for key in advisor.shelf.live() if key.split(":")[0] == document]
    return any(not key.endswith(":digest") for key in keys) if official else bool(keys)


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
    language = language_of(request)
    lines = library.summaries(advisor)
    wanted, asked, unclear = _wanted(request, lines)
    table, problem = None, None
    if wanted is not None:
        try:
            table = compared(advisor, wanted)
        except AdvisorError as error:
            problem = in_words(error.code, error.message, language)
    official = [line for line in lines if not line.is_digest]
    return _page(
        request,
        "comparisons.html",
        "advice-comparisons",
        table=table,
        problem=problem,
        unclear=unclear,
        asked=asked,
        query=str(request.url.query),
        countries=sorted(
            ((c, country_name(c, language)) for c in countries(advisor)), key=lambda c: c[1]
        ),
        documents=_labels(lines),
        editions=_labels([line for line in official if "@" in line.id]),
        pairs=editions_held(official),
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
    wanted, _, _ = _wanted(request, library.summaries(advisor))
    if wanted is None:
        raise comparing.NothingToCompare("Choose what to compare first.")
    return comparison_as(format, advisor, opening, owner, wanted)


def _wanted(
    request: Request, lines: Sequence[library.Summary]
) -> tuple[ToCompare | None, dict[str, Any], list[dict[str, Any]]]:
    """What the address asks to compare, the form's values, and names that are not clear."""
    query = request.query_params
    what = query.get("what", "")
    topic = query.get("topic", "").strip()[:400]
    chosen = [c.strip()[:80] for c in query.getlist("country") if c.strip()][:8]
    asked = {"what": what, "topic": topic, "countries": chosen}
    ids, unclear = [], []
    for field in ("first", "second"):
        written = query.get(field, "").strip()[:200]
        found = named_documents(written, lines) if written else []
        asked[field] = found[0].label if len(found) == 1 else written
        if len(found) == 1:
            ids.append(found[0].id)
        elif written:
            near = [(line.label, urlencode({**query, field: line.id})) for line in found[:_NEAR]]
            unclear.append({"written": written, "near": near})
    if what == "countries" and chosen:
        return ToCompare(countries=chosen), asked, []
    if len(ids) < 2:
        return None, asked, unclear
    if what == "instruments" and topic:
        return ToCompare(instruments=(ids[0], ids[1]), topic=topic), asked, []
    if what == "editions":
        return ToCompare(editions=earlier_first(*ids), topic=topic), asked, []
    return None, asked, []


def named_documents(written: str, lines: Sequence[library.Summary]) -> list[library.Summary]:
    """The documents a person may mean: by name or id if one is written out, else by its words."""
    by_id = {line.id: line for line in lines}
    wanted = " ".join(written.casefold().split())
    exact = [line for line in by_id.values() if wanted in (line.id, line.label.casefold())]
    if exact:
        return exact
    words = re.findall(r"\w+", wanted)
    return [
        line
        for line in by_id.values()
        if words and set(words) <= set(re.findall(r"\w+", f"{line.label} {line.title}".casefold()))
    ]


def _labels(lines: Sequence[library.Summary]) -> list[str]:
    """Names of documents, for a list to choose from."""
    return list(dict.fromkeys(line.label for line in lines))


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
