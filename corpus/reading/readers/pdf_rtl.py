"""Arabic pages: lines in reading order, as pypdf's own text extraction puts them together.

Pieces of a right-to-left line stand in the file from right to left, in fragments of words; pypdf
joins them correctly but then tells no places. Here its lines get their place and type back from
the pieces of the same row.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.language.letters import dominant_script
from corpus.reading.readers.pdf_lines import Line, PageLines, Run, open_pdf

_GLUED = re.compile("(?<=[\u0621-\u064a])(?=\\d{2,})|(?<=\\d)(?=[\u0621-\u064a]{3,})")
_MARKS = re.compile("\\s+(?=[\u064b-\u0652])")
_LOOSE_TATWEEL = re.compile("\\s*\u0640+\\s*(?=[\u0621-\u064a])")


def reordered(content: bytes, pages: Sequence[PageLines]) -> list[PageLines]:
    """`pages` with the lines of Arabic pages in reading order, mirrored so that x0 is their start.

    Args:
        content: the PDF file.
        pages: as `pdf_lines.read_lines` gives them.
    """
    if not any(_is_arabic(page) for page in pages):
        return list(pages)
    reader = open_pdf(content)
    return [
        _reordered(page, reader.pages[page.number - 1].extract_text()) if _is_arabic(page) else page
        for page in pages
    ]


def _is_arabic(page: PageLines) -> bool:
    return dominant_script("\n".join(line.text for line in page.lines)) == "arabic"


def tidy_arabic(text: str) -> str:
    """A line as a reader sees it: no drawn-out letters, marks on their letters, numbers apart."""
    text = _LOOSE_TATWEEL.sub("", text)
    text = _MARKS.sub("", text)
    return " ".join(_GLUED.sub(" ", text).replace("\u0640", "").split())


def _reordered(page: PageLines, text: str) -> PageLines:
    rows = _rows(page.lines)
    lines = []
    free = list(range(len(rows)))
    for raw in text.split("\n"):
        joined = tidy_arabic(raw)
        if not joined or not free:
            continue
        wanted = Counter(re.sub(r"\s", "", raw))
        place = max(free, key=lambda index: _likeness(wanted, rows[index]))
        row = rows[place]
        if _likeness(wanted, row) < 0.5:
            continue
        free.remove(place)
        lines.append(_mirrored(row, joined, page.width))
    # A new value: a copy would carry the old page's rows along, which are cached.
    return PageLines(
        number=page.number,
        width=page.width,
        height=page.height,
        lines=tuple(sorted(lines, key=lambda line: line.y)),
    )


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda item: item.y):
        if rows and line.y - rows[-1][0].y < 0.35 * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _likeness(wanted: Counter[str], row: Sequence[Line]) -> float:
    have = Counter(re.sub(r"\s", "", "".join(line.text for line in row)))
    shared = sum((wanted & have).values())
    return 2 * shared / max(1, sum(wanted.values()) + sum(have.values()))


def _mirrored(row: Sequence[Line], text: str, width: float) -> Line:
    main = max(row, key=lambda line: len(line.text))
    letters = sum(len(line.text) for line in row)
    bold = 2 * sum(len(line.text) for line in row if line.bold) > letters
    start = max(0.0, width - max(min(line.x1, width) for line in row))
    end = width - min(line.x0 for line in row)
    run = Run(text=text, x0=start, x1=end, size=main.size, bold=bold, italic=False)
    return Line.of(main.page, main.y, [run])
