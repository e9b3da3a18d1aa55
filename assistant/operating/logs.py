"""Log lines: structured, on standard error, without the words people typed."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO, cast

_PLACES = 40
"""Lines of a traceback that are logged, the innermost."""


class _Errors:
    """Standard error as it is when a line is written: loggers outlive a stream that was put in its
    place for a while, as runners of commands do."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def where(error: BaseException) -> list[str]:
    """The places an error came through, outermost first: module, line and function.

    No message and no value: what people wrote may stand in either. A cause comes after its effect.
    """
    places: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(places) < _PLACES:
        for frame in traceback.extract_tb(cause.__traceback__):
            parts = Path(frame.filename).parts[-3:]
            places.append(f"{'/'.join(parts)}:{frame.lineno} {frame.name}")
        cause = cause.__cause__
    return places[-_PLACES:]


def _only_places(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Of an exception its kind and where it came through, for structlog's processors."""
    told = event.pop("exc_info", None)
    error = sys.exc_info()[1] if told is True else told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["where"] = where(error)
    return event


def configure(*, server: bool) -> None:
    """Set up logging once a process.

    Args:
        server: JSON lines from INFO on, for collectors; else readable lines from WARNING on, so
            that a command's own output stands alone. ADVISOR_DEBUG=1 shows everything, the words
            of errors too, which may be somebody's.
    """
    import structlog

    debug = bool(os.environ.get("ADVISOR_DEBUG"))
    level = logging.DEBUG if debug else logging.INFO if server else logging.WARNING
    last = structlog.processors.JSONRenderer() if server else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if debug else _only_places,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Errors())),
        cache_logger_on_first_use=True,
    )
