"""How the files of an index version get from the one that built it to every replica.

Two ways: a directory that all replicas mount (a network disk, or a bucket mounted as one), or the
database, in pieces. What arrives is compared with the SHA-256 of what was sent.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from sqlalchemy import Column, Engine, Integer, LargeBinary, String, Table, delete, insert, select

from corpus.database import make_tables, metadata, reading
from corpus.work.leases import Lease, fenced
from indexing.building.versions import IN_USE, fsync_folder
from indexing.errors import ForeignIndex

pieces_table = Table(
    "index_pieces",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("file", String(300), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    info={"transient": True},
)

_PIECE = 4 * 2**20
"""Bytes of a piece: small enough for a row, large enough that the way there and back is no cost."""


class Transport(Protocol):
    """Carries versions by name; `files` are paths by name inside the version's folder."""

    def send(self, version: str, files: Mapping[str, Path], lease: Lease) -> None:
        """Make the files available to all replicas; repeatable."""

    def receive(self, version: str, file: str, place: Path) -> None:
        """Write one file of a version to `place`; FileNotFoundError when it is not there."""

    def remove(self, version: str, lease: Lease) -> None:
        """Forget a version."""


class Directory:
    """A directory all replicas see."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def send(self, version: str, files: Mapping[str, Path], lease: Lease) -> None:
        """Copied beside, then renamed: there whole or not at all."""
        target = self._root / version
        beside = target.with_name(f".{version}.part")
        shutil.rmtree(beside, ignore_errors=True)
        for name, path in files.items():
            place = beside / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        beside.rename(target)
        fsync_folder(self._root)

    def receive(self, version: str, file: str, place: Path) -> None:
        """Copied."""
        shutil.copyfile(self._root / version / file, place)

    def remove(self, version: str, lease: Lease) -> None:
        """Removed."""
        shutil.rmtree(self._root / version, ignore_errors=True)


class Database:
    """The database, in pieces of 4 MiB; nothing else has to be shared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        make_tables(engine)

    def send(self, version: str, files: Mapping[str, Path], lease: Lease) -> None:
        """Each piece in a transaction of its own, under the lease.

        Raises:
            LostLease: another worker has taken over.
        """
        for name, path in files.items():
            with path.open("rb") as file:
                number = 0
                while (piece := file.read(_PIECE)) or not number:
                    with fenced(self._engine, lease) as connection:
                        connection.execute(
                            insert(pieces_table).values(
                                version=version, file=name, number=number, content=piece
                            )
                        )
                    number += 1

    def receive(self, version: str, file: str, place: Path) -> None:
        """Piece by piece."""
        table = pieces_table
        number = 0
        with place.open("wb") as out:
            while True:
                with reading(self._engine) as connection:
                    piece = connection.execute(
                        select(table.c.content).where(
                            table.c.version == version,
                            table.c.file == file,
                            table.c.number == number,
                        )
                    ).scalar()
                if piece is None:
                    break
                out.write(bytes(piece))
                number += 1
        if not number:
            raise FileNotFoundError(file)

    def remove(self, version: str, lease: Lease) -> None:
        """Removed, under the lease."""
        with fenced(self._engine, lease) as connection:
            connection.execute(delete(pieces_table).where(pieces_table.c.version == version))


class SameHome:
    """Processes of one host share its data directory; there is nothing to carry."""

    def send(self, version: str, files: Mapping[str, Path], lease: Lease) -> None:
        """Nothing to do."""

    def receive(self, version: str, file: str, place: Path) -> None:
        """What is not in the data directory is nowhere."""
        raise FileNotFoundError(file)

    def remove(self, version: str, lease: Lease) -> None:
        """Nothing to do; the data directory is cleaned by its own rule."""


def shipped_files(folder: Path) -> dict[str, Path]:
    """Files of a finished version by name; not its lock, which is each host's own."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != IN_USE
    }


def sums_of(files: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 by name."""
    return {name: _sum(path) for name, path in files.items()}


def receive_all(transport: Transport, version: str, sums: Mapping[str, str], folder: Path) -> None:
    """Bring a version's files into `folder` and compare each with its sum.

    Raises:
        ForeignIndex: one is missing or not what was sent.
    """
    for name, expected in sums.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            transport.receive(version, name, place)
            arrived = _sum(place) == expected
        except FileNotFoundError:
            arrived = False
        if not arrived:
            break
    else:
        if sums:
            return
    raise ForeignIndex(
        "The shipped search index is not whole, or is gone. See that all replicas have one "
        "ADVISOR_INDEX_DIR (or none); then `advisor index sync --rebuild` makes it again."
    )


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
