"""Librarians add documents and withdraw them (P10); the gate lets nobody else through."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, BackgroundTasks, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOwner, NeedsPeople
from assistant.operating import workspace
from assistant.operating.intake import safe_name
from assistant.people.audit import Action
from assistant.settings import Settings
from corpus.database import storable
from corpus.errors import AdvisorError, ReadError
from corpus.shelf.adding import FileOutcome, add_files
from corpus.shelf.register import State

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/documents", tags=["library"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (403, 404, 413, 422, 503)
}
_WEB = r"^https?://[^\s<>\"]+$"
_TRIES = 5


class Unreadable(ReadError):
    """What the reader said of the file, under the reader's own code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Why(BaseModel):
    """Why a document is withdrawn or restored; shows in its history."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=500, examples=["Replaced by the 2026 edition"])


@router.post("", responses=_REFUSALS, status_code=201, summary="Add a document (librarians)")
def upload(
    advisor: NeedsAdvisor,
    owner: NeedsOwner,
    people: NeedsPeople,
    later: BackgroundTasks,
    file: UploadFile,
    url: Annotated[
        str | None, Form(pattern=_WEB, max_length=1000, description="Where it came from.")
    ] = None,
    replace: Annotated[
        bool, Form(description="A digest may replace the one that has its id already.")
    ] = False,
) -> FileOutcome:
    """Read by its bytes, whatever it is called; who added it, its SHA-256 and `url` are recorded.

    It can be read at once and is found by questions when the index is in step, soon after.
    """
    folder = Path(tempfile.mkdtemp(dir=workspace.home(advisor.settings), prefix="upload-"))
    try:
        path = folder / safe_name(file.filename)
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        (outcome,) = add_files(advisor.shelf, [path], actor=owner, url=url, replace=replace).files
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if outcome.error is not None:
        raise Unreadable(outcome.code or ReadError.code, outcome.error)
    if outcome.added or outcome.replaced:
        for key in outcome.documents:
            people.audit.record(owner, Action.UPLOADED, key)
        later.add_task(_sync, advisor.settings)
    return outcome


@router.post("/{document}/withdraw", responses=_REFUSALS, summary="Withdraw it (librarians)")
def withdraw(
    advisor: NeedsAdvisor, owner: NeedsOwner, people: NeedsPeople, document: str, why: Why
) -> list[str]:
    """It is answered from no more, from the next question on; returns its keys."""
    keys = advisor.shelf.set_state(document, State.WITHDRAWN, owner, storable(why.reason))
    for key in keys:
        people.audit.record(owner, Action.WITHDRAWN, key)
    return keys


@router.post("/{document}/restore", responses=_REFUSALS, summary="Take it back in (librarians)")
def restore(
    advisor: NeedsAdvisor,
    owner: NeedsOwner,
    people: NeedsPeople,
    later: BackgroundTasks,
    document: str,
    why: Why,
) -> list[str]:
    """It may be answered from again; returns its keys."""
    keys = advisor.shelf.set_state(document, State.ACTIVE, owner, storable(why.reason))
    for key in keys:
        people.audit.record(owner, Action.RESTORED, key)
    later.add_task(_sync, advisor.settings)
    return keys


def _sync(settings: Settings) -> None:
    """Bring the index in step; one that is under way may have begun too early, so wait for it."""
    if settings.shared:
        return  # the elected worker sees the change within a second
    for attempt in range(1, _TRIES + 1):
        try:
            workspace.sync_index(settings)
            return
        except AdvisorError as error:
            log.warning("index not in step", code=error.code, attempt=attempt)
            time.sleep(2.0 * attempt)
