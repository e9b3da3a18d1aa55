"""What the shelf has for a pillar: instruments, and lessons of other countries' reviews.

Found by search, shown verbatim with the address of the clause. The review's private evidence takes
no part: only public questions go to the search, and nothing of it comes back.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable

from assistant.advice.mandates.instruments import MANDATING, Holds
from assistant.advice.review.framework import PILLARS, Pillar
from assistant.citations import clause_label
from assistant.rendering.quoting import shorten
from corpus.addresses import Address
from corpus.documents import Frozen, SectionKind
from corpus.errors import AdvisorError
from corpus.shelf.register import Found
from indexing.building.passages import Filters

TOPICS = {
    "vision": "national innovation strategy and vision for the digital ecosystem",
    "talent": "digital skills, capacity building and training for innovators and young people",
    "infrastructure": "incubators, accelerators, hubs and infrastructure for innovators",
    "capital": "funding, investment and financing of innovation and start-ups",
    "markets": "small and medium enterprises, markets, partnerships and networks for innovation",
    "culture": "entrepreneurship culture, youth, women and communities of innovators",
    "policy": "enabling policy and regulatory environment for innovation",
}
"""What is searched for a pillar; the elements of the canvas in the words instruments use."""

_HOUSEKEEPING = re.compile(
    r"(?:allocated|available|existing|budgetary) resources|resources (?:allotted|allocated)|"
    r"approved by the (?:itu )?council|"
    r"report (?:annually |regularly )?to the council|voluntary contributions",
    re.I,
)
"""Clauses on how ITU itself runs; a country has nothing to build on there."""

_LOOKED_AT = 30
_A_DOCUMENT = 2


class Quoted(Frozen):
    """A clause of the shelf as a review cites it: verbatim (points that do not matter left out)."""

    address: str
    label: str
    text: str
    document: str
    country: str = ""
    is_digest: bool = False


class Help(Frozen):
    """What the shelf has for one pillar.

    Attributes:
        instruments: clauses a country can build on or call upon.
        lessons: statements of other countries' reviews and profiles.
        known: statements on the country itself, from earlier reviews.
    """

    instruments: tuple[Quoted, ...] = ()
    lessons: tuple[Quoted, ...] = ()
    known: tuple[Quoted, ...] = ()


_MADE: OrderedDict[tuple[int, str, int, str], dict[str, Help]] = OrderedDict()
_LOCK = threading.Lock()
_KEPT = 32
"""Countries whose help is kept while the shelf stays as it is; a page asks at every click."""


def gather(country: str, advisor: Holds, most: int = 3) -> dict[str, Help]:
    """Help for every pillar, each list best first and at most `most` long.

    Raises:
        AdvisorError: the index is missing or was built with another model.
    """
    withheld = sorted((key, sorted(held)) for key, held in advisor.shelf.withheld().items())
    held = repr((sorted(advisor.shelf.live().items()), withheld))
    shelf = hashlib.sha256(held.encode()).hexdigest()
    key = (id(advisor.searcher), country.strip().casefold(), most, shelf)
    made = _MADE.get(key)
    if made is None:
        made = _gathered(country, advisor, most)
        with _LOCK:
            _MADE[key] = made
            while len(_MADE) > _KEPT:
                _MADE.popitem(last=False)
    return made


def _gathered(country: str, advisor: Holds, most: int) -> dict[str, Help]:
    held = countries(advisor)
    own = {c.casefold() for c in held if c.casefold() == country.strip().casefold()}
    others = {c.casefold() for c in held} - own
    kinds = Filters(kinds=tuple(sorted(MANDATING)))

    def of_countries(pillar: Pillar, names: set[str]) -> tuple[Quoted, ...]:
        if not names:
            return ()
        wanted = Filters(countries=tuple(c for c in held if c.casefold() in names))
        return _found(
            pillar,
            advisor,
            wanted,
            most,
            lambda found: (found.document.country or "").casefold() in names,
        )

    return {
        pillar.key: Help(
            instruments=_found(pillar, advisor, kinds, most, _can_charge),
            lessons=of_countries(pillar, others),
            known=of_countries(pillar, own),
        )
        for pillar in PILLARS
    }


def countries(advisor: Holds) -> list[str]:
    """Countries of which a review, profile or programme is on the shelf, by name."""
    held = {advisor.shelf.document(key).country for key in advisor.shelf.live()}
    return sorted(country for country in held if country)


def _found(
    pillar: Pillar,
    advisor: Holds,
    filters: Filters,
    most: int,
    of: Callable[[Found], bool],
) -> tuple[Quoted, ...]:
    """Clauses the search finds that are about the pillar by their own words or heading."""
    about = re.compile(rf"(?<!\w)(?:{pillar.words})(?!\w)", re.I)
    asked = TOPICS[pillar.key]
    result = advisor.searcher.search(asked, _LOOKED_AT, filters)
    quoted: list[Quoted] = []
    taken: dict[str, int] = {}
    for evidence in result.evidence:
        for address in evidence.passage.addresses:
            try:
                found = advisor.shelf.clause(Address.parse(address))
            except AdvisorError:  # withdrawn since the index was built
                continue
            document, section, clause = found.document, found.section, found.clause
            if not of(found):
                continue
            if section.heading != pillar.label and not about.search(clause.text):
                continue
            if _HOUSEKEEPING.search(clause.text):
                continue
            if taken.get(document.id, 0) >= _A_DOCUMENT or any(
                q.address == address for q in quoted
            ):
                continue
            taken[document.id] = taken.get(document.id, 0) + 1
            quoted.append(
                Quoted(
                    address=address,
                    label=clause_label(document, section, clause),
                    text=shorten(clause.text, asked, document.language),
                    document=document.id,
                    country=document.country or "",
                    is_digest=document.is_digest,
                )
            )
            if len(quoted) == most:
                return tuple(quoted)
    return tuple(quoted)


def _can_charge(found: Found) -> bool:
    """True for a clause of an instrument that is not background and not a mere proposal."""
    section = found.section
    return (
        found.document.kind in MANDATING
        and section.kind is not SectionKind.PREAMBLE
        and "proposal" not in section.slug
    )
