"""Sealed versions of the index: opening one, checking it, and switching to the next.

See docs/decisions/0004-index-versions.md for the layout. Reading never writes: a version may be
open in several processes at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from corpus.documents import Frozen
from corpus.language.tokens import ANALYSIS
from indexing.building.chroma_server import server_client
from indexing.building.chunking import CUTTING
from indexing.building.embedding import Embedder
from indexing.building.lexical_choice import open_lexical
from indexing.building.locks import FileLock
from indexing.building.passages import Passage
from indexing.building.records import Records
from indexing.building.sums import IN_USE, digest_of, sums_hold, write_sums
from indexing.building.vectors import VectorArm, VectorCollection, embedded_client
from indexing.errors import ForeignIndex, IndexMismatch, NoIndex

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

__all__ = ["IN_USE", "digest_of", "write_sums"]

RULES = f"cutting {CUTTING}, analysis {ANALYSIS}, layout 1"
"""Everything but the documents and the model that decides what an index holds."""

_DAMAGED = (
    "The search index is damaged or was not made by this program. "
    "`advisor index sync` makes it again from the documents."
)


class Manifest(Frozen):
    """What a version says about itself.

    Attributes:
        name: of the version, and of its Chroma collection.
        keys: content hash by shelf key of every document in it.
        passages, ids: their number, and a digest of their ids in row order.
        corpus_version: digest of documents, rules and model: equal for equal indexes.
    """

    name: str
    made_at: str
    rules: str
    embedder: str
    fingerprint: str
    dimension: int
    keys: dict[str, str]
    passages: int
    ids: str
    corpus_version: str
    server: bool = False


class IndexVersion:
    """One opened version. Safe from many threads; close it when done."""

    def __init__(self, folder: Path, chroma_host: str | None = None) -> None:
        """Open the version in `folder` and compare its parts' counts with its manifest (P17).

        Raises:
            NoIndex: there is no such folder.
            ForeignIndex: a part is missing, damaged, or holds another number of passages.
            NoChromaServer: the vectors are in a server that does not answer.
        """
        if not folder.is_dir():
            raise NoIndex("This version of the index is gone. Run `advisor index sync`.")
        try:
            self._lock = FileLock(folder / IN_USE, shared=True)
        except FileNotFoundError as error:
            raise ForeignIndex(_DAMAGED) from error
        except BlockingIOError as error:  # being removed: it was replaced long ago
            raise NoIndex("This version of the index is gone. Ask again.") from error
        try:
            self._open(folder, chroma_host)
        except BaseException:
            self._lock.close()
            raise

    def _open(self, folder: Path, chroma_host: str | None) -> None:
        self.folder = folder
        self.manifest = read_manifest(folder)
        if self.manifest.server != (chroma_host is not None):
            where = "in a Chroma server" if self.manifest.server else "in the data directory"
            raise IndexMismatch(
                f"The index keeps its vectors {where}, and CHROMA_HOST says otherwise. "
                "Change CHROMA_HOST, or run `advisor index sync`."
            )
        if not sums_hold(folder):  # flipped bits and half-copied files, before they answer
            raise ForeignIndex(_DAMAGED)
        try:
            self.records = Records(folder / "passages.sqlite")
            self.lexical = open_lexical(folder / "lexical", self.records)
        except (OSError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
            raise ForeignIndex(_DAMAGED) from error
        if chroma_host is None and not (folder / "chroma" / "chroma.sqlite3").is_file():
            raise ForeignIndex(_DAMAGED)
        client = server_client(chroma_host) if chroma_host else _embedded(folder / "chroma")
        collection = VectorCollection(client, collection_name(self.manifest.name))
        self.vectors = VectorArm(collection, self.records, self.manifest.dimension)
        counts = {self.records.count, self.lexical.count, collection.count()}
        if counts != {self.manifest.passages}:
            self.close()
            raise ForeignIndex(_DAMAGED)

    @property
    def name(self) -> str:
        """Of the version."""
        return self.manifest.name

    @property
    def corpus_version(self) -> str:
        """Digest of documents, rules and model; recorded with every answer (P7)."""
        return self.manifest.corpus_version

    @property
    def keys(self) -> dict[str, str]:
        """Content hash by shelf key of every document in it."""
        return self.manifest.keys

    @property
    def languages(self) -> frozenset[str]:
        """Languages of the documents in it."""
        return frozenset(d.language for d in self.records.documents if d.length)

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """In the order of `ids`; unknown ids are left out."""
        return self.records.passages(ids)

    def passages_of(self, key: str) -> list[Passage]:
        """Passages of a document (shelf key), in reading order; [] when it is not indexed."""
        return self.records.of_document(key)

    def neighbours(self, name: str, before: int = 1, after: int = 1) -> list[Passage]:
        """Passages around the one with this id, of the same document, without itself."""
        return self.records.neighbours(name, before, after)

    def ids_at(self, address: str) -> list[str]:
        """Ids of the passages that hold the clause at `address`, in reading order."""
        return self.records.ids_at(address)

    def verify(self) -> None:
        """Compare every id in both arms with the manifest, not only their number.

        The files are compared with their sums as well, where the version has any (older ones have
        none).

        Raises:
            ForeignIndex: they differ.
        """
        if not sums_hold(self.folder):
            raise ForeignIndex(_DAMAGED)
        names = list(self.records.all_ids())
        if digest_of(names) != self.manifest.ids:
            raise ForeignIndex(_DAMAGED)
        if set(self.vectors.collection.ids()) != set(names):
            raise ForeignIndex(_DAMAGED)

    def close(self) -> None:
        """Let go of files, memory and the lock that keeps the version from being removed."""
        self.vectors.collection.close()
        self.records.close()
        self._lock.close()


class LiveIndex:
    """The version that answers now; follows the pointer while a server runs."""

    LINGER = 60.0
    """Seconds an old version stays open for the questions that began on it."""

    def __init__(
        self,
        home: Path,
        embedder: Embedder | None,
        chroma_host: str | None = None,
        follow: Callable[[], None] | None = None,
    ) -> None:
        """Nothing is opened before the first `version()`.

        `follow` is called before each look at the pointer: it moves the pointer where another
        place decides which version is live (`indexing.replicating.shipping`).
        """
        self._home, self._embedder, self._chroma_host = home, embedder, chroma_host
        self._follow = follow
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._version: IndexVersion | None = None
        self._old: list[tuple[float, IndexVersion]] = []

    def version(self) -> IndexVersion:
        """The live version; costs one `stat` while it stays the same.

        Raises:
            NoIndex, IndexMismatch, ForeignIndex, NoChromaServer: as `open_current`.
        """
        if self._follow is not None:
            self._follow()
        stamp = _stamp(self._home)
        if self._version is not None and stamp == self._seen:
            return self._version
        with self._lock:
            now = time.monotonic()
            if self._version is None or stamp != self._seen:
                fresh = open_current(self._home, self._embedder, self._chroma_host)
                if self._version is not None:
                    self._old.append((now + self.LINGER, self._version))
                self._version, self._seen = fresh, stamp
            for _, old in [pair for pair in self._old if pair[0] < now]:
                old.close()
            self._old = [pair for pair in self._old if pair[0] >= now]
            return self._version

    def close(self) -> None:
        """Close what is open."""
        with self._lock:
            if self._version is not None:
                self._version.close()
            for _, old in self._old:
                old.close()
            self._old, self._version, self._seen = [], None, None


def open_current(
    home: Path, embedder: Embedder | None = None, chroma_host: str | None = None
) -> IndexVersion:
    """Open the live version of the data directory `home`.

    With an `embedder`, it must be the one the index was built with (P19).

    Raises:
        NoIndex: nothing was indexed yet.
        IndexMismatch: the index was built with another model, or for another place of vectors.
        ForeignIndex: it is damaged or not ours.
        NoChromaServer: the Chroma server does not answer.
    """
    for attempt in (1, 2):
        name = current_name(home)
        if name is None:
            raise NoIndex("Nothing is indexed yet. Run `advisor index sync`.")
        folder = versions_folder(home) / name
        if embedder is not None and folder.is_dir():
            check_model(read_manifest(folder), embedder)
        try:
            return IndexVersion(folder, chroma_host)
        except (NoIndex, ForeignIndex):
            # Two syncs may have passed between reading the pointer and opening.
            if attempt == 2 or current_name(home) == name:
                raise
    raise NoIndex("Nothing is indexed yet. Run `advisor index sync`.")


def check_model(manifest: Manifest, embedder: Embedder) -> None:
    """Refuse an index whose vectors another model made.

    Raises:
        IndexMismatch: fingerprint or dimension differ.
    """
    if (manifest.fingerprint, manifest.dimension) != (embedder.fingerprint, embedder.dimension):
        raise IndexMismatch(
            f"The index was built with the embedding model '{manifest.embedder}' "
            f"({manifest.dimension} numbers), but '{embedder.name}' ({embedder.dimension}) is set. "
            "Set EMBEDDING_MODEL back, or run `advisor index sync` to build it anew."
        )


def versions_folder(home: Path) -> Path:
    """Where versions lie."""
    return home / "index" / "versions"


def current_name(home: Path) -> str | None:
    """Name of the live version; None when there is none."""
    try:
        return (home / "index" / "current").read_text().strip() or None
    except FileNotFoundError:
        return None


def point_to(home: Path, name: str) -> None:
    """Make `name` the live version, in one step that survives a crash at any point."""
    pointer = home / "index" / "current"
    beside = pointer.with_suffix(f".{uuid.uuid4().hex}.next")
    with beside.open("w") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, pointer)
    fsync_folder(pointer.parent)


def fsync_folder(folder: Path) -> None:
    """Make renames and new names in `folder` durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a version.

    Raises:
        NoIndex: no such folder.
        ForeignIndex: no readable manifest in it, or one of other rules of layout.
    """
    if not folder.is_dir():
        raise NoIndex("This version of the index is gone. Run `advisor index sync`.")
    try:
        return Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise ForeignIndex(_DAMAGED) from error


def corpus_version(keys: dict[str, str], fingerprint: str) -> str:
    """16 hex digits that are equal exactly when documents, rules and model are."""
    content = json.dumps([sorted(keys.items()), RULES, fingerprint])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def collection_name(version: str) -> str:
    """Of the Chroma collection of a version."""
    return f"advisor-{version}"


def _embedded(folder: Path) -> ClientAPI:
    try:
        return embedded_client(folder)
    except Exception as error:  # chromadb passes on whatever SQLite or Rust raise
        raise ForeignIndex(_DAMAGED) from error


def _stamp(home: Path) -> tuple[int, int]:
    try:
        status = (home / "index" / "current").stat()
    except FileNotFoundError:
        raise NoIndex("Nothing is indexed yet. Run `advisor index sync`.") from None
    return status.st_mtime_ns, status.st_ino
