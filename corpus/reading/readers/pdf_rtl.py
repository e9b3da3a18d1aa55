"""Arabic pages: lines in reading order, by where each letter stands on the page.

The order in which a file draws the letters of a right-to-left line is its maker's business: from
the right, from the left, word by word, or figures first. What a reader sees is the same in all of
them, so the letters are laid side by side as they stand and the rules by which a screen turns
written text into a line (UAX 9) are applied backwards.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from corpus.errors import TruncatedFile
from corpus.language.letters import dominant_script
from corpus.reading.readers.pdf_lines import Line, PageLines, Run
from corpus.reading.readers.pdf_pieces import is_bold_name

# A word of one letter ('and', 'in', 'to') is written to the number behind it.
_ALONE = "(?<!(?<![\u0621-\u064a])[\u0648\u0628\u0644\u0641\u0643])"
_GLUED = re.compile(f"(?<=[\u0621-\u064a]){_ALONE}(?=\\d{{2,}})|(?<=\\d)(?=[\u0621-\u064a]{{3,}})")
_MARKS = re.compile("\\s+(?=[\u064b-\u0652])")
_LOOSE_TATWEEL = re.compile("\\s*\u0640+\\s*(?=[\u0621-\u064a])")
_LAM, _ALEFS = "\u0644", frozenset("\u0622\u0623\u0625\u0627\u0649")
_INSIDE_NUMBERS = frozenset(".,:/\u066b\u066c\u00a0")
_PAIRS = {"(": ")", "[": "]", "{": "}", "«": "»", "‹": "›"}
_OPENING = {mark: opening for opening, closing in _PAIRS.items() for mark in (opening, closing)}

_UNIT_FIRST = re.compile(
    r"(?:[kKMGT]?(?:bit/s|bps|b/s|B|Hz|W|Wh)|[cmk]?m|[mk]?g|km/h)[²³]? +[\d.,:/]*\d"
)
"""A unit seen left of its number: the number is read first, as no word in other letters is."""

_BLANK_GAP, _JUMP_GAP, _WIDE_GAP = 0.1, 0.15, 0.45
"""In ems, from where on two letters are parted by a blank: where one is drawn between them, where
they are drawn apart from each other, and where they are drawn one after the other without one."""


class Glyph(NamedTuple):
    """One mark on the page with the letters it stands for; points, y down from the top.

    `first` and `last` count the letters drawn before it and up to it, and the ends of lines;
    `word` counts the blanks.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    first: int
    last: int
    word: int


def reordered(content: bytes, pages: Sequence[PageLines]) -> list[PageLines]:
    """`pages` with the lines of Arabic pages in reading order, mirrored so that x0 is their start.

    Args:
        content: the PDF file.
        pages: as `pdf_lines.read_lines` gives them.

    Raises:
        TruncatedFile: there are Arabic pages, and the file is too damaged to place their letters.
    """
    if not any(_is_arabic(page) for page in pages):
        return list(pages)
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
        return [
            _reordered(page, document[page.number - 1]) if _is_arabic(page) else page
            for page in pages
        ]
    except (pdfium.PdfiumError, IndexError) as error:
        raise TruncatedFile(
            "A page of the PDF is damaged and cannot be read. Download the file again."
        ) from error


def _is_arabic(page: PageLines) -> bool:
    return dominant_script("\n".join(line.text for line in page.lines)) == "arabic"


def tidy_arabic(text: str) -> str:
    """A line as a reader sees it: no drawn-out letters, marks on their letters, numbers apart."""
    text = _LOOSE_TATWEEL.sub("", text)
    text = _MARKS.sub("", text)
    return " ".join(_GLUED.sub(" ", text).replace("\u0640", "").split())


def _reordered(page: PageLines, sheet: Any) -> PageLines:
    glyphs = _whole(_glyphs(sheet, page.width, page.height))
    rows = list(_rows(glyphs))
    lines = [
        _line(row, page)
        for row, below in zip(rows, [*rows[1:], []], strict=True)
        if not all(_said_twice(glyph, below) for glyph in row)
    ]
    # A new value: a copy would carry the old page's rows along, which are cached.
    return PageLines(
        number=page.number,
        width=page.width,
        height=page.height,
        lines=tuple(line for line in lines if line is not None and line.text),
    )


