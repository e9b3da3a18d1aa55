"""`advisor corpus jobs` and `advisor corpus watch`: files on their way to the shelf."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.corpus import _actor as actor
from assistant.cli.corpus import app
from assistant.cli.output import AsJson, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from corpus.shelf.register import Shelf
    from corpus.work.job import Job
    from corpus.work.jobs import Jobs

__all__ = ["actor", "app", "desk"]

jobs_app = typer.Typer(
    help="Files on their way to the shelf, one job each: state, progress, errors, retries.",
    no_args_is_help=True,
)
app.add_typer(jobs_app, name="jobs")


def desk() -> tuple[Shelf, Engine]:
    """The shelf and its database."""
    from assistant.operating.workspace import database, shelf
    from assistant.settings import Settings

    settings = Settings.load()
    engine = database(settings)
    return shelf(settings, engine), engine


def _jobs() -> tuple[Jobs, Shelf]:
    from corpus.work.jobs import Jobs

    shelf, engine = desk()
    return Jobs(engine), shelf


@jobs_app.command("add")
def jobs_add(
    paths: Annotated[list[Path], typer.Argument(help="Files or directories.")],
    work: Annotated[str | None, typer.Option(help="Document id to file under.")] = None,
    as_json: AsJson = False,
) -> None:
    """Enqueue files; `advisor corpus jobs run` (or `watch`) reads them."""
    from corpus.addresses import Address
    from corpus.shelf.adding import find_files

    if work is not None:
        Address.parse(work)
    jobs, _ = _jobs()
    _show_jobs(jobs.enqueue(find_files(paths), actor=actor(), work=work), as_json)


@jobs_app.command("list")
def jobs_list(
    state: Annotated[
        str | None, typer.Option(help="waiting, running, done, failed or cancelled.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show every job: state, progress, attempts, error."""
    from corpus.work.job import JobState

    if state is not None and state not in {s.value for s in JobState}:
        raise typer.BadParameter("one of waiting, running, done, failed, cancelled")
    jobs, _ = _jobs()
    _show_jobs(jobs.all(JobState(state) if state else None), as_json)


@jobs_app.command("run")
def jobs_run(as_json: AsJson = False) -> None:
    """Read what waits, and what a worker that died left; ends when nothing is due.

    Exit code 1 when a file could not be read.
    """
    from corpus.work.job import JobState
    from corpus.work.worker import run_jobs

    jobs, shelf = _jobs()
    ended: dict[str, Job] = {}

    def told(job: Job) -> None:
        ended[job.id] = job
        waiting = jobs.counts()[JobState.WAITING.value]
        progress("reading", len(ended), len(ended) + waiting)

    with progress_bar(quiet=as_json) as progress:
        run_jobs(jobs, shelf, told=told)
    _show_jobs(list(ended.values()), as_json)
    if any(job.error for job in ended.values()):
        raise typer.Exit(1)


@jobs_app.command("retry")
def jobs_retry(
    job: Annotated[str | None, typer.Argument(help="Job id; every failed job if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Let failed or cancelled jobs wait again."""
    from corpus.work.job import JobState

    jobs, _ = _jobs()
    chosen = [job] if job else [j.id for j in jobs.all(JobState.FAILED)]
    _show_jobs([jobs.retry(each) for each in chosen], as_json)


@jobs_app.command("cancel")
def jobs_cancel(
    job: Annotated[str, typer.Argument(help="Job id, from `jobs list`.")], as_json: AsJson = False
) -> None:
    """Stop a job before it writes anything."""
    jobs, _ = _jobs()
    _show_jobs([jobs.cancel(job)], as_json)


def _show_jobs(listed: list[Job], as_json: bool) -> None:
    if as_json:
        # Where a file lies is the worker's business.
        print_json([job.model_dump(mode="json", exclude={"path"}) for job in listed])
        return
    rows = [
        [
            job.id,
            job.name,
            "stalled" if job.stalled else job.state.value,
            f"{job.percent} %",
            str(job.attempts),
            job.error or ", ".join(job.documents),
        ]
        for job in listed
    ]
    columns = ["job", "file", "state", "done", "attempts", "error, or documents"]
    print_table(f"{len(rows)} jobs", columns, rows)


@app.command()
def watch(
    folder: Annotated[Path, typer.Argument(help="Folder to keep an eye on.")],
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Take what is there now, then end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring new and changed files of a folder to the shelf, until Ctrl-C.

    With --json, one JSON object a line for each file.
    """
    import json

    from corpus.work.worker import watch as watch_folder

    jobs, shelf = _jobs()

    def told(job: Job) -> None:
        if as_json:
            typer.echo(json.dumps(job.model_dump(mode="json", exclude={"path"})))
        else:
            typer.echo(f"{job.name}: {job.error or ', '.join(job.documents) or job.state.value}")

    rounds = 2 if once else None
    watch_folder(folder, jobs, shelf, actor=actor(), told=told, every=every, rounds=rounds)
