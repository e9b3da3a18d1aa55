"""What may be answered from right now, kept until the index or the shelf changes.

Asking the shelf for every document on every question costs time in proportion to the corpus; its
revision is one number.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.shelf.register import Shelf
from indexing.building.versions import IndexVersion


@dataclass(frozen=True)
class Standing:
    """The documents of one index version as the shelf has them at one revision.

    Attributes:
        without: shelf keys in the index that may not be answered from (withdrawn, replaced by the
            official text, removed).
        held: ids of the documents that may.
        countries: English names of the countries that documents are about.
        languages: of the documents.
        first: by document id, the row of the first passage in each of its languages.
    """

    without: frozenset[str]
    held: frozenset[str]
    countries: frozenset[str]
    languages: frozenset[str]
    first: Mapping[str, tuple[int, ...]]


class Standings:
    """Keeps the latest standing. Safe to use from many threads."""

    def __init__(self, shelf: Shelf) -> None:
        """Nothing is read before the first `of`."""
        self._shelf = shelf
        self._lock = threading.Lock()
        self._kept: tuple[str, int, Standing] | None = None

    def of(self, version: IndexVersion) -> Standing:
        """The standing of `version` now: a withdrawal counts from the next call on (P10)."""
        revision = self._shelf.revision()  # before reading, so that a change in between is seen
        with self._lock:
            if self._kept is None or self._kept[:2] != (version.name, revision):
                self._kept = (version.name, revision, _read(version, self._shelf.live()))
            return self._kept[2]


def _read(version: IndexVersion, live: Mapping[str, str]) -> Standing:
    without = frozenset(version.keys) - live.keys()
    first: dict[str, tuple[int, ...]] = {}
    for document in version.records.documents:
        if document.length:
            first[document.document] = (*first.get(document.document, ()), document.first)
    return Standing(
        without=without,
        held=frozenset(key.split(":")[0] for key in version.keys if key not in without),
        countries=frozenset(d.country for d in version.records.documents if d.country),
        languages=version.languages,
        first=first,
    )
