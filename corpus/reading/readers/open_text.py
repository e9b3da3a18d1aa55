"""ODT, as LibreOffice saves texts: headings, paragraphs, lists, tables, notes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.documents import Document
from corpus.errors import EmptyFile, LockedFile, TruncatedFile
from corpus.reading.readers.extras import needed
from corpus.reading.readers.html import counted
from corpus.reading.readers.office import check_size
from corpus.reading.readers.raised import raised, settled
from corpus.reading.readers.tables import is_layout, rows_as_text
from corpus.reading.structured import Part, documents_of, own_title

_SKIPPED = {"text:tracked-changes", "text:sequence-decls", "text:table-of-content", "office:forms",
            "text:variable-decls", "office:annotation", "office:annotation-end"}  # fmt: skip


def read(content: bytes, name: str) -> list[Document]:
    """Documents of an OpenDocument text.

    Args:
        content: the whole file.
        name: its name, without directories.

    Raises:
        UnknownFormat: the library for it is not installed; the message says which to install.
        TooLarge: it unpacks to more than is allowed.
        LockedFile: it is protected by a password.
        TruncatedFile: its parts are missing or damaged.
        EmptyFile: there is no text in it.
    """
    odfdo = needed("odfdo", "OpenDocument texts (ODT)")
    check_size(content, "ODT")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if b"encryption-data" in (
            package.read("META-INF/manifest.xml")
            if "META-INF/manifest.xml" in package.namelist()
            else b""
        ):
            raise LockedFile(
                "The text is protected by a password. Save it without one and add that."
            )
    try:
        opened = odfdo.Document(io.BytesIO(content))
        walk = _Walk()
        parts = settled(list(walk.blocks(opened.body)), walk.notes)
    except (
        KeyError,
        ValueError,
        TypeError,
        zipfile.BadZipFile,
        SyntaxError,
        AttributeError,
    ) as error:
        raise TruncatedFile(
            "The ODT file is damaged: parts of it are missing. Save it again and add that."
        ) from error
    parts = [part for part in parts if part.text]
    if not parts:
        raise EmptyFile("There is no text in the file.")
    title = ""
    if parts[0].level == 0:
        title, parts = parts[0].text, parts[1:]
    else:
        title, parts = own_title(parts)
    return documents_of(parts or [Part(text=title)], name=name, title=title)


class _Walk:
    """Walks through the elements of a text and gives its paragraphs.

    Attributes:
        notes: bodies of the notes by the mark that is put where they are referred to.
    """

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    def blocks(self, container: Any) -> Iterator[Part]:
        """Paragraphs in reading order."""
        for element in container.children:
            tag = element.tag
            if tag in _SKIPPED:
                continue
            if tag == "text:h":
                yield Part(text=self._words(element), level=_level(element), bold=True)
            elif tag == "text:p":
                style = (element.get_attribute("text:style-name") or "").casefold()
                level = 0 if style == "title" else None
                yield Part(text=self._words(element), level=level, bold=level is not None)
                for box in element.get_elements("descendant::draw:text-box"):
                    yield from self.blocks(box)
            elif tag == "text:list":
                yield from self._list(element)
            elif tag == "table:table":
                yield from self._table(element)
            else:
                yield from self.blocks(element)

    def _list(self, element: Any) -> Iterator[Part]:
        """Items; ODT keeps their numbers in styles, so an item that has one is numbered from 1."""
        for place, item in enumerate(element.children, start=1):
            number = item.get_attribute("text:start-value")
            lead = counted(int(number), "1") if number else "•"
            for n, part in enumerate(self.blocks(item)):
                first = n == 0 and place and part.level is None
                yield part.model_copy(update={"text": f"{lead} {part.text}"}) if first else part

    def _table(self, table: Any) -> Iterator[Part]:
        rows: list[list[str]] = []
        for row in table.get_elements("descendant::table:table-row"):
            cells: list[str] = []
            for cell in row.children:
                if cell.tag not in ("table:table-cell", "table:covered-table-cell"):
                    continue
                text = " ".join(part.text for part in self.blocks(cell))
                wide = int(cell.get_attribute("table:number-columns-repeated") or 1)
                cells += [text] * min(wide, 60 if text else 3)
            rows.append(cells)
        if is_layout([[len(cell) for cell in row] for row in rows]):
            yield from (Part(text=cell) for row in rows for cell in row if cell)
        else:
            yield from (Part(text=text) for text in rows_as_text(rows))

    def _words(self, element: Any) -> str:
        return " ".join("".join(self._pieces(element)).split())

    def _pieces(self, element: Any) -> Iterator[str]:
        yield element.text or ""
        for child in element.children:
            tag = child.tag
            if tag == "text:note":
                mark = str(len(self.notes) + 1)
                bodies = child.get_elements("descendant::text:note-body")
                self.notes[mark] = " ".join(self._words(p) for b in bodies for p in b.children)
                yield raised(mark)
            elif tag in ("text:s", "text:tab", "text:line-break"):
                yield " "
            elif tag not in _SKIPPED and not tag.startswith("draw:"):
                yield from self._pieces(child)
            yield child.tail or ""


def _level(heading: Any) -> int:
    level = heading.get_attribute("text:outline-level")
    return int(level) if str(level or "").isdigit() else 1
