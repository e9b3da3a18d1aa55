"""`/v1/evaluations`: suites, runs, comparisons, and items drafted from use; for evaluators."""

from __future__ import annotations

import threading
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.errors import Problem
from assistant.api.evaluating import (
    DraftItem,
    Evaluations,
    RunLine,
    SuiteLine,
    UnknownRun,
    Verdict,
    load,
)
from assistant.api.needs import NeedsAdvisor, NeedsOwner

router = APIRouter(prefix="/v1/evaluations", tags=["evaluate"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (403, 404, 422, 503)
}
_one = threading.Lock()
Name = Annotated[str, Path(max_length=200)]


def evaluations(request: Request, advisor: NeedsAdvisor) -> Evaluations:
    """The evaluation room over this application's advisor, opened on first use."""
    with _one:
        held: Evaluations | None = getattr(request.app.state, "evaluations", None)
        if held is None:
            held = load(advisor)
            request.app.state.evaluations = held
        return held


NeedsEvaluations = Annotated[Evaluations, Depends(evaluations)]


class NewRun(BaseModel):
    """A suite to put to this assistant."""

    model_config = ConfigDict(extra="forbid")

    suite: str = Field(max_length=120, examples=["smoke"])
    name: str = Field(default="", max_length=120, description="Of one to go on with.")
    languages: list[Literal["ar", "en", "es", "fr", "ru", "zh"]] = Field(
        default_factory=list, description="Only questions in these; none: all."
    )


class Begun(BaseModel):
    """The run's name."""

    name: str


class Decision(BaseModel):
    """What becomes of a draft; the clauses that answer, where it is accepted."""

    model_config = ConfigDict(extra="forbid")

    accept: bool
    gold: list[str] = Field(
        default_factory=list, max_length=50, examples=[["pp-res-205@2018#resolves.2"]]
    )


@router.get("/suites", responses=_REFUSALS, summary="What can be run")
def suites(held: NeedsEvaluations) -> list[SuiteLine]:
    """Shipped suites, and this installation's own."""
    return held.suites()


@router.get("/runs", responses=_REFUSALS, summary="Runs, newest first")
def runs(held: NeedsEvaluations) -> list[RunLine]:
    """Those made at the command line too."""
    return held.runs()


@router.post("/runs", responses=_REFUSALS, status_code=202, summary="Begin a run")
def start(held: NeedsEvaluations, owner: NeedsOwner, wanted: NewRun) -> Begun:
    """In the background; one at a time."""
    name = held.start(wanted.suite, name=wanted.name, languages=tuple(wanted.languages), by=owner)
    return Begun(name=name)


@router.post("/runs/{name}/stop", responses=_REFUSALS, status_code=204, summary="Stop it")
def stop(held: NeedsEvaluations, name: Name) -> None:
    """After the question at hand; it can be resumed."""
    held.stop(name)


@router.get(
    "/runs/{name}/{file}",
    responses={**_REFUSALS, 200: {"content": {"text/csv": {}, "application/json": {}}}},
    response_class=Response,
    summary="A run's figures as JSON, its items as CSV",
)
def file(
    held: NeedsEvaluations, name: Name, file: Literal["items.csv", "summary.json"]
) -> Response:
    """To download."""
    kind = "text/csv; charset=utf-8" if file.endswith("csv") else "application/json"
    stem = "".join(c for c in name if c.isalnum() or c in "-_.")
    return Response(
        held.file(name, file),
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{stem}-{file}"'},
    )


@router.get("/comparisons", responses=_REFUSALS, summary="Is run B better than run A?")
def comparison(
    held: NeedsEvaluations,
    a: Annotated[str, Query(max_length=200)],
    b: Annotated[str, Query(max_length=200)],
) -> list[Verdict]:
    """Paired bootstrap intervals and a plain verdict, figure by figure."""
    return held.compare(a, b)


@router.get("/drafts", responses=_REFUSALS, summary="Items drafted from use")
def drafts(held: NeedsEvaluations) -> list[DraftItem]:
    """From answers that readers called unhelpful or corrected; personal data removed."""
    return held.drafts()


@router.post("/drafts/{turn}", responses=_REFUSALS, summary="Accept or reject one")
def decide(held: NeedsEvaluations, owner: NeedsOwner, turn: Name, decision: Decision) -> DraftItem:
    """Accepted ones are a suite to download; a later decision replaces an earlier one."""
    return held.decide(turn, decision.accept, gold=tuple(decision.gold), by=owner)


@router.get(
    "/drafts.yaml",
    responses={**_REFUSALS, 200: {"content": {"application/yaml": {}}}},
    response_class=Response,
    summary="The accepted drafts as a suite",
)
def accepted(held: NeedsEvaluations) -> Response:
    """YAML, for an author to finish."""
    return Response(
        held.accepted(),
        media_type="application/yaml",
        headers={"Content-Disposition": 'attachment; filename="from-use.yaml"'},
    )


__all__ = ["NeedsEvaluations", "UnknownRun", "router"]
