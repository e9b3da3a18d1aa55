"""Whether a version of the index is byte for byte what was built."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

IN_USE = "in-use.lock"
"""File in a version's folder that its readers hold a shared lock on."""

SUMS = "sums.json"
"""File in a version's folder with the SHA-256 of the others."""


def write_sums(folder: Path) -> None:
    """Note the SHA-256 of a finished version's own files (Chroma's are Chroma's to check)."""
    (folder / SUMS).write_text(json.dumps(dict(_sums(folder)), indent=1))


def sums_hold(folder: Path) -> bool:
    """Whether the files are those whose sums were noted; True where none were (older versions)."""
    try:
        wanted = json.loads((folder / SUMS).read_text())
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    return bool(dict(_sums(folder)) == wanted)


def _sums(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and path.name not in (IN_USE, SUMS) and name.parts[0] != "chroma":
            with path.open("rb") as file:
                yield name.as_posix(), hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(names: Iterable[str]) -> str:
    """SHA-256 of a list of names, in order."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\n")
    return digest.hexdigest()
