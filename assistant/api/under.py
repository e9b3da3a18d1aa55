"""The path of a larger site that a proxy serves this application under."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Under:
    """ASGI middleware: requests carry the root path, whether the proxy strips it or not.

    uvicorn's own setting is for proxies that always strip it: it puts the path in front of what
    comes (ASGI 3.0, HTTP: `root_path`; Starlette takes it off again where it is there).
    """

    def __init__(self, app: ASGIApp, path: str) -> None:
        """`path` as in ADVISOR_ROOT_PATH: '/advisor'."""
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Note it in the scope itself: what answers a failure further out links under it too."""
        if scope["type"] != "lifespan":
            scope["root_path"] = self._path
        await self._app(scope, receive, send)
