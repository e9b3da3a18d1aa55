"""Blocks -> Markdown with footnotes. Text is data: nothing in it becomes a link or HTML (P9)."""

from __future__ import annotations

from assistant.rendering.blocks import Heading, Lines, Paragraph, Piece, Report, Style, Table
from assistant.rendering.exports import plain


def markdown(report: Report) -> str:
    """The report as one Markdown text."""
    notes: list[str] = []
    out = [f"# {plain(report.title)}", ""]
    if report.subtitle:
        out += [f"*{plain(report.subtitle)}*", ""]
    for block in report.blocks:
        if isinstance(block, Heading):
            out += ["", f"{'#' * (min(block.level, 2) + 1)} {plain(block.text)}", ""]
        elif isinstance(block, Paragraph):
            line = _line(block.pieces, notes)
            out += [f"- {line}"] if block.style is Style.BULLET else [line, ""]
        elif isinstance(block, Table):
            out += ["", *_table(block, notes), ""]
        elif isinstance(block, Lines):
            out += ["", *["______________________________"] * block.count, ""]
    out += ["", *(f"[^{number}]: {plain(note)}" for number, note in enumerate(notes, 1))]
    return "\n".join(out).strip() + "\n"


def _line(pieces: tuple[Piece, ...], notes: list[str]) -> str:
    return "".join(_piece(piece, notes) for piece in pieces)


def _piece(piece: Piece, notes: list[str]) -> str:
    bare = plain(piece.text)
    mark = "**" if piece.bold or piece.gap else "*" if piece.italic else ""
    before = " " if piece.text[:1].isspace() else ""
    after = " " if piece.text[-1:].isspace() else ""
    words = f"{before}{mark}{bare}{mark}{after}" if bare else before
    if piece.note:
        notes.append(piece.note)
        words += f"[^{len(notes)}]"
    return words


def _table(block: Table, notes: list[str]) -> list[str]:
    rows = [
        "| " + " | ".join(plain(column) for column in block.columns) + " |",
        "|---" * len(block.columns) + "|",
    ]
    for row in block.rows:
        cells = ["<br>".join(_line(line, notes) for line in cell.lines) for cell in row]
        rows.append("| " + " | ".join(cells) + " |")
    return rows
