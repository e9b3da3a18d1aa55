"""Vectors already made, by model and text: what spares a second embedding of the same words.

One SQLite file beside the index versions. It is a cache: deleting it costs time, never answers.
Each batch is committed as soon as it is made, so a killed sync goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexing.building.embedding import Embedder, Vectors
from indexing.encoder import Encoder

_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    fingerprint TEXT NOT NULL, text BLOB NOT NULL, vector BLOB NOT NULL,
    PRIMARY KEY (fingerprint, text)) WITHOUT ROWID
"""


class VectorCache:
    """Embeds through the cache. Used by one thread at a time, under the sync lock."""

    def __init__(
        self,
        path: Path,
        embedder: Embedder,
        keep: Callable[[Sequence[str], Any], None] | None = None,
    ) -> None:
        """Open or make the file; a damaged one is thrown away and started again.

        `keep` is given the texts embedded anew and their token vectors, where the embedder has
        such (`indexing.tokens`): one run of the model makes both.
        """
        self._embedder = embedder
        self._keep = keep
        self.embedded = 0
        self.reused = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = _open(path)
        except sqlite3.DatabaseError:
            for name in (path, *path.parent.glob(f"{path.name}-*")):
                name.unlink(missing_ok=True)
            self._connection = _open(path)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages' texts, in order; new ones are made in one batch and kept."""
        keys = [text_key(text) for text in texts]
        known = self._known(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            made = self._made(list(new.values()))
            known.update(zip(new, made, strict=True))
            self._insert(dict(zip(new, made, strict=True)))
        self.embedded += len(new)
        self.reused += len(texts) - len(new)
        if not texts:
            return np.empty((0, self._embedder.dimension), dtype=np.float32)
        return np.stack([known[key] for key in keys]).astype(np.float32, copy=False)

    def keep(self, texts: Sequence[str], vectors: Vectors) -> int:
        """Take in vectors of `texts` that this model made before; how many were not here yet."""
        keys = [text_key(text) for text in texts]
        known = self._known(keys)
        fresh = {k: v for k, v in zip(keys, vectors, strict=True) if k not in known}
        self._insert(fresh)
        return len(fresh)

    def holds(self, texts: Sequence[str]) -> int:
        """How many of `texts` need no embedding."""
        keys = [text_key(text) for text in texts]
        known = self._known(keys)
        return sum(key in known for key in keys)

    def prune(self, texts: Iterable[str], spare: int = 10_000) -> int:
        """Forget vectors of no text in `texts` once they are the larger part of the file.

        Old ones are worth keeping a while: a withdrawn document often comes back. Returns how
        many were removed.
        """
        wanted = {text_key(text) for text in texts}
        (total,) = self._connection.execute("SELECT count(*) FROM vectors").fetchone()
        if total <= 2 * len(wanted) + spare:
            return 0
        with self._connection:
            self._connection.execute("CREATE TEMP TABLE wanted (text BLOB PRIMARY KEY)")
            self._connection.executemany("INSERT INTO wanted VALUES (?)", ((k,) for k in wanted))
            removed = self._connection.execute(
                "DELETE FROM vectors WHERE fingerprint != ?"
                " OR text NOT IN (SELECT text FROM wanted)",
                (self._embedder.fingerprint,),
            ).rowcount
            self._connection.execute("DROP TABLE wanted")
        return int(removed)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _made(self, texts: Sequence[str]) -> Vectors:
        if self._keep is None or not isinstance(self._embedder, Encoder):
            return self._embedder.embed_passages(texts)
        vectors, tokens = self._embedder.read_passages(texts)
        self._keep(texts, tokens)
        return vectors

    def _insert(self, vectors: Mapping[bytes, Vectors]) -> None:
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                (
                    (self._embedder.fingerprint, key, np.asarray(vector, "<f4").tobytes())
                    for key, vector in vectors.items()
                ),
            )

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), 900):
            batch = keys[start : start + 900]
            marks = ",".join("?" * len(batch))
            rows = self._connection.execute(
                f"SELECT text, vector FROM vectors WHERE fingerprint = ? AND text IN ({marks})",  # noqa: S608
                (self._embedder.fingerprint, *batch),
            )
            for key, vector in rows:
                # A vector of another length cannot be this model's: made again.
                if len(vector) == 4 * self._embedder.dimension:
                    found[key] = np.frombuffer(vector, dtype="<f4")
        return found


def text_key(text: str) -> bytes:
    """What a text is kept under."""
    return hashlib.sha256(text.encode()).digest()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(_SCHEMA)
    connection.commit()
    return connection
