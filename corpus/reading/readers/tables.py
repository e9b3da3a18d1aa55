"""Tables -> lines of text: each cell in its column, a row an item, empty cells kept empty.

A figure must stay under its heading: a row with an empty cell is 'Staff | | 4000', and rows are
told apart by a semicolon. A cell that spans rows or columns is said in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 900
"""Characters of one paragraph of a table; a longer table takes several, each with its head."""


def rows_as_text(rows: Sequence[Sequence[str]]) -> list[str]:
    """Paragraphs that hold a table.

    Args:
        rows: cells by row, the first row the head where there is one; '' for an empty cell.

    Columns and rows that are empty throughout say nothing and are left out; so are repeated cells
    of a row that one cell fills.
    """
    wide = max((len(row) for row in rows), default=0)
    full = [[*(" ".join(cell.split()) for cell in row), *[""] * (wide - len(row))] for row in rows]
    full = [row for row in full if any(row)]
    columns = [n for n in range(wide) if any(row[n] for row in full)]
    lines = [_line([row[n] for n in columns]) for row in full]
    if not lines:
        return []
    told: list[str] = []
    head = lines[0] if len(lines) > 2 and len(columns) > 1 and len(lines[0]) < 200 else ""
    current: list[str] = []
    for line in lines:
        if current and sum(map(len, current)) + len(line) > LONGEST:
            told.append(_joined(current))
            current = [head] if head else []
        current.append(line)
    told.append(_joined(current))
    return told


def _line(cells: Sequence[str]) -> str:
    if len(set(cells)) == 1:
        return cells[0]
    return re.sub(r"\s+", " ", " | ".join(cells)).strip(" ") if cells[0] else _led(cells)


def _led(cells: Sequence[str]) -> str:
    """A row whose first cell is empty keeps its bar, so that the others keep their columns."""
    return "| " + re.sub(r"\s+", " ", " | ".join(cells[1:])).strip(" ")


def _joined(lines: Sequence[str]) -> str:
    text = "; ".join(line.rstrip("; ") for line in lines)
    # What stands behind the table is no cell of its last row.
    return text if len(lines) == 1 or text[-1:] in ".!?。" else f"{text}."


def is_layout(cells: Sequence[Sequence[int]]) -> bool:
    """Whether a table only arranges its page: one row or column, or cells that are whole texts.

    Args:
        cells: characters of each cell, by row.
    """
    filled = [length for row in cells for length in row if length]
    if max((len(row) for row in cells), default=0) < 2:
        return True
    if len(cells) < 2:
        return sum(filled) > 200
    return bool(filled) and min(sum(filled) / len(filled), max(filled) / 3) > 400
