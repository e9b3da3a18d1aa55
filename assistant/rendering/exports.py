"""Answers and conversations as Markdown and DOCX, with the citations exactly as given (P5).

Text of documents and of people is data: in Markdown it is escaped so that nothing in it becomes a
link, a picture or HTML (P9), and links are only the citations' own official pages.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from assistant.answers import Answer, Citation, Claim
from assistant.phrases import isolated, quoted, say
from assistant.records.conversations import StoredTurn

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!()&])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))", re.MULTILINE)
_ARABIC = re.compile("[\u0600-\u06ff]")
_SEMICOLON = {"ar": "؛ ", "zh": "；"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def markdown(title: str, turns: Sequence[StoredTurn], language: str = "en") -> str:
    """The turns as one Markdown text; `language` is that of the headings in it."""
    out = [f"# {_plain(title or say(language, 'ui-title'))}", ""]
    for turn in turns:
        answer = turn.answer
        out += [f"## {_plain(turn.question)}", ""]
        out += [f"*{say(language, f'ui-status-{answer.status.value}')}*", ""]
        if answer.opening:
            out += [_plain(answer.opening), ""]
        for block, claims in answer.laid():
            out += [f"### {_plain(block.title)}", ""] if block.title else []
            if block.status:
                out += [f"*{say(language, f'ui-status-{block.status.value}')}*", ""]
            out += [_plain(block.opening), ""] if block.opening else []
            for claim in claims:
                out += [*_marked(answer, claim), ""]
            out += [*(f"- {_plain(note)}" for note in block.notes), ""] if block.notes else []
        if answer.table is not None:
            out += [*_table(answer), ""]
        out += [f"- {_plain(note)}" for note in answer.notes]
        if answer.notes:
            out.append("")
        if answer.nearest:
            out += [f"### {say(language, 'ui-nearest')}", ""]
            out += [
                f"- {_plain(near.label)}" + (f" <{near.url}>" if _web(near.url) else "")
                for near in answer.nearest
            ]
            out.append("")
        if answer.citations:
            out += [f"### {say(language, 'ui-sources')}", ""]
            for number, citation in enumerate(answer.citations, 1):
                remarks = _plain(_remarks(citation, language))
                out.append(f"{number}. {_plain(citation.label)} — {remarks}")
                out.append(f"   > {_plain(' '.join(citation.quote.split()))}")
                if _web(citation.url):
                    out.append(f"   <{citation.url}>")
            out.append("")
    return "\n".join(out).rstrip() + "\n"


def _marked(answer: Answer, claim: Claim) -> list[str]:
    """A claim in Markdown with the numbers of its sources."""
    marks = "".join(f" [{number}]" for number in numbers(answer, claim.addresses))
    if claim.is_quote:
        return [*(f"> {_plain(line)}" for line in claim.text.splitlines()), f">{marks}"]
    return [f"{_plain(claim.text)}{marks}"]


def _table(answer: Answer) -> list[str]:
    """The answer's table in Markdown; claims of one cell are parted by a stroke."""
    table = answer.table
    assert table is not None

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    rows = [
        line([_plain(row.name), *(" / ".join(_cell(answer, cell)) for cell in row.cells)])
        for row in table.rows
    ]
    head = line(["", *(_plain(column) for column in table.columns)])
    return [head, line(["---"] * (len(table.columns) + 1)), *rows]


def _cell(answer: Answer, claims: Sequence[int]) -> list[str]:
    return [
        _plain(claim.text) + "".join(f" [{n}]" for n in numbers(answer, claim.addresses))
        for claim in answer.numbered(claims)
    ] or ["—"]


