"""Typed errors -> HTTP: `{code, message}` and a status, never a traceback."""

from __future__ import annotations

import secrets

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from assistant.operating.logs import where
from corpus.errors import AdvisorError

log = structlog.get_logger(__name__)

STATUS_BY_CODE = {
    "unknown-address": 404,
    "held-back": 404,
    "unknown-conversation": 404,
    "unknown-turn": 404,
    "unknown-share": 404,
    "unknown-draft": 404,
    "unknown-review": 404,
    "unknown-invitation": 404,
    "unknown-job": 404,
    "unknown-user": 404,
    "unknown-key": 404,
    "unknown-session": 404,
    "unknown-feedback": 404,
    "name-taken": 409,
    "id-taken": 409,
    "last-admin": 409,
    "sign-in-refused": 403,
    "locked-out": 429,
    "no-page-picture": 404,
    "not-allowed": 403,
    "too-large": 413,
    "too-many-requests": 429,
    "switched-off": 503,
    "starting": 503,
    "cannot-print": 503,
    "no-index": 503,
    "missing-index": 503,
    "foreign-index": 503,
    "index-missing": 503,
    "index-mismatch": 503,
    "index-busy": 503,
    "index-locked": 503,
    "unusable-data-directory": 503,
}
"""By `AdvisorError.code`; a code that is not here is the asker's to mend: 422."""


class Problem(BaseModel):
    """What every refusal looks like."""

    code: str = Field(examples=["unknown-address"])
    message: str = Field(examples=["No document 'pp-res-999@2018' is on the shelf."])


def http_status(code: str) -> int:
    """HTTP status of an error code; index and start-up troubles are the server's (503)."""
    if code not in STATUS_BY_CODE and any(
        word in code for word in ("index", "model", "embedder", "store-", "chroma")
    ):
        return 503
    return STATUS_BY_CODE.get(code, 422)


def problem(status: int, code: str, message: str, **headers: str) -> JSONResponse:
    """The response for a refusal."""
    return JSONResponse({"code": code, "message": message}, status, headers=headers or None)


def told(request: Request, status: int, code: str, message: str, **headers: str) -> Response:
    """A refusal: to a person at a browser a page in their language, to a program a Problem."""
    person = request.scope.get("state", {}).get("person")
    path = request.url.path.removeprefix(str(request.scope.get("root_path", "")))
    page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if person is None or not page or path.startswith("/v1/"):
        return problem(status, code, message, **headers)
    from assistant.ui.site import refused  # the screens are above the API

    return refused(request.scope, person, status, code, message)


async def nothing(_: Request) -> Response:
    """Stands where no route is, so that the chat mounted at `/` does not answer in its own way."""
    raise HTTPException(404)


def _route(request: Request) -> str:
    """Template of the route that was asked for; a path itself may hold tokens and names."""
    return str(getattr(request.scope.get("route"), "path", "unknown"))


def install(app: FastAPI) -> None:
    """Teach `app` to answer every error as a Problem."""

    @app.exception_handler(AdvisorError)
    async def _advisor(_: Request, error: AdvisorError) -> JSONResponse:
        return problem(http_status(error.code), error.code, error.message)

    @app.exception_handler(RequestValidationError)
    async def _input(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
        return told(request, 422, "bad-request", f"{where}: {first['msg']}")

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        names = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
        return told(
            request,
            error.status_code,
            names.get(error.status_code, "bad-request"),
            str(error.detail),
            **(error.headers or {}),
        )

    @app.exception_handler(UnicodeEncodeError)
    async def _half_a_letter(_: Request, error: UnicodeEncodeError) -> JSONResponse:
        # JSON may escape half of a surrogate pair, which no database and no reply can hold.
        said = "The text holds half of a character (a lone surrogate). Send it as UTF-8."
        return problem(422, "bad-text", said)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> Response:
        if isinstance(error, AdvisorError):  # raised by the gate, which no other handler sees
            return problem(http_status(error.code), error.code, error.message)
        number = secrets.token_hex(4)
        log.error(
            "request failed",
            route=_route(request),
            error=type(error).__name__,
            number=number,
            where=where(error),
        )
        message = (
            "Something went wrong on the server; it was logged. Try again, or give your "
            f"administrator the number {number}."
        )
        return told(request, 500, "failed", message)
