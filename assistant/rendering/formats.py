"""What answers, drafts, comparisons and papers are handed out as."""

from __future__ import annotations

from enum import StrEnum


class FileFormat(StrEnum):
    """Closed list of files."""

    DOCX = "docx"
    PDF = "pdf"
    MARKDOWN = "md"


MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
}
"""Of every kind of file, by its ending."""

MEDIA = {format: MEDIA_TYPES[format] for format in FileFormat}
