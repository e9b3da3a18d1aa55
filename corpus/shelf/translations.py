"""Translations of the shipped digests: the same statements at the same addresses.

They lie beside the digests, a file a language (`digests/translations/LANG.jsonl`), a line a title,
a heading or a statement. Each line carries the fingerprint of the English it was made from (`of`):
a digest one of whose statements has changed since is not shown in that language until somebody has
translated it again, so that what is quoted never says less or more than the digest.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from corpus.documents import Document, Frozen

LANGUAGES = ("ar", "es", "fr", "ru", "zh")
"""Languages that digests, written in English, are translated into."""


class Line(Frozen):
    """One line of a file of translations.

    Attributes:
        place: a document's id (its title), `id#slug` (a heading), an address (a statement).
        of: fingerprint of the English.
        text: the translation.
    """

    place: str
    of: str
    text: str


class Original(NamedTuple):
    """What is to be translated: where it stands, and its English."""

    place: str
    text: str
    kind: str
    """'title', 'heading' or 'statement'."""


def fingerprint(english: str) -> str:
    """By which a translation knows the English that it was made from."""
    return hashlib.sha256(english.encode()).hexdigest()[:12]


def originals(digest: Document) -> list[Original]:
    """Everything of a digest that is to be translated, in reading order."""
    found = [Original(digest.id, digest.title, "title")]
    for section in digest.sections:
        found.append(Original(f"{digest.id}#{section.slug}", section.heading, "heading"))
        found += [
            Original(_place(digest, section.slug, clause.label), clause.text, "statement")
            for clause in section.clauses
        ]
    return found


@cache
def lines(language: str) -> dict[str, dict[str, Line]]:
    """The lines of one language by kind ('title', 'heading', 'statement') and place.

    Raises:
        FileNotFoundError: no such language is shipped.
    """
    found: dict[str, dict[str, Line]] = {"title": {}, "heading": {}, "statement": {}}
    file = files("corpus.shelf") / "digests" / "translations" / f"{language}.jsonl"
    for written in file.read_text("utf-8").splitlines():
        raw = json.loads(written)
        line = Line(place=raw["place"], of=raw["of"], text=raw["text"])
        found[raw["kind"]][line.place] = line
    return found


def translated(digest: Document, language: str) -> Document | None:
    """`digest` in `language`; None where a line of it is missing or was made from other English."""
    held = lines(language)

    def said(original: Original) -> str | None:
        line = held[original.kind].get(original.place)
        return line.text if line and line.of == fingerprint(original.text) else None

    texts = {(o.kind, o.place): said(o) for o in originals(digest)}
    if not all(texts.values()):
        return None
    sections = tuple(
        section.model_copy(
            update={
                "heading": texts["heading", f"{digest.id}#{section.slug}"],
                "clauses": tuple(
                    clause.model_copy(
                        update={
                            "text": texts["statement", _place(digest, section.slug, clause.label)]
                        }
                    )
                    for clause in section.clauses
                ),
            }
        )
        for section in digest.sections
    )
    return digest.model_copy(
        update={
            "language": language,
            "title": texts["title", digest.id],
            "sections": sections,
            "translation_of": digest.content_hash,
        }
    )


def title_in(document: str, title: str, language: str) -> str:
    """The title of a document in `language`; `title` where it is not translated.

    Translated are the titles of the digests, and with them of every edition of the same title.
    """
    if language not in LANGUAGES:
        return title
    line = lines(language)["title"].get(document)
    return line.text if line else _by_title(language).get(fingerprint(title), title)


@cache
def _by_title(language: str) -> dict[str, str]:
    return {line.of: line.text for line in lines(language)["title"].values()}


def _place(digest: Document, slug: str, label: str | None) -> str:
    return f"{digest.id}#{slug}" + (f".{label}" if label else "")
