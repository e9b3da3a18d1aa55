"""Word files with real footnotes, which python-docx does not write itself.

A footnote is a part of its own in the package (ECMA-376, part 1, 17.11): `footnotes.xml` with two
separators and one entry a note, tied to the document by a relationship, and a reference run.
Right-to-left text needs marks on paragraphs, runs and tables (17.3.1.6, 17.3.2.30, 17.4.1).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from assistant.rendering import word_styles
from assistant.rendering.exports import clean
from corpus.language.letters import dominant_script

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
# Children of w:trPr and w:tblPr that these marks must stand before (ECMA-376, CT_TblPrBase).
_AFTER_BIDI = ("w:tblStyleRowBandSize", "w:tblStyleColBandSize", "w:tblW", "w:jc", "w:tblLayout")


class WordFile:
    """A Word document being written, top to bottom."""

    def __init__(self, title: str, *, landscape: bool = False, language: str = "en") -> None:
        """`title` goes into the file's properties; no author is written (P9).

        `language` (ISO 639-1) sets the direction and the fonts; Arabic runs right to left.
        """
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.shared import Cm

        self._file: Any = Document()
        self._file.core_properties.title = clean(title)[:250]
        self._file.core_properties.author = ""
        self._file.core_properties.comments = ""
        self._file.core_properties.language = language
        page = self._file.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        if landscape:
            page.orientation = WD_ORIENT.LANDSCAPE
            page.page_width, page.page_height = Cm(29.7), Cm(21)
        page.left_margin = page.right_margin = Cm(2.2)
        page.top_margin = page.bottom_margin = Cm(2)
        self.width = 25.3 if landscape else 16.6
        """Of the text, in centimetres."""
        self._rtl = language == "ar"
        self._notes: list[str] = []
        word_styles.apply(self._file, language)

    def paragraph(self, text: str, style: str | None = None) -> Any:
        """A paragraph in one of Word's own styles; returned for `run` and `note`."""
        paragraph = self._file.add_paragraph(style=style)
        self._direct(paragraph, text)
        if text:
            self.run(paragraph, text)
        return paragraph

    def directed(self, words: str, style: str | None = None) -> Any:
        """An empty paragraph that runs as `words`, which `run` will write, do."""
        paragraph = self._file.add_paragraph(style=style)
        self._direct(paragraph, words)
        return paragraph

    def run(self, paragraph: Any, text: str, *, bold: bool = False, italic: bool = False) -> Any:
        """More words at the end of a paragraph."""
        run = paragraph.add_run(clean(text))
        run.bold, run.italic = bold or None, italic or None
        if _is_arabic(text):
            run.font.rtl = True
            run.font.cs_bold, run.font.cs_italic = bold or None, italic or None
        return run

    def gap(self, paragraph: Any, text: str) -> Any:
        """Words marked in yellow, for what is still to be completed."""
        from docx.enum.text import WD_COLOR_INDEX

        run = self.run(paragraph, text)
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        return run

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

    def table(self, headings: Sequence[str], widths: Sequence[float] = ()) -> Any:
        """A table with a heading row that is repeated on every page; widths in centimetres."""
        from docx.oxml import OxmlElement
        from docx.shared import Cm

        grid = self._file.add_table(rows=1, cols=len(headings))
        grid.style = "Table Grid"
        grid.autofit = not widths
        for column, width in zip(grid.columns, widths, strict=False):
            column.width = Cm(width)
        if self._rtl:
            mark = OxmlElement("w:bidiVisual")
            grid._tbl.tblPr.insert_element_before(mark, *_AFTER_BIDI)
        for place, (cell, heading) in enumerate(zip(grid.rows[0].cells, headings, strict=True)):
            if widths:
                cell.width = Cm(widths[place])
            self.into(cell, heading, bold=True)
            self.shade(cell, "E8EEF5")
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        return grid

    def row(self, grid: Any, tall: float = 0.0) -> list[Any]:
        """The cells of a new row, which is kept on one page; `tall` centimetres at least."""
        from docx.oxml import OxmlElement
        from docx.shared import Cm

        row = grid.add_row()
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        if tall:
            row.height = Cm(tall)
        return list(row.cells)

    def into(
        self,
        cell: Any,
        text: str,
        *,
        bold: bool = False,
        italic: bool = False,
        footnote: str | None = None,
        words: str = "",
    ) -> Any:
        """Words in a cell, a paragraph each time; the paragraph is returned.

        `words` tell the direction where `text` is empty and runs are to follow.
        """
        from docx.shared import Pt

        first = cell.paragraphs[0]
        paragraph = first if not first.runs else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = 1.0
        self._direct(paragraph, text or words)
        if text:
            self.smaller(self.run(paragraph, text, bold=bold, italic=italic))
        if footnote:
            self.note(paragraph, footnote)
        return paragraph

    @staticmethod
    def smaller(run: Any) -> Any:
        """A run in the size of tables, for every script."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt

        run.font.size = Pt(9)
        complex_size = OxmlElement("w:szCs")
        complex_size.set(qn("w:val"), "18")
        run._r.rPr.find(qn("w:sz")).addnext(complex_size)
        return run

    @staticmethod
    def centimetres(width: float) -> Any:
        """A length as python-docx takes it."""
        from docx.shared import Cm

        return Cm(width)

    def shade(self, cell: Any, fill: str, ink: str | None = None) -> None:
        """Colour a cell's ground, and its words; both as hex."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import RGBColor

        mark = OxmlElement("w:shd")
        for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", fill)):
            mark.set(qn(name), value)
        cell._tc.get_or_add_tcPr().append(mark)
        if ink:
            for paragraph in cell.paragraphs:
                for run in paragraph.runs:
                    run.font.color.rgb = RGBColor.from_string(ink)

    def space(self) -> None:
        """A little room, as under a table."""
        from docx.shared import Pt

        self._file.add_paragraph().paragraph_format.space_after = Pt(0)

    def ruled(self, count: int) -> None:
        """Empty lines to write on by hand."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt

        for _ in range(count):
            paragraph = self._file.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.paragraph_format.line_spacing = Pt(24)
            borders = OxmlElement("w:pBdr")
            for side in ("bottom", "between"):
                line = OxmlElement(f"w:{side}")
                for name, value in (("val", "single"), ("sz", "4"), ("space", "1")):
                    line.set(qn(f"w:{name}"), value)
                line.set(qn("w:color"), "9AA7B5")
                borders.append(line)
            paragraph._p.get_or_add_pPr().insert_element_before(
                borders, "w:shd", "w:tabs", "w:bidi", "w:spacing", "w:ind", "w:jc", "w:rPr"
            )

    def new_page(self) -> None:
        """What follows begins on another page."""
        self._file.add_page_break()

    def footer(self, text: str) -> None:
        """A line under every page, with the page's number."""
        paragraph = self._file.sections[0].footer.paragraphs[0]
        self._direct(paragraph, text)
        self.run(paragraph, f"{text}  ·  " if text else "")
        word_styles.page_number(paragraph)

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

    def _direct(self, paragraph: Any, text: str) -> None:
        """Right to left in an Arabic document, unless the words are of another script."""
        from docx.oxml import OxmlElement

        if not (_is_arabic(text) or (self._rtl and dominant_script(text) is None)):
            return
        properties = paragraph._p.get_or_add_pPr()
        if properties.find(f"{{{_W}}}bidi") is None:
            properties.insert_element_before(
                OxmlElement("w:bidi"), "w:spacing", "w:ind", "w:jc", "w:rPr"
            )

    def _footnotes(self) -> str:
        marks = "".join(
            f'<w:footnote w:type="{kind}" w:id="{id}"><w:p><w:pPr><w:spacing w:after="0" '
            f'w:line="240" w:lineRule="auto"/></w:pPr><w:r><w:{tag}/></w:r></w:p></w:footnote>'
            for id, kind, tag in (
                (-1, "separator", "separator"),
                (0, "continuationSeparator", "continuationSeparator"),
            )
        )
        notes = "".join(_footnote(number, note) for number, note in enumerate(self._notes, 1))
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
            f'<w:footnotes xmlns:w="{_W}">{marks}{notes}</w:footnotes>'
        )


def _footnote(number: int, note: str) -> str:
    paragraph, run = ("<w:bidi/>", "<w:rPr><w:rtl/></w:rPr>") if _is_arabic(note) else ("", "")
    return (
        f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/>{paragraph}'
        '</w:pPr><w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
        f'<w:r>{run}<w:t xml:space="preserve"> {escape(note)}</w:t></w:r></w:p></w:footnote>'
    )


def _is_arabic(text: str) -> bool:
    return dominant_script(text) == "arabic"
