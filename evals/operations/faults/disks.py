"""A small disk to fill and to make read-only, and a clock to set: what faults are made with."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
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
        """Mounted read-only while the block lasts; False when somebody keeps writing to it.

        A server that was told to end may have helpers that take some seconds longer.
        """
        give_up = time.monotonic() + 20
        while not (done := _run("mount", "-o", "remount,ro", self.place)):
            if time.monotonic() > give_up:
                break
            time.sleep(0.5)
        try:
            yield done
        finally:
            _run("mount", "-o", "remount,rw", self.place)

    def close(self) -> None:
        """Unmount it."""
        if self.mounted:
            _run("umount", "-l", self.place)
            self.mounted = False


_SITE = """import time
_real, _seen = time.time, [0.0, 0.0]
def _jumped():
    now = time.monotonic()
    if now > _seen[0]:
        try:
            with open({file!r}) as file:
                _seen[:] = [now + 0.2, float(file.read())]
        except (OSError, ValueError):
            pass
    return _real() + _seen[1]
time.time = _jumped
time.time_ns = lambda: int(_jumped() * 1e9)
"""


class Clock:
    """The clock of one process, which can be set: `environment` injects it before anything else.

    What asks `time.time` is told the new time: limits, leases of jobs, sessions. Waits go by the
    monotonic clock, which nobody can set. libfaketime was tried: the servers' event loop spins
    under it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "ahead"
        self.set(0)
        (folder / "sitecustomize.py").write_text(_SITE.format(file=str(self._file)))
        before = os.environ.get("PYTHONPATH", "")
        self.environment = {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [before])])}

    def set(self, seconds: int) -> None:
        """Jump to so many seconds from the true time."""
        beside = self._file.with_suffix(".next")
        beside.write_text(str(seconds))
        beside.replace(self._file)


def _run(*words: str | Path) -> bool:
    if os.getuid() != 0 or shutil.which(str(words[0])) is None:
        return False
    return subprocess.run([str(w) for w in words], capture_output=True, check=False).returncode == 0
