"""How clauses and documents are named and linked for people."""

from __future__ import annotations

import re

from assistant import phrases
from assistant.answers import Citation
from assistant.turn import Tools
from corpus.addresses import Address, slugify
from corpus.catalogue import CatalogueEntry
from corpus.documents import Clause, Document, Edition, Section, SectionKind
from corpus.shelf import Found

_NUMBERED = {"resolution": "res", "decision": "dec", "recommendation": "rec"}
_ANNEX = re.compile(
    r"^(annex(?:\s+[\w.]+)?)\s+to\s+(?:resolution|decision|recommendation)\b.*", re.I
)
_ROMAN_OR_LETTER = re.compile(r"[ivxl]+|[a-z]{1,2}")


def instrument(document: Document | CatalogueEntry, language: str = "en") -> str:
    """A document as it is named in running text: 'Resolution 205 (Dubai, 2018)', 'la Résolution …'.

    Documents without a number are named by their title, in quotation marks where `language`
    uses them, and their edition.
    """
    kind = _NUMBERED.get(document.kind.value)
    edition = edition_in(document.edition, language)
    if kind is None or document.number is None:
        name = phrases.say(language, "document-titled", title=document.title)
    else:
        key = f"instrument-{document.body}-{kind}"
        if document.body == "pp" or not phrases.has(language, key):
            key = f"instrument-{kind}"
        name = phrases.say(language, key, number=document.number)
    if not edition:
        return name
    return phrases.say(language, "with-edition", instrument=name, edition=edition)


def edition_in(edition: Edition, language: str) -> str:
    """Place and year as `language` writes them; the year alone, or '', where that is all."""
    if not edition.place or not edition.year:
        return str(edition)
    key = f"place-{slugify(edition.place)}"
    place = phrases.say(language, key) if phrases.has(language, key) else edition.place
    form = "edition-revised" if edition.revised else "edition"
    return phrases.say(language, form, place=place, year=edition.year)


def document_label(document: Document | CatalogueEntry) -> str:
    """A document as lists of sources name it, in English: 'Resolution 205 (Dubai, 2018)'."""
    if _NUMBERED.get(document.kind.value) and document.number:
        return instrument(document)
    edition = str(document.edition)
    return f"{document.title} ({edition})" if edition else document.title


def label_in_print(label: str | None) -> str:
    """A clause's label as it is printed: '4 ii)' for '4.ii', 'h)' for 'h', '1.2' for '1.2'."""
    if not label:
        return ""
    head, _, last = label.rpartition(".")
    if _ROMAN_OR_LETTER.fullmatch(last):
        return f"{head} {last})".strip()
    return label


def clause_label(document: Document, section: Section, clause: Clause) -> str:
    """'Resolution 205 (Dubai, 2018), instructs the Secretary-General 4'."""
    heading = section.heading.strip()
    if section.kind is SectionKind.ANNEX:
        heading = _ANNEX.sub(r"\1", heading)
    where = f"{heading} {label_in_print(clause.label)}".strip()
    return f"{document_label(document)}, {where}" if where else document_label(document)


def link(tools: Tools, document: Document) -> str | None:
    """Official page or file, from the document or the catalogue; None where none was seen."""
    if document.official_url:
        return document.official_url
    entry = tools.catalogue.get(document.id)
    return entry.urls[0] if entry and entry.urls else None


def cite(tools: Tools, found: Found, quote: str) -> Citation:
    """The citation of a stored clause; `quote` is verbatim from it."""
    document, section, clause = found.document, found.section, found.clause
    return Citation(
        address=str(document.address(section, clause)),
        label=clause_label(document, section, clause),
        quote=quote,
        document=document.id,
        title=document.title,
        edition=str(document.edition),
        section=section.heading,
        language=document.language,
        page=clause.page,
        url=link(tools, document),
        is_digest=document.is_digest,
        as_of=document.as_of,
        superseded_by=tools.catalogue.superseded_by(document.id),
    )


def find(tools: Tools, key: str, address: str) -> Found | None:
    """The clause at `address` in the shelf's copy `key`, as it stands now; None if it is gone."""
    document = tools.shelf.document(key)
    hit = document.find(Address.parse(address))
    return Found(document=document, section=hit[0], clause=hit[1]) if hit else None
