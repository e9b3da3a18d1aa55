"""The pipeline's steps that read a message and answer in the form it asks for.

`understand` makes the question standalone and reads it; `shape` answers every form but clauses,
whose steps follow it. A form that finds nothing it can work on hands the turn on as it got it.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.asking import (
    comparison,
    known,
    listing,
    overview,
    question,
    requests,
    retrieving,
    spelling,
    standing,
    talk,
)
from assistant.asking.answering import answer
from assistant.asking.forms import Form, Heads, load
from assistant.asking.kinds import kinds_in
from assistant.asking.overview import nothing_on
from assistant.asking.parts import marked, parts, pasted
from assistant.asking.reading import Reading, read
from assistant.asking.several import several
from assistant.operating import workspace
from assistant.turn import Tools, Turn
from assistant.writing.model import is_strong
from corpus.language.actors import actors_in
from corpus.language.concepts import fold
from corpus.language.letters import likeliest
from indexing.building.embedding import Embedder

Composing = Callable[[Turn, Tools, Reading], Turn]

_FORMS: dict[Form, Composing] = {
    Form.OVERVIEW: overview.overview,
    Form.LIST: listing.listing,
    Form.COUNT: listing.listing,
    Form.COMPARE: comparison.comparison,
    Form.STANDING: standing.standing,
    Form.HELP: talk.help_card,
    Form.OPINION: talk.opinion,
    Form.DRAFT: requests.draft,
    Form.ADAPT: requests.adapt,
    Form.MANDATE: requests.mandate,
    Form.REVIEW: requests.review,
}

_ONE = frozenset({Form.HELP, Form.OPINION, Form.DRAFT, Form.ADAPT, Form.COMPARE, Form.REVIEW})
"""Forms of a whole message, whatever it joins with "and"."""


def understand(turn: Turn, tools: Tools) -> Turn:
    """Read the message: alone first, as thanks lean on nothing; then as what it follows up."""
    turn = spelling.mend(turn, tools)
    embedder, heads = _learned(tools)
    alone = _read(turn, tools, heads, embedder)
    greets = alone.form is Form.HELP and not (turn.past and alone.chances["help"] < _GREETS)
    if greets and not _leans(turn, heads, embedder):
        if not (turn.wanted or turn.past or turn.page_language):
            turn = turn.having(language=likeliest(turn.text))
        return _with(turn, alone)
    language = turn.language
    topic = (lambda text: heads.topic(text, language)) if heads is not None else None
    turn = question.understand(turn, tools, topic)
    if turn.status is not None:
        return turn
    assert turn.carried is not None  # set with the question
    if turn.carried.kind in ("standalone", "new-topic", "dangling"):
        if passage := pasted(turn.text):
            return _with(turn, alone.model_copy(update={"form": Form.OVERVIEW, "topic": passage}))
        asked = parts(turn.text) if alone.form not in _ONE else ()
        return _with(turn, alone.model_copy(update={"parts": asked}))
    reading = read(
        turn.question,
        turn.language,
        heads=heads,
        embedder=embedder,
        catalogue=tools.catalogue,
        said=turn.text,
        follow_up=turn.carried.kind,
    )
    return _with(turn, reading)


_LEANS = 0.5

_GREETS = 0.8
"""Chance from which a few words after an answer are thanks or a greeting."""


def _leans(turn: Turn, heads: Heads | None, embedder: Embedder) -> bool:
    """Whether a few words go on about the turn before rather than greet or thank."""
    if not turn.past or heads is None:
        return False
    return heads.chances("leans", embedder.embed_queries([turn.text])[0])["leans"] >= _LEANS


def _read(turn: Turn, tools: Tools, heads: Heads | None, embedder: Embedder) -> Reading:
    return read(turn.text, turn.language, heads=heads, embedder=embedder, catalogue=tools.catalogue)


def _with(turn: Turn, reading: Reading) -> Turn:
    seen = reading.model_dump(mode="json", exclude={"countries", "references"})
    return turn.having(reading=reading).seen("understand", reading=seen)


def _learned(tools: Tools) -> tuple[Embedder, Heads | None]:
    embedder = workspace.embedder(tools.settings)
    return embedder, load(embedder.fingerprint, tools.settings.home)


def shape(turn: Turn, tools: Tools) -> Turn:
    """Answer in the form asked for; a turn that asks for clauses is handed on."""
    reading = turn.reading
    assert reading is not None  # `understand` reads or ends the turn
    if len(reading.parts) > 1:
        if is_strong(tools.settings) and reading.form in (Form.CLAUSES, Form.OPINION):
            return turn  # its evidence holds what is found for each part
        return several(turn, tools, reading.parts, one, sure=bool(marked(turn.text)))
    form = _form(reading, tools)
    if form in _LEFT_TO_A_MODEL and is_strong(tools.settings) and not reading.references:
        # Taken for clauses where it is not very likely: the model can still say what was asked.
        form = form if reading.chances.get(form, 0.0) >= _VERY else Form.CLAUSES
    composed = _FORMS.get(form)
    if form is Form.OVERVIEW and retrieving.unknown(turn, tools):
        composed = None  # of a text nobody knows nothing is told from another (P4, P10)
    if form is Form.OPINION and _held(turn, tools, reading):
        composed = None
    if composed is not None:
        made = composed(turn, tools, reading)
        if made.status is not None:
            return made.seen("shape", form=made.form)
        turn = made
    return _of_a_country(turn, tools, reading)


_ANSWERS = 0.85


def _held(turn: Turn, tools: Tools, reading: Reading) -> bool:
    """Whether what looks like a call for an opinion is answered by a text all the same ("are they
    helping Afghanistan?"): the clauses are surer than the reading."""
    if reading.chances.get(Form.OPINION, 0.0) >= _VERY:
        return False
    result = retrieving.search(turn, tools).result
    return result is not None and bool(result.evidence) and result.answerable >= _ANSWERS


_ASKED_WHOLE = frozenset({Form.MANDATE, Form.REVIEW, Form.HELP, Form.DRAFT, Form.ADAPT})
"""Forms that a few words leaning on the turn before do not ask for, unless it is very likely."""

_VERY, _LIKELY, _MAYBE = 0.9, 0.55, 0.1

_LEFT_TO_A_MODEL = frozenset({Form.MANDATE, Form.STANDING, Form.DRAFT, Form.REVIEW})
"""Forms that quote or compose without the chat model, and are read now and then where a question
for clauses is asked."""


def _form(reading: Reading, tools: Tools) -> Form:
    """The form read; an overview of an edition of a kind that is named whole ("the regional
    initiatives of Europe"), and of a country that is all a message is about."""
    leaning = reading.follow_up == "follow-up"
    least = _VERY if reading.form is Form.HELP else _LIKELY
    if leaning and reading.form in _ASKED_WHOLE and reading.chances[reading.form] < least:
        return Form.CLAUSES
    if leaning and reading.form in (Form.LIST, Form.COUNT) and not kinds_in(reading.said):
        return Form.CLAUSES  # "how many are there?" counts what the text before spoke of
    if leaning and reading.form is Form.OVERVIEW and reading.countries:
        return Form.CLAUSES  # the country is carried along; the point asked about is new
    if reading.form is Form.CLAUSES and reading.references:
        unheld = all(known.document(id, tools) is None for id in known.instruments(reading, tools))
        if unheld and reading.chances.get(Form.STANDING, 0.0) >= _MAYBE:
            return Form.STANDING  # of a text that is not held, that is all that is known
        if _told_whole(reading):
            return Form.OVERVIEW
    if reading.form is not Form.CLAUSES or reading.references:
        return reading.form
    place = reading.countries and not (reading.follow_up or reading.kinds or reading.years)
    whole = (place or known.by_edition(reading, tools)) and not overview.beyond_places(reading)
    return Form.OVERVIEW if whole else Form.CLAUSES


def _told_whole(reading: Reading) -> bool:
    """Whether a message asks what a text tells an addressee, and about nothing in particular."""
    text = reading.text
    actors = actors_in(text)
    for reference in reading.references:
        text = text.replace(reference.text, " ")
    return bool(actors) and not question.beyond_actors(text, actors, reading.language)


def one(turn: Turn, tools: Tools) -> Turn:
    """A turn that asks one thing, from reading to quoting."""
    turn = understand(turn, tools)
    if turn.reading is not None:
        turn = turn.having(reading=turn.reading.model_copy(update={"parts": ()}))
    for step in (shape, retrieving.search, retrieving.weigh, answer):
        if turn.status is not None:
            return turn
        turn = step(turn, tools)
    return turn


def _of_a_country(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """A question on a country that no text names is not answered from another's."""
    if not reading.countries or reading.references:
        return turn
    terms = [fold(t) for country in reading.countries for t in country.terms]
    for key in tools.shelf.live():
        document = tools.shelf.document(key)
        if document.country and fold(document.country) in terms:
            return turn
        for section, clause in document.clauses():
            text = fold(f"{section.heading} {clause.label or ''} {clause.text}".replace("-", " "))
            if any(term in text for term in terms):
                return turn
    names = [c.phrases.get(turn.language, c.terms)[0] for c in reading.countries]
    return nothing_on(turn, tools, names).having(form="clauses")
