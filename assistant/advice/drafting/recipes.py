"""Which sections each kind of draft has, and where the sentences of each come from."""

from __future__ import annotations

from typing import NamedTuple

from assistant.advice.drafting.draft import BadDraft, Brief
from assistant.advice.drafting.kinds import DraftKind
from assistant.advice.drafting.templates import From, source_of
from corpus.addresses import slugify


class Recipe(NamedTuple):
    """A section: key, heading, source, and what is missing where nothing is found."""

    key: str
    heading: str
    source: From
    missing: str


RECIPES: dict[DraftKind, tuple[Recipe, ...]] = {
    DraftKind.BRIEFING_NOTE: (
        Recipe("mandate", "Mandate", From.VERDICT, "a clause that gives a mandate for {topic}"),
        Recipe("union", "What ITU resolved", From.UNION, "what ITU resolved on {topic}"),
        Recipe(
            "secretariat",
            "What the secretariat must do",
            From.SECRETARIAT,
            "a clause that instructs the secretariat on {topic}",
        ),
        Recipe(
            "members",
            "What members are asked to do",
            From.MEMBERS,
            "a clause that invites members on {topic}",
        ),
        Recipe(
            "country",
            "Situation in the country",
            From.COUNTRY,
            "a review or profile of {country} that speaks of {topic}",
        ),
        Recipe("editions", "Editions and status", From.EDITIONS, "the status of the instruments"),
        Recipe(
            "decision",
            "For decision",
            From.PERSON,
            "the decision asked of {audience}, by the author",
        ),
    ),
    DraftKind.TALKING_POINTS: (
        Recipe("messages", "Main messages", From.UNION, "what ITU resolved on {topic}"),
        Recipe(
            "offer",
            "What ITU does",
            From.SECRETARIAT,
            "a clause that instructs the secretariat on {topic}",
        ),
        Recipe(
            "ask",
            "What we ask of members",
            From.MEMBERS,
            "a clause that invites members on {topic}",
        ),
        Recipe(
            "country",
            "On the country",
            From.COUNTRY,
            "a review or profile of {country} that speaks of {topic}",
        ),
        Recipe("closing", "Closing", From.PERSON, "a closing line for {audience}, by the speaker"),
    ),
    DraftKind.REPLY: (
        Recipe("salutation", "Salutation", From.PERSON, "name and title of the addressee"),
        Recipe(
            "received",
            "Request received",
            From.PERSON,
            "date and reference of the letter of {country}, and what it asks",
        ),
        Recipe(
            "answer",
            "What the instruments provide",
            From.VERDICT,
            "a clause that gives a mandate for {topic}",
        ),
        Recipe(
            "offer",
            "What BDT can do on request",
            From.BDT,
            "a clause that instructs BDT on {topic}",
        ),
        Recipe(
            "members",
            "What Member States are invited to do",
            From.MEMBERS,
            "a clause that invites members on {topic}",
        ),
        Recipe("next", "Next steps", From.PERSON, "contact, dates and who does what next"),
    ),
    DraftKind.REVIEW_SECTION: (
        Recipe(
            "situation",
            "Situation",
            From.COUNTRY,
            "a review or profile of {country} that speaks of {topic}",
        ),
        Recipe(
            "lessons",
            "Lessons from other reviews",
            From.OTHER_COUNTRIES,
            "another country's review that speaks of {topic}",
        ),
        Recipe(
            "instruments",
            "Relevant instruments",
            From.VERDICT,
            "a clause that gives a mandate for {topic}",
        ),
        Recipe(
            "support",
            "Support members may ask for",
            From.SECRETARIAT,
            "a clause that instructs the secretariat on {topic}",
        ),
        Recipe(
            "evidence",
            "Evidence still needed",
            From.PERSON,
            "evidence from stakeholders of {country} on {topic}, with dates",
        ),
        Recipe(
            "actions",
            "Possible actions",
            From.PERSON,
            "actions agreed with the stakeholders: who, what, by when",
        ),
    ),
    DraftKind.CONTRIBUTION: (
        Recipe(
            "introduction",
            "Introduction",
            From.PERSON,
            "meeting, agenda item and authors of the contribution",
        ),
        Recipe(
            "considering", "Considering", From.BACKGROUND, "preamble clauses that speak of {topic}"
        ),
        Recipe("instruments", "Existing instruments", From.UNION, "what ITU resolved on {topic}"),
        Recipe(
            "charges",
            "Who is charged with what",
            From.SECRETARIAT,
            "a clause that instructs the secretariat on {topic}",
        ),
        Recipe("editions", "Editions and status", From.EDITIONS, "the status of the instruments"),
        Recipe("proposal", "Proposal", From.PERSON, "the text proposed, by the authors"),
    ),
}


def recipes_of(brief: Brief) -> tuple[Recipe, ...]:
    """The sections a draft is to have: those of its kind, or the headings of its template.

    Raises:
        BadDraft: a draft after a template was asked for without headings.
    """
    if brief.kind is not DraftKind.TEMPLATE:
        return RECIPES[brief.kind]
    if not brief.headings:
        raise BadDraft("This template has no headings. Give at least one, in Markdown or Word.")
    made: dict[str, Recipe] = {}
    for heading in brief.headings:
        base = slugify(heading)[:40] or "section"
        key, number = base, 1
        while key in made:
            number += 1
            key = f"{base}-{number}"
        # What is missing is said in the words of a format string: braces of a heading are not.
        told = heading.replace("{", "(").replace("}", ")")
        made[key] = Recipe(key, heading, source_of(heading), f"{told}: {{topic}}")
    return tuple(made.values())
