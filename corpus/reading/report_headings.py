"""Which paragraphs of a report are headings: by bookmarks, numbers, and how they are set."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pypdf

from corpus.addresses import slugify
from corpus.documents import Frozen
from corpus.grammar.outlines import Item, heading_number
from corpus.reading.cleaning import close_han
from corpus.reading.readers.pdf_blocks import Paragraph
from corpus.reading.readers.pdf_furniture import BodyPage

_LONGEST = 160
_LONGEST_HAN = 50
_HAN = re.compile("[\u3400-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]")
_CAPITALS = re.compile(r"[A-ZÀ-ÞА-Я]")
_ENDS_SENTENCE = re.compile(r"[.;,。；，؛،]\s*$")
_LEADERS = re.compile(r"(?:[.·…_]\s?){4,}\s*(?:\d{1,3}|[ivxl]{1,6})?\s*$|…{2,}\s*\d{1,3}\s*$")
_ENTRY = re.compile(r".{3,140}?[\s.…]\s*(?:\d{1,3}|[ivxl]{1,6})\s*$")
_CONTENTS = re.compile(
    r"\s*(?:table of contents|contents|list of (?:tables|figures)|sommaire|table des mati[eè]res|"
    r"[ií]ndice|contenido|tabla de contenido|содержание|оглавление|目\s*录|المحتويات|"
    r"جدول المحتويات|فهرس)\b.{0,20}",
    re.I,
)
_LIST_ITEM = re.compile(r"[•·▪●○■□◦‣⁃➢➤✓*\uf0b7\uf0a7\uf0d8]\s|[-–—]\s")
_CAPTION = re.compile(
    r"(?:table|tableau|tabla|cuadro|figure|figura|fig\.|graph|chart|box|source|fuente|note|nota|"
    r"таблица|рисунок|الشكل|شكل|جدول|图|表)\s*(?:n[°o]\.?\s*)?[\divx(:]",
    re.I,
)


class Bookmark(Frozen):
    """An entry of the PDF's own outline: its title, 1-based page, and depth from 1."""

    title: str
    page: int
    level: int


def bookmarks(content: bytes) -> list[Bookmark]:
    """The PDF's outline in reading order; empty where there is none or it is damaged."""
    found: list[Bookmark] = []
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            reader.decrypt("")
        _walk(reader, reader.outline, 1, found)
    except Exception:  # an outline is a help; whatever pypdf raises on a bad one, do without
        return found
    return found


def _walk(reader: pypdf.PdfReader, entries: Any, level: int, found: list[Bookmark]) -> None:
    for entry in entries:
        if isinstance(entry, list):
            _walk(reader, entry, level + 1, found)
            continue
        if len(found) > 5000:
            return
        page = reader.get_destination_page_number(entry)
        title = " ".join(str(entry.title or "").split())
        if page is not None and page >= 0 and title:
            found.append(Bookmark(title=title, page=page + 1, level=min(level, 6)))


def without_contents(pages: Sequence[BodyPage]) -> list[BodyPage]:
    """The pages without tables of contents: titles that lead to page numbers, and their heading."""
    kept = []
    inside = False
    for page in pages:
        rows = list(page.rows)
        leaders = [n for n, row in enumerate(rows) if _LEADERS.search(row.text)]
        entries = leaders or [n for n, row in enumerate(rows) if _ENTRY.fullmatch(row.text)]
        head = next((n for n, row in enumerate(rows) if _CONTENTS.fullmatch(row.text)), None)
        listing = len(entries) >= 3 and (
            len(leaders) >= 0.3 * len(rows) or len(entries) >= 0.6 * len(rows)
        )
        if listing and (head is not None or inside or len(leaders) >= 3):
            # Entries that take two lines have a number on the second only: all between goes.
            first = 0 if inside or head is None or entries[0] < head else head
            first = entries[0] if head is None and not inside and leaders else first
            rows = rows[:first] + rows[entries[-1] + 1 :]
            inside = True
        else:
            inside = False
            rows = [row for n, row in enumerate(rows) if n not in leaders]
        rows = [row for row in rows if not (inside and _CONTENTS.fullmatch(row.text))]
        kept.append(page.model_copy(update={"rows": tuple(rows)}))
    return kept


