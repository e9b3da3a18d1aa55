"""Presentations (PPTX): each slide a headed section, with its tables and the speaker's notes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from corpus.documents import Document
from corpus.errors import EmptyFile, TruncatedFile
from corpus.reading.readers.extras import needed
from corpus.reading.readers.office import check_size, transitional
from corpus.reading.readers.tables import rows_as_text
from corpus.reading.structured import Part, documents_of


def read(content: bytes, name: str) -> list[Document]:
    """The document of a presentation.

    Args:
        content: the whole file.
        name: its name, without directories.

    Raises:
        UnknownFormat: the library for it is not installed; the message says which to install.
        TooLarge: it unpacks to more than is allowed.
        TruncatedFile: its parts are missing or damaged.
        EmptyFile: no slide has text.
    """
    pptx = needed("pptx", "presentations (PPTX)")
    check_size(content, "PPTX")
    try:
        opened = pptx.Presentation(io.BytesIO(transitional(content)))
        slides = [_slide(slide) for slide in opened.slides]
    except (KeyError, ValueError, zipfile.BadZipFile, SyntaxError, AttributeError) as error:
        raise TruncatedFile(
            "The presentation is damaged: parts of it are missing. Save it again and add that."
        ) from error
    if not any(slide for _, slide in slides):
        raise EmptyFile("There is no text on the slides; they may be pictures.")
    title, parts = "", list[Part]()
    for number, (heading, body) in enumerate(slides, start=1):
        if number == 1 and heading:
            title = heading
            parts += body
            continue
        if body or heading:
            parts.append(Part(text=heading or f"Slide {number}", level=1, bold=True, page=number))
        parts += [part.model_copy(update={"page": number}) for part in body]
    return documents_of(parts or [Part(text=title)], name=name, title=title)


def _slide(slide: Any) -> tuple[str, list[Part]]:
    head = slide.shapes.title
    heading = " ".join(head.text_frame.text.split()) if head is not None else ""
    parts: list[Part] = []
    for shape in slide.shapes:
        if head is None or shape.shape_id != head.shape_id:
            parts += _shape(shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        said = " ".join(slide.notes_slide.notes_text_frame.text.split())
        if said:
            parts.append(Part(text=f"Notes: {said}"))
    return heading, parts


def _shape(shape: Any) -> Iterator[Part]:
    if hasattr(shape, "shapes"):
        for inner in shape.shapes:
            yield from _shape(inner)
    elif getattr(shape, "has_table", False):
        rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
        yield from (Part(text=text, within="table") for text in rows_as_text(rows))
    elif shape.has_text_frame:
        for paragraph in shape.text_frame.paragraphs:
            text = " ".join("".join(run.text for run in paragraph.runs).split())
            if text:
                listed = len(shape.text_frame.paragraphs) > 1
                yield Part(text=f"• {text}" if listed else text)
