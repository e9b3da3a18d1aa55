"""What a file is, by its bytes. The name is only used to catch a file that lies about itself."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from enum import StrEnum

from corpus.errors import (
    EmptyFile,
    LockedFile,
    ReadError,
    ScannedFile,
    TruncatedFile,
    UnknownFormat,
    UnsafeFile,
)


class Format(StrEnum):
    """Formats that have a reader in `corpus.readers`; the value is the reader's module."""

    PDF = "pdf"
    AKN = "akn"
    DOCX = "docx"
    HTML = "html"
    ARCHIVE = "archive"
    DIGEST = "digest"
    MARKDOWN = "markdown"
    TEXT = "text"


_READABLE = "PDF, DOCX, HTML, AKN XML, plain text and ZIP files of these can be read"
_HEAD = 8192
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"RIFF")
_XML = re.compile(r"\s*(?:<\?xml\b|<!--|<!DOCTYPE\b|<[A-Za-z])", re.I)
_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|title|meta|div|p|h[1-6]|table)\b", re.I)
_AKN = re.compile(r"<(?:\w+:)?akomaNtoso\b|https?://docs\.oasis-open\.org/legaldocml", re.I)
_FRONT = re.compile(r"---\r?\n(?:.*\r?\n)*?---\s*(?:\r?\n|$)")


def sniff(content: bytes, name: str) -> Format:
    """Format of a file's bytes.

    Args:
        content: the whole file.
        name: its name, for messages and to notice that something else is called `.pdf`.

    Raises:
        EmptyFile: no bytes, or only blanks.
        LockedFile: an Office file behind a password.
        ScannedFile: a picture.
        TruncatedFile: a ZIP or DOCX whose end is missing.
        UnknownFormat: of no format that has a reader, or not what its name promises.
        UnsafeFile: XML that declares entities.
    """
    if not content.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise EmptyFile("The file is empty. Download it again, or check what was saved.")
    found = _by_signature(content) or _by_text(content)
    if name.lower().endswith(".pdf") and found is not Format.PDF:
        kind = "a web page" if found is Format.HTML else f"a file of another kind ({found.value})"
        raise UnknownFormat(
            f"The file is called .pdf but holds {kind}, perhaps an error page that was saved in "
            "its place. Open it and look; if it is what you want, give it its right name."
        )
    return found


def decode(content: bytes) -> str:
    """Text of a text file: by its byte-order mark, as UTF-8, or in the likeliest old encoding.

    Raises:
        UnknownFormat: the bytes are no text in any encoding.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(content).best()
        if best is None or _binary(str(best)[:_HEAD]):
            raise UnknownFormat(
                f"The file is neither text nor a known format. {_READABLE}."
            ) from None
        return str(best)
    if _binary(text[:_HEAD]):
        raise UnknownFormat(f"The file is neither text nor a known format. {_READABLE}.")
    return text


def _binary(text: str) -> bool:
    odd = sum(c < " " and c not in "\t\n\r\f\x0b\x1b" for c in text)
    return "\x00" in text or odd > len(text) / 100


def _by_signature(content: bytes) -> Format | None:
    if b"%PDF-" in content[:1024]:
        return Format.PDF
    if content.startswith(b"PK"):
        return _zip_kind(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # Office encrypts by wrapping the package in the old binary container.
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise LockedFile(
                "The Office file is protected by a password. Save it without one and add that."
            )
        raise UnknownFormat("This is an old binary Office file. Save it as DOCX or PDF.")
    if content.startswith(_PICTURES):
        raise ScannedFile(
            "The file is a picture, with no text to read. "
            "Put it into a PDF and recognise its text (OCR), then add that."
        )
    if content.startswith(b"{\\rtf"):
        raise UnknownFormat("This is an RTF file. Save it as DOCX or PDF.")
    if content.startswith((b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")):
        raise UnknownFormat("This is an archive other than ZIP. Unpack it and add what is inside.")
    return None


def _zip_kind(content: bytes) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
        raise TruncatedFile(
            "The ZIP or Office file is damaged or cut short. Download it again."
        ) from error
    except Exception as error:  # zipfile raises what its structs raise on forged headers
        raise ReadError("The ZIP file's directory cannot be read. Pack it again.") from error
    if "word/document.xml" in names:
        return Format.DOCX
    if "[Content_Types].xml" in names:
        raise UnknownFormat(
            f"This is an Office file other than a text document. {_READABLE}; save it as one."
        )
    if names[:1] == ["mimetype"]:
        raise UnknownFormat("This is an EPUB or OpenDocument file. Save it as DOCX or PDF.")
    return Format.ARCHIVE


def _by_text(content: bytes) -> Format:
    head = decode(content if len(content) < 2 * _HEAD else _whole_characters(content))[:_HEAD]
    head = head.lstrip("\ufeff")
    if _FRONT.match(head.lstrip()) and re.search(r"^\w[\w-]*:", head, re.M):
        return Format.DIGEST
    if _XML.match(head):
        if "<!entity" in head.lower():
            raise UnsafeFile(
                "The file declares XML entities, which no official text needs and which can be "
                "used to exhaust a machine. It was not read."
            )
        if _AKN.search(head):
            return Format.AKN
        if _HTML.search(head):
            return Format.HTML
        if head.lstrip().lower().startswith("<?xml") or "xmlns" in head:
            raise UnknownFormat(
                "This XML is not Akoma Ntoso (AKN4UN), the only XML there is a reader for."
            )
    return Format.TEXT


def _whole_characters(content: bytes) -> bytes:
    """The first bytes, cut where no character of UTF-8 or UTF-16 is cut in two."""
    cut = 2 * _HEAD
    while cut > 2 * _HEAD - 4 and content[cut] & 0xC0 == 0x80:
        cut -= 1
    return content[:cut]
