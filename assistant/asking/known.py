"""Which documents a message names, held or only known: by number, by kind and edition, by title."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from assistant.asking.reading import Reading
from assistant.turn import Tools
from corpus.documents import Document, DocumentKind
from corpus.errors import UnknownAddress
from corpus.language.regions import Region
from corpus.language.regions import regions_of as regions_of_title
from corpus.language.tokens import analyse
from corpus.shelf.catalogue import Catalogue, CatalogueEntry, Standing
from indexing.glossary import mentioned

_SAME = 0.8
"""Share of a subject's words, rare ones weighing more, that a title must hold to be meant."""

_NAMED = 0.35
"""Share of a title's words, rare ones weighing more, that a subject must say to be its name."""

_NAMED_ALONE = 0.5
"""The same where the message does not say that a text is meant: a subject is no name."""

_BY_EDITION = frozenset(
    {
        DocumentKind.ACTION_PLAN,
        DocumentKind.REGIONAL_INITIATIVE,
        DocumentKind.COUNTRY_REVIEW,
        DocumentKind.TOOLKIT,
    }
)
"""Kinds of which a message means one by its region, country, place or years."""

_YEAR = re.compile(r"(?:19|20)\d\d")

_GENERAL = frozenset(analyse("itu d union telecommunication ict innovation digital role", "en"))
"""Words that half of the titles hold: alone they single out nothing."""


def held(tools: Tools) -> dict[str, Document]:
    """The documents on the shelf at this moment by id, the best copy of each for English."""
    return {
        id: tools.shelf.best(id)
        for id in dict.fromkeys(k.split(":")[0] for k in tools.shelf.live())
    }


def instruments(reading: Reading, tools: Tools) -> list[str]:
    """Ids of the numbered instruments named, one each: as the message says, held before unheld.

    Of the editions that may be meant, the newest that is held; else the newest known.
    """
    shelf = {key.split(":")[0] for key in tools.shelf.live()}
    found: list[str] = []
    for reference in reading.references:
        known = list(reference.documents)
        here = sorted((id for id in shelf if reference.matches(id)), key=year_of, reverse=True)
        pick = here or sorted(known, key=year_of, reverse=True)
        if pick and pick[0] not in found:
            found.append(pick[0])
    return found


def year_of(id: str) -> int:
    """The year of the edition in an id; 0 where it has none."""
    digits = id.partition("@")[2][:4]
    return int(digits) if digits.isdigit() else 0


def entry(id: str, tools: Tools) -> CatalogueEntry | None:
    """The catalogue's entry of an id; of a document only the shelf knows, one made from it."""
    if (found := tools.catalogue.get(id)) is not None:
        return found
    held_here = document(id, tools)
    if held_here is None:
        return None
    return CatalogueEntry(
        id=id,
        kind=held_here.kind,
        title=held_here.title,
        body=held_here.body,
        number=held_here.number,
        edition=held_here.edition,
        pdf_url=held_here.official_url,
        as_of=held_here.as_of or "",
        country=held_here.country,
    )


def by_edition(reading: Reading, tools: Tools) -> list[CatalogueEntry]:
    """Entries of the kinds named that belong to the region, country, place or years named."""
    kinds = set(reading.kinds) & _BY_EDITION
    if not kinds:
        return []
    tests = (reading.regions, reading.countries, reading.places, reading.years, reading.cycle)
    if not any(tests):
        return []
    return [e for e in tools.catalogue if e.kind in kinds and fits(e, reading)]


def fits(entry: CatalogueEntry | Document, reading: Reading, *, dated: bool = True) -> bool:
    """Whether a document is of the region, the country and, with `dated`, the edition named."""
    if reading.regions and not set(reading.regions) & set(regions_of(entry)):
        return False
    if reading.countries:
        names = {term for country in reading.countries for term in country.terms}
        if entry.country not in names:
            return False
    if not dated:
        return True
    words = f"{entry.title} {getattr(entry, 'date', '') or ''} {entry.edition}"
    if reading.cycle and not all(str(year) in words for year in reading.cycle):
        return False
    if reading.places and not any(place in words for place in reading.places):
        return False
    years = set(reading.years) - set(reading.cycle or ())
    return not years or any(str(year) in words for year in years)


def regions_of(entry: CatalogueEntry | Document) -> list[Region]:
    """The regions a document is about, by its title."""
    return list(regions_of_title(entry.title))


