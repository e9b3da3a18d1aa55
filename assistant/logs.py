"""Log lines: structured, on standard error, without the words people typed."""

from __future__ import annotations

import logging
import os
import sys


def configure(*, server: bool) -> None:
    """Set up logging once a process.

    Args:
        server: JSON lines from INFO on, for collectors; else readable lines from WARNING on, so
            that a command's own output stands alone. ADVISOR_DEBUG=1 shows everything.
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
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