def _glyphs(sheet: Any, width: float, height: float) -> list[Glyph]:
    """Every letter on a page in drawing order, turned upright as `pdf_pieces` turns the page."""
    import pypdfium2.raw as raw

    page = sheet.get_textpage()
    left, bottom, *_ = sheet.get_mediabox()
    x, y, matrix = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX()
    found: list[tuple[int, Glyph]] = []
    word = drawn = 0
    for place in range(page.count_chars()):
        code = raw.FPDFText_GetUnicode(page, place)
        char = chr(code) if code < 0x110000 else ""
        if not char.strip() and char != "\u00a0":
            word += char == " "
            drawn += char == "\n"
            continue
        if unicodedata.category(char) in ("Cc", "Cn", "Cs"):
            continue
        raw.FPDFText_GetCharOrigin(page, place, x, y)
        raw.FPDFText_GetMatrix(page, place, matrix)
        turn = _quarter_turns(matrix.a, matrix.b)
        box = page.get_charbox(place, loose=True)
        first, last = sorted((box[0], box[2]) if turn % 2 == 0 else (box[1], box[3]))
        across = (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
        right, up = x.value - left, y.value - bottom
        start, down, shift = {
            0: (right, height - up, first - x.value),
            1: (up, right, first - y.value),
            2: (width - right, up, x.value - last),
            3: (width - up, height - right, y.value - last),
        }[turn]
        glyph = Glyph(
            text=char,
            x0=start,
            x1=start + shift + (last - first),
            y=down,
            size=round(raw.FPDFText_GetFontSize(page, place) * across, 1) or 1.0,
            bold=_is_bold(page, place, raw),
            first=drawn,
            last=drawn,
            word=word,
        )
        drawn += 1
        found.append((turn, glyph))
    turns = Counter(turn for turn, _ in found)
    main = turns.most_common(1)[0][0] if turns else 0
    return [glyph for turn, glyph in found if turn == main]


def _quarter_turns(a: float, b: float) -> int:
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3


def _is_bold(page: Any, place: int, raw: Any) -> bool:
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(page, place, name, 128, flags)
    return is_bold_name(name.value.decode("utf-8", "replace")) or (
        raw.FPDFText_GetFontWeight(page, place) >= 600
    )


def _whole(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Letters that one shape stands for (لا) joined again, in the order in which they are read.

    They are told one by one at one place, and backwards where the line was turned round before:
    the lam and alef of the page show which.
    """
    groups: dict[tuple[float, float], list[Glyph]] = {}
    for glyph in glyphs:
        groups.setdefault((round(glyph.x0, 2), round(glyph.y, 2)), []).append(glyph)
    written = [[glyph.text for glyph in group] for group in groups.values()]
    pairs = [turn for letters in written if (turn := _turned(letters)) is not None]
    backwards = 2 * sum(pairs) > len(pairs)
    joined = []
    for group, letters in zip(groups.values(), written, strict=True):
        turned = _turned(letters)
        if turned is None:
            turned = len(letters) > 1 and backwards and _is_right(letters[0])
        text = "".join(reversed(letters) if turned else letters)
        bare = text.lstrip("".join(char for char in text if unicodedata.combining(char)))
        text = bare + text[: len(text) - len(bare)]  # a sign follows its letter
        joined.append(
            group[0]._replace(
                text=text,
                x1=max(g.x1 for g in group),
                first=min(g.first for g in group),
                last=max(g.last for g in group),
            )
        )
    return joined


def _turned(letters: Sequence[str]) -> bool | None:
    """Whether the letters of one shape stand backwards; None where they do not show it."""
    bare = [letter for letter in letters if not unicodedata.combining(letter)]
    if len(bare) == 2 and _LAM in bare and not _ALEFS.isdisjoint(bare):
        return bare[0] != _LAM
    return bool(unicodedata.combining(letters[0])) if len(bare) < len(letters) else None


def _rows(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Letters of one line, those of a line above the next one before them."""
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda item: item.y):
        sizes = (glyph.size, row[0].size) if row else (1.0, 1.0)
        if row and glyph.y - row[0].y > max(0.35 * max(sizes), 0.55 * min(sizes)):
            yield row
            row = []
        row.append(glyph)
    if row:
        yield row


def _line(row: Sequence[Glyph], page: PageLines) -> Line | None:
    """The row as a line from right to left, its places counted from the right edge.

    None where nothing but signs is in it.
    """
    sizes = Counter[float]()
    for glyph in row:
        sizes[glyph.size] += len(glyph.text)
    main = sizes.most_common(1)[0][0]
    base = Counter(round(glyph.y, 1) for glyph in row if glyph.size == main).most_common(1)[0][0]
    visual = _spaced(_marked(row))
    if not visual:
        return None
    order = reading_order([glyph.text for glyph in visual])
    runs: list[Run] = []
    for place in order:
        glyph = visual[place]
        raised = glyph.text.isdigit() and glyph.size <= 0.85 * main and base - glyph.y > 0.15 * main
        start, end = max(0.0, page.width - glyph.x1), page.width - glyph.x0
        if runs and runs[-1].raised == raised:
            last = runs[-1]
            runs[-1] = last.model_copy(
                update={
                    "text": last.text + glyph.text,
                    "x0": min(last.x0, start),
                    "x1": max(last.x1, end),
                }
            )
        else:
            bold = 2 * sum(g.bold for g in row) > len(row)
            size = glyph.size if raised else main
            runs.append(Run(text=glyph.text, x0=start, x1=end, size=size, bold=bold, raised=raised))
    runs = [run.model_copy(update={"text": _sides(run.text)}) for run in runs]
    return Line.of(page.number, base, runs)


def _sides(text: str) -> str:
    """A run tidied, with the blanks at its ends."""
    tidy = tidy_arabic(with_brackets(text))
    return f"{' ' if text[:1] == ' ' else ''}{tidy}{' ' if text[-1:] == ' ' and tidy else ''}"


def _marked(row: Sequence[Glyph]) -> list[Glyph]:
    """The row from left to right, with the vowel signs on the letters they stand over."""
    signs = [glyph for glyph in row if unicodedata.combining(glyph.text[0])]
    letters = sorted(
        (g for g in row if not unicodedata.combining(g.text[0]) and not _said_twice(g, row)),
        key=lambda glyph: glyph.x0,
    )
    if not letters:
        return []
    for sign in signs:
        middle = (sign.x0 + sign.x1) / 2
        place = min(
            range(len(letters)),
            key=lambda n: max(letters[n].x0 - middle, middle - letters[n].x1, 0.0),
        )
        letters[place] = letters[place]._replace(text=letters[place].text + sign.text)
    return letters


def _said_twice(glyph: Glyph, row: Sequence[Glyph]) -> bool:
    """Whether a raised sign brings along its letter, which the shape under it says already."""
    return any(
        0 < other.y - glyph.y < glyph.size
        and other.x0 <= glyph.x1
        and glyph.x0 <= other.x1
        and other.text.endswith(glyph.text)
        for other in row
    )


def _spaced(row: Sequence[Glyph]) -> list[Glyph]:
    """The row with a blank wherever two words meet."""
    spaced: list[Glyph] = []
    right = 0.0
    for glyph in row:
        if spaced:
            last = spaced[-1]
            if glyph.x0 - right > _word_gap(last, glyph) * max(glyph.size, last.size):
                spaced.append(last._replace(text=" ", x0=right, x1=glyph.x0))
        spaced.append(glyph)
        right = max(right, glyph.x1)
    return spaced


def _word_gap(one: Glyph, other: Glyph) -> float:
    """From how many ems on two letters that stand side by side are of two words."""
    letters = one.text[-1].isalpha() and other.text[0].isalpha()
    if letters and 1 in (other.first - one.last, one.first - other.last):
        return _BLANK_GAP if one.word != other.word else _WIDE_GAP
    # Chromium lays the text of a letter and its sign on the sign, at the left end of the letter.
    return _JUMP_GAP if one.y >= other.y else _WIDE_GAP


def _is_right(text: str) -> bool:
    return unicodedata.bidirectional(text[0]) in ("R", "AL")


def reading_order(visual: Sequence[str]) -> list[int]:
    """Places of the pieces of a line, seen from left to right, in the order they are read.

    Words go from right to left; a number, and words in other letters with what joins them, from
    left to right. A line without a letter of a right-to-left script, and with some of another, is
    read as it stands.
    """
    right = any(_is_right(text) for text in visual)
    if not right and any(unicodedata.bidirectional(text[0]) == "L" for text in visual):
        return list(range(len(visual)))
    order: list[int] = []
    place = 0
    while place < len(visual):
        end = _foreign_end(visual, place)
        # What was seen further right is read before.
        order[:0] = _in_words(visual, place, end)
        place = end
    return order


def _in_words(visual: Sequence[str], start: int, end: int) -> list[int]:
    """Places of a left-to-right stretch as they are read."""
    places = list(range(start, end))
    if _UNIT_FIRST.fullmatch("".join(visual[start:end])):
        blank = next(n for n in reversed(places) if visual[n].isspace())
        return [*range(blank + 1, end), blank, *range(start, blank)]
    return places


def _foreign_end(visual: Sequence[str], start: int) -> int:
    """Where the left-to-right stretch that begins at `start` ends; one piece on, if none does."""
    end = start
    latin = False
    for place in range(start, len(visual)):
        kind = unicodedata.bidirectional(visual[place][0])
        if kind == "L" or kind in ("EN", "AN"):
            if place > end and not _joins(visual, start, end, place, latin):
                break
            latin = latin or kind == "L"
            end = place + 1
        elif kind in ("R", "AL") or end == start:
            break
    if latin and end < len(visual) and visual[end] in _OPENING:
        end += _open_brackets(visual, start, end + 1) == 0  # it closes what the stretch opened
    return max(end, start + 1)


def _joins(visual: Sequence[str], start: int, end: int, place: int, latin: bool) -> bool:
    """Whether the stretch from `start` to `end` goes on at `place`, over what is between."""
    if not latin:
        number = unicodedata.bidirectional(visual[place][0]) != "L"
        return number and place == end + 1 and visual[end] in _INSIDE_NUMBERS
    return _open_brackets(visual, start, place) is not None


def _open_brackets(visual: Sequence[str], start: int, end: int) -> int | None:
    """How many brackets are open at the end of a left-to-right stretch; None where one closes
    that was opened outside it, in the right-to-left text."""
    opened = 0
    for place in range(start, end):
        if visual[place] in _OPENING:
            before, after = visual[place - 1 : place], visual[place + 1 : place + 2]
            opened += 1 if _opens("".join(before), "".join(after), opened) else -1
            if opened < 0:
                return None
    return opened


def _opens(before: str, after: str, opened: int) -> bool:
    """Whether a bracket between these two opens; between two words, where none is open yet."""
    free = not before or before.isspace() or before in _OPENING
    ends = not after or after.isspace() or after in _OPENING or after in ".,;:،؛؟!"
    return free if free != ends else opened <= 0


def with_brackets(text: str) -> str:
    """A line in reading order with each bracket the way its place says.

    Files hold the mark that was meant or the one that was drawn, which is its mirror image.
    """
    out = list(text)
    opened = Counter[str]()
    for place, char in enumerate(out):
        if opening := _OPENING.get(char):
            opens = _opens(
                text[max(0, place - 1) : place], text[place + 1 : place + 2], opened[opening]
            )
            out[place] = opening if opens else _PAIRS[opening]
            opened[opening] += 1 if opens else -1
    return "".join(out)
