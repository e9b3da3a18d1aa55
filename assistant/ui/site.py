"""Pages beside the chat: one frame, one style, drawn on the server, readable without a script.

A page is a function on a router of class `PageRoute` that returns `page(request, ...)`. Forms and
live parts are plain HTML with `data-` attributes that `static/site.js` reads (see there).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.types import Scope

from assistant.api.errors import http_status
from assistant.people.limits import ANONYMOUS
from assistant.people.person import Person
from assistant.people.roles import NotAllowed, Role
from assistant.phrases import LANGUAGES, has, say
from assistant.records.conversations import LOCAL
from assistant.ui import menu
from assistant.ui.markup import direction, render
from assistant.ui.words import NAMES, preferred
from corpus.errors import AdvisorError, UnknownAddress

LANGUAGE_COOKIE = "advisor_language"
_FILES = {
    "site.css": "text/css; charset=utf-8",
    "site.js": "text/javascript; charset=utf-8",
    "style.css": "text/css; charset=utf-8",
}

router = APIRouter(include_in_schema=False)


class PageRoute(APIRoute):
    """A route whose typed errors are told on a page, in the reader's language."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with AdvisorErrors turned into pages."""
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except AdvisorError as error:
                return problem(request, error)

        return told


def needs(*roles: Role) -> Any:
    """A dependency that lets only people with one of `roles` (and admins) in.

    Raises (in the request):
        NotAllowed: the person has another role.
    """

    def check(request: Request) -> Role:
        role = role_of(request)
        if role not in roles and role is not Role.ADMIN:
            wanted = "' or '".join(roles)
            raise NotAllowed(f"This needs the role '{wanted}'. Ask an admin.")
        return role

    return Depends(check)


def language_of(request: Request) -> str:
    """The interface language: chosen in the address, remembered in a cookie, or the browser's."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    return preferred(request.headers.get("accept-language", ""))


def role_of(request: Request) -> Role:
    """The role of who is asking, as the gate found it."""
    return Role(request.state.role)


def root_of(request: Request) -> str:
    """The application's root with its closing slash, as a proxy serves it."""
    return str(request.scope.get("root_path", "")) + "/"


def page(
    request: Request, template: str, title: str, active: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A whole page.

    Args:
        request: whose language, role and root the frame takes.
        template: of its middle, in `templates/`.
        title: a key of its phrase (`ui-<title>`); under Library, that of its entry there.
        active: key of the menu's entry that it belongs to, or "".
        status: HTTP status.
        values: for the template, beside `root`, `role` and what `render` gives.
    """
    language, role, root = language_of(request), role_of(request), root_of(request)
    under = menu.seen_by(role, menu.LIBRARY_MENU) if active == "library" else ()
    values.update(root=root, role=role.value, under=under, here=title)
    owner = str(request.state.owner)
    bar = header(language, role, door_of(owner), root, active, owner)
    return _framed(request, template, title, bar, status, values)


def bare(
    request: Request, template: str, title: str, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page for people who are not known yet: the frame without its menu. As `page`."""
    language, root = language_of(request), root_of(request)
    bar = render(
        "header.html",
        language,
        languages=tuple(NAMES.items()),
        door=Door.NONE,
        root=root,
        active="",
        entries=(),
        bare=True,
        role="",
        who="",
    )
    return _framed(request, template, title, bar, status, {"root": root, **values})


def _framed(
    request: Request,
    template: str,
    title: str,
    bar: str,
    status: int,
    values: dict[str, Any],
) -> HTMLResponse:
    language = language_of(request)
    html = render(
        "frame.html",
        language,
        root=root_of(request),
        title=say(language, f"ui-{title}"),
        body=render(template, language, **values),
        mark=mark(),
        header=bar,
        footer=render("footer.html", language),
    )
    return HTMLResponse(html, status)


class Door(StrEnum):
    """Which way the bar's door opens."""

    NONE = ""
    """Nobody has an account here, or the page is the door itself."""
    IN = "in"
    OUT = "out"


def door_of(owner: str) -> Door:
    """What the bar offers somebody: visitors to come in, people who did to leave."""
    if owner == LOCAL:
        return Door.NONE
    return Door.IN if owner.startswith(f"{ANONYMOUS}-") else Door.OUT


def header(
    language: str, role: Role, door: Door, root: str = "", active: str = "", who: str = ""
) -> str:
    """The bar that chat and pages share.

    Args:
        language: of its words.
        role: whose pages it leads to.
        door: which way its door opens.
        root: of the application; '' where links are relative to it.
        active: key of the menu's entry that is shown as the current one.
        who: name of who is signed in, shown beside the way out.
    """
    return render(
        "header.html",
        language,
        languages=tuple(NAMES.items()),
        door=door,
        root=root,
        active=active,
        entries=menu.seen_by(role),
        bare=False,
        role=role.value,
        who=who if door is Door.OUT else "",
    )


def problem(request: Request, error: AdvisorError) -> HTMLResponse:
    """The page that tells an error."""
    language = language_of(request)
    return page(
        request,
        "told.html",
        "problem",
        "",
        status=http_status(error.code),
        message=in_words(error.code, error.message, language),
    )


def refused(scope: Scope, person: Person, status: int, code: str, message: str) -> HTMLResponse:
    """The page that tells a person at a browser that they are not let in, and why."""
    state = {"owner": person.name, "role": person.role, "person": person}
    request = Request({**scope, "state": state})
    # Paths of the program's own are no help to a person who followed a wrong link.
    told = in_words(code, "" if code == "not-found" else message, language_of(request))
    return page(request, "told.html", "problem", "", status=status, message=told)


def in_words(code: str | None, message: str | None, language: str) -> dict[str, str]:
    """An error for people: in their language where there is a phrase for its code, else as it is.

    Returns its text, that text's language, and the program's own words where they say more.
    """
    key, message = f"ui-error-{code}", without_commands(message or "")
    # What a program says of a malformed address is nobody's first sentence, in English either.
    if has(language, key) and (language != "en" or not message or code == "bad-request"):
        return {"text": say(language, key), "language": language, "more": message or ""}
    if not message:
        return {"text": say(language, "ui-not-done"), "language": language, "more": ""}
    return {"text": message, "language": "en", "more": ""}


def without_commands(message: str) -> str:
    """An error without its sentences that name a command: nobody at a page can give one."""
    return _COMMAND.sub("", message).strip(" ;:,")


_COMMAND = re.compile(r"(?:^|(?<=[.!?;,:])\s)[^.!?;:`]*`advisor [^`]*`[^.!?]*[.!?]?")


@router.get("/pages/files/{name}")
def file(name: Annotated[str, Path(max_length=40)]) -> Response:
    """Style and script of the pages; their address changes when they do."""
    if name not in _FILES:
        raise UnknownAddress("There is no such file.")
    return Response(_read(name), media_type=_FILES[name])


@cache
def _read(name: str) -> str:
    return (files("assistant.ui") / "static" / name).read_text(encoding="utf-8")


@cache
def mark() -> str:
    """Changes with the style and the script, so that no browser keeps an old one."""
    return sha256("".join(_read(name) for name in _FILES).encode()).hexdigest()[:12]


__all__ = ["PageRoute", "direction", "in_words", "language_of", "needs", "page", "role_of"]
