"""The look of our Word files: fonts, sizes, colours, footnote styles, page numbers."""

from __future__ import annotations

from typing import Any

_BLUE = "1F4E79"
_LOCALES = {"ar": "ar-SA", "en": "en-GB", "es": "es-ES", "fr": "fr-FR", "ru": "ru-RU"}


def apply(file: Any, language: str) -> None:
    """Set the styles of a new file; Word shows footnote styles under these names."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    styles = file.styles
    text = styles.add_style("Footnote Text", WD_STYLE_TYPE.PARAGRAPH)
    text.base_style = styles["Normal"]
    _sized(text, 8.5)
    text.paragraph_format.space_after = Pt(0)
    text.paragraph_format.line_spacing = 1.0
    reference = styles.add_style("Footnote Reference", WD_STYLE_TYPE.CHARACTER)
    reference.font.superscript = True
    normal = styles["Normal"]
    normal.font.name = "Calibri"
    _fonts(normal, language)
    _sized(normal, 10.5)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.12
    for name, size, before in (("Title", 20, 0), ("Heading 1", 14, 14), ("Heading 2", 11.5, 10)):
        style = styles[name]
        style.font.color.rgb = RGBColor.from_string(_BLUE)
        _fonts(style, language)
        _sized(style, size)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(4 if before else 10)
    small = styles["Caption"]
    small.font.bold = False
    small.font.color.rgb = RGBColor.from_string("44525F")
    _fonts(small, language)
    _sized(small, 8.5)
    small.paragraph_format.space_after = Pt(4)
    for name in ("Heading 1", "Heading 2"):
        styles[name].paragraph_format.keep_with_next = True
    styles["List Bullet"].paragraph_format.space_after = Pt(3)
    _sized(styles["Footer"], 8.5)


def page_number(paragraph: Any) -> None:
    """The number of the page, as a field, at the end of a paragraph."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    run = paragraph.add_run()
    for kind in ("begin", "instruction", "separate", "text", "end"):
        if kind == "instruction":
            part = OxmlElement("w:instrText")
            part.text = "PAGE"
        elif kind == "text":
            part = OxmlElement("w:t")
            part.text = "1"
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _sized(style: Any, points: float) -> None:
    """A size for every script: Arabic takes its own (szCs)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    style.font.size = Pt(points)
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:szCs")):
        properties.remove(old)
    complex_size = OxmlElement("w:szCs")
    complex_size.set(qn("w:val"), str(round(points * 2)))
    properties.find(qn("w:sz")).addnext(complex_size)


def _fonts(style: Any, language: str) -> None:
    """Fonts that every office has, for Latin, Arabic and Chinese words; and the language."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name, font in (
        ("ascii", "Calibri"),
        ("hAnsi", "Calibri"),
        ("eastAsia", "Microsoft YaHei"),
        ("cs", "Arial"),
    ):
        fonts.set(qn(f"w:{name}"), font)
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), _LOCALES.get(language, "en-GB"))
    spoken.set(qn("w:eastAsia"), "zh-CN")
    spoken.set(qn("w:bidi"), "ar-SA")
    properties.append(spoken)
