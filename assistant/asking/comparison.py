"""Two or more things side by side: countries, instruments, editions, regions, by aspect where one
is asked about.

What stands in a column is what its documents say; where they are silent on the aspect, the column
says so. Digests are never compared as if they were editions of a text, and a proposal is no
edition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from assistant import phrases
from assistant.answers import Row, Status, Table
from assistant.asking import known
from assistant.asking.evidence import ask, best_of, carries, founds, telling
from assistant.asking.kinds import without_kinds
from assistant.asking.overview import nothing_on
from assistant.asking.reading import Reading
from assistant.asking.sheet import Sheet, named, start
from assistant.asking.standing import sentences
from assistant.turn import Tools, Turn
from corpus.documents import Document, DocumentKind
from corpus.errors import AdvisorError
from corpus.language.actors import addressed
from corpus.language.references import Reference, without_bodies
from corpus.language.regions import region_spans
from corpus.shelf.catalogue import CatalogueEntry
from corpus.shelf.register import Found

_SIDES, _EACH, _CHANGES = 4, 4, 8
"""Things compared, clauses of each, and changed clauses of two editions, at most."""


class Side(NamedTuple):
    """One of the things compared: its name, its documents held, and what is only known of it."""

    name: str
    documents: tuple[Document, ...]
    known: tuple[CatalogueEntry, ...] = ()
    country: str = ""


def comparison(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """The things named side by side; the turn untouched where fewer than two are named."""
    sides = _sides(turn, tools, reading)
    if len(sides) < 2:
        return turn
    if not any(side.documents for side in sides):
        return nothing_on(turn, tools, [side.name for side in sides]).having(form="compare")
    page = _page(sides, reading)
    if (changed := _editions(turn, tools, sides, page)) is not None:
        return changed
    aspect = _aspect(reading, sides)
    sheet = Sheet(turn, tools)
    cells: list[tuple[int, ...]] = []
    silent: list[str] = []
    for side in sides:
        numbers: list[int] = []
        if aspect and side.documents:
            numbers = [sheet.quote(f) for f in _on_aspect(turn, tools, aspect, side)]
            if not numbers:
                silent.append(side.name)
        cells.append(tuple(numbers))
    rows = [Row(name=aspect, cells=tuple(cells))] if aspect and any(cells) else []
    if not aspect or silent:
        whole = [
            tuple(sheet.quote(f) for d in side.documents[:2] for f in telling(d, _EACH))
            for side in sides
        ]
        rows.append(Row(name=phrases.say(turn.language, "row-held"), cells=tuple(whole)))
    facts = [
        tuple(
            sheet.fact(*said)
            for entry in _entries(side, tools)[:2]
            for said in list(sentences(entry, tools, turn.language))[:1]
        )
        for side in sides
    ]
    rows.append(Row(name=phrases.say(turn.language, "block-standing"), cells=tuple(facts)))
    sheet.table = Table(columns=tuple(side.name for side in sides), rows=tuple(rows))
    sheet.notes += [
        phrases.say(turn.language, "compare-silent", side=name, aspect=aspect) for name in silent
    ]
    missing = [side.name for side in sides if not side.documents]
    sheet.notes += [phrases.say(turn.language, "country-nothing", name=name) for name in missing]
    names = phrases.listed(turn.language, [side.name for side in sides])
    opening = phrases.say(turn.language, "compare-opening", names=names)
    status = Status.PARTLY_ANSWERED if silent or missing else Status.ANSWERED
    return sheet.turned(status, opening, "compare", page=page)


def _sides(turn: Turn, tools: Tools, reading: Reading) -> list[Side]:
    language = turn.language
    shelf = known.held(tools)
    if len(reading.countries) > 1:
        sides = []
        for country in reading.countries[:_SIDES]:
            own = [
                d
                for d in shelf.values()
                if d.country in country.terms and d.kind is DocumentKind.COUNTRY_REVIEW
            ]
            own.sort(key=lambda d: -(d.edition.year or 0))
            name = country.phrases.get(language, country.terms)[0]
            sides.append(Side(name, tuple(own), country=own[0].country or "" if own else ""))
        return sides
    if reading.references:
        if editions := _editions_of(reading, tools):
            return _of_ids(editions[:_SIDES], tools, language)
        if len(reading.references) > 1:
            sides = []
            for reference in reading.references[:_SIDES]:
                own_ids = _one(reference, tools)
                sides += _of_ids(own_ids, tools, language) or [Side(start(reference.text), ())]
            return sides
    if reading.kinds and (len(reading.regions) > 1 or (reading.regions and len(reading.years) > 0)):
        entries = [
            e
            for e in tools.catalogue
            if e.kind in reading.kinds
            and not e.proposal
            and set(known.regions_of(e)) & set(reading.regions)
        ]
        if len(reading.regions) > 1:
            newest = known.newest(entries, tools)
            ids = [
                next((e.id for e in newest if region in known.regions_of(e)), "")
                for region in reading.regions
            ]
        else:
            ids = [e.id for e in sorted(entries, key=lambda e: e.edition.year or 0)]
        return _of_ids([id for id in ids if id][:_SIDES], tools, language)
    if len(reading.regions) > 1:
        entries = [e for e in tools.catalogue if e.kind is DocumentKind.REGIONAL_INITIATIVE]
        newest = known.newest(entries, tools)
        ids = [
            next((e.id for e in newest if region in known.regions_of(e)), "")
            for region in reading.regions
        ]
        return _of_ids([id for id in ids if id][:_SIDES], tools, language)
    if reading.kinds and (len(reading.places) > 1 or len(reading.years) > 1):
        entries = [e for e in tools.catalogue if e.kind in reading.kinds and not e.proposal]
        ids = [
            next((e.id for e in entries if place in f"{e.title} {e.edition}"), "")
            for place in (reading.places or tuple(map(str, reading.years)))
        ]
        if len([id for id in ids if id]) > 1:
            return _of_ids([id for id in ids if id][:_SIDES], tools, language)
    if reading.kinds and not set(reading.kinds) <= {DocumentKind.RESOLUTION, DocumentKind.DECISION}:
        entries = [e for e in tools.catalogue if e.kind in reading.kinds and not e.proposal]
        if len(entries) == 2:
            return _of_ids([e.id for e in entries], tools, language)
    titles = known.by_title(reading, tools)
    return _of_ids(
        list(dict.fromkeys(e.id for e in known.newest([t for _, t in titles], tools)))[:2],
        tools,
        language,
    )


def _one(reference: Reference, tools: Tools) -> list[str]:
    shelf = {key.split(":")[0] for key in tools.shelf.live()}
    here = sorted((id for id in shelf if reference.matches(id)), reverse=True)
    return here[:1] or list(reference.documents[:1])


def _editions_of(reading: Reading, tools: Tools) -> list[str]:
    """The editions of the one instrument named, earliest first: those named, else the two newest
    that are held."""
    numbers = {(r.type, r.number) for r in reading.references}
    if len(numbers) != 1:
        return []
    shelf = {key.split(":")[0] for key in tools.shelf.live()}
    reference = reading.references[0].model_copy(update={"year": None})
    here = sorted(id for id in shelf if reference.matches(id))
    works = {id.partition("@")[0] for id in here}
    if len(works) != 1:
        return []
    dated = {
        id: entry
        for id in here
        if (entry := tools.catalogue.get(id)) is not None
        and (
            str(entry.edition.year) in map(str, reading.years)
            or entry.edition.place in reading.places
        )
    }
    return list(dated) if len(dated) > 1 else here[-2:] if len(here) > 1 else []


def _of_ids(ids: Sequence[str], tools: Tools, language: str) -> list[Side]:
    sides = []
    for id in ids:
        document = known.document(id, tools, language)
        entry = tools.catalogue.get(id)
        if document is not None:
            sides.append(Side(named(document, language), (document,), (entry,) if entry else ()))
        elif entry is not None:
            sides.append(Side(named(entry, language), (), (entry,)))
    return sides


def _entries(side: Side, tools: Tools) -> list[CatalogueEntry]:
    return list(side.known) or known.entries_of([d.id for d in side.documents], tools)


def _aspect(reading: Reading, sides: Sequence[Side]) -> str:
    """What is to be compared of the things, where the message says more than their names."""
    rest = reading.content
    for reference in reading.references:
        rest = rest.replace(reference.text, " ")
    for country in reading.countries:
        for name in (*country.phrases.get(reading.language, ()), *country.terms):
            rest = re.sub(re.escape(name[:-1]) + r"\w{0,3}", " ", rest, flags=re.IGNORECASE)
    rest = without_bodies(without_kinds(rest))
    for begin, end, _ in reversed(region_spans(rest)):
        rest = rest[:begin] + " " + rest[end:]
    names = {
        stem
        for side in sides
        for name in (side.name, *(d.title for d in side.documents))
        for ways in (*known.terms(name, "en"), *known.terms(name, reading.language))
        for stem in ways
    }
    left = [w for w in known.terms(rest, reading.language) if not w & names]
    return " ".join(rest.split()).strip(" ,.;:?!؟。？！()") if left else ""


def _on_aspect(turn: Turn, tools: Tools, aspect: str, side: Side) -> list[Found]:
    """Clauses of one side that speak of the aspect; none where its documents are silent."""
    asked, choices = ask(turn, tools, aspect, [d.id for d in side.documents])
    if not choices or not carries(asked):
        return []
    first = choices[0].probability
    kept = [c for c in choices if c.probability >= 0.5 * first][:_EACH]
    return [f for found in best_of(kept).values() for c in found for f in founds(c, tools)[:1]]


def _editions(turn: Turn, tools: Tools, sides: Sequence[Side], page: str) -> Turn | None:
    """Two official editions of one text, clause by clause; None for anything else."""
    from corpus.shelf.editions import ChangeKind, compare

    documents = [d for side in sides for d in side.documents]
    works = {d.id.partition("@")[0] for d in documents}
    if len(documents) != 2 or len(works) != 1 or "@" not in documents[0].id:
        return None
    language = turn.language
    sheet = Sheet(turn, tools)
    if any(d.is_digest for d in documents):
        rows = _by_heading(sheet, documents)
        sheet.notes.append(phrases.say(language, "compare-digests"))
    else:
        try:
            changes = compare(*documents).changes
        except AdvisorError:
            return None
        rows = []
        for change in changes:
            if change.kind in (ChangeKind.UNCHANGED, ChangeKind.RENUMBERED) or change.formal:
                continue
            places = []
            for address, document in zip(
                (change.old_address, change.new_address), documents, strict=True
            ):
                hit = _at(document, address) if address else None
                places.append((sheet.quote(hit),) if hit else ())
            name = phrases.say(language, f"change-{change.kind.value}")
            rows.append(Row(name=name, cells=tuple(places)))
            if len(rows) == _CHANGES:
                break
    facts = tuple(
        tuple(
            sheet.fact(*s)
            for e in _entries(side, tools)[:1]
            for s in list(sentences(e, tools, language))[:1]
        )
        for side in sides
    )
    rows.append(Row(name=phrases.say(language, "block-standing"), cells=facts))
    sheet.table = Table(columns=tuple(side.name for side in sides), rows=tuple(rows))
    names = phrases.listed(language, [side.name for side in sides])
    return sheet.turned(
        Status.ANSWERED, phrases.say(language, "compare-opening", names=names), "compare", page
    )


def _by_heading(sheet: Sheet, documents: Sequence[Document]) -> list[Row]:
    headings: dict[str, None] = {}
    for document in documents:
        headings |= dict.fromkeys(s.heading for s in document.sections)
    order = sorted(headings, key=lambda h: (addressed(h)[0] is None, addressed(h)[0] != "resolves"))
    rows = []
    for heading in order[:_CHANGES]:
        cells = []
        for document in documents:
            section = next((s for s in document.sections if s.heading == heading), None)
            clauses = section.clauses[:_EACH] if section else ()
            cells.append(
                tuple(
                    sheet.quote(Found(document=document, section=section, clause=c))
                    for c in clauses
                    if section
                )
            )
        shown = next(
            sheet.heading(document, section)
            for document in documents
            for section in document.sections
            if section.heading == heading
        )
        rows.append(Row(name=start(shown), cells=tuple(cells)))
    return rows


def _at(document: Document, address: str) -> Found | None:
    from corpus.addresses import Address

    hit = document.find(Address.parse(address))
    return Found(document=document, section=hit[0], clause=hit[1]) if hit else None


def _page(sides: Sequence[Side], reading: Reading) -> str:
    """The page of comparisons, its form filled in, where it can compare these."""
    countries = [side.country for side in sides if side.country]
    if len(countries) == len(sides):
        query = urlencode({"what": "countries", "country": countries}, doseq=True)
        return f"pages/comparisons?{query}"
    documents = [side.documents[0].id for side in sides if side.documents]
    if len(documents) != 2 or not all("@" in id for id in documents):
        return ""
    same = documents[0].partition("@")[0] == documents[1].partition("@")[0]
    what = "editions" if same else "instruments"
    query = urlencode({"what": what, "first": documents[0], "second": documents[1]})
    return f"pages/comparisons?{query}"
