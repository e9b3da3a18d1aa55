"""AKN4UN XML (Akoma Ntoso as the UN uses it) -> Documents.

Reads a single `statement` (resolution, decision, recommendation) and collections of them, as the
Final Acts of a conference are. The markup is trusted for order, labels and headings only; what
its converter got wrong is repaired by `corpus.grammar.resolutions` from the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from corpus.addresses import slugify, unique_slug
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.errors import EmptyFile, TruncatedFile, UnknownFormat, UnsafeFile
from corpus.grammar.footnotes import strip_marker
from corpus.grammar.headings import Grammar
from corpus.grammar.outlines import OPENING, Item, Within, sections_of
from corpus.grammar.resolutions import Block, parse_resolution
from corpus.grammar.titles import Head, complete_titles, document_id, parse_head, parse_title
from corpus.grammar.un_resolutions import un_sections
from corpus.reading.readers.akn_acts import act_sections, is_act
from corpus.reading.readers.raised import raised, settled, without_marks
from corpus.reading.readers.tables import rows_as_text

_OF_RESOLUTIONS = {"preamble", "recitals", "recital", "citation", "formula"}
_DOCUMENTS = {
    "amendment",
    "portion",
    "statement",
    "act",
    "bill",
    "doc",
    "judgment",
    "debateReport",
    "officialGazette",
}
_ISO = {"eng": "en", "fra": "fr", "fre": "fr", "spa": "es", "rus": "ru", "zho": "zh", "chi": "zh"}
_ISO |= {"ara": "ar", "deu": "de", "ger": "de", "por": "pt"}
_HEADINGS = {"heading", "subheading", "crossHeading"}
_LEAVES = {"p", "listIntroduction", "listWrapUp", "block", "tocItem", "th", "td"}
_STRUCK = {"del", "omissis"}
_SKIPPED = {"meta", "preface", "coverPage", "components", "collectionBody", "toc"}
_DEEPEST = 150


def read(content: bytes, name: str) -> list[Document]:
    """Documents of one AKN4UN file, in file order.

    Args:
        content: the file's bytes.
        name: its name, for messages only.

    Raises:
        EmptyFile: no bytes, or no document with any text.
        UnknownFormat: not XML, or XML of another kind.
        TruncatedFile: the XML ends early or is not well-formed.
        UnsafeFile: it declares entities or refers to external ones, or nests absurdly deep.
    """
    root = _parse(content, name)
    if _tag(root) != "akomaNtoso":
        raise UnknownFormat(f"'{name}' is XML, but not Akoma Ntoso. Add AKN4UN files only.")
    found = [_document(element, root) for element in _works(root)]
    documents = complete_titles([document for document in found if document and document.sections])
    if not documents:
        raise EmptyFile(f"'{name}' holds no resolution, decision or recommendation with text.")
    return documents


def _parse(content: bytes, name: str) -> Element:
    if not content.strip():
        raise EmptyFile(f"'{name}' is empty.")
    if b"<" not in content[:1024].replace(b"\x00", b"")[:200]:
        raise UnknownFormat(f"'{name}' is not XML.")
    try:
        root: Element = fromstring(content, forbid_dtd=False)
    except DefusedXmlException as error:
        raise UnsafeFile(
            f"'{name}' declares entities or refers to other files, which a document has no need "
            "of. It was not read."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise TruncatedFile(
            f"'{name}' is not well-formed XML: it may have been cut off. Fetch it again."
        ) from error
    if _depth(root) > _DEEPEST:
        raise UnsafeFile(f"'{name}' nests its elements deeper than any document. It was not read.")
    return root


def _depth(root: Element) -> int:
    level, deepest = [root], 0
    while level and deepest <= _DEEPEST:
        level = [child for element in level for child in element]
        deepest += 1
    return deepest


def _works(root: Element) -> Iterator[Element]:
    """Every element that is a document of its own, outermost first, not its attachments."""
    for element in root:
        if _tag(element) in _DOCUMENTS:
            yield element
        else:
            yield from _works(element)


def _document(work: Element, root: Element) -> Document | None:
    language = _language(work, root)
    head = _head(work)
    body, date_year = _adopted(work)
    edition = head.edition if head else Edition()
    if edition.year is None and date_year:
        edition = edition.model_copy(update={"year": date_year})
    title = _title(work) or (head.rest if head else "")
    body_of = _child(work, "body")
    if head is None and is_act(work, body_of if body_of is not None else _child(work, "mainBody")):
        return _act(work, language, title)
    if head is None and not any(_tag(e) in _OF_RESOLUTIONS for e in work.iter()):
        return _report(work, language, title)
    sections = _sections(list(_Walk().blocks(work)), language)
    if not sections:
        return None
    type_, number = (head.type, head.number) if head else ("doc", "")
    return Document(
        id=document_id(body or "itu", type_, number or _work_name(work), edition.year),
        title=title or f"{type_} {number}".strip(),
        kind=head.kind if head else DocumentKind.REPORT,
        edition=edition,
        language=language,
        sections=sections,
        number=head.number if head else None,
        body=body,
    )


def _act(work: Element, language: str, title: str) -> Document | None:
    """An act or bill, by the country and number of its URI: /akn/za/act/2023/724."""
    body = _child(work, "body")
    body = body if body is not None else _child(work, "mainBody")
    assert body is not None
    sections = list(act_sections(body, _words))
    before = [
        Block(text=_words(p)[0])
        for part in ("preamble",)
        for holder in [_child(work, part)]
        if holder is not None
        for p in holder.iter()
        if _tag(p) == "p" and _words(p)[0]
    ]
    if before:
        text = " ".join(block.text for block in before)
        clause = Clause(label=None, text=text)
        opening = Section(
            slug="preamble", heading="Preamble", kind=SectionKind.PREAMBLE, clauses=(clause,)
        )
        sections.insert(0, opening)
    if not sections:
        return None
    sections += _behind_the_body(work, {section.slug for section in sections})
    return _filed(work, language, title, "law", sections)


def _filed(
    work: Element, language: str, title: str, otherwise: str, sections: Sequence[Section]
) -> Document:
    """The document of a work that is no resolution, by the country and number of its URI.

    Args:
        work: its element. language: ISO 639-1. title: '' where it has none.
        otherwise: what stands for the country where the URI names none.
        sections: of the document.
    """
    uri = [e.get("value", "") for e in work.iter() if _tag(e) == "FRBRuri"]
    parts = [part for part in (uri[0] if uri else "").strip("/").split("/") if part != "akn"]
    years = [part[:4] for part in parts if re.fullmatch(r"(?:1[789]|20)\d\d(?:-\d\d-\d\d)?", part)]
    year = int(years[0]) if years else _adopted(work)[1]
    country = parts[0] if parts and re.fullmatch(r"[a-z]{2}(?:-[a-z0-9]+)?", parts[0]) else ""
    kind = _tag(work)
    named = [
        part
        for part in parts[1 if country else 0 :]
        if part not in (kind, str(year or "")) and not re.match(r"(?:1[789]|20)\d\d-", part)
    ]
    number = slugify(" ".join(named)) or slugify(title)[:60]
    return Document(
        id=document_id(country or otherwise, kind, number, year),
        title=title or f"{kind.capitalize()} {number}".strip(),
        kind=DocumentKind.REPORT,
        edition=Edition(year=year),
        language=language,
        sections=tuple(sections),
        number=named[-1] if named and named[-1].isdigit() else None,
    )


def _report(work: Element, language: str, title: str) -> Document | None:
    """A report, statement or amendment: headed sections of paragraphs, as of any report."""
    items = [item for child in work for item in _items(child, 1)]
    if not title:
        title = next((_words(p)[0] for p in _all(work, "preface") if _words(p)[0]), "")
    sections = sections_of(items, title or _tag(work).capitalize(), outlined=True)
    return _filed(work, language, title, "doc", sections) if sections else None


def _behind_the_body(work: Element, taken: set[str]) -> list[Section]:
    """What follows an act's body: where and when it was done, its annexes."""
    sections: list[Section] = []
    for name in ("conclusions", "attachments", "components"):
        for holder in [child for child in work if _tag(child) == name]:
            for section in sections_of(list(_items(holder, 1)), _BEHIND[name], outlined=True):
                slug = _BEHIND[name].casefold() if section.slug == OPENING else section.slug
                slug = unique_slug(slug, taken)
                taken.add(slug)
                sections.append(section.model_copy(update={"slug": slug}))
    return sections


