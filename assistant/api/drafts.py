"""`/v1/drafts`: drafts begun, edited section by section, versioned and exported."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from assistant.advice.drafting import editing, exporting, templates, writing
from assistant.advice.drafting.composing import required_writer, writer
from assistant.advice.drafting.draft import BadDraft, Brief, Draft
from assistant.advice.drafting.kinds import DraftKind, Length
from assistant.advice.drafting.versions import StoredDraft, VersionLine
from assistant.advisor import Advisor
from assistant.api.desk import NeedsDesk
from assistant.api.downloads import download
from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner, NeedsPeople
from assistant.asking.screening import readable
from assistant.people.audit import Action as Deed
from assistant.rendering.formats import MEDIA, FileFormat
from corpus.database import storable
from corpus.tampering.characters import visible

router = APIRouter(prefix="/v1/drafts", tags=["drafts"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (404, 422, 429, 503)
}
_TEMPLATE_BYTES = 900_000


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


@router.post("", responses=_REFUSALS, status_code=201, summary="Begin a draft")
def begin(
    advisor: NeedsAdvisor, opening: NeedsOpening, desk: NeedsDesk, owner: NeedsOwner, brief: Brief
) -> StoredDraft:
    """Quotations and catalogue sentences, or (`written`) sentences of the chat model that the
    clauses bear out; gaps are marked."""
    with opening.limits.turn(owner):
        return desk.drafts.begin(_made(brief, advisor), owner)


@router.post(
    "/template", responses=_REFUSALS, status_code=201, summary="Begin a draft after your template"
)
def begin_after(
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    desk: NeedsDesk,
    owner: NeedsOwner,
    file: UploadFile,
    topic: Annotated[str, Form(min_length=1, max_length=400)],
    audience: Annotated[str, Form(max_length=400)] = "",
    country: Annotated[str, Form(max_length=80)] = "",
    purpose: Annotated[str, Form(max_length=1000)] = "",
    length: Annotated[Length, Form()] = Length.MEDIUM,
    written: Annotated[bool, Form()] = False,
) -> StoredDraft:
    """Its headings (Markdown, or Word's Heading 1 to 3) become the sections; the file is not
    kept."""
    content = file.file.read(_TEMPLATE_BYTES + 1)
    if len(content) > _TEMPLATE_BYTES:
        raise BadDraft("A template may have 900 kB. Leave the pictures out.")
    brief = Brief(
        kind=DraftKind.TEMPLATE,
        topic=topic,
        audience=audience,
        country=country,
        purpose=purpose,
        length=length,
        headings=templates.headings(file.filename or "template", content),
        written=written,
    )
    with opening.limits.turn(owner):
        return desk.drafts.begin(_made(brief, advisor), owner)


@router.get("", summary="Your drafts")
def drafts(desk: NeedsDesk, owner: NeedsOwner) -> list[StoredDraft]:
    """Last changed first."""
    return desk.drafts.all(owner)


@router.get("/{id}", responses=_REFUSALS, summary="A draft as it stands")
def one(desk: NeedsDesk, owner: NeedsOwner, id: str) -> StoredDraft:
    """Yours only; another person's is answered like one that does not exist."""
    return desk.drafts.get(id, owner)


@router.delete("/{id}", responses=_REFUSALS, status_code=204, summary="Delete a draft")
def delete(desk: NeedsDesk, owner: NeedsOwner, id: str) -> None:
    """With every version."""
    desk.drafts.delete(id, owner)


@router.post("/{id}/edits", responses=_REFUSALS, summary="Change one section")
def edit(
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    desk: NeedsDesk,
    owner: NeedsOwner,
    id: str,
    wanted: Edit,
) -> StoredDraft:
    """Makes the next version; `undo` takes it back."""
    version = desk.drafts.get(id, owner).draft
    if wanted.action is Action.REGENERATE:
        with opening.limits.turn(owner):
            writes = writer(advisor.settings) if version.brief.written else None
            version = writing.regenerate(version, wanted.section, advisor, writes)
    elif wanted.action is Action.DROP:
        if wanted.number is None:
            raise BadDraft("Say which sentence to drop: its number, from 1.")
        version = editing.drop(version, wanted.section, wanted.number)
    elif wanted.action is Action.ADD:
        version = editing.add_source(version, wanted.section, wanted.address, advisor)
    else:
        text = storable(visible(wanted.text))
        version = editing.insert(version, wanted.section, text, wanted.number)
    return desk.drafts.save(id, version, f"{wanted.action.value} {wanted.section}", owner)


@router.get("/{id}/versions", responses=_REFUSALS, summary="Every version kept")
def versions(desk: NeedsDesk, owner: NeedsOwner, id: str) -> list[VersionLine]:
    """Newest first."""
    return desk.drafts.versions(id, owner)


@router.post("/{id}/restore/{version}", responses=_REFUSALS, summary="Bring a version back")
def restore(
    desk: NeedsDesk, owner: NeedsOwner, id: str, version: Annotated[int, Path(ge=1, le=2**31)]
) -> StoredDraft:
    """As the newest one; those between stay."""
    return desk.drafts.restore(id, version, owner)


@router.get(
    "/{id}/export",
    responses={**_REFUSALS, 200: {"content": {kind: {} for kind in MEDIA.values()}}},
    response_class=Response,
    summary="A draft as DOCX or PDF with footnotes, or Markdown",
)
def export(
    advisor: NeedsAdvisor,
    desk: NeedsDesk,
    owner: NeedsOwner,
    people: NeedsPeople,
    id: str,
    format: FileFormat = FileFormat.DOCX,
) -> Response:
    """Citations are verified at this moment; what no longer stands becomes a marked gap."""
    held = desk.drafts.get(id, owner).draft
    content = {
        FileFormat.DOCX: lambda: exporting.docx(held, advisor),
        FileFormat.PDF: lambda: exporting.pdf(held, advisor),
        FileFormat.MARKDOWN: lambda: exporting.markdown(held, advisor).encode(),
    }[format]()
    people.audit.record(owner, Deed.EXPORTED, id, what="draft", format=format.value)
    return download(content, format.value, f"draft-{id[:8]}")


@router.post("/{id}/{move}", responses=_REFUSALS, summary="Undo or redo")
def move(desk: NeedsDesk, owner: NeedsOwner, id: str, move: Literal["undo", "redo"]) -> StoredDraft:
    """One version back or forward."""
    return desk.drafts.move(id, -1 if move == "undo" else 1, owner)


def _made(brief: Brief, advisor: Advisor) -> Draft:
    clean = brief.model_copy(
        update={
            "topic": readable(storable(brief.topic)),
            "audience": storable(visible(brief.audience)),
            "country": storable(visible(brief.country)),
            "purpose": storable(visible(brief.purpose)),
            "headings": tuple(line for h in brief.headings if (line := storable(visible(h)))),
        }
    )
    writes = required_writer(advisor.settings) if brief.written else None
    return writing.draft(clean, advisor, writes)
