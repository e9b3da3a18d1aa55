"""The web application: API, its documentation, and the chat, behind one gate."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from assistant.advice.review.invitations import Invitations
from assistant.advisor import Advisor
from assistant.api import (
    admin,
    advice,
    asking,
    compatible,
    contributing,
    conversations,
    docs,
    drafts,
    errors,
    evaluations,
    health,
    jobs,
    marks,
    me,
    reading,
    reviews,
    uploading,
)
from assistant.api.access import Access
from assistant.api.gate import Gate
from assistant.api.keys import Keys
from assistant.api.opening import Opening
from assistant.api.under import Under
from assistant.operating import workspace
from assistant.operating.replicas import membership
from assistant.settings import Settings
from assistant.ui import login, provider, sharing
from assistant.ui.front import Front
from assistant.ui.routers import routers
from corpus.errors import AdvisorError

DESCRIPTION = """
Answers to questions about ITU-D's innovation work. Every claim cites the clauses it stands on;
where the documents do not say, the status is `not_in_documents`.

A clause is cited by its address, `pp-res-205@2018#resolves.2`. Errors are `{code, message}`.
"""


class NotLoopback(AdvisorError):
    """For the operator: refused to serve on a network without sign-in."""

    code = "no-sign-in-configured"


class BadProxies(AdvisorError):
    """For the operator: what is trusted as a proxy is neither an address nor a network."""

    code = "bad-trusted-proxies"


class BusyPort(AdvisorError):
    """For the operator: something else serves on this port."""

    code = "busy-port"


def create_app(
    settings: Settings,
    advisor: Advisor | None = None,
    chat: bool = True,
    opening: Opening | None = None,
) -> FastAPI:
    """The application for these settings.

    Args:
        settings: of this process.
        advisor: one that is open already; otherwise it is opened in the background when serving
            starts, and until then routes that need it answer 503 `starting`.
        opening: one that has begun already, in place of `advisor`.
        chat: whether the chat is mounted at `/` (tests of the API alone do without).

    Raises:
        AdvisorError: the data directory or the list of keys cannot be used.
    """
    opening = opening or Opening(settings, advisor)
    access = Access(
        Keys.parse(settings.api_keys),
        opening.people,
        opening.limits,
        loopback=is_loopback(settings.host),
        anonymous=settings.anonymous_reading,
        # A page loads a dozen things, and each question of a stream asks again; 0: no limit.
        anonymous_requests=24 * settings.anonymous_questions_per_minute,
        sign_in=bool(settings.oidc_issuer),
    )
    cache = _private_gradio(settings) if chat else None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if not settings.shared:  # several servers share their turns; a dead one's lease runs out
            opening.limits.cut_off()
        opening.begin()
        jobs.resume(app)
        yield
        jobs.close(app)
        opening.close()
        if cache is not None:
            shutil.rmtree(cache, ignore_errors=True)

    app = FastAPI(
        title="ITU-D innovation advisor",
        description=DESCRIPTION,
        version=version("itu-d-innovation-advisor"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.opening = opening
    app.state.access = access
    errors.install(app)
    for router in (
        advice.router,
        drafts.router,
        reviews.router,
        contributing.router,
        asking.router,
        reading.router,
        conversations.router,
        sharing.router,
        uploading.router,
        marks.router,
        jobs.router,
        evaluations.router,
        compatible.router,
        health.router,
        login.router,
        me.router,
        admin.router,
    ):
        app.include_router(router)
    docs.install(app)
    provider.install(app, settings)
    for router in routers():
        app.include_router(router)
    if chat:
        from assistant.ui.chat import mount

        for face in ("/v1", "/pages"):
            app.add_route(f"{face}/{{rest:path}}", errors.nothing, include_in_schema=False)

        mount(app, opening)
    # Gradio's own answers are compressed already; streams of events never are.
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    # Starlette puts what is added last outermost: the gate sees every request first, Gradio's too.
    app.add_middleware(
        Gate,
        access=access,
        hosts=_hosts(settings),
        switched_off=opening.switched_off,
        invited=Invitations(workspace.database(settings)).opens,
    )
    trusted = _trusted_proxies(settings)
    if trusted:
        # Outside the gate, which then counts and locks out the client's own address.
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=trusted)
    if settings.root_path:
        app.add_middleware(Under, path=settings.root_path)
    return app


def serve(settings: Settings) -> None:
    """Serve until interrupted.

    Raises:
        NotLoopback: the host is not loopback and no keys are configured.
        BusyPort: the port is taken.
        AlreadyServing: another server holds this data directory (P15).
        AdvisorError: see create_app.
    """
    import uvicorn

    # A bad list of keys stops the start, rather than an application in the making.
    keys = Keys.parse(settings.api_keys)
    _trusted_proxies(settings)
    if not is_loopback(settings.host) and not (keys or settings.oidc_issuer or _anyone(settings)):
        raise NotLoopback(
            f"Serving on {settings.host} needs sign-in, and nobody has an account. Make the first "
            "one with `advisor users add NAME --role admin`, and put the name people use for this "
            "server into ADVISOR_HOSTS; or serve on 127.0.0.1."
        )
    elsewhere = [name for name in _hosts(settings) if not is_loopback(name)]
    if elsewhere and not (keys or settings.oidc_issuer or _anyone(settings)):
        raise NotLoopback(
            f"ADVISOR_HOSTS names {', '.join(elsewhere)}: a proxy would show this server to others,"
            " and nobody has an account. Make the first one with "
            "`advisor users add NAME --role admin`, or take the name out of ADVISOR_HOSTS."
        )
    with _bound(settings) as listening, membership(settings):
        opening = Opening(settings)
        # The models and the chat's own libraries load side by side, behind an open port.
        opening.begin()
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        told = f"Open http://{host}:{settings.port}/ in a browser. Ctrl+C stops it."
        front = Front(
            lambda: create_app(settings, opening=opening),
            _hosts(settings),
            ready=lambda: print(told, file=sys.stderr, flush=True),  # noqa: T201
        )
        server = uvicorn.Server(
            uvicorn.Config(
                front,
                lifespan="on",
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=5,
            )
        )
        server.run(sockets=[listening])


def is_loopback(host: str) -> bool:
    """Whether a host name or address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _anyone(settings: Settings) -> bool:
    """Whether the database knows anybody who could sign in."""
    from assistant.people.people import People

    return People(workspace.database(settings)).known()