def docx(title: str, turns: Sequence[StoredTurn], language: str = "en") -> bytes:
    """The turns as a Word document; right-to-left paragraphs where the language asks for it."""
    from docx import Document

    file = Document()
    file.core_properties.title = _clean(title or say(language, "ui-title"))
    file.core_properties.author = ""
    rtl = language == "ar"
    slanted = language not in ("ar", "zh")  # scripts that have no italics
    file.styles["Quote"].font.italic = slanted
    _paragraph(file, title or say(language, "ui-title"), "Title", rtl)
    for turn in turns:
        answer = turn.answer
        mirrored = answer.language == "ar"
        _paragraph(file, turn.question, "Heading 1", mirrored)
        status = _paragraph(file, "", None, rtl)
        _run(status, say(language, f"ui-status-{answer.status.value}"), italic=slanted)
        if answer.opening:
            _paragraph(file, answer.opening, None, mirrored)
        for block, claims in answer.laid():
            if block.title:
                _paragraph(file, block.title, "Heading 2", mirrored)
            if block.status:
                told = _paragraph(file, "", None, rtl)
                _run(told, say(language, f"ui-status-{block.status.value}"), italic=slanted)
            if block.opening:
                _paragraph(file, block.opening, None, mirrored)
            for claim in claims:
                style = "Quote" if claim.is_quote else None
                paragraph = _paragraph(file, claim.text, style, claim.language == "ar")
                for number in numbers(answer, claim.addresses):
                    paragraph.add_run(f" [{number}]").bold = True
            for note in block.notes:
                _paragraph(file, note, "List Bullet", mirrored)
        if answer.table is not None:
            _word_table(file, answer, mirrored)
        for note in answer.notes:
            _paragraph(file, note, "List Bullet", mirrored)
        if answer.nearest:
            _paragraph(file, say(language, "ui-nearest"), "Heading 2", rtl)
            for near in answer.nearest:
                link = f" {near.url}" if _web(near.url) else ""
                _paragraph(file, near.label + link, "List Bullet", rtl)
        if answer.citations:
            _paragraph(file, say(language, "ui-sources"), "Heading 2", rtl)
            for number, citation in enumerate(answer.citations, 1):
                entry = _paragraph(file, "", None, rtl)
                entry.add_run(f"[{number}] ").bold = True
                _run(entry, citation.label, bold=True)
                _run(entry, f" — {_remarks(citation, language)}")
                _paragraph(file, citation.quote, "Quote", citation.language == "ar")
                if _web(citation.url):
                    _paragraph(file, citation.url or "", None, False)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _word_table(file: Any, answer: Answer, rtl: bool) -> None:
    """The answer's table in a Word document, its columns from the right where `rtl`."""
    from docx.oxml import OxmlElement

    table = answer.table
    assert table is not None

    def cell(paragraph: Any, text: str, *, bold: bool = False) -> None:
        if _ARABIC.search(text):
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        _run(paragraph, text, bold=bold)

    made = file.add_table(rows=1, cols=len(table.columns) + 1, style="Table Grid")
    if rtl:
        made._tbl.tblPr.append(OxmlElement("w:bidiVisual"))
    for place, name in enumerate(table.columns, 1):
        cell(made.rows[0].cells[place].paragraphs[0], name, bold=True)
    for row in table.rows:
        cells = made.add_row().cells
        cell(cells[0].paragraphs[0], row.name, bold=True)
        for place, claims in enumerate(row.cells, 1):
            paragraph = cells[place].paragraphs[0]
            for number, claim in enumerate(answer.numbered(claims)):
                if number:
                    paragraph = cells[place].add_paragraph()
                said = quoted(answer.language, claim.text) if claim.is_quote else claim.text
                cell(paragraph, said)
                for source in numbers(answer, claim.addresses):
                    paragraph.add_run(f" [{source}]").bold = True
            if not claims:
                paragraph.add_run("—")


def numbers(answer: Answer, addresses: Iterable[str]) -> list[int]:
    """Numbers (from 1) of the citations of `addresses`, as the answer numbers them."""
    order = [citation.address for citation in answer.citations]
    return [order.index(address) + 1 for address in addresses if address in order]


def _remarks(citation: Citation, language: str) -> str:
    """Address, page, and what a reader must know of the text: its origin, digest, superseded."""
    remarks = [isolated(language, citation.address)]
    if citation.page is not None:
        remarks.append(say(language, "ui-page", page=citation.page))
    if citation.origin is not None:
        remarks.append(say(language, f"ui-origin-{citation.origin.value}"))
    if citation.is_digest:
        remarks.append(say(language, "ui-digest"))
    if citation.superseded_by:
        remarks.append(say(language, "ui-superseded-by", document=citation.superseded_by))
    return _SEMICOLON.get(language, "; ").join(remarks)


def _plain(text: str) -> str:
    """`text` so that Markdown shows it as it is."""
    escaped = _MARKDOWN.sub(r"\\\1", _clean(" ".join(text.split())))
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if not m[2].isdigit() else m[0], escaped)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _web(url: str | None) -> bool:
    return bool(url) and re.match(r"https?://[^\s<>\"]+$", url or "") is not None


def _paragraph(file: Any, text: str, style: str | None, rtl: bool) -> Any:
    from docx.oxml import OxmlElement

    paragraph = file.add_paragraph(style=style)
    if text:
        _run(paragraph, text)
    if rtl:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    return paragraph


def _run(paragraph: Any, text: str, *, bold: bool = False, italic: bool = False) -> Any:
    """`text` added to a paragraph of a Word document; Arabic is set as a right-to-left run, or its
    full stops and brackets would stand at the wrong end of it, and Word bold as its own script."""
    run = paragraph.add_run(_clean(text))
    run.bold, run.italic = bold or None, italic or None
    if _ARABIC.search(text):
        run.font.rtl, run.font.cs_bold = True, bold or None
    return run


plain, clean = _plain, _clean
"""Escaped for Markdown on one line; without control characters for a Word file."""