_BEHIND = {"conclusions": "Conclusions", "attachments": "Annex", "components": "Annex"}


def _items(element: Element, level: int) -> Iterator[Item]:
    """Headings and paragraphs under an element, each with its number; `level` is the next depth."""
    name = _tag(element)
    if name in ("meta", "preface", "coverPage", "toc", "num"):
        return
    number = _child(element, "num")
    before = _text(number) if number is not None else ""
    heading = _child(element, "heading")
    if heading is not None:
        text = f"{before} {_words(heading)[0]}".strip()
        yield Item(text=text, level=min(level, 9))
        before, level = "", level + 1
    if name == "table":
        rows = [
            [_words(cell)[0] for cell in row if _tag(cell) in ("th", "td")]
            for row in _all(element, "tr")
        ]
        yield from (Item(text=text, within="table") for text in rows_as_text(rows))
        return
    within: Within = "item" if name in ("li", "item", "point") else ""
    blocks = [child for child in element if _tag(child) not in ("num", "heading")]
    inner = {_tag(each) for each in element.iter() if each is not element}
    if name in _LEAVES or not inner & (_LEAVES | {"li", "table"}):
        text, notes = _words(element) if name != "heading" else ("", ())
        if text:
            yield Item(text=f"{before} {text}".strip(), footnotes=notes, within=within)
        return
    for child in blocks:
        for item in _items(child, level):
            if before and item.level is None:
                item = item.model_copy(update={"text": f"{_closed(before)} {item.text}"})
                before = ""
            yield item.model_copy(update={"within": item.within or within})