def _hosts(settings: Settings) -> list[str]:
    """Names this server is reached by, beside loopback's own."""
    return [*(h.strip() for h in settings.hosts.split(",") if h.strip()), settings.host]


def _trusted_proxies(settings: Settings) -> list[str]:
    """Addresses and networks of ADVISOR_TRUSTED_PROXIES.

    Raises:
        BadProxies: one is neither, such as a name or `*`.
    """
    trusted = [part.strip() for part in settings.trusted_proxies.split(",") if part.strip()]
    for part in trusted:
        try:
            ipaddress.ip_network(part)
        except ValueError as error:
            raise BadProxies(
                "ADVISOR_TRUSTED_PROXIES holds addresses (10.0.0.7) or networks (10.0.0.0/24), "
                f"separated by commas; {part!r} is neither."
            ) from error
    return trusted


def _bound(settings: Settings) -> socket.socket:
    """A socket bound before anything is loaded, so that a busy port is said at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host.strip("[]"), settings.port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise BusyPort(
            f"Cannot serve on {settings.host}:{settings.port} ({error.strerror}). "
            "Choose another with --port, or stop what serves there."
        ) from error
    return listening


def _private_gradio(settings: Settings) -> Path:
    """Before Gradio is imported: no telemetry, no hub, a cache only this user can read (P13).

    Returns the cache, which is emptied when serving ends.
    """
    cache = workspace.home(settings) / "gradio"
    cache.mkdir(mode=0o700, exist_ok=True)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    own = Path(tempfile.mkdtemp(dir=cache))
    os.environ["GRADIO_TEMP_DIR"] = str(own)
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    return own
