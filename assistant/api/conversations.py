"""`/v1/conversations` and `/v1/turns`: what was asked and answered, feedback, export (P5, P11)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.advisor import Advisor
from assistant.answers import Answer
from assistant.api.downloads import download
from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOwner, NeedsPeople
from assistant.people.audit import Action
from assistant.records.conversations import Conversation, Feedback, StoredTurn
from assistant.rendering import exports
from assistant.rendering.formats import MEDIA_TYPES
from assistant.rendering.printing import pdf
from assistant.ui.printed import printed

router = APIRouter(prefix="/v1", tags=["conversations"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (404, 422, 503)
}

Language = Literal["ar", "en", "es", "fr", "ru", "zh"]
"""Of the headings in an export."""


class Format(StrEnum):
    """What a conversation is exported to."""

    MARKDOWN = "md"
    DOCX = "docx"
    PDF = "pdf"


MEDIA = {format: MEDIA_TYPES[format] for format in Format}


class TurnView(BaseModel):
    """A question as asked, the answer as given."""

    id: str
    number: int
    at: str
    question: str
    answer: Answer


class ConversationView(BaseModel):
    """A conversation with its turns, oldest first."""

    conversation: Conversation
    turns: list[TurnView]


class NewTitle(BaseModel):
    """What to call a conversation."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=500, examples=["Briefing for the Director"])


class Opinion(BaseModel):
    """What a reader thinks of an answer."""

    model_config = ConfigDict(extra="forbid")

    helpful: bool
    reason: str = Field(default="", max_length=64, examples=["wrong-clause"])
    comment: str = Field(default="", max_length=4000, examples=["The 2022 edition says otherwise."])


def without_trace(turn: StoredTurn) -> TurnView:
    """A stored turn as its owner sees it."""
    return TurnView(
        id=turn.id,
        number=turn.number,
        at=turn.at,
        question=turn.question,
        answer=turn.answer.model_copy(update={"trace": {}}),
    )


@router.get("/conversations", summary="Your conversations")
def conversations(
    advisor: NeedsAdvisor,
    owner: NeedsOwner,
    q: Annotated[str, Query(max_length=500, description="In a title or a question.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[Conversation]:
    """Newest first."""
    return advisor.store.conversations(owner, query=q, limit=limit, offset=offset)


@router.get("/conversations/{id}", responses=_REFUSALS, summary="A conversation with its turns")
def conversation(advisor: NeedsAdvisor, owner: NeedsOwner, id: str) -> ConversationView:
    """Yours only; another person's is answered like one that does not exist."""
    return ConversationView(
        conversation=advisor.store.conversation(id, owner),
        turns=[without_trace(turn) for turn in advisor.store.turns(id, owner)],
    )


@router.patch("/conversations/{id}", responses=_REFUSALS, summary="Rename a conversation")
def rename(advisor: NeedsAdvisor, owner: NeedsOwner, id: str, new: NewTitle) -> Conversation:
    """Give it another title."""
    return advisor.store.rename(id, new.title, owner)


@router.delete(
    "/conversations/{id}", responses=_REFUSALS, status_code=204, summary="Delete a conversation"
)
def delete(advisor: NeedsAdvisor, owner: NeedsOwner, id: str) -> None:
    """With its turns and what was said of them; it cannot be brought back."""
    advisor.store.delete(id, owner)


@router.get(
    "/conversations/{id}/export",
    responses={**_REFUSALS, 200: {"content": {kind: {} for kind in MEDIA.values()}}},
    response_class=Response,
    summary="A conversation as Markdown, DOCX or PDF",
)
def export_conversation(
    advisor: NeedsAdvisor,
    owner: NeedsOwner,
    people: NeedsPeople,
    id: str,
    format: Format = Format.DOCX,
    language: Language = "en",
) -> Response:
    """With the citations of every turn as they were given."""
    held = advisor.store.conversation(id, owner)
    turns = advisor.store.turns(id, owner)
    file = file_of(advisor, held.title, turns, format, language, f"conversation-{id[:8]}")
    people.audit.record(owner, Action.EXPORTED, id, what="conversation", format=format.value)
    return file


@router.get("/turns/{id}", responses=_REFUSALS, response_model=Answer, summary="An answer")
def turn(advisor: NeedsAdvisor, owner: NeedsOwner, id: str) -> Response:
    """The answer as it was sent when it was made, byte for byte (P5)."""
    return Response(advisor.store.answer_json(id, owner), media_type="application/json")


@router.get("/turns/{id}/trace", responses=_REFUSALS, summary="What each step saw")
def trace(advisor: NeedsAdvisor, owner: NeedsOwner, id: str) -> dict[str, Any]:
    """For replay: corpus version, configuration, candidates, what was dropped and why (P7)."""
    return dict(advisor.store.turn(id, owner).answer.trace)


@router.get(
    "/turns/{id}/export",
    responses={**_REFUSALS, 200: {"content": {kind: {} for kind in MEDIA.values()}}},
    response_class=Response,
    summary="An answer as Markdown, DOCX or PDF",
)
def export_turn(
    advisor: NeedsAdvisor,
    owner: NeedsOwner,
    people: NeedsPeople,
    id: str,
    format: Format = Format.DOCX,
    language: Language | None = None,
) -> Response:
    """With its citations as they were given."""
    held = advisor.store.turn(id, owner)
    chosen = language or held.answer.language
    file = file_of(advisor, "", [held], format, chosen, f"answer-{id[:8]}")
    people.audit.record(owner, Action.EXPORTED, id, what="answer", format=format.value)
    return file


@router.post(
    "/turns/{id}/feedback", responses=_REFUSALS, status_code=201, summary="Say what you think"
)
def feedback(advisor: NeedsAdvisor, owner: NeedsOwner, id: str, opinion: Opinion) -> Feedback:
    """A second opinion of the same person replaces the first."""
    return advisor.store.give_feedback(
        id, opinion.helpful, reason=opinion.reason, comment=opinion.comment, owner=owner
    )


def file_of(
    advisor: Advisor,
    title: str,
    turns: list[StoredTurn],
    format: Format,
    language: str,
    name: str,
) -> Response:
    """The turns as a file to download.

    Raises:
        CannotPrint: as `assistant.rendering.printing.pdf`.
    """
    if format is Format.MARKDOWN:
        content = exports.markdown(title, turns, language).encode()
    elif format is Format.DOCX:
        content = exports.docx(title, turns, language)
    else:
        content = pdf(printed(advisor, title, turns, language))
    return download(content, format, name)
