"""A real OpenAI-compatible HTTP server for tests: streams what it is told to, or misbehaves."""

from __future__ import annotations

import json
import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[dict[str, Any]], "str | Behaviour"]


class Behaviour:
    """What the server does with one request.

    Attributes:
        text: what is said, in chunks of `size` characters.
        status: HTTP status; other than 200, a JSON error is the body.
        dies_after, stalls_after: characters after which the connection is cut, or nothing comes.
        garbage: raw bytes put on the stream instead of an event.
        finish: the finish_reason sent last; None sends none and just closes.
        spent: tokens read and written, told with the last event.
        likely: probabilities of the first word, given to those who ask for them.
    """

    def __init__(
        self,
        text: str = "",
        status: int = 200,
        dies_after: int | None = None,
        stalls_after: int | None = None,
        garbage: bytes = b"",
        finish: str | None = "stop",
        size: int = 7,
        spent: tuple[int, int] | None = None,
        likely: dict[str, float] | None = None,
    ) -> None:
        self.text, self.status, self.size = text, status, size
        self.dies_after, self.stalls_after = dies_after, stalls_after
        self.garbage, self.finish = garbage, finish
        self.spent, self.likely = spent, likely or {}


class ChatServer:
    """Where it listens, what was asked of it, and how it replies."""

    def __init__(self) -> None:
        self.reply: Reply = lambda _: ""
        self.requests: list[dict[str, Any]] = []
        self.given_up = threading.Event()
        self.closing = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(body)
                server.requests.append(asked)
                behaviour = server.reply(asked)
                if isinstance(behaviour, str):
                    behaviour = Behaviour(behaviour)
                try:
                    self._answer(behaviour, bool(asked.get("logprobs")))
                except OSError:
                    server.given_up.set()
                    self.close_connection = True

            def _answer(self, behaviour: Behaviour, likely: bool) -> None:
                if behaviour.status != 200:
                    error = json.dumps({"error": {"message": "no", "type": "x"}}).encode()
                    self.send_response(behaviour.status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(error)))
                    self.end_headers()
                    self.wfile.write(error)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                if behaviour.garbage:
                    self._chunk(behaviour.garbage)
                said = 0
                for start in range(0, len(behaviour.text), behaviour.size):
                    piece = behaviour.text[start : start + behaviour.size]
                    if behaviour.dies_after is not None and said >= behaviour.dies_after:
                        self.connection.shutdown(2)
                        self.close_connection = True
                        return
                    if behaviour.stalls_after is not None and said >= behaviour.stalls_after:
                        self._stall()
                    first = behaviour.likely if likely and not said else {}
                    self._event({"content": piece}, None, first)
                    said += len(piece)
                if behaviour.finish is not None:
                    self._event({}, behaviour.finish)
                    if behaviour.spent:
                        self._event(None, None, spent=behaviour.spent)
                    self._chunk(b"data: [DONE]\n\n")
                self._chunk(b"")

            def _stall(self) -> None:
                """Say nothing until the client goes away (comments keep the connection open)."""
                for _ in range(600):
                    if server.closing.wait(0.1):
                        raise OSError
                    self._chunk(b": still here\n\n")

            def _event(
                self,
                delta: dict[str, str] | None,
                finish: str | None,
                likely: dict[str, float] | None = None,
                spent: tuple[int, int] | None = None,
            ) -> None:
                choice: dict[str, Any] = {"index": 0, "delta": delta, "finish_reason": finish}
                if likely:
                    top = [{"token": t, "logprob": math.log(p)} for t, p in likely.items()]
                    choice["logprobs"] = {"content": [{**top[0], "top_logprobs": top}]}
                event: dict[str, Any] = {
                    "id": "x",
                    "object": "chat.completion.chunk",
                    "created": int(time.time()),
                    "model": "made-up",
                    "choices": [choice] if delta is not None else [],
                }
                if spent:
                    read, written = spent
                    event["usage"] = {
                        "prompt_tokens": read,
                        "completion_tokens": written,
                        "total_tokens": read + written,
                    }
                self._chunk(f"data: {json.dumps(event)}\n\n".encode())

            def _chunk(self, content: bytes) -> None:
                self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
                self.wfile.flush()

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @contextmanager
    def running(self) -> Iterator[ChatServer]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._http.shutdown()
            self._http.server_close()


def evidence_of(asked: dict[str, Any]) -> dict[str, str]:
    """Evidence ids and texts of a request's prompt, as a model sees them."""
    user = asked["messages"][-1]["content"]
    return {
        match[1]: match[2]
        for match in re.finditer(r"^(E\d+): [^\n]*\n([^\n]*)", user, re.MULTILINE)
    }


def id_of(asked: dict[str, Any], words: str) -> str:
    """Id of the evidence that holds `words`."""
    return next(id for id, text in evidence_of(asked).items() if words in text)
