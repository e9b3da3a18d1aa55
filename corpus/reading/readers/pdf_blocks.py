"""Body pages -> paragraphs as printed: lines joined, hyphens mended, footnotes attached.

A paragraph ends where a reader sees it end: at a gap wider than the leading, a first-line indent,
a change of type, a label after closed punctuation. At a page's foot, where no gap can be seen,
indents, labels and punctuation decide, so a clause that crosses pages stays whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from corpus.grammar.resolutions import Block
from corpus.reading.readers.pdf_furniture import BodyPage
from corpus.reading.readers.pdf_lines import Line
from corpus.reading.readers.raised import raised_beside

_LABEL = re.compile(
    r"\(?[a-z]{1,2}(?:bis|ter)?\)\s|\(?[ivxl]{1,6}\)\s|\(?\d{1,3}(?:\.\d{1,3}){0,3}\s?[.)]\s"
    r"|\d{1,3}(?:\.\d{1,3}){1,3}\s|[•·▪–—−]\s",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"\d{1,2}")
_CLOSED = re.compile(r"[.;:,!?。;:,؛،؟]\W{0,2}(?:\s(?:and|or|et|ou|y|o|и|или))?$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LIGATURES = str.maketrans(
    {
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
        "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
        "\x7f": "•",  # unused codes of WinAnsiEncoding show a bullet (ISO 32000-1, D.2)
    }
)  # fmt: skip


# Words of their own that far more often end another.
_ENDINGS = {"able", "ably", "coming", "fully", "less", "ness", "ship", "ment", "tion", "time"}


class Paragraph(Block):
    """A Block with what only a page shows.

    Attributes:
        lead: the italic words that open a paragraph which is not wholly italic ('Recalling').
        size: type size, points.
        centred: its lines are centred on the text.
    """

    lead: str = ""
    size: float = 0.0
    centred: bool = False


class _Margins:
    """Left and right edges of the text, by page parity (books mirror their margins)."""

    def __init__(self, pages: Sequence[BodyPage]) -> None:
        self._left: dict[int, float] = {}
        self._right: dict[int, float] = {}
        for parity in (0, 1):
            rows = [row for page in pages if page.number % 2 == parity for row in page.rows]
            left = Counter(round(row.x0) for row in rows)
            right = Counter(round(row.x1 / 2) * 2 for row in rows)
            if rows:
                often = max(left.values())
                self._left[parity] = min(x for x, n in left.items() if n >= 0.2 * often)
                often = max(right.values())
                self._right[parity] = max(x for x, n in right.items() if n >= 0.2 * often)

    def left(self, line: Line) -> float:
        return self._left[line.page % 2]

    def right(self, line: Line) -> float:
        return self._right[line.page % 2]

    def indent(self, line: Line) -> float:
        return line.x0 - self.left(line)

    def short(self, line: Line) -> bool:
        """Does the line end well before the right edge, so that a word more would have fitted?"""
        width = self.right(line) - self.left(line)
        return line.x1 < self.right(line) - 0.15 * width

    def centred(self, line: Line) -> bool:
        """Is the line set about the middle of the text, with air on both sides?"""
        before, after = self.indent(line), self.right(line) - line.x1
        width = self.right(line) - self.left(line)
        return before > 0.04 * width and abs(before - after) < 0.06 * width


def paragraphs(pages: Sequence[BodyPage]) -> list[Paragraph]:
    """Every paragraph of the pages, in order, each with the page on which it begins."""
    margins = _Margins(pages)
    leading = _usual_step(pages)
    spaced = _spaced(pages, leading)
    words = words_of(row.text for page in pages for row in page.rows)
    groups: list[list[Line]] = []
    for page in pages:
        for row in page.rows:
            if groups and not _breaks(groups[-1], row, margins, leading, spaced):
                groups[-1].append(row)
            else:
                groups.append([row])
    notes = {(page.number, note.marker): note.text for page in pages for note in page.notes}
    return [
        paragraph
        for group in groups
        if (paragraph := _paragraph(group, margins, notes, words)) is not None
    ]


def _usual_step(pages: Sequence[BodyPage]) -> float:
    steps: Counter[float] = Counter()
    for page in pages:
        for above, below in pairwise(page.rows):
            if abs(above.size - below.size) < 0.6 and 0 < below.y - above.y < 2.5 * below.size:
                steps[round((below.y - above.y) * 2) / 2] += 1
    if not steps:
        return 12.0
    often = max(steps.values())
    return min(step for step, count in steps.items() if count >= 0.5 * often)


def _spaced(pages: Sequence[BodyPage], leading: float) -> bool:
    """Does the file set labelled paragraphs apart by space, rather than by the label alone?"""
    apart = close = 0
    for page in pages:
        for above, below in pairwise(page.rows):
            if _labelled(below) and _CLOSED.search(above.text):
                apart += below.y - above.y > 1.27 * leading
                close += below.y - above.y <= 1.27 * leading
    return apart > 2 * close


def _breaks(
    group: Sequence[Line], line: Line, margins: _Margins, leading: float, spaced: bool
) -> bool:
    """Does `line` begin a new paragraph after the lines of `group`?"""
    last = group[-1]
    if abs(line.size - last.size) > 0.9 or line.bold != last.bold:
        return True
    crosses = line.page != last.page
    same_style = line.italic == last.italic or _mixed(last) or _mixed(line)
    if not crosses:
        step = line.y - last.y
        scale = max(leading, 1.1 * line.size) if line.size > 1.15 * leading / 1.2 else leading
        if step > 1.27 * scale or step <= 0:
            return True
    if not same_style and (all(row.italic for row in group) and not _mixed(last)):
        return True
    if cut_off(last.text, line.text):
        return False
    if (margins.centred(last) and margins.centred(line)) or (last.bold and not _labelled(line)):
        return crosses
    indent, first = margins.indent(line), margins.indent(group[0])
    rest = margins.indent(group[1]) if len(group) > 1 else None
    stands_out = rest is not None and abs(first - rest) > 8 and abs(indent - rest) < 8
    if _labelled(line) and (_CLOSED.search(last.text) or margins.short(last)):
        # Where paragraphs are set apart by space, a label without it runs on in the text.
        return not (stands_out if crosses else spaced)
    if rest is not None:
        if abs(indent - rest) > 8:
            return True
        if crosses and abs(first - rest) > 8:
            # First lines stand out here, so a line in the run of the others goes on; with one
            # exception: items hang where first lines of paragraphs stand, and a lead tells.
            return rest > 8 and _lead(line) != ""
    elif indent - first > 8:
        hangs = _labelled(group[0]) and not margins.short(last)
        return not hangs or _lead(line) != ""
    elif first - indent > 8:
        return margins.short(last) and bool(_CLOSED.search(last.text))
    return _closed_end(last, line, margins) if crosses else _short_end(last, line, margins)


def _short_end(last: Line, line: Line, margins: _Margins) -> bool:
    """The line above closed its sentence well before the edge, and this one opens another."""
    opens = line.text[:1].isupper() or _labelled(line) or _lead(line) != ""
    return margins.short(last) and bool(_CLOSED.search(last.text)) and opens


def _closed_end(last: Line, line: Line, margins: _Margins) -> bool:
    """Across pages in block style: does the punctuation say that the paragraph was over?"""
    if not _CLOSED.search(last.text):
        return margins.short(last) and line.text[:1].isupper()
    if _lead(line) or _labelled(line):
        return True
    if line.text[:1].islower() and not margins.short(last):
        return False
    return margins.short(last) or bool(re.search(r"[.;:]\W{0,2}$", last.text))


def _labelled(line: Line) -> bool:
    """Does the line open with a label: 'a)', '(ii)', '1.2', or a number set apart by a tab?"""
    if _LABEL.match(line.text):
        return True
    first = line.runs[0]
    return (
        len(line.runs) > 1
        and bool(_BARE_NUMBER.fullmatch(first.text.strip()))
        and line.runs[1].x0 - first.x1 > 0.8 * line.size
    )


def _mixed(line: Line) -> bool:
    """Upright and italic letters in one line."""
    marks = {run.italic for run in line.runs if re.search(r"[^\W\d_]{2}", run.text)}
    return len(marks) > 1


def _lead(line: Line) -> str:
    """Italic words that open a line which goes on upright; a label before them is passed over."""
    runs = list(line.runs)
    if len(runs) > 1 and not re.search(r"[^\W\d_]{2}", runs[0].text):
        runs = runs[1:]
    if len(runs) > 1 and runs[0].italic and _mixed(line):
        return runs[0].text.strip()
    return ""


def _paragraph(
    group: Sequence[Line],
    margins: _Margins,
    notes: dict[tuple[int, str], str],
    words: Counter[str],
) -> Paragraph | None:
    bodies: list[str] = []
    texts: list[str] = []
    for line in group:
        pieces: list[str] = []
        dropped = False
        for run in line.runs:
            if run.raised:
                before, figures = "".join(pieces).rstrip(), run.text.strip()
                beside = raised_beside(before, figures)
                markers = re.findall(r"\d{1,3}|[*†‡§]{1,3}", run.text)
                known = [m for m in markers if (line.page, m) in notes]
                note = markers and known == markers
                if beside is not None and (not note or beside[0] not in "[^"):
                    pieces = [before, beside, " " * (run.text != run.text.rstrip())]
                    continue
                if note:
                    bodies += [notes[line.page, m] for m in markers]
                    dropped = True
                    continue
            pieces.append(run.text)
        text = tidy("".join(pieces))
        # The marker's own place leaves no blank before a comma.
        texts.append(re.sub(r"(?<=\w) (?=[,.;:](?:\s|$))", "", text) if dropped else text)
    text = join_lines(texts, words)
    if not text:
        return None
    first = group[0]
    return Paragraph(
        text=text,
        page=first.page,
        italic=all(line.italic and not _mixed(line) for line in group),
        bold=all(line.bold for line in group),
        indent=round(max(0.0, margins.indent(first)), 1),
        footnotes=tuple(bodies),
        lead=_lead(first),
        size=first.size,
        centred=all(margins.centred(line) for line in group),
    )


def tidy(text: str) -> str:
    """Text with ligatures spelt out, hyphens and spaces of one kind, whitespace collapsed."""
    return re.sub(r"\s+", " ", text.translate(_LIGATURES)).strip()


def words_of(lines: Iterable[str]) -> Counter[str]:
    """How often each word is written in the lines, less those that a line's end may have cut."""
    words = Counter[str]()
    for line in lines:
        words.update(word.casefold() for word in _WORD.findall(line)[1:-1])
    return words


