"""`/v1/mandates`, `/v1/comparisons`, `/v1/drafts`: from a question to advice."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant import comparing, workspace
from assistant.api.conversations import MEDIA, Format
from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner
from assistant.drafting import editing, exporting, writing
from assistant.drafting.draft import BadDraft, Brief
from assistant.drafting.versions import Drafts, StoredDraft
from assistant.mandate import MandateTrail
from assistant.mandate import mandate as find
from assistant.mandates.picture import picture
from assistant.screening import readable, visible

router = APIRouter(prefix="/v1", tags=["advice"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (404, 422, 429, 503)
}


class Asked(BaseModel):
    """A topic, an activity, or a question about a mandate."""

    model_config = ConfigDict(extra="forbid")

    topic: str = Field(examples=["Does BDT have a mandate to run an accelerator programme?"])
    actor: str | None = Field(default=None, max_length=40, examples=["bdt"])


class ToCompare(BaseModel):
    """Two instruments on a topic, or countries along the seven pillars."""

    model_config = ConfigDict(extra="forbid")

    instruments: tuple[str, str] | None = None
    topic: str = Field(default="", max_length=400)
    countries: list[str] = Field(default_factory=list, max_length=8)


class Action(StrEnum):
    """What can be done to a section of a draft."""

    REGENERATE = "regenerate"
    DROP = "drop"
    ADD = "add"
    INSERT = "insert"


class Edit(BaseModel):
    """One change to one section; `number` is a sentence's, from 1."""

    model_config = ConfigDict(extra="forbid")

    section: str = Field(max_length=60)
    action: Action
    number: int | None = Field(default=None, ge=1)
    address: str = Field(default="", max_length=400)
    text: str = Field(default="", max_length=8000)


def _drafts(opening: NeedsOpening) -> Drafts:
    return Drafts(workspace.database(opening.settings))


@router.post("/mandates", responses=_REFUSALS, summary="Which instruments give a mandate")
def mandates(
    advisor: NeedsAdvisor, opening: NeedsOpening, owner: NeedsOwner, asked: Asked
) -> MandateTrail:
    """Verdict, clauses with verb and addressee, editions known, cross-references."""
    with opening.limits.turn(owner):
        return find(readable(asked.topic), advisor, actor=asked.actor)


@router.post(
    "/mandates/picture",
    responses={**_REFUSALS, 200: {"content": {"image/svg+xml": {}}}},
    response_class=Response,
    summary="The trail as a picture",
)
def mandate_picture(
    advisor: NeedsAdvisor, opening: NeedsOpening, owner: NeedsOwner, asked: Asked
) -> Response:
    """Timeline and graph in one SVG, described in words inside it."""
    with opening.limits.turn(owner):
        drawn = picture(find(readable(asked.topic), advisor, actor=asked.actor))
    return Response(drawn, media_type="image/svg+xml")


@router.post("/comparisons", responses=_REFUSALS, summary="Side by side")
def comparisons(advisor: NeedsAdvisor, wanted: ToCompare) -> comparing.SideBySide:
    """Every cell is made of clauses with their addresses; an empty one holds nothing."""
    if wanted.instruments is not None:
        first, second = wanted.instruments
        return comparing.compare_instruments(advisor.shelf, first, second, readable(wanted.topic))
    return comparing.compare_countries(advisor.shelf, advisor.catalogue, wanted.countries)


@router.post("/drafts", responses=_REFUSALS, status_code=201, summary="Begin a draft")
def begin(
    advisor: NeedsAdvisor, opening: NeedsOpening, owner: NeedsOwner, brief: Brief
) -> StoredDraft:
    """Assembled from quotations and catalogue sentences; gaps are marked."""
    with opening.limits.turn(owner):
        clean = brief.model_copy(
            update={
                "topic": readable(brief.topic),
                "audience": visible(brief.audience),
                "country": visible(brief.country),
                "purpose": visible(brief.purpose),
            }
        )
        return _drafts(opening).begin(writing.draft(clean, advisor), owner)


@router.get("/drafts", summary="Your drafts")
def drafts(opening: NeedsOpening, owner: NeedsOwner) -> list[StoredDraft]:
    """Last changed first."""
    return _drafts(opening).all(owner)


@router.get("/drafts/{id}", responses=_REFUSALS, summary="A draft as it stands")
def one(opening: NeedsOpening, owner: NeedsOwner, id: str) -> StoredDraft:
    """Yours only; another person's is answered like one that does not exist."""
    return _drafts(opening).get(id, owner)


@router.post("/drafts/{id}/edits", responses=_REFUSALS, summary="Change one section")
def edit(
    advisor: NeedsAdvisor, opening: NeedsOpening, owner: NeedsOwner, id: str, wanted: Edit
) -> StoredDraft:
    """Makes the next version; `undo` takes it back."""
    held = _drafts(opening)
    version = held.get(id, owner).draft
    if wanted.action is Action.REGENERATE:
        with opening.limits.turn(owner):
            version = writing.regenerate(version, wanted.section, advisor)
    elif wanted.action is Action.DROP:
        if wanted.number is None:
            raise BadDraft("Say which sentence to drop: its number, from 1.")
        version = editing.drop(version, wanted.section, wanted.number)
    elif wanted.action is Action.ADD:
        version = editing.add_source(version, wanted.section, wanted.address, advisor)
    else:
        text = visible(wanted.text)
        version = editing.insert(version, wanted.section, text, wanted.number)
    return held.save(id, version, f"{wanted.action.value} {wanted.section}", owner)


@router.post("/drafts/{id}/{move}", responses=_REFUSALS, summary="Undo or redo")
def move(
    opening: NeedsOpening, owner: NeedsOwner, id: str, move: Literal["undo", "redo"]
) -> StoredDraft:
    """One version back or forward."""
    return _drafts(opening).move(id, -1 if move == "undo" else 1, owner)


@router.get(
    "/drafts/{id}/export",
    responses={**_REFUSALS, 200: {"content": {kind: {} for kind in MEDIA.values()}}},
    response_class=Response,
    summary="A draft as DOCX with footnotes, or Markdown",
)
def export(
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    owner: NeedsOwner,
    id: str,
    format: Literal[Format.DOCX, Format.MARKDOWN] = Format.DOCX,
) -> Response:
    """Citations are verified at this moment; what no longer stands becomes a marked gap."""
    held = _drafts(opening).get(id, owner).draft
    content = (
        exporting.docx(held, advisor)
        if format is Format.DOCX
        else exporting.markdown(held, advisor).encode()
    )
    name = f'attachment; filename="draft-{id[:8]}.{format.value}"'
    return Response(content, media_type=MEDIA[format], headers={"Content-Disposition": name})