def items_of(paragraphs: Sequence[Paragraph], marks: Sequence[Bookmark]) -> list[Item]:
    """Paragraphs as items, headings with their level.

    A heading is short, does not end a sentence, and is marked: by the PDF's outline, larger or
    bolder type than the text, capitals, or a number written as chapters are numbered.

    Args:
        paragraphs: of the whole file, in reading order.
        marks: the PDF's outline.
    """
    if not paragraphs:
        return []
    base = _base_size(paragraphs)
    paragraphs = _whole_sentences(_run_in_headings_apart(paragraphs, base), base)
    bold_text = _share(paragraphs, lambda p: p.bold) > 0.5
    capital_text = _share(paragraphs, lambda p: _all_capitals(p.text)) > 0.4
    styles: list[tuple[float, bool, bool]] = []
    chosen: list[tuple[Paragraph, tuple[float, bool, bool] | None, int | None]] = []
    titles = {(slugify(mark.title), mark.page): mark.level for mark in marks}
    for paragraph in _heading_lines_joined(paragraphs, base):
        marked = _bookmarked(paragraph, titles)
        style = None
        if marked is not None or _looks_like_heading(paragraph, base, bold_text, capital_text):
            style = (paragraph.size, paragraph.bold, _all_capitals(paragraph.text))
            styles.append(style)
        chosen.append((paragraph, style, marked))
    ranks = {style: rank for rank, style in enumerate(sorted(set(styles), reverse=True), start=1)}
    return [
        Item(
            text=close_han(paragraph.text),
            page=paragraph.page,
            level=None if style is None else (marked or min(ranks[style], 9)),
            footnotes=paragraph.footnotes,
        )
        for paragraph, style, marked in chosen
    ]


def _base_size(paragraphs: Sequence[Paragraph]) -> float:
    sizes = Counter[float]()
    for paragraph in paragraphs:
        sizes[paragraph.size] += len(paragraph.text)
    return sizes.most_common(1)[0][0]


def _share(paragraphs: Sequence[Paragraph], test: Any) -> float:
    total = sum(len(p.text) for p in paragraphs) or 1
    return sum(len(p.text) for p in paragraphs if test(p)) / total


def _all_capitals(text: str) -> bool:
    letters = "".join(_LETTERS.findall(text))
    return len(letters) >= 4 and letters == letters.upper() and bool(_CAPITALS.search(letters))


def _bookmarked(paragraph: Paragraph, titles: dict[tuple[str, int], int]) -> int | None:
    if not titles or len(paragraph.text) > 2 * _LONGEST or paragraph.page is None:
        return None
    number = heading_number(paragraph.text)
    forms = {slugify(paragraph.text)} | ({slugify(number.title)} if number else set())
    for form in forms:
        for page in (paragraph.page, paragraph.page - 1, paragraph.page + 1):
            if form and (form, page) in titles:
                return titles[form, page]
    return None


def _looks_like_heading(
    paragraph: Paragraph, base: float, bold_text: bool, capital_text: bool
) -> bool:
    text = paragraph.text.strip()
    letters = len(_LETTERS.findall(text))
    han = len(_HAN.findall(text))
    if letters < (2 if han else 3) or letters < 0.4 * len(text.replace(" ", "")):
        return False
    if len(text) > _LONGEST or han > _LONGEST_HAN:
        return False
    if _LIST_ITEM.match(text) or _CAPTION.match(text):
        return False
    number = heading_number(text)
    larger = paragraph.size >= (1.12 if number is None else 1.04) * base
    bold = paragraph.bold and not bold_text and paragraph.size >= 0.97 * base
    if _ENDS_SENTENCE.search(text) and not (
        (number is not None or larger) and len(text) < 90 and text.endswith(".")
    ):
        return False
    if text[:1].islower() and number is None:
        return False
    if larger or bold:
        return True
    if _all_capitals(text) and not capital_text and len(text.split()) <= 16:
        return letters >= 5 and paragraph.size >= 0.97 * base
    if number is None or _ENDS_SENTENCE.search(text) or text.endswith((":", "：")):
        return False
    if number.style in ("article", "annex"):
        return len(text) <= 100
    if paragraph.italic and len(text) <= 100:
        return True
    if number.style.startswith("一") and han:
        return han <= 25
    return number.style.startswith("1.1") and len(text) <= 90 and number.title[:1].isupper()


