"""Shelf -> index: what is new, changed and gone; built beside the live version, then switched to.

Order of the steps, and what a kill at any point leaves: until `point_to` the live version is
untouched and the half-built one is a folder nobody names; after it the new one is whole. The
next sync removes what was left over. Vectors already made are in the cache, so nothing is
embedded twice.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeGuard

import numpy as np

from corpus.documents import Frozen
from corpus.shelf.register import Shelf, State
from indexing.building.cache import VectorCache
from indexing.building.carrying import copy_chroma, keep_vectors
from indexing.building.chroma_server import BUILD_SECONDS, close, probe_server, server_client
from indexing.building.chunking import embedded_text, passages
from indexing.building.embedding import Embedder
from indexing.building.lexical_choice import chosen, made_by
from indexing.building.locks import FileLock, sync_lock
from indexing.building.passages import Passage
from indexing.building.records import Records, RecordsWriter
from indexing.building.vectors import (
    BATCH,
    VectorCollection,
    embedded_client,
    seal,
)
from indexing.building.versions import (
    IN_USE,
    RULES,
    IndexVersion,
    Manifest,
    collection_name,
    corpus_version,
    current_name,
    digest_of,
    fsync_folder,
    point_to,
    read_manifest,
    versions_folder,
    write_sums,
)
from indexing.encoder import Encoder
from indexing.errors import ForeignIndex, IndexTrouble
from indexing.second_look import second_look
from indexing.tokens import TokenStore


class Publisher(Protocol):
    """Makes a version the live one of all replicas (`indexing.replicating.shipping`), not of this
    host only."""

    def announce(self, name: str) -> None:
        """A version of this name is going to be built."""

    def publish(self, folder: Path, manifest: Manifest) -> None:
        """It is built and checked: bring it to every replica and switch."""


Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total); stages: examining, cutting, embedding, lexical, checking,
switching."""

EMBED_BATCH = 32
"""Passages embedded, stored and committed at once: about two seconds' work of the default model,
so that a kill loses little and progress moves."""

REBUILD_SHARE = 0.3
"""Share of vectors that may be replaced in a copied Chroma collection; above it the collection is
made anew, as deleted vectors leave holes in its graph."""