def cut_off(line: str, following: str) -> bool:
    """Does a line end within a word that the line below goes on with?"""
    return bool(re.search(r"[^\W\d_][-\u00ad\u00ac\u2010]\s*$", line)) and (
        following.lstrip()[:1].islower()
    )


def join_lines(lines: Iterable[str], words: Counter[str]) -> str:
    """Lines of one paragraph as running text, words cut at a line's end made whole.

    `words` counts the words of the whole file: a hyphen at a line's end goes when the file writes
    the word without one, stays when it writes it with one or uses both halves as words.
    """
    text = ""
    for line in lines:
        text = re.sub("\u2010$", "-", text)
        # Old programs show the hyphen that is there only at a line's end as a sign of negation.
        if re.search("(?<=[^\\W\\d_])[\u00ad\u00ac]$", text):
            text = text[:-1] + line
        elif text.endswith("-") and line:
            text = _join_hyphen(text, line, words)
        elif re.search(r"\w/$", text):
            text += line
        else:
            text = f"{text} {line}" if text and line else text + line
    return text.replace("\u00ad", "").strip()


def _join_hyphen(text: str, line: str, words: Counter[str]) -> str:
    before = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$", text)
    after = re.match(r"[^\W\d_]+(?:-[^\W\d_]+)*", line)
    if not before or not after:
        # '2020-' + '2023', or a dash: '- ' keeps its space.
        return text + line if re.search(r"\w-$", text) else f"{text} {line}"
    left, right = before[1].casefold(), after[0].casefold()
    whole, hyphened = words[left + right], words[f"{left}-{right}"]
    if line[0].isupper() or before[1].isupper() or hyphened > whole:
        return text + line
    if whole:
        return text[:-1] + line
    ends, begins = left.rsplit("-", 1)[-1], right.split("-", 1)[0]
    # Neither form is written elsewhere: 'non-|members' holds a word behind the hyphen, 'play-|ers'
    # does not; 'state-of-|the-art' has words on both sides.
    compound = words[begins] and (len(begins) >= 4 or words[ends]) and begins not in _ENDINGS
    return text + line if compound else text[:-1] + line
