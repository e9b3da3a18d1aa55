"""Pages of drafts: begin one, edit it section by section, take versions back, export."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.advice.drafting.exporting import checked, sources
from assistant.advice.drafting.kinds import DraftKind, Length
from assistant.advice.review.framework import known_countries
from assistant.api.desk import NeedsDesk
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner
from assistant.people.roles import Role
from assistant.phrases import say
from assistant.ui import review_files, view
from assistant.ui.site import PageRoute, language_of, needs, page
from assistant.writing.model import configured

router = APIRouter(
    prefix="/pages/drafts",
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[needs(Role.STAFF)],
)


@router.get("")
def listed(
    request: Request, opening: NeedsOpening, desk: NeedsDesk, owner: NeedsOwner
) -> HTMLResponse:
    """Your drafts and the way to begin one; `kind`, `topic` and `country` prefill it."""
    asked = request.query_params
    kind = asked.get("kind", "")
    return _page(
        request,
        "drafts.html",
        "drafts",
        drafts=desk.drafts.all(owner),
        kinds=[k.value for k in DraftKind if k is not DraftKind.TEMPLATE],
        kind=kind if kind in set(DraftKind) else DraftKind.BRIEFING_NOTE.value,
        lengths=[length.value for length in Length],
        topic=asked.get("topic", "")[:400],
        country=asked.get("country", "")[:80],
        countries=known_countries(language_of(request)),
        can_write=configured(opening.settings),
    )


@router.get("/{id}")
def one(
    request: Request, advisor: NeedsAdvisor, desk: NeedsDesk, owner: NeedsOwner, id: str
) -> HTMLResponse:
    """A draft, its citations verified at this moment."""
    stored = desk.drafts.get(id, owner)
    draft = checked(stored.draft, advisor)
    return _page(
        request,
        "draft.html",
        "draft",
        stored=stored,
        draft=draft,
        sources=sources(draft, advisor),
        versions=desk.drafts.versions(id, owner),
        named=lambda address: view.label_of(advisor, address),
    )


def _page(request: Request, template: str, title: str, **values: Any) -> HTMLResponse:
    language = language_of(request)
    return page(
        request,
        template,
        f"advice-{title}",
        "advice",
        w=lambda key, **named: say(language, key, **named),
        files_mark=review_files.mark(),
        **values,
    )
