"""A draft assembled from quotations and catalogue sentences; no chat model takes part.

Sentences come from the mandate trail, from preambles the search finds, and from country reviews.
Where none is found the section says what is missing, so that nobody fills it unawares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.citations import clause_label
from assistant.drafting.draft import Brief, Draft, DraftSection, Length, Nature, Sentence
from assistant.drafting.recipes import RECIPES, TITLES, From, Recipe
from assistant.mandate import Duty, Instrument, MandateTrail, mandate
from assistant.mandates.instruments import Holds
from assistant.quoting import shorten
from assistant.topics import topic
from corpus.addresses import Address
from corpus.documents import SectionKind
from corpus.errors import UnknownAddress

_SENTENCES = {Length.SHORT: 2, Length.MEDIUM: 4, Length.LONG: 7}
_SECRETARIAT = frozenset({"bdt", "tsb", "br", "bureaux", "secretary-general"})
_MEMBERS = frozenset({"member-states", "sector-members", "associates", "academia", "membership"})


def draft(brief: Brief, advisor: Holds) -> Draft:
    """A first version.

    Raises:
        AdvisorError: the index is missing or was built with another model.
    """
    trail = mandate(brief.topic, advisor)
    used: set[str] = set()
    sections = [_section(recipe, brief, advisor, trail, used) for recipe in RECIPES[brief.kind]]
    title = f"{TITLES[brief.kind]}: {brief.topic}"
    return Draft(title=title, brief=brief, sections=tuple(s for s in sections if s is not None))


def regenerate(version: Draft, key: str, advisor: Holds) -> Draft:
    """The draft with one section made afresh from the documents as they stand now.

    Text the person inserted stays, at the end of the section.

    Raises:
        BadDraft: there is no such section.
    """
    old = version.section(key)
    recipe = next(r for r in RECIPES[version.brief.kind] if r.key == key)
    used = {
        sentence.source
        for section in version.sections
        if section.key != key
        for sentence in section.sentences
    }
    fresh = _section(recipe, version.brief, advisor, mandate(version.brief.topic, advisor), used)
    own = tuple(s for s in old.sentences if s.nature is Nature.OWN)
    return version.having(key, (*(fresh.sentences if fresh else ()), *own))


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


def _section(
    recipe: Recipe, brief: Brief, advisor: Holds, trail: MandateTrail, used: set[str]
) -> DraftSection | None:
    """One section; None for one about a country when no country was named."""
    if recipe.source is From.COUNTRY and not brief.country:
        return None
    most = _SENTENCES[brief.length]
    sentences: list[Sentence] = []
    for sentence in _MAKERS[recipe.source](brief, advisor, trail):
        if sentence.source in used:
            continue
        used.add(sentence.source)
        sentences.append(sentence)
        if len(sentences) == most:
            break
    if not sentences:
        missing = recipe.missing.format(
            topic=brief.topic,
            country=brief.country or "the country",
            audience=brief.audience or "the reader",
        )
        sentences.append(Sentence.gap(missing))
    return DraftSection(key=recipe.key, heading=recipe.heading, sentences=tuple(sentences))


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
    From.SECRETARIAT: _to(_SECRETARIAT, ("instructs", "requests")),
    From.MEMBERS: _to(_MEMBERS, ("invites", "encourages", "urges", "requests")),
    From.BACKGROUND: _background,
    From.COUNTRY: _country,
    From.OTHER_COUNTRIES: _others,
    From.EDITIONS: _editions,
    From.PERSON: _person,
}
