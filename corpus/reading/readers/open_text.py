"""ODT, as LibreOffice saves texts: headings, paragraphs, lists, tables, notes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.documents import Document
from corpus.errors import EmptyFile, LockedFile, TruncatedFile
from corpus.grammar.outlines import Within
from corpus.reading.readers.extras import needed
from corpus.reading.readers.html import counted
from corpus.reading.readers.office import check_size
from corpus.reading.readers.raised import raised, settled
from corpus.reading.readers.tables import is_layout, rows_as_text
from corpus.reading.structured import Part, documents_of, left_out, own_title, with_notes

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
        walk = _Walk(opened)
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
    found = documents_of(parts or [Part(text=title)], name=name, title=title)
    return with_notes(found, left_out(walk.struck))


class _Walk:
    """Walks through the elements of a text and gives its paragraphs.

    Attributes:
        notes: bodies of the notes by the mark that is put where they are referred to.
    """

    def __init__(self, opened: Any) -> None:
        self.notes: dict[str, str] = {}
        self.struck: list[str] = []
        self._raising: set[str] = set()
        self._striking: set[str] = set()
        self._lists: dict[str, list[Any]] = {}
        for part in ("content.xml", "styles.xml"):
            self._know(opened.get_part(part))

    def _know(self, part: Any) -> None:
        """What the styles in a part say: which raise, which strike, how lists are numbered."""
        for style in part.get_elements("//style:style"):
            for look in style.get_elements("style:text-properties"):
                name = style.get_attribute("style:name")
                place = str(look.get_attribute("style:text-position") or "").split(" ")[0]
                if place == "super" or re.fullmatch(r"[1-9]\d*%", place):
                    self._raising.add(name)
                if look.get_attribute("style:text-line-through-style") not in (None, "none"):
                    self._striking.add(name)
        for style in part.get_elements("//text:list-style"):
            self._lists[str(style.get_attribute("style:name"))] = style.children

    def blocks(self, container: Any, itself: bool = False) -> Iterator[Part]:
        """Paragraphs in reading order, of what stands in an element, or of the element itself."""
        for element in [container] if itself else container.children:
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

    def _list(
        self, element: Any, style: str = "", depth: int = 1, start: int = 1
    ) -> Iterator[Part]:
        """Items with the numbers that their list's style writes before them, else a bullet."""
        style = str(element.get_attribute("text:style-name") or style)
        place = start
        for item in element.children:
            if item.tag == "text:list-header":
                yield from self.blocks(item)
                continue
            own = item.get_attribute("text:start-value")
            place = int(own) if own else place
            lead = self._lead(style, depth, place) or (f"{place}." if own else "•")
            place += 1
            first = True
            for block in item.children:
                deeper = block.tag == "text:list"
                inner = (
                    self._list(block, style, depth + 1)
                    if deeper
                    else self.blocks(block, itself=True)
                )
                for part in inner:
                    text = f"{lead} {part.text}" if first and not deeper else part.text
                    within: Within = "deeper" if deeper or depth > 1 else "item"
                    within = within if part.level is None else ""
                    first = False
                    yield part.model_copy(update={"text": text, "within": within})

    def _lead(self, style: str, depth: int, place: int) -> str:
        """'3.' or 'c)' as the level of a list's style writes it; '' for a bullet or nothing."""
        for level in self._lists.get(style, ()):
            if level.get_attribute("text:level") != str(depth):
                continue
            form = level.get_attribute("style:num-format")
            if level.tag == "text:list-level-style-number" and form:
                bare = counted(place, str(form)).rstrip(".)")
                before = level.get_attribute("style:num-prefix") or ""
                return f"{before}{bare}{level.get_attribute('style:num-suffix') or ''}".strip()
        return ""

    def _table(self, table: Any) -> Iterator[Part]:
        """A table row by row; a cell over several rows or columns is said in each."""
        rows: list[list[str]] = []
        hanging: dict[int, tuple[str, int]] = {}  # column -> what covers it, for how many rows more
        for row in table.get_elements("descendant::table:table-row"):
            cells: list[str] = []
            for cell in row.children:
                if cell.tag not in ("table:table-cell", "table:covered-table-cell"):
                    continue
                wide = int(cell.get_attribute("table:number-columns-repeated") or 1)
                text = " ".join(part.text for part in self.blocks(cell))
                across = int(cell.get_attribute("table:number-columns-spanned") or 1)
                down = int(cell.get_attribute("table:number-rows-spanned") or 1)
                for column in range(len(cells), len(cells) + min(across, 60)):
                    if down > 1 or column > len(cells):
                        hanging[column] = (text, down)
                for _ in range(min(wide, 60 if text else 3)):
                    held, left = hanging.pop(len(cells), ("", 0))
                    if left > 1:
                        hanging[len(cells)] = (held, left - 1)
                    covered = cell.tag == "table:covered-table-cell"
                    cells.append(held if covered and not text else text)
            rows.append(cells)
        if is_layout([[len(cell) for cell in row] for row in rows]):
            yield from (Part(text=cell) for row in rows for cell in row if cell)
        else:
            yield from (Part(text=text, within="table") for text in rows_as_text(rows))

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
                words = "".join(self._pieces(child))
                style = child.get_attribute("text:style-name") if tag == "text:span" else None
                if style in self._striking:
                    self.struck += [words.strip()] * bool(words.strip())
                else:
                    yield raised(words) if style in self._raising else words
            yield child.tail or ""


def _level(heading: Any) -> int:
    level = heading.get_attribute("text:outline-level")
    return int(level) if str(level or "").isdigit() else 1
