"""`/v1/jobs`: files on their way to the shelf, with progress and errors; for librarians (P24)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Form, Query, Request, UploadFile
from pydantic import BaseModel

from assistant.api.errors import Problem
from assistant.api.needs import NeedsOwner
from assistant.operating.intake import Indexing, Intake
from corpus.work.job import Job, JobState

router = APIRouter(prefix="/v1/jobs", tags=["library"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (403, 404, 413, 422, 503)
}
_WEB = r"^https?://[^\s<>\"]+$"


def intake(request: Request) -> Intake:
    """The intake of this application, made on first use."""
    return _of(request.app)


def _of(app: FastAPI) -> Intake:
    held = getattr(app.state, "intake", None)
    if not isinstance(held, Intake):
        held = Intake(app.state.opening.settings)
        app.state.intake = held
    return held


def resume(app: FastAPI) -> None:
    """When serving starts: go on with what waits."""
    _of(app).resume()


def close(app: FastAPI) -> None:
    """When serving ends: begin nothing more."""
    if isinstance(getattr(app.state, "intake", None), Intake):
        app.state.intake.close()


NeedsIntake = Annotated[Intake, Depends(intake)]


class JobView(BaseModel):
    """A file on its way to the shelf.

    Attributes:
        state: waiting, running, done, failed or cancelled.
        percent: 100 only when it is on the shelf.
        code, error: of the last attempt that failed, in words.
        documents: ids on the shelf from it.
    """

    id: str
    name: str
    actor: str
    url: str | None
    state: JobState
    stage: str
    percent: int
    attempts: int
    code: str | None
    error: str | None
    documents: tuple[str, ...]
    stalled: bool
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, job: Job) -> JobView:
        """Without where the file lies, which is the worker's business."""
        return cls(**job.model_dump(include=set(cls.model_fields)))


class JobsView(BaseModel):
    """Jobs, newest first; how many there are in each state; how far the index is."""

    jobs: list[JobView]
    counts: dict[str, int]
    indexing: Indexing


@router.post("", responses=_REFUSALS, status_code=202, summary="Send a file to be added")
def send(
    held: NeedsIntake,
    owner: NeedsOwner,
    file: UploadFile,
    url: Annotated[
        str | None, Form(pattern=_WEB, max_length=1000, description="Where it came from.")
    ] = None,
) -> JobView:
    """Read by its bytes in the background; ask for its job to see how far it is."""
    return JobView.of(held.accept(file.filename, file.file, owner, url))


@router.get("", responses=_REFUSALS, summary="Files on their way to the shelf")
def jobs(held: NeedsIntake, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> JobsView:
    """Everyone's; the shelf is kept in common."""
    listed = held.jobs.all()
    return JobsView(
        jobs=[JobView.of(job) for job in reversed(listed[-limit:])],
        counts=held.jobs.counts(),
        indexing=held.indexing,
    )


@router.get("/{id}", responses=_REFUSALS, summary="One of them")
def job(held: NeedsIntake, id: str) -> JobView:
    """State, percentage, and what went wrong."""
    return JobView.of(held.jobs.get(id))


@router.post("/{id}/cancel", responses=_REFUSALS, summary="Stop it before anything is written")
def cancel(held: NeedsIntake, id: str) -> JobView:
    """What is on the shelf already stays."""
    return JobView.of(held.cancel(id))


@router.post("/{id}/retry", responses=_REFUSALS, summary="Try a failed or cancelled one again")
def retry(held: NeedsIntake, id: str) -> JobView:
    """With all its attempts."""
    return JobView.of(held.retry(id))
