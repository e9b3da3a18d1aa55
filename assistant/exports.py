"""Answers and conversations as Markdown and DOCX, with the citations exactly as given (P5).

Text of documents and of people is data: in Markdown it is escaped so that nothing in it becomes a
link, a picture or HTML (P9), and links are only the citations' own official pages.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from assistant.answers import Answer, Citation
from assistant.phrases import say
from assistant.store import StoredTurn

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!()&])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))", re.MULTILINE)
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
        for claim in answer.claims:
            marks = "".join(f" [{number}]" for number in numbers(answer, claim.addresses))
            if claim.is_quote:
                out += [*(f"> {_plain(line)}" for line in claim.text.splitlines()), f">{marks}", ""]
            else:
                out += [f"{_plain(claim.text)}{marks}", ""]
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
                remarks = "; ".join(_plain(remark) for remark in _remarks(citation, language))
                out.append(f"{number}. {_plain(citation.label)} — {remarks}")
                out.append(f"   > {_plain(' '.join(citation.quote.split()))}")
                if _web(citation.url):
                    out.append(f"   <{citation.url}>")
            out.append("")
    return "\n".join(out).rstrip() + "\n"


def docx(title: str, turns: Sequence[StoredTurn], language: str = "en") -> bytes:
    """The turns as a Word document; right-to-left paragraphs where the language asks for it."""
    from docx import Document

    file = Document()
    file.core_properties.title = _clean(title or say(language, "ui-title"))
    file.core_properties.author = ""
    rtl = language == "ar"
    _paragraph(file, title or say(language, "ui-title"), "Title", rtl)
    for turn in turns:
        answer = turn.answer
        mirrored = answer.language == "ar"
        _paragraph(file, turn.question, "Heading 1", mirrored)
        status = _paragraph(file, "", None, rtl)
        status.add_run(say(language, f"ui-status-{answer.status.value}")).italic = True
        if answer.opening:
            _paragraph(file, answer.opening, None, mirrored)
        for claim in answer.claims:
            style = "Quote" if claim.is_quote else None
            paragraph = _paragraph(file, claim.text, style, claim.language == "ar")
            for number in numbers(answer, claim.addresses):
                paragraph.add_run(f" [{number}]").bold = True
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
                entry.add_run(_clean(citation.label)).bold = True
                entry.add_run(_clean(" — " + "; ".join(_remarks(citation, language))))
                _paragraph(file, citation.quote, "Quote", citation.language == "ar")
                if _web(citation.url):
                    _paragraph(file, citation.url or "", None, False)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def numbers(answer: Answer, addresses: Iterable[str]) -> list[int]:
    """Numbers (from 1) of the citations of `addresses`, as the answer numbers them."""
    order = [citation.address for citation in answer.citations]
    return [order.index(address) + 1 for address in addresses if address in order]


def _remarks(citation: Citation, language: str) -> list[str]:
    """Address, page, and what a reader must know of the text: digest, superseded."""
    remarks = [citation.address]
    if citation.page is not None:
        remarks.append(say(language, "ui-page", page=citation.page))
    if citation.is_digest:
        remarks.append(say(language, "ui-digest"))
    if citation.superseded_by:
        remarks.append(say(language, "ui-superseded-by", document=citation.superseded_by))
    return remarks


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

    paragraph = file.add_paragraph(_clean(text), style=style)
    if rtl:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    return paragraph


plain, clean = _plain, _clean
"""Escaped for Markdown on one line; without control characters for a Word file."""
