"""The pipeline's step that answers a wish (`wishes.py`): a first result, and the page that does it.

Every claim is a clause of the shelf, verbatim and cited, as in any answer. A message that is no
wish passes through untouched.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from assistant import phrases
from assistant.answers import Citation, Claim, Status
from assistant.citations import cite
from assistant.comparing import Statement, compare_countries, compare_editions, compare_instruments
from assistant.mandate import mandate
from assistant.mandates.trail import Verdict
from assistant.quoting import is_verbatim
from assistant.review.framework import PILLARS
from assistant.review.shelf_help import countries
from assistant.turn import Tools, Turn
from assistant.wishes import Wish, Wished, begins, wish
from corpus.addresses import Address
from corpus.errors import AdvisorError
from corpus.shelf import Found

_SHOWN = 6
"""Clauses of a first result at most; the page has them all."""


def advise(turn: Turn, tools: Tools) -> Turn:
    """Answer a draft, comparison, review or mandate that is asked for; else hand the turn on."""
    if not begins(turn.text, turn.language):
        return turn
    held = frozenset(countries(tools)) | {key.split(":")[0] for key in tools.shelf.live()}
    wished = wish(turn.text, turn.language, held, tools.catalogue)
    if wished is None:
        return turn
    turn = turn.seen("advise", **wished.model_dump(mode="json"))
    answered = {
        Wish.DRAFT: _draft,
        Wish.COMPARE: _compare,
        Wish.REVIEW: _review,
        Wish.MANDATE: _mandate,
    }[wished.wish]
    return answered(turn, tools, wished)


def _draft(turn: Turn, tools: Tools, wished: Wished) -> Turn:
    page = _page("drafts", kind=wished.kind.value, topic=wished.topic)
    trail = mandate(wished.topic, tools)
    quotes = [(duty.address, duty.quote) for duty in trail.deciding]
    return _with(turn, tools, quotes, page, "wish-draft", "wish-draft-none")


def _mandate(turn: Turn, tools: Tools, wished: Wished) -> Turn:
    """The trail reads English; a topic in another language is looked up on the page as it is."""
    page = _page("mandates", q=wished.topic)
    trail = mandate(wished.topic, tools)
    if turn.language != "en" and trail.verdict is Verdict.NO:
        return turn.having(page=page)
    quotes = [(duty.address, duty.quote) for duty in trail.deciding]
    return _with(turn, tools, quotes, page, "wish-mandate", "wish-mandate-none")


def _review(turn: Turn, tools: Tools, wished: Wished) -> Turn:
    page = _page("reviews", country=wished.topic)
    quotes: list[tuple[str, str]] = []
    for key in tools.shelf.live():
        document = tools.shelf.document(key)
        if (document.country or "").casefold() == wished.topic.casefold():
            quotes += [
                (str(document.address(section, clause)), clause.text)
                for section, clause in document.clauses()
            ][: _SHOWN - len(quotes)]
    return _with(turn, tools, quotes, page, "wish-review", "wish-review-none")


def _compare(turn: Turn, tools: Tools, wished: Wished) -> Turn:
    shelf = tools.shelf
    try:
        if wished.countries:
            table = compare_countries(shelf, tools.catalogue, wished.countries)
            page = _page("comparisons", what="countries", country=wished.countries)
        else:
            first, second = wished.documents
            same = first.partition("@")[0] == second.partition("@")[0]
            what = "editions" if same else "instruments"
            topic = "" if same else _common(tools, first, second)
            page = _page("comparisons", what=what, first=first, second=second, topic=topic)
            table = (
                compare_editions(shelf, first, second)
                if same
                else compare_instruments(shelf, first, second, topic)
            )
    except AdvisorError:  # nothing to lay side by side: an ordinary question after all
        return turn
    order = [pillar.label for pillar in PILLARS]
    rows = sorted(
        (row for row in table.rows if all(row.cells)),
        key=lambda row: order.index(row.name) if row.name in order else 0,
    )
    statements: list[Statement] = [
        cell[0] for row in rows or table.rows for cell in row.cells if cell
    ]
    quotes = [(s.address, s.text) for s in statements[:_SHOWN]]
    return _with(turn, tools, quotes, page, "wish-compare", "wish-compare-what")


def _common(tools: Tools, first: str, second: str) -> str:
    """The words two titles share, as a topic; the first title where they share none."""
    titles = [tools.shelf.best(id).title for id in (first, second)]
    words = [word for word in titles[0].split() if word.casefold() in titles[1].casefold().split()]
    return " ".join(words) if len(words) > 1 else titles[0]


def _with(
    turn: Turn,
    tools: Tools,
    quotes: Sequence[tuple[str, str]],
    page: str,
    said: str,
    none: str,
) -> Turn:
    """The turn with clauses quoted and cited, and the page; or with what to say without any."""
    claims: list[Claim] = []
    citations: list[Citation] = []
    for address, quote in quotes[:_SHOWN]:
        found = _found(tools, address)
        if found is None or not is_verbatim(quote, found.clause.text):
            continue
        citation = cite(tools, found, quote)
        if any(citation.address == known.address for known in citations):
            continue
        citations.append(citation)
        language = found.document.language
        claims.append(Claim(text=quote, addresses=(citation.address,), language=language))
    return turn.having(
        status=Status.ANSWERED if claims else Status.NOT_IN_DOCUMENTS,
        opening=phrases.say(turn.language, said if claims else none),
        claims=tuple(claims),
        citations=tuple(citations),
        page=page,
    )


def _found(tools: Tools, address: str) -> Found | None:
    try:
        return tools.shelf.clause(Address.parse(address))
    except AdvisorError:
        return None


def _page(name: str, **query: object) -> str:
    """Path of a page inside the application, its form filled in."""
    return f"pages/{name}?{urlencode(query, doseq=True)}"
