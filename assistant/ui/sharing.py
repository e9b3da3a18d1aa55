"""Shared conversations: a link is made, read, exported, taken back."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from assistant.api.conversations import (
    MEDIA,
    Format,
    Language,
    TurnView,
    file_of,
    without_trace,
)
from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner
from assistant.errors import UnknownShare
from assistant.people.audit import Action
from assistant.phrases import say
from assistant.ui import view
from assistant.ui.markup import direction, render
from assistant.ui.view import ShownTurn
from assistant.ui.words import preferred

router = APIRouter(tags=["conversations"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (404, 422, 503)
}
Token = Annotated[str, Path(max_length=200, description="The last part of the link.")]


class Link(BaseModel):
    """A link that lets others read a conversation; it is shown this once."""

    token: str = Field(examples=["6dM0q1…"])
    path: str = Field(examples=["/shared/6dM0q1…"], description="Of this server; opens as a page.")


class SharedView(BaseModel):
    """A conversation as its link shows it: no owner, no id, nothing asked after it was shared."""

    title: str
    at: str
    turns: list[TurnView]


@router.post(
    "/v1/conversations/{id}/share",
    responses=_REFUSALS,
    status_code=201,
    summary="Make a read-only link to a conversation",
)
def share(request: Request, opening: NeedsOpening, owner: NeedsOwner, id: str) -> Link:
    """To what was said so far; each call makes another link."""
    token = opening.sharing.share(id, owner)
    opening.people.audit.record(owner, Action.SHARED, id)
    return Link(token=token, path=f"{request.scope.get('root_path', '')}/shared/{token}")


@router.delete(
    "/v1/conversations/{id}/share",
    responses=_REFUSALS,
    status_code=204,
    summary="Take every link to a conversation back",
)
def revoke(opening: NeedsOpening, owner: NeedsOwner, id: str) -> None:
    """From now on they are answered like links that never were."""
    opening.sharing.revoke(id, owner)
    opening.people.audit.record(owner, Action.UNSHARED, id)


@router.get("/v1/shared/{token}", responses=_REFUSALS, summary="Read a shared conversation")
def shared(opening: NeedsOpening, token: Token) -> SharedView:
    """With the citations of every turn as they were given (P5)."""
    held = opening.sharing.read(token)
    return SharedView(
        title=held.title, at=held.at, turns=[without_trace(turn) for turn in held.turns]
    )


@router.get(
    "/v1/shared/{token}/export",
    responses={**_REFUSALS, 200: {"content": {kind: {} for kind in MEDIA.values()}}},
    response_class=Response,
    summary="A shared conversation as Markdown, DOCX or PDF",
)
def export(
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    token: Token,
    format: Format = Format.DOCX,
    language: Language = "en",
) -> Response:
    """As its owner would export it."""
    held = opening.sharing.read(token)
    return file_of(advisor, held.title, list(held.turns), format, language, "conversation")


@router.get("/shared/{token}", include_in_schema=False)
def page(
    request: Request, advisor: NeedsAdvisor, opening: NeedsOpening, token: Token
) -> HTMLResponse:
    """The page people open: static HTML, no script."""
    language = preferred(request.headers.get("accept-language", ""))
    try:
        held = opening.sharing.read(token)
    except UnknownShare as error:
        return _html(language, 404, problem=error.message)

    def named(document: str | None) -> str:
        return view.name_of(advisor, document)

    turns = [
        {
            **view.turn_values(ShownTurn.of(turn), language, named),
            "citations": turn.answer.citations,
        }
        for turn in held.turns
    ]
    return _html(language, 200, title=held.title, turns=turns)


def _html(
    language: str,
    status: int,
    title: str = "",
    turns: list[dict[str, Any]] | None = None,
    problem: str = "",
) -> HTMLResponse:
    signs = {known.value: sign for known, sign in view.SIGNS.items()}
    body = render(
        "shared.html", language, title=title, turns=turns or [], problem=problem, signs=signs
    )
    return HTMLResponse(
        f'<!doctype html><html lang="{language}" dir="{direction(language)}"><head>'
        '<meta charset="utf-8"><meta name="robots" content="noindex">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title or say(language, 'ui-title'))}</title>"
        f"<style>{_style()}</style></head><body>{body}</body></html>",
        status,
    )


@cache
def _style() -> str:
    return (files("assistant.ui") / "static" / "shared.css").read_text(encoding="utf-8")
