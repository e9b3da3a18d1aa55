"""A person's own template: its headings become the sections of a draft.

From Markdown (`# Heading`) or Word (styles Heading 1 to 3, whatever the language of Word). A
heading that says what it is about takes the sentences of the standard section of that matter; any
other takes what a search for its words and the topic finds.
"""

from __future__ import annotations

import re
from enum import StrEnum

from assistant.advice.drafting.draft import BadDraft
from corpus.errors import ReadError
from corpus.reading.files import word_headings
from corpus.tampering.characters import visible

MOST_HEADINGS = 40
_MOST_BYTES = 5_000_000


class From(StrEnum):
    """Where a section takes its sentences."""

    VERDICT = "verdict"
    BDT = "bdt"
    SECRETARIAT = "secretariat"
    MEMBERS = "members"
    UNION = "union"
    BACKGROUND = "background"
    COUNTRY = "country"
    OTHER_COUNTRIES = "other countries"
    EDITIONS = "editions"
    SEARCH = "search"
    PERSON = "person"


_MATTERS: tuple[tuple[str, From], ...] = (
    (r"mandates?|legal basis|mandat|base (?:légale|legal|jurídica)|мандат\w*|任务|授权|ولاية",
     From.VERDICT),
    (r"background|considering|preamble|contexte|considérant|antecedentes|considerando",
     From.BACKGROUND),
    (r"status|editions?|in force|vigueur|vigor", From.EDITIONS),
    (r"lessons?|other countries|good practices?|leçons|lecciones", From.OTHER_COUNTRIES),
    (r"(?:the )?countr(?:y|ies)|situation|pays|país", From.COUNTRY),
    (r"bdt", From.BDT),
    (r"what itu (?:does|must)|secretariat|secrétariat|secretaría", From.SECRETARIAT),
    (r"member states|members|états membres|estados miembros", From.MEMBERS),
    (r"resolutions?|what itu resolved|existing instruments|résolutions|resoluciones", From.UNION),
    (r"decisions?|next steps|signature|salutation|proposal|conclusions?|recommendations?|contacts?|"
     r"addressee|prochaines étapes|próximos pasos", From.PERSON),
)  # fmt: skip
"""Words of headings, and where sections so headed take their sentences; the first that fits."""


def source_of(heading: str) -> From:
    """Where a section with this heading takes its sentences."""
    for words, source in _MATTERS:
        if re.search(rf"(?<!\w)(?:{words})(?!\w)", heading, re.I):
            return source
    return From.SEARCH


def headings(name: str, content: bytes) -> tuple[str, ...]:
    """The headings of a template, in order.

    Args:
        name: of the file, for messages only.
        content: Markdown text or a Word file; told apart by the bytes.

    Raises:
        BadDraft: it is neither, has no headings, or has more than MOST_HEADINGS.
    """
    if len(content) > _MOST_BYTES:
        raise BadDraft("A template may have 5 MB. Leave the pictures out.")
    found = _of_word(content) if content[:2] == b"PK" else _of_markdown(content)
    kept = tuple(line for text in found if (line := " ".join(visible(text).split())[:200]))
    if not kept:
        raise BadDraft(
            f"'{visible(name)[:60]}' has no headings: lines that begin with # in Markdown, "
            "or paragraphs in the styles Heading 1 to 3 in Word."
        )
    if len(kept) > MOST_HEADINGS:
        raise BadDraft(f"A template may have {MOST_HEADINGS} headings; this one has {len(kept)}.")
    return kept


def _of_markdown(content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDraft("The template is neither UTF-8 Markdown nor a Word file.") from error
    fenced, found = False, []
    for line in text.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        match = re.match(r" {0,3}#{1,6}\s+(.*?)\s*#*\s*$", line)
        if match and not fenced and match[1]:
            found.append(match[1])
    return found


def _of_word(content: bytes) -> list[str]:
    try:
        return word_headings(content)
    except ReadError as error:
        raise BadDraft(f"The template is no good. {error.message}") from error
