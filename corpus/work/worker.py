"""The worker that takes jobs and puts their files on the shelf, and the watch over a folder."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from corpus.errors import AdvisorError, BadAddress, ReadError
from corpus.limits import DEFAULT, Limits
from corpus.reading.files import Reading, read
from corpus.reading.identity import trail
from corpus.shelf.adding import FileOutcome, find_files, shelve
from corpus.shelf.register import Shelf
from corpus.work.job import LEASE_SECONDS, Job, LostLease, fingerprint
from corpus.work.jobs import Jobs

Told = Callable[[Job], None]
"""Called with each job when an attempt at it is over."""

_TRANSIENT = frozenset({ReadError.code, "too-slow", "store-busy"})
"""Codes worth another attempt: a crash, a busy machine, a file that could not be opened. What is
wrong with the file itself (damaged, locked, scanned, ...) is the same the next time."""


def run_jobs(
    jobs: Jobs,
    shelf: Shelf,
    *,
    told: Told | None = None,
    limits: Limits = DEFAULT,
    stop: threading.Event | None = None,
) -> int:
    """Work until no job is due; the number of attempts made.

    Jobs that wait for a later attempt are left to a later run.

    Args:
        jobs, shelf: of one data directory.
        told: see `Told`.
        limits: bounds of reading.
        stop: when set, no further job is begun.
    """
    worker = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
    count = 0
    while not (stop and stop.is_set()) and (job := jobs.take(worker)) is not None:
        _attempt(jobs, shelf, job, worker, limits)
        count += 1
        if told:
            told(jobs.get(job.id))
    return count


def _attempt(jobs: Jobs, shelf: Shelf, job: Job, worker: str, limits: Limits) -> None:
    try:
        with _Heartbeat(jobs, job.id, worker):
            jobs.renew(job.id, worker, "reading", 10)
            outcome = _work(jobs, shelf, job, worker, limits)
        if outcome.error is None:
            jobs.finish(job.id, worker, outcome.documents)
            return
        code, error = outcome.code or ReadError.code, outcome.error
    except LostLease:
        return
    except SQLAlchemyError:
        code, error = "store-busy", "The store could not be written to. It will be tried again."
    except AdvisorError as problem:
        code, error = problem.code, problem.message
    except Exception as problem:
        structlog.get_logger().exception("job failed", job=job.id)
        code = "internal-error"
        error = f"Something unforeseen went wrong ({type(problem).__name__}); the log has more."
    try:
        jobs.fail(job.id, worker, code, error, again=code in _TRANSIENT)
    except LostLease:
        return


def _work(jobs: Jobs, shelf: Shelf, job: Job, worker: str, limits: Limits) -> FileOutcome:
    path = Path(job.path)
    try:
        documents = read(path, limits=limits, work=job.work)
    except (ReadError, BadAddress) as error:
        return FileOutcome(name=job.name, error=error.message, code=error.code)
    # The last look before anything is written: a cancelled job must leave no trace.
    jobs.renew(job.id, worker, "putting on the shelf", 90)
    # A file that was sent lies in a folder of ours, which says nothing of it.
    sent = path.parent.parent.name == "incoming"
    return shelve(
        shelf,
        Reading(path=path, documents=tuple(documents)),
        job.actor,
        job.url,
        named=None if sent else trail(path.resolve()),
        work=job.work,
    )


class _Heartbeat:
    """Renews the lease while the job is worked on, in a thread of its own."""

    def __init__(self, jobs: Jobs, job: str, worker: str) -> None:
        self._jobs, self._job, self._worker = jobs, job, worker
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="job-heartbeat")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._over.wait(LEASE_SECONDS / 10):
            try:
                self._jobs.renew(self._job, self._worker)
            except LostLease:
                return  # the worker finds out at its own next step
            except SQLAlchemyError:
                continue


def watch(
    folder: Path,
    jobs: Jobs,
    shelf: Shelf,
    *,
    actor: str,
    told: Told | None = None,
    every: float = 2.0,
    rounds: int | None = None,
    limits: Limits = DEFAULT,
    stop: threading.Event | None = None,
) -> None:
    """Bring new and changed files of a folder to the shelf, until stopped.

    A file is taken when two looks in a row find it the same, so that one still being copied is
    not read half. A file that disappears changes nothing: withdrawing is a person's decision.

    Args:
        folder: looked through with what lies under it, by the rules of `find_files`.
        jobs, shelf, actor, told, limits: as in `run_jobs`.
        every: seconds between two looks.
        rounds: looks before it returns; None: for ever.
        stop: when set, it returns after the job at hand.

    Raises:
        ReadError: there is no such folder.
    """
    if not folder.is_dir():
        raise ReadError(f"{folder.name} is no folder. Name one that exists.")
    before: dict[Path, str] = {}
    stop = stop or threading.Event()
    done = 0
    while not stop.is_set():
        seen = {path: fingerprint(path) for path in _files(folder)}
        settled = [path for path, mark in seen.items() if mark and before.get(path) == mark]
        fresh = [path for path in settled if not _known(jobs.latest(path), seen[path])]
        jobs.enqueue(fresh, actor=actor)
        run_jobs(jobs, shelf, told=told, limits=limits, stop=stop)
        before = seen
        done += 1
        if rounds is not None and done >= rounds:
            return
        stop.wait(every)


def _files(folder: Path) -> list[Path]:
    try:
        return find_files([folder])
    except ReadError:  # empty so far
        return []


def _known(job: Job | None, mark: str) -> bool:
    """This version of the file has had its job, whatever came of it."""
    return job is not None and job.fingerprint == mark
