"""Markdown, as sites and offices keep their texts: headings, lists, tables, notes, front matter.

Parsed by markdown-it-py (CommonMark, tables, struck text, footnotes). Marks never stay in what is
quoted; struck text is left out and said; HTML inside is read as HTML.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from corpus.documents import Document
from corpus.errors import EmptyFile
from corpus.grammar.outlines import Within
from corpus.grammar.treaties import ends_provision, is_provision, provision
from corpus.reading.readers.pdf_blocks import join_lines, words_of
from corpus.reading.readers.raised import raised, settled
from corpus.reading.readers.tables import rows_as_text
from corpus.reading.sniffing import decode
from corpus.reading.structured import Part, documents_of, left_out, own_title, with_notes

_FRONT = re.compile(
    r"\A\s*(?:---[ \t]*\n(?P<yaml>.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
    r"|\+\+\+[ \t]*\n(?P<toml>.*?)\n\+\+\+[ \t]*(?:\n|\Z))",
    re.S,
)
# What site generators write for themselves: '{: .note }', '{% include x %}', '{{ page.title }}'.
_GENERATOR = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{:[^}\n]*\}", re.S)
# Of Pandoc and others: '==lit==', 'km^2^'.
_MARKED = re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]*[^\s=])==(?![=\w])")
_RAISED = re.compile(r"(?<=\w)\^([^\s^\[\]]{1,4})\^")
_CLOSE_HASHES = re.compile(r"^(#{2,6})(?=[^\s#])", re.M)
# ITU's numbers of provisions as the margin has them: '*3A PP-98*', '* 171* ', '*1001A* * PP-98*'.
_PROVISION = re.compile(
    r"(?<!\*)\*[^\S\n]*(?P<number>\d{1,4}(?:(?!PP-)[A-Z]){0,3}\.?"
    r"(?:[ ]+(?:and|to|et|à|y|a|en|tot en met)[ ]+\d{1,4}[A-Z]{0,3})?(?:[ ]*PP-\d\d)*)[^\S\n]*\*"
    # 'bis' set off by itself, and the letter of the provision behind it: '*296* * *bis* b)*'.
    r"(?:[ *]*(?P<latin>bis|ter|quater)\*{1,2}(?:[ *]*(?P<letter>[a-z]{1,2}\))[ ]*\*)?|(?!\*))"
    r"(?:[ ]*\*[ ]*(?P<more>PP-\d\d(?:[ ]+PP-\d\d)*)[ ]*\*(?!\*))?"
)
_TAG = re.compile(r"<\s*(?P<end>/?)\s*(?P<name>[a-zA-Z][\w-]*)")


def read(content: bytes, name: str) -> list[Document]:
    """Documents of a Markdown file.

    Args:
        content: the whole file, in any encoding.
        name: its name, without directories.

    Raises:
        UnknownFormat: the bytes are no text.
        EmptyFile: there is nothing but front matter.
    """
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    front, text = front_matter(text)
    title, parts, struck = markdown_parts(text)
    if not parts:
        raise EmptyFile("There is no text in the file.")
    named = front.get("title")
    title = title or (named if isinstance(named, str) else "")
    return with_notes(documents_of(parts, name=name, title=title), left_out(struck))


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """What a file says of itself before its text, and the text; ({}, text) where it says nothing.

    Front matter that is no YAML (or TOML) is dropped: it is no part of the text either.
    """
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    try:
        if match["toml"] is not None:
            found: Any = tomllib.loads(match["toml"])
        else:
            found = yaml.safe_load(match["yaml"])
            if not isinstance(found, dict):
                return {}, text  # a rule, and text up to the next one
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError):
        found = {}
    return found, text[match.end() :]


def markdown_parts(text: str) -> tuple[str, list[Part], list[str]]:
    """Title of a Markdown text ('' where it has none), the other paragraphs, what is struck out."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin)
    source = _CLOSE_HASHES.sub(r"\1 ", _GENERATOR.sub("", text))
    source = _MARKED.sub(r"\1", source)
    source = _RAISED.sub(r"<sup>\1</sup>", source)
    # A number may begin a paragraph without a blank line before it, whatever CommonMark says.
    source = re.sub(r"(?<=[.;:,])[ \t]*\n(?=[ ]{0,3}\d{1,3}[.)][ \t]+\S)", "\n\n", source)
    source = _PROVISION.sub(_margin, source)
    walk = _Walk(parser.parse(source), words_of(source.split("\n")))
    parts = settled(list(walk.parts()), walk.notes)
    title, parts = own_title([part for part in parts if part.text])
    return title, parts, walk.struck


def _margin(match: re.Match[str]) -> str:
    number = " ".join(filter(None, match.group("number", "latin", "more")))
    return f"{provision(number)} {match['letter'] or ''} "


