"""Text as people see it: no invisible characters, no glyph codes in place of letters (P8)."""

from __future__ import annotations

import re
import unicodedata

from corpus.documents import Clause, Document, Section

# Arabic and Latin presentation forms, CJK radicals and compatibility ideographs are shapes of
# letters, not letters: some PDFs hold them, and no search would ever match them.
_SHAPES = re.compile(
    "[\ufb00-\ufb06\ufb50-\ufdcf\ufdf0-\ufdfb\ufe70-\ufefc\u2e80-\u2fdf\uf900-\ufaff]+"
)
# Tags, variation selectors, direction marks, zero-width and control characters carry nothing a
# reader sees; they can smuggle instructions past the eye or break a word for search.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u061c\u115f\u1160\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)
# The joiners matter inside words of Persian or Indic scripts only.
_JOINER = re.compile(
    "(?<![\u0600-\u06ff\u0900-\u0dff])[\u200c\u200d]|[\u200c\u200d](?![\u0600-\u06ff\u0900-\u0dff])"
)

# Chinese is written without spaces; where a line ended, a reader of files leaves one.
_HAN_SPACE = re.compile(
    "(?<=[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]) +"
    "(?=[\u2014\u2018\u201c\u3000-\u303f\u3400-\u9fff\uff01-\uff5e])"
)


def close_han(text: str) -> str:
    """`text` without the spaces between two Chinese characters or punctuation marks."""
    return _HAN_SPACE.sub("", text)


def writable(name: str) -> str:
    """A file's name that can be stored and shown, also where its bytes are no UTF-8."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def clean(text: str) -> str:
    """`text` with letters for letter shapes, invisible characters gone, whitespace collapsed.

    Superscripts, full-width forms and everything else a reader sees stay as they are.
    """
    text = _SHAPES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = _JOINER.sub("", _INVISIBLE.sub("", text))
    return close_han(" ".join(unicodedata.normalize("NFC", text).split()))


def clean_document(document: Document) -> Document:
    """The document with all its texts cleaned; clauses and sections left without text are gone."""
    sections = []
    for section in document.sections:
        clauses = []
        for clause in section.clauses:
            text = clean(clause.text)
            if text:
                notes = tuple(filter(None, map(clean, clause.footnotes)))
                clauses.append(_with(clause, text, notes))
        if clauses:
            heading = clean(section.heading)
            sections.append(
                Section(
                    slug=section.slug, heading=heading, kind=section.kind, clauses=tuple(clauses)
                )
            )
    return document.model_copy(update={"title": clean(document.title), "sections": tuple(sections)})


def _with(clause: Clause, text: str, footnotes: tuple[str, ...]) -> Clause:
    if text == clause.text and footnotes == clause.footnotes:
        return clause
    return clause.model_copy(update={"text": text, "footnotes": footnotes})