def _closed(number: str) -> str:
    """'3.' for '3': a sign behind it tells a paragraph's number from a figure."""
    return f"{number}." if re.fullmatch(r"\d{1,3}", number) else number


def _sections(blocks: list[Block], language: str) -> tuple[Section, ...]:
    """Headed sections as ITU writes them; without any such heading, as the United Nations does."""
    grammar = Grammar(language)
    if any(block.part or block.italic or grammar.is_heading(block.text) for block in blocks):
        return parse_resolution(blocks, language)
    return un_sections(blocks) if blocks else ()


def _head(work: Element) -> Head | None:
    """Type, number and edition: from the preface, else from the metadata's display number."""
    preface = _child(work, "preface")
    texts = []
    if preface is not None:
        for p in preface.iter():
            if _tag(p) in {"p", "longTitle", "docNumber"}:
                texts.append(_text(p))
        types, numbers = _all(preface, "docType"), _all(preface, "docNumber")
        if types and numbers:
            texts.insert(0, f"{_text(types[0])} {_text(numbers[0])}")
    texts += [e.get("showAs", "") for e in work.iter() if _tag(e) == "FRBRnumber"]
    name = work.get("name", "")
    texts += [f"{name} {text}" for text in texts if name and text[:1].isdigit()]
    return next((head for text in texts if (head := parse_head(text))), None)


def _title(work: Element) -> str:
    preface = _child(work, "preface")
    if preface is None:
        return ""
    for element in preface.iter():
        named = _tag(element) == "container" and element.get("name") == "title"
        if named or _tag(element) in {"docTitle", "shortTitle"}:
            return parse_title(_text(element))
    long = next((e for e in preface.iter() if _tag(e) == "longTitle"), None)
    return " ".join(_text(long).split()).strip(" :,") if long is not None else ""


def _adopted(work: Element) -> tuple[str | None, int | None]:
    """Adopting body ('pp') and year, from the work's URI or its author and date."""
    body: str | None = None
    year: int | None = None
    for element in work.iter():
        tag = _tag(element)
        if tag == "FRBRauthor" and body is None:
            body = element.get("href", "").rsplit("/", 1)[-1].lstrip("#") or None
        if tag == "FRBRdate" and year is None and (date := element.get("date", "")):
            year = int(date[:4]) if date[:4].isdigit() else None
        if tag == "FRBRExpression":
            break
    if body:
        body = re.sub(r"^itu-|-\d{2,4}$", "", body.casefold())
    return body, year


