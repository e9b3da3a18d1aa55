"""The papers of a review: profile, roadmap, workshop kit, in every format they are wanted in."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from assistant.advice.mandates.instruments import Holds
from assistant.advice.review.model import EvidenceText, Review
from assistant.advice.review.profile import profile
from assistant.advice.review.roadmap import roadmap
from assistant.advice.review.shelf_help import gather
from assistant.advice.review.workshop import kit
from assistant.rendering.block_html import html
from assistant.rendering.block_markdown import markdown
from assistant.rendering.block_print import pdf
from assistant.rendering.block_word import docx
from assistant.rendering.blocks import Report
from assistant.rendering.formats import MEDIA_TYPES


class Paper(StrEnum):
    """What can be written of a review."""

    PROFILE = "profile"
    ROADMAP = "roadmap"
    KIT = "kit"


class PaperFormat(StrEnum):
    """In what form."""

    DOCX = "docx"
    PDF = "pdf"
    MARKDOWN = "md"
    HTML = "html"


MEDIA = {format: MEDIA_TYPES[format] for format in PaperFormat}


def report(
    paper: Paper,
    review: Review,
    sources: Sequence[EvidenceText],
    advisor: Holds,
    language: str | None = None,
) -> Report:
    """One paper of a review, in `language` or the review's own.

    Raises:
        AdvisorError: the index is missing or was built with another model (not for the kit).
    """
    spoken = language or review.about.language
    if paper is Paper.KIT:
        return kit(review, spoken)
    helps = gather(review.about.country, advisor)
    if paper is Paper.PROFILE:
        return profile(review, sources, helps, advisor, spoken)
    return roadmap(review, helps, advisor, spoken)


def written(made: Report, format: PaperFormat) -> bytes:
    """A report as a file; HTML is the inner `<article>`, which a page puts its frame around.

    Raises:
        CannotPrint: PDF was asked for and cannot be made on this machine; says what is missing.
    """
    if format is PaperFormat.HTML:
        return html(made).encode()
    if format is PaperFormat.MARKDOWN:
        return markdown(made).encode()
    return pdf(made) if format is PaperFormat.PDF else docx(made)
