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
from corpus.errors import EmptyFile, TooLarge, TruncatedFile
from corpus.limits import DEFAULT
from corpus.outlines import heading_number
from corpus.readers.docx_numbers import Numbers
from corpus.readers.docx_words import all_notes, blocks, gone, notes_in, words
from corpus.structured import Part, documents_of

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

    _check_size(content)
    try:
        opened = docx.Document(io.BytesIO(content))
        parts = list(_parts(opened))
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
    return documents_of(parts, name=name, title=title)


def _check_size(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            text = sum(i.file_size for i in archive.infolist() if i.filename.endswith(".xml"))
    except zipfile.BadZipFile as error:
        raise TruncatedFile("The DOCX file is damaged or cut short. Download it again.") from error
    if size > DEFAULT.archive_bytes or text > max(
        DEFAULT.archive_ratio * len(content), 8 * 1024 * 1024
    ):
        raise TooLarge("The DOCX file unpacks to far more than it should hold. It was not read.")


def _parts(opened: Any) -> Iterator[Part]:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    numbers, notes = Numbers(opened), all_notes(opened)
    body = opened.element.body
    for element in blocks(body):
        if element.tag == f"{_WORD}tbl":
            yield from _rows(Table(element, opened))
            continue
        text = words(element)
        if not text and gone(element):
            continue  # deleted whole: Word does not count it either
        paragraph = Paragraph(element, opened)
        number = numbers.before(paragraph)
        if not text:
            continue
        level = _level(paragraph, text)
        if number and heading_number(text) is None:
            text = f"{number} {text}"
        yield Part(
            text=text,
            level=level,
            italic=_all_runs(paragraph, "italic"),
            bold=level is not None or _all_runs(paragraph, "bold"),
            centred=paragraph.alignment is not None and int(paragraph.alignment) == 1,
            footnotes=notes_in(element, notes),
        )


def _rows(table: Any) -> Iterator[Part]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) in seen:
                continue  # merged cells come once for each column they span
            seen.add(id(cell._tc))
            text = " ".join(filter(None, (words(p) for p in cell._tc.iter(f"{_WORD}p"))))
            if text:
                cells.append(text)
        if cells:
            yield Part(text=" | ".join(cells))


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