def _heading_lines_joined(paragraphs: Sequence[Paragraph], base: float) -> list[Paragraph]:
    """A heading broken over lines, which the gap between big lines cut in two, made whole."""
    done: list[Paragraph] = []
    for paragraph in paragraphs:
        before = done[-1] if done else None
        if (
            before is not None
            and before.size >= 1.25 * base
            and abs(before.size - paragraph.size) < 0.6
            and (before.bold, before.page) == (paragraph.bold, paragraph.page)
            and len(before.text) + len(paragraph.text) <= _LONGEST
            and heading_number(paragraph.text) is None
            and not _ENDS_SENTENCE.search(before.text)
        ):
            done[-1] = before.model_copy(
                update={
                    "text": f"{before.text} {paragraph.text}",
                    "footnotes": before.footnotes + paragraph.footnotes,
                }
            )
        else:
            done.append(paragraph)
    return done


_RUN_IN = re.compile(
    r"(?P<head>[(\uff08][零一二两三四五六七八九十]{1,3}[)\uff09][^。；：]{2,28})。(?P<rest>.{20,})",
    re.S,
)
_HAN_CHAPTER = re.compile(
    r"(?<=[。：]) ?(?=[一二三四五六七八九十]{1,3}、[^。，；：]{2,30} )"
    r"|^(?=[一二三四五六七八九十]{1,3}、)"
)
_CHAPTER_LINE = re.compile(
    r"(?P<head>[一二三四五六七八九十]{1,3}、[^。，；：]{2,30}) (?P<rest>.{20,})", re.S
)
_SECOND_NUMBER = re.compile(r"\s(?=\d{1,2}\.\d{1,2}\.?\s+[A-ZÀ-ÞА-Я])")


def _run_in_headings_apart(paragraphs: Sequence[Paragraph], base: float) -> list[Paragraph]:
    """Headings that stand in one paragraph with their text, or with the next heading, cut off.

    A heading cut off here is set as bold, so that what follows knows it by its style.
    """
    done: list[Paragraph] = []
    for paragraph in paragraphs:
        if paragraph.size >= 1.12 * base or paragraph.bold:
            pieces = _SECOND_NUMBER.split(paragraph.text) if len(paragraph.text) < 200 else []
            if len(pieces) == 2 and heading_number(pieces[0]) is not None:
                done += [paragraph.model_copy(update={"text": piece}) for piece in pieces]
                continue
        for text in _HAN_CHAPTER.split(paragraph.text):
            match = _RUN_IN.match(text) or _CHAPTER_LINE.match(text)
            if match:
                head = {"text": match["head"], "bold": True, "footnotes": ()}
                done.append(paragraph.model_copy(update=head))
                done.append(paragraph.model_copy(update={"text": match["rest"].strip()}))
            elif text.strip():
                done.append(paragraph.model_copy(update={"text": text.strip()}))
    return done


def _whole_sentences(paragraphs: Sequence[Paragraph], base: float) -> list[Paragraph]:
    """Pieces of one sentence joined again: what a page's end, or bold words, had cut in two."""
    done: list[Paragraph] = []
    for paragraph in paragraphs:
        before = done[-1] if done else None
        start = paragraph.text.lstrip('(\u00ab\u201c"')[:1]
        if (
            before is not None
            and len(before.text) > 60
            and abs(before.size - paragraph.size) < 0.6
            and (paragraph.page or 0) - (before.page or 0) <= 1
            and not re.search(r"[.:;!?。：；！？؟…)\]»”\"]\W{0,3}$", before.text)
            and (
                start.islower()
                or "\u0621" <= start <= "\u064a"
                or (paragraph.bold and paragraph.text[:1] == "(")
            )
            and paragraph.size < 1.12 * base
            and not _LIST_ITEM.match(paragraph.text)
            and heading_number(paragraph.text) is None
        ):
            done[-1] = before.model_copy(
                update={
                    "text": f"{before.text} {paragraph.text}",
                    "bold": before.bold and paragraph.bold,
                    "footnotes": before.footnotes + paragraph.footnotes,
                }
            )
        else:
            done.append(paragraph)
    return done
