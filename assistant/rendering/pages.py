"""A page of a document's own PDF as a picture, with a clause marked on it (P6).

The words of the clause are looked for among the words of the page, in order. Where less than half
of them can be placed nothing is marked: a wrong mark is worse than none. PDFium is not safe to use
from threads and a damaged file can end it, so pages are drawn in a child process.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from difflib import SequenceMatcher
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from corpus.errors import AdvisorError
from corpus.shelf.register import Shelf

ENOUGH = 0.5
"""Share of a clause's words that must be found in order before anything is marked (P6)."""

WIDTH = 1000
"""Pixels across: readable on a screen, some hundred kilobytes as PNG."""

SECONDS = 20.0
_MIN_RUN = 3
"""Shorter runs of words ('of the') match anywhere and prove nothing."""


class NoPagePicture(AdvisorError):
    """For the reader: this document has no such page to show."""

    code = "no-page-picture"


@dataclass(frozen=True)
class Picture:
    """A page as PNG; `share` of the clause's words that were placed on it, `marked` if enough."""

    png: bytes
    share: float
    marked: bool


@dataclass(frozen=True)
class _Word:
    text: str
    box: tuple[float, float, float, float]  # left, bottom, right, top in PDF points


class Pages:
    """Draws pages of the files that the shelf keeps. Safe to use from many threads."""

    def __init__(self, shelf: Shelf) -> None:
        """`shelf` says which file a document was read from."""
        self._shelf = shelf
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def has(self, key: str) -> bool:
        """Whether the document with this shelf key was read from a PDF that is kept."""
        return self._file(key) is not None

    def draw(self, key: str, page: int, clause: str = "") -> Picture:
        """Page `page` (1-based) of a document's PDF, with the text `clause` marked on it.

        Raises:
            NoPagePicture: no PDF is kept, it has no such page, or it cannot be drawn in time.
        """
        path = self._file(key)
        if path is None:
            raise NoPagePicture("No PDF is kept for this document, so there is no page to show.")
        with self._lock:  # one page at a time bounds memory, and the pool has one worker
            try:
                return self._workers().submit(draw_page, path, page, clause).result(SECONDS)
            except (BrokenProcessPool, TimeoutError) as error:
                self._drop()
                raise NoPagePicture("This page cannot be drawn; open the official PDF.") from error

    def close(self) -> None:
        """End the child process."""
        with self._lock:
            self._drop()

    def _file(self, key: str) -> Path | None:
        name = next((e.source.file for e in self._shelf.entries() if e.key == key), None)
        if name is None:
            return None
        path = self._shelf.files / Path(name).name
        try:
            with path.open("rb") as file:
                return path if b"%PDF-" in file.read(1024) else None
        except OSError:
            return None

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        return self._pool

    def _drop(self) -> None:
        if self._pool is not None:
            for child in (getattr(self._pool, "_processes", None) or {}).values():
                child.terminate()
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def draw_page(path: Path, page: int, clause: str = "") -> Picture:
    """Draw one page of the PDF at `path`; runs in a child process (see Pages.draw).

    Raises:
        NoPagePicture: the file has no such page or cannot be opened.
    """
    import io

    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise NoPagePicture("The PDF cannot be opened; open the official page.") from error
    try:
        if not 1 <= page <= len(document):
            raise NoPagePicture(f"The PDF has {len(document)} pages; there is no page {page}.")
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = WIDTH / max(width, 1.0)
        if height * scale > 6 * WIDTH:  # a banner or a broken box, not a page
            raise NoPagePicture("This page is too long to show; open the official PDF.")
        image = sheet.render(scale=scale).to_pil().convert("RGB")
        boxes: list[tuple[float, float, float, float]] = []
        share = 0.0
        if clause.strip():
            words = _words(sheet.get_textpage())
            here = _placed(clause, [word.text for word in words])
            total = max(len(_tokens(clause)), 1)
            share = len(here) / total
            if share < ENOUGH and page < len(document):
                # A clause may run on to the next page: what stands there counts as placed too.
                beyond = _words(document[page].get_textpage())
                share = len(_placed(clause, [w.text for w in (*words, *beyond)])) / total
            if share >= ENOUGH:
                boxes = _lines([words[i].box for i in here])
        marked = _mark(image, boxes, scale, height)
        out = io.BytesIO()
        marked.save(out, "PNG", optimize=True)
        return Picture(png=out.getvalue(), share=round(share, 3), marked=bool(boxes))
    finally:
        document.close()


def _tokens(text: str) -> list[str]:
    """Words without marks or case; Chinese characters one by one, as nothing parts its words."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+", folded)


def _words(textpage: Any) -> list[_Word]:
    """Words of a page with their boxes, in the order in which the file holds them."""
    text = textpage.get_text_range()
    words: list[_Word] = []
    for found in re.finditer(r"\S+", text):
        for token in re.finditer(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+", found.group()):
            start = found.start() + token.start()
            boxes = []
            for index in range(start, start + len(token.group())):
                if index >= textpage.count_chars():
                    break
                box = textpage.get_charbox(index, loose=True)
                if box[2] > box[0]:
                    boxes.append(box)
            if boxes:
                words.append(_Word(_tokens(token.group())[0], _around(boxes)))
    return words


def _placed(clause: str, page: Sequence[str]) -> list[int]:
    """Indexes into `page` of the words of `clause` found there in order, runs of three and more.

    A word hyphenated at a line's end is two words on the page; runs on either side still match.
    """
    wanted = _tokens(clause)
    matcher = SequenceMatcher(None, wanted, page, autojunk=False)
    least = min(_MIN_RUN, len(wanted))
    return [
        index
        for block in matcher.get_matching_blocks()
        if block.size >= least
        for index in range(block.b, block.b + block.size)
    ]


def _around(
    boxes: Sequence[tuple[float, float, float, float]],
) -> tuple[float, float, float, float]:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


def _lines(
    boxes: Sequence[tuple[float, float, float, float]],
) -> list[tuple[float, float, float, float]]:
    """Boxes of words joined into one box a line."""
    lines: list[list[tuple[float, float, float, float]]] = []
    for box in boxes:
        if lines:
            last = lines[-1][-1]
            middle = (box[1] + box[3]) / 2
            if last[1] <= middle <= last[3]:
                lines[-1].append(box)
                continue
        lines.append([box])
    return [_around(line) for line in lines]


def _mark(
    image: Any, boxes: Sequence[tuple[float, float, float, float]], scale: float, height: float
) -> Any:
    """`image` with the lines highlighted and a bar at their side, for those who see no colour."""
    from PIL import Image, ImageChops, ImageDraw

    if not boxes:
        return image
    layer = Image.new("RGB", image.size, "white")
    pen = ImageDraw.Draw(layer)
    pixels = [
        (
            left * scale - 2,
            (height - top) * scale - 1,
            right * scale + 2,
            (height - bottom) * scale + 1,
        )
        for left, bottom, right, top in boxes
    ]
    for box in pixels:
        pen.rectangle(box, fill=(255, 236, 150))
    image = ImageChops.multiply(image, layer)
    pen = ImageDraw.Draw(image)
    left = max(min(box[0] for box in pixels) - 14, 2)
    pen.rectangle(
        (left, min(b[1] for b in pixels), left + 5, max(b[3] for b in pixels)), fill=(0, 80, 157)
    )
    return image
