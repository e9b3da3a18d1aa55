"""A connection to a chat endpoint that can be cut from another thread, at once (P22).

A thread that waits for bytes cannot be told to stop; its socket can be shut down under it. A worker
says `with Line() as line:` before it calls the model; whoever gives the turn up calls `line.cut()`.
Connections are not kept alive between requests, so a line is cut for its own request only.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any

import httpx

_here = threading.local()


class Line:
    """The sockets opened by one thread while it is entered."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._cut = False
        self._lock = threading.Lock()

    def __enter__(self) -> Line:
        _here.line = self
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _here.line = None

    def cut(self) -> None:
        """Shut every socket of this line; a thread that reads from one gets an error now."""
        with self._lock:
            self._cut = True
            for opened in self._sockets:
                _shut(opened)

    def opened(self, opened: socket.socket) -> None:
        """Remember a socket; one opened after the line was cut is shut at once."""
        with self._lock:
            self._sockets.append(opened)
            if self._cut:
                _shut(opened)


def _shut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):
        opened.shutdown(socket.SHUT_RDWR)


class _Transport(httpx.HTTPTransport):
    """Tells the current thread's line of each socket it opens (httpcore's trace extension)."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx's own."""
        line: Line | None = getattr(_here, "line", None)
        if line is not None:

            def traced(event: str, info: dict[str, Any]) -> None:
                if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                    held = info["return_value"].get_extra_info("socket")
                    if held is not None:
                        line.opened(held)

            request.extensions = {**request.extensions, "trace": traced}
        return super().handle_request(request)


def client(pause: float) -> httpx.Client:
    """An HTTP client whose requests can be cut; `pause` seconds of silence end one anyway."""
    return httpx.Client(
        transport=_Transport(limits=httpx.Limits(max_keepalive_connections=0)),
        timeout=httpx.Timeout(pause, connect=min(pause, 10.0)),
    )
