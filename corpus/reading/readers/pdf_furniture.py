"""What is printed around the text: running heads and feet, page numbers, footnotes.

Running heads are found as an eye finds them: at the page's edge, the same words (but for the
numbers) at the same height on other pages. Words alone decide only for page numbers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from corpus.documents import Frozen
from corpus.grammar.titles import parse_head
from corpus.reading.readers.pdf_columns import gutters, unfolded
from corpus.reading.readers.pdf_lines import Line, PageLines

_EDGE_ROWS = 4  # rows at either edge that may be running heads
_EDGE_ZONE = 0.16  # share of the page height in which they stand
_PAGE_NUMBER = re.compile(
    r"[-–—|\s]*(?:\(?\d{1,4}\)?|[ivxlc]{1,7}|\d{1,4}\s?/\s?\d{1,4}"
    r"|(?:page|p\.|pág\.|página|стр\.|第|صفحة)\s*\d{1,4}\s*页?(?:\s*(?:of|de|sur|/|из|من)\s*\d{1,4})?)"
    r"[-–—|\s]*",
    re.IGNORECASE,
)
_BROWSER_FOOT = re.compile(r"(?:https?|file)://\S+\s+(?P<page>\d{1,4})\s?/\s?\d{1,4}")
_BROWSER_HEAD = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b.{0,4}\b\d{1,2}:\d\d")
_RULE = re.compile(r"[_―—–-]{5,}")
_NOTE_START = re.compile(r"\(?(?P<marker>\d{1,3}|[*†‡§]{1,3}|[a-z])\)?\.?\s+(?=\S)")


class Note(Frozen):
    """A footnote: its marker as printed ('1', '*') and its words."""

    marker: str
    text: str


class BodyPage(Frozen):
    """A page's own text: its rows from top to bottom, and the notes at its foot."""

    number: int
    width: float
    height: float
    rows: tuple[Line, ...]
    notes: tuple[Note, ...] = ()


def body_pages(
    pages: Sequence[PageLines], also: Callable[[Line], bool] = lambda line: False
) -> list[BodyPage]:
    """The pages without running heads, feet and page numbers, footnotes set apart.

    Args:
        pages: of one file, in one column or two.
        also: lines at a page's edge for which this is true go too (job numbers, barcodes).
    """
    places = _Places(pages)
    size = body_size(pages)
    leading = _leading(pages, size)
    inner = [
        _inner_rows(page, places, leading, also, _note_rows(page.rows, size)) for page in pages
    ]
    columns = gutters([(page.width, rows) for page, rows in zip(pages, inner, strict=True)])
    result = []
    for page, kept, gutter in zip(pages, inner, columns, strict=True):
        rows, notes = _split_notes(unfolded(kept, gutter) if gutter else kept, size)
        result.append(
            BodyPage(
                number=page.number,
                width=page.width,
                height=page.height,
                rows=tuple(rows),
                notes=tuple(notes),
            )
        )
    return result


def body_size(pages: Iterable[PageLines]) -> float:
    """Type size of most of the text, in points; 10 for pages without text."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _leading(pages: Sequence[PageLines], size: float) -> float:
    """Usual distance between two lines of the text, in points."""
    steps: Counter[float] = Counter()
    for page in pages:
        rows = [row for row in page.rows if abs(row.size - size) < 0.6]
        for above, below in pairwise(rows):
            step = below.y - above.y
            if 0.8 * size < step < 2.5 * size:
                steps[round(step * 2) / 2] += 1
    return steps.most_common(1)[0][0] if steps else 1.2 * size


def _opens(text: str) -> bool:
    """The head of a resolution stands where running heads stand, alike but for its number."""
    head = parse_head(text)
    return head is not None and head.edition.year is not None and not head.rest


def _pattern(text: str) -> str:
    """The words with every number alike, so that 'Res. 205 / 412' equals 'Res. 206 / 414'."""
    words = re.sub(r"\d+", "#", text.casefold())
    return " ".join(sorted(words.split()))


def _edge_rows(page: PageLines) -> list[Line]:
    rows = page.rows
    top = [row for row in rows[:_EDGE_ROWS] if row.y < _EDGE_ZONE * page.height]
    foot = [row for row in rows[-_EDGE_ROWS:] if row.y > (1 - _EDGE_ZONE) * page.height]
    return top + [row for row in foot if row not in top]


class _Place:
    """What stands at one height of the pages, near an edge."""

    def __init__(self, rows: Sequence[Line]) -> None:
        self._rows = rows
        self._pages: defaultdict[str, set[int]] = defaultdict(set)
        for row in rows:
            self._pages[_key(row)].add(row.page)
        self.count = len({row.page for row in rows})
        repeated = sum(len(pages) for pages in self._pages.values() if len(pages) > 1)
        self.share = repeated / max(1, sum(len(pages) for pages in self._pages.values()))

    def pages(self, row: Line) -> set[int]:
        """Pages on which the same stands at this height."""
        return self._pages[_key(row)]

    def resembles(self, row: Line) -> bool:
        """Is an unrepeated line with a number set as those that repeat here, and as short?"""
        repeated = [r for r in self._rows if len(self._pages[_key(r)]) > 1]
        longest = max((len(r.text) for r in repeated), default=0)
        same_size = any(abs(r.size - row.size) < 0.2 for r in repeated)
        numbered = any(char.isdigit() for char in row.text)
        return same_size and numbered and len(row.text) <= longest + 8


class _Places:
    """Rows at the edges of all pages by height: running heads stand where only such stand."""

    def __init__(self, pages: Sequence[PageLines]) -> None:
        self.total = len(pages)
        self._rows: defaultdict[int, list[Line]] = defaultdict(list)
        for page in pages:
            for row in _edge_rows(page):
                self._rows[round(row.y / 4)].append(row)
        self._known: dict[int, _Place] = {}

    def at(self, row: Line) -> _Place:
        """The place where `row` stands."""
        height = round(row.y / 4)
        if height not in self._known:
            near = [r for h in (height - 1, height, height + 1) for r in self._rows.get(h, ())]
            self._known[height] = _Place(near)
        return self._known[height]


def _key(row: Line) -> str:
    """The words that repeat; a resolution's own head is alike but for its number, so all of it."""
    return row.text if _opens(row.text) else _pattern(row.text)


