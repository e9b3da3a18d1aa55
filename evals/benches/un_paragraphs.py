"""Do the paragraphs of real UN resolutions come back from their PDFs, one clause each?

The reference is the text that the UN publishes beside each PDF (UNBench's `Content`), cut into
paragraphs here by its own labels and punctuation, without looking at what our reader made of the
PDF. The page on which a paragraph begins is found by another library than the reader's (PDFium).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from corpus.documents import Clause, Document, Frozen, Section

SAME = 0.95
"""Paragraph and clause are the same when difflib's ratio of their folded words reaches this."""

_JOB = re.compile(r"\s*(?:\d\d-\d{5}\b.*|\*?\d{7}\*?|\d{1,3}/\d{1,3})\s*")
_FURNITURE = re.compile(
    r"\bDistr\b|\bOriginal: English|\*\d{7}\*|\b\d\d-\d{5}\b|\bUnited Nations S/|\b\d{1,2}/\d{1,2}$"
)
_LABEL = re.compile(
    r"(?:(?P<number>\d{1,3})(?:\s?\.(?!\d)|(?=\s[A-Z][a-z]+s\s))|\((?P<item>[a-z]{1,5})\)|(?P<dot>[•·]))\s*"
)
_OPENING = re.compile(
    r"[A-Z][a-z]+(?:ing|ed)\b|(?:Mindful|Aware|Conscious|Cognizant)\b"
    r"|(?:Also|Further|Again|Once again|[A-Z][a-z]+ly) (?:[a-z]+(?:ing|ed)|mindful|aware)\b"
)
_NOTES = re.compile(r"^\s*_{5,}\s*\n\s*\d+\s.*$", re.MULTILINE)
_ROMAN = re.compile(r"x{0,2}(?:ix|iv|v?i{0,3})")


class Expected(Frozen):
    """A reference paragraph: its words without label, and where it belongs."""

    text: str
    section: str
    label: str | None
    page: int | None


class Outcome(Frozen):
    """What became of one reference paragraph."""

    document: str
    expected: Expected
    found: bool
    section: bool
    label: bool
    page: bool
    nearest: str
    ratio: float

    @property
    def right(self) -> bool:
        """Everything about it is right."""
        return self.found and self.section and self.label and self.page


class UnParagraphs(Frozen):
    """The measure: counts over all files, and every paragraph that is not right."""

    files: int
    paragraphs: int
    clauses: int
    found: int
    right: int
    wrong_section: int
    wrong_label: int
    wrong_page: int
    furniture: tuple[str, ...]
    extra: tuple[str, ...]
    misses: tuple[Outcome, ...]

    @property
    def share(self) -> float:
        """Share of the reference paragraphs that came back right in every respect."""
        return self.right / self.paragraphs if self.paragraphs else 0.0


