"""Blocks -> a Word file."""

from __future__ import annotations

from typing import Any

from assistant.rendering.blocks import (
    LEVEL_FILLS,
    Break,
    Cell,
    Heading,
    Lines,
    Paragraph,
    Piece,
    Report,
    Style,
    Table,
    level_ink,
)
from assistant.rendering.word import WordFile

_STYLES = {Style.BODY: None, Style.BULLET: "List Bullet", Style.SMALL: "Caption"}


def docx(report: Report) -> bytes:
    """The report as a Word document with real footnotes."""
    file = WordFile(report.title, landscape=report.landscape, language=report.language)
    file.paragraph(report.title, "Title")
    if report.subtitle:
        file.run(file.paragraph(""), report.subtitle, italic=True)
    for block in report.blocks:
        if isinstance(block, Heading):
            file.paragraph(block.text, f"Heading {min(block.level, 2)}")
        elif isinstance(block, Paragraph):
            _paragraph(file, block)
        elif isinstance(block, Table):
            _table(file, block)
        elif isinstance(block, Lines):
            file.ruled(block.count)
        elif isinstance(block, Break):
            file.new_page()
    file.footer(report.footer or report.title)
    return file.content()


def _paragraph(file: WordFile, block: Paragraph) -> None:
    words = " ".join(piece.text for piece in block.pieces)
    paragraph = file.directed(words, _STYLES[block.style])
    for piece in block.pieces:
        _piece(file, paragraph, piece)


def _piece(file: WordFile, paragraph: Any, piece: Piece) -> Any:
    if piece.gap:
        run = file.gap(paragraph, piece.text)
    else:
        run = file.run(paragraph, piece.text, bold=piece.bold, italic=piece.italic)
    if piece.note:
        file.note(paragraph, piece.note)
    return run


def _table(file: WordFile, block: Table) -> None:
    widths = [share * file.width for share in block.widths]
    if block.caption:
        file.paragraph(block.caption, "Caption")
    grid = file.table(block.columns, widths)
    for row in block.rows:
        for place, (target, held) in enumerate(zip(file.row(grid, block.tall), row, strict=True)):
            if widths:
                target.width = file.centimetres(widths[place])
            _cell(file, target, held)
    file.space()


def _cell(file: WordFile, target: Any, held: Cell) -> None:
    for line in held.lines:
        paragraph = file.into(target, "", words=" ".join(piece.text for piece in line))
        for piece in line:
            file.smaller(_piece(file, paragraph, piece))
    if held.level:
        file.shade(target, LEVEL_FILLS[held.level], level_ink(held.level))
