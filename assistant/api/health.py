"""`/healthz` (the process lives), `/readyz` (it can answer), `/metrics`."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from assistant.api.errors import Problem, problem
from assistant.api.metrics import REGISTRY
from assistant.api.needs import NeedsOpening
from corpus.errors import AdvisorError

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process lives")
async def healthz() -> dict[str, str]:
    """Answers at once, also while models load."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: {"model": Problem}}, summary="It can answer questions")
async def readyz(opening: NeedsOpening) -> JSONResponse:
    """200 when questions can be answered; else 503 with what is missing."""
    try:
        opening.advisor()
    except AdvisorError as error:
        return problem(503, error.code, error.message, **{"Retry-After": "3"})
    return JSONResponse({"status": "ready"})


@router.get("/metrics", summary="Prometheus metrics")
def metrics() -> Response:
    """Counters by answer status and error code, seconds by step."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
