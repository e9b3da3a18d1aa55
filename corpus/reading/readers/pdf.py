"""PDF -> documents: which grammar a file follows, and the reading by it.

Four kinds: a United Nations resolution, one ITU resolution, a whole Final Acts (many resolutions
in one file), and anything else, which is read as a report of headed sections.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.documents import Document
from corpus.errors import ScannedFile
from corpus.grammar.un_resolutions import un_document
from corpus.language.letters import detect_language
from corpus.reading.readers.final_acts import itu_documents
from corpus.reading.readers.margin_numbers import without_margin_numbers
from corpus.reading.readers.pdf_blocks import Paragraph, paragraphs
from corpus.reading.readers.pdf_furniture import body_pages
from corpus.reading.readers.pdf_lines import Line, PageLines, read_lines
from corpus.reading.readers.un_masthead import is_job_line

_FEW_LETTERS = 20  # a file with fewer letters in all has no text worth a document


def read(content: bytes, name: str) -> list[Document]:
    """Every document in one PDF.

    Args:
        content: the whole file.
        name: its name, without directories; a report may take its id from it.

    Raises:
        EmptyFile, LockedFile, TruncatedFile: as `pdf_lines.read_lines`.
        ScannedFile: there are pages but no text on them.
    """
    pages = without_margin_numbers(read_lines(content))
    text = "\n".join(line.text for page in pages for line in page.lines)
    if sum(char.isalpha() for char in text) < _FEW_LETTERS:
        raise ScannedFile(
            "The pages hold no text, only pictures. Run OCR on the file (for instance with "
            "ocrmypdf) and add the result."
        )
    language = detect_language(text)
    blocks = pdf_paragraphs(pages)
    resolution = un_document(blocks, language, len(pages))
    if resolution is not None and resolution.sections:
        return [resolution]
    documents = itu_documents(blocks, language, len(pages))
    if documents:
        return documents
    from corpus.reading.reports import report_documents

    return report_documents(pages, content, name)


def pdf_paragraphs(pages: Sequence[PageLines]) -> list[Paragraph]:
    """Paragraphs of a file without running heads, page and job numbers."""
    first = [line.text for page in pages[:1] for line in page.lines]

    def un_furniture(line: Line) -> bool:
        return is_job_line(line.text, first)

    return paragraphs(body_pages(pages, un_furniture))
