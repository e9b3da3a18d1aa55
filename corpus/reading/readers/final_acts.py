"""Paragraphs of a PDF -> the ITU resolutions, decisions and recommendations printed in it.

One file may hold one resolution or a conference's whole Final Acts. A document begins at a head
that stands alone ('RESOLUTION 205 (DUBAI, 2018)') and is only one where clauses follow: entries of
a table of contents and covers have the head but no clauses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from corpus.documents import Document, Edition, Section, SectionKind
from corpus.grammar.headings import Grammar
from corpus.grammar.resolutions import Block, parse_resolution
from corpus.grammar.titles import Head, document_id, parse_edition, parse_head, parse_title
from corpus.reading.readers.pdf_blocks import Paragraph

# Adopting bodies as the enacting formula names them, in the six languages.
_BODIES = {
    "pp": r"plenipotentiary conference|conférence de plénipotentiaires|全权代表大会"
    r"|conferencia de plenipotenciarios|полномочная конференция|مؤتمر المندوبين المفوضين",
    "wtdc": r"world telecommunication development conference|世界电信发展大会"
    r"|conférence mondiale de développement des télécommunications"
    r"|conferencia mundial de desarrollo de las telecomunicaciones"
    r"|всемирная конференция по развитию электросвязи|المؤتمر العالمي لتنمية الاتصالات",
    "wtsa": r"world telecommunication standardi[sz]ation assembly|世界电信标准化全会"
    r"|assemblée mondiale de normalisation des télécommunications"
    r"|asamblea mundial de normalización de las telecomunicaciones"
    r"|всемирная ассамблея по стандартизации электросвязи|الجمعية العالمية لتقييس الاتصالات",
    "wrc": r"world radiocommunication conference|世界无线电通信大会"
    r"|conférence mondiale des radiocommunications|conferencia mundial de radiocomunicaciones"
    r"|всемирная конференция радиосвязи|المؤتمر العالمي للاتصالات الراديوية",
    "ra": r"radiocommunication assembly|assemblée des radiocommunications|无线电通信全会"
    r"|asamblea de radiocomunicaciones|ассамблея радиосвязи|جمعية الاتصالات الراديوية",
    "council": r"(?:the|itu) council|le conseil|el consejo|совет мсэ|^совет|理事会|مجلس الاتحاد",
}
_BODY = {body: re.compile(pattern, re.IGNORECASE) for body, pattern in _BODIES.items()}
_CONTENTS_ENTRY = re.compile(r"(?:\.\s?){4,}|…{2,}|(?<![\d,])\s\d{1,4}$|^\S+ \d+ .*\s[ivxlc]+$")
_EDITION_LINE = re.compile(r"\(\s*[^()]{3,80}\d{4}[^()]{0,4}\)")
_FORMULA_WITHIN = 8  # paragraphs between a head and its enacting formula: title, footnotes
_SHARE = 0.4  # of the file's words that must be resolutions for it not to be a report


class _Start(NamedTuple):
    """Where a document begins: place of its head, how many paragraphs it takes, what it says."""

    at: int
    length: int
    head: Head


def itu_documents(blocks: Sequence[Paragraph], language: str, pages: int | None) -> list[Document]:
    """Every ITU document among the paragraphs of a file, in order; [] where it is a report.

    Args:
        blocks: of the whole file, running heads and page numbers already taken off.
        language: ISO 639-1 code of the text.
        pages: number of pages of the file.
    """
    starts = _starts(blocks)
    grammar = Grammar(language)
    found: dict[str, Document] = {}
    ends = [start.at for start in starts[1:]] + [len(blocks)]
    for start, end in zip(starts, ends[: len(starts)], strict=True):
        document = _document(start, blocks[start.at : end], language, pages, grammar)
        if document is None:
            continue
        held = found.get(document.id)
        if held is None or _size(document) > _size(held):
            found[document.id] = document
    everything = sum(len(block.text) for block in blocks)
    heads = sum(len(d.title) + sum(len(s.heading) for s in d.sections) for d in found.values())
    if sum(map(_size, found.values())) + heads < _SHARE * everything:
        return []
    return list(found.values())


def adopting_body(text: str) -> str | None:
    """Body part of the address named by an enacting formula: 'pp', 'wtdc', ...; else None."""
    return next((body for body, pattern in _BODY.items() if pattern.search(text)), None)


def _size(document: Document) -> int:
    return sum(len(clause.text) for _, clause in document.clauses())


def _starts(blocks: Sequence[Paragraph]) -> list[_Start]:
    starts = []
    for index, block in enumerate(blocks):
        head = parse_head(block.text) if len(block.text) < 500 else None
        if head is None:
            continue
        length = 1
        if not head.edition.year and not head.rest and index + 1 < len(blocks):
            line = blocks[index + 1].text
            if _EDITION_LINE.fullmatch(line) and (edition := parse_edition(line.strip("() "))):
                head, length = head._replace(edition=edition), 2
        if _stands_alone(block, head):
            starts.append(_Start(index, length, head))
    return starts


def _stands_alone(block: Paragraph, head: Head) -> bool:
    """Is it the head of a document, and no citation or entry of a table of contents?"""
    if _CONTENTS_ENTRY.search(head.rest):
        return False
    word = block.text.split()[0]
    capitals = word.isupper() and len(word) > 3
    set_off = block.bold or block.centred or capitals
    if head.rest:
        # Its title printed on, in the same type; a citation goes on in lower case.
        return (block.bold or capitals) and not head.rest[0].islower() and head.rest[0] != ","
    return set_off or head.edition.year is not None


def _document(
    start: _Start,
    blocks: Sequence[Paragraph],
    language: str,
    pages: int | None,
    grammar: Grammar,
) -> Document | None:
    """The document that begins with `blocks`, or None where no clauses follow the head."""
    head = start.head
    rest = list(blocks[start.length :])
    formula = next(
        (i for i, block in enumerate(rest[:_FORMULA_WITHIN]) if _is_formula(block)), None
    )
    if formula is None:
        title_end = next(
            (i for i, block in enumerate(rest) if not _is_title(block, grammar)), len(rest)
        )
        adopted = None
    else:
        title_end = formula
        adopted = rest[formula].text
    title = " ".join([head.rest, *(block.text for block in rest[:title_end])]).strip()
    sections = parse_resolution(_plain(rest[title_end:]), language)
    if not _is_resolution(sections, formula is not None, grammar):
        return None
    edition = head.edition
    if edition.year is None and adopted:
        edition = parse_edition(adopted) or Edition()
    body = adopting_body(adopted) if adopted else None
    return Document(
        id=document_id(body or "itu", head.type, head.number, edition.year),
        title=parse_title(title) or f"{head.kind.value.capitalize()} {head.number}",
        kind=head.kind,
        edition=edition,
        language=language,
        sections=sections,
        number=head.number,
        body=body,
        pages=pages,
    )


def _is_formula(block: Paragraph) -> bool:
    """The line that names the adopting body: 'The Plenipotentiary Conference of ... ,'."""
    short = len(block.text) < 250 and not block.bold and not parse_head(block.text)
    return short and block.text[-1:] in ",،,:" and adopting_body(block.text) is not None


def _is_title(block: Paragraph, grammar: Grammar) -> bool:
    return (block.bold or block.centred) and not grammar.is_heading(block.text)


def _is_resolution(sections: Sequence[Section], formula: bool, grammar: Grammar) -> bool:
    words = sum(len(clause.text) for section in sections for clause in section.clauses)
    known = any(grammar.is_heading(section.heading) for section in sections)
    parts = any(section.kind is not SectionKind.ANNEX for section in sections)
    return words >= 60 and parts and (formula or known)


def _plain(blocks: Sequence[Paragraph]) -> list[Block]:
    """Blocks as the grammar of resolutions takes them, without the page's own measures."""
    fields = Block.model_fields
    return [Block(**{name: getattr(block, name) for name in fields}) for block in blocks]
