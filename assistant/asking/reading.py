"""A message, read once: what form of answer it asks for, and every name in it.

Names (instruments, countries, regions, editions, kinds of document) are found by tables and the
catalogue; classes of messages by the learned heads over the embedding. The steps after this one
read the Reading and never the words again.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from assistant.advice.drafting.kinds import DraftKind
from assistant.asking.forms import Form, Heads, exact, words
from assistant.asking.kinds import kinds_in, without_kinds
from corpus.documents import DocumentKind, Frozen
from corpus.language.concepts import fold
from corpus.language.countries import Country, country_spans
from corpus.language.references import (
    Reference,
    bodies_in,
    find_references,
    places_in,
    without_bodies,
)
from corpus.language.regions import Region, regions_in
from corpus.shelf.catalogue import Catalogue
from indexing.building.embedding import Embedder
from indexing.glossary import concepts, mentioned, spans

_YEAR = re.compile(r"(?<![\d/.-])((?:19|20)\d\d)(?![\d/])")
_CYCLE = re.compile(r"((?:19|20)\d\d)\s*[-–—]\s*((?:19|20)?\d\d)(?!\d)")

SURE, DOUBT, LIKELY = 0.3, 0.4, 0.6
"""Probability from which a form other than clauses is believed (LIKELY: an opinion, which nothing
is answered to), and that of clauses from which none is: an answer in the wrong form is worse than
the clauses themselves."""


_FEW = 3
"""Words of a message that may be nothing but a subject."""


class Reading(Frozen):
    """How a message was understood.

    Attributes:
        text: the standalone question; `said`: the turn's own words, where it leaned on another.
        language: of the answer.
        form: of answer asked for; `chances` of every form.
        follow_up: how the turn leaned on the one before ('' where it did not).
        references: numbered instruments named, with the documents the catalogue knows them by.
        countries, regions, places, bodies, years: named; places are conference cities in English.
        cycle: first and last year of a period named ("2026-2029"), else None.
        kinds: kinds of document named, apart from instruments named by number.
        topic: what it is about, without the words of asking and without kinds; '' if none.
        content: all its words that are not words of asking.
        parts: its questions, where it holds several.
        draft: kind of draft, where one is asked for.
    """

    text: str
    language: str
    said: str = ""
    form: Form = Form.CLAUSES
    chances: dict[str, float] = {}
    follow_up: str = ""
    references: tuple[Reference, ...] = ()
    countries: tuple[Country, ...] = ()
    regions: tuple[Region, ...] = ()
    places: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    cycle: tuple[int, int] | None = None
    kinds: tuple[DocumentKind, ...] = ()
    topic: str = ""
    content: str = ""
    parts: tuple[str, ...] = ()
    draft: DraftKind = DraftKind.BRIEFING_NOTE


def counts(text: str, language: str) -> tuple[int, int, int]:
    """How many instruments, countries and years a message names."""
    named = {(r.body, r.type, r.number) for r in find_references(text)}
    countries = {country.code for *_, country in country_spans(fold(text), language)}
    return len(named), len(countries), len(set(_YEAR.findall(text)))


def read(
    text: str,
    language: str,
    *,
    heads: Heads | None,
    embedder: Embedder,
    catalogue: Catalogue,
    said: str = "",
    follow_up: str = "",
) -> Reading:
    """Read a standalone question.

    Args:
        text: the question, standalone; `said` the turn's own words where they are others.
        language: of the question, one of the six.
        heads: the learned heads for `embedder`; without them every form is `clauses`.
        embedder: of the questions.
        catalogue: resolves instruments.
        follow_up: see `Reading`.
    """
    folded = fold(text)
    references = tuple(catalogue.resolve(text))
    rest = _without(text, references)
    # One form of each letter, as everywhere names are looked for.
    even = unicodedata.normalize("NFKC", rest)
    places = country_spans(folded, language)
    countries = tuple({country.code: country for *_, country in places}.values())
    cycle = _CYCLE.search(even)
    chances: dict[str, float] = {}
    draft, topic, content = DraftKind.BRIEFING_NOTE, rest, rest
    if heads is not None:
        own = said if follow_up == "follow-up" else text
        vector = np.asarray(embedder.embed_queries([own])[0])
        chances = heads.chances("form", vector, exact(own, language, *counts(own, language)))
        kinds = heads.chances("draft", vector)
        draft = DraftKind(max(kinds, key=lambda kind: kinds[kind]))
        topic = heads.topic(text, language, _known_subjects(text, folded, language))
        content = heads.content(text, language)
    if references or countries or _is_subject(text, language):
        chances.pop(Form.HELP.value, None)
    best = max(chances, key=lambda form: chances[form], default=Form.CLAUSES.value)
    least = LIKELY if best == Form.OPINION else SURE
    sure = chances.get(best, 0.0) >= least and chances.get(Form.CLAUSES, 0.0) < DOUBT
    form = Form(best) if sure else Form.CLAUSES
    return Reading(
        text=text,
        language=language,
        said=said,
        form=form,
        chances={name: round(value, 4) for name, value in chances.items() if value >= 0.01},
        follow_up=follow_up,
        references=references,
        countries=countries,
        regions=tuple(regions_in(even)),
        places=tuple(places_in(even)),
        bodies=tuple(bodies_in(text)),
        years=tuple(sorted({int(year) for year in _YEAR.findall(even)})),
        cycle=_period(cycle) if cycle else None,
        kinds=kinds_in(even),
        topic=_subject(topic, find_references(topic)),
        content=content,
        draft=draft,
    )


def _known_subjects(text: str, folded: str, language: str) -> list[tuple[int, int]]:
    """Where a message names subjects of the glossary, apart from bodies and kinds of document;
    none where folding has moved its letters."""
    if len(text) != len(folded):
        return []
    return [
        (a, b)
        for a, b, concept in spans(folded, language)
        if not concept.actor and without_bodies(without_kinds(text[a:b])).strip()
    ]


def _is_subject(text: str, language: str) -> bool:
    """Whether a few words name a subject the glossary knows: then they are no greeting."""
    if len(words(text, language)) > (_FEW * 2 if language == "zh" else _FEW):
        return False
    subjects = {id(concept) for concept in concepts() if not concept.actor}
    return any(id(concept) in subjects for concept in mentioned(text, language))


def _without(text: str, references: tuple[Reference, ...]) -> str:
    for reference in references:
        text = text.replace(reference.text, " ")
    return text


def _period(found: re.Match[str]) -> tuple[int, int]:
    first, last = found[1], found[2]
    return int(first), int(last if len(last) == 4 else first[:2] + last)


def _subject(topic: str, references: list[Reference]) -> str:
    """The topic without names of kinds; as it is where it is a named instrument."""
    if references:
        return topic.strip()
    return without_kinds(topic).strip(' ,.;:?!؟。？！«»"“”()') or topic.strip()
