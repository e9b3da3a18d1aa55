"""Two columns are read one after the other, and what only looks like them is left alone."""

from __future__ import annotations

import io
import textwrap

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer

from corpus.reading.readers.pdf import pdf_paragraphs
from corpus.reading.readers.pdf_lines import read_lines

NOUNS = "harbour lantern keeper library island workshop council ferry signal archive".split()


def sentence(number: int) -> str:
    words = [NOUNS[(number * 7 + place * (3 + number % 4)) % len(NOUNS)] for place in range(9)]
    return (
        f"In part {number} the {' '.join(words[:4])} meets the {' '.join(words[4:])} each spring."
    )


PARAGRAPHS = [" ".join(sentence(n * 4 + k) for k in range(4)) for n in range(24)]


def two_columns(paragraphs: list[str]) -> bytes:
    """Set by a real typesetter, justified, with a running foot."""
    out = io.BytesIO()
    wide, high = A4
    column = (wide - 2 * 56 - 18) / 2
    frames = [Frame(x, 70, column, high - 140, 0, 0, 0, 0) for x in (56, 56 + column + 18)]

    def foot(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont("Times-Roman", 8)
        canvas.drawCentredString(wide / 2, 36, f"Review of Ruritania | {document.page}")

    document = BaseDocTemplate(out, pagesize=A4)
    document.addPageTemplates(PageTemplate(frames=frames, onPage=foot))
    style = ParagraphStyle("body", fontName="Times-Roman", fontSize=10, leading=12.5, alignment=4)
    story = [part for text in paragraphs for part in (Paragraph(text, style), Spacer(1, 8))]
    document.build(story)
    return out.getvalue()


def test_columns_are_read_one_after_the_other() -> None:
    pages = read_lines(two_columns(PARAGRAPHS))
    assert len(pages) >= 2
    read = [paragraph.text for paragraph in pdf_paragraphs(pages)]
    assert " ".join(read) == " ".join(PARAGRAPHS)
    whole = sum(text in PARAGRAPHS for text in read)
    assert whole >= len(PARAGRAPHS) - 4  # those that cross a column's foot may come in two


def test_one_column_stays_as_it_is() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for start in (0, 8, 16):
        y = 780
        for text in PARAGRAPHS[start : start + 8]:
            for line in textwrap.wrap(text, 95):
                canvas.drawString(60, y, line)
                y -= 13
            y -= 10
        canvas.showPage()
    canvas.save()
    read = [paragraph.text for paragraph in pdf_paragraphs(read_lines(out.getvalue()))]
    assert read == PARAGRAPHS


def test_a_table_keeps_its_rows() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for _ in range(3):
        for row, noun in enumerate(NOUNS * 3):
            canvas.drawString(60, 780 - 24 * row, f"Indicator {row} {noun}")
            canvas.drawString(310, 780 - 24 * row, f"{row * 3} per year")
        canvas.showPage()
    canvas.save()
    read = " ".join(paragraph.text for paragraph in pdf_paragraphs(read_lines(out.getvalue())))
    assert (
        "Indicator 4 workshop 12 per year" not in read or "Indicator 4 island 12 per year" in read
    )
    assert "Indicator 4 island 12 per year" in read
