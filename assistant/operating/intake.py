"""Files that librarians send: kept, read as jobs in the background, then indexed, for all to see.

A file is a job from the moment it has arrived (P24): closing the page loses nothing, and another
process may do the work. The thread here is one worker among others; where ADVISOR_WORKER is
`apart` there is none, and `advisor corpus jobs run` or a worker's process does it.
"""

from __future__ import annotations

import re
import shutil
import threading
import time
from pathlib import Path, PurePath
from typing import BinaryIO
from uuid import uuid4

import structlog

from assistant.operating import workspace
from assistant.settings import Settings
from corpus.documents import Frozen
from corpus.errors import AdvisorError
from corpus.work.job import Job, JobState
from corpus.work.jobs import Jobs
from corpus.work.worker import run_jobs

log = structlog.get_logger(__name__)

_SYNC_TRIES = 5
_PAUSE = 2.0
"""Seconds between two looks at jobs that wait for their next attempt."""


class Indexing(Frozen):
    """How far the index is behind what was read.

    Attributes:
        busy: it is being brought in step by this process.
        stage, done, total: how far; ('', 0, 0) where that is not known.
        trouble, code: why the last try failed; '' when it did not.
    """

    busy: bool = False
    stage: str = ""
    done: int = 0
    total: int = 0
    trouble: str = ""
    code: str = ""


class Intake:
    """The way in for files, and the thread that works on them. Safe to use from many threads."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is begun; `wake` begins.

        Raises:
            AdvisorError: there is no place to keep state.
        """
        engine = workspace.database(settings)
        self._settings = settings
        self._shelf = workspace.shelf(settings, engine)
        self.jobs = Jobs(engine)
        self.indexing = Indexing()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._again = False
        self._behind = False

    def accept(self, name: str | None, content: BinaryIO, actor: str, url: str | None) -> Job:
        """Keep a file and make its job; the work begins at once, in the background.

        Args:
            name: as the sender calls it; shown to people, never used as a path.
            content: the bytes, read to the end.
            actor: who sent it. url: where it came from, if that was said (P10).
        """
        folder = self._folder() / uuid4().hex
        folder.mkdir(mode=0o700)
        path = folder / safe_name(name)
        try:
            with path.open("wb") as kept:
                shutil.copyfileobj(content, kept)
            (job,) = self.jobs.enqueue([path], actor=actor, url=url)
        except Exception:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.wake()
        return job

    def cancel(self, id: str) -> Job:
        """No more attempts; the file is kept for a retry.

        Raises:
            UnknownJob: no such job, or it is over.
        """
        return self.jobs.cancel(id)

    def retry(self, id: str) -> Job:
        """A failed or cancelled job waits again.

        Raises:
            UnknownJob: no such job, or it is neither failed nor cancelled.
        """
        job = self.jobs.retry(id)
        self.wake()
        return job

    def resume(self) -> None:
        """Go on with what an earlier process left, if it left something.

        That is files that wait, and an index that lacks what was put on the shelf before it died.
        """
        counts = self.jobs.counts()
        self._behind = workspace.is_behind(self._settings, self._shelf)
        if self._behind or counts[JobState.WAITING.value] or counts[JobState.RUNNING.value]:
            self.wake()

    def wake(self) -> None:
        """Work on what waits, in a thread; one is enough."""
        if self._settings.worker == "apart":
            return
        with self._lock:
            self._again = True
            if self._thread is not None and self._thread.is_alive():
                return
            self._thread = threading.Thread(target=self._work, name="intake", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Begin nothing more; a job under way loses its lease and is taken up again."""
        self._stop.set()

    def _work(self) -> None:
        changed, self._behind = self._behind, False
        while not self._stop.is_set():
            with self._lock:
                self._again = False
            ended: list[Job] = []
            try:
                run_jobs(self.jobs, self._shelf, told=ended.append, stop=self._stop)
            except Exception:
                log.exception("jobs stopped")
            changed |= any(job.documents for job in ended)
            for job in ended:
                if job.state is JobState.DONE:
                    self._forget(job)
            if changed and not self._stop.is_set():
                changed = not self._sync()
            with self._lock:
                if not self._again and not self.jobs.counts()[JobState.WAITING.value]:
                    self._thread = None
                    return
            self._stop.wait(_PAUSE)

    def _sync(self) -> bool:
        """Bring the index in step; one that is under way may have begun too early, so wait."""
        if self._settings.shared:
            return True  # the elected worker sees the change within a second
        for attempt in range(1, _SYNC_TRIES + 1):
            try:
                self.indexing = Indexing(busy=True)
                workspace.sync_index(self._settings, self._told)
                self.indexing = Indexing()
                return True
            except AdvisorError as error:
                log.warning("index not in step", code=error.code, attempt=attempt)
                self.indexing = Indexing(trouble=error.message, code=error.code)
            except Exception as error:
                log.exception("index not in step")
                self.indexing = Indexing(trouble=type(error).__name__, code="failed")
            if self._stop.wait(_PAUSE * attempt):
                return False
        return True  # told as trouble; the next file, or `advisor index sync`, tries again

    def _told(self, stage: str, done: int, total: int) -> None:
        self.indexing = Indexing(busy=True, stage=stage, done=done, total=total)

    def _folder(self) -> Path:
        """Beside the kept files, which every worker sees."""
        folder = workspace.files(self._settings) / "incoming"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _forget(self, job: Job) -> None:
        """Remove what was sent, once the shelf keeps its own copy."""
        folder = Path(job.path).parent
        if folder.parent == self._folder().resolve():
            shutil.rmtree(folder, ignore_errors=True)


def safe_name(given: str | None) -> str:
    """A file name that is only a name: for people, and for the ending a reader may look at."""
    name = re.sub(r"[^\w. ()\-]", "_", PurePath((given or "").replace("\\", "/")).name)
    return name.lstrip(".")[-150:] or "document"


def waited(intake: Intake, seconds: float = 60.0) -> bool:
    """Wait until nothing is under way; for tests and scripts. False when it takes longer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        counts = intake.jobs.counts()
        if not (counts["waiting"] or counts["running"] or intake.indexing.busy):
            return True
        time.sleep(0.05)
    return False
