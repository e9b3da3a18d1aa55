"""`/login` and `/logout`: a key typed once becomes a signed session cookie."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.api.keys import COOKIE, SESSION_SECONDS, Keys
from assistant.phrases import say
from assistant.ui.markup import direction
from assistant.ui.words import preferred

router = APIRouter(include_in_schema=False)


@router.get("/login")
async def form(request: Request, next: str = "/", wrong: bool = False) -> Response:
    """The page that asks for a key."""
    if not _keys(request):
        return RedirectResponse(_home(request), 303)
    return HTMLResponse(_page(request, next, wrong), 401 if wrong else 200)


@router.post("/login")
async def sign_in(
    request: Request,
    key: Annotated[str, Form(max_length=500)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Check a key; set the cookie or ask again."""
    keys = _keys(request)
    owner = keys.owner(key.strip())
    if owner is None:
        return HTMLResponse(_page(request, next, wrong=True), 401)
    # Only a path of this site: anything else would make this an open redirect.
    target = next if next.startswith("/") and not next.startswith(("//", "/\\")) else "/"
    response = RedirectResponse(str(request.scope.get("root_path", "")) + target, 303)
    response.set_cookie(
        COOKIE,
        keys.cookie(owner),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path=_home(request),
    )
    return response


@router.post("/logout")
async def sign_out(request: Request) -> Response:
    """Forget the session."""
    response = RedirectResponse(str(request.scope.get("root_path", "")) + "/login", 303)
    response.delete_cookie(COOKIE, path=_home(request))
    return response


def _keys(request: Request) -> Keys:
    keys = request.app.state.keys
    assert isinstance(keys, Keys)
    return keys


def _home(request: Request) -> str:
    return str(request.scope.get("root_path", "")) + "/"


def _page(request: Request, next: str, wrong: bool) -> str:
    language = preferred(request.headers.get("accept-language", ""))
    words = {
        name: escape(say(language, f"ui-{name}"))
        for name in ("title", "sign-in", "key", "sign-in-help", "wrong-key")
    }
    alert = f'<p role="alert" class="wrong">{words["wrong-key"]}</p>' if wrong else ""
    return f"""<!doctype html>
<html lang="{language}" dir="{direction(language)}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{words["sign-in"]} – {words["title"]}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif }}
main {{ max-width: 26rem; margin: 12vh auto; padding: 0 1rem }}
label, input, button {{ display: block; width: 100%; box-sizing: border-box; font: inherit }}
input, button {{ margin: .4rem 0 1rem; padding: .6rem; border-radius: 6px }}
input {{ border: 1px solid GrayText }}
button {{ background: #00509d; color: #fff; border: 0; cursor: pointer }}
.wrong {{ border-inline-start: 4px solid #b3261e; padding-inline-start: .8rem }}
</style></head><body><main>
<h1>{words["title"]}</h1>{alert}
<form method="post" action="{escape(_home(request))}login">
<label for="key">{words["key"]}</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<input type="hidden" name="next" value="{escape(next, quote=True)}">
<button>{words["sign-in"]}</button></form>
<p>{words["sign-in-help"]}</p></main></body></html>"""
