"""Paragraphs of a DOCX, HTML or text file -> documents, by the grammar the text follows.

A resolution gets the clauses and addresses that the XML or PDF of it gets; a declaration its
articles, the same in each language; everything else is a report of headed sections.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.documents import Document
from corpus.grammar.outlines import Item, Within, heading_number
from corpus.grammar.treaties import treaty_documents, unmarked
from corpus.grammar.un_resolutions import un_document
from corpus.language.letters import detect_language
from corpus.reading.readers.final_acts import itu_documents
from corpus.reading.readers.pdf_blocks import Paragraph
from corpus.reading.reports import report_from_items


class Part(Paragraph):
    """A paragraph of a file that marks its own headings.

    Attributes:
        level: depth of a heading, 1 for chapters; None for a paragraph.
        within: what a paragraph stands in: a list, a table, a quotation.
    """

    level: int | None = None
    within: Within = ""


def documents_of(parts: Sequence[Part], *, name: str, title: str) -> list[Document]:
    """Documents in a file's paragraphs.

    Args:
        parts: in reading order, the title's own paragraph left out where `title` gives it.
        name: the file's name, for the id of a report.
        title: of the file, '' where it has none of its own.
    """
    marked = parts
    parts = [part.model_copy(update={"text": unmarked(part.text)}) for part in marked]
    text = "\n".join(part.text for part in parts)
    language = detect_language(text)
    whole = [Part(text=title, bold=True, centred=True), *parts] if title else list(parts)
    resolution = un_document(whole, language, None)
    if resolution is not None and resolution.sections:
        return [resolution]
    documents = itu_documents(whole, language, None)
    if documents:
        return documents
    items = [
        Item(
            text=part.text,
            page=part.page,
            level=part.level,
            footnotes=part.footnotes,
            within=part.within,
        )
        for part in marked
    ]
    treaties = treaty_documents(items, name=name, title=title)
    if treaties:
        return treaties
    items = [item.model_copy(update={"text": unmarked(item.text)}) for item in items]
    return [report_from_items(items, name=name, title=title, language=language, outlined=True)]


def own_title(parts: Sequence[Part]) -> tuple[str, list[Part]]:
    """The title, where a text has one heading of the first rank and begins with it, and the rest.

    ('', the parts) where the headings of the first rank are chapters.
    """
    heads = [n for n, part in enumerate(parts) if part.level == 1]
    if len(heads) != 1 or heads[0] > 3 or heading_number(parts[heads[0]].text) is not None:
        return "", list(parts)
    return parts[heads[0]].text, [part for n, part in enumerate(parts) if n != heads[0]]


def with_notes(documents: Sequence[Document], notes: Sequence[str]) -> list[Document]:
    """The documents, each with more notes for people."""
    if not notes:
        return list(documents)
    return [d.model_copy(update={"notes": (*d.notes, *notes)}) for d in documents]


def left_out(struck: Sequence[str]) -> list[str]:
    """The note on passages that are struck out in a file and so were not read; [] for none."""
    if not struck:
        return []
    first = struck[0] if len(struck[0]) <= 60 else f"{struck[0][:60]}..."
    more = f" and {len(struck) - 1} more" if len(struck) > 1 else ""
    return [f"Left out, because it is struck out: '{first}'{more}."]
