"""Saved mail (EML) and pages saved whole by a browser (MHT): the text, without the envelope."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from corpus.documents import Document
from corpus.errors import EmptyFile
from corpus.reading.readers.html import page_parts
from corpus.reading.readers.text import text_parts
from corpus.reading.structured import Part, documents_of, left_out, with_notes


def read(content: bytes, name: str) -> list[Document]:
    """Documents of a message: the page it holds, or its text, under its subject.

    Files sent with a message are named in the notes; they are not read.

    Args:
        content: the whole file.
        name: its name, without directories.

    Raises:
        EmptyFile: the message has no text.
    """
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    subject = " ".join(str(message.get("Subject", "")).split())
    page = _first(message, "text/html")
    plain = _first(message, "text/plain")
    struck: list[str] = []
    parts: list[Part] = []
    title = ""
    if page is not None:
        title, parts, struck = page_parts(_bytes(page))
    if not parts and plain is not None:
        title, parts = text_parts(_bytes(plain).decode("utf-8", errors="replace"))
        if title and subject:
            title, parts = "", [Part(text=title), *parts]
    if not parts:
        raise EmptyFile(
            "There is no text in the message. Save what was sent with it, and add that."
        )
    saved_page = message.get_content_subtype() in ("related", "html")
    title = (title or subject) if saved_page else (subject or title)
    if not saved_page:
        parts = [*_envelope(message), *parts]
    notes = [f"Sent with the message, not read: {sent}." for sent in _sent(message)]
    return with_notes(documents_of(parts, name=name, title=title), [*left_out(struck), *notes])


def _first(message: EmailMessage, kind: str) -> EmailMessage | None:
    for part in message.walk():
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            assert isinstance(part, EmailMessage)
            return part
    return None


def _bytes(part: EmailMessage) -> bytes:
    """The text of a part in UTF-8; for a page, with its encoding said in front."""
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    charset = part.get_content_charset()
    if charset is None:
        return raw
    try:
        text = raw.decode(charset, errors="replace")
    except LookupError:
        return raw
    mark = b"\xef\xbb\xbf" if part.get_content_type() == "text/html" else b""
    return mark + text.encode("utf-8", errors="replace")


def _envelope(message: EmailMessage) -> list[Part]:
    """Who wrote to whom and when, as one paragraph."""
    said = [
        f"{field}: {' '.join(str(message[field]).split())}"
        for field in ("From", "To", "Date")
        if message.get(field)
    ]
    return [Part(text="; ".join(said) + ".")] if said else []


def _sent(message: EmailMessage) -> list[str]:
    return [
        str(part.get_filename() or part.get_content_type())[:80]
        for part in message.walk()
        if part.get_content_disposition() == "attachment"
    ]
