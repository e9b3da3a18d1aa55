"""What a document for people is made of before it is Word, HTML or Markdown: a few plain blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Style(StrEnum):
    """How a paragraph is set."""

    BODY = "body"
    BULLET = "bullet"
    SMALL = "small"


@dataclass(frozen=True)
class Piece:
    """Words set alike.

    Attributes:
        gap: they say what is missing and are marked for the eye and in brackets.
        note: a footnote behind them; '' for none. Only what was verified gets one.
    """

    text: str
    bold: bool = False
    italic: bool = False
    gap: bool = False
    note: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 or 2."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """One paragraph."""

    pieces: tuple[Piece, ...]
    style: Style = Style.BODY


@dataclass(frozen=True)
class Cell:
    """One cell: paragraphs of pieces; `level` 1 to 5 shades it, 0 does not."""

    lines: tuple[tuple[Piece, ...], ...] = ()
    level: int = 0


@dataclass(frozen=True)
class Table:
    """A table with a heading row; `widths` are shares of the page's width.

    Attributes:
        caption: what the table shows, for readers who cannot see it at a glance.
        tall: rows are given room to write in by hand, in centimetres.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...] = ()
    caption: str = ""
    tall: float = 0.0


@dataclass(frozen=True)
class Lines:
    """Empty lines to write on."""

    count: int = 3


@dataclass(frozen=True)
class Break:
    """A new page."""


Block = Heading | Paragraph | Table | Lines | Break


@dataclass(frozen=True)
class Report:
    """A document, top to bottom, in one language (ISO 639-1); quotations keep their own."""

    title: str
    language: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    footer: str = ""
    landscape: bool = False
    notes: tuple[str, ...] = field(default=(), compare=False)


def text(words: str, style: Style = Style.BODY) -> Paragraph:
    """A paragraph of one piece."""
    return Paragraph((Piece(words),), style)


def bullet(*pieces: Piece) -> Paragraph:
    """A line of a list."""
    return Paragraph(pieces, Style.BULLET)


def cell(
    words: str | Iterable[str] = (), level: int = 0, *, bold: bool = False, italic: bool = False
) -> Cell:
    """A cell of plain lines."""
    lines: Sequence[str] = [words] if isinstance(words, str) else list(words)
    return Cell(tuple((Piece(line, bold, italic),) for line in lines if line), level)


LEVEL_FILLS = ("FFFFFF", "F3F7FB", "D6E4F0", "A9C6E0", "5B92C4", "1F4E79")
"""Shade of each maturity level, 0 (none) to 5; the number always stands beside it."""


def level_ink(level: int) -> str:
    """Colour of words on a level's shade: at least 4.5 to 1 against it (WCAG 2.2, 1.4.3)."""
    return "FFFFFF" if level >= 5 else "10202F"
