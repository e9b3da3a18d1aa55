"""Blocks of a United Nations resolution, draft or adopted -> a Document.

Preambular paragraphs have no numbers in print and are cited by their place ('preambular paragraph
2'); operative ones carry numbers that run on under any subheading. So the addresses are
`unsc-draft-s-2018-95@2018#preamble.2` and `#operative.28.b`; docs/decisions/0002-un-addresses.md
says why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from corpus.addresses import slugify, unique_slug
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.grammar.labels import AFTER_NUMBER, INSERTED, inserted_name
from corpus.grammar.resolutions import Block

# The organ's name as it opens a resolution, in the six languages -> body part of the address.
_ORGANS = {
    "unsc": (
        "security council", "conseil de sécurité", "consejo de seguridad", "совет безопасности",
        "安全理事会", "مجلس الأمن",
    ),
    "unga": (
        "general assembly", "assemblée générale", "asamblea general", "генеральная ассамблея",
        "大会", "الجمعية العامة",
    ),
    "ecosoc": (
        "economic and social council", "conseil économique et social",
        "consejo económico y social", "экономический и социальный совет", "经济及社会理事会",
        "المجلس الاقتصادي والاجتماعي",
    ),
    "unhrc": (
        "human rights council", "conseil des droits de l’homme", "conseil des droits de l'homme",
        "consejo de derechos humanos", "совет по правам человека", "人权理事会",
        "مجلس حقوق الإنسان",
    ),
}  # fmt: skip
_ARTICLE = re.compile(r"^(?:the|le|la|l['’]|el|إن)\s*", re.IGNORECASE)
SYMBOL = re.compile(
    r"\b(?P<symbol>(?:S|A|E)/(?:RES/\d+(?:/\d+)?|(?:[A-Z]{1,5}[.\d]*/)*\d[\w.]*(?:/[\w.]+)*))"
    r"(?:\s*\((?P<year>\d{4})\))?"
)
_MASTHEAD = re.compile(
    r"united nations|nations unies|naciones unidas|организация объединенных|联合国|الأمم المتحدة"
    r"|distr\b|original\b|english$|security council|general assembly|economic and social council"
    r"|human rights council|agenda item|\w+(?:[\s-]\w+)? session|\d{1,2} \w+ \d{4}$|provisional"
    r"|first|second|third|fourth|fifth|sixth (?:committee|session)",
    re.IGNORECASE,
)
_DATE_YEAR = re.compile(r"^\d{1,2} \w+ (?P<year>(?:19|20)\d\d)$")
_NUMBER = re.compile(
    rf"(?P<number>\d{{1,3}}){AFTER_NUMBER.format(name='inserted')}"
    r"\s?(?:[.．)]\s*|\s+(?=[A-ZÀ-Þ]))"
)
_ITEM = re.compile(rf"\(?(?P<item>[a-z]{{1,5}}?)\s?(?P<inserted>{INSERTED})?\)\s*", re.IGNORECASE)
_BULLET = re.compile(r"[•·▪●–—−-]\s+")
_ANNEX = re.compile(
    r"(?:annex|annexe|anexo|appendix|enclosure|приложение|附件|المرفق)\b"
    r"(?:\s+(?P<number>[IVXLC]+|\d{1,2}|[A-Z]))?(?P<rest>.*)",
    re.IGNORECASE,
)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv",
          "xv", "xvi", "xvii", "xviii", "xix", "xx")  # fmt: skip
_ACT = re.compile(
    r"(?:(?:also|further|again|strongly|solemnly|once|[a-z]+ly)\s+)*[a-z]+s(?:\s|,|$)",
    re.IGNORECASE,
)


class UnHead(NamedTuple):
    """What a masthead says: body, symbol as printed, and the year, where found."""

    body: str
    symbol: str
    year: int | None


def organ(text: str) -> str | None:
    """Body part of the address when `text` is the line that opens a resolution, else None.

    'The Security Council,' gives 'unsc'; nothing but the organ's name may stand on the line.
    """
    name = re.sub(r"\W+$", "", _ARTICLE.sub("", text.strip().casefold()))
    return next((body for body, names in _ORGANS.items() if name in names), None)


def un_head(blocks: Sequence[Block]) -> UnHead | None:
    """Masthead of a UN resolution, or None where there is no symbol or no organ that opens it."""
    start = next((i for i, block in enumerate(blocks) if organ(block.text)), None)
    if start is None:
        return None
    symbol, year = None, None
    for block in blocks[:start]:
        match = SYMBOL.search(block.text)
        if match and symbol is None:
            symbol = match["symbol"]
            year = int(match["year"]) if match["year"] else year
        date = _DATE_YEAR.match(block.text)
        if date and year is None:
            year = int(date["year"])
    if symbol is None:
        return None
    in_symbol = re.search(r"/((?:19|20)\d\d)/", symbol)
    if year is None and in_symbol:
        year = int(in_symbol[1])
    return UnHead(organ(blocks[start].text) or "un", symbol, year)


def un_document(blocks: Sequence[Block], language: str, pages: int | None) -> Document | None:
    """The resolution in these blocks, or None where they are not a UN resolution.

    Args:
        blocks: of the whole file, running heads and job numbers already taken off.
        language: ISO 639-1 code of the text.
        pages: number of pages of the file.
    """
    head = un_head(blocks)
    if head is None:
        return None
    start = next(i for i, block in enumerate(blocks) if organ(block.text))
    adopted = re.search(r"/RES/(\d+(?:/\d+)?)$", head.symbol)
    name = f"res-{slugify(adopted[1])}" if adopted else f"draft-{slugify(head.symbol)}"
    return Document(
        id=f"{head.body}-{name}" + (f"@{head.year}" if head.year else ""),
        title=_title(blocks[:start], head.symbol),
        kind=DocumentKind.RESOLUTION,
        edition=Edition(year=head.year),
        language=language,
        number=adopted[1] if adopted else head.symbol,
        body=head.body,
        sections=un_sections(blocks[start:]),
        pages=pages,
    )


def _title(masthead: Sequence[Block], symbol: str) -> str:
    bold = [
        block.text
        for block in masthead
        if block.bold and not _MASTHEAD.match(block.text) and not SYMBOL.fullmatch(block.text)
    ]
    title = " ".join(bold[-1:]) if bold else ""
    sponsors, colon, what = title.rpartition(": ")
    if colon and len(sponsors) > 100:
        # Dozens of sponsors would drown the words that a search looks for.
        title = f"{sponsors.split(',')[0]} and others: {what}"
    return f"{symbol}, {title}" if title else symbol


def un_sections(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """Preamble, operative part and annexes; `blocks` begin with the organ's line."""
    base = blocks[0].indent
    operative = _operative_start(blocks, base)
    annexes = [
        i
        for i, block in enumerate(blocks)
        if i >= operative and _is_annex(block, blocks[i - 1] if i else None)
    ]
    end = annexes[0] if annexes else len(blocks)
    sections = [_preamble(blocks[:operative])]
    if operative < end:
        sections.append(_operative(blocks[operative:end], base))
    taken = {section.slug for section in sections}
    for begin, stop in pairwise([*annexes, len(blocks)]):
        section = _annex(blocks[begin:stop], base, taken)
        if section:
            taken.add(section.slug)
            sections.append(section)
    return tuple(section for section in sections if section.clauses)


