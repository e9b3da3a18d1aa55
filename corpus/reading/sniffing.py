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
    """Formats that have a reader in `corpus.reading.readers`; the value is the reader's module."""

    PDF = "pdf"
    AKN = "akn"
    DOCX = "docx"
    HTML = "html"
    ARCHIVE = "archive"
    DIGEST = "digest"
    MARKDOWN = "markdown"
    ASCIIDOC = "asciidoc"
    MAIL = "mail"
    SHEET = "sheet"
    SLIDES = "slides"
    OPEN_TEXT = "open_text"
    EBOOK = "ebook"
    RICH_TEXT = "rich_text"
    TEXT = "text"


_READABLE = (
    "PDF, DOCX, HTML, AKN XML, Markdown, AsciiDoc, plain text, ODT, RTF, EPUB, PPTX, XLSX, CSV, "
    "saved mail and ZIP files of these can be read"
)
_HEAD = 8192
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"RIFF")
_XML = re.compile(r"\s*(?:<\?xml\b|<!--|<!DOCTYPE\b|<[A-Za-z])", re.I)
_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|title|meta|div|p|h[1-6]|table)\b", re.I)
_AKN = re.compile(r"<(?:\w+:)?akomaNtoso\b|https?://docs\.oasis-open\.org/legaldocml", re.I)
_FRONT = re.compile(
    r"---[ \t]*\r?\n(?:.*\r?\n)*?---\s*(?:\r?\n|$)"
    r"|\+\+\+[ \t]*\r?\n(?:.*\r?\n)*?\+\+\+\s*(?:\r?\n|$)"
)
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_FEED = re.compile(r"<(?:rss|rdf:rdf)\b|<feed\b[^>]*atom", re.I)
_MAIL_FIELD = re.compile(
    r"^(?:from|to|cc|subject|date|message-id|mime-version|received|return-path|delivered-to|"
    r"content-type|x-[\w-]+|reply-to|sender|snapshot-content-location)\s*:",
    re.I | re.M,
)
_MAIL = re.compile(r"(?:From [^\n]+\n)?(?:[A-Za-z][\w-]*:[^\n]*\n)", re.I)
_MARKDOWN = re.compile(
    r"^#{1,6}\s+\S.*$|^\s*\[\^[^\]]+\]:|\[[^\]\n]+\]\(https?://[^)\s]+\)"
    r"|^\|?\s*:?-{3,}:?\s*\|[-:| ]+$"
    r"|(?<!\w)\*\*[^*\n]+\*\*(?!\w)",
    re.M,
)
_ASCIIDOC = re.compile(
    r"^={1,5}\s+\S.*$|^\[\[[\w-]+\]\]$|^:[\w-]+:(?: .*)?$|^\[\w+(?:[=,].*)?\]$", re.M
)


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
    found = _by_signature(content) or _by_text(content, name)
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
        text: str | None = content.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and not _binary(text[:_HEAD]):
        return text
    wide = _utf16(content)
    if wide is not None:
        return wide
    if text is None:
        found = _eight_bit(content)
        if found is not None and not _binary(found[:_HEAD]):
            return found
    raise UnknownFormat(f"The file is neither text nor a known format. {_READABLE}.")


def _utf16(content: bytes) -> str | None:
    """The text of a file saved as UTF-16 or -32 without a mark that says so; None where it is none.

    Read the wrong way, or when it is something else, it gives letters of scripts that have nothing
    to do with each other.
    """
    from corpus.language.letters import dominant_script

    if b"\x00" in content[:_HEAD] and len(content) % 4 == 0:
        for encoding in ("utf-32-le", "utf-32-be"):
            try:
                return content.decode(encoding)  # other bytes give no such characters
            except UnicodeDecodeError:
                continue
    if len(content) < 8 or len(content) % 2:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:_HEAD]
        letters = [c for c in sample if c.isalpha()]
        blocks = {ord(c) >> 8 for c in letters}
        han = sum("\u3400" <= c <= "\u9fff" for c in letters)
        if _binary(sample) or len(letters) < 0.5 * len(sample) or dominant_script(sample) is None:
            continue
        if han > 0.5 * len(letters):
            from corpus.reading.garbled import what_is_wrong

            marks = sum(c in "\n\u3000\u3001\u3002\uff0c\uff1b\uff1a\u201c" for c in sample)
            if marks and what_is_wrong(sample) is None:
                return text
        elif len(blocks) <= 6 and any(c in " \n" for c in sample):
            return text
    return None


