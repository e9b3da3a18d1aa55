"""RTF: its words, read as plain text is; what RTF says of its layout is not asked for."""

from __future__ import annotations

from corpus.documents import Document
from corpus.errors import EmptyFile, TruncatedFile
from corpus.reading.readers.extras import needed
from corpus.reading.readers.text import text_parts
from corpus.reading.structured import documents_of


def read(content: bytes, name: str) -> list[Document]:
    """Documents of an RTF file.

    Args:
        content: the whole file.
        name: its name, without directories.

    Raises:
        UnknownFormat: the library for it is not installed; the message says which to install.
        TruncatedFile: its codes cannot be read.
        EmptyFile: there is no text in it.
    """
    striprtf = needed("striprtf.striprtf", "RTF files")
    try:
        text = striprtf.rtf_to_text(content.decode("latin-1"), errors="replace")
    except (ValueError, LookupError, IndexError, TypeError) as error:
        raise TruncatedFile(
            "The RTF file is damaged. Open it and save it as DOCX, and add that."
        ) from error
    # Paragraphs are lines here; a blank line between them keeps each apart.
    title, parts = text_parts(text.replace("\n", "\n\n"))
    if not parts:
        raise EmptyFile("There is no text in the file.")
    return documents_of(parts, name=name, title=title)
