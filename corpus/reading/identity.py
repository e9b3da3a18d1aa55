"""Which document a file is, when the shelf holds another text under the same id.

A name says little: two folders each have their 'report.pdf'. So a text takes another's place only
where its content, or a person, says that it is the same document; else both are kept, and a note
says so. Nothing is lost by an accident of names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import PurePath

from corpus.addresses import slugify
from corpus.documents import Document, Frozen
from corpus.reading.cleaning import writable
from corpus.reading.reports import ascii_slug, work_id

ALIKE = 0.5
"""Share of their words that two texts have in common, from which one may be a newer form of the
other; editions of one resolution share more, different documents of one office less."""

_TRAIL = 4


class Holder(Frozen):
    """A text on the shelf, and the name of the file it was read from."""

    document: Document
    name: str


Held = Callable[[str], Holder | None]
"""The text on the shelf with a key, or None."""


class Settled(Frozen):
    """What a text is filed as, and what a person should know of it ('' for nothing)."""

    document: Document
    said: str = ""


def trail(path: PurePath) -> str:
    """The end of a file's path, by which it is known again: two files of one name differ in it."""
    return writable("/".join(path.parts[-_TRAIL:]).lstrip("/"))


def settled(document: Document, name: str, held: Held) -> Settled:
    """`document` under the id it can have: its own, or another where its own is taken.

    The same text again keeps its id, wherever it is found.

    Args:
        document: as read.
        name: of its file, with the folders it lies in where they are known.
        held: looks a key up on the shelf, in the transaction that will write.
    """
    other = held(document.key)
    if other is None or same_text(other.document, document):
        return Settled(document=document)
    alike = likeness(other.document, document) >= ALIKE
    if alike and _says_what_it_is(document):
        said = f"Takes the place of the text of {document.id} read from {other.name}."
        return Settled(document=document, said=said)
    if alike and "/" in name and name == other.name:
        return Settled(document=document, said=f"Takes the place of what {name} held before.")
    for id in _other_ids(document, name):
        found = document.model_copy(update={"id": id})
        rival = held(found.key)
        if rival is None or same_text(rival.document, document):
            return Settled(
                document=found,
                said=(
                    f"Another text is held as {document.id} (read from {other.name}), so this one "
                    f"is kept as {id}. If it is a newer text of the same document, add it with "
                    f"--work {document.id} and remove {id}."
                ),
            )
    raise AssertionError("ids are numbered without end")


def apart(documents: list[tuple[Document, str]]) -> list[Document]:
    """Documents of one archive, each with its member's path, none under the key of another."""
    kept: dict[str, Holder] = {}
    for document, name in documents:
        found = settled(document, name, kept.get)
        own = found.document
        if found.said and own.id == document.id:
            # One file of an archive is no newer form of another one in it.
            own = next(
                changed
                for id in _other_ids(document, name)
                for changed in [document.model_copy(update={"id": id})]
                if changed.key not in kept or same_text(kept[changed.key].document, changed)
            )
        if own.id != document.id:
            note = f"From {name} of the archive, which holds another {document.id}."
            own = own.model_copy(update={"notes": (*own.notes, note)})
        if own.key not in kept:
            kept[own.key] = Holder(document=own, name=name)
    return [holder.document for holder in kept.values()]


def same_text(one: Document, other: Document) -> bool:
    """Whether two documents say the same in the same places, whatever they are filed as."""
    return one.language == other.language and [
        (s.slug, s.heading, c.label, c.text) for s, c in one.clauses()
    ] == [(s.slug, s.heading, c.label, c.text) for s, c in other.clauses()]


def likeness(one: Document, other: Document) -> float:
    """Share of words that two texts have in common, 0 to 1; of characters, without spaces."""
    first, second = _words(one), _words(other)
    shared = sum((first & second).values())
    return shared / max(first.total(), second.total(), 1)


def _words(document: Document) -> Counter[str]:
    text = " ".join(clause.text for _, clause in document.clauses()).casefold()
    return Counter(re.findall(r"[\u3040-\u9fff]|[^\W_\u3040-\u9fff]+", text))


def _says_what_it_is(document: Document) -> bool:
    """Whether the text itself names its number or is a known work, whatever its file's name."""
    return document.number is not None or document.body is not None


def _other_ids(document: Document, name: str) -> list[str]:
    """Ids to try in turn: with the folder's name, with the title's words, with a number."""
    base, _, year = document.id.partition("@")
    if document.number is not None:
        base = work_id(PurePath(name).name, document.title, document.language).partition("@")[0]
        base = base if base != document.id.partition("@")[0] else f"{base}-text"
    end = f"@{year}" if year else ""
    folder = ascii_slug(PurePath(name).parent.name) if "/" in name else ""
    title = ascii_slug(document.title)[:40].strip("-")
    ids = []
    if re.fullmatch(r"(?:19|20)\d\d", folder) and not year:
        ids.append(f"{base}@{folder}")
    elif folder and folder not in base.split("-") and not re.fullmatch(r"[0-9a-f]{32}", folder):
        ids.append(f"{folder}-{base}{end}")
    if title and slugify(title) not in base:
        ids.append(f"{base}-{title}{end}")
    return [*ids, *(f"{base}-{number}{end}" for number in range(2, 1000))]
