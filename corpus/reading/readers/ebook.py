"""EPUB: the pages of the book in its reading order, each read as an HTML page."""

from __future__ import annotations

import io
import posixpath
import zipfile
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from corpus.documents import Document
from corpus.errors import EmptyFile, LockedFile, TruncatedFile, UnsafeFile
from corpus.reading.readers.html import page_parts
from corpus.reading.readers.office import check_size
from corpus.reading.structured import Part, documents_of, left_out, with_notes


def read(content: bytes, name: str) -> list[Document]:
    """Documents of an EPUB.

    Args:
        content: the whole file.
        name: its name, without directories.

    Raises:
        TooLarge: it unpacks to more than is allowed.
        LockedFile: its pages are encrypted.
        TruncatedFile: the list of its pages, or a page of it, is missing or damaged.
        UnsafeFile: its lists declare entities.
        EmptyFile: there is no text on its pages.
    """
    check_size(content, "EPUB")
    parts: list[Part] = []
    struck: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        if "META-INF/encryption.xml" in book.namelist() and b"EncryptedData" in book.read(
            "META-INF/encryption.xml"
        ):
            raise LockedFile("The book is protected against copying. Get it without protection.")
        try:
            title, pages = _pages(book)
            for page in pages:
                heading, found, gone = page_parts(book.read(page))
                if heading and found:
                    parts.append(Part(text=heading, level=1, bold=True))
                parts += [
                    part.model_copy(update={"level": part.level + 1}) if part.level else part
                    for part in found
                ]
                struck += gone
        except DefusedXmlException as error:
            raise UnsafeFile(
                "The book declares entities, which none needs. It was not read."
            ) from error
        except (KeyError, ParseError, ValueError, zipfile.BadZipFile) as error:
            raise TruncatedFile(
                "The book is damaged: a page of it is missing. Download it again."
            ) from error
    if not parts:
        raise EmptyFile("There is no text on the pages of the book.")
    return with_notes(documents_of(parts, name=name, title=title), left_out(struck))


def _pages(book: zipfile.ZipFile) -> tuple[str, list[str]]:
    """The book's title and its pages in reading order, without the table of contents."""
    container: Element = fromstring(book.read("META-INF/container.xml"))
    root = next(e for e in container.iter() if _tag(e) == "rootfile").get("full-path", "")
    package: Element = fromstring(book.read(root))
    title = next(
        (" ".join((e.text or "").split()) for e in package.iter() if _tag(e) == "title"), ""
    )
    items = {e.get("id", ""): e for e in package.iter() if _tag(e) == "item"}
    pages = []
    for reference in (e for e in package.iter() if _tag(e) == "itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None or reference.get("linear") == "no":
            continue
        if "nav" in item.get("properties", "").split():
            continue
        if item.get("media-type", "") in ("application/xhtml+xml", "text/html"):
            pages.append(
                posixpath.normpath(
                    posixpath.join(posixpath.dirname(root), unquote(item.get("href", "")))
                )
            )
    return title, pages


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