def _work_name(work: Element) -> str:
    uri = next((e.get("value", "") for e in work.iter() if _tag(e) == "FRBRuri"), "")
    return uri.rstrip("/").rsplit("/", 1)[-1] or "text"


def _language(work: Element, root: Element) -> str:
    codes = [e.get("language", "") for e in work.iter() if _tag(e) == "FRBRlanguage"]
    for element in (work, root, *root):
        codes.append(element.get("{http://www.w3.org/XML/1998/namespace}lang", ""))
    code = next((code for code in codes if code), "en").casefold()
    return _ISO.get(code, code[:2])


class _Walk:
    """Walks a document's body in reading order and yields its paragraphs as Blocks."""

    def __init__(self) -> None:
        self.number = ""

    def blocks(self, work: Element) -> Iterator[Block]:
        """Blocks of everything but metadata and preface."""
        for child in work:
            yield from self._walk(child, None)

    def _walk(self, element: Element, part: SectionKind | None) -> Iterator[Block]:
        tag = _tag(element)
        if tag in _SKIPPED:
            return
        if tag == "num":
            self.number = _text(element)
        elif tag in _HEADINGS or (tag == "intro" and part is SectionKind.PREAMBLE):
            yield from self._heading(element, part)
        elif tag in _LEAVES or not len(element):
            yield from self._leaf(element)
        else:
            if tag in {"preamble", "recitals"}:
                part = SectionKind.PREAMBLE
            elif tag in {"mainBody", "body"}:
                part = SectionKind.OPERATIVE
            elif tag in {"attachments", "attachment", "annex"}:
                part = None
            own = (element.text or "").strip()
            if own:
                yield from self._block(own, ())
            for child in element:
                yield from self._walk(child, part)

    def _heading(self, element: Element, part: SectionKind | None) -> Iterator[Block]:
        text, notes = _words(element)
        if self.number and _tag(element) != "intro":
            yield from self._block(text, notes)
            return
        self.number = ""
        short = len(text.split()) <= 70 and not text.rstrip().endswith((";", "."))
        if text:
            yield Block(
                text=text,
                italic=short,
                bold=part is None,
                part=part if short else None,
                footnotes=notes,
            )

    def _leaf(self, element: Element) -> Iterator[Block]:
        text, notes = _words(element)
        yield from self._block(text, notes)

    def _block(self, text: str, notes: tuple[str, ...]) -> Iterator[Block]:
        text = f"{self.number} {text}".strip()
        self.number = ""
        if text:
            yield Block(text=text, footnotes=notes)


def _words(element: Element) -> tuple[str, tuple[str, ...]]:
    """Text of an element without its footnotes, and the footnotes."""
    notes: list[str] = []
    parts: list[str] = []

    def collect(node: Element) -> None:
        if _tag(node) == "authorialNote":
            notes.append(_text(node))
        elif _tag(node) == "sup":
            parts.append(raised(_text(node)))
        elif _tag(node) not in _STRUCK:
            parts.append(node.text or "")
            if _tag(node) in _LEAVES and parts:
                parts.append(" ")
            for child in node:
                collect(child)
                parts.append(child.tail or "")
                if _tag(child) in _LEAVES or _tag(child) in {"br", "eol"}:
                    parts.append(" ")

    collect(element)
    text = " ".join("".join(parts).split())
    marks = {m[0]: note for note in notes if (m := re.match(r"\d{1,2}\b|\*{1,3}", note))}
    if text != without_marks(text):
        text = settled([Block(text=text)], marks)[0].text
    for mark in marks:
        if stripped := strip_marker(text, mark):
            text = stripped
    return text, tuple(notes)


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _child(element: Element, tag: str) -> Element | None:
    return next((child for child in element if _tag(child) == tag), None)


def _all(element: Element, tag: str) -> list[Element]:
    return [child for child in element.iter() if _tag(child) == tag]
