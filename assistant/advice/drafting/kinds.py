"""Which drafts there are, and how long: apart from what a draft is, so that help stays quick."""

from __future__ import annotations

from enum import StrEnum


class DraftKind(StrEnum):
    """Closed list of what can be drafted."""

    BRIEFING_NOTE = "briefing-note"
    TALKING_POINTS = "talking-points"
    REPLY = "reply"
    REVIEW_SECTION = "review-section"
    CONTRIBUTION = "contribution"
    TEMPLATE = "template"
    """One's own: its sections are the headings of a template."""


class Length(StrEnum):
    """How much of the evidence a section takes in."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


TITLES: dict[DraftKind, str] = {
    DraftKind.BRIEFING_NOTE: "Briefing note",
    DraftKind.TALKING_POINTS: "Talking points",
    DraftKind.REPLY: "Reply to a Member State",
    DraftKind.REVIEW_SECTION: "Section of a country review",
    DraftKind.CONTRIBUTION: "Outline of a contribution",
    DraftKind.TEMPLATE: "Draft after your template",
}
