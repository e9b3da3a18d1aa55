"""Blocks -> a PDF with footnotes at the foot of their pages, and the page a browser prints."""

from __future__ import annotations

from markupsafe import Markup

from assistant.rendering.block_html import html
from assistant.rendering.blocks import Report

_FONTS = '"Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", "DejaVu Sans", sans-serif'

STYLE = f"""
html {{ font: 10pt/1.4 {_FONTS}; color: #10202f; }}
body {{ margin: 0; }}
h1, h2, h3 {{ color: #1f4e79; line-height: 1.25; break-after: avoid; }}
h1 {{ font-size: 19pt; margin: 0 0 8pt; border-bottom: 1.5pt solid #1f4e79; padding-bottom: 4pt; }}
h2 {{ font-size: 13.5pt; margin: 14pt 0 5pt; }} h3 {{ font-size: 11pt; margin: 9pt 0 3pt; }}
p {{ margin: 0 0 5pt; }} ul {{ margin: 0 0 6pt; padding-inline-start: 16pt; }}
li {{ margin: 0 0 3pt; }}
.subtitle {{ font-style: italic; }} :is(:lang(ar), :lang(zh)) .subtitle {{ font-style: normal; }}
.small {{ font-size: 8.5pt; color: #44525f; }}
mark.gap {{ background: #ffef8a; color: inherit; }}
table {{ border-collapse: collapse; width: 100%; margin: 4pt 0 8pt; font-size: 9pt; }}
caption {{ text-align: start; font-size: 8.5pt; color: #44525f; padding-bottom: 3pt; }}
th, td {{ border: .6pt solid #7d8896; padding: 3pt 5pt; text-align: start; vertical-align: top; }}
thead {{ display: table-header-group; }} thead th, thead td {{ background: #e8eef5; }}
tr {{ break-inside: avoid; }} td, th {{ overflow-wrap: anywhere; }}
.lines hr {{ border: 0; border-bottom: .6pt solid #9aa7b5; margin: 20pt 0 0; }}
.page-break {{ break-after: page; }}
.footnotes {{ font-size: 8.5pt; border-top: .6pt solid #7d8896; margin-top: 14pt; }}
.footnote {{ float: footnote; font-size: 8pt; line-height: 1.25; color: #10202f; font-weight: 400;
  font-style: normal; overflow-wrap: anywhere; }}
::footnote-call {{ font-size: 7pt; vertical-align: super; line-height: 0; }}
"""
_PAGE = """
@page {{ size: A4 {orientation}; margin: 18mm 20mm 20mm; @bottom-center {{
  content: "{footer}  ·  " counter(page) " / " counter(pages); font: 8pt {fonts}; color: #44525f; }}
  @footnote {{ border-top: .5pt solid #7d8896; padding-top: 3pt; }} }}
"""


def document(report: Report, *, paged: bool = True) -> str:
    """A whole HTML document with its style inside; `paged` as in `block_html.html`."""
    orientation = "landscape" if report.landscape else "portrait"
    page = _PAGE.format(orientation=orientation, footer=_quoted(report.footer), fonts=_FONTS)
    direction = "rtl" if report.language == "ar" else "ltr"
    made = Markup(
        '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title>'
        "<!-- style --></head><body>{}</body></html>"
    ).format(report.language, direction, report.title, html(report, paged=paged))
    # Put in afterwards: a style must not be escaped.
    return str(made).replace("<!-- style -->", f"<style>{STYLE}{page}</style>", 1)


def pdf(report: Report) -> bytes:
    """The report as a tagged PDF.

    Raises:
        CannotPrint: Pango is missing, or a font for a script that the report holds.
    """
    from assistant.rendering.printing import pdf as printed

    return printed(document(report))


def _quoted(words: str) -> str:
    """Words inside a CSS string: nothing in them ends it or begins a rule or a tag."""
    return "".join(c if c.isalnum() or c in " .,·-–" else f"\\{ord(c):x} " for c in words)
