"""Jobs: state, percentage, error, retry with back-off, cancel, and a lease that runs out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.database import open_database, sqlite_url
from corpus.reading.files import read
from corpus.shelf.register import Shelf
from corpus.work import job as job_model
from corpus.work import jobs
from corpus.work import worker as job_worker
from corpus.work.job import ATTEMPTS, Job, JobState, LostLease, UnknownJob
from corpus.work.jobs import Jobs
from corpus.work.worker import run_jobs, watch
from tests.corpus.making import pdf, scanned_pdf

PROSE = "Lanterns along the quay are counted twice a year by the harbour office, says the ledger."


def write(folder: Path, name: str, mark: str = "first") -> Path:
    path = folder / name
    path.write_bytes(
        pdf([[("1 Lanterns", 14, True), (PROSE, 11, False), (f"A {mark} note.", 11, False)]])
    )
    return path


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "files").mkdir()
    return Shelf(open_database(sqlite_url(tmp_path / "advisor.db")), tmp_path / "files")


@pytest.fixture
def queue(tmp_path: Path, shelf: Shelf) -> Jobs:
    return Jobs(open_database(sqlite_url(tmp_path / "advisor.db")))


def test_a_job_brings_its_file_to_the_shelf(queue: Jobs, shelf: Shelf, inbox: Path) -> None:
    [job] = queue.enqueue([write(inbox, "lanterns.pdf")], actor="ada")
    assert (job.state, job.percent, job.attempts) == (JobState.WAITING, 0, 0)
    told: list[Job] = []
    assert run_jobs(queue, shelf, told=told.append) == 1
    [done] = told
    assert (done.state, done.percent, done.attempts) == (JobState.DONE, 100, 1)
    [held] = shelf.entries()
    assert done.documents == (held.id,)
    assert held.added_by == "ada"
    assert run_jobs(queue, shelf) == 0


def test_a_file_that_waits_unchanged_is_enqueued_once(queue: Jobs, inbox: Path) -> None:
    path = write(inbox, "a.pdf")
    [first], [second] = queue.enqueue([path], actor="a"), queue.enqueue([path], actor="a")
    assert first.id == second.id
    [other] = queue.enqueue([path], actor="a", work="lantern-2030")
    assert other.id != first.id


def test_what_is_wrong_with_the_file_fails_at_once_and_says_why(
    queue: Jobs, shelf: Shelf, inbox: Path
) -> None:
    (inbox / "empty.pdf").write_bytes(b"")
    (inbox / "page.pdf").write_bytes(b"<html><body>Sorry</body></html>")
    good = write(inbox, "good.pdf")
    queue.enqueue([inbox / "empty.pdf", inbox / "page.pdf", good], actor="a")
    run_jobs(queue, shelf)
    assert [(j.state, j.code, j.attempts) for j in queue.all()] == [
        (JobState.FAILED, "empty-file", 1),
        (JobState.FAILED, "unknown-format", 1),
        (JobState.DONE, None, 1),
    ]
    assert queue.counts() == {"waiting": 0, "running": 0, "done": 1, "failed": 2, "cancelled": 0}
    assert all(job.error for job in queue.all(JobState.FAILED))


def test_what_may_pass_is_tried_again_later_and_not_for_ever(
    queue: Jobs, shelf: Shelf, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(inbox, "late.pdf")
    [job] = queue.enqueue([path], actor="a")
    path.unlink()
    assert run_jobs(queue, shelf) == 1
    waiting = queue.get(job.id)
    assert waiting.state is JobState.WAITING
    assert waiting.error
    assert waiting.not_before - time.time() > 5
    assert run_jobs(queue, shelf) == 0  # not yet due

    monkeypatch.setattr(jobs, "BACK_OFF", (0.0, 0.0, 0.0))
    for _ in range(ATTEMPTS):
        _make_due(queue, job.id)
        run_jobs(queue, shelf)
    over = queue.get(job.id)
    assert (over.state, over.attempts) == (JobState.FAILED, ATTEMPTS)

    write(inbox, "late.pdf")
    assert queue.retry(job.id).attempts == 0
    run_jobs(queue, shelf)
    assert queue.get(job.id).state is JobState.DONE
    assert queue.get(job.id).error is None


def _make_due(queue: Jobs, job: str) -> None:
    from sqlalchemy import update

    with queue._engine.begin() as connection:
        connection.execute(
            update(job_model.jobs_table)
            .where(job_model.jobs_table.c.id == job)
            .values(not_before=0)
        )


def test_cancelled_before_and_during(
    queue: Jobs, shelf: Shelf, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = queue.enqueue([write(inbox, "a.pdf"), write(inbox, "b.pdf")], actor="a")
    queue.cancel(first.id)

    def reading(path: Path, **options: Any) -> Any:
        found = read(path, **options)
        queue.cancel(second.id)  # somebody else, while it is being read
        return found

    monkeypatch.setattr(job_worker, "read", reading)
    run_jobs(queue, shelf)
    assert [j.state for j in queue.all()] == [JobState.CANCELLED, JobState.CANCELLED]
    assert shelf.entries() == []
    assert shelf.history() == []
    with pytest.raises(UnknownJob):
        queue.cancel(first.id)
    with pytest.raises(UnknownJob):
        queue.get("nothing")


def test_a_lease_that_runs_out_is_taken_over_and_the_first_worker_is_stopped(
    queue: Jobs, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.enqueue([write(inbox, "a.pdf")], actor="a")
    monkeypatch.setattr(jobs, "LEASE_SECONDS", 0.05)
    taken = queue.take("first")
    assert taken is not None
    assert queue.take("second") is None
    time.sleep(0.1)
    assert queue.get(taken.id).stalled
    again = queue.take("second")
    assert again is not None
    assert (again.id, again.attempts) == (taken.id, 2)
    calls: list[Callable[[], None]] = [
        lambda: queue.renew(taken.id, "first"),
        lambda: queue.finish(taken.id, "first", []),
        lambda: queue.fail(taken.id, "first", "x", "y", again=True),
    ]
    for late in calls:
        with pytest.raises(LostLease):
            late()
    queue.finish(taken.id, "second", ["a"])


def test_P24_a_clock_set_back_leaves_nothing_waiting_for_it(queue: Jobs, inbox: Path) -> None:
    from sqlalchemy import update

    def set_later(column: str, seconds: float) -> None:
        with queue._engine.begin() as connection:
            connection.execute(update(job_model.jobs_table).values({column: time.time() + seconds}))

    [job] = queue.enqueue([write(inbox, "a.pdf")], actor="a")
    longest = max(job_model.BACK_OFF)
    set_later("not_before", longest - 5)  # a wait that can be is kept
    assert queue.take("first") is None
    set_later("not_before", longest + 86_400)  # one that cannot be is over
    first = queue.take("first")
    assert first is not None
    assert first.id == job.id
    assert queue.take("second") is None
    set_later("lease_until", job_model.LEASE_SECONDS + 86_400)
    assert queue.get(job.id).stalled
    second = queue.take("second")
    assert second is not None
    assert (second.id, second.attempts) == (job.id, 2)


def test_leases_of_jobs_do_not_go_by_the_clock_of_a_host(
    queue: Jobs, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.enqueue([write(inbox, "a.pdf")], actor="a")
    assert queue.take("first") is not None
    true = time.time
    for ahead in (-86_400, 86_400):
        monkeypatch.setattr(time, "time", lambda ahead=ahead: true() + ahead)
        assert queue.take("second") is None


def test_a_file_that_kills_its_worker_each_time_is_given_up(
    queue: Jobs, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [job] = queue.enqueue([write(inbox, "a.pdf")], actor="a")
    monkeypatch.setattr(jobs, "LEASE_SECONDS", -1.0)
    for number in range(ATTEMPTS):
        assert queue.take(f"worker {number}") is not None
    assert queue.take("last") is None
    over = queue.get(job.id)
    assert (over.state, over.code) == (JobState.FAILED, "worker-died")


def test_a_long_job_keeps_its_lease(
    queue: Jobs, shelf: Shelf, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.enqueue([write(inbox, "a.pdf")], actor="a")
    monkeypatch.setattr(jobs, "LEASE_SECONDS", 0.6)
    monkeypatch.setattr(job_worker, "LEASE_SECONDS", 0.6)
    rivals: list[Job | None] = []

    def reading(path: Path, **options: Any) -> Any:
        time.sleep(1.2)
        rivals.append(queue.take("rival"))
        return read(path, **options)

    monkeypatch.setattr(job_worker, "read", reading)
    run_jobs(queue, shelf)
    assert rivals == [None]
    assert [j.state for j in queue.all()] == [JobState.DONE]


def test_two_workers_never_do_one_job_twice(queue: Jobs, shelf: Shelf, inbox: Path) -> None:
    queue.enqueue([write(inbox, f"lantern-{n}.pdf", str(n)) for n in range(8)], actor="a")
    counts: list[int] = []
    workers = [
        threading.Thread(target=lambda: counts.append(run_jobs(queue, shelf))) for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 8
    done = queue.all()
    assert {j.attempts for j in done} == {1}
    # On a machine that is busy enough one may have to wait its turn again; it is done then.
    assert {j.state for j in done} <= {JobState.DONE, JobState.WAITING}


KILLED = """
import sys, time
from pathlib import Path
from corpus.work import worker as job_worker
from corpus.database import open_database, sqlite_url
from corpus.work.jobs import Jobs
from corpus.shelf.register import Shelf
home = Path(sys.argv[1])
engine = open_database(sqlite_url(home / "advisor.db"))
def reading(path, **options):
    print("reading", flush=True)
    time.sleep(60)
