"""Which instruments belong to a trail, in which editions, and how they cite each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from assistant.advice.mandates.abbreviations import explained, spelled
from assistant.advice.mandates.trail import Instrument, KnownEdition, Link, Why
from assistant.advice.topics import Topic
from assistant.citations import document_label
from assistant.turn import Searches
from corpus.documents import Document, DocumentKind, Section, SectionKind
from corpus.grammar.crossrefs import Reach, document_references
from corpus.shelf.catalogue import Catalogue, CatalogueEntry
from corpus.shelf.register import Shelf

MANDATING = frozenset(
    {
        DocumentKind.RESOLUTION,
        DocumentKind.DECISION,
        DocumentKind.RECOMMENDATION,
        DocumentKind.ACTION_PLAN,
        DocumentKind.REGIONAL_INITIATIVE,
    }
)
"""Kinds of text that can charge somebody with something."""

TOP = 15
"""Places of the search's ranking that count as found."""

SHARE = 0.5
"""Share of the asker's own words a found clause must hold."""

ALONE = 0.6
"""Share that is enough where the search did not rank the clause."""


class Holds(Protocol):
    """What the trail needs of an Advisor."""

    @property
    def shelf(self) -> Shelf:
        """The shelf."""
        ...

    @property
    def searcher(self) -> Searches:
        """Ranked evidence."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """What exists."""
        ...


class Weighed(NamedTuple):
    """A document of the trail, why it is in it, and how much in it is about the topic."""

    document: Document
    why: Why
    strength: float


def mandating(advisor: Holds) -> Iterator[Document]:
    """Live English texts that can hold a mandate; proposals cannot."""
    for key in advisor.shelf.live():
        document, language = key.split(":")[:2]
        entry = advisor.catalogue.get(document)
        if language != "en" or (entry is not None and entry.proposal):
            continue
        read = advisor.shelf.document(key)
        if read.kind in MANDATING:
            yield read


def weigh(wanted: Topic, documents: list[Document], ranks: dict[str, int]) -> list[Weighed]:
    """The documents that have to do with the topic: by title, by a clause, or as neighbours."""
    found: list[Weighed] = []
    for document in documents:
        named = ranked = 0.0
        longs = explained(document)
        for section, clause in document.clauses():
            if not charges(document, section):
                continue
            text = spelled(clause.text, longs)
            if wanted.names(text):
                named += 1
            rank = ranks.get(str(document.address(section, clause)))
            share = wanted.share(text)
            if rank is not None and rank < TOP and share >= SHARE:
                ranked += 1 / (1 + rank)
            elif share >= ALONE and not wanted.whole:
                ranked += 0.05
        if wanted.touches(document.title):
            found.append(Weighed(document, Why.TITLE, named + ranked))
        elif named or ranked:
            found.append(Weighed(document, Why.CLAUSE, named + ranked))
        elif wanted.neighbours(document.title):
            found.append(Weighed(document, Why.RELATED, 0))
    return found


def charges(document: Document, section: Section) -> bool:
    """True if a section can tell somebody to do something: not a preamble, not a proposal."""
    if document.is_digest:
        return "proposal" not in section.slug
    return section.kind is not SectionKind.PREAMBLE


def with_cited(
    wanted: Topic, weighed: list[Weighed], documents: list[Document], catalogue: Catalogue
) -> list[Weighed]:
    """And what the instruments about the topic itself build on, if held."""
    held = {document.id: document for document in documents}
    taken = {w.document.id for w in weighed}
    chosen = list(weighed)
    for source in [w.document for w in weighed if w.why is Why.TITLE]:
        for reference in document_references(source):
            target = held.get(reference.document)
            if reference.reach is Reach.INSTRUMENT and target and target.id not in taken:
                taken.add(target.id)
                chosen.append(Weighed(target, Why.CITED, 0))
    # An edition that another held one replaced tells only of the past: it stays in the chain.
    return [
        w
        for w in chosen
        if catalogue.superseded_by(w.document.id, held=_official(documents)) is None
        and not (w.document.is_digest and _later_official(w.document, held))
    ]


def _official(documents: list[Document]) -> set[str]:
    return {document.id for document in documents if not document.is_digest}


def _later_official(digest: Document, held: dict[str, Document]) -> bool:
    """True if the official text of a later edition of the same work is held."""
    work = digest.id.partition("@")[0]
    return any(
        not other.is_digest
        and other.id.partition("@")[0] == work
        and (other.edition.year or 0) > (digest.edition.year or 0)
        for other in held.values()
    )


def instrument(w: Weighed, advisor: Holds, live: Mapping[str, str]) -> Instrument:
    """A chosen document as the trail shows it, with every edition the catalogue knows."""
    document, catalogue = w.document, advisor.catalogue
    entry = catalogue.get(document.id)
    entries: tuple[CatalogueEntry, ...] = ()
    parts = document.id.partition("@")[0].split("-")
    if len(parts) == 3 and parts[1] in ("res", "dec", "rec"):
        entries = tuple(reversed(catalogue.editions(parts[0], parts[1], parts[2])))
    elif entry is not None:
        entries = (entry,)
    editions = [
        KnownEdition(
            document=e.id,
            label=document_label(e),
            year=e.edition.year,
            standing=str(catalogue.standing(e.id) or ""),
            held=_held(e.id, live),
        )
        for e in entries
    ]
    if not any(e.document == document.id for e in editions):
        editions.append(
            KnownEdition(
                document=document.id,
                label=document_label(document),
                year=document.edition.year,
                standing="",
                held=_held(document.id, live),
            )
        )
        editions.sort(key=lambda e: e.year or 0)
    return Instrument(
        document=document.id,
        label=document_label(document),
        title=document.title,
        why=w.why,
        editions=tuple(editions),
        caution=catalogue.caution(document.id),
        url=document.official_url or (entry.urls[0] if entry and entry.urls else None),
    )


def _held(document: str, live: Mapping[str, str]) -> str:
    keys = [key for key in live if key.split(":")[0] == document]
    if not keys:
        return ""
    return "digest" if all(key.endswith(":digest") for key in keys) else "official"


def links(documents: list[Document]) -> Iterator[Link]:
    """Cross-references from and to the texts of the trail; one per pair, the first that stands."""
    works = {document.id.partition("@")[0] for document in documents}
    seen: set[tuple[str, str]] = set()
    for document in documents:
        for reference in document_references(document):
            pair = (document.id, reference.document)
            if (
                reference.reach is Reach.INSTRUMENT
                and reference.work in works
                and pair not in seen
                and reference.document != document.id
            ):
                seen.add(pair)
                yield Link(source=pair[0], target=pair[1], address=reference.source)


def notes(instruments: tuple[Instrument, ...]) -> tuple[str, ...]:
    """Cautions about statuses, each once, and which known editions nobody has put on the shelf."""
    notes = list(dict.fromkeys(i.caution for i in instruments if i.caution))
    missing = [
        e.label
        for i in instruments
        for e in i.editions
        if not e.held and e.year and e.year > max((x.year or 0) for x in i.editions if x.held)
    ]
    if missing:
        notes.append(
            "Later editions are known whose text is not held: " + "; ".join(dict.fromkeys(missing))
        )
    return tuple(notes)
