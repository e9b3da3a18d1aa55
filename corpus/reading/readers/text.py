"""Plain text: a resolution, a declaration with articles, or a report with headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.documents import Document
from corpus.errors import EmptyFile
from corpus.grammar.outlines import heading_number
from corpus.reading.readers.margin_numbers import Row, counts_lines
from corpus.reading.readers.pdf_blocks import cut_off, join_lines, words_of
from corpus.reading.sniffing import decode
from corpus.reading.structured import Part, documents_of

_RULE = re.compile(r"\s*([=\-~_*#])\1{2,}\s*")
_HASHES = re.compile(r"(#{1,6})\s+(.+?)\s*#*")
_ENDS = re.compile(r"[.;:,。；：，؛،!?]\s*$")
_WIDEST_WRAPPED = 110
_MARGIN = re.compile(r"\s{0,8}(?P<number>\d{1,4})(?:\s+(?P<text>\S.*)|(?P<blank>\s*))")
_TIME = re.compile(r"\s*(?:\d+:)?\d\d:\d\d[.,]\d{3}\s+-->\s")
_VOICE = re.compile(r"</?(?:v|c|i|b|u|lang|ruby|rt)\b[^>]*>")
_RIGHT_MARGIN = re.compile(r"(?P<text>\s*\S.*?)\s{2,}(?P<number>\d{1,4})\s*")


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
    parts = _parts(_without_line_numbers(_without_times(lines.split("\n"))))
    title = ""
    # The first line alone is the title, unless it opens the text's own numbering.
    first = parts[0].text if len(parts) > 1 else ""
    if 0 < len(first) <= 200 and not _ENDS.search(first) and heading_number(first) is None:
        title, parts = first, parts[1:]
    return title, parts


def _without_times(lines: list[str]) -> list[str]:
    """The words of a film's or meeting's subtitles (VTT, SRT), without when each was shown."""
    times = {n for n, line in enumerate(lines) if _TIME.match(line)}
    if len(times) < 2:
        return lines
    gone = times | {n - 1 for n in times if n and re.fullmatch(r"\s*[\w-]{1,40}\s*", lines[n - 1])}
    kept = [line for n, line in enumerate(lines) if n not in gone and line.strip()]
    said = " ".join(_VOICE.sub("", line) for line in kept if not line.startswith("WEBVTT"))
    return re.split(r"(?<=[.!?。？؟])\s+", said)


def _without_line_numbers(lines: list[str]) -> list[str]:
    """Lines without the numbers that a draft has in its margin, in the middle of sentences too."""
    for margin in (_MARGIN, _RIGHT_MARGIN):
        found = {n: m for n, line in enumerate(lines) if (m := margin.fullmatch(line))}
        texts = {n: m["text"] or "" for n, m in found.items()}
        rows = [
            Row(int(found[n]["number"]) if n in found else None, texts.get(n, line))
            for n, line in enumerate(lines)
            if line.strip()
        ]
        if counts_lines(rows):
            return [texts.get(n, line) for n, line in enumerate(lines)]
    return lines


def _parts(lines: Sequence[str]) -> list[Part]:
    filled = [line for line in lines if line.strip()]
    blank = len(lines) - len(filled)
    long = sum(len(line.strip()) > _WIDEST_WRAPPED for line in filled)
    # Hard-wrapped text has short lines and blank lines between paragraphs; else a line is one.
    wrapped = bool(filled) and long == 0 and blank >= 0.04 * len(filled) and _flows(lines)
    words = words_of(filled)
    groups: list[list[str]] = []
    alone: list[bool] = []
    fresh = True
    for line in lines:
        if not line.strip() or _RULE.fullmatch(line):
            fresh = True
        elif (
            groups
            and not fresh
            and (cut_off(groups[-1][-1], line) or (wrapped and not _opens(line)))
        ):
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
