"""Small PDFs for tests: lines placed by hand, as a printer places them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import NamedTuple

from reportlab.pdfgen.canvas import Canvas

FACES = {"": "Times-Roman", "b": "Times-Bold", "i": "Times-Italic", "bi": "Times-BoldItalic"}


class Put(NamedTuple):
    """Words at a place: x and y in points, y down from the top; pieces share the line."""

    x: float
    y: float
    pieces: Sequence[tuple[str, str]]
    size: float = 10
    rise: float = 0


def put(x: float, y: float, text: str, face: str = "", size: float = 10) -> Put:
    return Put(x, y, [(text, face)], size)


def make_pdf(
    pages: Sequence[Sequence[Put]], width: float = 595, height: float = 842, rotate: int = 0
) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=1)
    for page in pages:
        if rotate:
            canvas.setPageRotation(rotate)
        for item in page:
            text = canvas.beginText(item.x, height - item.y)
            for words, face in item.pieces:
                raised = face == "^"
                text.setFont(FACES["" if raised else face], item.size * (0.65 if raised else 1))
                text.setRise(0.35 * item.size if raised else item.rise)
                text.textOut(words)
            canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def paragraph(
    lines: Sequence[str], y: float, x: float = 100, first: float = 0, step: float = 12
) -> list[Put]:
    """Lines one under the other, the first one indented by `first`."""
    return [
        put(x + (first if index == 0 else 0), y + index * step, line)
        for index, line in enumerate(lines)
    ]
