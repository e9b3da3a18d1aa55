"""Requests that are no questions: a draft, words put otherwise, a review, a mandate trail.

Each gets what can be done here at once, the clauses to build on, and the page that does the rest.
"""

from __future__ import annotations

from urllib.parse import urlencode

from assistant import phrases
from assistant.advice.mandates.charges import mandate as trail_of
from assistant.answers import Status
from assistant.asking import known
from assistant.asking.overview import of_country, of_documents, overview
from assistant.asking.reading import Reading
from assistant.asking.sheet import Sheet
from assistant.turn import Tools, Turn
from corpus.addresses import Address
from corpus.errors import AdvisorError

_SHOWN = 6
"""Duties of a mandate trail shown at most; the page has them all."""


def draft(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """The clauses a draft is built on, and the page that writes it, its form filled in."""
    subject = _named_subject(reading)
    page = f"pages/drafts?{urlencode({'kind': reading.draft.value, 'topic': subject})}"
    made = _whole(turn, tools, reading)
    if made.status in (Status.ANSWERED, Status.PARTLY_ANSWERED):
        opening = phrases.say(turn.language, "draft-opening")
        return made.having(opening=f"{opening} {made.opening}".strip(), page=page, form="draft")
    return made.having(
        form="draft", page=page, notes=(phrases.say(turn.language, "wish-draft-none"), *made.notes)
    )


def adapt(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """What a message wants translated or put otherwise, as it stands; and that it stays so."""
    made = _whole(turn, tools, reading)
    if made.status is None:
        return made
    note = phrases.say(turn.language, "adapt-note")
    if made.status in (Status.ANSWERED, Status.PARTLY_ANSWERED):
        return made.having(notes=(note, *made.notes), form="adapt")
    return made.having(status=Status.OUT_OF_SCOPE, notes=(note,), nearest=(), form="adapt")


def _whole(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """The overview of what a request is about, whatever it is; ended where nothing is held."""
    made = overview(turn, tools, reading)
    if made.status is not None:
        return made
    ids = known.one(reading, tools)
    return of_documents(turn, tools, reading, ids) if ids else made


def _named_subject(reading: Reading) -> str:
    return reading.topic or " ".join(r.text for r in reading.references) or reading.text


def review(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """The page that begins a review, with what is held on the country."""
    if len(reading.countries) != 1:
        return turn
    country = reading.countries[0].terms[0]
    page = f"pages/reviews?{urlencode({'country': country})}"
    made = of_country(turn, tools, reading)
    said = "wish-review" if made.claims else "wish-review-none"
    return made.having(
        status=Status.ANSWERED if made.claims else Status.NOT_IN_DOCUMENTS,
        opening=phrases.say(turn.language, said),
        notes=made.notes if made.claims else (),
        page=page,
        form="review",
    )


def mandate(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """The clauses of the mandate trail that decide, and the page that shows all of it.

    The trail reads English; where it finds none, the question goes its ordinary way, with the page.
    """
    subject = _named_subject(reading)
    page = f"pages/mandates?{urlencode({'q': subject})}"
    trail = trail_of(subject, tools)
    sheet = Sheet(turn, tools)
    for duty in trail.deciding[:_SHOWN]:
        try:
            sheet.quote(tools.shelf.clause(Address.parse(duty.address)))
        except AdvisorError:
            continue
    if not sheet.claims:
        return turn.having(page=page)
    return sheet.turned(
        Status.ANSWERED, phrases.say(turn.language, "wish-mandate"), "mandate", page=page
    )
