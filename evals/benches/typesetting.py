"""Documents -> PDFs that look like a conference's Final Acts, to read them back and compare.

Printed are the words and what a printer adds: title blocks, the enacting formula, italic
headings, labels, footnotes at the page's foot, running heads on alternate sides, page numbers, a
table of contents, words cut at line ends. Nothing tells the reader what is what but the look.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from corpus.addresses import slugify
from corpus.documents import Clause, Document, DocumentKind, Section, SectionKind
from evals.benches.linesetting import Layout, Para, Setter, Word, set_all, words, write_pdf
from evals.benches.segmentation import Segmentation, compare, read_reference

_FORMULAS = {
    "pp": "The Plenipotentiary Conference of the International Telecommunication Union",
    "wtdc": "The World Telecommunication Development Conference",
    "wtsa": "The World Telecommunication Standardization Assembly",
}
_SHORT = {
    DocumentKind.RESOLUTION: "Res.",
    DocumentKind.DECISION: "Dec.",
    DocumentKind.RECOMMENDATION: "Rec.",
}
_ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_VERA = ("Vera", "VeraBd", "VeraIt", "VeraBI")

BOOK = Layout("book")
"""A4 in Times, mirrored margins, justified and hyphenated, every document on a new page."""
POCKET = Layout(
    "pocket", width=419.5, height=595.3, inner=54, outer=45, top=64, bottom=52, size=9.5,
    leading=11.5, space=5, indent=28, hanging=True, new_page=False, rule=True,
)  # fmt: skip
"""A5, documents follow each other, items hang, a row of underscores over the footnotes."""
SHEET = Layout(
    "sheet", width=612, height=792, inner=72, outer=72, size=10, leading=12.5, mirrored=False,
    justified=False, hyphens=False, one_by_one=True, head_at_top=False, fonts=_VERA,
)  # fmt: skip
"""Letter in embedded Vera, ragged, words drawn one by one, page numbers at the foot."""
LAYOUTS = (BOOK, POCKET, SHEET)


class Printed(NamedTuple):
    """A printed file and the body page on which each document begins (1-based in the file)."""

    content: bytes
    begins: dict[str, int]


def typeset(
    documents: Sequence[Document], layout: Layout = BOOK, seed: int = 0, contents: bool = True
) -> Printed:
    """One PDF of the documents; the same arguments give the same bytes.

    Args:
        documents: resolutions, decisions, recommendations, in order.
        layout: one of `LAYOUTS` or another.
        seed: decides at which word each footnote hangs.
        contents: put a cover and a table of contents before, and a closing part behind.
    """
    if layout.fonts == _VERA:
        _register_vera()
    random_ = random.Random(seed)  # noqa: S311 - a layout, not a secret
    body = set_all(
        layout,
        [para for document in documents for para in _document(document, layout, random_)]
        + (_closing() if contents else []),
    )
    front = set_all(layout, _front(documents, layout, body.marks)) if contents else None
    sheets = len(front.pages) if front else 0
    sets: list[tuple[Setter, Callable[[int, str], str]]] = []
    if front:
        sets.append((front, lambda number, head: _ROMAN[min(number, 12)]))
    content = write_pdf(layout, [*sets, (body, _running_head(layout))], "Final Acts")
    begins = {d.id: body.marks[_head_words(d)] + sheets for d in documents}
    return Printed(content, begins)


def typeset_segmentation(
    shared: Path, layouts: Sequence[Layout] = LAYOUTS, every: int = 1
) -> Segmentation:
    """PP-18 read from XML, typeset, read back from the PDF and compared with the reference.

    Args:
        shared: the library of real texts.
        layouts: how to print; each is one source in the result.
        every: only each n-th document, for quick checks.
    """
    from corpus.reading.readers import akn, pdf

    source = shared / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)[::every]
    ids = {document.id for document in documents}
    reference = [
        row
        for row in read_reference(shared / "itu" / "pp18_clauses.jsonl")
        if row["document"] in ids
    ]
    results = [
        compare(
            pdf.read(typeset(documents, layout).content, f"{layout.name}.pdf"),
            reference,
            f"PDF, {layout.name}",
        )
        for layout in layouts
    ]
    return Segmentation(
        rows=[row for result in results for row in result.rows],
        disagreements=[item for result in results for item in result.disagreements],
    )


def _register_vera() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in _VERA:
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))


def _running_head(layout: Layout) -> Callable[[int, str], str]:
    def head(number: int, name: str) -> str:
        if not layout.head_at_top:
            return f"- {number} -"
        return f"{number} / {name}" if number % 2 == 0 else f"{name} / {number}"

    return head


def _head_words(document: Document) -> str:
    return f"{_SHORT.get(document.kind, 'Res.')} {document.number}"


def _name(document: Document) -> str:
    edition = f" ({document.edition})".upper() if document.edition.year else ""
    return f"{document.kind.value.upper()} {document.number}{edition}"


def _front(documents: Sequence[Document], layout: Layout, marks: dict[str, int]) -> Iterator[Para]:
    for line in ("FINAL ACTS", "of the Conference"):
        yield Para(words(line, "b"), align="centre", size=layout.size * 1.6, before=40)
    yield Para(words("TABLE OF CONTENTS", "b"), align="centre", fresh=True, before=layout.space)
    for document in documents:
        page = str(marks[_head_words(document)])
        entry = words(f"{_name(document)} {document.title}")
        dots = Word("." * (12 + len(document.title) % 20))
        yield Para([*entry, dots, Word(page)], align="left", before=layout.space / 2, leader=page)


def _closing() -> list[Para]:
    return [
        Para(words("DECLARATIONS AND RESERVATIONS", "b"), align="centre", fresh=True, head="Decl."),
        Para(words("One delegation reserves for its Government the right to act as it sees fit.")),
        Para(words("Another delegation declares that it shares the view of the first."), before=6),
    ]


def _document(document: Document, layout: Layout, random_: random.Random) -> Iterator[Para]:
    gap = layout.space
    big = layout.size * 1.15
    yield Para(
        words(_name(document)), align="centre", size=big, before=4 * gap, keep=True,
        head=_head_words(document),
    )  # fmt: skip
    yield Para(words(document.title, "b"), align="centre", size=big, before=2 * gap, keep=True)
    where = f"({document.edition.place}, {document.edition.year})"
    formula = _FORMULAS.get(document.body or "", _FORMULAS["pp"])
    yield Para(words(f"{formula} {where},"), before=2 * gap, keep=True)
    for section in document.sections:
        if section.kind is SectionKind.ANNEX:
            title = section.heading.upper()
            yield Para(words(title), align="centre", before=5 * gap, keep=True)
        else:
            yield Para(
                words(section.heading, "i"), left=layout.indent, align="left", before=1.6 * gap,
                keep=True,
            )  # fmt: skip
        for index, clause in enumerate(section.clauses):
            yield from _clause(section, clause, index == 0, layout, random_)


def _clause(
    section: Section, clause: Clause, first: bool, layout: Layout, random_: random.Random
) -> Iterator[Para]:
    gap = layout.space
    annex = section.kind is SectionKind.ANNEX
    body = _with_notes(clause, random_)
    label = re.sub(r"(?<![a-z]{2})-\d+$", "", clause.label) if clause.label else None
    if label is None:
        title = annex and first and len(body) <= 25
        face = "b" if title else ""
        yield Para(
            [word._replace(face=face) for word in body],
            align="centre" if title else "justify", before=gap, keep=title,
        )  # fmt: skip
        return
    last = label.rsplit(".", 1)[-1]
    level = 1 if "." in label and not last.isdigit() else 0
    if last.isdigit():
        yield Para(body, label=label, before=gap)
    elif re.fullmatch(r"[a-z]|[ivxl]{1,5}|([a-z])\1", last):
        yield Para(body, label=f"{last})", label_face="i", left=level * layout.indent, before=gap)
    else:
        yield from _named(last, body, layout, run_in="." in label)


def _named(slug: str, body: list[Word], layout: Layout, run_in: bool) -> Iterator[Para]:
    """A part of an annex named by a heading: the heading in bold, then its text.

    Below a numbered paragraph the heading runs in: its words open the paragraph in bold.
    """
    cut = next(
        (n for n in range(1, len(body)) if slugify(" ".join(w.text for w in body[:n])) == slug), 0
    )
    bold = [word._replace(face="b") for word in body[:cut]]
    if run_in:
        yield Para([*bold, *body[cut:]], before=layout.space)
        return
    if bold:
        yield Para(bold, align="left", before=2 * layout.space, keep=True)
    if body[cut:]:
        yield Para(body[cut:], before=layout.space)


def _with_notes(clause: Clause, random_: random.Random) -> list[Word]:
    body = words(clause.text)
    for note in clause.footnotes:
        free = [i for i, word in enumerate(body) if not word.note and word.text[-1:].isalpha()]
        if free:
            at = random_.choice(free)
            body[at] = body[at]._replace(note=note)
    return body
