"""Whether a version of the index is byte for byte what was built."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

IN_USE = "in-use.lock"
"""File in a version's folder that its readers hold a shared lock on."""

_CHROMA = "chroma/"

SUMS = "sums.json"
"""File in a version's folder with the SHA-256 of the others."""


def write_sums(folder: Path) -> None:
    """Note the SHA-256 of a finished version's files: ours, and the vectors that Chroma keeps."""
    (folder / SUMS).write_text(json.dumps(dict(_sums(folder)), indent=1))


def sums_hold(folder: Path) -> bool:
    """Whether the files are those whose sums were noted; True where none were (older versions)."""
    try:
        wanted = json.loads((folder / SUMS).read_text())
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    found = dict(_sums(folder))
    ours = {name for name in found if not name.startswith(_CHROMA)}
    # Of a version made before the vectors were noted, the vectors cannot be judged.
    return (
        isinstance(wanted, dict)
        and ours <= wanted.keys()
        and all(found.get(name) == digest for name, digest in wanted.items())
    )


def _sums(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        # Chroma writes into its database while it only reads; its vectors' files it leaves alone.
        noted = name.parts[0] != "chroma" or path.suffix == ".bin"
        if path.is_file() and path.name not in (IN_USE, SUMS) and noted:
            with path.open("rb") as file:
                yield name.as_posix(), hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(names: Iterable[str]) -> str:
    """SHA-256 of a list of names, in order."""
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\n")
    return digest.hexdigest()
