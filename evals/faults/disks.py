"""A small disk to fill and to make read-only, and a clock to set: what faults are made with."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class SmallDisk:
    """A tmpfs of its own size; only root may mount one."""

    def __init__(self, place: Path, megabytes: int) -> None:
        self.place, self._megabytes = place, megabytes
        self.mounted = False

    def mount(self) -> bool:
        """Mount it; False where that is not allowed."""
        self.place.mkdir(parents=True, exist_ok=True)
        done = _run("mount", "-t", "tmpfs", "-o", f"size={self._megabytes}m", "tmpfs", self.place)
        self.mounted = done
        return done

    @contextmanager
    def full(self) -> Iterator[None]:
        """Not a byte is left while the block lasts."""
        filler = self.place / "filler"
        piece = b"\0" * 2**16
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(piece)
                    piece = piece if len(piece) > 1 else b"\0"
            except OSError:
                pass
        try:
            yield
        finally:
            filler.unlink()

    @contextmanager
    def read_only(self) -> Iterator[bool]:
        """Mounted read-only while the block lasts; False while somebody still writes to it."""
        done = _run("mount", "-o", "remount,ro", self.place)
        try:
            yield done
        finally:
            _run("mount", "-o", "remount,rw", self.place)

    def close(self) -> None:
        """Unmount it."""
        if self.mounted:
            _run("umount", "-l", self.place)
            self.mounted = False


class Clock:
    """libfaketime in a process started with `environment`; its time follows a file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "time"
        self.set(0)
        (folder / "uvloop.py").write_text("raise ImportError('not under a clock of ours')\n")
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
        self.library = found[0] if found else None
        self.environment = (
            {
                "LD_PRELOAD": str(self.library),
                "FAKETIME_TIMESTAMP_FILE": str(self._file),
                "FAKETIME_CACHE_DURATION": "1",
                # Waits and time-outs go by the monotonic clock, which no operator can set.
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1",
                # uvloop's own clock spins under libfaketime; Python's loop does not.
                "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]),
            }
            if self.library
            else {}
        )

    def set(self, seconds: int) -> None:
        """Jump to so many seconds from the true time."""
        beside = self._file.with_suffix(".next")
        beside.write_text(f"{seconds:+d}s\n")
        beside.replace(self._file)


def _run(*words: str | Path) -> bool:
    if os.getuid() != 0 or shutil.which(str(words[0])) is None:
        return False
    return subprocess.run([str(w) for w in words], capture_output=True, check=False).returncode == 0
