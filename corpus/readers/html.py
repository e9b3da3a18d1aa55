"""HTML pages, as ITU and the UN publish resolutions and reports, without the site around them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, Tag

from corpus.documents import Document
from corpus.errors import EmptyFile
from corpus.structured import Part, documents_of

_NOT_TEXT = (
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form",
    "button", "iframe", "svg", "object", "select", "dialog",
)  # fmt: skip
_BLOCKS = frozenset(
    "p li dt dd blockquote pre h1 h2 h3 h4 h5 h6 tr caption figcaption div section article main "
    "body table tbody thead tfoot ul ol dl center figure td th address details summary".split()
)
_HEADING = re.compile(r"h([1-6])")
# What nobody sees is not what was adopted (P8): gone, transparent, tiny or off the page.
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*[01](?:px|pt|em|%)?\s*(?:;|$)"
    r"|opacity\s*:\s*0(?:\.0\d*)?\s*(?:;|$)|(?<![-\w])color\s*:\s*transparent"
    r"|(?:left|top|right|text-indent)\s*:\s*-\d{3,}",
    re.I,
)


def read(content: bytes, name: str) -> list[Document]:
    """Documents of an HTML page.

    Args:
        content: the whole file; its encoding is taken from it.
        name: its name, without directories.

    Raises:
        EmptyFile: there is no text on the page (a page that scripts fill, for instance).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(content, "lxml")
    page_title = " ".join(soup.title.get_text(" ").split()) if soup.title else ""
    for tag in soup.find_all(_NOT_TEXT):
        # A heading inside the page's own header is its title, not the site's furniture.
        if not (tag.name == "header" and tag.find_parent(["article", "main"])):
            tag.decompose()
    for tag in soup.find_all(True):
        if tag.attrs is None:
            continue  # went with its parent
        if tag.has_attr("hidden") or _HIDDEN.search(str(tag.get("style", ""))):
            tag.decompose()
    root = _main(soup)
    parts = [part for part in _parts(root) if part.text]
    if not parts:
        raise EmptyFile("There is no text on the page; a program may fill it in the browser.")
    heads = [part for part in parts if part.level == 1]
    title = page_title
    if len(heads) == 1 and parts.index(heads[0]) <= 3:
        title = heads[0].text
        parts = [part for part in parts if part is not heads[0]]
    return documents_of(parts, name=name, title=title)


def _main(soup: BeautifulSoup) -> Tag:
    everything = len(soup.get_text())
    for choice in (soup.find("main"), soup.find(role="main"), soup.find("article")):
        if isinstance(choice, Tag) and len(choice.get_text()) > 0.4 * everything:
            return choice
    return soup.body or soup


def _parts(tag: Tag) -> Iterator[Part]:
    """Paragraphs in reading order: innermost blocks, and text that stands between blocks."""
    loose: list[NavigableString | Tag] = []
    for child in tag.children:
        if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(list(_BLOCKS))):
            yield from _flush(loose, tag)
            if child.name == "tr":
                cells = [_text([cell]) for cell in child.find_all(["td", "th"])]
                row = " | ".join(filter(None, cells))
                if row:
                    yield Part(text=row)
            else:
                yield from _parts(child)
        elif isinstance(child, Tag) and child.name == "br":
            yield from _flush(loose, tag)
        elif isinstance(child, Tag) or type(child) is NavigableString:
            loose.append(child)
    yield from _flush(loose, tag)


def _flush(loose: list[NavigableString | Tag], tag: Tag) -> Iterator[Part]:
    text = _text(loose)
    if text:
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
