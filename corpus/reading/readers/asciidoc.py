"""AsciiDoc, as standards bodies keep their drafts: headings, numbered clauses, lists, tables.

No library in Python reads it well, so what a document needs is read here by line: the rest (macros,
attributes, comments) is taken off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.documents import Document, DocumentKind, Edition
from corpus.errors import EmptyFile
from corpus.grammar.outlines import Within
from corpus.reading.readers.html import counted
from corpus.reading.readers.raised import raised, settled
from corpus.reading.readers.tables import rows_as_text
from corpus.reading.sniffing import decode
from corpus.reading.structured import Part, documents_of, left_out, own_title, with_notes

_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*)")
_ATTRIBUTE = re.compile(r":(!?[\w-]+!?):\s*(.*)")
_BLOCK_LINE = re.compile(r"\[.*\]\s*|\.[^\s.].*|'''|<<<|include::.*|image::.*|toc::.*|//.*")
_LISTED = re.compile(r"(?P<mark>\*{1,5}|-|\.{1,5}|\d{1,3}\.|[a-z]\.)\s+(?P<text>\S.*)")
_TERM = re.compile(r"(?P<term>\S.*?):{2,4}(?:\s+(?P<text>.*))?")
_FENCE = re.compile(r"(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|--|```)\s*")
_COMMENT = re.compile(r"/{4,}\s*")
_NOTE = re.compile(r"footnote(?:ref)?:(?:[\w-]*)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]")
_LINK = re.compile(r"(?:link:|https?://)[^\s\[\]]+\[([^\]]*)\]")
_MACRO = re.compile(
    r"(?:image|icon|kbd|btn|menu|anchor|indexterm2?|bibitem|stem|latexmath):[^\s\[]*\[([^\]]*)\]"
)
_CROSS = re.compile(r"<<#?(?P<to>[^<>,]*)(?:,\s*(?P<text>[^<>]*))?>>")
_NAMED = re.compile(r"\[(?:\[|#)(?P<name>[\w.:-]+)[,\]].*")
_ANCHOR = re.compile(r"\[\[[^\]]*\]\]|\[#[^\]]*\]|\(\(\([^)]*\)\)\)|\(\(([^()]*)\)\)")
_SUP, _SUB = re.compile(r"\^([^\s^]{1,30})\^"), re.compile(r"~([^\s~]{1,30})~")
_MARKS = re.compile(r"(?<![\w*_`#])(\*\*|__|``|##|[*_`#])(?=\S)(.+?)(?<=\S)\1(?![\w*_`#])")
_ROLE = re.compile(r"\[\.?(?P<role>[\w. -]+)\](?P<mark>##?)(?=\S)(?P<text>.+?)(?<=\S)(?P=mark)")
# What may stand before a cell's bar says how wide it is, or how set: '2+^|', 'a|'.
_CELL = re.compile(
    r"(?<!\\)(?:(?<!\S)(?:(?P<across>\d+)?(?:\.(?P<down>\d+))?(?P<sign>[+*]))?"
    r"[<^>]?(?:\.[<^>])?[aehlmdsv]?)?\|"
)
_COLUMNS = re.compile(r"\bcols=(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^,\]]+))")
_LETTERS = {2: "a", 3: "i", 4: "A", 5: "I"}
_ITU_LETTERS = {1: "a", 2: "1", 3: "i", 4: "A", 5: "I"}


def read(content: bytes, name: str) -> list[Document]:
    """Documents of an AsciiDoc file.

    Args:
        content: the whole file, in any encoding.
        name: its name, without directories.

    Raises:
        UnknownFormat: the bytes are no text.
        EmptyFile: there is nothing in it but attributes and macros.
    """
    lines = decode(content).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n")
    attributes = {m[1]: m[2].strip() for line in lines[:80] if (m := _ATTRIBUTE.fullmatch(line))}
    anchors: dict[str, str] = {}
    for _ in range(2):  # a reference may come before what it refers to
        seen = _Seen(anchors)
        found = list(_parts(lines, seen, attributes))
    parts = settled(found, {str(n): note for n, note in enumerate(seen.notes, start=1)})
    parts = [part for part in parts if part.text]
    if not parts:
        raise EmptyFile("There is no text in the file, only attributes and macros.")
    title, parts = own_title(parts)
    stated = (
        attributes.get("title") or attributes.get("title-main-en") or attributes.get("title-en")
    )
    found_documents = documents_of(parts, name=name, title=title or stated or "")
    found_documents = with_notes(found_documents, left_out(seen.struck))
    return [_as_catalogued(document, attributes) for document in found_documents]


_PLACED = re.compile(r"(?P<place>[^\W\d][^,\d]*),\s*(?P<year>(?:19|20)\d\d)")


def _as_catalogued(document: Document, attributes: dict[str, str]) -> Document:
    """A resolution of a WTSA or a Recommendation of ITU-D, whose head says what it is, under the
    id the catalogue knows it by; any other document as it is."""
    kind, bureau = attributes.get("doctype"), attributes.get("bureau")
    number = re.fullmatch(r"(?:D\.)?(\d+)", attributes.get("docnumber", ""))
    if attributes.get("mn-document-class") != "itu" or number is None:
        return document
    if (kind, bureau) == ("recommendation", "D"):
        return document.model_copy(update={"id": f"itu-d-rec-{number[1]}"})
    edition = _PLACED.search(attributes.get("edition", ""))
    if (kind, bureau) != ("resolution", "T") or edition is None:
        return document
    year = int(edition["year"])
    return document.model_copy(
        update={
            "id": f"wtsa-res-{number[1]}@{year}",
            "kind": DocumentKind.RESOLUTION,
            "body": "wtsa",
            "number": number[1],
            "edition": Edition(place=edition["place"].strip(), year=year),
        }
    )


class _Seen:
    """What was met on the way: notes in order, names of anchors, what is struck out."""

    def __init__(self, anchors: dict[str, str]) -> None:
        self.notes: list[str] = []
        self.struck: list[str] = []
        self.anchors = anchors


class _Numbers:
    """Numbers of headings, where its processor writes them before them: '2.1', 'Annex B'."""

    def __init__(self, attributes: dict[str, str]) -> None:
        # Metanorma, in which standards bodies write, numbers every clause.
        self.on = "sectnums" in attributes or "mn-document-class" in attributes
        self._counts: list[int] = []
        self._annex = 0

    def before(self, level: int, style: str, blank: bool) -> str:
        """The number of a heading of this level (2 for chapters); '' for none.

        Args:
            level: signs of equality before it. style: the block attributes above it.
            blank: it has no words of its own.
        """
        if not self.on or level < 2 or (blank and level == 2):
            return ""
        if re.search(
            r"unnumbered|bibliography|abstract|preface|foreword|acknowledg|discrete", style
        ):
            self._counts = [] if level == 2 else self._counts
            return ""
        depth = level - 2
        self._counts = [*self._counts[: depth + 1], *[0] * (depth + 1 - len(self._counts))]
        if depth == 0 and re.search(r"appendix|annex", style):
            self._annex += 1
            return f"Annex {chr(64 + self._annex)}"
        self._counts[depth] += 1
        return ".".join(map(str, self._counts[: depth + 1]))


def _parts(lines: Sequence[str], seen: _Seen, attributes: dict[str, str]) -> Iterator[Part]:
    numbers = _Numbers(attributes)
    letters = _ITU_LETTERS if attributes.get("mn-document-class") == "itu" else _LETTERS
    style = name = ""
    counts: dict[int, int] = {}
    paragraph: list[str] = []
    lead = ""
    skipping = ""
    marks: list[str] = []  # of the lists that are open here, the outermost first
    quoted = False
    place = 0

    def flush() -> Iterator[Part]:
        nonlocal lead
        source = " ".join(paragraph).strip()
        text = _inline(source, seen)
        if text:
            italic = re.fullmatch(r"_[^_]+_", source) is not None
            within: Within = "deeper" if len(marks) > 1 else "item" if marks else ""
            within = within or ("quote" if quoted else "")
            yield Part(text=f"{lead} {text}".strip(), italic=italic, within=within)
        paragraph.clear()
        lead = ""

    while place < len(lines):
        line = lines[place].rstrip()
        place += 1
        if skipping:
            skipping = "" if line == skipping else skipping
            continue
        if _COMMENT.fullmatch(line):
            yield from flush()
            skipping = line
            continue
        if re.fullmatch(r"[|,:!]===+\s*", line):
            yield from flush()
            end = next(
                (n for n in range(place, len(lines)) if lines[n].rstrip() == line), len(lines)
            )
            yield from _table(lines[place:end], seen, _columns(style))
            style = "" if _COLUMNS.search(style) else style
            place = end + 1
            continue
        heading = _HEADING.fullmatch(line)
        listed = _LISTED.fullmatch(line.strip())
        if named := _NAMED.fullmatch(line):
            name = named["name"]
        term = _TERM.fullmatch(line.strip())
        if not line.strip():
            yield from flush()
            following = next((ln for ln in lines[place:] if ln.strip()), "")
            if not _LISTED.fullmatch(following.strip()) and following.strip() != "+":
                counts.clear()
                marks.clear()
        elif heading and not paragraph:
            counts.clear()
            marks.clear()
            text = _inline(heading[2], seen)
            number = numbers.before(len(heading[1]), style, not text)
            text, style = f"{number} {text}".strip(), ""
            if name:
                seen.anchors[name], name = number or text, ""
            if text:
                yield Part(text=text, level=len(heading[1]), bold=True)
        elif line == "+" or _FENCE.fullmatch(line):
            yield from flush()
            quoted = quoted != line.startswith("____")
        elif _ATTRIBUTE.fullmatch(line) or (_BLOCK_LINE.fullmatch(line) and not listed):
            if line.startswith("."):  # the title of a block
                yield from flush()
                yield Part(text=_inline(line[1:], seen), bold=True)
            elif line.startswith("[") and not line.startswith("[["):
                style = line
        elif listed:
            yield from flush()
            lead = _number(listed["mark"], counts, letters)
            mark = listed["mark"] if listed["mark"][0] in "*.-" else "1."
            marks[:] = [*marks[: marks.index(mark)], mark] if mark in marks else [*marks, mark]
            paragraph.append(listed["text"])
        elif term and (not paragraph or marks == ["::"]):
            yield from flush()
            lead = _inline(term["term"], seen) + ":"
            marks[:] = ["::"]
            if term["text"]:
                paragraph.append(term["text"])
        else:
            paragraph.append(line.strip().removesuffix(" +"))
    yield from flush()


def _number(mark: str, counts: dict[int, int], letters: dict[int, str]) -> str:
    """What is printed before an item: '•', or its number at its depth: '1.', 'a)', 'i)'."""
    if mark[0] in "*-":
        return "•"
    if mark[0] != ".":
        return mark if mark[0].isdigit() else f"{mark[0]})"
    depth = len(mark)
    counts[depth] = counts.get(depth, 0) + 1
    for deeper in [each for each in counts if each > depth]:
        del counts[deeper]
    return counted(counts[depth], letters.get(depth, "1"))


def _columns(style: str) -> int:
    """How many columns the attributes above a table give it; 0 where they do not say."""
    found = _COLUMNS.search(style)
    if found is None:
        return 0
    said = [each.strip() for each in re.split(r"[,;]", found["quoted"] or found["bare"] or "")]
    times = (re.match(r"(\d+)\*", each) for each in said if each)
    return sum(int(match[1]) if match else 1 for match in times)


def _table(lines: Sequence[str], seen: _Seen, wide: int) -> Iterator[Part]:
    """Cells by row, those over several columns or rows in each of them.

    Args:
        lines: between the table's marks. seen: as everywhere here.
        wide: columns; 0 for as many as stand in the first line of cells.
    """
    cells: list[tuple[str, int, int, int]] = []  # text, columns, rows, how often
    for line in lines:
        place = 0
        first = len(cells)
        for match in _CELL.finditer(line):
            if cells:
                cells[-1] = (f"{cells[-1][0]} {line[place : match.start()]}", *cells[-1][1:])
            across, down = int(match["across"] or 1), int(match["down"] or 1)
            across, often = (1, across) if match["sign"] == "*" else (across, 1)
            cells.append(("", min(across, 60), min(down, 500), min(often, 60)))
            place = match.end()
        if cells:
            cells[-1] = (f"{cells[-1][0]} {line[place:]}", *cells[-1][1:])
        wide = wide or sum(across * often for _, across, _, often in cells[first:])
    told = [
        (_inline(text.strip(), seen), across, down)
        for text, across, down, often in cells
        for _ in range(often)
    ]
    for text in rows_as_text(_rows(told, wide)):
        yield Part(text=text, within="table")


def _rows(cells: Sequence[tuple[str, int, int]], wide: int) -> list[list[str]]:
    rows: list[list[str]] = []
    hanging: dict[int, tuple[str, int]] = {}  # column -> what covers it, for how many rows more
    row: list[str] = []

    def full() -> bool:
        while len(row) in hanging:
            column = len(row)
            text, left = hanging.pop(column)
            row.append(text)
            if left > 1:
                hanging[column] = (text, left - 1)
        return len(row) >= wide

    for text, across, down in cells:
        while row and full():
            rows.append(row)
            row = []
        full()
        for _ in range(across):
            if down > 1:
                hanging[len(row)] = (text, down - 1)
            row.append(text)
    if row:
        full()
        rows.append(row)
    return rows


def _inline(text: str, seen: _Seen) -> str:
    def noted(match: re.Match[str]) -> str:
        seen.notes.append(_inline(match[1], _Seen(seen.anchors)))
        return raised(str(len(seen.notes)))

    def looked(match: re.Match[str]) -> str:
        if "line-through" not in match["role"]:
            return match["text"]
        seen.struck.append(match["text"])
        return ""

    text = _NOTE.sub(noted, text)
    text = _LINK.sub(lambda m: m[1] or m[0], text)
    text = _MACRO.sub("", text)
    text = _CROSS.sub(lambda m: m["text"] or seen.anchors.get(m["to"].strip(), m["to"]), text)
    text = _ANCHOR.sub(lambda m: m[1] or "", text)
    text = _ROLE.sub(looked, text)
    text = _SUP.sub(lambda m: raised(m[1]), text)
    text = _SUB.sub(r"\1", text)
    for _ in range(3):  # marks within marks
        text = _MARKS.sub(r"\2", text)
    text = re.sub(r"\{(?:blank|empty|zwsp|wj|zwj)\}|pass:\[\]|\{set:[^}]*\}", "", text)
    return " ".join(text.replace("{nbsp}", " ").replace("{sp}", " ").split())
