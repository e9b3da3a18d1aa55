"""The live index as files to carry away, and back: for backups, and for replicas.

A version is sealed, so copying it needs no pause; its in-use lock keeps it from being removed
meanwhile. Vectors of a version that lies in a Chroma server are carried as a cache of embeddings,
from which a sync makes the version anew without a model.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import numpy as np

from indexing.building.cache import VectorCache
from indexing.building.chunking import embedded_text
from indexing.building.embedding import Embedder
from indexing.building.locks import FileLock
from indexing.building.versions import (
    IN_USE,
    IndexVersion,
    Manifest,
    current_name,
    fsync_folder,
    point_to,
    read_manifest,
    versions_folder,
)
from indexing.errors import IndexTrouble

_BATCH = 500


def copy_current(home: Path, target: Path) -> Manifest | None:
    """Copy the live version of `home` to the folder `target`; None when there is none to copy.

    Raises:
        IndexTrouble: it is damaged.
    """
    for _ in range(3):  # a sync may replace it between our look and our lock
        name = current_name(home)
        if name is None:
            return None
        folder = versions_folder(home) / name
        try:
            lock = FileLock(folder / IN_USE, shared=True)
        except (FileNotFoundError, BlockingIOError):
            continue
        with lock:
            shutil.copytree(folder, target, ignore=shutil.ignore_patterns("chroma"))
            if (folder / "chroma").is_dir():
                copy_chroma(folder / "chroma", target / "chroma")
            return read_manifest(target)
    return None


def adopt(home: Path, folder: Path) -> Manifest:
    """Move a carried version into `home` and make it the live one, in one step.

    Raises:
        ForeignIndex: it has no readable manifest.
    """
    manifest = read_manifest(folder)
    place = versions_folder(home) / manifest.name
    place.parent.mkdir(parents=True, exist_ok=True)
    (folder / IN_USE).touch(mode=0o600)
    shutil.move(folder, place)
    fsync_folder(place.parent)
    point_to(home, manifest.name)
    return manifest


def keep_vectors(version: IndexVersion, embedder: Embedder, cache: Path) -> int:
    """Put the vectors of an open version into the cache file `cache`; how many were not there.

    Nothing is kept where another model made them.
    """
    manifest = version.manifest
    if (manifest.fingerprint, manifest.dimension) != (embedder.fingerprint, embedder.dimension):
        return 0
    kept = VectorCache(cache, embedder)
    fresh = 0
    try:
        for first in range(0, version.records.count, _BATCH):
            batch = version.records.between(first, first + _BATCH)
            found = version.vectors.collection.vectors([p.id for p in batch])
            held = [p for p in batch if p.id in found]
            if held:
                texts = [embedded_text(p) for p in held]
                fresh += kept.keep(texts, np.stack([found[p.id] for p in held]))
    finally:
        kept.close()
    return fresh


def keep_current_vectors(home: Path, embedder: Embedder, chroma_host: str | None) -> int:
    """The same for the live version of `home`, into its own cache; 0 when none can be opened."""
    name = current_name(home)
    if name is None:
        return 0
    try:
        version = IndexVersion(versions_folder(home) / name, chroma_host)
    except IndexTrouble:
        return 0
    try:
        return keep_vectors(version, embedder, home / "index" / "embeddings.sqlite")
    finally:
        version.close()


def copy_chroma(source: Path, target: Path) -> None:
    """Copy a sealed Chroma directory; SQLite's own backup takes its database with any journal."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("chroma.sqlite3*"))
    with (
        sqlite3.connect(f"{(source / 'chroma.sqlite3').resolve().as_uri()}?mode=ro", uri=True) as a,
        sqlite3.connect(target / "chroma.sqlite3") as b,
    ):
        a.backup(b)
    a.close()
    b.close()
