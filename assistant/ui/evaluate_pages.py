"""Evaluate: suites, runs, comparisons, history, and items drafted from use; for evaluators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from assistant.api.evaluating import Evaluations
from assistant.api.evaluations import NeedsEvaluations
from assistant.people.roles import Role
from assistant.ui.markup import render
from assistant.ui.site import PageRoute, language_of, needs, page, root_of

router = APIRouter(
    prefix="/pages/evaluate",
    include_in_schema=False,
    route_class=PageRoute,
    dependencies=[needs(Role.EVALUATOR)],
)
_SIGNS = {"running": "▶", "done": "✓", "stopped": "⏸", "failed": "✕"}
_VERDICT_SIGNS = {"better": "▲", "worse": "▼", "no difference shown": "≈"}


@router.get("")
def evaluate(request: Request, held: NeedsEvaluations) -> Response:
    """Begin a run, what was run, and what use suggests."""
    drafts = held.drafts()
    return page(
        request,
        "evaluate.html",
        "evaluate",
        "evaluate",
        suites=held.suites(),
        runs=_runs(held, language_of(request), root_of(request)),
        open_drafts=[one for one in drafts if not one.decision],
        decided=[one for one in drafts if one.decision],
    )


@router.get("/runs")
def runs(request: Request, held: NeedsEvaluations) -> Response:
    """The part of the page that is drawn again while a run is under way."""
    return HTMLResponse(_runs(held, language_of(request), root_of(request)))


def _runs(held: Evaluations, language: str, root: str) -> str:
    lines = held.runs()
    columns = next((line.figures for line in lines if line.figures), ())
    return render("runs.html", language, root=root, lines=lines, columns=columns, signs=_SIGNS)


@router.get("/compare")
def compare(
    request: Request,
    held: NeedsEvaluations,
    a: Annotated[str, Query(max_length=200)] = "",
    b: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Is B better than A? Paired, with a plain verdict."""
    lines = [line for line in held.runs() if line.state in ("done", "stopped")]
    verdicts = held.compare(a, b) if a and b else None
    return page(
        request,
        "compare_runs.html",
        "compare-runs",
        "evaluate",
        lines=lines,
        a=a,
        b=b,
        verdicts=verdicts,
        signs=_VERDICT_SIGNS,
    )


# The room's own pages: self-contained, English, made to be kept and sent.


@router.get("/report/{name}")
def report(held: NeedsEvaluations, name: Annotated[str, Path(max_length=200)]) -> Response:
    """A run's report."""
    return HTMLResponse(held.report(name))


@router.get("/side-by-side")
def side_by_side(
    held: NeedsEvaluations,
    a: Annotated[str, Query(max_length=200)],
    b: Annotated[str, Query(max_length=200)],
) -> Response:
    """What flipped between two runs, both answers beside each other."""
    return HTMLResponse(held.side_by_side(a, b))


@router.get("/history")
def history(held: NeedsEvaluations) -> Response:
    """Runs over time."""
    return HTMLResponse(held.history())
