"""How much of a person's machine one file may take. Every limit is checked by the readers."""

from __future__ import annotations

from corpus.documents import Frozen

MIB = 1024 * 1024


class Limits(Frozen):
    """Bounds of one reading.

    Attributes:
        seconds: wall-clock time for one file on a machine that is not overloaded, start included.
        memory: address space of the reading child, bytes (where the system can bound it).
        file_bytes: size of a file that is opened at all.
        pages: pages of a PDF.
        text_chars: characters of text one file may yield.
        archive_files: files in an archive.
        archive_bytes: bytes an archive may unpack to, all files together.
        archive_ratio: unpacked to packed size above which an archive member is a bomb.
        archive_seconds: wall-clock time for an archive of many files.
        ocr_seconds: time for recognising the pages of a scanned file, where OCR is installed.
    """

    seconds: float = 60.0
    memory: int = 2048 * MIB
    file_bytes: int = 256 * MIB
    pages: int = 3000
    text_chars: int = 20_000_000
    archive_files: int = 500
    archive_bytes: int = 1024 * MIB
    archive_ratio: float = 200.0
    archive_seconds: float = 600.0
    ocr_seconds: float = 1200.0


DEFAULT = Limits()
