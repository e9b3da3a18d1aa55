"""A real chat server for tests: streams what it is told to, or misbehaves.

It speaks OpenAI's protocol, Anthropic's (`/v1/messages`) and Ollama's (`/api/chat`), by the path
asked.
"""

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

from assistant.writing.marking import unmarked_prompt

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
            protocol = "openai"

            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = _as_openai(json.loads(body))
                server.requests.append(asked)
                self.protocol = {"/v1/messages": "anthropic", "/api/chat": "ollama"}.get(
                    self.path.partition("?")[0], "openai"
                )
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
                kind = "application/x-ndjson" if self.protocol == "ollama" else "text/event-stream"
                self.send_header("Content-Type", kind)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                if behaviour.garbage:
                    self._chunk(behaviour.garbage)
                if self.protocol == "anthropic":
                    self._begin_anthropic()
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
                    if self.protocol == "openai":
                        self._event({"content": piece}, None, first)
                    else:
                        self._other(piece, None)
                    said += len(piece)
                if behaviour.finish is not None and self.protocol != "openai":
                    self._other("", behaviour.finish)
                elif behaviour.finish is not None:
                    self._event({}, behaviour.finish)
                    if behaviour.spent:
                        self._event(None, None, spent=behaviour.spent)
                    self._chunk(b"data: [DONE]\n\n")
                self._chunk(b"")

            def _stall(self) -> None:
                """Say nothing until the client goes away (comments keep the connection open)."""
                beat = b"\n" if self.protocol == "ollama" else b": still here\n\n"
                for _ in range(600):
                    if server.closing.wait(0.1):
                        raise OSError
                    self._chunk(beat)

            def _begin_anthropic(self) -> None:
                message: dict[str, Any] = {
                    "id": "x", "type": "message", "role": "assistant", "content": [],
                    "model": "made-up", "stop_reason": None, "stop_sequence": None,
                    "usage": {"input_tokens": 5, "output_tokens": 1},
                }  # fmt: skip
                self._named("message_start", {"message": message})
                block = {"type": "text", "text": ""}
                self._named("content_block_start", {"index": 0, "content_block": block})

            def _named(self, kind: str, event: dict[str, Any]) -> None:
                told = json.dumps({"type": kind, **event})
                self._chunk(f"event: {kind}\ndata: {told}\n\n".encode())

            def _other(self, text: str, finish: str | None) -> None:
                """A piece, or the end, in Anthropic's or Ollama's words."""
                if self.protocol == "ollama":
                    event: dict[str, Any] = {
                        "model": "made-up",
                        "created_at": "2030-01-01T00:00:00Z",
                        "message": {"role": "assistant", "content": text},
                        "done": finish is not None,
                    }
                    if finish is not None:
                        event["done_reason"] = finish
                    self._chunk(json.dumps(event).encode() + b"\n")
                elif finish is None:
                    delta = {"type": "text_delta", "text": text}
                    self._named("content_block_delta", {"index": 0, "delta": delta})
                else:
                    self._named("content_block_stop", {"index": 0})
                    reason = {"stop": "end_turn", "length": "max_tokens"}.get(finish, finish)
                    ended = {"stop_reason": reason, "stop_sequence": None}
                    self._named("message_delta", {"delta": ended, "usage": {"output_tokens": 9}})
                    self._named("message_stop", {})

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
    def root(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

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


def _as_openai(asked: dict[str, Any]) -> dict[str, Any]:
    """A request with its messages as OpenAI has them, whatever the protocol."""
    messages = []
    if system := asked.get("system"):
        text = system if isinstance(system, str) else "".join(b.get("text", "") for b in system)
        messages.append({"role": "system", "content": text})
    for message in asked.get("messages", []):
        content = message["content"]
        if isinstance(content, list):
            content = "".join(block.get("text", "") for block in content)
        messages.append({**message, "content": content})
    return {**asked, "messages": messages}


def evidence_of(asked: dict[str, Any]) -> dict[str, str]:
    """Evidence ids and texts of a request's prompt, as a model sees them."""
    user = unmarked_prompt(asked["messages"][-1]["content"])
    return {
        match[1]: match[2]
        for match in re.finditer(r"^(E\d+): [^\n]*\n([^\n]*)", user, re.MULTILINE)
    }


def id_of(asked: dict[str, Any], words: str) -> str:
    """Id of the evidence that holds `words`."""
    return next(id for id, text in evidence_of(asked).items() if words in text)
