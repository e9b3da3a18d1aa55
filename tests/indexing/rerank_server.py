"""A real rerank endpoint on loopback for tests: speaks as it is told to, or misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Speaks = Callable[[list[float]], Any]


def as_jina(scores: list[float]) -> Any:
    """Best first, with the documents sent along."""
    rows: list[dict[str, Any]] = [
        {"index": n, "relevance_score": s, "document": {"text": f"text {n}"}}
        for n, s in enumerate(scores)
    ]
    rows.sort(key=lambda row: -float(row["relevance_score"]))
    return {"model": "made-up", "usage": {"total_tokens": 9}, "results": rows}


def as_cohere(scores: list[float]) -> Any:
    """Best first, nothing but places and scores."""
    rows: list[dict[str, Any]] = [{"index": n, "relevance_score": s} for n, s in enumerate(scores)]
    rows.sort(key=lambda row: -float(row["relevance_score"]))
    return {"id": "x", "results": rows, "meta": {"api_version": {"version": "2"}}}


def as_tei(scores: list[float]) -> Any:
    """A bare list, best first."""
    rows: list[dict[str, Any]] = [{"index": n, "score": s} for n, s in enumerate(scores)]
    return sorted(rows, key=lambda row: -float(row["score"]))


class RerankServer:
    """Scores texts by the words they share with the query.

    Attributes:
        speaks: shape of its answers; `wants`: field it takes texts in (400 without).
        status: HTTP status of every answer; `raw`: body instead of an answer.
        stalls: whether nothing comes until the server is closed.
        requests, keys: what came, and the Authorization header with it.
    """

    def __init__(self) -> None:
        self.speaks: Speaks = as_tei
        self.wants = "texts"
        self.status = 200
        self.raw: bytes | None = None
        self.stalls = False
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(body)
                server.requests.append(asked)
                server.keys.append(self.headers["Authorization"])
                if server.stalls:
                    server.closing.wait(30)
                    return
                if server.wants not in asked:
                    return self._say(400, b'{"error": "missing field"}')
                words = set(asked["query"].lower().split())
                scores = [
                    float(len(words & set(text.lower().split()))) for text in asked[server.wants]
                ]
                said = json.dumps(server.speaks(scores)).encode()
                return self._say(server.status, said if server.raw is None else server.raw)

            def _say(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/rerank"

    @contextmanager
    def running(self) -> Iterator[RerankServer]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._http.shutdown()
            self._http.server_close()