def by_title(
    reading: Reading, tools: Tools, subject: str = ""
) -> list[tuple[float, CatalogueEntry]]:
    """Entries whose title says the subject, best first, with the share of it they say."""
    wanted = terms(subject or reading.topic, reading.language)
    kinds = set(reading.kinds)
    if not wanted or set().union(*wanted) <= _GENERAL:
        return []
    index, weights = _titles(tools.catalogue)
    most = max(weights.values(), default=1.0)
    found: list[tuple[float, CatalogueEntry]] = []
    for entry, words in index:
        if kinds and entry.kind not in kinds:
            continue
        told = total = 0.0
        for ways in wanted:
            weight = max((weights.get(w, most) for w in ways), default=most)
            total += weight
            if any(w in words for w in ways):
                told += weight
        if total and told / total >= _SAME:
            found.append((told / total, entry))
    return sorted(found, key=lambda pair: (-pair[0], -(pair[1].edition.year or 0)))


def terms(text: str, language: str) -> list[frozenset[str]]:
    """What a subject is made of: for each word or concept, English stems that may stand for it."""
    ways: list[frozenset[str]] = []
    said: set[str] = set()
    for concept in mentioned(text, language):
        stems = frozenset(s for term in concept.terms for s in analyse(term, "en"))
        if stems:
            ways.append(stems)
            said |= stems
            for phrase in concept.phrases.get(language, ()):
                said |= set(analyse(phrase.replace("*", ""), language))
    # Words of its language that mean nothing alone are left out before they are read as English.
    own = [
        stem
        for word in re.findall(r"[\w'’-]+", text)
        if analyse(word, language)
        for stem in analyse(word, "en")
        if (stem.isascii() or language in ("en", "fr", "es")) and not _YEAR.fullmatch(stem)
    ]
    ways += [frozenset({stem}) for stem in dict.fromkeys(own) if stem not in said]
    return ways


@lru_cache(maxsize=2)
def _titles(
    catalogue: Catalogue,
) -> tuple[list[tuple[CatalogueEntry, frozenset[str]]], dict[str, float]]:
    index = [
        (
            entry,
            frozenset(
                analyse(
                    f"{entry.title} {entry.label} {entry.conference or ''} {entry.date or ''}", "en"
                )
            ),
        )
        for entry in catalogue
    ]
    counted = Counter(word for _, words in index for word in words)
    return index, {word: math.log(1 + len(index) / n) for word, n in counted.items()}


def newest(entries: Iterable[CatalogueEntry], tools: Tools) -> list[CatalogueEntry]:
    """`entries` without proposals and without those another of them has superseded."""
    kept = [e for e in entries if not e.proposal]
    ids = {e.id for e in kept}
    return [
        e
        for e in kept
        if tools.catalogue.standing(e.id) is not Standing.PROPOSAL
        and not (tools.catalogue.superseded_by(e.id, held=ids))
    ]


def one(reading: Reading, tools: Tools) -> list[str]:
    """Ids of the one or two documents a message is about as documents; [] where it names none.

    A numbered instrument; an edition of a kind; or a title that says all of the subject, where no
    more than two do.
    """
    if found := instruments(reading, tools):
        return found
    if entries := by_edition(reading, tools):
        current = newest(entries, tools)
        if 0 < len(current) <= 2:
            return [e.id for e in current]
    titles = [e for _, e in by_title(reading, tools) if _names(e, reading, tools)]
    works = list(dict.fromkeys(e.id.partition("@")[0] for e in titles))
    if not 0 < len(works) <= 2 or reading.countries:
        return []
    here = [e for e in titles if document(e.id, tools) is not None]
    of_held = newest(here, tools)
    works_held = {e.id.partition("@")[0] for e in of_held}
    others = [e for e in newest(titles, tools) if e.id.partition("@")[0] not in works_held]
    return [e.id for e in (*of_held, *others)][:2]


def _names(entry: CatalogueEntry, reading: Reading, tools: Tools) -> bool:
    """Whether a subject is the name of a document: it says much of the title, not only a word."""
    _, weights = _titles(tools.catalogue)
    most = max(weights.values(), default=1.0)
    said = {stem for ways in terms(reading.topic, reading.language) for stem in ways}
    words = set(analyse(entry.title, "en"))
    whole = sum(weights.get(w, most) for w in words)
    share = sum(weights.get(w, most) for w in words & said) / whole if whole else 0.0
    return share >= (_NAMED if reading.kinds or reading.references else _NAMED_ALONE)


def document(id: str, tools: Tools, language: str = "en") -> Document | None:
    """The best copy on the shelf of a document, or None where none is held.

    Of a digest the English, whose headings tell who is charged with what; `Sheet` says it in the
    asker's language.
    """
    try:
        found = tools.shelf.best(id, language)
        return tools.shelf.best(id) if found.translation_of else found
    except UnknownAddress:
        return None


def entries_of(ids: Sequence[str], tools: Tools) -> list[CatalogueEntry]:
    """The catalogue's entries of `ids` that it knows."""
    return [entry for id in ids if (entry := tools.catalogue.get(id)) is not None]
