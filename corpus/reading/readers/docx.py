"""DOCX files: headings by style or number, paragraphs, tables row by row, italics for clauses.

Tracked changes are read as accepted; numbers that Word writes by itself are written out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.documents import Document
from corpus.errors import EmptyFile, TruncatedFile
from corpus.grammar.outlines import Within, heading_number
from corpus.reading.readers.docx_numbers import Numbers
from corpus.reading.readers.docx_words import (
    Notes,
    Words,
    all_notes,
    blocks,
    gone,
    inside,
    notes_in,
    said_twice,
    text_boxes,
)
from corpus.reading.readers.office import check_size, transitional
from corpus.reading.readers.raised import settled, without_marks
from corpus.reading.readers.tables import is_layout, rows_as_text
from corpus.reading.structured import Part, documents_of, left_out, own_title, with_notes

_HEADING_STYLE = re.compile(r"(?:heading|titre|t[ií]tulo|заголовок|标题|عنوان)\s*(\d)", re.I)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(content: bytes, name: str) -> list[Document]:
    """Documents of a DOCX file.

    Args:
        content: the whole file.
        name: its name, without directories.

    Raises:
        TooLarge: it unpacks to more than is allowed (a ZIP bomb).
        TruncatedFile: its parts are missing or damaged.
        EmptyFile: there is no text in it.
    """
    import docx

    check_size(content, "DOCX")
    try:
        opened = docx.Document(io.BytesIO(transitional(content)))
        struck: list[str] = []
        parts = settled(list(_parts(opened, struck)))
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError, AttributeError) as error:
        raise TruncatedFile(
            "The DOCX file is damaged: parts of it are missing. Save it again and add that."
        ) from error
    if not parts:
        raise EmptyFile("There is no text in the file.")
    title = ""
    if parts[0].level == 0:
        title = parts[0].text
        parts = parts[1:]
    parts = [p.model_copy(update={"level": 1}) if p.level == 0 else p for p in parts]
    if not title:
        title, parts = own_title(parts)
    return with_notes(documents_of(parts, name=name, title=title), left_out(struck))


def _parts(opened: Any, struck: list[str]) -> Iterator[Part]:
    words, notes = Words(opened), all_notes(opened)
    yield from _blocks(opened, opened.element.body, Numbers(opened), words, notes)
    struck += words.struck


def _blocks(
    opened: Any, container: Any, numbers: Numbers, words: Words, notes: Notes
) -> Iterator[Part]:
    from docx.text.paragraph import Paragraph

    first: int | None = None  # how far in the list stands that is open here
    for element in blocks(container):
        if element.tag == f"{_WORD}tbl":
            first = None
            yield from _table(opened, element, numbers, words, notes)
            continue
        text = words.of(element)
        boxes = text_boxes(element)
        if not text and not boxes and gone(element):
            continue  # deleted whole: Word does not count it either
        paragraph = Paragraph(element, opened)
        number = numbers.before(paragraph)
        if text:
            level = _level(paragraph, without_marks(text))
            if number and heading_number(without_marks(text)) is None:
                text = f"{number} {text}"
            indent = numbers.indent(paragraph) if level is None else None
            within: Within = "quote" if level is None and _quoted(paragraph) else ""
            if indent is not None:
                within = "item" if first is None or indent <= first else "deeper"
            first = indent if within != "deeper" else first
            yield Part(
                text=text,
                level=level,
                italic=_all_runs(paragraph, "italic"),
                bold=level is not None or _all_runs(paragraph, "bold"),
                centred=_centred(element),
                footnotes=notes_in(element, notes),
                within=within,
            )
        for box in boxes:
            yield from _blocks(opened, box, numbers, words, notes)


def _quoted(paragraph: Any) -> bool:
    """By the styles Word itself has for quotations."""
    style = paragraph.style
    return style is not None and (style.name or "").casefold() in ("quote", "intense quote")


def _centred(paragraph: Any) -> bool:
    """By the element itself: LibreOffice writes values that python-docx has no name for."""
    aligned = paragraph.find(f"{_WORD}pPr/{_WORD}jc")
    return aligned is not None and aligned.get(f"{_WORD}val") == "center"


def _table(opened: Any, table: Any, numbers: Numbers, words: Words, notes: Notes) -> Iterator[Part]:
    """A table row by row; one that only arranges the page is walked through like the page."""
    rows: list[list[str]] = []
    above: dict[int, str] = {}
    cells: list[Any] = []
    lengths: list[list[int]] = []
    found: list[str] = []
    nested = False
    for row in inside(table, "tr"):
        line: list[str] = [""] * _figure(row, "trPr", "gridBefore", 0)
        lengths.append([])
        for cell in inside(row, "tc"):
            texts = [words.of(p) for p in cell.iter(f"{_WORD}p") if not said_twice(p)]
            text = " ".join(filter(None, texts))
            merge = cell.find(f"{_WORD}tcPr/{_WORD}vMerge")
            goes_on = merge is not None and merge.get(f"{_WORD}val", "continue") == "continue"
            if goes_on and not text:
                text = above.get(len(line), "")
            else:
                cells.append(cell)
                lengths[-1].append(len(text))
                nested = nested or cell.find(f"{_WORD}tbl") is not None
                found += [note for p in cell.iter(f"{_WORD}p") for note in notes_in(p, notes)]
            for _ in range(_figure(cell, "tcPr", "gridSpan", 1)):
                above[len(line)] = text
                line.append(text)
        rows.append(line)
    if nested or is_layout(lengths):
        for cell in cells:
            yield from _blocks(opened, cell, numbers, words, notes)
        return
    for place, text in enumerate(rows_as_text(rows)):
        yield Part(text=text, footnotes=tuple(found) if place == 0 else (), within="table")


def _figure(element: Any, properties: str, name: str, otherwise: int) -> int:
    found = element.find(f"{_WORD}{properties}/{_WORD}{name}")
    value = "" if found is None else found.get(f"{_WORD}val", "")
    return min(int(value), 60) if value.isdigit() else otherwise


def _level(paragraph: Any, text: str) -> int | None:
    """0 for the title, 1 to 9 for headings by style or outline level, None for text."""
    style = paragraph.style
    while style is not None:
        style_name = style.name or ""
        if style_name.casefold() in ("title", "titre", "título", "название", "标题"):
            return 0
        if match := _HEADING_STYLE.match(style_name):
            return int(match[1])
        outline = style.element.find(f"{_WORD}pPr/{_WORD}outlineLvl")
        if outline is not None and int(outline.get(f"{_WORD}val", "9")) < 9:
            return int(outline.get(f"{_WORD}val")) + 1
        style = style.base_style
    own = paragraph._p.find(f"{_WORD}pPr/{_WORD}outlineLvl")
    if own is not None and int(own.get(f"{_WORD}val", "9")) < 9:
        return int(own.get(f"{_WORD}val")) + 1
    number = heading_number(text)
    if number is not None and number.style in ("article", "annex") and len(text) < 120:
        return 1
    short = len(text) < 120 and not re.search(r"[.;:,。；，]$", text)
    if short and number is not None and number.style[0] == "1" and _all_runs(paragraph, "bold"):
        return len(number.path)
    return None


def _all_runs(paragraph: Any, trait: str) -> bool:
    inked = [run for run in _runs(paragraph) if run.text.strip()]
    return bool(inked) and all(
        getattr(run, trait) or (getattr(run, trait) is None and _style_has(paragraph, run, trait))
        for run in inked
    )


def _runs(paragraph: Any) -> list[Any]:
    """Runs of the accepted text; python-docx gives none that stand in insertions."""
    from docx.text.run import Run

    return [
        Run(run, paragraph)
        for run in paragraph._p.iter(f"{_WORD}r")
        if not any(
            above.tag in (f"{_WORD}del", f"{_WORD}moveFrom") for above in run.iterancestors()
        )
    ]


def _style_has(paragraph: Any, run: Any, trait: str) -> bool:
    for style in (run.style, paragraph.style):
        if style is not None and getattr(style.font, trait):
            return True
    return False
