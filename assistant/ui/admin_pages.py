"""Administration: switches, people, keys, limits, what readers said, what was done by whom."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from assistant.api.needs import NeedsOpening
from assistant.operating.switches import Face
from assistant.people.audit import Action
from assistant.people.person import Way
from assistant.people.roles import Role
from assistant.ui.site import PageRoute, needs, page

router = APIRouter(
    prefix="/pages/admin",
    include_in_schema=False,
    route_class=PageRoute,
    dependencies=[needs(Role.ADMIN)],
)
TABS = ("switches", "users", "keys", "limits", "inbox", "audit")
_LINES = 100


def _tab(request: Request, tab: str, **values: Any) -> Response:
    return page(request, f"admin_{tab}.html", f"admin-{tab}", "admin", tabs=TABS, tab=tab, **values)


@router.get("")
def switches(request: Request, opening: NeedsOpening) -> Response:
    """The kill switch of the chat and of the API, each with its reason, and who threw it when."""
    return _tab(
        request,
        "switches",
        faces=[(face.value, opening.switches.off(face.value)) for face in Face],
        thrown=opening.switches.audit(limit=30),
    )


@router.get("/users")
def users(request: Request, opening: NeedsOpening) -> Response:
    """Accounts and their roles; sign-ins that are open."""
    return _tab(
        request,
        "users",
        users=opening.people.users.all(),
        sessions=opening.people.sessions.all(),
        roles=[role.value for role in Role],
        by_provider=Way.OIDC,
    )


@router.get("/keys")
def keys(request: Request, opening: NeedsOpening) -> Response:
    """Keys of programs and of people without an account."""
    return _tab(
        request,
        "keys",
        keys=opening.people.keys.all(),
        users=opening.people.users.all(),
        roles=[role.value for role in Role],
    )


@router.get("/limits")
def limits(request: Request, opening: NeedsOpening) -> Response:
    """How much one person may ask."""
    settings = opening.settings
    return _tab(
        request,
        "limits",
        per_minute=settings.questions_per_minute,
        at_once=settings.questions_at_once,
        overrides=opening.limits.overrides(),
        subjects=[
            *(f"role:{role}" for role in Role),
            *(user.name for user in opening.people.users.all()),
        ],
    )


@router.get("/inbox")
def inbox(
    request: Request,
    opening: NeedsOpening,
    everything: bool = False,
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """What readers said of answers; each is handled with a note."""
    opinions = opening.people.inbox.all(open_only=not everything, before=before, limit=_LINES)
    return _tab(
        request,
        "inbox",
        opinions=opinions,
        everything=everything,
        older=opinions[-1].number if len(opinions) == _LINES else None,
    )


@router.get("/audit")
def audit(
    request: Request,
    opening: NeedsOpening,
    actor: Annotated[str, Query(max_length=200)] = "",
    action: Annotated[str, Query(max_length=60)] = "",
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Who did what, newest first."""
    chosen = Action(action) if action in set(Action) else None
    lines = opening.people.audit.lines(
        actor=actor or None, action=chosen, before=before, limit=_LINES
    )
    return _tab(
        request,
        "audit",
        lines=lines,
        actor=actor,
        action=action,
        actions=[one.value for one in Action],
        older=lines[-1].number if len(lines) == _LINES else None,
    )
