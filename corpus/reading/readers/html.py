"""HTML pages, as ITU and the UN publish resolutions and reports, without the site around them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.dammit import EncodingDetector
from bs4.element import NavigableString, Tag

from corpus.documents import Document
from corpus.errors import EmptyFile
from corpus.grammar.outlines import Within
from corpus.reading.readers.raised import raised, settled, without_marks
from corpus.reading.readers.tables import is_layout, rows_as_text
from corpus.reading.sniffing import decode
from corpus.reading.structured import Part, documents_of, left_out, own_title, with_notes

_NOT_TEXT = (
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form",
    "button", "iframe", "svg", "object", "select", "dialog",
)  # fmt: skip
_STRUCK = ("del", "s", "strike")
_BLOCKS = frozenset(
    "p li dt dd blockquote pre h1 h2 h3 h4 h5 h6 tr caption figcaption div section article main "
    "body table tbody thead tfoot ul ol dl center figure td th address details summary".split()
)
_HOLDS: dict[str, Within] = {"dt": "item", "dd": "item", "blockquote": "quote"}
_HEADING = re.compile(r"h([1-6])")
# What nobody sees is not what was adopted (P8): gone, transparent, tiny or off the page.
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt|em|%)?\s*(?:;|$)"
    r"|opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|$)|(?<![-\w])color\s*:\s*transparent"
    r"|(?:left|top|right|text-indent)\s*:\s*-\d{3,}",
    re.I,
)
# What a look says of a passage, as the element that says it outright.
_LOOKS = (
    (re.compile(r"text-decoration(?:-line)?\s*:[^;]*line-through", re.I), "s"),
    (re.compile(r"vertical-align\s*:\s*super\b", re.I), "sup"),
)
_RULE = re.compile(r"(?P<who>[^{}@;]+)\{(?P<look>[^{}]*)\}")
_SELECTOR = re.compile(r"(?:[.#]?[A-Za-z_][\w-]*)+(?:\s*[\s,>]\s*(?:[.#]?[A-Za-z_][\w-]*)+)*")
_ONLY_THERE = re.compile(r"/\*.*?\*/|@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", re.S)
_NOTE_LIST = re.compile(r"\b(?:footnotes?|endnotes?|references-notes)\b", re.I)
_BACK = re.compile(r"[\u21a9\u2191^↑]\ufe0e?\s*$")
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([\w-]+)", re.I)
_SHOWN = "data-shown-before"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def read(content: bytes, name: str) -> list[Document]:
    """Documents of an HTML page.

    Args:
        content: the whole file; its encoding is taken from it.
        name: its name, without directories.

    Raises:
        EmptyFile: there is no text on the page (a page that scripts fill, for instance).
    """
    title, parts, struck = page_parts(content)
    if not parts:
        raise EmptyFile("There is no text on the page; a program may fill it in the browser.")
    return with_notes(documents_of(parts, name=name, title=title), left_out(struck))


def page_parts(content: bytes) -> tuple[str, list[Part], list[str]]:
    """Title of a page ('' where it has none), its paragraphs without the title's own, and what is
    struck out on it.

    Args:
        content: the whole page; its encoding is the one it declares, or the likeliest.
    """
    declared = _declared(content)
    marked = content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        if declared or marked:
            soup = BeautifulSoup(content, "lxml")
        else:
            soup = BeautifulSoup(decode(content), "lxml")
    page_title = " ".join(soup.title.get_text(" ").split()) if soup.title else ""
    _named_by_look(soup)
    struck = [" ".join(tag.get_text(" ").split()) for tag in soup.find_all(_STRUCK)]
    for tag in soup.find_all((*_NOT_TEXT, *_STRUCK)):
        if tag.name == "header" and _heads_the_text(tag):
            continue
        if not tag.decomposed:
            tag.decompose()
    for tag in soup.find_all(True):
        if tag.decomposed or tag.attrs is None:
            continue  # went with its parent
        if tag.has_attr("hidden") or _HIDDEN.search(str(tag.get("style", ""))):
            tag.decompose()
    notes = _listed_notes(soup)
    for tag in soup.find_all("sup"):
        text = tag.get_text()
        tag.replace_with(raised(text) + " " * (text != text.rstrip()))
    soup.smooth()
    for owner in soup.find_all("ol"):
        _count(owner)
    root = _main(soup)
    parts = [part for part in settled(list(_parts(root)), notes) if part.text]
    title, parts = own_title(parts)
    return title or page_title, parts, [text for text in struck if text]


def _declared(content: bytes) -> str | None:
    """The encoding a page says it is in; None where its bytes are not in it, or it says none."""
    declared = EncodingDetector.find_declared_encoding(content, is_html=True)
    try:
        content.decode(declared or "ascii")
    except (LookupError, UnicodeDecodeError):
        # One stray byte on a long page does not make the rest another encoding.
        wrong = content.decode("utf-8", errors="replace").count("\ufffd")
        return declared if wrong < 0.001 * len(content) and declared else None
    return declared


def _named_by_look(soup: BeautifulSoup) -> None:
    """Passages that the page's own style strikes out or raises become `s` and `sup`."""
    for sheet in soup.find_all("style"):
        for rule in _RULE.finditer(_ONLY_THERE.sub("", sheet.get_text())):
            name = next((name for look, name in _LOOKS if look.search(rule["look"])), None)
            if name is not None and _SELECTOR.fullmatch(rule["who"].strip()):
                for tag in soup.select(rule["who"].strip()):
                    tag.name = name
    for tag in soup.find_all(style=True):
        for look, name in _LOOKS:
            if look.search(str(tag["style"])):
                tag.name = name


