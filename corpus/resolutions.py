"""Blocks of a resolution's text -> preamble, operative part and annexes, clause by clause.

XML and PDF readers both turn a file into Blocks (paragraphs as printed) and call
`parse_resolution`, so one resolution gets the same addresses from either.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.documents import Frozen, Section


class Block(Frozen):
    """One paragraph of a file, as printed, before any structure is known.

    Attributes:
        text: the words, whitespace collapsed, label still in front ('a) that ...', '1.2 to ...').
        page: 1-based page on which the block begins, or None.
        italic: the whole block is set in italics, as ITU sets its headings.
        indent: left edge in points from the text's left margin (0 where unknown).
        footnotes: bodies of footnotes already taken off the page by the reader.
        bold: the whole block is set in bold (titles, annex headings).
    """

    text: str
    page: int | None = None
    italic: bool = False
    indent: float = 0.0
    footnotes: tuple[str, ...] = ()
    bold: bool = False


def parse_resolution(blocks: Sequence[Block], language: str = "en") -> tuple[Section, ...]:
    """Sections of one resolution, decision or recommendation, from its blocks.

    Args:
        blocks: every block after the title, in reading order; the enacting formula may be there.
        language: ISO 639-1 code of the text; decides which heading words are looked for.
    """
    raise NotImplementedError
