"""Ingestion as jobs: each file has a state, a percentage, an error, retries, cancel, a lease (P24).

A worker holds a job only as long as it renews the lease. When it dies the lease runs out and the
next worker takes the job: nothing is ever stuck. Time is the database's, as for
`corpus.work.leases`; a wait that would last longer than any can (the clock was set back) is over. A
file is put on the shelf in one transaction, so a job that is done twice changes nothing the second
time.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Engine, insert, or_, select, true, update

from corpus.database import make_tables, reading
from corpus.fetching.state import now
from corpus.work.job import (
    ATTEMPTS,
    BACK_OFF,
    CLOCK_SLACK,
    LEASE_SECONDS,
    Job,
    JobState,
    LostLease,
    UnknownJob,
    fingerprint,
    jobs_table,
)
from corpus.work.leases import database_now


def _due(moment: float) -> ColumnElement[bool]:
    """Jobs that a worker may take at `moment`."""
    state, until, after = jobs_table.c.state, jobs_table.c.lease_until, jobs_table.c.not_before
    return or_(
        (state == JobState.WAITING.value)
        & ((after <= moment) | (after > moment + max(BACK_OFF) + CLOCK_SLACK)),
        (state == JobState.RUNNING.value)
        & ((until < moment) | (until > moment + LEASE_SECONDS + CLOCK_SLACK)),
    )


class Jobs:
    """The list of jobs in the relational store; safe for several workers and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        make_tables(engine)

    def enqueue(
        self,
        paths: Sequence[Path],
        *,
        actor: str,
        work: str | None = None,
        url: str | None = None,
    ) -> list[Job]:
        """A waiting job for each file; a file that already waits unchanged gets no second one.

        `url` is where the files came from, for their record (P10).
        """
        made: list[str] = []
        with self._engine.begin() as connection:
            for path in paths:
                place, mark = str(path.resolve()), fingerprint(path)
                waiting = connection.execute(
                    select(jobs_table.c.id).where(
                        jobs_table.c.path == place,
                        jobs_table.c.fingerprint == mark,
                        jobs_table.c.state == JobState.WAITING.value,
                        jobs_table.c.work.is_(work) if work is None else jobs_table.c.work == work,
                    )
                ).scalar()
                values = {"work": work, "actor": actor, "url": url}
                made.append(waiting or self._insert(connection, path, place, mark, values))
        return [self.get(job) for job in made]

    @staticmethod
    def _insert(
        connection: Connection, path: Path, place: str, mark: str, values: dict[str, str | None]
    ) -> str:
        job = uuid.uuid4().hex[:12]
        moment = now()
        connection.execute(
            insert(jobs_table).values(
                id=job,
                name=path.name,
                path=place,
                fingerprint=mark,
                state=JobState.WAITING.value,
                created_at=moment,
                updated_at=moment,
                moment=time.time(),
                **values,
            )
        )
        return job

    def take(self, worker: str) -> Job | None:
        """The oldest job that is due, now this worker's for LEASE_SECONDS; None when there is none.

        One whose lease ran out is due again; after ATTEMPTS it is failed instead.
        """
        order = (jobs_table.c.moment, jobs_table.c.id)
        while True:
            with self._engine.begin() as connection:
                moment = database_now(connection)
                due = _due(moment)
                row = (
                    connection.execute(select(jobs_table).where(due).order_by(*order).limit(1))
                    .mappings()
                    .first()
                )
                if row is None:
                    return None
                gone = row["state"] == JobState.RUNNING.value and row["attempts"] >= ATTEMPTS
                values: dict[str, object] = (
                    {
                        "state": JobState.FAILED.value,
                        "code": "worker-died",
                        "error": f"The program stopped {ATTEMPTS} times while reading this file. "
                        "Look at the file, then `advisor corpus jobs retry`.",
                    }
                    if gone
                    else {
                        "state": JobState.RUNNING.value,
                        "stage": "starting",
                        "percent": 0,
                        "attempts": row["attempts"] + 1,
                        "worker": worker,
                        "lease_until": moment + LEASE_SECONDS,
                    }
                )
                # Compare and set: on PostgreSQL two workers may have seen the same row.
                taken = connection.execute(
                    update(jobs_table)
                    .where(
                        jobs_table.c.id == row["id"],
                        jobs_table.c.state == row["state"],
                        jobs_table.c.attempts == row["attempts"],
                    )
                    .values(**values, updated_at=now())
                ).rowcount
            if taken and not gone:
                return self.get(row["id"])

    def renew(self, job: str, worker: str, stage: str | None = None, percent: int = 0) -> None:
        """Keep the lease, and say how far it is.

        Raises:
            LostLease: it was cancelled or taken over; stop, and write nothing.
        """
        values: dict[str, object] = {}
        if stage is not None:
            values |= {"stage": stage, "percent": min(99, percent)}
        self._mine(job, worker, values, lease_until=LEASE_SECONDS)

    def finish(self, job: str, worker: str, documents: Sequence[str]) -> None:
        """It is done. Raises LostLease as `renew` does."""
        self._mine(
            job,
            worker,
            {
                "state": JobState.DONE.value,
                "stage": "",
                "percent": 100,
                "documents": " ".join(documents),
                "code": None,
                "error": None,
            },
        )

    def fail(self, job: str, worker: str, code: str, error: str, *, again: bool) -> None:
        """It failed; with `again` it waits for its next attempt while it has one left.

        Raises LostLease as `renew` does.
        """
        attempts = self.get(job).attempts
        retry = again and attempts < ATTEMPTS
        self._mine(
            job,
            worker,
            {
                "state": (JobState.WAITING if retry else JobState.FAILED).value,
                "stage": "",
                "code": code,
                "error": error,
                "not_before": 0.0,
            },
            **({"not_before": BACK_OFF[attempts - 1]} if retry else {}),
        )

    def _mine(self, job: str, worker: str, values: dict[str, object], **later: float) -> None:
        """Change a job that this worker holds; `later` are columns and seconds from now."""
        with self._engine.begin() as connection:
            moment = database_now(connection)
            values |= {column: moment + seconds for column, seconds in later.items()}
            kept = connection.execute(
                update(jobs_table)
                .where(
                    jobs_table.c.id == job,
                    jobs_table.c.worker == worker,
                    jobs_table.c.state == JobState.RUNNING.value,
                )
                .values(**values, updated_at=now())
            ).rowcount
        if not kept:
            raise LostLease("The job was cancelled or taken over by another worker.")

    def cancel(self, job: str) -> Job:
        """No more attempts; a running one stops before anything is written.

        Raises:
            UnknownJob: no such job, or it is over.
        """
        return self._change(job, [JobState.WAITING, JobState.RUNNING], JobState.CANCELLED)

    def retry(self, job: str) -> Job:
        """A failed or cancelled job waits again, with all its attempts.

        Raises:
            UnknownJob: no such job, or it is neither failed nor cancelled.
        """
        return self._change(job, [JobState.FAILED, JobState.CANCELLED], JobState.WAITING)

    def _change(self, job: str, before: Sequence[JobState], after: JobState) -> Job:
        with self._engine.begin() as connection:
            changed = connection.execute(
                update(jobs_table)
                .where(jobs_table.c.id == job, jobs_table.c.state.in_([s.value for s in before]))
                .values(
                    state=after.value,
                    stage="",
                    attempts=0 if after is JobState.WAITING else jobs_table.c.attempts,
                    not_before=0.0,
                    worker=None,
                    updated_at=now(),
                )
            ).rowcount
        if not changed:
            state = self.get(job).state.value
            raise UnknownJob(f"Job {job} is {state}, so it cannot become {after.value}.")
        return self.get(job)

    def get(self, job: str) -> Job:
        """The job with this id.

        Raises:
            UnknownJob: there is none.
        """
        found = self._select(jobs_table.c.id == job)
        if not found:
            raise UnknownJob(
                f"There is no job '{job[:40]}'. `advisor corpus jobs list` shows them."
            )
        return found[0]

    def all(self, state: JobState | None = None) -> list[Job]:
        """Every job, or those in one state, oldest first."""
        return self._select(jobs_table.c.state == state.value if state else true())

    def latest(self, path: Path) -> Job | None:
        """The last job of a file, or None."""
        found = self._select(jobs_table.c.path == str(path.resolve()))
        return found[-1] if found else None

    def counts(self) -> dict[str, int]:
        """Jobs by state, every state named."""
        with reading(self._engine) as connection:
            counted = Counter(connection.execute(select(jobs_table.c.state)).scalars())
        return {state.value: counted[state.value] for state in JobState}

    def _select(self, where: ColumnElement[bool]) -> list[Job]:
        query = select(jobs_table).where(where).order_by(jobs_table.c.moment, jobs_table.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).mappings().all()
        fields = Job.model_fields
        return [
            Job(
                **{k: v for k, v in row.items() if k in fields}
                | {"documents": tuple(row["documents"].split())}
            )
            for row in rows
        ]
