"""A text as a document: edition, force, successor, when and where adopted, its page, whether held.

Everything is the catalogue's, cited as facts of the catalogue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from assistant import phrases
from assistant.answers import Status
from assistant.asking import known
from assistant.asking.evidence import ask, carries
from assistant.asking.reading import Reading
from assistant.asking.sheet import Sheet, named
from assistant.citations import edition_in, title_of
from assistant.turn import Tools, Turn
from corpus.language.references import Reference
from corpus.shelf.catalogue import CatalogueEntry, Standing

_MOST = 3
"""Documents whose standing is told at most."""


def standing(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """Where the documents named stand; the turn untouched where none is known."""
    entries, unknown = _meant(turn, tools, reading)
    if not entries:
        return turn
    sheet = Sheet(turn, tools)
    for entry in entries[:_MOST]:
        numbers = [sheet.fact(*said) for said in sentences(entry, tools, turn.language)]
        if len(entries) > 1:
            sheet.block(named(entry, turn.language), numbers)
    sheet.notes += unknown
    if entries[0].as_of:
        sheet.notes.append(phrases.say(turn.language, "catalogue-as-of", year=entries[0].as_of))
    return sheet.turned(Status.ANSWERED, "", "standing")


def _meant(turn: Turn, tools: Tools, reading: Reading) -> tuple[list[CatalogueEntry], list[str]]:
    """The entries a message means, the edition it names or else the newest held or known; and
    that an edition it names is not known."""
    if reading.references:
        found: list[CatalogueEntry] = []
        unknown: list[str] = []
        for reference in reading.references:
            ids = _ids(reference, tools)
            if not ids and (reference.year or reference.place):
                where = ", ".join(str(p) for p in (reference.place, reference.year) if p)
                unknown.append(phrases.say(turn.language, "standing-place-none", place=where))
                ids = _ids(
                    reference.model_copy(update={"year": None, "place": None, "documents": ()}),
                    tools,
                )
            if ids and not (reference.year or reference.place):
                of_place, none = _of_places(reading, ids, tools)
                ids = [*of_place, *ids]
                unknown += [
                    phrases.say(turn.language, "standing-place-none", place=p) for p in none
                ]
            found += [entry for id in ids[:1] if (entry := known.entry(id, tools)) is not None]
        return found, unknown
    if reading.follow_up == "follow-up" and (before := _before(turn, tools)):
        return before, []
    if entries := known.by_edition(reading, tools):
        return sorted(entries, key=lambda e: e.proposal), []
    titles = known.by_title(reading, tools)
    if titles:
        best = titles[0][0]
        close = [e for score, e in titles if score >= best - 0.01 and not e.proposal]
        works = list(dict.fromkeys(e.id.partition("@")[0] for e in close))[:_MOST]
        firsts = [next(e for e in close if e.id.partition("@")[0] == work) for work in works]
        return firsts, []
    asked, choices = ask(turn, tools, reading.topic or turn.text)
    kinds = set(reading.kinds)
    if choices and carries(asked):
        for choice in choices:
            passage = choice.evidence.passage
            entry = known.entry(passage.document, tools)
            if entry is not None and (not kinds or entry.kind in kinds):
                return [entry], []
    return [], []


def _before(turn: Turn, tools: Tools) -> list[CatalogueEntry]:
    """The document that the turn before stood on most ("is that still in force?")."""
    addresses = turn.past[-1].addresses if turn.past else ()
    documents = Counter(address.partition("#")[0] for address in addresses)
    found = [known.entry(id, tools) for id, _ in documents.most_common(1)]
    return [entry for entry in found if entry is not None]


def _of_places(reading: Reading, ids: list[str], tools: Tools) -> tuple[list[str], list[str]]:
    """Of the editions `ids` those of the conference cities a message names, and the cities that
    none is of."""
    cities = [place.casefold() for place in reading.places]
    entries = {id: tools.catalogue.get(id) for id in ids}
    of = {id: e.edition.place.casefold() for id, e in entries.items() if e and e.edition.place}
    none = [p for p in reading.places if p.casefold() not in of.values()]
    return [id for id in ids if of.get(id) in cities], none


def _ids(reference: Reference, tools: Tools) -> list[str]:
    """Ids an instrument may be: those held, newest first, then those only known."""
    shelf = {key.split(":")[0] for key in tools.shelf.live()}
    here = sorted((id for id in shelf if reference.matches(id)), reverse=True)
    known_ids = [e.id for e in tools.catalogue if e.type and reference.matches(e.id)]
    return [*here, *sorted(known_ids, key=known.year_of, reverse=True)]


def sentences(
    entry: CatalogueEntry, tools: Tools, language: str
) -> Iterator[tuple[str, CatalogueEntry, str]]:
    """What the catalogue knows of a document: a sentence each, its entry, the catalogue's words."""
    catalogue = tools.catalogue
    where = catalogue.standing(entry.id)
    name = named(entry, language)
    if entry.number:
        name = phrases.say(
            language, "standing-titled", document=name, title=title_of(entry, language)
        )
    else:
        name = phrases.say(language, "standing-named", document=name)
    following = catalogue.get(entry.merged_into or entry.superseded_by or "")
    later = catalogue.get(catalogue.superseded_by(entry.id) or "")
    following = following or later
    # The catalogue's dates and remarks are in English: other languages have the place and year.
    when = (entry.date if language == "en" else "") or edition_in(entry.edition, language)
    said = (
        (
            entry.label,
            when,
            entry.status,
            where.value if where else "",
            f"newest edition known: {later.label}" if later else "",
        )
        if language == "en"
        else (title_of(entry, language), when, named(later, language) if later else "")
    )
    fact = ("; " if language == "en" else " · ").join(part for part in said if part)
    key = f"standing-{where.value.replace('_', '-')}" if where else "standing-uncatalogued"
    values = {"document": name, "by": named(following, language) if following else ""}
    if where in (Standing.SUPERSEDED, Standing.MERGED) and following is None:
        key = "standing-superseded-unknown"
    elif where is None and following is not None:
        key = "standing-superseded"
    yield phrases.say(language, key, **values), entry, fact
    if when:
        yield phrases.say(language, "standing-date", when=when), entry, fact
    shelf = {key.split(":")[0] for key in tools.shelf.live()}
    yield phrases.say(language, _held_key(entry, tools, shelf)), entry, fact
    if later is not None:
        here = "standing-later-held" if later.id in shelf else "standing-later-unheld"
        yield phrases.say(language, here, document=named(later, language)), entry, fact
    if entry.urls:
        yield phrases.say(language, "standing-page", url=entry.urls[0]), entry, fact


def _held_key(entry: CatalogueEntry, tools: Tools, shelf: set[str]) -> str:
    if entry.id not in shelf:
        return "standing-unheld"
    keys = [k for k in tools.shelf.live() if k.split(":")[0] == entry.id]
    return "standing-digest" if all(k.endswith(":digest") for k in keys) else "standing-held"