# Languages written with the letters of each code page; their names for Python's codecs.
_PAGES = {
    "cp1250": ("pl", "cs", "sk", "hu", "sl", "hr", "ro", "sq", "bs"),
    "cp1254": ("tr",),
    "cp1257": ("lt", "lv", "et"),
    "cp1252": (
        "en", "es", "pt", "fr", "de", "it", "nl", "sv", "da", "no", "nb", "nn", "fi", "is", "ca",
        "gl", "eu", "ga", "sw", "id", "ms", "af", "br", "oc", "wa", "ht", "lb", "fo",
    ),
}  # fmt: skip
# What a letter becomes that is read by another page: 'Jab³ka', 'rosn¹'. 'km²' and 'n°' are right.
_SIGN_IN_WORD = re.compile(
    r"(?<=[^\W\d_])(?:[\u00a1-\u00bf](?=[^\W\d_])|[\u00a1-\u00a9\u00ac\u00af\u00b1\u00b4-\u00b6\u00b8\u00b9\u00bc-\u00bf])"
)
_WESTERN = 24.0
"""How much better (in logarithms) another page must fit: a few names fit many languages alike, and
most such files are Western."""
_LATIN_PAGES = frozenset(
    "cp1250 cp1252 cp1254 cp1257 latin_1 iso8859_1 iso8859_2 iso8859_3 iso8859_4 iso8859_9 "
    "iso8859_10 iso8859_13 iso8859_14 iso8859_15 iso8859_16 mac_roman mac_latin2 mac_turkish "
    "mac_iceland cp437 cp850 cp852 cp858 cp775 cp860 cp861 cp863 cp865 cp1258 cp500 cp037 "
    "hp_roman8 cp273 cp1026 cp1140 cp720 cp737 ascii".split()
)


def _eight_bit(content: bytes) -> str | None:
    """Text in an encoding of before Unicode, told by the letters, and for Latin by the language.

    The bytes of 'año' are a word in every Latin code page; only the language says which it is.
    """
    from charset_normalizer import from_bytes

    from corpus.language.letters import dominant_script

    found = from_bytes(content).best()
    ascii_letters = sum(65 <= (byte & 0xDF) <= 90 for byte in content)
    high = sum(byte >= 0x80 for byte in content)
    latin = ascii_letters > 2 * high
    # Letters outside ASCII stand beside ASCII ones in Latin words only.
    lone = len(re.findall(rb"(?<![A-Za-z])[\x80-\xff](?![A-Za-z])", content))
    mixed = lone < 0.2 * high
    if found is not None and not (latin and (mixed or found.encoding in _LATIN_PAGES)):
        if dominant_script(str(found)) == "cyrillic" or _surely_cyrillic(content):
            return _cyrillic(content)
        return str(found)
    if not latin:
        return None
    return _latin(content)


def _latin(content: bytes) -> str | None:
    """The text in the code page whose reading fits a language written with that page best."""
    from corpus.language.letters import language_score

    read: dict[str, str] = {}
    for page in _PAGES:
        try:
            read[page] = content.decode(page)
        except UnicodeDecodeError:
            continue
    if not read:
        return content.decode("latin-1")

    def fits(page: str) -> float:
        western = _WESTERN if page == "cp1252" else 0
        signs = len(_SIGN_IN_WORD.findall(read[page]))
        return language_score(read[page], _PAGES[page]) + western - _WESTERN * signs

    return read[max(read, key=fits)]


