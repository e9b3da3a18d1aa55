"""Headings and paragraphs of a report -> sections with addresses.

The rules are in docs/decisions/0003-report-addresses.md: chapter 3 is `#3`, its part 3.2 `#3.2`;
the first paragraph under a heading has the heading's own address, the next ones add `p2`, `p3`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from corpus.addresses import slugify, unique_slug
from corpus.documents import Clause, Frozen, Section, SectionKind
from corpus.grammar.labels import AFTER_NUMBER, inserted_name

_LONGEST_SLUG = 72
_FRAGMENT = 80
_PARAGRAPH = 1200

Within = Literal["", "item", "deeper", "table", "quote"]
"""What the file's own markup says a paragraph stands in: an item of a list, an item of a list in
that item, a table, a quotation; '' for the text itself, and where the file does not say."""

OPENING = "opening"
"""Slug of what stands before the first heading, in every language."""


class Item(Frozen):
    """A heading or a paragraph, in reading order.

    Attributes:
        text: the words as printed, number included.
        page: 1-based page on which it begins, or None.
        level: None for a paragraph; for a heading its depth, 1 for chapters.
        footnotes: bodies of the footnotes referred to.
        within: what a paragraph stands in.
    """

    text: str
    page: int | None = None
    level: int | None = None
    footnotes: tuple[str, ...] = ()
    within: Within = ""


class Number(NamedTuple):
    """The number of a heading.

    Attributes:
        path: '3.2' is ('3', '2'), 'B.' is ('b',), 'Annex 2' is ('annex-2',).
        style: how it is written; headings of one level are written alike.
        title: the heading without it, '' where there is nothing else.
    """

    path: tuple[str, ...]
    style: str
    title: str


_PART_WORDS = (
    r"section|chapter|chapitre|cap[ií]tulo|secci[oó]n|раздел|глава|القسم|الفصل|"
    r"kapitel|pillar|component|pilier|pilar"
)
_ANNEX_WORDS = (
    r"annex|appendix|annexe|appendice|anexo|ap[eé]ndice|приложение|дополнение|الملحق|ملحق|"
    r"attachment|part|partie|parte|часть|الجزء"
)
_ARTICLE_WORDS = r"article|art[ií]culo|artigo|artikel|articolo|статья|المادة|المادّة|مادة"
_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN = "零〇一二两三四五六七八九十百"
_TOKEN = rf"\d{{1,3}}|[ivxlc]{{1,7}}|[a-h]|[{_HAN}]{{1,5}}|[٠-٩]{{1,3}}"

# '2 bis', '28A': a provision put in between two others.
_PUT_IN = rf"(?:{AFTER_NUMBER.format(name='inserted')}|(?P<suffix>(?<=\d)[A-Z]))(?!\w)"

_WORDED = re.compile(
    rf"(?P<word>{_PART_WORDS}|{_ANNEX_WORDS}|{_ARTICLE_WORDS})\s*(?:no\.?|n°|№)?\s*"
    rf"(?P<token>{_TOKEN}|premier|première|primero)(?:er|re|st|[ºª°])?{_PUT_IN}(?P<end>\s*[.:)\-–—]\s*|\s+|$)(?P<title>.*)",
    re.I | re.S,
)
_HAN_WORDED = re.compile(
    rf"(?:第\s*(?P<token>\d{{1,3}}|[{_HAN}]{{1,5}})\s*(?P<word>[条章节部分篇]{{1,2}})"
    rf"(?P<inserted>\s?之[一二三四五])?|(?P<annex>附件|附录)\s*(?P<which>\d{{1,2}}|[{_HAN}]{{1,3}})?)"
    r"\s*[.:、：]?\s*(?P<title>.*)",
    re.S,
)
_DECIMAL = re.compile(
    r"(?P<token>\d{1,2}(?:\s?\.\s?\d{1,2}){1,4})\.?(?:(?:\s+|(?=[^\W\d_]))(?P<title>[^\W\d].*)|$)",
    re.S,
)
_SIMPLE = re.compile(
    r"(?P<open>[(\uff08]?)(?P<token>\d{1,2}|[IVXLC]{1,7}|[ivx]{1,5}|[A-Za-zА-Яа-я]|[٠-٩]{1,2})"
    r"(?P<end>[)\uff09]|\.\s?[-–—]?|\s?[-–—:])\s*(?P<title>[^\W\d].*)",
    re.S,
)
_SPACED = re.compile(r"(?P<token>\d{1,2})\s+(?P<title>[^\W\d_].*)", re.S)
_HAN_LISTED = re.compile(
    rf"[(\uff08]?(?P<token>[{_HAN}]{{1,5}})(?P<end>[)\uff09、.．])\s*(?P<title>.*)", re.S
)
_PARAGRAPH_NUMBER = re.compile(
    rf"(?P<sign>§\s?)?(?P<number>\d{{1,3}})(?:{AFTER_NUMBER.format(name='inserted')}|(?P<suffix>[A-Z]))"
    r"(?:\s?[.)]\s+|(?(sign)\s+|(?!)))(?=\S)"
)
_ENDS_SENTENCE = re.compile(r"[.;:,!?。；：！？؛؟]\W{0,3}$")
_BULLET = re.compile(r"[•·▪●○■□◦‣⁃➢➤✓*\uf0b7\uf0a7\uf0d8-]\s|[-–—]\s")


def heading_number(text: str) -> Number | None:
    """The number a heading begins with, or None: '3.2 Capital', 'Annex 1', 'II. Aim', '第三条'."""
    text = " ".join(text.split())
    if match := _WORDED.match(text):
        token, word = match["token"].casefold(), match["word"].casefold()
        if (
            not match["title"]
            or match["end"].strip()
            or match["title"][:1].isupper()
            or (not re.match(r"[a-z]", match["title"]))
        ):
            value = _value(token) + _behind(match["inserted"], match["suffix"])
            if re.fullmatch(_ARTICLE_WORDS, word, re.I):
                return Number((f"article-{value}",), "article", match["title"])
            if re.fullmatch(_PART_WORDS, word, re.I):
                return Number((value,), "1", match["title"])
            return Number((f"{_annex_name(word)}-{value}",), "annex", match["title"])
    if match := _HAN_WORDED.match(text):
        if match["annex"]:
            which = _value(match["which"]) if match["which"] else None
            return Number((f"annex-{which}" if which else "annex",), "annex", match["title"])
        value = _value(match["token"]) + _behind((match["inserted"] or "").strip(), None)
        path = f"article-{value}" if match["word"] == "条" else value
        return Number((path,), "article" if match["word"] == "条" else "1", match["title"])
    if match := _DECIMAL.match(text):
        parts = tuple(str(int(p)) for p in re.split(r"\s?\.\s?", match["token"]))
        return Number(parts, ".".join("1" for _ in parts), match["title"] or "")
    if match := _HAN_LISTED.match(text):
        return Number((_value(match["token"]),), "一" + match["end"], match["title"])
    if match := _SIMPLE.match(text):
        return Number(
            (_value(match["token"]),), _style(match["token"], match["end"]), match["title"]
        )
    if (match := _SPACED.match(text)) and not match["title"][:1].islower():
        return Number((_value(match["token"]),), "1", match["title"])
    return None


def _behind(inserted: str | None, suffix: str | None) -> str:
    """'-bis' or 'a' behind a number; '' for neither."""
    name = inserted_name(inserted)
    return f"-{name}" if name else (suffix or "").casefold()


def _annex_name(word: str) -> str:
    """One name in every language, so that translations share the address."""
    if word in ("part", "partie", "parte", "часть", "الجزء"):
        return "part"
    return "appendix" if word.startswith(("app", "ap", "дополнение")) else "annex"


def _style(token: str, end: str) -> str:
    kind = "1" if token.isdigit() else ("I" if re.fullmatch("[IVXLC]+", token) else "a")
    if kind == "a" and token.isupper():
        kind = "A"
    bracket = ")" if end.strip() in (")", "\uff09") else ""
    return kind + bracket


def _value(token: str) -> str:
    """The token as an address writes it: digits and numerals of any script as 12, letters small."""
    token = token.strip().casefold()
    if token in ("premier", "première", "primero"):
        return "1"
    if token.isdigit():
        return str(int(token))
    if token[0] in _HAN:
        return str(_han_number(token))
    return token


def _han_number(text: str) -> int:
    total = digit = 0
    for character in text:
        if character == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif character == "百":
            total, digit = total + (digit or 1) * 100, 0
        else:
            digit = _HAN_DIGITS[character]
    return total + digit


class _Place:
    """Where we are in the outline: which numbers are open, which addresses are taken."""

    def __init__(self) -> None:
        self.open: list[tuple[str, int, str]] = []  # style, level, token
        self.parent: tuple[str, int] | None = None  # last unnumbered heading: slug, level
        self.taken: set[tuple[str, ...]] = set()
        self.slugs: set[str] = set()

    def enter(self, heading: Item) -> tuple[str, ...]:
        """Path of a heading: the section's slug, then the numbers below it."""
        level = heading.level or 1
        number = heading_number(heading.text)
        if number is None:
            slug = unique_slug(_short(slugify(heading.text)) or "section", self.slugs)
            self.parent = (slug, level)
            self.open = [entry for entry in self.open if entry[1] < level]
            return self._take((slug,))
        if len(number.path) > 1:
            path = self._under_annex(number.path)
        elif number.style in ("annex", "article"):
            self.open = [(number.style, 0, number.path[0])]
            path = number.path
        else:
            style = self._style(number)
            styles = [style for style, _, _ in self.open]
            if style in styles:
                self.open = self.open[: styles.index(style)]
            self.open.append((style, level, number.path[0]))
            path = tuple(token for _, _, token in self.open)
        if path in self.taken and self.parent and self.parent[0] != path[0]:
            path = (self.parent[0], *path)
        return self._take(path)

    def _style(self, number: Number) -> str:
        """How the number is written; C after B, or I after H, is a letter and no Roman number."""
        sign = number.path[0]
        if number.style[:1] == "I" and len(sign) == 1:
            letter = "A" + number.style[1:]
            before = [value for style, _, value in self.open if style == letter]
            if before and ord(sign) == ord(before[-1][0]) + 1:
                return letter
            if sign not in "ivx" and not any(style == "I" for style, _, _ in self.open):
                return letter
        return number.style

    def _under_annex(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """'1.2' inside an annex that has numbers of its own stays inside the annex."""
        root = self.open[0] if self.open else None
        inside = root is not None and root[0] == "annex" and path in self.taken
        self.open = [root] if root and inside else []
        if not inside:
            self.open.append(("1", 0, path[0]))
            return path
        assert root is not None
        return (root[2], *path)

    def _take(self, path: tuple[str, ...]) -> tuple[str, ...]:
        if path in self.taken:
            root = unique_slug(path[0], self.slugs)
            path = (root, *path[1:])
        self.taken.add(path)
        self.slugs.add(path[0])
        return path


def _short(slug: str) -> str:
    if len(slug) <= _LONGEST_SLUG:
        return slug
    return slug[: _LONGEST_SLUG + 1].rsplit("-", 1)[0][:_LONGEST_SLUG].strip("-")


def sections_of(items: Sequence[Item], title: str, outlined: bool = False) -> tuple[Section, ...]:
    """Sections of a report, in reading order, headings without text of their own left out.

    Args:
        items: headings and paragraphs.
        title: heading of what stands before the first heading.
        outlined: the file itself marks its headings and their depth, so a heading that has no text
            is said, in brackets, with each heading below it; a look at a page knows it less well.
    """
    place = _Place()
    place.slugs.add(OPENING)
    sections: list[Section] = []
    path: tuple[str, ...] = (OPENING,)
    heading, body = title, list[Item]()
    kind = SectionKind.BODY
    above: list[Item] = []
    for number, item in enumerate(items):
        if item.level is None:
            body.append(item)
            continue
        _close(sections, heading, path, kind, body)
        above = [other for other in above if (other.level or 1) < item.level]
        heading, path, body = item.text, place.enter(item), []
        if above:
            heading = f"{heading} ({', '.join(other.text for other in above)})"
        following = items[number + 1].level if number + 1 < len(items) else None
        if outlined and following is not None and following > item.level:
            above.append(item)
        kind = SectionKind.ANNEX if path[0].startswith(("annex", "appendix")) else SectionKind.BODY
    _close(sections, heading, path, kind, body)
    return tuple(sections)


def _close(
    sections: list[Section],
    heading: str,
    path: tuple[str, ...],
    kind: SectionKind,
    body: Sequence[Item],
) -> None:
    clauses = tuple(_clauses(gathered(body), path[1:], numbered=path[0].isdigit()))
    if clauses:
        sections.append(Section(slug=path[0], heading=heading, kind=kind, clauses=clauses))


def _clauses(body: Iterable[Item], below: tuple[str, ...], numbered: bool) -> Iterable[Clause]:
    """Clauses of one heading; `below` are the numbers under the section's slug."""
    taken: set[str | None] = set()
    last = 0
    for place, item in enumerate(body, start=1):
        parts = below if place == 1 else (*below, f"p{place}")
        label: str | None = ".".join(parts) or None
        text = item.text
        match = _numbered(item)
        # In a numbered chapter '2' is part 2; elsewhere a printed paragraph number is the label.
        behind = _behind(match["inserted"], match["suffix"]) if match else ""
        least = last if behind else last + 1
        if match and not numbered and not below and int(match["number"]) >= least:
            last = int(match["number"])
            label, text = f"{last}{behind}", text[match.end() :]
        if label in taken:
            label = ".".join((*below, f"p{place}"))
        taken.add(label)
        yield Clause(label=label, text=text, page=item.page, footnotes=item.footnotes)


def gathered(body: Sequence[Item]) -> list[Item]:
    """Paragraphs worth quoting: bullets with what introduces them, fragments with a neighbour.

    What stands behind a list, a table or a quotation is no part of it, however short it is.
    """
    done: list[Item] = []
    open_list = False
    for place, item in enumerate(body):
        before = done[-1] if done else None
        bullet = bool(_BULLET.match(item.text))
        numbered = _numbered(item) is not None
        room = before is not None and len(before.text) + len(item.text) < _PARAGRAPH
        room = room and not _behind_it(body, place)
        introduced = before is not None and (
            item.within == "deeper"
            or open_list
            or before.text.rstrip().endswith((":", "：", ";", "؛"))
        )
        fragment = (
            before is not None
            and not numbered
            and (len(item.text) < _FRAGMENT or len(before.text) < _FRAGMENT)
        )
        if before is not None and room and ((bullet and introduced) or (fragment and not bullet)):
            done[-1] = before.model_copy(
                update={
                    "text": f"{before.text} {item.text}",
                    "footnotes": before.footnotes + item.footnotes,
                }
            )
            open_list = open_list or bullet
        else:
            done.append(item)
            open_list = bullet
    return done


def _numbered(item: Item) -> re.Match[str] | None:
    """The number an item of the text's own list begins with; a list within it has another."""
    return _PARAGRAPH_NUMBER.match(item.text) if item.within != "deeper" else None


def _family(item: Item) -> str:
    return "item" if item.within == "deeper" else item.within


def _behind_it(body: Sequence[Item], place: int) -> bool:
    """Does the paragraph stand behind a list, table or quotation that the one before ends?

    A numbered line alone, which ends no sentence ('1. Scope'), heads what follows it.
    """
    before, item = body[place - 1], body[place]
    if place == 0 or not before.within or _family(before) == _family(item):
        return False
    alone = place < 2 or _family(body[place - 2]) != "item"
    heads = alone and _numbered(before) and not _ENDS_SENTENCE.search(before.text)
    return not heads
