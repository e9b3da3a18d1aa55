"""Kept files read again after a reader improved: what changed, and what no longer reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from corpus.documents import Document, Frozen
from corpus.errors import ReadError
from corpus.limits import DEFAULT, Limits
from corpus.reading.files import read
from corpus.shelf.register import Entry, Shelf, Source, State

Progress = Callable[[str, int, int], None]


class Change(StrEnum):
    """What reading a document again came to."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    NEW = "new"
    MISSING = "no longer found"
    FAILED = "failed"
    NO_FILE = "file not kept"


class Rereading(Frozen):
    """One document read again.

    Attributes:
        key: on the shelf.
        change: what came of it; a document MISSING or FAILED stays as it was.
        clauses_before, clauses_after: how many it had and has.
        added, removed, reworded: clauses by address: only after, only before, other words.
        reason: why it failed.
    """

    key: str
    change: Change
    clauses_before: int = 0
    clauses_after: int = 0
    added: int = 0
    removed: int = 0
    reworded: int = 0
    reason: str | None = None


def reread(
    shelf: Shelf,
    documents: Iterable[str] | None = None,
    *,
    actor: str,
    dry_run: bool = False,
    progress: Progress | None = None,
    limits: Limits = DEFAULT,
) -> list[Rereading]:
    """Read kept files again and replace what reads differently now.

    Withdrawn documents are left alone. A document that was filed under an id given by a person
    keeps it.

    Args:
        shelf: with its `files`.
        documents: ids or keys; every document with a kept file when None.
        actor: for the history.
        dry_run: report, and write nothing.
        progress: called with ('reading', done, total).
        limits: bounds of reading.
    """
    asked = set(documents) if documents is not None else None
    entries = [
        e
        for e in shelf.entries()
        if e.state is State.ACTIVE and (asked is None or asked & {e.id, e.key})
    ]
    results = [
        Rereading(key=e.key, change=Change.NO_FILE, clauses_before=e.clauses)
        for e in entries
        if asked is not None and not _kept(shelf, e)
    ]
    files: dict[Source, list[Entry]] = {}
    for entry in entries:
        if _kept(shelf, entry):
            files.setdefault(entry.source, []).append(entry)
    for done, (source, held) in enumerate(files.items(), start=1):
        results += _file(shelf, source, held, actor, dry_run, limits, whole=asked is None)
        if progress:
            progress("reading", done, len(files))
    return results


def _kept(shelf: Shelf, entry: Entry) -> bool:
    return entry.source.file is not None and (shelf.files / entry.source.file).is_file()


def _file(
    shelf: Shelf,
    source: Source,
    held: list[Entry],
    actor: str,
    dry_run: bool,
    limits: Limits,
    whole: bool,
) -> list[Rereading]:
    assert source.file is not None
    try:
        found = read(shelf.files / source.file, limits=limits, name=source.name)
    except ReadError as error:
        return [
            Rereading(
                key=e.key, change=Change.FAILED, clauses_before=e.clauses, reason=error.message
            )
            for e in held
        ]
    if len(found) == 1 and len(held) == 1 and found[0].key != held[0].key:
        found = [_filed_as(found[0], shelf.as_stored(held[0].key))]
    by_key = {document.key: document for document in found}
    results = []
    for entry in held:
        after = by_key.pop(entry.key, None)
        if after is None:
            results.append(
                Rereading(key=entry.key, change=Change.MISSING, clauses_before=entry.clauses)
            )
        else:
            results.append(_compared(shelf.as_stored(entry.key), after))
    there = {e.key for e in shelf.entries()}
    fresh = [d for key, d in by_key.items() if whole and key not in there]
    results += [_compared(None, document) for document in fresh]
    changed = {r.key for r in results if r.change in (Change.CHANGED, Change.NEW)}
    if changed and not dry_run:
        shelf.put([d for d in (*found, *fresh) if d.key in changed], source, actor)
    return results


def _filed_as(after: Document, before: Document) -> Document:
    """What a person or the catalogue said of a document outlives its reading again."""
    kept = ("id", "kind", "edition", "country", "number", "body")
    if after.id == before.id:
        return after
    same_language = after.language == before.language
    return after.model_copy(
        update={name: getattr(before, name) for name in kept}
        | ({"title": before.title} if same_language else {})
    )


def _compared(before: Document | None, after: Document) -> Rereading:
    old = _texts(before) if before else {}
    new = _texts(after)
    if before is None:
        change = Change.NEW
    elif before.content_hash == after.content_hash:
        change = Change.UNCHANGED
    else:
        change = Change.CHANGED
    return Rereading(
        key=after.key,
        change=change,
        clauses_before=len(old),
        clauses_after=len(new),
        added=len(new.keys() - old.keys()),
        removed=len(old.keys() - new.keys()),
        reworded=sum(old[address] != new[address] for address in old.keys() & new.keys()),
    )


def _texts(document: Document) -> dict[str, str]:
    return {str(document.address(s, c)): c.text for s, c in document.clauses()}