class SyncReport(Frozen):
    """What a sync did.

    Attributes:
        added, changed, removed: documents (shelf keys), sorted.
        embedded, reused: passages whose vector was made, or taken from cache or live version.
        version: name of the version that is live now.
        seconds: wall time.
        unchanged: True when the live version was already right and nothing was built.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    embedded: int
    reused: int
    passages: int
    version: str
    seconds: float
    unchanged: bool = False

    def summary(self) -> str:
        """One line for the command line."""
        if self.unchanged:
            return f"The index is in step: {self.passages} passages, nothing to do."
        return (
            f"{len(self.added)} documents added, {len(self.changed)} changed, "
            f"{len(self.removed)} removed; {self.passages} passages, {self.embedded} of them "
            f"embedded now ({self.seconds:.0f} s)."
        )


def sync(
    shelf: Shelf,
    home: Path,
    embedder: Embedder,
    progress: Progress | None = None,
    chroma_host: str | None = None,
    rebuild: bool = False,
    publisher: Publisher | None = None,
) -> SyncReport:
    """Bring the index of the data directory `home` in step with the shelf.

    Every active document is indexed, digests whose official text is here included: which of
    them may answer is decided at question time. With `rebuild`, nothing of the live version is
    used (vectors still come from the cache). With a `publisher`, the new version goes live where
    it says, and what is left over in the Chroma server is its to remove.

    Raises:
        IndexBusy: another sync is running.
        NoChromaServer: CHROMA_HOST is set and the server cannot be used.
        ForeignIndex: the new version failed its check (the live one stays).
    """
    started = time.monotonic()
    report = progress or (lambda stage, done, total: None)
    with sync_lock(home):
        if chroma_host:
            probe_server(chroma_host)
        shelf.reexamine(second_look(embedder), partial(report, "examining"))
        wanted = {e.key: e.content_hash for e in shelf.entries() if e.state is State.ACTIVE}
        previous = current_name(home)
        live = None if rebuild else _open_base(home, embedder, chroma_host)
        old = live.keys if live else {}
        try:
            plan = _Plan(wanted, old)
            if live and not plan.work:
                return _report(plan, started, 0, live.manifest.passages, live.name, unchanged=True)
            own_server = None if publisher else chroma_host
            _remove_leftovers(home, own_server)
            build = _Build(shelf, home, embedder, chroma_host, report, plan, live)
            if publisher:
                publisher.announce(build.name)
            manifest, embedded = build.run()
            if publisher:
                report("switching", 0, 1)
                publisher.publish(build.folder, manifest)
                report("switching", 1, 1)
        finally:
            if live:
                live.close()
        point_to(home, manifest.name)
        _remove_leftovers(home, own_server, keep=previous)
        reused = manifest.passages - embedded
        return _report(plan, started, embedded, reused, manifest.name)


class _Plan:
    """Documents by what has to happen to them."""

    def __init__(self, wanted: Mapping[str, str], old: Mapping[str, str]) -> None:
        self.wanted = dict(sorted(wanted.items()))
        self.added = tuple(sorted(wanted.keys() - old.keys()))
        self.removed = tuple(sorted(old.keys() - wanted.keys()))
        self.changed = tuple(sorted(k for k in wanted.keys() & old.keys() if wanted[k] != old[k]))
        self.kept = frozenset(wanted.keys() & old.keys()) - frozenset(self.changed)
        self.work = bool(self.added or self.removed or self.changed)


def _report(
    plan: _Plan, started: float, embedded: int, reused: int, version: str, unchanged: bool = False
) -> SyncReport:
    return SyncReport(
        added=plan.added,
        changed=plan.changed,
        removed=plan.removed,
        embedded=embedded,
        reused=reused,
        passages=embedded + reused,
        version=version,
        seconds=round(time.monotonic() - started, 3),
        unchanged=unchanged,
    )


class _Build:
    """One new version, from nothing to verified."""

    def __init__(
        self,
        shelf: Shelf,
        home: Path,
        embedder: Embedder,
        chroma_host: str | None,
        report: Progress,
        plan: _Plan,
        live: IndexVersion | None,
    ) -> None:
        self.shelf, self.home, self.embedder, self.host = shelf, home, embedder, chroma_host
        self.report, self.plan, self.live = report, plan, live
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        self.name = f"{stamp}-{uuid.uuid4().hex[:8]}"
        self.folder = versions_folder(home) / self.name

    def run(self) -> tuple[Manifest, int]:
        """Build and verify; returns the manifest and how many passages were embedded."""
        self.folder.mkdir(parents=True)
        (self.folder / IN_USE).touch(mode=0o600)
        self._cut()
        records = Records(self.folder / "passages.sqlite")
        try:
            embedded = self._vectors(records)
            self._lexical(records)
            manifest = self._manifest(records)
        finally:
            records.close()
        self.report("checking", 0, 1)
        write_sums(self.folder)
        made = IndexVersion(self.folder, self.host)
        try:
            made.verify()
        finally:
            made.close()
        _fsync_tree(self.folder)
        self.report("checking", 1, 1)
        return manifest, embedded

    def _cut(self) -> None:
        writer = RecordsWriter(self.folder / "passages.sqlite")
        total = len(self.plan.wanted)
        for done, key in enumerate(self.plan.wanted):
            self.report("cutting", done, total)
            if self.live and key in self.plan.kept:
                writer.add(key, self.live.passages_of(key))
            else:
                writer.add(key, passages(self.shelf.as_stored(key)))
        writer.close()
        self.report("cutting", total, total)

    def _vectors(self, records: Records) -> int:
        stale, fresh = self._difference(records)
        place = self.home / "index" / "embeddings.sqlite"
        if self.host is not None and self.live is not None and not place.exists():
            keep_vectors(self.live, self.embedder, place)  # this host has never built before (P18)
        collection = self._collection(copy=stale is not None)
        tokens = TokenStore(self.home, self.embedder) if _reads(self.embedder) else None
        cache = VectorCache(place, self.embedder, tokens.keep if tokens else None)
        try:
            collection.delete(stale or [])
            total, done = sum(d.length for d in records.documents if d.key in fresh), 0
            self.report("embedding", 0, total)
            for batch in self._batches(records, fresh):
                vectors = []
                for start in range(0, len(batch), EMBED_BATCH):
                    texts = [embedded_text(p) for p in batch[start : start + EMBED_BATCH]]
                    vectors.append(cache.embed(texts))
                    done += len(texts)
                    self.report("embedding", done, total)
                collection.add(batch, np.concatenate(vectors))
            cache.prune(embedded_text(passage) for passage in records.every())
            if tokens:
                tokens.prune(embedded_text(passage) for passage in records.every())
        finally:
            cache.close()
            if tokens:
                tokens.close()
            collection.close()
        if self.host is None:
            seal(self.folder / "chroma", collection_name(self.name))
        return cache.embedded

    def _difference(self, records: Records) -> tuple[list[str] | None, frozenset[str]]:
        """Ids to delete from a copy of the live vectors (None: no copy), and keys to add."""
        everything = frozenset(self.plan.wanted)
        if self.live is None or self.host is not None:
            return None, everything
        gone = (*self.plan.removed, *self.plan.changed)
        stale = [p.id for key in gone for p in self.live.passages_of(key)]
        if len(stale) > REBUILD_SHARE * self.live.manifest.passages:
            return None, everything
        return stale, frozenset((*self.plan.added, *self.plan.changed))

    def _collection(self, copy: bool) -> VectorCollection:
        name = collection_name(self.name)
        if self.host is not None:
            return VectorCollection(server_client(self.host, BUILD_SECONDS), name, create=True)
        folder = self.folder / "chroma"
        if not copy or self.live is None:
            return VectorCollection(embedded_client(folder), name, create=True)
        copy_chroma(self.live.folder / "chroma", folder)
        client = embedded_client(folder)
        client.get_collection(collection_name(self.live.name), embedding_function=None).modify(
            name=name
        )
        return VectorCollection(client, name)

    def _batches(self, records: Records, keys: frozenset[str]) -> Iterator[list[Passage]]:
        batch: list[Passage] = []
        for entry in records.documents:
            if entry.key not in keys:
                continue
            for passage in records.between(entry.first, entry.first + entry.length):
                batch.append(passage)
                if len(batch) == BATCH:
                    yield batch
                    batch = []
        if batch:
            yield batch

    def _lexical(self, records: Records) -> None:
        def counted() -> Iterator[Passage]:
            for done, passage in enumerate(records.every()):
                if done % 500 == 0:
                    self.report("lexical", done, records.count)
                yield passage

        chosen().build(counted(), self.folder / "lexical")
        self.report("lexical", records.count, records.count)

    def _manifest(self, records: Records) -> Manifest:
        manifest = Manifest(
            name=self.name,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            rules=RULES,
            embedder=self.embedder.name,
            fingerprint=self.embedder.fingerprint,
            dimension=self.embedder.dimension,
            keys=self.plan.wanted,
            passages=records.count,
            ids=digest_of(records.all_ids()),
            corpus_version=corpus_version(self.plan.wanted, self.embedder.fingerprint),
            server=self.host is not None,
        )
        (self.folder / "manifest.json").write_text(manifest.model_dump_json(indent=1))
        return manifest


def _reads(embedder: Embedder) -> TypeGuard[Encoder]:
    return isinstance(embedder, Encoder)


def _open_base(home: Path, embedder: Embedder, chroma_host: str | None) -> IndexVersion | None:
    """The live version, if the next can start from it; None when it is missing, damaged, or
    of another model, other rules or another place."""
    name = current_name(home)
    if name is None:
        return None
    folder = versions_folder(home) / name
    try:
        manifest = read_manifest(folder)
        same = manifest.rules == RULES and manifest.fingerprint == embedder.fingerprint
        if not same or made_by(folder / "lexical") != chosen().name:
            return None
        version = IndexVersion(folder, chroma_host)
    except IndexTrouble:
        return None
    try:
        version.verify()
    except ForeignIndex:
        version.close()
        return None
    return version


def _remove_leftovers(home: Path, chroma_host: str | None, keep: str | None = None) -> None:
    """Remove versions that neither are live nor in use, nor `keep` (the one before the live)."""
    live = current_name(home)
    folders = versions_folder(home)
    if not folders.is_dir():
        return
    for folder in sorted(folders.iterdir()):
        if folder.name in (live, keep) or not folder.is_dir():
            continue
        try:
            lock = FileLock(folder / IN_USE)
        except BlockingIOError:
            continue  # a reader has it open; the next sync will try again
        with lock:
            if chroma_host:
                client = server_client(chroma_host, BUILD_SECONDS)
                name = collection_name(folder.name)
                if any(c.name == name for c in client.list_collections()):
                    client.delete_collection(name)
                close(client)
            # Without a manifest it can no longer be opened, however far removing gets.
            (folder / "manifest.json").unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)


def _fsync_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        else:
            fsync_folder(path)
    fsync_folder(folder)
    fsync_folder(folder.parent)
