"""What answers while the application is still being built (Gradio alone takes seconds to import).

/healthz answers at once, /readyz says `starting`, a browser gets a page that looks again by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.api.errors import problem
from assistant.api.gate import Gate
from assistant.phrases import say
from assistant.ui.markup import direction
from assistant.ui.words import preferred

log = structlog.get_logger(__name__)


class Front:
    """ASGI application that builds the real one beside itself and then hands everything to it."""

    def __init__(
        self,
        build: Callable[[], FastAPI],
        hosts: list[str],
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        """Build and then hand over.

        Args:
            build: makes the real application; it runs in a thread.
            hosts: as for the gate.
            ready: called once the real application answers.
        """
        self._ready = ready
        self._build = build
        self._inner: ASGIApp | None = None
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._before = Gate(_starting, None, hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the real application until it is there."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        await (self._inner or self._before)(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._task = asyncio.create_task(self._live())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._stop.set()
        try:
            await self._task
        except Exception as error:
            log.error("application failed", error=type(error).__name__)
        await send({"type": "lifespan.shutdown.complete"})

    async def _live(self) -> None:
        """Build the application, live through its lifespan, end it when asked to stop."""
        try:
            app = await asyncio.to_thread(self._build)
        except Exception:
            log.exception("the application could not be built")
            raise
        async with app.router.lifespan_context(app):
            self._inner = app
            self._ready()
            await self._stop.wait()


async def _starting(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer to everything before the application is built."""
    headers = Headers(scope=scope)
    response: Response
    if scope["path"].endswith("/healthz"):
        response = JSONResponse({"status": "alive"})
    elif "text/html" in headers.get("accept", ""):
        language = preferred(headers.get("accept-language", ""))
        response = HTMLResponse(
            f'<!doctype html><html lang="{language}" dir="{direction(language)}">'
            '<head><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
            f"<title>{say(language, 'ui-title')}</title></head>"
            '<body style="font: 1.1rem system-ui, sans-serif; margin: 20vh auto; max-width: 30rem">'
            f"<main><h1>{say(language, 'ui-title')}</h1>"
            f'<p role="status">{say(language, "ui-starting")}</p></main></body></html>',
            503,
            headers={"Retry-After": "2"},
        )
    else:
        response = problem(
            503,
            "starting",
            "The server is starting. Try again in a few seconds.",
            **{"Retry-After": "2"},
        )
    await response(scope, receive, send)
