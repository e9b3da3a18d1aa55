"""What a DOCX says once all its tracked changes are accepted: its blocks, their words, their notes.

python-docx leaves out what stands in insertions and content controls, and keeps notes apart; drafts
of resolutions are full of all three.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Not of the accepted text, or not of this paragraph's line of text.
_SKIPPED = {f"{_W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "txbxContent")}
_SKIPPED |= {f"{_MC}Fallback", f"{_W}pPr", f"{_W}rPr"}
_WRAPPERS = {f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml")}
_SIGNS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "\u2011", "softHyphen": ""}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}
_PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

Notes = dict[tuple[str, str], str]
"""Body of each note by kind ('footnotes', 'endnotes') and id."""


def blocks(container: Any) -> Iterator[Any]:
    """Paragraphs and tables (elements) of a body or cell, in order, inside content controls too."""
    for child in container:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in _WRAPPERS:
            yield from blocks(child)


def words(paragraph: Any) -> str:
    """Text of a paragraph element with its changes accepted, blanks made single."""
    return " ".join("".join(_pieces(paragraph)).split())


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
    for kind in _NOTES.values():
        for relation in opened.part.rels.values():
            if relation.is_external or relation.reltype != _PARTS + kind:
                continue
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            for note in etree.fromstring(relation.target_part.blob, parser):
                if note.get(f"{_W}type", "normal") != "normal":
                    continue
                body = " ".join(filter(None, (words(p) for p in note.iter(f"{_W}p"))))
                found[kind, note.get(f"{_W}id", "")] = body
    return found


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SKIPPED or _hidden(child):
            continue
        name = child.tag.removeprefix(_W)
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif name in _SIGNS:
            yield _SIGNS[name]
        else:
            yield from _pieces(child)


def _hidden(run: Any) -> bool:
    """Whether Word shows nothing of a run: what people cannot see is not what they adopted (P8)."""
    mark = run.find(f"{_W}rPr/{_W}vanish")
    return mark is not None and mark.get(f"{_W}val", "true") not in ("0", "false", "off")
