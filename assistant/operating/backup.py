"""A running system into one file, and back into an empty place.

The file is a gzipped tar: the relational store as JSON lines (one moment of it), the files kept of
documents, the live index, the key that signs sessions, and last `backup.json` with the SHA-256 of
each, so that a file cut short is known for one. Order matters: the store first, as it names the
files; what is added meanwhile is in none of the parts or does no harm.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from assistant.operating import workspace
from assistant.settings import Settings
from corpus.database import make_tables
from corpus.documents import Frozen
from corpus.errors import AdvisorError
from corpus.shelf.snapshots import dump_tables, is_empty, load_tables, revision_in

FORMAT = 1
"""Of the file. A later program reads every earlier one."""

_CONTENTS = "backup.json"
_SESSION_KEY = "session.key"


class BadBackup(AdvisorError):
    """For the operator: the file is no backup, is cut short, or was altered; nothing was done."""

    code = "bad-backup"


class NotEmpty(AdvisorError):
    """For the operator: a backup is restored into an empty data directory only."""

    code = "not-empty"


class Contents(Frozen):
    """What a backup says about itself.

    Attributes:
        format: see `FORMAT`. program: version that made it. made_at: UTC, ISO 8601.
        revision: schema revision of the store, where there was one.
        rows: by table. files: SHA-256 by name of everything in it.
        index: name of the index version; '' when nothing was indexed.
        corpus_version: of that index. server: its vectors lay in a Chroma server.
    """

    format: int
    program: str
    made_at: str
    revision: str | None
    rows: dict[str, int]
    files: dict[str, str]
    index: str
    corpus_version: str
    server: bool


class Receipt(Frozen):
    """What was saved or restored: `size` in bytes of the file, `seconds` of wall time.

    `synced` says that the index had to be made anew from the store and the saved vectors.
    """

    contents: Contents
    size: int
    seconds: float
    synced: bool = False

    def summary(self) -> str:
        """One line for the command line."""
        held = self.contents
        return (
            f"{held.rows.get('shelf_documents', 0)} documents, "
            f"{held.rows.get('conversations', 0)} conversations, {len(held.files)} parts, "
            f"corpus version {held.corpus_version or 'none'}, {self.size / 1e6:.1f} MB, "
            f"{self.seconds:.1f} s."
        )


def backup(settings: Settings, target: Path) -> Receipt:
    """Save the system into `target`, whole or not at all, while it runs.

    Raises:
        AdvisorError: the store or the index cannot be read.
        BadBackup: the file cannot be written.
    """
    began = time.monotonic()
    home = workspace.home(settings)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _scratch(target.parent) as scratch:
            rows = dump_tables(workspace.database(settings), scratch / "tables")
            index = _save_index(settings, home, scratch)
            with (
                _private(part) as out,
                tarfile.open(fileobj=out, mode="w:gz", compresslevel=1) as tar,
            ):
                sums = dict(_add_all(tar, home, scratch, workspace.files(settings)))
                contents = Contents(
                    format=FORMAT,
                    program=version("itu-d-innovation-advisor"),
                    made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                    revision=revision_in(scratch / "tables"),
                    rows=rows,
                    files=sums,
                    **index,
                )
                _add_bytes(tar, _CONTENTS, contents.model_dump_json(indent=1).encode())
        os.replace(part, target)
    except OSError as error:
        raise BadBackup(
            f"The backup cannot be written ({error.strerror}). Name a file on a disk with room, "
            "in a folder you may write to."
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return Receipt(contents=contents, size=target.stat().st_size, seconds=_since(began))


def restore(
    settings: Settings, source: Path, progress: Callable[[str, int, int], None] | None = None
) -> Receipt:
    """Put a backup into the empty data directory and database of `settings`.

    The same questions then get the same answers, and conversations show as they were. Where the
    vectors are kept differs (a Chroma server before or now), the index is made again, without a
    model, from the vectors saved.

    Raises:
        BadBackup: the file is no backup, is cut short or altered, or of a newer program.
        NotEmpty, StoreNotEmpty: there is something in the way; nothing was changed.
        AdvisorError: the store or the index cannot be written.
    """
    began = time.monotonic()
    home = workspace.home(settings)
    engine = workspace.database(settings)
    if (home / "index" / "current").exists():
        raise NotEmpty(
            "This data directory already holds an index. Set ADVISOR_DATA_DIR to an empty one."
        )
    make_tables(engine)
    if not is_empty(engine):
        raise NotEmpty(
            "The database already holds documents or conversations. Restore into an empty one: "
            "another ADVISOR_DATA_DIR, or another database in DATABASE_URL."
        )
    with _scratch(home) as scratch:
        contents = _unpack(source, scratch)
        load_tables(engine, scratch / "tables")
        _move_files(scratch / "files", workspace.files(settings))
        key = scratch / _SESSION_KEY
        if key.is_file() and not (home / _SESSION_KEY).exists():
            shutil.move(key, home / _SESSION_KEY)
        synced = _restore_index(settings, home, scratch, contents, progress)
    size = source.stat().st_size
    return Receipt(contents=contents, size=size, seconds=_since(began), synced=synced)


def inspect(source: Path) -> Contents:
    """Read a backup through and compare every part with its sum; nothing is restored.

    Raises:
        BadBackup: see `restore`.
    """
    with _scratch(None) as scratch:
        return _unpack(source, scratch)


def _save_index(settings: Settings, home: Path, scratch: Path) -> dict[str, str | bool]:
    from indexing.building.carrying import copy_current, keep_vectors
    from indexing.building.versions import open_current

    manifest = copy_current(home, scratch / "index")
    if manifest is None:
        return {"index": "", "corpus_version": "", "server": False}
    if manifest.server:
        live = open_current(home, chroma_host=settings.chroma_host)
        try:
            keep_vectors(live, workspace.embedder(settings), scratch / "embeddings.sqlite")
        finally:
            live.close()
    return {
        "index": manifest.name,
        "corpus_version": manifest.corpus_version,
        "server": manifest.server,
    }


def _restore_index(
    settings: Settings,
    home: Path,
    scratch: Path,
    contents: Contents,
    progress: Callable[[str, int, int], None] | None,
) -> bool:
    from indexing.building.carrying import adopt, keep_vectors
    from indexing.building.versions import IndexVersion, open_current
    from indexing.errors import IndexTrouble

    if not contents.index:
        return False
    cache = home / "index" / "embeddings.sqlite"
    cache.parent.mkdir(exist_ok=True)
    if (scratch / "embeddings.sqlite").is_file():
        shutil.move(scratch / "embeddings.sqlite", cache)
    same_place = not contents.server and settings.chroma_host is None
    if same_place:
        adopt(home, scratch / "index")
        try:
            open_current(home, workspace.embedder(settings)).close()
        except IndexTrouble:  # of another model or an older layout: made again below
            pass
        else:
            return False
    elif not contents.server:
        saved = IndexVersion(scratch / "index")
        try:
            keep_vectors(saved, workspace.embedder(settings), cache)
        finally:
            saved.close()
    workspace.sync_index(settings, progress)
    return True


def _add_all(
    tar: tarfile.TarFile, home: Path, scratch: Path, files: Path
) -> Iterator[tuple[str, str]]:
    for root, under in ((scratch, ""), (files, "files/")):
        for path in sorted(root.rglob("*")) if root.is_dir() else ():
            if path.is_file() and not path.is_symlink():
                name = under + path.relative_to(root).as_posix()
                # What is being written is renamed or removed meanwhile, and in none of the parts.
                with contextlib.suppress(FileNotFoundError):
                    yield name, _add_file(tar, name, path)
    if (home / _SESSION_KEY).is_file():
        yield _SESSION_KEY, _add_file(tar, _SESSION_KEY, home / _SESSION_KEY)


class _Summing(io.RawIOBase):
    """A file being read, and the digest of what was read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As any file's, counted into the digest."""
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