def _operative_start(blocks: Sequence[Block], base: float) -> int:
    """Index of the first operative paragraph: number 1, or the first verb where none has one."""
    for index, block in enumerate(blocks):
        match = _NUMBER.match(block.text)
        if match and match["number"] == "1" and block.indent <= base + 10:
            before = blocks[index - 1]
            heading = index > 1 and _is_subheading(before)
            return index - 1 if heading else index
    for index, block in enumerate(blocks[1:], start=1):
        if _ACT.match(block.text) and re.search(r"[,;]$", blocks[index - 1].text):
            return index
    return len(blocks)


def _is_annex(block: Block, before: Block | None) -> bool:
    match = _ANNEX.fullmatch(block.text)
    if not match or len(block.text) > 160:
        return False
    alone = not match["rest"].strip() or block.bold or match["rest"].strip()[:1] in ":–—-"
    closed = before is None or not before.text.endswith((",", ";")) or block.bold
    return alone and closed


def _is_subheading(block: Block) -> bool:
    """A short line in bold or italics that is no numbered or lettered paragraph."""
    styled = block.bold or block.italic
    text = block.text
    labelled = _NUMBER.match(text) or _ITEM.match(text)
    return styled and len(text) < 160 and not labelled and text[-1:] not in ",;:"


class _Labels:
    """Gives every clause of a section its own label."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, label: str) -> str:
        label = unique_slug(label, self._taken)
        self._taken.add(label)
        return label


def _clause(block: Block, label: str | None, text: str) -> Clause:
    return Clause(label=label, text=text, page=block.page, footnotes=block.footnotes)


def _preamble(blocks: Sequence[Block]) -> Section:
    """The organ's line without a label, then each paragraph under its place: 1, 2, ..."""
    clauses = [_clause(blocks[0], None, blocks[0].text)]
    labels = _Labels()
    place = 0
    base = blocks[0].indent
    for block in blocks[1:]:
        if _is_subheading(block) and block.bold:
            label = slugify(block.text) or "heading"
            clauses.append(_clause(block, labels.take(label), block.text))
            continue
        item = _ITEM.match(block.text)
        number = _NUMBER.match(block.text) if block.indent > base + 10 else None
        bullet = _BULLET.match(block.text)
        match = item or number or bullet
        if match and place:
            own = item["item"].lower() if item else number["number"] if number else "1"
            put_in = inserted_name(match["inserted"]) if match is not bullet else ""
            own = f"{own}-{put_in}" if put_in else own
            label = f"{place}.{own}"
            while bullet and label in labels._taken:
                own = str(int(own) + 1)
                label = f"{place}.{own}"
            text = block.text[match.end() :] or block.text
        else:
            place += 1
            label, text = str(place), block.text
        clauses.append(_clause(block, labels.take(label), text))
    return Section(
        slug="preamble", heading="Preamble", kind=SectionKind.PREAMBLE, clauses=tuple(clauses)
    )


