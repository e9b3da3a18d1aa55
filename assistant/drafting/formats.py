"""What drafts and comparisons are handed out as."""

from __future__ import annotations

from enum import StrEnum


class FileFormat(StrEnum):
    """Closed list of files."""

    DOCX = "docx"
    PDF = "pdf"
    MARKDOWN = "md"


MEDIA = {
    FileFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileFormat.PDF: "application/pdf",
    FileFormat.MARKDOWN: "text/markdown; charset=utf-8",
}
