"""Word files with real footnotes, which python-docx does not write itself.

A footnote is a part of its own in the package (ECMA-376, part 1, 17.11): `footnotes.xml` with two
separators and one entry a note, tied to the document by a relationship, and a reference run.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from assistant.exports import clean

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


class WordFile:
    """A Word document being written, top to bottom."""

    def __init__(self, title: str, *, landscape: bool = False) -> None:
        """`title` goes into the file's properties; no author is written (P9)."""
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.shared import Cm

        self._file: Any = Document()
        self._file.core_properties.title = clean(title)[:250]
        self._file.core_properties.author = ""
        self._file.core_properties.comments = ""
        page = self._file.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        if landscape:
            page.orientation = WD_ORIENT.LANDSCAPE
            page.page_width, page.page_height = Cm(29.7), Cm(21)
        page.left_margin = page.right_margin = Cm(2.2)
        page.top_margin = page.bottom_margin = Cm(2)
        self._notes: list[str] = []
        self._style()

    def paragraph(self, text: str, style: str | None = None) -> Any:
        """A paragraph in one of Word's own styles; returned for `run` and `note`."""
        return self._file.add_paragraph(clean(text), style=style)

    def run(self, paragraph: Any, text: str, *, bold: bool = False, italic: bool = False) -> Any:
        """More words at the end of a paragraph."""
        run = paragraph.add_run(clean(text))
        run.bold, run.italic = bold or None, italic or None
        return run

    def gap(self, paragraph: Any, text: str) -> None:
        """Words marked in yellow, for what is still to be completed."""
        from docx.enum.text import WD_COLOR_INDEX

        self.run(paragraph, text).font.highlight_color = WD_COLOR_INDEX.YELLOW

    def note(self, paragraph: Any, text: str) -> int:
        """A footnote at the end of a paragraph; returns its number."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self._notes.append(clean(" ".join(text.split())))
        number = len(self._notes)
        run = paragraph.add_run()
        run.style = self._file.styles["Footnote Reference"]
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(number))
        run._r.append(reference)
        return number

    def table(self, headings: list[str], widths: Sequence[float] = ()) -> Any:
        """A table with a heading row that is repeated on every page; widths in centimetres."""
        from docx.oxml import OxmlElement
        from docx.shared import Cm

        grid = self._file.add_table(rows=1, cols=len(headings))
        grid.style = "Table Grid"
        grid.autofit = not widths
        for column, width in zip(grid.columns, widths, strict=False):
            column.width = Cm(width)
        for cell, heading in zip(grid.rows[0].cells, headings, strict=True):
            self.into(cell, heading, bold=True)
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        return grid

    def row(self, grid: Any) -> list[Any]:
        """The cells of a new row, which is kept on one page."""
        from docx.oxml import OxmlElement

        row = grid.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        return list(row.cells)

    def into(
        self,
        cell: Any,
        text: str,
        *,
        bold: bool = False,
        italic: bool = False,
        footnote: str | None = None,
    ) -> None:
        """Words in a cell, a paragraph each time."""
        from docx.shared import Pt

        first = cell.paragraphs[0]
        paragraph = first if not first.runs else cell.add_paragraph()
        run = self.run(paragraph, text, bold=bold, italic=italic)
        run.font.size = Pt(9)
        if footnote:
            self.note(paragraph, footnote)

    def content(self) -> bytes:
        """The finished file."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        part = Part(
            PackURI("/word/footnotes.xml"),
            _CONTENT,
            self._footnotes().encode("utf-8"),
            self._file.part.package,
        )
        self._file.part.relate_to(part, _TYPE)
        out = io.BytesIO()
        self._file.save(out)
        return out.getvalue()

    def _footnotes(self) -> str:
        marks = "".join(
            f'<w:footnote w:type="{kind}" w:id="{id}"><w:p><w:pPr><w:spacing w:after="0" '
            f'w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:{tag}/></w:r></w:p></w:footnote>'
            for id, kind, tag in (
                (-1, "separator", "separator"),
                (0, "continuationSeparator", "continuationSeparator"),
            )
        )
        notes = "".join(
            f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
            '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
            f'<w:r><w:t xml:space="preserve"> {escape(note)}</w:t></w:r></w:p></w:footnote>'
            for number, note in enumerate(self._notes, 1)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f'<w:footnotes xmlns:w="{_W}">{marks}{notes}</w:footnotes>'
        )

    def _style(self) -> None:
        """The styles that footnotes are set in; Word shows them under these names."""
        from docx.enum.style import WD_STYLE_TYPE
        from docx.shared import Pt, RGBColor

        styles = self._file.styles
        text = styles.add_style("Footnote Text", WD_STYLE_TYPE.PARAGRAPH)
        text.base_style = styles["Normal"]
        text.font.size = Pt(8.5)
        text.paragraph_format.space_after = Pt(0)
        reference = styles.add_style("Footnote Reference", WD_STYLE_TYPE.CHARACTER)
        reference.font.superscript = True
        styles["Normal"].font.name = "Calibri"
        styles["Normal"].font.size = Pt(10.5)
        for name in ("Title", "Heading 1", "Heading 2"):
            styles[name].font.color.rgb = RGBColor(0x1F, 0x4E, 0x79)
        styles["Title"].font.size = Pt(20)
