"""PDF bytes -> pages of lines, with what a reader sees: place, size, bold, italic.

pypdf reports text pieces in drawing order with their matrices; here they are joined into lines.
Nothing is thrown away or reordered: running heads, footnotes and columns are for the callers
(`corpus.reading.readers.pdf_furniture`, `corpus.reading.readers.pdf_blocks`,
`corpus.grammar.outlines`).
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import pypdf
from pypdf.errors import DependencyError, PyPdfError

from corpus.documents import Frozen
from corpus.errors import EmptyFile, LockedFile, TruncatedFile
from corpus.reading.readers.pdf_pieces import Piece, pieces_of

_SPACES = re.compile(r"\s+")


class Run(Frozen):
    """A stretch of one line in one font.

    Attributes:
        text: the words, with a leading or trailing space where the line has one there.
        x0: left edge, points from the left of the page.
        x1: right edge, points; computed from the font's widths, so within a few points.
        size: font size in points as it shows on the page.
        bold: by the font's name, descriptor, or weight.
        italic: by the font's name, descriptor, or a slanted text matrix.
        raised: smaller and higher than its neighbours: a footnote marker or an ordinal.
    """

    text: str
    x0: float
    x1: float
    size: float
    bold: bool = False
    italic: bool = False
    raised: bool = False


class Line(Frozen):
    """One line of a page, left to right.

    Attributes:
        text: whole text, whitespace collapsed, superscripts in place as plain characters.
        page: 1-based page number in the file.
        x0: left edge of the first run, points from the left of the page.
        x1: right edge of the last run, points.
        y: baseline, points DOWN from the top of the page.
        size: font size of most of its characters, points.
        bold: most of its letters are bold.
        italic: most of its letters are italic.
        runs: the line cut at font changes and at gaps wider than two ems (table cells, labels).
    """

    text: str
    page: int
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    italic: bool
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, page: int, y: float, runs: Sequence[Run]) -> Line:
        """Line of these runs, left to right as given; the totals are worked out here."""
        sizes: Counter[float] = Counter()
        letters = bold = italic = 0
        for run in runs:
            count = len(run.text.replace(" ", ""))
            sizes[run.size] += count
            letters += count
            bold += count * run.bold
            italic += count * run.italic
        return cls(
            text=_SPACES.sub(" ", "".join(run.text for run in runs)).strip(),
            page=page,
            x0=min(run.x0 for run in runs),
            x1=max(run.x1 for run in runs),
            y=y,
            size=sizes.most_common(1)[0][0],
            bold=2 * bold > letters,
            italic=2 * italic > letters,
            runs=tuple(runs),
        )


class PageLines(Frozen):
    """One page: its 1-based number in the file, size in points, and lines in drawing order."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]

    @cached_property
    def rows(self) -> tuple[Line, ...]:
        """Lines from top to bottom, those on one baseline joined left to right.

        Both columns of a page share its rows; `pdf_columns` takes them apart.
        """
        rows: list[list[Line]] = []
        for line in sorted(self.lines, key=lambda item: (item.y, item.x0)):
            if rows and _same_row(rows[-1], line):
                rows[-1].append(line)
            else:
                rows.append([line])
        return tuple(_join(row) for row in rows)


def open_pdf(content: bytes) -> pypdf.PdfReader:
    """The file opened by pypdf, decrypted where the empty password does it.

    Raises:
        EmptyFile: no bytes.
        LockedFile: a password is needed.
        TruncatedFile: the structure is beyond pypdf's repair.
    """
    if not content:
        raise EmptyFile("The file is empty. Download it again.")
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise LockedFile(
                "The PDF needs a password. Remove the password with the program it was made in, "
                "or get an open copy, and add that."
            )
        len(reader.pages)
    except DependencyError as error:
        raise LockedFile("The PDF is encrypted in a way this program cannot undo.") from error
    except LockedFile:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise TruncatedFile(
            "The PDF is damaged or cut short, so its pages cannot be found. Download it again."
        ) from error
    return reader


def read_lines(content: bytes) -> list[PageLines]:
    """Every page of a PDF as lines.

    Raises:
        EmptyFile, LockedFile, TruncatedFile: as `open_pdf`, also where a page's own content is
            damaged beyond reading.
    """
    reader = open_pdf(content)
    try:
        return [page_lines(page, number) for number, page in enumerate(reader.pages, start=1)]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise TruncatedFile(
            "A page of the PDF is damaged and cannot be read. Download the file again."
        ) from error


def page_lines(page: pypdf.PageObject, number: int) -> PageLines:
    """One page as lines; `number` is its 1-based place in the file."""
    width, height, pieces = pieces_of(page)
    return PageLines(number=number, width=width, height=height, lines=tuple(_lines(pieces, number)))


