"""Pages set in two columns -> rows in reading order, as if the columns stood one under the other.

A row that runs across both columns (a title, a wide table) ends a band: above it the left column
is read, then the right one; below it they begin anew. Moved rows are shifted to where the left
column stands, so that indents keep their meaning for `corpus.reading.readers.pdf_blocks`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from corpus.reading.readers.pdf_lines import Line, Run

_MIDDLE = (0.35, 0.65)
"""Where a gutter may be, as shares of the page's width; tables have theirs anywhere."""
_NARROWEST = 6.0
"""Points; closer columns cannot be read by people either."""
_FEWEST = 8
"""Rows each column must have on a page for it to count as one."""
_FILLED = 0.7
"""Share of its column that the median line of prose fills; cells of tables fill less."""
_ACROSS = 0.25
"""Share of the rows that may run across the gutter on a page of two columns."""

_LETTERS = re.compile(r"[^\W\d_]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_CELLS = 0.1
"""Share of a column's rows that may hold a gap as between cells of a table."""


class Gutter(NamedTuple):
    """The white strip between two columns: its edges, and the left edges of both columns."""

    left: float
    right: float
    first: float
    second: float


def gutters(pages: Sequence[tuple[float, Sequence[Line]]]) -> list[Gutter | None]:
    """The gutter of each page, None for pages of one column.

    One page alone may be a table that looks like it: where a file has several pages, a gutter
    counts when at least two pages and a tenth of all have theirs at the same place.

    Args:
        pages: width of each in points, and its rows from top to bottom without furniture.
    """
    found = [_gutter(width, rows) for width, rows in pages]
    least = 1 if len(pages) == 1 else max(2, len(pages) // 10)
    places = [each for each in found if each is not None]

    def common(gutter: Gutter) -> bool:
        middle = (gutter.left + gutter.right) / 2
        near = sum(other.left - 3 <= middle <= other.right + 3 for other in places)
        return near >= least

    return [each if each is not None and common(each) else None for each in found]


def unfolded(rows: Sequence[Line], gutter: Gutter) -> list[Line]:
    """Rows of a page in reading order; baselines go on downwards where a column follows."""
    result: list[Line] = []
    letters = "".join(row.text for row in rows)
    # Arabic and Hebrew begin with the right column.
    leftward = 2 * len(_RIGHT_TO_LEFT.findall(letters)) > len(_LETTERS.findall(letters))
    back = gutter.second - gutter.first
    lowered = 0.0
    band: list[Line] = []

    def close() -> None:
        nonlocal lowered
        left, right = [], []
        for row in band:
            before, after = _cut(row, gutter)
            left += [before] if before else []
            right += [after] if after else []
        first, second = (right, left) if leftward else (left, right)
        result.extend(_moved(row, 0.0, lowered) for row in first)
        if first and second:
            # The second column goes on under the first one, a usual step below it.
            lowered += first[-1].y - second[0].y + _step(first)
        result.extend(_moved(row, -back if leftward else back, lowered) for row in second)
        if first and second:
            lowered = max(lowered, result[-1].y - max(row.y for row in band))
        band.clear()

    for row in rows:
        if _crosses(row, gutter):
            close()
            result.append(_moved(row, 0.0, lowered))
        else:
            band.append(row)
    close()
    return result


def _gutter(width: float, rows: Sequence[Line]) -> Gutter | None:
    if len(rows) < _FEWEST:
        return None
    edges = Counter[float]()
    for row in rows:
        for run in row.runs:
            if _MIDDLE[0] * width < run.x0 < (_MIDDLE[1] + 0.05) * width:
                edges[round(run.x0)] += 1
    for second, _ in edges.most_common(3):
        # What ends before the second column begins, seen over the rows that do not cross.
        ends = [
            run.x1
            for row in rows
            for run in row.runs
            if run.x1 < second - _NARROWEST and run.x0 < _MIDDLE[0] * width
        ]
        if len(ends) < _FEWEST:
            continue
        left = sorted(ends)[int(0.95 * (len(ends) - 1))]
        gutter = Gutter(left, second - 1, min(row.x0 for row in rows), second)
        if gutter.right - gutter.left >= _NARROWEST and _is_prose(rows, gutter):
            return gutter
    return None


def _is_prose(rows: Sequence[Line], gutter: Gutter) -> bool:
    across = sum(_crosses(row, gutter) for row in rows)
    parts = [_cut(row, gutter) for row in rows if not _crosses(row, gutter)]
    sides = [
        [before for before, _ in parts if before is not None],
        [after for _, after in parts if after is not None],
    ]
    if min(map(len, sides)) < _FEWEST or across > _ACROSS * len(rows):
        return False
    for side in sides:
        widths = [row.x1 - row.x0 for row in side]
        widest = max(row.x1 for row in side) - min(row.x0 for row in side)
        if sum(_gapped(row) for row in side) > _CELLS * len(side):
            return False
        if median(widths) < _FILLED * widest or median(len(row.text) for row in side) < 15:
            return False
    return True


def _gapped(row: Line) -> bool:
    return any(after.x0 - before.x1 > 1.5 * row.size for before, after in pairwise(row.runs))


def _crosses(row: Line, gutter: Gutter) -> bool:
    middle = (gutter.left + gutter.right) / 2
    return any(run.x0 < middle - 1 and run.x1 > middle + 1 for run in row.runs)


def _cut(row: Line, gutter: Gutter) -> tuple[Line | None, Line | None]:
    """The parts of a row left and right of the gutter."""
    middle = (gutter.left + gutter.right) / 2
    sides: tuple[list[Run], list[Run]] = ([], [])
    for run in row.runs:
        sides[run.x0 >= middle].append(run)
    before, after = (Line.of(row.page, row.y, side) if side else None for side in sides)
    return before, after


def _moved(row: Line, back: float, down: float) -> Line:
    if not back and not down:
        return row
    runs = tuple(
        run.model_copy(update={"x0": run.x0 - back, "x1": run.x1 - back}) for run in row.runs
    )
    return row.model_copy(
        update={"x0": row.x0 - back, "x1": row.x1 - back, "y": row.y + down, "runs": runs}
    )


def _step(rows: Sequence[Line]) -> float:
    steps = [below.y - above.y for above, below in pairwise(rows)]
    return median(steps) if steps else 1.2 * rows[0].size
