"""`/v1/chat/completions`: OpenAI's clients ask the advisor, citations included.

The last user message is the question. The protocol has no place for a conversation's id, so
earlier user messages are not replayed; pass `metadata: {"conversation": ...}` to follow one up.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse, ServerSentEvent

from assistant.answers import Answer, Claim
from assistant.api.asking import HEARTBEAT_SECONDS, answering, watched
from assistant.api.errors import http_status
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner, Question
from assistant.asking.events import Done, Failure
from assistant.rendering.exports import numbers

MODEL = "itu-d-innovation-advisor"

router = APIRouter(prefix="/v1", tags=["openai-compatible"])


class Message(BaseModel):
    """One message; only text is read."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[dict[str, Any]] | None = None

    def text(self) -> str:
        """Its words, whichever of the two shapes they came in."""
        if isinstance(self.content, str):
            return self.content
        parts = [part.get("text") for part in self.content or () if part.get("type") == "text"]
        return "\n".join(part for part in parts if isinstance(part, str))


class Completion(BaseModel):
    """What is read of OpenAI's request; sampling settings are accepted and mean nothing here."""

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [{"role": "user", "content": "What does Resolution 205 resolve?"}],
                }
            ]
        },
    )

    model: str = MODEL
    messages: list[Message] = Field(min_length=1, max_length=200)
    stream: bool = False
    metadata: dict[str, Any] | None = None


@router.get("/models", summary="The one model there is")
async def models() -> dict[str, Any]:
    """As OpenAI lists models."""
    return {
        "object": "list",
        "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "itu-d"}],
    }


@router.post("/chat/completions", summary="Ask, in OpenAI's protocol", response_model=None)
async def completions(
    request: Request,
    asked: Completion,
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    owner: NeedsOwner,
) -> Response:
    """A chat completion; `message.citations` and `advisor` hold what the chat shows."""
    metadata = asked.metadata or {}
    conversation, language = metadata.get("conversation"), metadata.get("language")
    question = Question(
        question=next((m.text() for m in reversed(asked.messages) if m.role == "user"), ""),
        conversation=conversation if isinstance(conversation, str) else None,
        language=language if isinstance(language, str) else None,
    )
    events = watched(request, answering(opening, advisor, question, owner))
    if asked.stream:

        async def chunks() -> AsyncIterator[ServerSentEvent]:
            async for event in events:
                if isinstance(event, Failure):
                    yield ServerSentEvent(json.dumps(_error(event)))
                elif isinstance(event, Done):
                    for chunk in _chunks(event.answer):
                        yield ServerSentEvent(json.dumps(chunk, ensure_ascii=False))
                    yield ServerSentEvent("[DONE]")

        return EventSourceResponse(
            chunks(), ping=HEARTBEAT_SECONDS, headers={"X-Accel-Buffering": "no"}
        )
    async for event in events:
        if isinstance(event, Failure):
            return JSONResponse(_error(event), http_status(event.code))
        if isinstance(event, Done):
            return JSONResponse(_completion(event.answer))
    return Response(status_code=499)


def text_of(answer: Answer) -> str:
    """The answer as plain text with numbered citations, sources at its end."""
    lines = [answer.opening] if answer.opening else []

    def marked(claim: Claim) -> str:
        return claim.text + "".join(f" [{n}]" for n in numbers(answer, claim.addresses))

    for block, claims in answer.laid():
        lines += [line for line in (block.title, block.opening) if line]
        lines += [marked(claim) for claim in claims]
        lines += block.notes
    if answer.table is not None:
        for row in answer.table.rows:
            cells = (" / ".join(map(marked, answer.numbered(cell))) or "—" for cell in row.cells)
            columns = zip(answer.table.columns, cells, strict=True)
            lines.append("\n".join([row.name, *(f"{name}: {said}" for name, said in columns)]))
    lines += answer.notes
    lines += [f"- {near.label}" for near in answer.nearest]
    if answer.citations:
        lines.append(
            "\n".join(
                f"[{number}] {citation.label} ({citation.address})"
                for number, citation in enumerate(answer.citations, 1)
            )
        )
    return "\n\n".join(lines)


def _body(answer: Answer) -> dict[str, Any]:
    return json.loads(answer.model_dump_json(exclude={"trace"}))  # type: ignore[no-any-return]


def _completion(answer: Answer) -> dict[str, Any]:
    body = _body(answer)
    message = {"role": "assistant", "content": text_of(answer), "citations": body["citations"]}
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        "advisor": body,
    }


def _chunks(answer: Answer) -> list[dict[str, Any]]:
    """The answer in OpenAI's chunks: the role, then a piece a paragraph, then the end."""
    body = _body(answer)
    pieces = [part + "\n\n" for part in text_of(answer).split("\n\n")]
    if pieces:
        pieces[-1] = pieces[-1].removesuffix("\n\n")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in pieces]
    made = [_chunk(answer, delta, None) for delta in deltas]
    last = _chunk(answer, {"citations": body["citations"]}, "stop")
    return [*made, {**last, "advisor": body}]


def _chunk(answer: Answer, delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{answer.id}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": MODEL,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def _error(failure: Failure) -> dict[str, Any]:
    return {
        "error": {
            "message": failure.message,
            "type": "invalid_request_error",
            "code": failure.code,
            "param": None,
        },
        "code": failure.code,
        "message": failure.message,
    }