_CYRILLIC_PAGES = ("cp1251", "koi8-r", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic")


def _cyrillic(content: bytes) -> str | None:
    """The text in the Cyrillic code page that gives words and no stray signs; None where none."""
    from corpus.reading.garbled import pair_score

    read: list[tuple[tuple[int, float], str]] = []
    for page in _CYRILLIC_PAGES:
        try:
            text = content.decode(page)
        except UnicodeDecodeError:
            continue
        odd = sum(ord(c) > 127 and not c.isalpha() and c not in "«»„“”–—№…\xa0" for c in text)
        read.append(((odd, pair_score(text.casefold(), "cyrillic")[0]), text))
    return min(read, key=lambda pair: pair[0])[1] if read else None


def _surely_cyrillic(content: bytes) -> bool:
    """Whether one of its code pages gives words and nothing else; of a few words, a library
    that tries every encoding is easily wrong."""
    from corpus.reading.garbled import pair_score

    text = _cyrillic(content) or ""
    letters = [c for c in text if ord(c) > 127]
    score, pairs = pair_score(text.casefold(), "cyrillic")
    return len(letters) >= 8 and all(c.isalpha() for c in letters) and pairs > 0 and score < 5.0


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
        return Format.RICH_TEXT
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
    if "[Content_Types].xml" in names:
        return _office_kind(content, names)
    if "mimetype" in names[:3]:
        return _packaged_kind(content)
    return Format.ARCHIVE


def _office_kind(content: bytes, names: list[str]) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            types = archive.open("[Content_Types].xml").read(1 << 20).decode("utf-8", "replace")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise TruncatedFile(
            "The Office file is damaged or cut short. Download it again."
        ) from error
    for found, mark, part in (
        (Format.DOCX, "wordprocessingml.", "word/document.xml"),
        (Format.SLIDES, "presentationml.", "ppt/presentation.xml"),
        (Format.SHEET, "spreadsheetml.", "xl/workbook.xml"),
        (Format.DOCX, "ms-word.", "word/document.xml"),
        (Format.SLIDES, "ms-powerpoint.", "ppt/presentation.xml"),
        (Format.SHEET, "ms-excel.sheet.macro", "xl/workbook.xml"),
    ):
        if part in names or re.search(rf"{re.escape(mark)}[\w.+]*main\+xml", types):
            return found
    raise UnknownFormat(
        f"This is an Office file other than a text, a presentation or a sheet. {_READABLE}."
    )


def _packaged_kind(content: bytes) -> Format:
    """EPUB and OpenDocument say what they are in a member called 'mimetype'."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            kind = archive.open("mimetype").read(200).decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise TruncatedFile("The file is damaged or cut short. Download it again.") from error
    if kind == "application/epub+zip":
        return Format.EBOOK
    if kind.startswith("application/vnd.oasis.opendocument.text"):
        return Format.OPEN_TEXT
    raise UnknownFormat(
        "This is an OpenDocument file other than a text. Save a sheet as XLSX or CSV, a "
        "presentation as PPTX or PDF, and add that."
    )


def _by_text(content: bytes, name: str) -> Format:
    head = decode(content if len(content) < 2 * _HEAD else _whole_characters(content))[:_HEAD]
    head = head.lstrip("\ufeff")
    front = _FRONT.match(head.lstrip())
    if front and all(re.search(rf"^{key}\s*:", front[0], re.M) for key in ("id", "kind")):
        return Format.DIGEST
    if front and re.search(r"^(?:as_of|sources)\s*:", front[0], re.M):
        return Format.DIGEST
    markdown = name.lower().endswith((".md", ".markdown", ".mdown", ".qmd", ".rmd"))
    if _XML.match(head) and not (markdown and not _PAGE.match(head)):
        return _markup(head)
    _refuse_kinds(head)
    if _MAIL.match(head) and len(_MAIL_FIELD.findall(head.split("\n\n")[0])) >= 3:
        return Format.MAIL
    if head.lstrip().startswith(("{", "[")):
        _refuse_data(head, name)
    if name.lower().endswith((".adoc", ".asciidoc", ".asc")):
        return Format.ASCIIDOC
    if name.lower().endswith((".csv", ".tsv")):
        return Format.SHEET
    if markdown or front or len(_MARKDOWN.findall(head)) >= 2:
        return Format.MARKDOWN
    return Format.ASCIIDOC if len(_ASCIIDOC.findall(head)) >= 2 else Format.TEXT


def _markup(head: str) -> Format:
    """AKN or HTML, by the first element; other markup is refused in words."""
    if "<!entity" in head.lower():
        raise UnsafeFile(
            "The file declares XML entities, which no official text needs and which can be "
            "used to exhaust a machine. It was not read."
        )
    if _AKN.search(head):
        return Format.AKN
    if _FEED.search(head):
        raise UnknownFormat(
            "This is a news feed (RSS or Atom), which holds notices and no document. "
            "Save the pages it names, and add those."
        )
    xml = head.lstrip().lower().startswith("<?xml") or "xmlns" in head
    if _HTML.search(head) and (not xml or _PAGE.search(head)):
        return Format.HTML
    if xml:
        raise UnknownFormat(
            "This XML is not Akoma Ntoso (AKN4UN), the only XML there is a reader for."
        )
    return Format.TEXT


_MAILBOX = re.compile(r"^From \S+ .*\d\d:\d\d.*\n(?=[A-Z][\w-]*:)", re.M)


def _refuse_kinds(head: str) -> None:
    """Files of programs for mail and dates that hold many things, none of them a document."""
    opening = head.lstrip()[:40].upper()
    if opening.startswith(("BEGIN:VCALENDAR", "BEGIN:VCARD")):
        raise UnknownFormat(
            "This is a calendar or an address card, which holds dates or names and no document."
        )
    if head.startswith("From ") and len(_MAILBOX.findall(head)) > 1:
        raise UnknownFormat(
            "This is a mailbox with several messages. Save each message you want as a file of its "
            "own (EML), and add that."
        )


def _refuse_data(head: str, name: str) -> None:
    """Data of programs is no text to quote: say what it is, and what to do."""
    lowered = name.lower()
    if '"nbformat"' in head or ('"cells"' in head and '"cell_type"' in head):
        raise UnknownFormat(
            "This is a notebook (Jupyter), code and results rather than a document. Export it as "
            "HTML or PDF and add that."
        )
    if lowered.endswith((".json", ".ipynb", ".geojson", ".jsonl")) or re.match(
        r'\s*(?:\{\s*"[^"]{1,80}"\s*:|\[\s*(?:\{\s*"|\[\s*["\d-]|"[^"]*"\s*[,\]]|-?\d[\d.]*\s*,))',
        head,
    ):
        raise UnknownFormat(
            "This is data (JSON), not a document. Save what it holds as text, Markdown or a table "
            "(CSV, XLSX), and add that."
        )


def _whole_characters(content: bytes) -> bytes:
    """The first bytes, cut where no character of UTF-8 or UTF-16 is cut in two."""
    cut = 2 * _HEAD
    while cut > 2 * _HEAD - 4 and content[cut] & 0xC0 == 0x80:
        cut -= 1
    return content[:cut]
