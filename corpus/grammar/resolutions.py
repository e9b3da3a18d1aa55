"""Blocks of a resolution's text -> preamble, operative part and annexes, clause by clause.

XML and PDF readers both turn a file into Blocks (paragraphs as printed) and call
`parse_resolution`, so one resolution gets the same addresses from either. What converters do to
the text is repaired here, by rule: headings run into the clause before, items run together,
footnotes and annexes left inside a clause, words broken at a line's end. Every repair is named
on the clause. Text without such damage passes unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.documents import Frozen, Section, SectionKind
from corpus.grammar import annexes, headings
from corpus.grammar.clauses import Builder
from corpus.grammar.footnotes import lift_footnotes
from corpus.grammar.labels import LABEL, Token, read_token, split_label


class Block(Frozen):
    """One paragraph of a file, as printed, before any structure is known.

    Attributes:
        text: the words, whitespace collapsed, label still in front ('a) that ...', '1.2 to ...').
        page: 1-based page on which the block begins, or None.
        italic: the whole block is set in italics, as ITU sets its headings.
        indent: left edge in points from the text's left margin (0 where unknown).
        footnotes: bodies of footnotes already taken off the page by the reader.
        bold: the whole block is set in bold (titles, annex headings).
        part: where the file's own markup puts a heading, for languages whose words are unknown.
    """

    text: str
    page: int | None = None
    italic: bool = False
    indent: float = 0.0
    footnotes: tuple[str, ...] = ()
    bold: bool = False
    part: SectionKind | None = None


# 'risk- management' was one word on two lines; 'short- and long-term' never was.
_LINE_HYPHEN = re.compile(
    r"(?<=\w)- (?!(?:and|or|to|nor|et|ou|y|o|e|u|и|или|und|oder|bis)\b)(?=\w)", re.IGNORECASE
)
_FORMULA = re.compile(
    r"conference|assembly|council|conférence|assemblée|conseil|conferencia|asamblea|consejo|"
    r"конференция|ассамблея|совет|大会|全会|理事会|全权代表|مؤتمر|جمعية|مجلس",
    re.IGNORECASE,
)
_INNER = re.compile(rf"(?P<before>\S+)\s+{LABEL}\s+(?=\S)", re.IGNORECASE)
# Characters within which the next item of a list is looked for, and above which a clause that
# keeps growing is no longer searched, so that reading time grows with the text only.
_NEAR, _LONGEST = 6000, 20_000
# First labels of a list and what must follow them.
_SECOND = {"a": "b", "i": "ii", "1": "2"}
# A numbered heading or item of an annex begins with a word, not with a figure or 'R.2'.
_HEADED = re.compile(r"[\W_]*[^\W\d_]{2}|[A-Z]\s")
_TABLE_TITLE = re.compile(r"\b(?:Table|Tableau|Cuadro|Таблица)\s\d", re.IGNORECASE)
_CITING = re.compile(
    r"(?:ing|resolves|decides|instructs|invites|requests|§+|No\.?|item|point|paragraph|"
    r"subparagraph|sub-paragraph|and|or|to|in|of|under|see|article|section|annex)$",
    re.IGNORECASE,
)
_NOT_AN_ITEM = re.compile(
    r"(?:above|below|of|and|or|per|million|billion|percent|%|to \d|thereof|hereof|–|-|to [a-z]\))"
    r"(?:\W|$)",
    re.IGNORECASE,
)


def parse_resolution(blocks: Sequence[Block], language: str = "en") -> tuple[Section, ...]:
    """Sections of one resolution, decision or recommendation, from its blocks.

    Args:
        blocks: every block after the title, in reading order; the enacting formula may be there.
        language: ISO 639-1 code of the text; decides which heading words are looked for.

    Returns sections in reading order; slugs are unique, and so are labels within a section.
    """
    return _Parser(language).parse(blocks)


def _join_lines(text: str) -> str:
    return _LINE_HYPHEN.sub("-", text)


class _Line(Frozen):
    """A block made ready: footnotes lifted, hyphens joined, its own label and role known."""

    block: Block
    text: str
    repairs: tuple[str, ...]
    heading: bool
    token: Token | None


class _Parser:
    def __init__(self, language: str) -> None:
        self.grammar = headings.Grammar(language)
        self.out = Builder()

    def parse(self, blocks: Sequence[Block]) -> tuple[Section, ...]:
        lines = self._prepare(blocks)
        for index, line in enumerate(lines):
            after = lines[index + 1] if index + 1 < len(lines) else None
            if self._line(line, after):
                break
        return self.out.finish()

    def _prepare(self, blocks: Sequence[Block]) -> list[_Line]:
        texts = [" ".join(block.text.split()) for block in blocks]
        lifted = lift_footnotes(texts)
        self.out.notes = {c: _join_lines(note) for c, note in lifted.notes.items()}
        lines = []
        for block, raw in zip(blocks, lifted.texts, strict=True):
            text = _join_lines(raw)
            if text:
                lines.append(
                    _Line(
                        block=block,
                        text=text,
                        repairs=("hyphen",) if text != raw else (),
                        heading=self._is_heading(block, text),
                        token=split_label(text)[0],
                    )
                )
        return lines

    def _is_heading(self, block: Block, text: str) -> bool:
        if self.grammar.is_heading(text):
            return True
        if block.part is not None:
            return True
        if not (block.italic or block.bold) or split_label(text)[0]:
            return False
        return len(text.split()) <= 70 and not re.search(r"[;:。;][^;]*\w|[.;。]$", text)

    def _line(self, line: _Line, after: _Line | None) -> bool:
        """Take one line; True when the resolution's own text has ended."""
        text = line.text
        end = annexes.find_end(text)
        if end is not None:
            text = re.sub(r"(?<=[.;])\s+\d{1,3}$", "", text[:end].strip())
            self.out.end = True
        page = line.block.page
        pieces = 0
        while (title := annexes.find_annex(text, alone=line.token is None)) is not None:
            before = text[: title.start].strip()
            if before:
                self._piece(before, line, None, pieces)
            self.out.open(title.heading, SectionKind.ANNEX, title.slug)
            text = text[title.end :].strip(" :–—-")
            pieces += 1
        if text:
            if line.heading and pieces == 0 and self._opens(line):
                part = self.grammar.kind(text) or line.block.part or self.grammar.guess(text)
                self.out.open(
                    text.strip("".join(headings.ENDS) + " "), part or self.out.kind_by_default()
                )
            elif self.out.kind is None:
                self._before_first_heading(text, line, page)
            else:
                self._piece(text, line, after, pieces)
        return self.out.end

    def _opens(self, line: _Line) -> bool:
        """In an annex, only the words of resolutions' headings open a section, not any italics."""
        return self.out.kind is not SectionKind.ANNEX

    def _before_first_heading(self, text: str, line: _Line, page: int | None) -> None:
        """The enacting formula is no clause; anything else before a heading is kept."""
        if line.token is None and len(text) < 400 and not text.endswith((";", ".")):
            return
        if line.token is None and _FORMULA.search(text) and text.endswith((",", ":", "،", ",")):
            return
        self.out.open("preamble", SectionKind.PREAMBLE)
        self._piece(text, line, None, 0)

    def _piece(self, text: str, line: _Line, after: _Line | None, pieces: int) -> None:
        """One stretch of a block under the current section: its label, then what is run in."""
        page = line.block.page
        repairs = line.repairs if pieces == 0 else ()
        notes = line.block.footnotes if pieces == 0 else ()
        annex = self.out.kind is SectionKind.ANNEX
        title = annex and line.token is None and (line.block.bold or line.block.italic)
        if title and len(text.split()) <= 25 and not text.endswith((".", ";", ",")):
            self.out.subheading(text, page)
            return
        token, body = split_label(text)
        if token and self._is_item(token, body):
            if self.out.numbering.repeats(token) and not annex:
                self._lost_heading()
            self.out.add(token, body, page, notes, repairs)
        elif line.heading or not self.out.extend(text, notes, repairs):
            self.out.add(None, text, page, notes, repairs)
        elif len(self.out.last_text()) > _LONGEST:
            return
        self._split_last(after, page)

    def _is_item(self, token: Token, body: str) -> bool:
        """Is a block's leading number its label, or a number of the running text or a table?"""
        expected = self.out.numbering.expects(token, self.out.chapeau())
        annex = self.out.kind is SectionKind.ANNEX
        if expected and annex and token.style == "number" and not token.closed:
            return _HEADED.match(body) is not None and not self._is_row(body)
        if expected and body:
            return True
        if annex:
            return expected or (token.style == "letter" and bool(body))
        if not self.out.clauses:
            return True
        if token.style == "letter" or token.closed:
            return self.out.terminated() or self.out.numbering.repeats(token)
        if self.out.numbering.repeats(token) and body[:1].islower():
            return True
        return self.out.terminated() and bool(body)

    def _is_row(self, body: str) -> bool:
        """Below a table's title a numbered line without any sentence is a row of the table."""
        in_table = bool(self.out.clauses) and _TABLE_TITLE.search(self.out.last_text())
        return bool(in_table) and not re.search(r"[.;:](?:\s|$)", body)

    def _lost_heading(self) -> None:
        """A list that begins anew had a heading, whatever its verb: it ends the clause before."""
        tail = self.out.cut_unfinished_tail()
        if tail:
            part = self.grammar.guess(tail) or self.out.kind_by_default()
            self.out.open(tail, part, repair="merged-heading")

    def _split_last(self, after: _Line | None, page: int | None) -> None:
        """Split the clause just added at run-in items and headings, until none is left."""
        while True:
            text = self.out.last_text()
            item = self._inner_item(text, after)
            found = self._inner_heading(text, after)
            if found and (item is None or found.start < item.start()):
                self.out.trim_last(found.start)
                kind = self.grammar.kind(found.heading) or self.out.kind_by_default()
                self.out.open(found.heading, kind)
                rest = text[found.end :].strip()
                if not rest:
                    return
                token, body = split_label(rest)
                self.out.add(token, body, page, (), ("inline-heading",))
            elif item:
                self.out.trim_last(item.end("before"))
                token, rest = read_token(item), text[item.end() :].strip()
                self.out.add(token, rest, page, (), ("embedded-item",), opens=True)
            else:
                return

    def _inner_heading(self, text: str, after: _Line | None) -> headings.Found | None:
        kind = self.out.kind
        if kind is SectionKind.ANNEX or kind is None:
            return None
        for found in headings.search(self.grammar, text, kind is SectionKind.PREAMBLE):
            if found.labelled or self._section_ends(text[found.end :], after, found):
                return found
        return None

    def _section_ends(self, rest: str, after: _Line | None, found: headings.Found) -> bool:
        """A heading in the middle of a list is none: the list must not go on behind it."""
        numbering = self.out.numbering
        if not rest and (after is None or after.heading):
            return False
        if after and after.token and numbering.levels and not after.heading:
            restart = numbering.repeats(after.token)
            if not restart and numbering.expects(after.token, False):
                return False
        return all(
            not numbering.levels or not numbering.expects(read_token(match), False)
            for match in _INNER.finditer(rest[:_NEAR])
            if match["before"][-1:] in ";." and rest[match.end()].islower()
        )

    def _inner_item(self, text: str, after: _Line | None) -> re.Match[str] | None:
        """The first label inside a clause that can only be the next item of an open list."""
        if self.out.kind is SectionKind.ANNEX and annexes.is_glossary(text):
            return None
        position = 0
        while (match := _INNER.search(text, position)) is not None:
            position = match.end("before")
            if self._is_inner_item(match, text, after):
                return match
        return None

    def _is_inner_item(self, match: re.Match[str], text: str, after: _Line | None) -> bool:
        token = read_token(match)
        annex = self.out.kind is SectionKind.ANNEX
        head, rest = text[: match.end("before")], text[match.end() :]
        stop = head[-1]
        joined = bool(re.search(r"[;,] (?:and|or|et|ou|y|o|и|или)$", head))
        chapeau = stop in "::—–" or (stop == "," and token.value in {"a", "i"})
        # '1) ... 2) ...' inside a clause is an enumeration of its sentence; in an annex, a list.
        opens = token.value in _SECOND and token.closed and (annex or token.style == "letter")
        opens = opens and not token.inserted
        if token.style == "number" and token.closed and not annex and not self.out.numbering.levels:
            return False
        if opens and not self._second_follows(token, rest, after):
            return False
        if not self.out.numbering.expects(token, chapeau or opens):
            return False
        if _NOT_AN_ITEM.match(rest) and not (token.closed and stop in ";::"):
            return False
        if stop in ";::" or joined:
            return rest[0].islower() or token.closed or not rest[0].isascii() or annex
        if stop in ".。":
            return rest[0].islower() or annex or token.style == "letter"
        first_word = rest.split(maxsplit=1)[0].strip(",")
        if stop == ",":
            return token.closed or first_word in {"to", "that"}
        return opens and stop.isalpha() and not _CITING.search(head)

    def _second_follows(self, token: Token, rest: str, after: _Line | None) -> bool:
        """A list begins only where its second item follows: in the text, or as the next block."""
        second = _SECOND[token.value]
        if after and after.token and after.token.value == second:
            return True
        return bool(re.search(rf"[;,.] (?:and |or )?\(?{second}\)? ", rest[:_NEAR]))
