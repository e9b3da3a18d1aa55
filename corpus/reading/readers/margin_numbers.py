"""Numbers of lines in the margin of a draft: told from the numbers of a list, and taken off.

They count lines, not thoughts: each line (or every fifth) has one, in the middle of sentences too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from corpus.reading.readers.pdf_lines import Line, PageLines, Run

_FEWEST = 8
_ENDS = re.compile(r"[.;:,。；：，؛،!?]\s*$")


class Row(NamedTuple):
    """A line: the number that may be one of the margin's, or None, and its text without it."""

    number: int | None
    text: str


def counts_lines(rows: Sequence[Row]) -> bool:
    """Whether the numbers beside these lines count the lines.

    Args:
        rows: every line that holds anything, from top to bottom, pages after one another.
    """
    at = [place for place, row in enumerate(rows) if row.number is not None]
    numbers = [row.number or 0 for row in rows if row.number is not None]
    steps = [b - a for a, b in pairwise(numbers)]
    apart = [b - a for a, b in pairwise(at)]
    fifth = len(at) >= 2 and all(
        number % 5 == 0 and (step == gap == 5 or number == 5)
        for number, step, gap in zip(numbers, [5, *steps], [5, *apart], strict=True)
    )
    within = at[-1] - at[0] + 1 if at else 0
    if not fifth and (len(at) < max(_FEWEST, 0.9 * within) or steps.count(1) < 0.9 * len(steps)):
        return False
    # A list's numbers stand where its items begin and end where these do; a margin's stand
    # wherever a line does, and lines run to the edge.
    inside = sum(
        rows[place].text[:1].islower() and not _ENDS.search(rows[place - 1].text)
        for place in at
        if place
    )
    widths = [len(rows[place].text) for place in at]
    full = sum(width >= 0.6 * max(widths) for width in widths)
    return inside >= 0.25 * len(at) and full >= 0.6 * len(at)


def without_margin_numbers(pages: Sequence[PageLines]) -> list[PageLines]:
    """The pages of a PDF without the numbers of lines left or right of the text."""
    for left in (True, False):
        found = [[_margin(line, left) for line in page.rows] for page in pages]
        places = [run for rows in found for _, run in rows if run is not None]
        if not places:
            continue
        edge = Counter(round(run.x1 / 3) for run in places).most_common(1)[0][0]
        column = [run for run in places if abs(run.x1 / 3 - edge) <= 1]
        begin, end = min(run.x0 for run in column) - 9, max(run.x1 for run in column) + 9
        kept = [
            [
                row if run and begin < run.x0 and run.x1 < end else Row(None, line.text)
                for (row, run), line in zip(rows, page.rows, strict=True)
            ]
            for rows, page in zip(found, pages, strict=True)
        ]
        if counts_lines([row for rows in kept for row in rows]):
            return [_without(page, rows, left) for page, rows in zip(pages, kept, strict=True)]
    return list(pages)


def _margin(line: Line, left: bool) -> tuple[Row, Run | None]:
    """The number at one end of a line, set apart from the text, and where it stands."""
    runs = _set_apart(line.runs) if left else line.runs
    run, rest = (runs[0], runs[1:]) if left else (runs[-1], runs[:-1])
    number = run.text.strip()
    if not re.fullmatch(r"\d{1,4}", number) or not rest:
        return Row(None, line.text), None
    gap = rest[0].x0 - run.x1 if left else run.x0 - rest[-1].x1
    if gap < 0.5 * line.size:
        return Row(None, line.text), None
    text = "".join(each.text for each in rest).strip()
    return Row(int(number), text), run


def _set_apart(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """The runs, a number that opens the first one as a run of its own: pypdf tells a number and
    the words behind it as one piece where they are set alike, however far apart."""
    match = re.match(r"\d{1,4} (?=\S)", runs[0].text)
    if match is None:
        return runs
    each = (runs[0].x1 - runs[0].x0) / len(runs[0].text)
    end = runs[0].x0 + each * (match.end() - 1)
    number = runs[0].model_copy(update={"text": match[0].strip(), "x1": end})
    words = runs[0].model_copy(update={"text": runs[0].text[match.end() :], "x0": end + 12})
    return (number, words, *runs[1:])


def _without(page: PageLines, rows: Sequence[Row], left: bool) -> PageLines:
    lines = []
    for line, row in zip(page.rows, rows, strict=True):
        runs = line.runs
        if row.number is not None:
            runs = _set_apart(runs)[1:] if left else runs[:-1]
        lines.append(line if runs == line.runs else Line.of(line.page, line.y, runs))
    # A new value: a copy would carry the old page's rows along, which are cached.
    return PageLines(number=page.number, width=page.width, height=page.height, lines=tuple(lines))
