"""Plain text: a resolution, a declaration with articles, or a report with headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from corpus.documents import Document
from corpus.errors import EmptyFile
from corpus.grammar.outlines import heading_number
from corpus.reading.readers.pdf_blocks import join_lines
from corpus.reading.sniffing import decode
from corpus.reading.structured import Part, documents_of

_RULE = re.compile(r"\s*([=\-~_*#])\1{2,}\s*")
_HASHES = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
_ENDS = re.compile(r"[.;:,。；：，؛،!?]\s*$")
_WIDEST_WRAPPED = 110
_MARGIN = re.compile(r"\s{0,8}(?P<number>\d{1,4})(?:\s+(?P<text>\S.*)|(?P<blank>\s*))")
_FEWEST_NUMBERED = 8


def read(content: bytes, name: str) -> list[Document]:
    """Documents of a text file, in any encoding.

    Args:
        content: the whole file.
        name: its name, without directories.

    Raises:
        UnknownFormat: the bytes are no text.
        EmptyFile: it holds blanks only.
    """
    title, parts = text_parts(decode(content))
    if not parts:
        raise EmptyFile("There is no text in the file.")
    return documents_of(parts, name=name, title=title)


def text_parts(text: str) -> tuple[str, list[Part]]:
    """Title of a plain text ('' where it has none), and its other paragraphs."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    parts = _parts(_without_line_numbers(lines.split("\n")))
    title = ""
    # The first line alone is the title, unless it opens the text's own numbering.
    first = parts[0].text if len(parts) > 1 else ""
    if 0 < len(first) <= 200 and not _ENDS.search(first) and heading_number(first) is None:
        title, parts = first, parts[1:]
    return title, parts


def _without_line_numbers(lines: list[str]) -> list[str]:
    """Lines without the numbers that a draft has in its margin, in the middle of sentences too."""
    numbered = [(n, m) for n, line in enumerate(lines) if (m := _MARGIN.fullmatch(line))]
    filled = sum(bool(line.strip()) for line in lines)
    apart = [sum(map(bool, map(str.strip, lines[a:b]))) for (a, _), (b, _) in pairwise(numbered)]
    fifth = len(numbered) >= 2 and all(
        int(m["number"]) == 5 * place for place, (_, m) in enumerate(numbered, start=1)
    )
    if fifth and apart == [5] * len(apart):  # only every fifth line has its number
        steps = [1] * len(apart)
    elif len(numbered) < _FEWEST_NUMBERED or len(numbered) < 0.9 * filled:
        return lines
    else:
        steps = [int(b[1]["number"]) - int(a[1]["number"]) for a, b in pairwise(numbered)]
    inside = sum(
        (m["text"] or "")[:1].islower() and not _ENDS.search(before["text"] or "")
        for (_, before), (_, m) in pairwise(numbered)
    )
    if steps.count(1) < 0.9 * len(steps) or inside < 0.25 * len(numbered):
        return lines  # a list, not a margin
    texts = {n: m["text"] or "" for n, m in numbered}
    return [texts.get(n, line) for n, line in enumerate(lines)]


def _parts(lines: Sequence[str]) -> list[Part]:
    filled = [line for line in lines if line.strip()]
    blank = len(lines) - len(filled)
    long = sum(len(line.strip()) > _WIDEST_WRAPPED for line in filled)
    # Hard-wrapped text has short lines and blank lines between paragraphs; else a line is one.
    wrapped = bool(filled) and long == 0 and blank >= 0.04 * len(filled) and _flows(lines)
    words = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(filled).casefold()))
    groups: list[list[str]] = []
    alone: list[bool] = []
    fresh = True
    for line in lines:
        if not line.strip() or _RULE.fullmatch(line):
            fresh = True
        elif groups and wrapped and not fresh and not _opens(line):
            groups[-1].append(line)
            alone[-1] = False
        else:
            groups.append([line])
            alone.append(fresh)
            fresh = False
    parts = []
    for group, single in zip(groups, alone, strict=True):
        text = join_lines((" ".join(line.split()) for line in group), words)
        hashes = _HASHES.fullmatch(text)
        if hashes:
            parts.append(Part(text=hashes[2], level=len(hashes[1]), bold=True))
        elif _is_heading(text, single and len(group) == 1):
            parts.append(Part(text=text, level=_level(text), bold=True))
        else:
            parts.append(Part(text=text))
    return parts


def _flows(lines: Sequence[str]) -> bool:
    """Do lines with another right below them run to the edge, as only broken lines do?"""
    widest = max(len(line.strip()) for line in lines)
    upper = [a for a, b in pairwise(lines) if a.strip() and b.strip()]
    full = sum(len(line.strip()) >= 0.7 * widest for line in upper)
    return bool(upper) and full >= 0.6 * len(upper)


def _opens(line: str) -> bool:
    return bool(
        re.match(r"\s*(?:[•·▪*–-]\s|\(?(?:\d{1,3}(?:\.\d+)*|[a-z]|[ivx]{1,4})[.)]\s)", line)
    )


def _is_heading(text: str, alone: bool) -> bool:
    if len(text) > 120 or not any(character.isalpha() for character in text):
        return False
    number = heading_number(text)
    if number is not None and number.style in ("article", "annex"):
        return not _ENDS.search(text) or not number.title
    if _ENDS.search(text):
        return False
    letters = [character for character in text if character.isalpha()]
    capitals = len(letters) >= 5 and text == text.upper() and text != text.lower()
    if number is not None and number.style[0] in "1I一A" and ")" not in number.style:
        return (alone and number.title[:1].isupper()) or number.style.startswith("一")
    return capitals or (alone and len(text) <= 80 and text[:1].isupper())


def _level(text: str) -> int:
    number = heading_number(text)
    return len(number.path) if number is not None else 1
