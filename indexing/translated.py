"""Digests as the asker would read them: the same statements in another language, by their tokens.

Only the English of a digest is indexed (docs/decisions/0031). An Arabic question meets an Arabic
statement more surely than an English one, so the likeliest candidates are read in both.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from corpus.errors import UnknownAddress
from corpus.shelf.register import Shelf
from indexing.building.chunking import passages as cut
from indexing.building.passages import Passage
from indexing.signals import Translations
from indexing.tokens import Read, TokenStore

REMEMBERED = 256
"""Digests in one language kept in memory: a few kB each."""


def by_place(passages: Iterable[Passage]) -> dict[tuple[str, ...], Passage]:
    """Passages by their addresses; of a statement cut in pieces the first stands for it."""
    found: dict[tuple[str, ...], Passage] = {}
    for passage in passages:
        found.setdefault(passage.addresses, passage)
    return found


class Translated:
    """Passages in other languages. Safe to use from many threads."""

    def __init__(self, shelf: Shelf, tokens: TokenStore) -> None:
        """`tokens` keeps what is read."""
        self._shelf, self._tokens = shelf, tokens
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str, int], Mapping[tuple[str, ...], Passage]]
        self._held = OrderedDict()

    def into(self, language: str) -> Translations:
        """Reads passages in `language`: gives those of digests whose translation is held."""

        def read(found: Sequence[Passage]) -> Mapping[str, Read]:
            revision = self._shelf.revision()
            others = {}
            for passage in found:
                if passage.is_digest and passage.language != language:
                    made = self._of(passage.key, language, revision).get(passage.addresses)
                    if made is not None:
                        others[passage.id] = made
            return dict(zip(others, self._tokens.read(list(others.values())), strict=True))

        return read

    def _of(self, key: str, language: str, revision: int) -> Mapping[tuple[str, ...], Passage]:
        """The passages of a digest in `language` by their addresses; none where it is not held."""
        place = (key, language, revision)
        with self._lock:
            if place in self._held:
                self._held.move_to_end(place)
                return self._held[place]
        try:
            document = self._shelf.document(key, language)
        except UnknownAddress:  # it left the shelf meanwhile
            return {}
        made = by_place(cut(document)) if document.language == language else {}
        with self._lock:
            self._held[place] = made
            while len(self._held) > REMEMBERED:
                self._held.popitem(last=False)
        return made