def _lines(pieces: Iterable[Piece], number: int) -> Iterable[Line]:
    """Joins pieces that follow each other on one baseline; a superscript stays on its line."""
    current: list[Piece] = []
    for piece in pieces:
        if current and not _continues(current, piece):
            line = _line(current, number)
            if line:
                yield line
            current = []
        current.append(piece)
    line = _line(current, number)
    if line:
        yield line


def _continues(line: list[Piece], piece: Piece) -> bool:
    inked = [p for p in line if p.text.strip()] or line
    base = max(inked, key=lambda p: p.size)
    last = inked[-1]
    size = max(base.size, piece.size)
    if not piece.text.strip():
        # pypdf's own spaces and line ends carry no reliable place.
        return not line[-1].ends_line or abs(piece.y - base.y) < 0.1 * size
    same_row = abs(piece.y - base.y) < (0.2 if piece.size > 0.9 * base.size else 0.6) * size
    if not same_row and abs(piece.y - last.y) < 0.2 * piece.size:
        same_row = True
    if not same_row and abs(piece.y - base.y) < 0.6 * size:
        # Raised or lowered in the type of the text: lines are further apart, and do not touch.
        mark = _is_mark(piece) or (len(inked) == 1 and _is_mark(last))
        same_row = mark and abs(piece.x0 - last.x1) < 0.1 * size
    return same_row and piece.x0 > last.x0 - 0.5 * size and piece.x0 > last.x1 - 3 * size


def _is_mark(piece: Piece) -> bool:
    """Short enough to be raised or lowered: a figure, the mark of a note, 'st', 'er'."""
    return len(piece.text.strip()) <= 4


def _lifted(piece: Piece, lift: float, main: float) -> bool:
    return 0.25 * main < lift < 0.6 * main and piece.size <= main and _is_mark(piece)


def _line(pieces: Sequence[Piece], number: int) -> Line | None:
    inked = [p for p in pieces if p.text.strip()]
    if not inked:
        return None
    sizes = Counter[float]()
    for piece in inked:
        sizes[piece.size] += len(piece.text.strip())
    main = sizes.most_common(1)[0][0]
    baseline = next(p.y for p in inked if p.size == main)
    runs: list[Run] = []
    space = False
    for piece in pieces:
        if not piece.text.strip():
            space = space or bool(piece.text)
            continue
        text = _SPACES.sub(" ", piece.text)
        lift = baseline - piece.y
        raised = lift > 0.15 * main if piece.size <= 0.85 * main else _lifted(piece, lift, main)
        previous = runs[-1] if runs else None
        gap = piece.x0 - previous.x1 if previous else 0.0
        # pypdf puts in the spaces it sees; only a gap that is a tab may add one to them.
        if piece.guessed_space and gap > 0.12 * main:
            space = True
        if previous and (space or gap > 0.8 * main) and not previous.text.endswith(" "):
            text = " " + text.lstrip(" ")
        space = False
        style = (piece.size, piece.bold, piece.italic, raised)
        if (
            previous
            and gap < (0.8 if previous.text.strip().isdigit() else 2) * main
            and style == (previous.size, previous.bold, previous.italic, previous.raised)
        ):
            runs[-1] = previous.model_copy(
                update={"text": previous.text + text, "x1": max(previous.x1, piece.x1)}
            )
        else:
            runs.append(
                Run(
                    text=text,
                    x0=piece.x0,
                    x1=piece.x1,
                    size=piece.size,
                    bold=piece.bold,
                    italic=piece.italic,
                    raised=raised,
                )
            )
    return Line.of(number, baseline, runs)


def _same_row(row: Sequence[Line], line: Line) -> bool:
    """Is `line`, the next one down, on the baseline of `row`, or `row` a superscript of it?"""
    base = max(row, key=lambda item: item.size)
    drop = line.y - base.y
    if drop < 0.25 * max(line.size, base.size):
        return True
    beside = base.x1 <= line.x0 + 1 or line.x1 <= base.x0 + 1
    return base.size <= 0.85 * line.size and drop < 0.6 * line.size and beside


def _join(row: Sequence[Line]) -> Line:
    """One line of several that share a baseline; smaller, higher ones become superscripts."""
    if len(row) == 1:
        return row[0]
    base = max(row, key=lambda item: (item.size, len(item.text)))
    runs: list[Run] = []
    for line in sorted(row, key=lambda item: item.x0):
        apart = bool(runs) and line.x0 - runs[-1].x1 > 0.5 * base.size
        lifted = line.size <= 0.85 * base.size and base.y - line.y > 0.15 * base.size and not apart
        first = True
        for run in line.runs:
            changes: dict[str, Any] = {"raised": True} if lifted else {}
            if first and runs and not run.text.startswith(" ") and not lifted:
                changes["text"] = " " + run.text
            runs.append(run.model_copy(update=changes) if changes else run)
            first = False
    return Line.of(base.page, base.y, runs)
