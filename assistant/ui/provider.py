"""`/login/oidc`: off to the OpenID provider, and back with who they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import RedirectResponse, Response

from assistant.api.needs import access_of
from assistant.people.errors import SignInRefused
from assistant.people.person import Way
from assistant.people.provider import Provider, ProviderDown, ProviderSettings, role_map
from assistant.settings import Settings
from assistant.ui import login

JOURNEY_COOKIE = "advisor_journey"

router = APIRouter(prefix="/login/oidc", include_in_schema=False)
Short = Annotated[str, Query(max_length=2000)]


def install(app: FastAPI, settings: Settings) -> None:
    """Add the routes where a provider is set.

    Raises:
        BadProvider: its settings cannot be used.
    """
    if not settings.oidc_issuer:
        return
    secret = settings.oidc_client_secret
    app.state.provider = Provider(
        ProviderSettings(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret="" if secret is None else secret.get_secret_value(),
            role_claim=settings.oidc_role_claim,
            roles=role_map(settings.oidc_roles),
        ),
        app.state.opening.people.engine,
    )
    app.state.provider_name = settings.oidc_name
    app.state.public_url = settings.public_url.rstrip("/")
    app.include_router(router)


@router.get("")
def leave(request: Request, next: Short = "/") -> Response:
    """Send the browser to the provider."""
    try:
        url, browser = _provider(request).begin(_back(request), login.own_path(next))
    except ProviderDown:
        return login.page(request, next, problem="provider-refused", status=503)
    response = RedirectResponse(url, 303)
    response.set_cookie(
        JOURNEY_COOKIE,
        browser,
        max_age=600,
        httponly=True,
        samesite="lax",  # it has to come along when the provider sends the browser back
        secure=_back(request).startswith("https:"),
        path=_path(request),
    )
    return response


@router.get("/return")
def arrive(request: Request, state: Short = "", code: Short = "") -> Response:
    """Whoever comes back with a good answer gets a session; anyone else the sign-in page."""
    browser = request.cookies.get(JOURNEY_COOKIE, "")
    people = access_of(request).people
    try:
        user, next = _provider(request).finish(_back(request), state, code, browser)
    except ProviderDown:
        return login.page(request, "/", problem="provider-refused", status=503)
    except SignInRefused:
        people.refused("provider")
        return login.page(request, "/", problem="provider-refused", status=401)
    opened = people.sessions.open(user.name, Way.OIDC, user.name)
    response = login.signed_in(request, opened, next)
    response.delete_cookie(JOURNEY_COOKIE, path=_path(request))
    return response


def _provider(request: Request) -> Provider:
    provider = request.app.state.provider
    assert isinstance(provider, Provider)
    return provider


def _path(request: Request) -> str:
    return str(request.scope.get("root_path", "")) + "/login/oidc"


def _back(request: Request) -> str:
    """The address to come back to; the gate has checked the Host, the setting wins over it."""
    base: str = request.app.state.public_url
    if base:
        return f"{base}/login/oidc/return"
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}{_path(request)}/return"