class _Numbering:
    """Where the text stands in its numbering: paragraph 28, letter b, roman ii."""

    def __init__(self, base: float) -> None:
        self.base = base
        self.number = 0
        self.shown = ""
        self.letter = ""
        self.roman = ""
        self.points = 0
        self.loose = 1

    def label(self, block: Block) -> tuple[str, str]:
        """Label of a block and its text without the label as printed."""
        text = block.text
        number = _NUMBER.match(text)
        if number and self._is_paragraph(block, number):
            self.number, self.letter, self.roman = int(number["number"]), "", ""
            self.points, self.loose = 0, 1
            put_in = inserted_name(number["inserted"])
            self.shown = f"{self.number}-{put_in}" if put_in else str(self.number)
            return self.shown, text[number.end() :] or text
        item = _ITEM.match(text)
        if item and self.number and self._is_item(item["item"].lower()):
            put_in = inserted_name(item["inserted"])
            if put_in:
                own = f"{item['item'].lower()}-{put_in}"
                above = [self.shown, self.letter if self.roman else ""]
                return ".".join(filter(None, [*above, own])), text[item.end() :] or text
            return self._item(item["item"].lower()), text[item.end() :] or text
        bullet = _BULLET.match(text)
        if (number or bullet) and self.number:
            self.points = int(number["number"]) if number else self.points + 1
            match = number or bullet
            place = [self.shown, self.letter, self.roman, str(self.points)]
            return ".".join(filter(None, place)), text[match.end() if match else 0 :] or text
        self.loose += 1
        if self.number:
            return f"{self.shown}.p{self.loose}", text
        return f"p{self.loose - 1}", text

    def _is_paragraph(self, block: Block, match: re.Match[str]) -> bool:
        """Numbers run on, so a year or a sub-item that happens to open a paragraph is told off."""
        step = int(match["number"]) - self.number
        if match["inserted"]:
            return step == 0 and block.indent <= self.base + 10
        dotted = not match[0].endswith(" ") or "." in match[0] or ")" in match[0]
        return 1 <= step <= (5 if dotted else 1) and block.indent <= self.base + 10

    def _is_item(self, item: str) -> bool:
        return item in _ROMAN or len(item) == 1 or (len(item) == 2 and item[0] == item[1])

    def _item(self, item: str) -> str:
        self.points = 0
        expected = _ROMAN[_ROMAN.index(self.roman) + 1 :][:1] if self.roman else _ROMAN[:1]
        follows = self.letter and len(item) == 1 and ord(item) == ord(self.letter[0]) + 1
        is_roman = item in _ROMAN and (
            (item in expected and not (follows and not self.roman and item == "i")) or len(item) > 1
        )
        if is_roman:
            self.roman = item
            return ".".join(filter(None, [self.shown, self.letter, item]))
        self.letter, self.roman = item, ""
        return f"{self.shown}.{item}"


def _operative(blocks: Sequence[Block], base: float) -> Section:
    return Section(
        slug="operative",
        heading="Operative part",
        kind=SectionKind.OPERATIVE,
        clauses=tuple(_numbered(blocks, base)),
    )


def _numbered(blocks: Sequence[Block], base: float) -> list[Clause]:
    numbering, labels = _Numbering(base), _Labels()
    clauses = []
    for block in blocks:
        if _is_subheading(block):
            label, text = slugify(block.text) or "heading", block.text
        else:
            label, text = numbering.label(block)
        clauses.append(_clause(block, labels.take(label), text))
    return clauses


def _annex(blocks: Sequence[Block], base: float, taken: set[str]) -> Section | None:
    """An annex: its heading line, the title under it, then its paragraphs."""
    match = _ANNEX.fullmatch(blocks[0].text)
    if not match or len(blocks) < 2:
        return None
    heading = blocks[0].text
    body = list(blocks[1:])
    if _is_subheading(body[0]) and len(body) > 1:
        heading = f"{heading} {body.pop(0).text}"
    number = f"-{match['number'].lower()}" if match["number"] else ""
    indent = min((block.indent for block in body if _NUMBER.match(block.text)), default=base)
    return Section(
        slug=unique_slug(f"annex{number}", taken),
        heading=heading,
        kind=SectionKind.ANNEX,
        clauses=tuple(_numbered(body, indent)),
    )
