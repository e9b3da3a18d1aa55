"""Where a section of a draft takes its sentences: the mandate trail, preambles, country reviews.

Each maker yields sentences best first; the section takes as many as the brief's length says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.advice.drafting.draft import Brief, Nature, Sentence
from assistant.advice.drafting.recipes import Recipe
from assistant.advice.drafting.templates import From
from assistant.advice.mandates.charges import Duty, Instrument, MandateTrail
from assistant.advice.mandates.instruments import Holds
from assistant.advice.topics import topic
from assistant.citations import clause_label
from assistant.rendering.quoting import shorten
from corpus.addresses import Address
from corpus.documents import SectionKind
from corpus.errors import AdvisorError, UnknownAddress

_BDT = frozenset({"bdt", "bureaux"})
"""Who is told what BDT does: its Director, alone or with those of the other Bureaux."""
_SECRETARIAT = _BDT | {"tsb", "br", "secretary-general"}
_MEMBERS = frozenset({"member-states", "sector-members", "associates", "academia", "membership"})
_LOOKED_AT = 30


def quoted(address: str, advisor: Holds, asked: str) -> Sentence:
    """A clause as a sentence of a draft.

    Raises:
        BadAddress: the address does not follow the grammar.
        UnknownAddress: no live clause has it.
    """
    found = advisor.shelf.clause(Address.parse(address))
    return Sentence(
        nature=Nature.QUOTE,
        text=shorten(found.clause.text, asked),
        lead=clause_label(found.document, found.section, found.clause),
        source=address,
        is_digest=found.document.is_digest,
    )


def sentences(
    recipe: Recipe, brief: Brief, advisor: Holds, trail: MandateTrail
) -> Iterator[Sentence]:
    """What the documents hold for a section, best first.

    Raises:
        AdvisorError: the index is missing or was built with another model.
    """
    if recipe.source is From.SEARCH:
        return _searched(recipe, brief, advisor)
    return _MAKERS[recipe.source](brief, advisor, trail)


def _searched(recipe: Recipe, brief: Brief, advisor: Holds) -> Iterator[Sentence]:
    """Clauses a search for heading and topic finds that name the topic or share its words."""
    wanted = topic(brief.topic)
    asked = f"{brief.topic}: {recipe.heading}"
    for evidence in advisor.searcher.search(asked, _LOOKED_AT).evidence:
        for address in evidence.passage.addresses:
            try:
                found = advisor.shelf.clause(Address.parse(address))
            except AdvisorError:  # withdrawn since the index was built
                continue
            text = found.clause.text
            if wanted.touches(text) or wanted.share(text) >= _SHARE:
                yield quoted(address, advisor, asked)


_SHARE = 0.5


_Maker = Callable[[Brief, Holds, MandateTrail], Iterator[Sentence]]


def _of(duty: Duty) -> Sentence:
    return Sentence(
        nature=Nature.QUOTE,
        text=duty.quote,
        lead=duty.label,
        source=duty.address,
        is_digest=duty.is_digest,
    )


def _verdict(_brief: Brief, _advisor: Holds, trail: MandateTrail) -> Iterator[Sentence]:
    for duty in trail.deciding:
        yield _of(duty)


def _union(_brief: Brief, _advisor: Holds, trail: MandateTrail) -> Iterator[Sentence]:
    """What the Union resolved, in official words first, then what digests say of other texts."""
    for duty in trail.duties:
        if duty.verb == "resolves" and not duty.is_digest:
            yield _of(duty)
    for duty in trail.duties:
        if duty.is_digest:
            yield _of(duty)


def _to(actors: frozenset[str], verbs: tuple[str, ...]) -> _Maker:
    def maker(_brief: Brief, _advisor: Holds, trail: MandateTrail) -> Iterator[Sentence]:
        for duty in trail.duties:
            if duty.verb in verbs and actors & set(duty.actors):
                yield _of(duty)

    return maker


def _background(brief: Brief, advisor: Holds, trail: MandateTrail) -> Iterator[Sentence]:
    """Preamble clauses of the trail's instruments that name the topic, in the trail's order."""
    wanted = topic(brief.topic)
    for instrument in trail.instruments:
        try:
            document = advisor.shelf.best(instrument.document)
        except UnknownAddress:  # withdrawn meanwhile
            continue
        for section, clause in document.clauses():
            if section.kind is SectionKind.PREAMBLE and wanted.touches(clause.text):
                yield quoted(str(document.address(section, clause)), advisor, brief.topic)


def _country(brief: Brief, advisor: Holds, _trail: MandateTrail) -> Iterator[Sentence]:
    yield from _reviews(brief, advisor, own=True)


def _others(brief: Brief, advisor: Holds, _trail: MandateTrail) -> Iterator[Sentence]:
    yield from _reviews(brief, advisor, own=False)


def _reviews(brief: Brief, advisor: Holds, own: bool) -> Iterator[Sentence]:
    """Statements of country reviews and profiles; those that name the topic come first."""
    wanted = topic(brief.topic)
    naming: list[str] = []
    rest: list[str] = []
    for key in advisor.shelf.live():
        document = advisor.shelf.document(key)
        if not document.country or document.language != "en":
            continue
        if (document.country.casefold() == brief.country.casefold()) is not own:
            continue
        for section, clause in document.clauses():
            named = wanted.touches(clause.text) or wanted.near(clause.text)
            (naming if named else rest).append(str(document.address(section, clause)))
    for address in [*naming, *(rest if own else [])]:
        yield quoted(address, advisor, brief.topic)


def _editions(_brief: Brief, _advisor: Holds, trail: MandateTrail) -> Iterator[Sentence]:
    for instrument in trail.instruments:
        yield Sentence(
            nature=Nature.CATALOGUE, text=_history(instrument), source=instrument.document
        )


def _history(instrument: Instrument) -> str:
    """'Resolution 205 (Dubai, 2018): editions known are ...', from the catalogue alone."""
    known = "; ".join(
        f"{e.label.rpartition('(')[2].rstrip(')')}, "
        + {"official": "text held", "digest": "digest held", "": "text not held"}[e.held]
        + (f", {e.standing.replace('_', ' ')}" if e.standing else "")
        for e in instrument.editions
    )
    name = instrument.label
    if instrument.title not in name:
        name += f", “{instrument.title}”"
    return f"{name}: editions known: {known}."


def _person(_brief: Brief, _advisor: Holds, _trail: MandateTrail) -> Iterator[Sentence]:
    return iter(())


_MAKERS: dict[From, _Maker] = {
    From.VERDICT: _verdict,
    From.UNION: _union,
    From.BDT: _to(_BDT, ("instructs", "requests")),
    From.SECRETARIAT: _to(_SECRETARIAT, ("instructs", "requests")),
    From.MEMBERS: _to(_MEMBERS, ("invites", "encourages", "urges", "requests")),
    From.BACKGROUND: _background,
    From.COUNTRY: _country,
    From.OTHER_COUNTRIES: _others,
    From.EDITIONS: _editions,
    From.PERSON: _person,
}
