"""What a job is: one file on its way to the shelf, and the table that holds it."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path

from pydantic import computed_field
from sqlalchemy import Column, Float, Integer, String, Table, Text

from corpus.database import metadata
from corpus.documents import Frozen
from corpus.errors import AdvisorError

jobs_table = Table(
    "ingest_jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False, index=True),
    Column("fingerprint", String(64), nullable=False),
    Column("work", String(160)),
    Column("actor", String(200), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("stage", String(32), nullable=False, default=""),
    Column("percent", Integer, nullable=False, default=0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("code", String(40)),
    Column("error", Text),
    Column("documents", Text, nullable=False, default=""),
    Column("worker", String(64)),
    Column("lease_until", Float, nullable=False, default=0.0),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("created_at", String(32), nullable=False),
    Column("updated_at", String(32), nullable=False),
    Column("moment", Float, nullable=False),
    Column("url", Text),
)

LEASE_SECONDS = 60.0
"""A worker that says nothing for so long is taken for dead; it renews ten times as often."""

ATTEMPTS = 4
BACK_OFF = (10.0, 60.0, 300.0)
"""Seconds before the second, third and fourth attempt."""

CLOCK_SLACK = 60.0
"""A wait that ends so much later than it ever could began before the clock was set back."""


class JobState(StrEnum):
    """Of a job. Waiting covers those that wait for their next attempt."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class UnknownJob(AdvisorError):
    """For the librarian: no job has this id, or it is in a state where this cannot be done."""

    code = "unknown-job"


class LostLease(AdvisorError):
    """For a worker: the job was cancelled, or taken over after the lease ran out."""

    code = "lost-lease"


class Job(Frozen):
    """One file on its way to the shelf.

    Attributes:
        id: to name it by.
        name: of the file, for people. path: where it is, for the worker.
        fingerprint: size and time of change when it was enqueued.
        work: id to file it under, if given.
        url: where the file was downloaded from, if that was said (P10).
        actor: who asked.
        state, stage, percent: how far it is; 100 only when done.
        attempts: begun so far.
        code, error: of the last attempt that failed.
        documents: ids on the shelf from it.
        lease_until, not_before: seconds since 1970.
    """

    id: str
    name: str
    path: str
    fingerprint: str
    work: str | None
    actor: str
    state: JobState
    stage: str
    percent: int
    attempts: int
    code: str | None
    error: str | None
    documents: tuple[str, ...]
    lease_until: float
    not_before: float
    created_at: str
    updated_at: str
    url: str | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def stalled(self) -> bool:
        """Its worker has gone silent; the next worker will take it over."""
        left = self.lease_until - time.time()
        return self.state is JobState.RUNNING and not 0 <= left <= LEASE_SECONDS + CLOCK_SLACK


def fingerprint(path: Path) -> str:
    """Size and time of change; '' where the file is not there."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_size}-{found.st_mtime_ns}"
