"""The starter corpus: digests shipped with the program, put on the shelf.

They stand in for official texts nobody has added yet: a digest whose official text is on the
shelf steps back by itself (`Shelf.live`), and its translations with it.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from corpus.documents import Document
from corpus.reading.readers.digest import Digest, read_digest
from corpus.shelf.register import Entry, Origin, Shelf, Source, State
from corpus.shelf.translations import LANGUAGES, translated

ACTOR = "starter corpus"


class Packaged(NamedTuple):
    """A shipped digest: its file name, its bytes and what was read from them."""

    name: str
    content: bytes
    digest: Digest


@cache
def packaged_digests() -> tuple[Packaged, ...]:
    """Every shipped digest, by file name; read once a process.

    Raises:
        ReadError: a shipped file breaks the rules of `corpus.reading.readers.digest` (a fault of
            ours).
    """
    folder = files("corpus.shelf") / "digests"
    found = []
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".md"):
            content = file.read_bytes()
            found.append(Packaged(file.name, content, read_digest(content, file.name)))
    return tuple(found)


def load_starter(shelf: Shelf) -> dict[str, int]:
    """Bring the shelf's starter digests up to date with those shipped.

    Adds and replaces what changed, removes what this program put there and no longer ships, and
    leaves alone what a librarian withdrew. Doing it twice changes nothing the second time.

    Returns:
        counts of digests by 'added', 'replaced', 'unchanged', 'withdrawn' (left so) and 'removed',
        and how many 'translations' of them were put on the shelf or replaced.
    """
    counts: Counter[str] = Counter(added=0, replaced=0, unchanged=0, withdrawn=0, removed=0)
    entries = {entry.key: entry for entry in shelf.entries() if entry.is_digest}
    shipped = set()
    for packaged in packaged_digests():
        document = packaged.digest.document
        shipped.add(document.key)
        held = entries.get(document.key)
        if held is not None and held.state.value == "withdrawn":
            counts["withdrawn"] += 1
            continue
        if held is not None and held.added_by != ACTOR:
            counts["unchanged"] += 1  # a librarian replaced it with a digest of their own
            continue
        source = Source.of(packaged.name, packaged.content, origin=Origin.OURS)
        counts.update(shelf.put([document], source, ACTOR))
    for key, entry in entries.items():
        if entry.added_by == ACTOR and key not in shipped:
            shelf.remove(key, ACTOR)
            counts["removed"] += 1
    counts["translations"] = _load_translations(shelf)
    return dict(counts)


@cache
def packaged_translations(language: str) -> tuple[Document, ...]:
    """Every shipped digest that is wholly translated into `language`; made once a process."""
    made = (translated(packaged.digest.document, language) for packaged in packaged_digests())
    return tuple(document for document in made if document is not None)


def _load_translations(shelf: Shelf) -> int:
    """Bring the translations in step with the digests as they stand on the shelf; how many changed.

    Of a digest that was withdrawn or that a librarian replaced none is put there: what was made
    from other words must not speak for them.
    """
    standing = {
        entry.content_hash
        for entry in shelf.entries()
        if entry.is_digest and entry.added_by == ACTOR and entry.state is State.ACTIVE
    }
    held: dict[str, Entry] = {entry.key: entry for entry in shelf.translations()}
    changed = 0
    for language in LANGUAGES:
        wanted = [
            document
            for document in packaged_translations(language)
            if document.translation_of in standing and _may_be_put(held.get(document.key), document)
        ]
        if wanted:
            content = "\n".join(document.content_hash for document in wanted).encode()
            source = Source.of(f"translations/{language}.jsonl", content, origin=Origin.OURS)
            changed += sum(word != "unchanged" for word in shelf.put(wanted, source, ACTOR))
    for key, entry in held.items():
        if entry.translation_of not in standing and entry.state is State.ACTIVE:
            current = next((e for e in shelf.translations() if e.key == key), entry)
            if current.translation_of == entry.translation_of:
                shelf.remove(key, ACTOR)
                changed += 1
    return changed


def _may_be_put(held: Entry | None, document: Document) -> bool:
    """Not what stands there unchanged, nor what a librarian withdrew or put there."""
    if held is None:
        return True
    if held.state is State.WITHDRAWN or held.added_by != ACTOR:
        return False
    return held.content_hash != document.content_hash
