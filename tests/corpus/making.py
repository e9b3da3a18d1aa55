"""Small files of every format, made by the tests themselves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

SANS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
Row = tuple[str, float, bool]
"""Text, size in points, bold."""


def pdf(pages: Sequence[Sequence[Row]], *, marks: Sequence[tuple[str, int]] = ()) -> bytes:
    """A PDF of lines; an empty line is a gap. `marks` are bookmarks: title, page from 1."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for number, rows in enumerate(pages, start=1):
        y = 780.0
        for title, page in marks:
            if page == number:
                canvas.bookmarkPage(title)
                canvas.addOutlineEntry(title, title)
        for text, size, bold in rows:
            canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
            canvas.drawString(72, y, text)
            y -= 1.25 * size if text else size
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def pdf_in_script(lines: Sequence[str]) -> bytes:
    """One page set in a font with Cyrillic, Greek and Arabic letters, as given."""
    out = io.BytesIO()
    pdfmetrics.registerFont(TTFont("Sans", str(SANS)))
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Sans", 11)
    for place, line in enumerate(lines):
        canvas.drawString(72, 780 - 14 * place, line)
    canvas.save()
    return out.getvalue()


def scanned_pdf(pages: int = 2) -> bytes:
    """Pages with a picture and no text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for _ in range(pages):
        canvas.rect(100, 100, 300, 400, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def locked_pdf(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([[("A secret report", 12, False)]]))))
    writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def word(blocks: Sequence[tuple[str, str]]) -> bytes:
    """A DOCX of (style, text); style 'italic' is a paragraph in italics."""
    document: Any = docx.Document()
    for style, text in blocks:
        if style == "italic":
            document.add_paragraph().add_run(text).italic = True
        else:
            document.add_paragraph(text, style=style)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()
