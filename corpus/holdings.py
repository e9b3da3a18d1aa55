"""The catalogue beside the shelf: for each document known, what is held of it."""

from __future__ import annotations

from enum import StrEnum

from corpus.catalogue import Catalogue, CatalogueEntry
from corpus.documents import Frozen
from corpus.shelf import Shelf


class Held(StrEnum):
    """How much of a known document is on the shelf and may be answered from."""

    OFFICIAL = "official text"
    DIGEST = "digest only"
    NOTHING = "known, not held"


class Holding(Frozen):
    """One document known to exist, and what is held of it."""

    entry: CatalogueEntry
    held: Held
    superseded_by: str | None = None


def holdings(shelf: Shelf, catalogue: Catalogue | None = None) -> list[Holding]:
    """Every catalogue entry with what is held of it, in the catalogue's order."""
    catalogue = catalogue or Catalogue.load()
    official: set[str] = set()
    digests: set[str] = set()
    for key in shelf.live():
        (digests if key.endswith(":digest") else official).add(key.split(":")[0])
    return [
        Holding(
            entry=entry,
            held=Held.OFFICIAL
            if entry.id in official
            else Held.DIGEST
            if entry.id in digests
            else Held.NOTHING,
            superseded_by=catalogue.superseded_by(entry.id),
        )
        for entry in catalogue.entries
    ]