job_worker.read = reading
job_worker.run_jobs(Jobs(engine), Shelf(engine, home / "files"))
"""


def test_a_worker_that_is_killed_leaves_its_job_to_the_next(
    queue: Jobs, shelf: Shelf, inbox: Path, tmp_path: Path
) -> None:
    [job] = queue.enqueue([write(inbox, "a.pdf")], actor="a")
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "reading"
    assert queue.get(job.id).state is JobState.RUNNING
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert run_jobs(queue, shelf) == 0  # its lease still runs
    from sqlalchemy import update

    with queue._engine.begin() as connection:
        connection.execute(update(job_model.jobs_table).values(lease_until=time.time() - 1))
    assert run_jobs(queue, shelf) == 1
    assert queue.get(job.id).state is JobState.DONE


def test_watching_takes_new_and_changed_files_once(queue: Jobs, shelf: Shelf, inbox: Path) -> None:
    def look(rounds: int = 2) -> list[str]:
        told: list[Job] = []
        watch(inbox, queue, shelf, actor="w", told=told.append, every=0.01, rounds=rounds)
        return [job.name for job in told]

    assert look() == []
    write(inbox, "a.pdf")
    (inbox / "scan.pdf").write_bytes(scanned_pdf()[:300])
    assert sorted(look()) == ["a.pdf", "scan.pdf"]
    assert look(3) == []  # neither the good one nor the bad one again
    write(inbox, "a.pdf", "second")
    assert look() == ["a.pdf"]
    [held] = shelf.entries()
    (inbox / "a.pdf").unlink()
    assert look() == []
    assert shelf.live() == {held.key: held.content_hash}


def test_a_file_still_being_copied_is_left_until_it_is_whole(
    queue: Jobs, shelf: Shelf, inbox: Path
) -> None:
    whole = write(inbox, "a.pdf").read_bytes()
    growing = inbox / "a.pdf"
    growing.write_bytes(whole[:200])
    told: list[Job] = []
    stop = threading.Event()
    watcher = threading.Thread(
        target=watch,
        args=(inbox, queue, shelf),
        kwargs={"actor": "w", "told": told.append, "every": 0.3, "stop": stop},
    )
    watcher.start()
    for size in range(400, len(whole), 300):
        growing.write_bytes(whole[:size])
        time.sleep(0.1)
        if size > 2000:
            break
    growing.write_bytes(whole)
    deadline = time.monotonic() + 30
    while not told and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    watcher.join()
    assert [(job.name, job.state) for job in told] == [("a.pdf", JobState.DONE)]
