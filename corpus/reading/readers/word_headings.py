"""The headings of a Word file, for a template: read in the reading child, like any file."""

from __future__ import annotations

import io
import re
import zipfile

from corpus.errors import TooLarge, TruncatedFile

MOST_PARAGRAPHS = 20_000
MOST_BYTES = 100_000_000
"""Unpacked; what has more is no template."""

_HEADING = re.compile(r"heading [1-3]", re.IGNORECASE)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def word_headings(content: bytes) -> list[str]:
    """Texts of the paragraphs in the styles Heading 1 to 3, in order.

    Raises:
        TooLarge: it unpacks to more than MOST_BYTES or has more than MOST_PARAGRAPHS.
        TruncatedFile: it is no Word file, or a damaged one.
    """
    from docx import Document

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(item.file_size for item in package.infolist()) > MOST_BYTES:
                raise TooLarge("The file unpacks to too much. Leave the pictures out.")
        file = Document(io.BytesIO(content))
        # Looked up once: python-docx searches all styles anew for every paragraph. Word keeps the
        # English name of its own styles, whatever language its screens are in.
        named = {style.style_id for style in file.styles if _HEADING.fullmatch(style.name or "")}
        found = []
        for number, paragraph in enumerate(file.element.body.iter(f"{_W}p")):
            if number >= MOST_PARAGRAPHS:
                raise TooLarge(f"The file has more than {MOST_PARAGRAPHS:,} paragraphs.")
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            if style is not None and style.get(f"{_W}val") in named:
                found.append("".join(text.text or "" for text in paragraph.iter(f"{_W}t")))
    except TooLarge:
        raise
    except Exception as error:  # python-docx raises whatever the damage makes it trip over
        raise TruncatedFile("It cannot be read as a Word file. Save it again.") from error
    return found
