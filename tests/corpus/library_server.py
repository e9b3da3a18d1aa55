"""A real HTTP server on loopback that misbehaves on purpose, one path a kind of trouble."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Asked(NamedTuple):
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    at: float


class Library:
    """What the server holds and how it answers; tests change it between runs."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.answers: dict[str, Callable[[Handler], None]] = {}
        self.validators = True
        self.asked: list[Asked] = []
        self.sent: dict[str, int] = {}
        self.lengths: list[int] = []
        self.slow_after: int | None = None
        self.port = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def times(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)

    def last(self, path: str) -> dict[str, str]:
        return [asked for asked in self.asked if asked.path == path][-1].headers


class Handler(BaseHTTPRequestHandler):
    library: Library

    def do_GET(self) -> None:
        library = self.library
        headers = {name.lower(): value for name, value in self.headers.items()}
        library.asked.append(Asked(self.path, headers, time.monotonic()))
        with suppress(BrokenPipeError, ConnectionResetError):
            if self.path in library.answers:
                library.answers[self.path](self)
            elif self.path in library.files:
                self._file(library.files[self.path], headers)
            else:
                self.reply(404, b"no such page")

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _file(self, content: bytes, headers: dict[str, str]) -> None:
        library = self.library
        etag = f'"{abs(hash(content)):x}"'
        if library.validators and headers.get("if-none-match") == etag:
            self.send_response(304)
            self.end_headers()
            return
        start = 0
        wanted = headers.get("range", "")
        if wanted and headers.get("if-range", etag) == etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        body = content[start:]
        library.lengths.append(len(body))
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if library.validators:
            self.send_header("ETag", etag)
        self.send_header("Content-Type", library.types.get(self.path, "application/pdf"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for place in range(0, len(body), 4096):
            if library.slow_after is not None and start + place >= library.slow_after:
                time.sleep(0.2)
            self.wfile.write(body[place : place + 4096])
            library.sent[self.path] = library.sent.get(self.path, 0) + len(
                body[place : place + 4096]
            )

    def log_message(self, format: str, *args: object) -> None:
        return


def truncated(content: bytes, keep: int) -> Callable[[Handler], None]:
    """Announces all of it, sends `keep` bytes and hangs up; the validator stays the same."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("ETag", '"torn"')
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:keep])
        handler.wfile.flush()
        handler.close_connection = True

    return answer


def drip(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(200):
        handler.wfile.write(b"%")
        handler.wfile.flush()
        time.sleep(0.05)


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200):
        handler.wfile.write(b"X-%d: 1\r\n" % number)
        handler.wfile.flush()
        time.sleep(0.05)


def redirect(target: str, status: int = 302) -> Callable[[Handler], None]:
    return lambda handler: handler.reply(status, Location=target)


def bomb(size: int) -> Callable[[Handler], None]:
    packed = gzip.compress(b"%PDF-1.7\n" + bytes(size))
    return lambda handler: handler.reply(200, packed, Content_Encoding="gzip")


def endless(handler: Handler) -> None:
    """No length, and no end."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(b"%PDF-1.7\n")
    while True:
        handler.wfile.write(bytes(65536))


def huge(handler: Handler) -> None:
    """Says that it is a terabyte, and waits to be believed."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()
    time.sleep(1)


def busy(times: int, then: bytes, retry_after: str) -> Callable[[Handler], None]:
    """429 for the first `times` requests."""
    left = [times]

    def answer(handler: Handler) -> None:
        if left[0]:
            left[0] -= 1
            handler.reply(429, Retry_After=retry_after)
        else:
            handler.reply(200, then)

    return answer


@contextmanager
def serving() -> Iterator[Library]:
    library = Library()
    handler = type("Bound", (Handler,), {"library": library})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    library.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield library
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
