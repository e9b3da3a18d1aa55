"""The catalogue beside the shelf: for each document known, what is held of it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import computed_field

from corpus.documents import Frozen
from corpus.shelf.catalogue import Catalogue, CatalogueEntry, Standing
from corpus.shelf.register import Shelf


class Held(StrEnum):
    """How much of a known document is on the shelf and may be answered from."""

    OFFICIAL = "official text"
    DIGEST = "digest only"
    NOTHING = "known, not held"


class Holding(Frozen):
    """One document known to exist, and what is held of it.

    Attributes:
        entry: what the catalogue knows.
        held: how much of it is on the shelf.
        standing: where it stands as far as the catalogue knows.
        superseded_by: the newest later edition known, held or not.
        newest_held: the newest later edition that can be answered from; None where none is held.
        newest_held_as: how much of that edition is held.
    """

    entry: CatalogueEntry
    held: Held
    standing: Standing | None = None
    superseded_by: str | None = None
    newest_held: str | None = None
    newest_held_as: Held | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def currency(self) -> str:
        """In words: in force, or superseded by which edition, and whether that one is here."""
        if self.superseded_by is None:
            said = self.standing.value.replace("_", " ") if self.standing else "unknown"
            return "latest edition known" if self.standing is Standing.LATEST_KNOWN else said
        verb = "merged into" if self.standing is Standing.MERGED else "superseded by"
        if self.newest_held is None:
            return f"{verb} {self.superseded_by} (known, not held)"
        here = "held" if self.newest_held_as is Held.OFFICIAL else "digest held"
        if self.newest_held == self.superseded_by:
            return f"{verb} {self.superseded_by} ({here})"
        return (
            f"{verb} {self.newest_held} ({here}), itself by {self.superseded_by} (known, not held)"
        )


def holdings(shelf: Shelf, catalogue: Catalogue | None = None) -> list[Holding]:
    """Every catalogue entry with what is held of it, in the catalogue's order."""
    catalogue = catalogue or Catalogue.load()
    held: dict[str, Held] = {}
    for key in shelf.live():
        document = key.split(":")[0]
        if not key.endswith(":digest"):
            held[document] = Held.OFFICIAL
        else:
            held.setdefault(document, Held.DIGEST)
    return [_holding(entry, catalogue, held) for entry in catalogue.entries]


def _holding(entry: CatalogueEntry, catalogue: Catalogue, held: dict[str, Held]) -> Holding:
    later = catalogue.superseded_by(entry.id, held=held)
    return Holding(
        entry=entry,
        held=held.get(entry.id, Held.NOTHING),
        standing=catalogue.standing(entry.id),
        superseded_by=catalogue.superseded_by(entry.id),
        newest_held=later,
        newest_held_as=held.get(later) if later else None,
    )
