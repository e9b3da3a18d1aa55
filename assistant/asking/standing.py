"""A text as a document: edition, force, successor, when and where adopted, its page, whether held.

Everything is the catalogue's, cited as facts of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant import phrases
from assistant.answers import Status
from assistant.asking import known
from assistant.asking.reading import Reading
from assistant.asking.sheet import Sheet, named
from assistant.citations import title_of
from assistant.turn import Tools, Turn
from corpus.catalogue import CatalogueEntry, Standing

_MOST = 3
"""Documents whose standing is told at most."""


def standing(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """Where the documents named stand; the turn untouched where none is known."""
    entries = _meant(reading, tools)
    if not entries:
        return turn
    sheet = Sheet(turn, tools)
    for entry in entries[:_MOST]:
        numbers = [sheet.fact(*said) for said in sentences(entry, tools, turn.language)]
        if len(entries) > 1:
            sheet.block(named(entry, turn.language), numbers)
    sheet.notes.append(phrases.say(turn.language, "catalogue-as-of", year=entries[0].as_of))
    return sheet.turned(Status.ANSWERED, "", "standing")


def _meant(reading: Reading, tools: Tools) -> list[CatalogueEntry]:
    """The entries a message means: the edition it names, else the newest held, else known."""
    if reading.references:
        found = []
        for reference in reading.references:
            editions = known.entries_of(reference.documents, tools)
            shelf = {key.split(":")[0] for key in tools.shelf.live()}
            here = [e for e in editions if e.id in shelf]
            found += (here or editions)[:1]
        return found
    if entries := known.by_edition(reading, tools):
        return sorted(entries, key=lambda e: e.proposal)
    titles = known.by_title(reading, tools)
    if not titles:
        return []
    best = titles[0][0]
    close = [e for score, e in titles if score >= best - 0.01 and not e.proposal]
    works = list(dict.fromkeys(e.id.partition("@")[0] for e in close))
    return [e for e in close if e.id.partition("@")[0] in works[:_MOST]][:_MOST]


def sentences(
    entry: CatalogueEntry, tools: Tools, language: str
) -> Iterator[tuple[str, CatalogueEntry, str]]:
    """What the catalogue knows of a document: a sentence each, its entry, the catalogue's words."""
    catalogue = tools.catalogue
    where = catalogue.standing(entry.id) or Standing.PUBLISHED
    name = named(entry, language)
    fact = "; ".join(
        part
        for part in (entry.label, entry.date or str(entry.edition), entry.status, where.value)
        if part
    )
    if entry.number:
        name = phrases.say(
            language, "standing-titled", document=name, title=title_of(entry, language)
        )
    later = catalogue.get(catalogue.superseded_by(entry.id) or "")
    key = f"standing-{where.value.replace('_', '-')}"
    values = {"document": name, "by": named(later, language) if later else ""}
    if where in (Standing.SUPERSEDED, Standing.MERGED) and later is None:
        key = "standing-superseded-unknown"
    yield phrases.say(language, key, **values), entry, fact
    when = entry.date or str(entry.edition)
    if when:
        yield phrases.say(language, "standing-date", when=when), entry, fact
    shelf = {key.split(":")[0] for key in tools.shelf.live()}
    yield phrases.say(language, _held_key(entry, tools, shelf)), entry, fact
    if later is not None:
        here = "standing-later-held" if later.id in shelf else "standing-later-unheld"
        yield phrases.say(language, here, document=named(later, language)), later, later.label
    if entry.urls:
        yield phrases.say(language, "standing-page", url=entry.urls[0]), entry, fact


def _held_key(entry: CatalogueEntry, tools: Tools, shelf: set[str]) -> str:
    if entry.id not in shelf:
        return "standing-unheld"
    keys = [k for k in tools.shelf.live() if k.split(":")[0] == entry.id]
    return "standing-digest" if all(k.endswith(":digest") for k in keys) else "standing-held"
