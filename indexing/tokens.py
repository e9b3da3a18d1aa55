"""Token vectors of passages, kept by text: made when a passage is embedded, read when it is judged.

One SQLite file beside the index versions, by model and text like the vectors' cache: a passage that
is not in it (a copy of the index on another machine, a deleted file) is encoded when it is first
looked at and kept. So it costs time to lose, never answers. Size a passage: its tokens times
(dimension + 4) bytes, some 28 kB for a clause.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import structlog

from indexing.building.cache import text_key
from indexing.building.chunking import embedded_head, embedded_text
from indexing.building.passages import Passage

if TYPE_CHECKING:
    from indexing.encoder import Encoder, Tokens

log = structlog.get_logger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    text BLOB NOT NULL PRIMARY KEY, ids BLOB NOT NULL, vectors BLOB NOT NULL) WITHOUT ROWID
"""

REMEMBERED = 1024
"""Passages held in memory: about 30 MB."""


class Read(NamedTuple):
    """A passage by its tokens; the first `head` are title, headings and chapeau."""

    tokens: Tokens
    head: int


class TokenStore:
    """Token vectors of passages, made on demand. Safe to use from many threads."""

    def __init__(self, home: Path, encoder: Encoder) -> None:
        """Nothing is opened before it is needed; `home` is the data directory."""
        self._encoder = encoder
        self._path = home / "index" / f"tokens-{encoder.fingerprint.rpartition(':')[2]}.sqlite"
        self._lock = threading.Lock()
        self._held: OrderedDict[bytes, Read] = OrderedDict()
        self._connection: sqlite3.Connection | None = None

    def read(self, passages: Sequence[Passage]) -> list[Read]:
        """Each passage by its tokens, in order; those not kept yet are encoded and kept."""
        texts = [embedded_text(passage) for passage in passages]
        keys = [text_key(text) for text in texts]
        with self._lock:
            found = {key: self._held[key] for key in keys if key in self._held}
            for key in found:
                self._held.move_to_end(key)
            missing = dict.fromkeys(n for n, key in enumerate(keys) if key not in found)
            known = self._known([keys[n] for n in missing])
        new = [n for n in missing if keys[n] not in known]
        if new:
            _, made = self._encoder.read_passages([texts[n] for n in new])
            self.keep([texts[n] for n in new], made)
            known |= {keys[n]: tokens for n, tokens in zip(new, made, strict=True)}
        for n in missing:
            head = self._encoder.count(embedded_head(passages[n]))
            found[keys[n]] = Read(known[keys[n]], head)
        with self._lock:
            self._held.update((keys[n], found[keys[n]]) for n in missing)
            while len(self._held) > REMEMBERED:
                self._held.popitem(last=False)
        return [found[key] for key in keys]

    def keep(self, texts: Sequence[str], tokens: Sequence[Tokens]) -> None:
        """Take in what was just made; a file that cannot be written costs time, not answers."""
        rows = [
            (text_key(text), one.ids.astype("<i4").tobytes(), one.vectors.tobytes())
            for text, one in zip(texts, tokens, strict=True)
        ]
        try:
            with self._lock, self._open() as connection:
                connection.executemany("INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)", rows)
        except (sqlite3.Error, OSError) as error:
            log.warning("tokens-not-kept", error=type(error).__name__)

    def prune(self, texts: Iterable[str], spare: int = 2_000) -> None:
        """Forget what belongs to none of `texts` once that is the larger part."""
        wanted = {text_key(text) for text in texts}
        with self._lock, self._open() as connection:
            kept = [key for (key,) in connection.execute("SELECT text FROM tokens")]
            stale = [key for key in kept if key not in wanted]
            if len(stale) > len(wanted) + spare:
                connection.executemany("DELETE FROM tokens WHERE text = ?", [(k,) for k in stale])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Tokens]:
        from indexing.encoder import Tokens

        found: dict[bytes, Tokens] = {}
        try:
            for start in range(0, len(keys), 900):
                some = keys[start : start + 900]
                marks = ",".join("?" * len(some))
                rows = self._open().execute(
                    f"SELECT text, ids, vectors FROM tokens WHERE text IN ({marks})",  # noqa: S608
                    some,
                )
                for key, ids, vectors in rows:
                    flat = np.frombuffer(vectors, dtype=np.int8)
                    numbers = np.frombuffer(ids, dtype="<i4")
                    if len(numbers) and len(flat) == len(numbers) * self._encoder.token_dimension:
                        found[key] = Tokens(numbers, flat.reshape(len(numbers), -1))
        except (sqlite3.Error, OSError) as error:
            log.warning("tokens-not-read", error=type(error).__name__)
        return found

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._connection = self._connected()
            except sqlite3.DatabaseError:  # damaged: thrown away and started again
                for name in self._path.parent.glob(f"{self._path.name}*"):
                    name.unlink(missing_ok=True)
                self._connection = self._connected()
        return self._connection

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, timeout=10)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA mmap_size = 1073741824")
        connection.execute(_SCHEMA)
        return connection
