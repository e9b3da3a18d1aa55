"""Blocks -> HTML for the screen and the printer. Every value is escaped (P9)."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from assistant.rendering.blocks import (
    LEVEL_FILLS,
    Break,
    Cell,
    Heading,
    Lines,
    Paragraph,
    Piece,
    Report,
    Style,
    Table,
    level_ink,
)
from corpus.language.letters import dominant_script

_RTL = frozenset({"ar"})


class _Notes(list[str]):
    """Footnotes met so far; `paged` sets each at its place, for a printer that moves it down."""

    paged = False


def html(report: Report, *, paged: bool = False) -> Markup:
    """The report as one `<article>`.

    Footnotes stand at its end, linked both ways; with `paged` each stands where it is called, as
    `span.footnote`, which a style for paged media moves to the foot of its page.
    """
    notes = _Notes()
    notes.paged = paged
    return Markup("\n").join(_parts(report, notes))


def _parts(report: Report, notes: _Notes) -> Iterator[Markup]:
    direction = "rtl" if report.language in _RTL else "ltr"
    yield Markup('<article class="report" lang="{}" dir="{}">').format(report.language, direction)
    yield Markup("<h1>{}</h1>").format(report.title)
    if report.subtitle:
        yield Markup('<p class="subtitle">{}</p>').format(report.subtitle)
    listing = False
    for block in report.blocks:
        is_bullet = isinstance(block, Paragraph) and block.style is Style.BULLET
        if is_bullet is not listing:
            yield Markup("<ul>") if is_bullet else Markup("</ul>")
            listing = is_bullet
        if isinstance(block, Heading):
            yield Markup("<h{0}>{1}</h{0}>").format(min(block.level, 2) + 1, block.text)
        elif isinstance(block, Paragraph):
            yield _paragraph(block, notes)
        elif isinstance(block, Table):
            yield from _table(block, notes)
        elif isinstance(block, Lines):
            yield Markup('<div class="lines" aria-hidden="true">{}</div>').format(
                Markup("<hr>") * block.count
            )
        elif isinstance(block, Break):
            yield Markup('<div class="page-break"></div>')
    if listing:
        yield Markup("</ul>")
    if notes:
        yield Markup('<ol class="footnotes">')
        for number, note in enumerate(notes, 1):
            yield Markup('<li id="fn-{0}" dir="{2}">{1} <a href="#fr-{0}">↑</a></li>').format(
                number, note, _dir(note)
            )
        yield Markup("</ol>")
    yield Markup("</article>")


def _paragraph(block: Paragraph, notes: _Notes) -> Markup:
    inner = _line(block.pieces, notes)
    way = _dir("".join(piece.text for piece in block.pieces))
    if block.style is Style.BULLET:
        return Markup('<li dir="{}">{}</li>').format(way, inner)
    kind = Markup(' class="small"') if block.style is Style.SMALL else Markup("")
    return Markup('<p{} dir="{}">{}</p>').format(kind, way, inner)


def _dir(words: str) -> str:
    """The direction of words; said outright, as printers do not find it out themselves."""
    return "rtl" if dominant_script(words) == "arabic" else "ltr"


def _line(pieces: tuple[Piece, ...], notes: _Notes) -> Markup:
    return Markup("").join(_piece(piece, notes) for piece in pieces)


def _piece(piece: Piece, notes: _Notes) -> Markup:
    out = escape(piece.text)
    if piece.gap:
        out = Markup('<mark class="gap">{}</mark>').format(out)
    if piece.bold:
        out = Markup("<strong>{}</strong>").format(out)
    if piece.italic:
        out = Markup("<em>{}</em>").format(out)
    if piece.note and notes.paged:
        out += Markup('<span class="footnote" dir="{}">{}</span>').format(
            _dir(piece.note), piece.note
        )
    elif piece.note:
        notes.append(piece.note)
        out += Markup('<sup id="fr-{0}"><a href="#fn-{0}">{0}</a></sup>').format(len(notes))
    return out


def _table(block: Table, notes: _Notes) -> Iterator[Markup]:
    yield Markup('<div class="scroll" tabindex="0" role="region" aria-label="{}"><table>').format(
        block.caption or ", ".join(c for c in block.columns if c)
    )
    if block.caption:
        yield Markup("<caption>{}</caption>").format(block.caption)
    if block.widths:
        yield Markup("<colgroup>{}</colgroup>").format(
            Markup("").join(
                Markup('<col style="width:{:.1f}%">').format(w * 100) for w in block.widths
            )
        )
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(c) if c else Markup("<td></td>")
        for c in block.columns
    )
    yield Markup("<thead><tr>{}</tr></thead><tbody>").format(heads)
    style = Markup(' style="height:{:.1f}cm"').format(block.tall) if block.tall else Markup("")
    for row in block.rows:
        cells = Markup("").join(_cell(held, notes, place == 0) for place, held in enumerate(row))
        yield Markup("<tr{}>{}</tr>").format(style, cells)
    yield Markup("</tbody></table></div>")


def _cell(held: Cell, notes: _Notes, is_head: bool) -> Markup:
    inner = Markup("<br>").join(_line(line, notes) for line in held.lines)
    tag = Markup('th scope="row"') if is_head and held.lines else Markup("td")
    ground = (
        Markup(' style="background:#{};color:#{}"').format(
            LEVEL_FILLS[held.level], level_ink(held.level)
        )
        if held.level
        else Markup("")
    )
    words = " ".join(piece.text for line in held.lines for piece in line)
    way = Markup(' dir="{}"').format(_dir(words)) if dominant_script(words) else Markup("")
    return Markup("<{}{}{}>{}</{}>").format(tag, ground, way, inner, tag[:2])