def _inner_rows(
    page: PageLines,
    places: _Places,
    leading: float,
    also: Callable[[Line], bool],
    protected: Sequence[Line],
) -> list[Line]:
    """Rows of the page after taking furniture off both edges, working inwards."""
    rows = list(page.rows)
    edges = _edge_rows(page)

    def is_furniture(row: Line, inner: Line | None) -> bool:
        if row not in edges or row in protected:
            return False
        if also(row) or _PAGE_NUMBER.fullmatch(row.text):
            return True
        place = places.at(row)
        others = place.pages(row) - {page.number}
        apart = inner is None or abs(inner.y - row.y) > 1.35 * leading
        if others and (len(others) >= 3 or apart):
            near = len(others) >= 3 and not others.isdisjoint(
                range(page.number - 2, page.number + 3)
            )
            return place.share >= 0.5 and (near or place.count >= 0.3 * places.total)
        return apart and place.share >= 0.6 and place.count >= 4 and place.resembles(row)

    foot = _BROWSER_FOOT.fullmatch(rows[-1].text) if rows else None
    if foot and int(foot["page"]) == page.number:
        # A page printed from a browser: its address below, the date of printing and title above.
        rows.pop()
        if rows and _BROWSER_HEAD.match(rows[0].text):
            rows.pop(0)
    while rows and is_furniture(rows[0], rows[1] if len(rows) > 1 else None):
        rows.pop(0)
    while rows and is_furniture(rows[-1], rows[-2] if len(rows) > 1 else None):
        rows.pop()
    return rows


def _note_rows(rows: Sequence[Line], size: float) -> list[Line]:
    """Rows of footnotes by their look: the same note under many clauses is no running foot."""
    raised: set[str] = set()
    found: list[Line] = []
    for above, row in pairwise([*rows[:1], *rows]):
        small = row.size <= 0.93 * size
        match = _NOTE_START.match(_note_text(row)) if small else None
        follows = bool(found) and above is found[-1] and row.y - above.y < 1.5 * row.size
        if (match and match["marker"] in raised) or (small and follows):
            found.append(row)
        elif not small:
            raised.update(raised_markers(row))
    return found


def _split_notes(rows: list[Line], size: float) -> tuple[list[Line], list[Note]]:
    """Takes the footnotes off the foot of a page.

    They are the last rows, in smaller type, opened by a marker; a rule of dashes above them or
    the same marker raised in the text makes sure that it is not a table in small type.
    """
    start = len(rows)
    while start and (rows[start - 1].size <= 0.93 * size or _RULE.fullmatch(rows[start - 1].text)):
        start -= 1
    while start < len(rows):
        if _RULE.fullmatch(rows[start].text) or _NOTE_START.match(_note_text(rows[start])):
            break
        start += 1
    foot = rows[start:]
    body = rows[:start]
    if not foot:
        return rows, []
    ruled = bool(_RULE.fullmatch(foot[0].text))
    foot = [row for row in foot if not _RULE.fullmatch(row.text)]
    raised = {marker for row in body for marker in raised_markers(row)}
    notes: list[Note] = []
    for row in foot:
        text = _note_text(row)
        match = _NOTE_START.match(text)
        known = match and (match["marker"] in raised or (ruled and not match["marker"].isalpha()))
        if match and known:
            notes.append(Note(marker=match["marker"], text=text[match.end() :]))
        elif notes:
            notes[-1] = notes[-1].model_copy(update={"text": f"{notes[-1].text} {text}"})
    if not notes and not ruled:
        return rows, []
    return body, notes


def _note_text(row: Line) -> str:
    """The row's text with a space after a raised marker that opens it."""
    if row.runs and row.runs[0].raised and len(row.runs) > 1:
        rest = "".join(run.text for run in row.runs[1:]).strip()
        return f"{row.runs[0].text.strip()} {rest}"
    return row.text


def raised_markers(row: Line) -> list[str]:
    """Footnote markers in a line of text: raised numbers, asterisks or daggers."""
    return [
        marker
        for run in row.runs
        if run.raised
        for marker in re.findall(r"\d{1,3}|[*†‡§]{1,3}", run.text)
    ]
