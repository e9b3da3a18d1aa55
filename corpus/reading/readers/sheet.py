"""Sheets (XLSX, CSV): each sheet a headed section, its rows a table with the head repeated."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime
from typing import Any

from corpus.documents import Document
from corpus.errors import EmptyFile, TruncatedFile
from corpus.reading.readers.extras import needed
from corpus.reading.readers.office import check_size, transitional
from corpus.reading.readers.tables import rows_as_text
from corpus.reading.sniffing import decode
from corpus.reading.structured import Part, with_notes

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3}\d+:[A-Z]{1,3}\d+)"')
_MOST_MERGED = 200_000
MOST_ROWS = 5000
"""Rows of a sheet that are read; a longer one is data for a program, not a text to quote."""


def read(content: bytes, name: str) -> list[Document]:
    """The document of a workbook, or of a table in text.

    Args:
        content: the whole file.
        name: its name, without directories.

    Raises:
        UnknownFormat: the library for it is not installed; the message says which to install.
        TooLarge: it unpacks to more than is allowed.
        TruncatedFile: its parts are missing or damaged.
        EmptyFile: no cell holds anything.
    """
    sheets = _workbook(content) if content.startswith(b"PK") else [("", _separated(content))]
    parts: list[Part] = []
    notes: list[str] = []
    for heading, rows in sheets:
        texts = rows_as_text(rows[:MOST_ROWS])
        if texts and len(sheets) > 1:
            parts.append(Part(text=heading, level=1, bold=True))
        parts += [Part(text=text) for text in texts]
        if len(rows) > MOST_ROWS:
            where = f" of '{heading}'" if heading else ""
            notes.append(f"Only the first {MOST_ROWS} of {len(rows)} rows{where} were read.")
    if not parts:
        raise EmptyFile("There is nothing in the cells of the file.")
    from corpus.grammar.outlines import Item
    from corpus.reading.reports import report_from_items

    items = [Item(text=part.text, level=part.level) for part in parts]
    return with_notes([report_from_items(items, name=name, title="")], notes)


def _workbook(content: bytes) -> list[tuple[str, list[list[str]]]]:
    openpyxl = needed("openpyxl", "sheets (XLSX)")
    check_size(content, "XLSX")
    try:
        usual = transitional(content)
        book = openpyxl.load_workbook(io.BytesIO(usual), read_only=True, data_only=True)
        return [
            (sheet.title, _rows(sheet, _merged(sheet, usual)))
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        ]
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        raise TruncatedFile(
            "The workbook is damaged: parts of it are missing. Save it again and add that."
        ) from error


def _merged(sheet: Any, content: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells that others were merged with: their place (row, column) and that of the first one.

    openpyxl tells of them only where it holds the whole sheet in memory.
    """
    range_boundaries = needed("openpyxl", "sheets (XLSX)").utils.range_boundaries
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        source = package.read(path) if path in package.namelist() else b""
    places: dict[tuple[int, int], tuple[int, int]] = {}
    for found in _MERGED.finditer(source):
        left, top, right, bottom = range_boundaries(found[1].decode("ascii"))
        for row in range(top, min(bottom, top + MOST_ROWS) + 1):
            for column in range(left, min(right, 200) + 1):
                if len(places) < _MOST_MERGED:
                    places[row, column] = (top, left)
    return places


def _rows(sheet: Any, merged: dict[tuple[int, int], tuple[int, int]]) -> list[list[str]]:
    """Rows that hold anything; what is merged is said in each of its cells."""
    rows: list[list[str]] = []
    firsts = set(merged.values())
    told: dict[tuple[int, int], str] = {}
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=200), start=1):
        shown = [_shown(cell) for cell in row]
        for column, text in enumerate(shown, start=1):
            if (number, column) in firsts:
                told[number, column] = text
            elif not text and (first := merged.get((number, column))) is not None:
                shown[column - 1] = told.get(first, "")
        if any(cell is not None for cell in row):
            rows.append(shown)
        if len(rows) > 2 * MOST_ROWS:
            break
    return rows


def _shown(value: Any) -> str:
    """A cell as people read it: no time of midnight, no '.0' behind whole numbers."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10g}"
    return " ".join(str(value).split())


def _separated(content: bytes) -> list[list[str]]:
    text = decode(content).lstrip("\ufeff")
    # The sign that most lines have, the same number of times: Excel writes ';' in half of Europe.
    head = text[:8192].split("\n")[:20]
    lines = [line for line in head if line]

    def told(sign: str) -> tuple[int, int]:
        return min((line.count(sign) for line in lines), default=0), text.count(sign)

    sign = max(",;\t|", key=told)
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=sign) if any(row)]
    except csv.Error as error:
        raise TruncatedFile(
            "The table is not well formed: its quotation marks do not pair. Save it again as XLSX."
        ) from error
