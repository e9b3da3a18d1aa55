"""DOCX files: headings by style or number, paragraphs, tables row by row, italics for clauses."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from corpus.documents import Document
from corpus.errors import EmptyFile, TooLarge, TruncatedFile
from corpus.limits import DEFAULT
from corpus.outlines import heading_number
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
    counters: defaultdict[int, int] = defaultdict(int)
    for block in opened.iter_inner_content():
        if hasattr(block, "rows"):
            yield from _rows(block)
            continue
        text = " ".join(block.text.split())
        if not text:
            continue
        level = _level(block)
        if level and _is_numbered(block):
            text = _with_number(text, level, counters)
        yield Part(
            text=text,
            level=level,
            italic=_all_runs(block, "italic"),
            bold=level is not None or _all_runs(block, "bold"),
            centred=block.alignment is not None and int(block.alignment) == 1,
        )


def _rows(table: Any) -> Iterator[Part]:
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) in seen:
                continue  # merged cells come once for each column they span
            seen.add(id(cell._tc))
            text = " ".join(cell.text.split())
            if text:
                cells.append(text)
        if cells:
            yield Part(text=" | ".join(cells))


def _level(paragraph: Any) -> int | None:
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
    text = paragraph.text.strip()
    number = heading_number(text)
    if number is not None and number.style in ("article", "annex") and len(text) < 120:
        return 1
    short = len(text) < 120 and not re.search(r"[.;:,。；，]$", text)
    if short and number is not None and number.style[0] == "1" and _all_runs(paragraph, "bold"):
        return len(number.path)
    return None


def _is_numbered(paragraph: Any) -> bool:
    """Does Word number this heading by itself, so that the number is not in its text?"""
    if heading_number(paragraph.text.strip()) is not None:
        return False
    found = paragraph._p.find(f"{_WORD}pPr/{_WORD}numPr/{_WORD}numId")
    style = paragraph.style
    while found is None and style is not None:
        found = style.element.find(f"{_WORD}pPr/{_WORD}numPr/{_WORD}numId")
        style = style.base_style
    return found is not None and found.get(f"{_WORD}val") != "0"


def _with_number(text: str, level: int, counters: defaultdict[int, int]) -> str:
    counters[level] += 1
    for deeper in [n for n in counters if n > level]:
        del counters[deeper]
    return ".".join(str(counters[n] or 1) for n in range(1, level + 1)) + f" {text}"


def _all_runs(paragraph: Any, trait: str) -> bool:
    inked = [run for run in paragraph.runs if run.text.strip()]
    return bool(inked) and all(
        getattr(run, trait) or (getattr(run, trait) is None and _style_has(paragraph, run, trait))
        for run in inked
    )


def _style_has(paragraph: Any, run: Any, trait: str) -> bool:
    for style in (run.style, paragraph.style):
        if style is not None and getattr(style.font, trait):
            return True
    return False
