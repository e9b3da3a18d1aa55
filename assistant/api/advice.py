"""`/v1/mandates` and `/v1/comparisons`: who is charged with what; side by side."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.advice import comparing
from assistant.advice.mandates.changes import EditionStep, changes
from assistant.advice.mandates.charges import MandateTrail
from assistant.advice.mandates.charges import mandate as find
from assistant.advice.mandates.picture import picture
from assistant.advisor import Advisor
from assistant.api.downloads import download
from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner
from assistant.api.opening import Opening
from assistant.asking.screening import readable
from assistant.rendering.block_markdown import markdown
from assistant.rendering.block_print import pdf as printed
from assistant.rendering.block_word import docx
from assistant.rendering.formats import MEDIA, FileFormat

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
    """Two editions (of an instrument), two instruments on a topic, or countries by pillar."""

    model_config = ConfigDict(extra="forbid")

    editions: tuple[str, str] | None = None
    instruments: tuple[str, str] | None = None
    topic: str = Field(default="", max_length=400)
    countries: list[str] = Field(default_factory=list, max_length=8)


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


@router.post(
    "/mandates/changes", responses=_REFUSALS, summary="What each edition changed on the topic"
)
def mandate_changes(
    advisor: NeedsAdvisor, opening: NeedsOpening, owner: NeedsOwner, asked: Asked
) -> list[EditionStep]:
    """Word by word, where the official texts of both editions are held; else why not."""
    with opening.limits.turn(owner):
        trail = find(readable(asked.topic), advisor, actor=asked.actor)
        return list(changes(trail, advisor))


@router.post("/comparisons", responses=_REFUSALS, summary="Side by side")
def comparisons(advisor: NeedsAdvisor, wanted: ToCompare) -> comparing.SideBySide:
    """Every cell is made of clauses with their addresses; an empty one holds nothing."""
    return compared(advisor, wanted)


@router.post(
    "/comparisons/export",
    responses={**_REFUSALS, 200: {"content": {kind: {} for kind in MEDIA.values()}}},
    response_class=Response,
    summary="Side by side, as a file",
)
def comparison_file(
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    owner: NeedsOwner,
    wanted: ToCompare,
    format: FileFormat = FileFormat.DOCX,
) -> Response:
    """Sources are footnotes."""
    return comparison_as(format, advisor, opening, owner, wanted)


def comparison_as(
    format: FileFormat, advisor: Advisor, opening: Opening, owner: str, wanted: ToCompare
) -> Response:
    """A comparison as a file, counted as a turn of its asker.

    Raises:
        TooManyRequests: the asker is at a limit.
        CannotPrint, UnknownAddress, NotComparable, NothingToCompare: see `compared`.
    """
    with opening.limits.turn(owner):
        made = comparing.report(compared(advisor, wanted))
        content = {
            FileFormat.DOCX: lambda: docx(made),
            FileFormat.PDF: lambda: printed(made),
            FileFormat.MARKDOWN: lambda: markdown(made).encode(),
        }[format]()
    return download(content, format.value, "comparison")


def compared(advisor: Advisor, wanted: ToCompare) -> comparing.SideBySide:
    """The comparison asked for.

    Raises:
        UnknownAddress, NotComparable, NothingToCompare: as the functions of `comparing`.
    """
    shelf = advisor.shelf
    asked = readable(wanted.topic) if wanted.topic.strip() else ""
    if wanted.editions is not None:
        return comparing.compare_editions(shelf, *wanted.editions, asked)
    if wanted.instruments is not None:
        return comparing.compare_instruments(shelf, *wanted.instruments, readable(wanted.topic))
    return comparing.compare_countries(shelf, advisor.catalogue, wanted.countries)
