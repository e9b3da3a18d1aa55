"""`/v1/ask`: a question comes in, an answer or a stream of typed events goes out (P22, P23)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from anyio import CancelScope, to_thread
from fastapi import APIRouter, Request, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.advisor import Advisor
from assistant.answers import Answer
from assistant.api import metrics
from assistant.api.errors import Problem, http_status, problem
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner, Question
from assistant.api.opening import Opening
from assistant.asking.events import Done, Event, Failure
from corpus.errors import AdvisorError

HEARTBEAT_SECONDS = 15

router = APIRouter(prefix="/v1", tags=["ask"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (404, 422, 429, 503)
}


def answering(opening: Opening, advisor: Advisor, asked: Question, owner: str) -> Iterator[Event]:
    """Events of one turn, within the owner's limits and counted; ends with Done or Failure."""
    with metrics.turn() as measured:
        try:
            with opening.limits.turn(owner):
                for event in advisor.stream(
                    asked.question,
                    conversation=asked.conversation,
                    filters=asked.filters,
                    language=asked.language,
                    page_language=asked.page_language,
                    owner=owner,
                ):
                    measured.see(event)
                    yield event
        except AdvisorError as error:
            failure = Failure(code=error.code, message=error.message)
            measured.see(failure)
            yield failure


async def watched(request: Request, events: Iterator[Event]) -> AsyncIterator[Event]:
    """`events` from worker threads, given up between two of them when the client is gone."""
    end = object()
    try:
        while True:
            event = await to_thread.run_sync(next, events, end)
            if event is end or await request.is_disconnected():
                return
            yield event  # type: ignore[misc]
    finally:
        # Shielded: the stream's own task is cancelled when its client goes, and what was ready by
        # then has to be stored all the same.
        with CancelScope(shield=True):
            await to_thread.run_sync(_close, events)


def _close(events: Iterator[Event]) -> None:
    """Close a generator of events, so that its own clean-up runs now."""
    close = getattr(events, "close", None)
    if close is not None:
        close()


@router.post("/ask", response_model=Answer, responses=_REFUSALS, summary="Ask, get a cited answer")
async def ask(
    request: Request,
    asked: Question,
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    owner: NeedsOwner,
    trace: bool = False,
) -> Response:
    """The answer with its claims and citations; `trace=true` adds what every step saw."""
    async for event in watched(request, answering(opening, advisor, asked, owner)):
        if isinstance(event, Failure):
            return problem(http_status(event.code), event.code, event.message)
        if isinstance(event, Done):
            hidden = set() if trace else {"trace"}
            return Response(
                event.answer.model_dump_json(exclude=hidden), 200, media_type="application/json"
            )
    return Response(status_code=499)  # the client is gone; nobody reads this


@router.post(
    "/ask/stream",
    responses={
        **_REFUSALS,
        200: {
            "description": "Events: `status`, `claim`, `citation`, then one `done` or `error`.",
            "content": {
                "text/event-stream": {
                    "example": 'event: claim\ndata: {"kind": "claim", "number": 1, "claim": {}}\n\n'
                }
            },
        },
    },
    summary="Ask, get the answer as it is made",
)
async def stream(
    request: Request,
    asked: Question,
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    owner: NeedsOwner,
) -> EventSourceResponse:
    """Server-sent events; a comment every 15 seconds keeps proxies from closing the stream."""

    async def events() -> AsyncIterator[ServerSentEvent]:
        async for event in watched(request, answering(opening, advisor, asked, owner)):
            data = (
                event.model_dump_json(exclude={"answer": {"trace"}})
                if isinstance(event, Done)
                else event.model_dump_json()
            )
            yield ServerSentEvent(data, event=event.kind)

    return EventSourceResponse(
        events(),
        ping=HEARTBEAT_SECONDS,
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )
