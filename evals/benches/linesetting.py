"""Words -> justified lines -> pages: just enough typesetting to print what officials print.

Uses reportlab for type and PDF, pyphen for syllables; knows nothing of resolutions
(`evals.benches.typesetting` does). The pages it makes carry no tags, outline or structure of any
kind.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple


class Word(NamedTuple):
    """One word as set: its face ('', 'b', 'i', 'bi') and the footnote that hangs on its end."""

    text: str
    face: str = ""
    note: str = ""


class Layout(NamedTuple):
    """One way of printing a resolution; lengths in points.

    Attributes:
        name: for messages.
        width, height, inner, outer, top, bottom: the page and its margins.
        size, leading, space: of the text; `space` goes between paragraphs.
        fonts: names of the regular, bold, italic and bold-italic face.
        mirrored: inner and outer margins change sides, as in a bound book.
        justified: both edges straight, else ragged right.
        hyphens: words are cut at a line's end.
        one_by_one: every word is drawn by itself, so that the file holds no spaces.
        indent: of headings and items.
        hanging: lines after an item's first stand under its text, not under its label.
        first_line: of unlabelled paragraphs.
        head_at_top: running head above the text, else below it.
        new_page: every document begins a page.
        rule: footnotes are set off by a row of underscores, else by a drawn line.
    """

    name: str
    width: float = 595.3
    height: float = 841.9
    inner: float = 70
    outer: float = 56
    top: float = 85
    bottom: float = 70
    size: float = 11
    leading: float = 13
    space: float = 6
    fonts: tuple[str, str, str, str] = (
        "Times-Roman",
        "Times-Bold",
        "Times-Italic",
        "Times-BoldItalic",
    )
    mirrored: bool = True
    justified: bool = True
    hyphens: bool = True
    one_by_one: bool = False
    indent: float = 40
    hanging: bool = False
    first_line: float = 0
    head_at_top: bool = True
    new_page: bool = True
    rule: bool = False

    @property
    def measure(self) -> float:
        """Width of the text."""
        return self.width - self.inner - self.outer

    def font(self, face: str) -> str:
        """Font of a face."""
        return self.fonts[{"": 0, "b": 1, "i": 2, "bi": 3}[face]]


@dataclass
class Para:
    """A paragraph to set.

    Attributes:
        words: its words.
        label: printed before it, with a tab behind; italics when `label_face` is 'i'.
        left: indent of the whole paragraph.
        align: 'justify', 'centre' or 'left'.
        keep: stays on one page with the lines that follow.
        head: text of the running head from here on; None leaves it.
        fresh: begins a page.
        leader: a page number to fill in behind a row of dots (tables of contents).
    """

    words: Sequence[Word]
    label: str = ""
    label_face: str = ""
    left: float = 0
    align: str = "justify"
    size: float = 0
    before: float = 0
    keep: bool = False
    head: str | None = None
    fresh: bool = False
    leader: str = ""


class _Set(NamedTuple):
    """A line ready to draw: words, left edge, free width to spread, notes that belong under it."""

    words: list[Word]
    x: float
    slack: float
    size: float
    label: str
    label_face: str
    notes: list[tuple[str, str]]


@dataclass
class _Page:
    lines: list[tuple[float, _Set]] = field(default_factory=list)
    notes: list[_Set] = field(default_factory=list)
    head: str = ""


def width_of(text: str, font: str, size: float) -> float:
    """Width of a text in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, font, size))


@lru_cache(maxsize=1)
def _syllables() -> Any:
    import pyphen

    return pyphen.Pyphen(lang="en_GB", left=3, right=3)


class Setter:
    """Sets paragraphs on pages; `pages` fills up, `marks` notes the page of each running head."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.pages: list[_Page] = []
        self.marks: dict[str, int] = {}
        self._y = 0.0
        self._head = ""
        self._note = 0

    def add(self, para: Para) -> None:
        """Set one paragraph below the last, on new pages where it does not fit."""
        layout = self.layout
        if para.head is not None and para.head != self._head:
            self._head, self._note = para.head, 0
            if layout.new_page:
                para.fresh = True
        if para.fresh or not self.pages:
            self._new_page()
        if para.head is not None and para.head not in self.marks:
            self.marks[para.head] = len(self.pages)
        lines = self._lines(para)
        leading = self._leading(para)
        self._y += para.before if self.pages[-1].lines else 0
        room = leading * (len(lines) + 2 if para.keep else min(2, len(lines)))
        if not self._fits(room, []):
            self._new_page()
        for line in lines:
            notes = [note for mark, text in line.notes for note in self._note_lines(mark, text)]
            if not self._fits(leading, notes):
                self._new_page()
            self._y += leading
            self.pages[-1].lines.append((self._y, line))
            self.pages[-1].notes += notes

    def _leading(self, para: Para) -> float:
        return self.layout.leading * (para.size or self.layout.size) / self.layout.size

    def _new_page(self) -> None:
        self.pages.append(_Page(head=self._head))
        self._y = self.layout.top

    def _fits(self, height: float, notes: Sequence[_Set]) -> bool:
        page = self.pages[-1]
        under = len(page.notes) + len(notes)
        foot = under * self._note_leading + (14 if under else 0)
        return self._y + height + foot <= self.layout.height - self.layout.bottom

    @property
    def _note_leading(self) -> float:
        return self.layout.leading * 0.8

    def _note_lines(self, mark: str, text: str) -> list[_Set]:
        words = [Word(part) for part in text.split()]
        note = Para(words, label=mark, size=round(self.layout.size * 0.8, 1), align="left")
        return self._lines(note, tab=10)

    def _lines(self, para: Para, tab: float = 0) -> list[_Set]:
        """Breaks a paragraph into lines, greedily, at spaces, hyphens and syllables."""
        layout = self.layout
        size = para.size or layout.size
        tab = tab or (layout.indent if para.label else 0)
        hang = tab if layout.hanging or para.size else 0
        first = para.left + (tab if para.label else layout.first_line)
        if para.align != "justify" and not para.label:
            first = para.left
        rest = para.left + hang
        queue = list(para.words)
        lines: list[_Set] = []
        while queue:
            x = rest if lines else first
            measure = layout.measure - x - (40 if para.leader else 0)
            taken, used = self._fill(queue, measure, size, para.align == "justify")
            slack = measure - used
            last = not queue
            if para.align == "centre":
                x, slack = x + slack / 2, 0.0
            elif para.align == "left" or last or not layout.justified:
                slack = 0.0
            notes = []
            for index, word in enumerate(taken):
                if word.note:
                    self._note += 1
                    notes.append((str(self._note), word.note))
                    taken[index] = word._replace(note=str(self._note))
            label = para.label if not lines else ""
            lines.append(_Set(taken, x, slack, size, label, para.label_face, notes))
        return lines

    def _fill(
        self, queue: list[Word], measure: float, size: float, may_cut: bool
    ) -> tuple[list[Word], float]:
        layout = self.layout
        space = width_of(" ", layout.font(""), size)
        taken: list[Word] = []
        used = 0.0
        while queue:
            word = queue[0]
            gap = space if taken else 0.0
            wide = width_of(word.text, layout.font(word.face), size)
            if used + gap + wide <= measure or (not taken and wide > measure):
                taken.append(queue.pop(0))
                used += gap + wide
                continue
            cut = self._cut(word, measure - used - gap, size, may_cut)
            if cut:
                head, tail = cut
                taken.append(head)
                used += gap + width_of(head.text, layout.font(head.face), size)
                queue[0] = tail
            break
        return taken, used

    def _cut(self, word: Word, room: float, size: float, may_cut: bool) -> tuple[Word, Word] | None:
        """The longest beginning of a word that fits, at its own hyphen or between syllables."""
        font = self.layout.font(word.face)
        places = [(m.end(), "") for m in re.finditer(r"(?<=\w\w)[-/](?=\w\w)", word.text)]
        plain = re.fullmatch(r"([^\W\d_]{6,})\W*", word.text)
        if plain and may_cut and self.layout.hyphens and not plain[1].isupper():
            places += [(at, "-") for at in _syllables().positions(plain[1])]
        for at, sign in sorted(places, reverse=True):
            head = word.text[:at] + sign
            if width_of(head, font, size) <= room:
                return Word(head, word.face), Word(word.text[at:], word.face, word.note)
        return None


def write_pdf(
    layout: Layout, sets: Sequence[tuple[Setter, Callable[[int, str], str]]], title: str
) -> bytes:
    """Pages of several setters as one PDF; each has a function (page number, head) -> head line."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(layout.width, layout.height), invariant=1)
    canvas.setTitle(title)
    sheet = 0
    for setter, head in sets:
        for number, page in enumerate(setter.pages, start=1):
            sheet += 1
            _draw_page(canvas, layout, page, sheet % 2 == 0, head(number, page.head))
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw_page(canvas: Any, layout: Layout, page: _Page, even: bool, head: str) -> None:
    left = layout.outer if layout.mirrored and even else layout.inner
    if head:
        y = layout.top - 2.5 * layout.leading if layout.head_at_top else layout.height - 36
        font, size = layout.font(""), layout.size * 0.9
        wide = width_of(head, font, size)
        x = left if even and layout.mirrored else left + layout.measure - wide
        if not layout.mirrored:
            x = left + (layout.measure - wide) / 2
        canvas.setFont(font, size)
        canvas.drawString(x, layout.height - y, head)
    for y, line in page.lines:
        _draw_line(canvas, layout, line, left, layout.height - y)
    if page.notes:
        leading = layout.leading * 0.8
        y = layout.height - layout.bottom - len(page.notes) * leading
        if layout.rule:
            canvas.setFont(layout.font(""), 8)
            canvas.drawString(left, layout.height - y + 4, "_" * 18)
        else:
            canvas.line(left, layout.height - y + 8, left + 90, layout.height - y + 8)
        for index, note in enumerate(page.notes, start=1):
            _draw_line(canvas, layout, note, left, layout.height - y - index * leading)


def _draw_line(canvas: Any, layout: Layout, line: _Set, left: float, y: float) -> None:
    small = line.size < 0.9 * layout.size
    if line.label:
        tab = left + line.x - (10 if small else layout.indent)
        if small:
            canvas.setFont(layout.font(""), line.size * 0.7)
            canvas.drawString(tab, y + 0.3 * line.size, line.label)
        else:
            canvas.setFont(layout.font(line.label_face), line.size)
            canvas.drawString(tab, y, line.label)
    gaps = max(1, len(line.words) - 1)
    if layout.one_by_one:
        _draw_words(canvas, layout, line, left, y, line.slack / gaps)
        return
    text = canvas.beginText(left + line.x, y)
    text.setWordSpace(line.slack / gaps)
    pending, face = "", line.words[0].face
    for index, word in enumerate(line.words):
        if word.face != face:
            _show(text, layout.font(face), line.size, pending)
            pending, face = "", word.face
        last = index == len(line.words) - 1
        if word.note:
            _show(text, layout.font(face), line.size, pending + word.text)
            text.setRise(line.size * 0.35)
            _show(text, layout.font(""), line.size * 0.65, word.note)
            text.setRise(0)
            pending = "" if last else " "
        else:
            pending += word.text if last else f"{word.text} "
    _show(text, layout.font(face), line.size, pending)
    text.setWordSpace(0)
    canvas.drawText(text)


def _show(text: Any, font: str, size: float, words_: str) -> None:
    if words_:
        text.setFont(font, size)
        text.textOut(words_)


def _draw_words(
    canvas: Any, layout: Layout, line: _Set, left: float, y: float, spread: float
) -> None:
    x = left + line.x
    space = width_of(" ", layout.font(""), line.size)
    for word in line.words:
        font = layout.font(word.face)
        canvas.setFont(font, line.size)
        canvas.drawString(x, y, word.text)
        x += width_of(word.text, font, line.size)
        if word.note:
            canvas.setFont(layout.font(""), line.size * 0.65)
            canvas.drawString(x, y + 0.35 * line.size, word.note)
            x += width_of(word.note, layout.font(""), line.size * 0.65)
        x += space + spread


def words(text: str, face: str = "") -> list[Word]:
    """A text as words of one face."""
    return [Word(part, face) for part in text.split()]


def set_all(layout: Layout, paras: Iterable[Para]) -> Setter:
    """A setter with all the paragraphs set."""
    setter = Setter(layout)
    for para in paras:
        setter.add(para)
    return setter