def _add_file(tar: tarfile.TarFile, name: str, path: Path) -> str:
    with path.open("rb") as file:
        info = tarfile.TarInfo(name)
        info.size, info.mode = os.fstat(file.fileno()).st_size, 0o600
        summing = _Summing(file)
        tar.addfile(info, summing)
    return summing.digest.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def _unpack(source: Path, scratch: Path) -> Contents:
    """Extract to `scratch` what the contents name, and check it."""
    wrong = BadBackup(
        "This file is no backup of the advisor, or it was cut short or altered. "
        "Use another copy; `advisor backup` makes one."
    )
    try:
        with tarfile.open(source, "r:*") as tar:
            tar.extractall(scratch, filter="data")
        read = (scratch / _CONTENTS).read_bytes()
        if int(json.loads(read)["format"]) > FORMAT:
            raise BadBackup(
                "This backup was made by a newer version of the program. Restore it with that one."
            )
        contents = Contents.model_validate_json(read)
    except BadBackup:
        raise
    except (OSError, tarfile.TarError, EOFError, ValueError, KeyError, ValidationError) as error:
        raise wrong from error
    found = {
        path.relative_to(scratch).as_posix(): _sum(path)
        for path in scratch.rglob("*")
        if path.is_file() and path.name != _CONTENTS
    }
    if found != contents.files:
        raise wrong
    return contents


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _move_files(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        place = target / path.relative_to(source)
        if path.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, place)


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file only its owner can read, on disk when the block ends."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _scratch(beside: Path | None) -> Iterator[Path]:
    """A folder on the disk that has to hold the data anyway, gone afterwards."""
    folder = tempfile.mkdtemp(prefix=".advisor-", dir=beside)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _since(began: float) -> float:
    return round(time.monotonic() - began, 2)