def _heads_the_text(header: Tag) -> bool:
    """Is it the head of the text, not of the site around it: inside it, or with its title?"""
    if header.find_parent(["article", "main", "section"]) or header.find_parent(role="main"):
        return True
    if header.find("h1") is None:
        return False
    page = header.find_parent("body")
    elsewhere = [h for h in page.find_all("h1") if header not in h.parents] if page else []
    return not elsewhere


def _listed_notes(soup: BeautifulSoup) -> dict[str, str]:
    """Bodies of footnotes kept as a list of their own, by number; the list is taken out."""
    notes: dict[str, str] = {}
    for block in soup.find_all(["section", "div", "ol", "aside"]):
        if block.decomposed:
            continue
        named = f"{block.get('class', '')} {block.get('role', '')}"
        listed = block if block.name == "ol" else block.find("ol")
        if listed is None or not _NOTE_LIST.search(named):
            continue
        for place, item in enumerate(listed.find_all("li", recursive=False), start=1):
            notes[str(place)] = _BACK.sub("", " ".join(item.get_text().split())).strip()
        block.decompose()
    return notes


def _main(soup: BeautifulSoup) -> Tag:
    everything = len(soup.get_text())
    for choice in (soup.find("main"), soup.find(role="main"), soup.find("article")):
        if isinstance(choice, Tag) and len(choice.get_text()) > 0.4 * everything:
            heads = [h for h in soup.find_all("header") if choice not in h.parents]
            if not any(_heads_the_text(h) and not h.find_parent(choice.name) for h in heads):
                return choice
    return soup.body or soup


def _parts(tag: Tag) -> Iterator[Part]:
    """Paragraphs in reading order: innermost blocks, and text that stands between blocks."""
    loose: list[NavigableString | Tag] = []
    for child in tag.children:
        if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(list(_BLOCKS))):
            yield from _flush(loose, tag)
            if child.name == "table":
                yield from _table(child)
            elif child.name == "li":
                yield from _within("item", _item(child))
            elif child.name in _HOLDS:
                yield from _within(_HOLDS[child.name], _parts(child))
            else:
                yield from _parts(child)
        elif isinstance(child, Tag) and child.name == "br":
            yield from _flush(loose, tag)
        elif isinstance(child, Tag) or type(child) is NavigableString:
            loose.append(child)
    yield from _flush(loose, tag)


def _within(where: Within, parts: Iterator[Part]) -> Iterator[Part]:
    """The parts, each of which now stands in `where`; what stood in a list stands deeper in it."""
    for part in parts:
        if part.level is not None:
            yield part
        elif where == "item" and part.within in ("item", "deeper"):
            yield part.model_copy(update={"within": "deeper"})
        else:
            yield part.model_copy(update={"within": part.within or where})


def _item(item: Tag) -> Iterator[Part]:
    """An item of a list, with the number or letter that the browser writes before it."""
    number = str(item.get(_SHOWN, ""))
    for place, part in enumerate(_parts(item)):
        if place == 0 and number and not part.text.startswith((number, number.rstrip(".)"))):
            part = part.model_copy(update={"text": f"{number} {part.text}"})
        yield part


