"""Acts, bills and other hierarchical AKN documents: articles or sections with their numbers.

Unlike a resolution, an act is a tree whose every part has a number: its basic unit (article, or
section where the law is written so) is a section here, what stands under it its clauses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from xml.etree.ElementTree import Element

from corpus.addresses import slugify, unique_slug
from corpus.documents import Clause, Section, SectionKind
from corpus.grammar.labels import LEADING, inserted_name, read_token
from corpus.grammar.outlines import heading_number

_ABOVE = ("book", "tome", "title", "part", "chapter", "subpart", "subtitle", "subchapter",
          "division", "subdivision")  # fmt: skip
_UNITS = ("article", "section", "rule")
_BELOW = {"paragraph", "subparagraph", "point", "subpoint", "indent", "alinea", "list", "item",
          "clause", "subclause", "subsection", "level", "transitional", "proviso", "tblock",
          "subrule"}  # fmt: skip
_CONTENT = {"content", "intro", "wrapUp", "listIntroduction", "listWrapUp", "blockList", "p",
            "block", "table", "container"}  # fmt: skip

Words = Callable[[Element], tuple[str, tuple[str, ...]]]


class _Piece(NamedTuple):
    path: tuple[str, ...]
    text: str
    notes: tuple[str, ...]


def is_act(work: Element, body: Element | None) -> bool:
    """Whether a body is a tree of numbered articles or sections; of clauses, in a bill or act."""
    if body is None:
        return False
    known = (*_UNITS, "clause") if tag(work) in ("act", "bill") else _UNITS
    units = [e for e in body.iter() if tag(e) in known]
    return sum(_child(unit, "num") is not None for unit in units) >= 1 and not any(
        tag(e) == "recital" for e in body.iter()
    )


def act_sections(body: Element, words: Words) -> tuple[Section, ...]:
    """Sections of an act in reading order.

    Args:
        body: its body.
        words: text of an element, and the notes in it.
    """
    unit = _unit(body)
    sections: list[Section] = []
    taken: set[str] = set()
    for element, above in _units(body, unit, []):
        number = _text(_child(element, "num"))
        title = _text(_child(element, "heading"))
        slug = unique_slug(_slug(tag(element), number, title), taken)
        clauses = _clauses(list(_pieces(element, (), words, top=True)))
        if not clauses:
            continue
        taken.add(slug)
        heading = " – ".join(filter(None, (_named(tag(element), number), title)))
        if above:
            heading = f"{heading} ({', '.join(above)})"
        sections.append(Section(slug=slug, heading=heading, kind=SectionKind.BODY, clauses=clauses))
    return tuple(sections)


def _unit(body: Element) -> str:
    """The basic unit: articles where there are any, else sections."""
    tags = {tag(element) for element in body.iter()}
    return next((unit for unit in (*_UNITS, "clause") if unit in tags), "section")


def _units(element: Element, unit: str, above: list[str]) -> Iterator[tuple[Element, list[str]]]:
    """Every unit, and other text that stands between them, with the headings above it."""
    for child in element:
        name = tag(child)
        if name == unit:
            yield child, above
        elif name in _ABOVE or (name in _UNITS and name != unit):
            number, title = _text(_child(child, "num")), _text(_child(child, "heading"))
            named = ": ".join(filter(None, (number, title)))
            if any(tag(each) == unit for each in child.iter() if each is not child):
                yield from _units(child, unit, [*above, named] if named else above)
            else:
                yield child, above
        elif name in _BELOW or name in _CONTENT:
            yield child, above
        elif name not in ("num", "heading", "subheading", "meta"):
            yield from _units(child, unit, above)


def _pieces(
    element: Element, path: tuple[str, ...], words: Words, top: bool = False
) -> Iterator[_Piece]:
    """Texts under an element, each with the numbers that lead to it."""
    for child in element:
        name = tag(child)
        if name in ("num", "heading") and top:
            continue
        if name == "num":
            continue
        if name in _BELOW or name in _UNITS or name in _ABOVE:
            number = _label(_text(_child(child, "num")))
            yield from _pieces(child, (*path, number) if number else path, words)
        elif name in ("content", "list", "blockList", "item", "intro", "wrapUp", "container"):
            number = _label(_text(_child(child, "num")))
            below = (*path, number) if number else path
            inner = [each for each in child if tag(each) in _BELOW | _CONTENT | {"item"}]
            if inner:
                yield from _pieces(child, below, words)
            else:
                text, notes = words(child)
                if text:
                    yield _Piece(below, text, notes)
        elif name == "table":
            rows = [
                [words(cell)[0] for cell in row if tag(cell) in ("td", "th")]
                for row in child.iter()
                if tag(row) == "tr"
            ]
            from corpus.reading.readers.tables import rows_as_text

            for text in rows_as_text(rows):
                yield _Piece(path, text, ())
        elif name not in ("meta", "toc"):
            text, notes = words(child)
            if text:
                yield _Piece(path, text, notes)


def _clauses(pieces: list[_Piece]) -> tuple[Clause, ...]:
    """Clauses by number: what stands under one number is one clause."""
    clauses: list[Clause] = []
    for piece in pieces:
        label = ".".join(piece.path) or None
        if clauses and clauses[-1].label == label:
            last = clauses[-1]
            clauses[-1] = last.model_copy(
                update={
                    "text": f"{last.text} {piece.text}",
                    "footnotes": last.footnotes + piece.notes,
                }
            )
            continue
        held = {clause.label for clause in clauses}
        if label in held:
            label = unique_slug(label or "p2", {each for each in held if each})
        clauses.append(Clause(label=label, text=piece.text, footnotes=piece.notes))
    return tuple(clauses)


def _label(number: str) -> str:
    """'1', 'a', '1-bis', as labels are written; '' for no number."""
    text = number.strip().strip("().[] ").strip()
    match = LEADING.match(f"{text}) ") or LEADING.match(f"{text} ")
    if match:
        token = read_token(match)
        return f"{token.value}-{token.inserted}" if token.inserted else token.value
    return slugify(text)


def _slug(kind: str, number: str, title: str) -> str:
    """'article-2-bis' for 'Art. 2 bis'; of the title where there is no number."""
    known = heading_number(number)
    if known is not None and known.style == "article":
        return known.path[0]
    found = re.search(r"\d{1,4}[A-Z]{0,2}|\b[IVXLC]{1,7}\b", number)
    if found is None:
        return slugify(number or title)[:60] or kind
    rest = number[found.end() :].strip(" .()-–")
    inserted = inserted_name(rest.split(" ")[0] if rest else "")
    return "-".join(filter(None, (kind, found[0].casefold(), inserted)))


def _named(kind: str, number: str) -> str:
    """'Section 12' for a bare number: people cite it so."""
    number = number.strip().rstrip(".")
    if re.fullmatch(r"\(?\d{1,4}[A-Z]{0,2}\)?", number):
        return f"{kind.capitalize()} {number}"
    return number


def tag(element: Element) -> str:
    """Name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if tag(child) == name), None)


def _text(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
