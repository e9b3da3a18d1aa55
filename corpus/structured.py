"""Paragraphs of a DOCX, HTML or text file -> documents, by the grammar the text follows.

A resolution gets the clauses and addresses that the XML or PDF of it gets; a declaration its
articles, the same in each language; everything else is a report of headed sections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.languages import detect_language
from corpus.outlines import OPENING, Item, gathered, heading_number, sections_of
from corpus.readers.final_acts import itu_documents
from corpus.readers.pdf_blocks import Paragraph
from corpus.reports import report_from_items, work_id
from corpus.un_resolutions import un_document
from corpus.works import known_work

_FEWEST_ARTICLES = 3
_WHOLE_ARTICLE = 2500
_PREAMBLE = re.compile(
    r"(?:the\s+)?(?:preamble|pr[ée]ambule|pre[áa]mbulo|преамбула|序\s*言|前\s*言|(?:ال)?ديباجة)\W*",
    re.I,
)


class Part(Paragraph):
    """A paragraph of a file that marks its own headings.

    Attributes:
        level: depth of a heading, 1 for chapters; None for a paragraph.
    """

    level: int | None = None


def documents_of(parts: Sequence[Part], *, name: str, title: str) -> list[Document]:
    """Documents in a file's paragraphs.

    Args:
        parts: in reading order, the title's own paragraph left out where `title` gives it.
        name: the file's name, for the id of a report.
        title: of the file, '' where it has none of its own.
    """
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
        Item(text=part.text, page=part.page, level=part.level, footnotes=part.footnotes)
        for part in parts
    ]
    declaration = _declaration(items, name=name, title=title, language=language)
    if declaration is not None:
        return [declaration]
    return [report_from_items(items, name=name, title=title, language=language)]


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


def _declaration(items: Sequence[Item], *, name: str, title: str, language: str) -> Document | None:
    """The document where numbered articles carry the text, or None."""
    starts = [_article(item.text) for item in items]
    articles = [start for start in starts if start]
    if len(articles) < _FEWEST_ARTICLES or articles[0] != "article-1":
        return None
    first = next(place for place, start in enumerate(starts) if start)
    if not title and items[0].level is None and not _article(items[0].text):
        title, items, starts = items[0].text, items[1:], starts[1:]
        first -= 1
    sections = list(_before_articles(items[:first], title))
    place, taken = first, set[str]()
    while place < len(items):
        end = next((n for n in range(place + 1, len(items)) if starts[n]), len(items))
        slug = starts[place] or ""
        if slug in taken:
            # A second series of articles (a protocol): not one declaration.
            return None
        taken.add(slug)
        section = _article_section(items[place], slug, items[place + 1 : end])
        if section is not None:
            sections.append(section)
        place = end
    known = known_work(title)
    year = known.year if known else None
    return Document(
        id=known.id if known else work_id(name, title),
        title=title,
        kind=DocumentKind.DECLARATION,
        edition=Edition(year=year),
        language=language,
        sections=tuple(sections),
        body=known.body if known else None,
    )


def _article(text: str) -> str | None:
    """'article-3' for a paragraph that is (or opens with) the heading of an article."""
    number = heading_number(text)
    if number is None or number.style != "article" or len(text) > 160:
        return None
    return number.path[0]


def _article_section(heading: Item, slug: str, body: Sequence[Item]) -> Section | None:
    """One article: one clause, so that languages that break it elsewhere stay aligned."""
    if not body:
        number = heading_number(heading.text)
        if number is None or len(number.title) < 20:
            return None
        body = [heading.model_copy(update={"text": number.title})]
    whole = " ".join(item.text for item in body)
    if len(whole) <= _WHOLE_ARTICLE:
        notes = tuple(note for item in body for note in item.footnotes)
        clauses: tuple[Clause, ...] = (
            Clause(label=None, text=whole, page=body[0].page, footnotes=notes),
        )
    else:
        clauses = tuple(
            Clause(label=None if n == 1 else f"p{n}", text=item.text, page=item.page)
            for n, item in enumerate(gathered(body), start=1)
        )
    return Section(slug=slug, heading=heading.text, kind=SectionKind.BODY, clauses=clauses)


def _before_articles(items: Sequence[Item], title: str) -> Sequence[Section]:
    """What stands before the first article: notes on the text, then its preamble."""
    heads = [n for n, item in enumerate(items) if _PREAMBLE.fullmatch(item.text)]
    plain = [item.model_copy(update={"level": None}) for item in items]
    if not heads:
        return sections_of(plain, title)
    before = sections_of(plain[: heads[0]], title)
    inside = sections_of(plain[heads[0] + 1 :], items[heads[0]].text)
    return (
        *before,
        *(
            section.model_copy(update={"slug": "preamble", "kind": SectionKind.PREAMBLE})
            for section in inside
            if section.slug == OPENING
        ),
    )
