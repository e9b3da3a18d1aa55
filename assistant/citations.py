"""How clauses and documents are named and linked for people."""

from __future__ import annotations

import re

from assistant import phrases
from assistant.answers import Citation
from assistant.turn import Tools
from corpus.addresses import Address, slugify
from corpus.documents import Clause, Document, Edition, Section, SectionKind
from corpus.shelf.catalogue import CatalogueEntry
from corpus.shelf.register import Found
from corpus.shelf.translations import title_in

_NUMBERED = {"resolution": "res", "decision": "dec", "recommendation": "rec"}
_ANNEX = re.compile(
    r"^(annex(?:\s+[\w.]+)?)\s+to\s+(?:resolution|decision|recommendation)\b.*", re.I
)
_CHINESE = re.compile("[\u4e00-\u9fff]")
_COMMA = {"ar": "، ", "zh": "，"}
_ROMAN_OR_LETTER = re.compile(r"[ivxl]+|[a-z]{1,2}")


def instrument(document: Document | CatalogueEntry, language: str = "en") -> str:
    """A document as it is named in running text: 'Resolution 205 (Dubai, 2018)', 'la Résolution …'.

    Documents without a number are named by their title, in quotation marks where `language`
    uses them, and their edition.
    """
    if _NUMBERED.get(document.kind.value) and document.number:
        name = _numbered(document, language, "instrument")
    else:
        name = phrases.say(language, "document-titled", title=title_of(document, language))
    edition = edition_in(document.edition, language)
    if not edition:
        return name
    return phrases.say(language, "with-edition", instrument=name, edition=edition)


def _numbered(document: Document | CatalogueEntry, language: str, form: str) -> str:
    """'Resolution 205', in `form`: 'instrument' in running text, 'label' in a list."""
    kind = _NUMBERED[document.kind.value]
    key = f"{form}-{document.body}-{kind}"
    if document.body == "pp" or not phrases.has(language, key):
        key = f"{form}-{kind}"
    return phrases.say(language, key, number=document.number)


def edition_in(edition: Edition, language: str) -> str:
    """Place and year as `language` writes them; the year alone, or '', where that is all."""
    if not edition.place or not edition.year:
        return str(edition)
    key = f"place-{slugify(edition.place)}"
    place = phrases.say(language, key) if phrases.has(language, key) else edition.place
    form = "edition-revised" if edition.revised else "edition"
    return phrases.say(language, form, place=place, year=edition.year)


def title_of(document: Document | CatalogueEntry, language: str) -> str:
    """The title in `language` where it is known in it, else as it stands."""
    if getattr(document, "language", "en") == language:
        return document.title
    return title_in(document.id, document.title, language)


def document_label(document: Document | CatalogueEntry, language: str = "en") -> str:
    """A document as lists of sources name it: 'Resolution 205 (Dubai, 2018)', or its title."""
    if _NUMBERED.get(document.kind.value) and document.number:
        name = _numbered(document, language, "label")
    else:
        name = title_of(document, language)
    edition = edition_in(document.edition, language)
    if not edition:
        return phrases.isolated(language, name)
    return phrases.say(language, "with-edition", instrument=name, edition=edition)


def label_in_print(label: str | None) -> str:
    """A clause's label as it is printed: '4 ii)' for '4.ii', 'h)' for 'h', '1.2' for '1.2'."""
    if not label:
        return ""
    head, _, last = label.rpartition(".")
    if _ROMAN_OR_LETTER.fullmatch(last):
        return f"{head} {last})".strip()
    return label


def clause_label(document: Document, section: Section, clause: Clause, language: str = "en") -> str:
    """'Resolution 205 (Dubai, 2018), instructs the Secretary-General 4'.

    The section keeps the heading it has in the document; what is before it is in `language`.
    """
    heading = section.heading.strip()
    if section.kind is SectionKind.ANNEX:
        heading = _ANNEX.sub(r"\1", heading)
    # Chinese writes a number or letter close to the word before it.
    blank = "" if _CHINESE.search(heading[-1:]) else " "
    where = f"{heading}{blank}{label_in_print(clause.label)}".strip()
    name = document_label(document, language)
    return f"{name}{_COMMA.get(language, ', ')}{where}" if where else name


def link(tools: Tools, document: Document) -> str | None:
    """Official page or file, from the document or the catalogue; None where none was seen."""
    if document.official_url:
        return document.official_url
    entry = tools.catalogue.get(document.id)
    return entry.urls[0] if entry and entry.urls else None


def cite(tools: Tools, found: Found, quote: str, language: str = "en") -> Citation:
    """The citation of a stored clause, for a reader of `language`; `quote` is verbatim from it."""
    document, section, clause = found.document, found.section, found.clause
    return Citation(
        address=str(document.address(section, clause)),
        label=clause_label(document, section, clause, language),
        quote=quote,
        document=document.id,
        title=title_of(document, language),
        edition=edition_in(document.edition, language),
        section=section.heading,
        language=document.language,
        page=clause.page,
        url=link(tools, document),
        is_digest=document.is_digest,
        as_of=document.as_of,
        superseded_by=tools.catalogue.superseded_by(document.id),
        origin=tools.shelf.origin(document.key),
    )


def find(tools: Tools, key: str, address: str) -> Found | None:
    """The clause at `address` in the shelf's copy `key`, as it stands now; None if it is gone."""
    document = tools.shelf.document(key)
    hit = document.find(Address.parse(address))
    return Found(document=document, section=hit[0], clause=hit[1]) if hit else None