class _Walk:
    """Walks through the tokens of a text and gives its paragraphs.

    Attributes:
        notes: bodies of the footnotes, by the mark that is put where they are referred to.
        struck: passages that are struck out.
    """

    def __init__(self, tokens: Sequence[Token], words: Counter[str]) -> None:
        """`words` counts those of the whole text, as `join_lines` needs them."""
        self._words = words
        self.notes: dict[str, str] = {}
        self.struck: list[str] = []
        self._tokens = list(self._without_notes(tokens))
        self._before: list[str] = []  # what stands before the next paragraph: '3.', '•'
        self._inside: list[Within] = []  # lists and quotations that are open here

    def _without_notes(self, tokens: Sequence[Token]) -> Iterator[Token]:
        inside: list[str] | None = None
        mark = ""
        for token in tokens:
            if token.type == "footnote_open":
                inside, mark = [], str(int(token.meta["id"]) + 1)
            elif token.type == "footnote_close" and inside is not None:
                self.notes[mark] = " ".join(inside)
                inside = None
            elif inside is None:
                if not token.type.startswith("footnote_"):
                    yield token
            elif token.type == "inline":
                inside.append(self._inline(token.children or [])[0])

    def parts(self) -> Iterator[Part]:
        """Paragraphs in reading order."""
        level: int | None = None
        rows: list[list[str]] | None = None
        for token in self._tokens:
            if token.type == "heading_open":
                level = int(token.tag[1])
            elif token.type == "heading_close":
                level = None
            elif token.type == "list_item_open":
                number = f"{token.info}{token.markup or '.'}" if token.info else "•"
                self._before.append(number)
                self._inside.append("deeper" if "item" in self._inside else "item")
            elif token.type == "blockquote_open":
                self._inside.append("quote")
            elif token.type in ("list_item_close", "blockquote_close"):
                self._inside.pop()
            elif token.type == "table_open":
                rows = []
            elif token.type == "tr_open" and rows is not None:
                rows.append([])
            elif token.type == "table_close" and rows is not None:
                yield from (Part(text=text, within="table") for text in rows_as_text(rows))
                rows = None
            elif token.type == "inline":
                text, italic, bold = self._inline(token.children or [])
                if rows is not None:
                    rows[-1].append(text)
                elif text:
                    yield self._part(text, level, italic, bold)
            elif token.type in ("fence", "code_block"):
                if token.content.strip():
                    yield self._part(" ".join(token.content.split()), None, False, False)
            elif token.type == "html_block":
                yield from self._html(token.content)

    def _part(self, text: str, level: int | None, italic: bool, bold: bool) -> Part:
        if self._before:
            text = f"{' '.join(self._before[-1:])} {text}"
            self._before.clear()
        within = self._inside[-1] if self._inside and level is None else ""
        return Part(
            text=text, level=level, italic=italic, bold=bold or level is not None, within=within
        )

    def _html(self, markup: str) -> Iterator[Part]:
        from corpus.reading.readers.html import page_parts

        if not re.sub(r"<!--.*?-->|<[^>]*>", "", markup, flags=re.S).strip():
            return  # comments, <meta>, <br>, anchors
        title, parts, struck = page_parts(f"<meta charset='utf-8'>{markup}".encode())
        self.struck += struck
        if title:
            yield Part(text=title, level=1, bold=True)
        yield from parts

    def _inline(self, tokens: Sequence[Token]) -> tuple[str, bool, bool]:
        """The words of a paragraph, and whether all of it is in italics, or bold."""
        out: list[str] = []
        marks = {"em": 0, "strong": 0, "sup": 0, "struck": 0}
        opened: dict[str, int] = {}
        plain = {"em": False, "strong": False}
        for token in tokens:
            if token.type in ("em_open", "strong_open", "s_open"):
                name = {"em_open": "em", "strong_open": "strong", "s_open": "struck"}[token.type]
                self._open(name, marks, opened, out)
            elif token.type in ("em_close", "strong_close", "s_close"):
                name = {"em_close": "em", "strong_close": "strong", "s_close": "struck"}[token.type]
                self._close(name, marks, opened, out)
            elif token.type == "html_inline":
                self._tag(token.content, marks, opened, out)
            elif token.type == "footnote_ref":
                out.append(raised(str(int(token.meta["id"]) + 1)))
            elif token.type == "softbreak":
                out.append("\n")
            elif token.type == "hardbreak":
                out.append(" ")
            elif token.type in ("text", "code_inline", "text_special"):
                out.append(token.content)
                if token.content.strip():
                    for name in plain:
                        plain[name] |= not marks[name]
        for name in [name for name, count in marks.items() if count]:
            self._close(name, marks, opened, out)
        text = " ".join(join_lines(map(str.strip, "".join(out).split("\n")), self._words).split())
        return text, bool(text) and not plain["em"], bool(text) and not plain["strong"]

    def _tag(self, tag: str, marks: dict[str, int], opened: dict[str, int], out: list[str]) -> None:
        match = _TAG.match(tag)
        name = match["name"].lower() if match else ""
        kind = {"sup": "sup", "del": "struck", "s": "struck", "strike": "struck",
                "em": "em", "i": "em", "b": "strong", "strong": "strong"}.get(name)  # fmt: skip
        if name in ("br", "p", "div"):
            out.append(" ")
        elif kind and match and not match["end"]:
            self._open(kind, marks, opened, out)
        elif kind:
            self._close(kind, marks, opened, out)

    def _open(
        self, name: str, marks: dict[str, int], opened: dict[str, int], out: list[str]
    ) -> None:
        marks[name] += 1
        if marks[name] == 1:
            opened[name] = len(out)

    def _close(
        self, name: str, marks: dict[str, int], opened: dict[str, int], out: list[str]
    ) -> None:
        if not marks[name]:
            return
        marks[name] -= 1
        if marks[name]:
            return
        inner = "".join(out[opened[name] :])
        if name == "struck":
            if inner.strip():
                self.struck.append(inner.strip())
            inner = ""
        elif name == "sup":
            inner = raised(inner)
        elif name in ("em", "strong") and is_provision(inner):
            before = "".join(out[: opened[name]]).rstrip()
            if ends_provision(before):
                return  # '*159D* *2ter*': the paragraph's own number, in italics as well
            inner = provision(inner)
        else:
            return
        out[opened[name] :] = [inner]