def un_paragraphs(shared: Path, limit: int | None = None) -> UnParagraphs:
    """Reads every UN PDF that has a reference and compares.

    Args:
        shared: the library of real texts.
        limit: only so many files, spread evenly; all of them when None.
    """
    from corpus.reading.readers.pdf import read

    folder = shared / "real" / "un_security_council"
    files = sorted(path for path in folder.glob("*.json") if path.with_suffix(".pdf").exists())
    if limit is not None and limit < len(files):
        files = files[:: -(-len(files) // limit)]
    outcomes: list[Outcome] = []
    clauses, furniture, extra = 0, list[str](), list[str]()
    for path in files:
        content = path.with_suffix(".pdf").read_bytes()
        reference = json.loads(path.read_text(encoding="utf-8"))["Content"]
        expected = list(reference_paragraphs(reference, page_texts(content)))
        document = read(content, path.stem)[0]
        pairs = list(document.clauses())
        clauses += len(pairs)
        furniture += [
            f"{document.address(*pair)}: {pair[1].text[:80]}"
            for pair in pairs
            if _FURNITURE.search(pair[1].text)
        ]
        compared, unused = _compare(document, pairs, expected)
        outcomes += compared
        extra += [f"{document.address(*pair)}: {pair[1].text[:80]}" for pair in unused]
    return UnParagraphs(
        files=len(files),
        paragraphs=len(outcomes),
        clauses=clauses,
        found=sum(o.found for o in outcomes),
        right=sum(o.right for o in outcomes),
        wrong_section=sum(o.found and not o.section for o in outcomes),
        wrong_label=sum(o.found and not o.label for o in outcomes),
        wrong_page=sum(o.found and not o.page for o in outcomes),
        furniture=tuple(furniture),
        extra=tuple(extra),
        misses=tuple(o for o in outcomes if not o.right),
    )


def render(result: UnParagraphs) -> str:
    """The measure as a few lines for a terminal."""
    lines = [
        f"{result.files} UN resolutions, {result.paragraphs} reference paragraphs, "
        f"{result.clauses} clauses read",
        f"one clause each            {result.found / max(1, result.paragraphs):.3f}",
        f"  and section, label, page {result.share:.3f}   "
        f"(wrong section {result.wrong_section}, label {result.wrong_label}, "
        f"page {result.wrong_page})",
        f"clauses with masthead or footer {len(result.furniture)}; "
        f"clauses without a reference paragraph {len(result.extra)}",
    ]
    for miss in result.misses[:40]:
        wrong = [n for n in ("found", "section", "label", "page") if not getattr(miss, n)]
        lines.append(
            f"  {miss.document} {miss.expected.section}.{miss.expected.label} "
            f"p{miss.expected.page} not {', '.join(wrong)} ({miss.ratio:.2f}): "
            f"{miss.expected.text[:60]!r} ~ {miss.nearest[:60]!r}"
        )
    lines += [f"  furniture in {item}" for item in result.furniture[:20]]
    lines += [f"  extra {item}" for item in result.extra[:20]]
    return "\n".join(lines)


def reference_paragraphs(content: str, pages: Sequence[str]) -> Iterator[Expected]:
    """Paragraphs of a reference text with the section, label and page that a citer would name.

    Args:
        content: the reference, its lines broken anywhere, job numbers in between.
        pages: text of every page, folded by `fold`, to find where a paragraph begins.
    """
    number, letter, roman, place = "", "", "", 0
    page: int | None = 1
    points = 0
    texts = list(_joined(content))
    for text, following in zip(texts, [*texts[1:], ""], strict=True):
        match = _LABEL.match(text)
        body = text[match.end() :] if match else text
        page = _page_of(fold(body), pages, page or 1)
        if _is_heading(text) and number in ("", "0"):
            opens = (m := _LABEL.match(following)) is not None and m["number"] == "1"
            section = "operative" if opens else "preamble"
            yield Expected(text=body, section=section, label=None, page=page)
            continue
        if match and match["number"] and (not number or int(match["number"]) > int(number)):
            number, letter, roman, points = match["number"], "", "", 0
            label: str | None = number
        elif match and match["item"] and number:
            item = match["item"]
            after = chr(ord(letter[0]) + 1) if letter else ""
            if _ROMAN.fullmatch(item) and (item == "i" or roman) and item != after:
                roman, points = item, 0
            else:
                letter, roman, points = item, "", 0
            label = ".".join(filter(None, (number, letter, roman)))
        elif match and number:
            points = int(match["number"]) if match["number"] else points + 1
            label = ".".join(filter(None, (number, letter, roman, str(points))))
        elif number:
            label = None
        else:
            label = str(place) if place else None
            place += 1
        yield Expected(
            text=body, section="operative" if number else "preamble", label=label, page=page
        )


def _joined(content: str) -> Iterator[str]:
    """Lines of the reference put together again into paragraphs."""
    content = re.sub(r"(?<=[a-z],) \d(?=\s*\n)", "", _NOTES.sub("", content))
    lines = [" ".join(line.split()) for line in _unglued(content).split("\n")]
    lines = [line for line in lines if line and not _JOB.fullmatch(line)]
    current, number = "", 0
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        closed = re.search(r"[,;:.]\W{0,2}(?: and| or)?$", current) or _is_heading(current)
        starts = _LABEL.match(line) or _OPENING.match(line)
        heading = _is_heading(line) and (_LABEL.match(following) or _OPENING.match(following))
        label = re.match(r"(\d{1,3})\s?\.\s", line)
        if label and int(label[1]) == number + 1:
            # The reference lost lines where pages end; the next number starts afresh all the same.
            number, closed = number + 1, closed or label
        if current and not (closed and (starts or heading)):
            current += ("" if current.endswith("-") else " ") + line
        else:
            if current:
                yield current
            current = line
    if current:
        yield current


def _unglued(content: str) -> str:
    """A line break before each operative paragraph that the reference ran into the one before.

    Operative numbers run on, so ' 14. Stresses' after paragraph 13 begins paragraph 14; a short
    heading may stand between the two.
    """
    for number in range(2, 100):
        sign = re.compile(
            rf"\s(?P<heading>(?:[A-Z][a-z]+(?: [a-z]+){{0,4}}\s)?)"
            rf"(?P<paragraph>{number}\s?\.?\s+(?:[A-Z][a-z]+ )?[A-Za-z]+s\b)"
        )
        hit = sign.search(content)
        if hit and (f"{number}." in hit[0] or content[hit.start() - 1] in ";\n "):
            before, after = content[: hit.start()], content[hit.end() :]
            content = f"{before}\n{hit['heading'].strip()}\n{hit['paragraph']}{after}"
    return content


def _is_heading(line: str) -> bool:
    return len(line) < 70 and line[:1].isupper() and line[-1:].isalpha()


def fold(text: str) -> str:
    """Words only: case, hyphens, quotes and spacing of the two sources do not count."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("\u00ad", "")))


def page_texts(content: bytes) -> list[str]:
    """Folded text of each page by PDFium, which shares no code with the reader."""
    import pypdfium2

    document: Any = pypdfium2.PdfDocument(content)
    try:
        return [fold(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def _page_of(text: str, pages: Sequence[str], after: int) -> int:
    """First page, not before `after`, that holds the opening words; `after` when none does."""
    for words in (10, 6, 4):
        opening = " ".join(text.split()[:words])
        for number in range(after, len(pages) + 1):
            if opening in pages[number - 1]:
                return number
    return after


def _compare(
    document: Document,
    pairs: Sequence[tuple[Section, Clause]],
    expected: Sequence[Expected],
) -> tuple[list[Outcome], list[tuple[Section, Clause]]]:
    """Each reference paragraph with the clause most like it; a clause serves once."""
    folded = [fold(clause.text) for _, clause in pairs]
    free = set(range(len(pairs)))
    outcomes = []
    for item in expected:
        ratio, index = _nearest(fold(item.text), folded, free)
        found = ratio >= SAME
        section, clause = pairs[index] if index is not None else (None, None)
        if found and index is not None:
            free.discard(index)
        outcomes.append(
            Outcome(
                document=document.id,
                expected=item,
                found=found,
                section=section is not None and section.slug == item.section,
                label=clause is not None and (item.label is None or clause.label == item.label),
                page=clause is not None and clause.page == item.page,
                nearest=f"{section.slug}.{clause.label} p{clause.page} {clause.text}"
                if section is not None and clause is not None
                else "",
                ratio=round(ratio, 3),
            )
        )
    return outcomes, [pairs[i] for i in sorted(free)]


def _nearest(text: str, folded: Sequence[str], free: set[int]) -> tuple[float, int | None]:
    same = next((index for index in sorted(free) if folded[index] == text), None)
    if same is not None:
        return 1.0, same
    best: tuple[float, int | None] = (0.0, None)
    opening = text[:24]
    for index in sorted(free, key=lambda i: not folded[i].startswith(opening)):
        matcher = SequenceMatcher(None, text, folded[index], autojunk=False)
        if matcher.real_quick_ratio() > max(0.5, best[0]) and matcher.quick_ratio() > best[0]:
            ratio = matcher.ratio()
            if ratio > best[0]:
                best = (ratio, index)
            if ratio > SAME:
                break
    return best
