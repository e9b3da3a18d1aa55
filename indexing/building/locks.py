"""Locks between processes, by flock: the system drops them when a process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

from corpus.errors import AdvisorError
from indexing.errors import AlreadyServing, IndexBusy


class FileLock:
    """A held lock on a file; released by `close`, leaving a `with` block, or the process's end."""

    def __init__(self, path: Path, shared: bool = False) -> None:
        """Take the lock at once.

        Raises:
            BlockingIOError: another process (or another FileLock here) holds it.
            FileNotFoundError: shared, and there is no such file.
        """
        # Readers need no write permission (an index on a read-only mount is still searched).
        if shared:
            flags = os.O_RDONLY
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT
        self._handle: int | None = os.open(path, flags | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Let go; twice does no harm."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def serve_lock(home: Path) -> FileLock:
    """Held by the one server of a data directory (P15); keep the result as long as it serves.

    Raises:
        AlreadyServing: another server holds it.
    """
    return _take(
        home / "index" / "serve.lock",
        AlreadyServing(
            "Another server already serves this data directory. Stop it, or set ADVISOR_DATA_DIR "
            "to another directory; several servers on one index need a Chroma server (CHROMA_HOST)."
        ),
    )


def sync_lock(home: Path) -> FileLock:
    """Held by the one process that builds the index.

    Raises:
        IndexBusy: another process holds it.
    """
    return _take(
        home / "index" / "sync.lock",
        IndexBusy(
            "The index is being built by another process. Wait until it is done; "
            "`advisor index status` shows it."
        ),
    )


def _take(path: Path, error: AdvisorError) -> FileLock:
    for attempt in range(5):
        try:
            return FileLock(path)
        except BlockingIOError:
            if attempt < 4:
                time.sleep(0.05)  # a look at the status holds the lock for an instant
    raise error
