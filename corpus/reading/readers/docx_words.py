"""What a DOCX says once all its tracked changes are accepted: its blocks, their words, their notes.

python-docx leaves out what stands in insertions and content controls, and keeps notes apart; drafts
of resolutions are full of all three.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from corpus.reading.readers.raised import raised

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Not of the accepted text, or not of this paragraph's line of text.
_SKIPPED = {f"{_W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "txbxContent")}
_SKIPPED |= {f"{_MC}Fallback", f"{_W}pPr", f"{_W}rPr"}
_WRAPPERS = {f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml")}
_SIGNS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "\u2011", "softHyphen": ""}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_RAISED = 4
"""Half-points above the line from where on what is set there is raised."""

Notes = dict[tuple[str, str], str]
"""Body of each note by kind ('footnotes', 'endnotes') and id."""


def blocks(container: Any) -> Iterator[Any]:
    """Paragraphs and tables (elements) of a body or cell, in order, inside content controls too."""
    for child in container:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from blocks(child)


def inside(container: Any, name: str) -> Iterator[Any]:
    """Rows of a table, or cells of a row, inside content controls and insertions too."""
    for child in container:
        if child.tag == f"{_W}{name}":
            if name != "tr" or child.find(f"{_W}trPr/{_W}del") is None:
                yield child
        elif child.tag in _WRAPPERS:
            yield from inside(child, name)


def said_twice(paragraph: Any) -> bool:
    """Whether it stands in what older programs show in place of a text box or drawing."""
    return any(above.tag == f"{_MC}Fallback" for above in paragraph.iterancestors())


def text_boxes(paragraph: Any) -> list[Any]:
    """The contents of the text boxes that are anchored in a paragraph, each once."""
    return [
        box
        for box in paragraph.iter(f"{_W}txbxContent")
        if not any(
            above.tag in (f"{_MC}Fallback", f"{_W}txbxContent", f"{_W}del", f"{_W}moveFrom")
            for above in _up_to(box, paragraph)
        )
    ]


def _up_to(element: Any, top: Any) -> Iterator[Any]:
    for above in element.iterancestors():
        if above is top:
            return
        yield above


class Words:
    """Reads the words of paragraphs, knowing which styles raise or strike what is set in them.

    Attributes:
        struck: passages left out because they are struck through, as they were met.
    """

    def __init__(self, opened: Any = None) -> None:
        """`opened` is what `docx.Document` gives; None where no styles are at hand."""
        self.struck: list[str] = []
        self._raising: set[str] = set()
        self._striking: set[str] = set()
        for style in opened.styles.element.iter(f"{_W}style") if opened is not None else ():
            look, id = style.find(f"{_W}rPr"), style.get(f"{_W}styleId", "")
            if style.get(f"{_W}type") == "character" and look is not None:
                if _is_raised(look):
                    self._raising.add(id)
                if _is_struck(look):
                    self._striking.add(id)

    def of(self, paragraph: Any) -> str:
        """Text of a paragraph element with its changes accepted, blanks made single.

        Raised figures stand between the marks of `corpus.reading.readers.raised`.
        """
        return " ".join("".join(self._pieces(paragraph)).split())

    def _pieces(self, element: Any) -> Iterator[str]:
        for child in element:
            if not isinstance(child.tag, str) or child.tag in _SKIPPED or _hidden(child):
                continue
            name = child.tag.removeprefix(_W)
            if child.tag in (f"{_W}t", f"{_M}t"):
                yield child.text or ""
            elif name in _SIGNS:
                yield _SIGNS[name]
            elif name == "r" and self._has(child, _is_struck, self._striking):
                self._strike("".join(self._pieces(child)))
            elif name == "r" and self._has(child, _is_raised, self._raising):
                yield raised("".join(self._pieces(child)))
            else:
                yield from self._pieces(child)

    def _has(self, run: Any, test: Callable[[Any], bool | None], styles: set[str]) -> bool:
        look = run.find(f"{_W}rPr")
        if look is None:
            return False
        own = test(look)
        style = look.find(f"{_W}rStyle")
        return (
            own if own is not None else (style is not None and style.get(f"{_W}val", "") in styles)
        )

    def _strike(self, text: str) -> None:
        if text.strip() and text.strip() not in self.struck:
            self.struck.append(text.strip())


def _is_raised(look: Any) -> bool | None:
    mark, place = look.find(f"{_W}vertAlign"), look.find(f"{_W}position")
    if mark is not None:
        return bool(mark.get(f"{_W}val") == "superscript")
    lift = "" if place is None else str(place.get(f"{_W}val", ""))
    return int(lift) >= _RAISED if re.fullmatch(r"-?\d+", lift) else None


def _is_struck(look: Any) -> bool | None:
    marks = [look.find(f"{_W}{name}") for name in ("strike", "dstrike")]
    found = [mark for mark in marks if mark is not None]
    if not found:
        return None
    return any(mark.get(f"{_W}val", "true") not in ("0", "false", "off") for mark in found)


def gone(paragraph: Any) -> bool:
    """Whether the paragraph's own mark was deleted: with it empty, the paragraph is no more."""
    mark = paragraph.find(f"{_W}pPr/{_W}rPr")
    return mark is not None and mark.find(f"{_W}del") is not None


def notes_in(paragraph: Any, notes: Notes) -> tuple[str, ...]:
    """Bodies of the notes that a paragraph refers to, in order."""
    found = []
    for name, kind in _NOTES.items():
        for mark in paragraph.iter(f"{_W}{name}"):
            if not any(above.tag in _SKIPPED for above in mark.iterancestors()):
                body = notes.get((kind, mark.get(f"{_W}id", "")), "")
                if body:
                    found.append(body)
    return tuple(found)


def all_notes(opened: Any) -> Notes:
    """Every footnote and endnote of an opened DOCX; separators are not among them.

    Args:
        opened: what `docx.Document` gives.
    """
    found: Notes = {}
    words = Words(opened)
    for kind in _NOTES.values():
        for relation in opened.part.rels.values():
            if relation.is_external or relation.reltype != _PARTS + kind:
                continue
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            for note in etree.fromstring(relation.target_part.blob, parser):
                if note.get(f"{_W}type", "normal") != "normal":
                    continue
                body = " ".join(filter(None, (words.of(p) for p in note.iter(f"{_W}p"))))
                found[kind, note.get(f"{_W}id", "")] = body
    return found


def _hidden(run: Any) -> bool:
    """Whether Word shows nothing of a run: what people cannot see is not what they adopted (P8)."""
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off")