def _count(owner: Tag) -> None:
    """Give each item of an ordered list what the browser shows before it: '4.' or 'b)'."""
    items = owner.find_all("li", recursive=False)
    step = -1 if owner.has_attr("reversed") else 1
    place = _figure(owner.get("start"))
    if place is None:
        place = len(items) if step < 0 else 1
    shown = str(owner.get("style", ""))
    for item in items:
        own = _figure(item.get("value"))
        place = place if own is None else own
        style = _LIST_STYLE.findall(f"{shown};{item.get('style', '')}")
        form = str(item.get("type") or owner.get("type") or (style[-1] if style else ""))
        if form != "none":
            item[_SHOWN] = counted(place, form)
        place += step


def _figure(value: object) -> int | None:
    text = str(value or "").strip()
    return int(text) if re.fullmatch(r"-?\d{1,4}", text) else None


def counted(place: int, form: str) -> str:
    """Number of an item as HTML's `type` or CSS's list style writes it: '3.', 'c)', 'iii)'.

    Args:
        place: of the item, usually from 1.
        form: '1', 'a', 'A', 'i', 'I', 'lower-alpha', 'upper-roman', ...; anything else is '1'.
    """
    if form in ("a", "A", "lower-alpha", "lower-latin", "upper-alpha", "upper-latin"):
        if 1 <= place <= 26:
            letter = chr(96 + place)
            return f"{letter.upper() if form[:1] in 'AuU' else letter})"
    elif form in ("i", "I", "lower-roman", "upper-roman") and 1 <= place <= 39:
        text, rest = "", place
        for worth, sign in _ROMAN:
            text += sign * (rest // worth)
            rest %= worth
        return f"{text.upper() if form[:1] in 'IuU' else text})"
    return f"{place}."


def _table(table: Tag) -> Iterator[Part]:
    """A table row by row; one that only arranges the page is walked through like the page."""
    caption = table.find("caption")
    if isinstance(caption, Tag) and caption.find_parent("table") is table:
        yield from _parts(caption)
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    cells = [
        [cell for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row]
        for row in rows
    ]
    inner = [cell for row in cells for cell in row]
    lengths = [[len(cell.get_text(strip=True)) for cell in row] for row in cells]
    shaped = table.get("role") == "presentation" or any(
        cell.find(["table", "h1", "h2", "h3", "h4", "h5", "h6"]) for cell in inner
    )
    if shaped or is_layout(lengths):
        for cell in inner:
            yield from _parts(cell)
        return
    for text in rows_as_text(_grid(cells)):
        yield Part(text=text, within="table")


def _grid(cells: list[list[Tag]]) -> list[list[str]]:
    """Texts by row and column, each where the browser shows it: spans are filled."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column -> rows still covered, and by what
    for row in cells:
        line: list[str] = []

        def covered(line: list[str] = line) -> None:
            while (held := hanging.get(len(line))) is not None:
                column = len(line)
                line.append(held[1])
                if held[0] > 1:
                    hanging[column] = (held[0] - 1, held[1])
                else:
                    del hanging[column]

        for cell in row:
            covered()
            text = " ".join(part.text for part in _parts(cell))
            down = min(_figure(cell.get("rowspan")) or 1, 500)
            for _ in range(max(1, min(_figure(cell.get("colspan")) or 1, 60))):
                if down > 1:
                    hanging[len(line)] = (down - 1, text)
                line.append(text)
        covered()
        grid.append(line)
    return grid


def _flush(loose: list[NavigableString | Tag], tag: Tag) -> Iterator[Part]:
    text = _text(loose)
    if without_marks(text):
        heading = _HEADING.fullmatch(tag.name or "")
        yield Part(
            text=text,
            level=int(heading[1]) if heading else None,
            italic=_all_in(loose, tag, ("i", "em")),
            bold=heading is not None or _all_in(loose, tag, ("b", "strong")),
        )
    loose.clear()


def _text(nodes: list[NavigableString | Tag] | list[Tag]) -> str:
    return " ".join("".join(n.get_text() if isinstance(n, Tag) else str(n) for n in nodes).split())


def _all_in(nodes: list[NavigableString | Tag], tag: Tag, names: tuple[str, ...]) -> bool:
    if tag.name in names or tag.find_parent(names):
        return True
    inked = [n for n in nodes if (n.get_text() if isinstance(n, Tag) else str(n)).strip()]
    return bool(inked) and all(
        isinstance(n, Tag) and (n.name in names or (len(n.find_all(names)) == 1
        and n.find_all(names)[0].get_text().strip() == n.get_text().strip()))
        for n in inked
    )  # fmt: skip
