"""A chat model's words as they come, within a budget of time, and every failure under one name.

The model is read in a thread of its own, so that the turn can be given up at any moment: while the
model is silent the reader gets `None` a few times a second and may stop listening (P22).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from assistant.writing.connection import Line

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

ATTEMPTS = 3
"""Tries in all, and only as long as not one word has come: a second answer must never be joined to
half of a first."""

_BEAT = 0.5
_LONGEST = 30_000
_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class Reason(StrEnum):
    """Why a chat model's answer could not be had; each has a phrase `fallback-...`."""

    TIMEOUT = "timeout"
    LIMIT = "limit"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    MALFORMED = "malformed"


class ChatFailure(Exception):
    """Of this turn's call; never leaves the writing step, which falls back to quoting."""

    def __init__(self, reason: Reason, detail: str) -> None:
        """`detail` is for the trace: names and codes, no addresses and no keys."""
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Budget:
    """Seconds for a whole answer, and for a silence (before the first word or between two)."""

    whole: float
    pause: float


@dataclass(frozen=True)
class Piece:
    """Some words of the answer, and what the endpoint says beside them.

    Attributes:
        finish: the model's own word on why it ended ('' before).
        likely: words that could have stood first in this piece, with their log-probabilities;
            empty where the endpoint gives none.
        spent: tokens read and written, where the endpoint tells them (mostly in the last piece).
    """

    text: str
    finish: str = ""
    likely: tuple[tuple[str, float], ...] = ()
    spent: tuple[int, int] | None = None


def stream(
    model: BaseChatModel, messages: Sequence[BaseMessage], budget: Budget
) -> Iterator[Piece | None]:
    """The model's answer in pieces; None while it is silent.

    Raises:
        ChatFailure: it could not be had in full. What came before has been yielded.
    """
    pieces: queue.Queue[Piece | Exception | None] = queue.Queue(maxsize=64)
    stop, line = threading.Event(), Line()
    end = time.monotonic() + budget.whole
    worker = threading.Thread(
        target=_read, args=(model, list(messages), pieces, stop, end, line), daemon=True
    )
    worker.start()
    heard = time.monotonic()
    length = 0
    try:
        while True:
            now = time.monotonic()
            if now > end:
                raise ChatFailure(Reason.TIMEOUT, f"over {budget.whole:g} s in all")
            if now > heard + budget.pause:
                raise ChatFailure(Reason.TIMEOUT, f"silent for {budget.pause:g} s")
            try:
                piece = pieces.get(timeout=min(_BEAT, max(end - now, 0.01)))
            except queue.Empty:
                yield None
                continue
            if piece is None:
                return
            if isinstance(piece, Exception):
                raise named(piece)
            heard = time.monotonic()
            length += len(piece.text)
            if length > _LONGEST:
                raise ChatFailure(Reason.MALFORMED, "endless output")
            yield piece
    finally:
        stop.set()
        line.cut()


def _read(
    model: BaseChatModel,
    messages: list[BaseMessage],
    pieces: queue.Queue[Piece | Exception | None],
    stop: threading.Event,
    end: float,
    line: Line,
) -> None:
    """Thread: put the answer's pieces, then None, or the exception that ended it."""
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

    begun = False

    def once() -> None:
        nonlocal begun
        answer = model.stream(messages)
        try:
            for chunk in answer:
                piece = _piece(chunk)
                begun = begun or bool(piece.text)
                # One without words is put too: a model that thinks aloud elsewhere is not silent.
                if not _put(pieces, piece, stop):
                    return
                if stop.is_set():
                    return
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()

    def connected() -> None:
        with line:
            once()

    def again(error: BaseException) -> bool:
        safe = not begun and not stop.is_set() and time.monotonic() < end - 2
        return safe and _transient(error)

    try:
        Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential_jitter(initial=0.2, max=2, jitter=0.2),
            retry=retry_if_exception(again),
            reraise=True,
        )(connected)
    except Exception as error:
        _put(pieces, error, stop)
    else:
        _put(pieces, None, stop)


def _put(
    pieces: queue.Queue[Piece | Exception | None], item: Piece | Exception | None, stop: Any
) -> bool:
    """False once nobody listens any more."""
    while not stop.is_set():
        try:
            pieces.put(item, timeout=_BEAT)
        except queue.Full:
            continue
        return True
    return False


def _piece(chunk: Any) -> Piece:
    """A chunk of any provider's stream."""
    told = chunk.response_metadata
    used = getattr(chunk, "usage_metadata", None)
    return Piece(
        text=_text(chunk.content),
        finish=_finish(told),
        likely=tuple(_likely(told.get("logprobs"))),
        spent=(int(used["input_tokens"]), int(used["output_tokens"])) if used else None,
    )


def _finish(told: Any) -> str:
    """Why an answer ended, in small letters, wherever a provider says so."""
    for name in ("finish_reason", "stop_reason", "done_reason"):
        if told.get(name):
            return str(told[name]).rpartition(".")[2].lower()
    return ""


def _likely(logprobs: Any) -> Iterator[tuple[str, float]]:
    """Candidates for the first token, as OpenAI's protocol gives them."""
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    if content:
        for token in content[0].get("top_logprobs") or ():
            yield str(token["token"]), float(token["logprob"])


def _text(content: object) -> str:
    """Text of a chunk; providers give a string or a list of typed blocks."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(
            block if isinstance(block, str) else str(block.get("text") or "")
            for block in content
            if isinstance(block, str) or (isinstance(block, dict) and block.get("type") == "text")
        )
    return ""


def _status(error: BaseException) -> int | None:
    """HTTP status, wherever a provider's exception keeps it."""
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int):
            return status
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _timed_out(error: BaseException) -> bool:
    return any("timeout" in type(e).__name__.lower() for e in _chain(error))


def _unconnected(error: BaseException) -> bool:
    names = " ".join(type(e).__name__ for e in _chain(error))
    return "Connect" in names or "Connection" in names or "RemoteProtocol" in names


def _transient(error: BaseException) -> bool:
    status = _status(error)
    return status in _TRANSIENT if status else _unconnected(error) and not _timed_out(error)


def named(error: BaseException) -> ChatFailure:
    """Any exception of any provider as a ChatFailure."""
    if isinstance(error, ChatFailure):
        return error
    status = _status(error)
    detail = type(error).__name__ + (f" {status}" if status else "")
    if status == 429:
        return ChatFailure(Reason.LIMIT, detail)
    if status is not None and status in _TRANSIENT:
        return ChatFailure(Reason.UNREACHABLE, detail)
    if status is not None and 400 <= status < 500:
        return ChatFailure(Reason.REFUSED, detail)
    if _timed_out(error):
        return ChatFailure(Reason.TIMEOUT, detail)
    if _unconnected(error):
        return ChatFailure(Reason.UNREACHABLE, detail)
    return ChatFailure(Reason.MALFORMED, detail)
