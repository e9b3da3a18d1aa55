"""The starter corpus: digests shipped with the program, put on the shelf.

They stand in for official texts nobody has added yet: a digest whose official text is on the
shelf steps back by itself (`Shelf.live`).
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from corpus.readers.digest import Digest, read_digest
from corpus.shelf import Origin, Shelf, Source

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
        ReadError: a shipped file breaks the rules of `corpus.readers.digest` (a fault of ours).
    """
    folder = files("corpus") / "digests"
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
        counts by 'added', 'replaced', 'unchanged', 'withdrawn' (left so) and 'removed'.
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
    return dict(counts)
