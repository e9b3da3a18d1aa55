"""A question -> what it says outright: instruments, editions, years, countries, kinds of document.

Exact things, by tables and the catalogue. They steer the ranking (`indexing.search`); only what the
asker set on the screen restricts the search, because words alone are too weak a reason to hide a
document.
"""

from __future__ import annotations

import re

from corpus.documents import DocumentKind, Frozen
from corpus.grammar.provisions import Provision, find_provisions
from corpus.language.concepts import fold
from corpus.language.countries import country_spans
from corpus.language.references import Reference
from corpus.shelf.catalogue import Catalogue


class Query(Frozen):
    """What a question says.

    Attributes:
        text: the question, blanks collapsed.
        language: ISO 639-1 code it is written in.
        references: numbered instruments it names, with the documents they may mean.
        provisions: of treaties, by article or number ('No. 118 of the Constitution').
        names_edition: True if it names a year or place of an edition, or asks about older texts.
        years, countries, kinds: named in it.
    """

    text: str
    language: str
    references: tuple[Reference, ...] = ()
    provisions: tuple[Provision, ...] = ()
    names_edition: bool = False
    years: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    kinds: tuple[DocumentKind, ...] = ()


_OLDER = re.compile(
    r"\b(?:previous|earlier|former|older|superseded|edition|editions|revis\w+|used to"
    r"|before 20\d\d|changed?|differ\w*|compare\w*|version|precedent\w*|ancien\w*|anterior\w*)\b|"
    r"السابق|旧版|以前|此前|предыдущ|прежн"
)
# Kinds of document as people name them; resolutions are left out, they are named by number.
_KINDS: tuple[tuple[DocumentKind, str], ...] = (
    (DocumentKind.TOOLKIT, r"\btoolkits?\b|boite a outils|guia practica|kit de herramientas"),
    (
        DocumentKind.COUNTRY_REVIEW,
        r"country reviews?|innovation profiles?|\bdips?\b|profil d'innovation",
    ),
    (
        DocumentKind.ACTION_PLAN,
        r"action plan|plan d'action|plan de accion|план\w* действий|行动计划",
    ),
    (DocumentKind.REGIONAL_INITIATIVE, r"regional initiatives?|initiatives? regionales?"),
    (DocumentKind.DECISION, r"\bdecision \d|\bdec\.? \d"),
)


def understand(
    question: str,
    language: str,
    catalogue: Catalogue | None = None,
    countries: frozenset[str] = frozenset(),
) -> Query:
    """What `question`, written in `language`, says.

    `countries` are the names to look for (those of the documents held). Without a catalogue the
    references carry no documents; `Reference.matches` still compares them with ids.
    """
    text = " ".join(question.split())
    folded = fold(text)
    references = tuple((Catalogue(()) if catalogue is None else catalogue).resolve(text))
    said = {name for *_, country in country_spans(folded, language) for name in country.terms}
    years = tuple(
        sorted({int(y) for y in re.findall(r"(?<![\d/])((?:19|20)\d\d)(?![\d/])", folded)})
    )
    return Query(
        text=text,
        language=language,
        references=references,
        provisions=tuple(find_provisions(text)),
        names_edition=bool(
            any(r.year or r.place for r in references) or years or _OLDER.search(folded)
        ),
        years=years,
        countries=tuple(sorted(c for c in countries if c in said or _says(folded, fold(c)))),
        kinds=tuple(kind for kind, form in _KINDS if re.search(form, folded)),
    )


def _says(folded: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded) is not None
