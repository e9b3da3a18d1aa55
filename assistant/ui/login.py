"""`/login` and `/logout`: a name and password, or a key, become a session cookie."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.api.access import Access
from assistant.api.keys import COOKIE, VISITOR_COOKIE
from assistant.api.needs import access_of, address_of
from assistant.people.errors import LockedOut, SignInRefused
from assistant.people.sessions import Session
from assistant.ui import site

router = APIRouter(include_in_schema=False)


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:
    """The page that asks for name and password."""
    if not access_of(request).must_sign_in():
        return RedirectResponse(_home(request), 303)
    return page(request, next)


@router.post("/login")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    key: Annotated[str, Form(max_length=500)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Check them; set the cookie or ask again."""
    access = access_of(request)
    try:
        opened = _by_key(access, key.strip(), request) if key.strip() else None
        if opened is None:
            opened = access.people.sign_in(name.strip(), password, address_of(request))
    except LockedOut as error:
        answer = page(request, next, problem="locked-out", status=429)
        answer.headers["Retry-After"] = str(math.ceil(error.seconds))
        return answer
    except SignInRefused:
        return page(request, next, problem="wrong-key" if key else "wrong-password", status=401)
    return signed_in(request, opened, next)


@router.post("/logout")
def sign_out(request: Request) -> Response:
    """End the session, here and on the server."""
    access_of(request).people.sessions.close(request.cookies.get(COOKIE, ""))
    response = RedirectResponse(_home(request) + "login", 303)
    response.delete_cookie(COOKIE, path=_home(request))
    response.delete_cookie(VISITOR_COOKIE, path=_home(request))
    return response


def signed_in(request: Request, opened: tuple[Session, str], next: str) -> Response:
    """The answer that gives the browser its session and sends it on."""
    response = RedirectResponse(_home(request).removesuffix("/") + own_path(next), 303)
    response.set_cookie(
        COOKIE,
        opened[1],
        max_age=int(access_of(request).people.sessions.lasts.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path=_home(request),
    )
    response.delete_cookie(VISITOR_COOKIE, path=_home(request))
    return response


def own_path(next: str) -> str:
    """`next` when it is a path of this site, else the start: anything else redirects openly."""
    harmless = next.startswith("/") and not next.startswith("//")
    return next if harmless and "\\" not in next and next.isprintable() else "/"


def page(request: Request, next: str, problem: str = "", status: int = 200) -> HTMLResponse:
    """The sign-in page; `problem` is the key of the phrase that says why it is shown again."""
    return site.bare(
        request,
        "login.html",
        "sign-in",
        status=status,
        next=own_path(next),
        problem=problem,
        accounts=access_of(request).people.users.any(),
        provider=getattr(request.app.state, "provider_name", ""),
    )


def _by_key(access: Access, key: str, request: Request) -> tuple[Session, str]:
    """Keys cannot be guessed, but someone trying is slowed down all the same."""
    account = f"key from {address_of(request)}"  # nobody can lock the others out
    access.people.attempts.begin(account, address_of(request))
    opened = access.open_with_key(key)
    if opened is None:
        raise SignInRefused("This key opens nothing here.")
    access.people.attempts.succeeded(account, address_of(request))
    return opened


def _home(request: Request) -> str:
    return str(request.scope.get("root_path", "")) + "/"
