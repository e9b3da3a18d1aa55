"""What official documents exist, in which editions, and which of them is in force."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import pairwise
from typing import Any, Self

from corpus.documents import DocumentKind
from corpus.language.references import Reference, find_references
from corpus.shelf.catalogue_entries import BadCatalogue, CatalogueEntry, Standing, packaged_entries

__all__ = ["BadCatalogue", "Catalogue", "CatalogueEntry", "Standing"]

CAUTION = (
    "Statuses are as of {as_of}. The texts of PP-22 (Bucharest, 2022) and WTDC-25 (Baku, 2025) "
    "were mostly not seen, and PP-26 (Doha, 9-27 November 2026) may have changed statuses since: "
    "check with the official page."
)


class Catalogue:
    """All entries, and the questions one asks of them."""

    def __init__(self, entries: Iterable[CatalogueEntry]) -> None:
        """`entries` in any order; chains of editions are worked out here.

        Raises:
            BadCatalogue: an id twice, or a relation to an id that is not in the catalogue.
        """
        by_id: dict[str, CatalogueEntry] = {}
        for entry in entries:
            if entry.id in by_id:
                raise BadCatalogue(f"'{entry.id}' stands twice in the catalogue. Keep one.")
            by_id[entry.id] = entry
        self._by_id = dict(sorted(_linked(by_id).items(), key=lambda item: _order(item[1])))

    @classmethod
    def load(cls) -> Self:
        """The packaged catalogue.

        Raises:
            BadCatalogue: a file breaks a rule.
        """
        return cls(packaged_entries())

    @property
    def entries(self) -> tuple[CatalogueEntry, ...]:
        """Every entry: instruments by body, type and number, newest first; then the rest."""
        return tuple(self._by_id.values())

    def __iter__(self) -> Iterator[CatalogueEntry]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, document: str) -> CatalogueEntry | None:
        """The entry of a document id, or None."""
        return self._by_id.get(document)

    def editions(
        self, body: str | None, type: str, number: str, *, proposals: bool = False
    ) -> tuple[CatalogueEntry, ...]:
        """Editions of a numbered instrument, newest first; any body when `body` is None."""
        found = [
            entry
            for entry in self
            if entry.type == type
            and entry.number == number
            and body in (None, entry.body)
            and (proposals or not entry.proposal)
        ]
        return tuple(sorted(found, key=lambda e: e.edition.year or 0, reverse=True))

    def superseded_by(self, document: str, held: Container[str] | None = None) -> str | None:
        """The newest edition that took a document's place, or None if it is the newest known.

        A merged instrument is superseded by the one it went into. With `held` (document ids on
        the shelf) only editions in it count, so that a text is not hidden behind one nobody has.
        """
        found: str | None = None
        seen = {document}
        following = self._next(document)
        while following is not None and following not in seen:
            if held is None or following in held:
                found = following
            seen.add(following)
            following = self._next(following)
        return found

    def standing(self, document: str) -> Standing | None:
        """Where a document stands as far as the catalogue knows; None if it is not in it."""
        entry = self.get(document)
        if entry is None:
            return None
        if entry.proposal:
            return Standing.PROPOSAL
        if entry.merged_into:
            return Standing.MERGED
        if entry.abrogated:
            return Standing.ABROGATED
        if entry.superseded_by:
            return Standing.SUPERSEDED
        if entry.ended:
            return Standing.ENDED
        in_force = entry.type is not None or entry.kind in (
            DocumentKind.ACTION_PLAN,
            DocumentKind.REGIONAL_INITIATIVE,
            DocumentKind.TREATY,
        )
        if not in_force:
            return Standing.PUBLISHED
        return Standing.LATEST_KNOWN if entry.uncertain else Standing.IN_FORCE

    def in_force(self, body: str | None, type: str, number: str) -> CatalogueEntry | None:
        """The latest known edition that was neither abrogated nor merged, or None."""
        for entry in self.editions(body, type, number):
            if self.standing(entry.id) in (Standing.IN_FORCE, Standing.LATEST_KNOWN):
                return entry
        return None

    def caution(self, document: str) -> str:
        """What a reader must know before trusting a status; '' for documents without one."""
        entry = self.get(document)
        if entry is None or self.standing(document) is Standing.PUBLISHED:
            return ""
        return CAUTION.format(as_of=entry.as_of)

    def resolve(self, text: str) -> list[Reference]:
        """Mentions of numbered instruments in `text`, each with the documents it may mean.

        Understands the six UN languages. `documents` holds catalogue ids, the edition in force
        first, and is empty where the catalogue knows none: `Reference.matches` then compares with
        ids on the shelf.
        """
        return [
            reference.model_copy(update={"documents": self._candidates(reference)})
            for reference in find_references(text)
        ]

    def _candidates(self, reference: Reference) -> tuple[str, ...]:
        editions = self.editions(reference.body, reference.type, reference.number)
        return tuple(entry.id for entry in editions if reference.matches(entry.id))

    def _next(self, document: str) -> str | None:
        entry = self.get(document)
        if entry is None:
            # On the shelf but not in the catalogue: a later edition that is known still counts.
            found = re.fullmatch(r"([a-z]+)-(res|dec|rec)-(\d+)@(\d{4})", document)
            if found is None:
                return None
            later = [
                e
                for e in self.editions(found[1], found[2], found[3])
                if (e.edition.year or 0) > int(found[4])
            ]
            return later[-1].id if later else None
        return entry.merged_into or entry.superseded_by


def _linked(by_id: dict[str, CatalogueEntry]) -> dict[str, CatalogueEntry]:
    """Fill in supersedes and superseded_by along the editions of one instrument."""
    chains: dict[tuple[str | None, str, str | None], list[CatalogueEntry]] = {}
    changes: dict[str, dict[str, str]] = {}
    for entry in by_id.values():
        if entry.type is not None and not entry.proposal:
            chains.setdefault((entry.body, entry.type, entry.number), []).append(entry)
        for relation in (entry.supersedes, entry.superseded_by, entry.merged_into):
            if relation is not None and relation not in by_id:
                raise BadCatalogue(f"'{entry.id}' names '{relation}', which has no entry. Add it.")
        if entry.superseded_by and not by_id[entry.superseded_by].supersedes:
            changes.setdefault(entry.superseded_by, {})["supersedes"] = entry.id
    for chain in chains.values():
        chain.sort(key=lambda e: e.edition.year or 0)
        for older, newer in pairwise(chain):
            changes.setdefault(older.id, {})["superseded_by"] = newer.id
            changes.setdefault(newer.id, {})["supersedes"] = older.id
    return {
        key: entry.model_copy(update=changes[key]) if key in changes else entry
        for key, entry in by_id.items()
    }


def _order(entry: CatalogueEntry) -> tuple[Any, ...]:
    if entry.type is None:
        return (1, entry.kind.value, entry.id)
    return (
        0,
        entry.body or "",
        entry.type,
        int(entry.number or 0),
        -(entry.edition.year or 0),
        entry.id,
    )
