"""Prometheus: turns by status, seconds by step, searches that lost an arm (P25, P26)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from assistant.asking.events import CitationReady, ClaimReady, Done, Event, Failure, Progress

REGISTRY = CollectorRegistry()

TURNS = Counter("advisor_turns", "Turns by status of the answer", ["status"], registry=REGISTRY)
ERRORS = Counter(
    "advisor_turn_errors", "Turns that ended in a typed error", ["code"], registry=REGISTRY
)
CANCELLED = Counter("advisor_turns_cancelled", "Turns whose asker left", registry=REGISTRY)
DEGRADED = Counter(
    "advisor_searches_degraded", "Answers for which an arm of the search failed", registry=REGISTRY
)
UNDER_WAY = Gauge("advisor_turns_under_way", "Turns being answered now", registry=REGISTRY)
TURN_SECONDS = Histogram("advisor_turn_seconds", "Whole turns, seconds", registry=REGISTRY)
FIRST_EVENT_SECONDS = Histogram(
    "advisor_first_event_seconds", "Until the first event, seconds", registry=REGISTRY
)
STEP_SECONDS = Histogram(
    "advisor_step_seconds", "Steps of the pipeline, seconds", ["step"], registry=REGISTRY
)


class Measured:
    """One turn as it goes by."""

    def __init__(self) -> None:
        self._began = self._since = time.monotonic()
        self._step: str | None = None
        self._first = True
        self.ended = False

    def see(self, event: Event) -> None:
        """Count one event."""
        now = time.monotonic()
        if self._first:
            FIRST_EVENT_SECONDS.observe(now - self._began)
            self._first = False
        if isinstance(event, ClaimReady | CitationReady):
            return
        if self._step is not None:
            STEP_SECONDS.labels(self._step).observe(now - self._since)
        self._since = now
        self._step = event.step if isinstance(event, Progress) else None
        if isinstance(event, Done):
            TURNS.labels(event.answer.status.value).inc()
            if _degraded(event):
                DEGRADED.inc()
        if isinstance(event, Failure):
            ERRORS.labels(event.code).inc()
        if isinstance(event, Done | Failure):
            TURN_SECONDS.observe(now - self._began)
            self.ended = True


def _degraded(event: Done) -> bool:
    search = event.answer.trace.get("search")
    return isinstance(search, dict) and bool(search.get("degraded"))


@contextmanager
def turn() -> Iterator[Measured]:
    """Measure one turn; one that is left before its end counts as cancelled."""
    measured = Measured()
    UNDER_WAY.inc()
    try:
        yield measured
    finally:
        UNDER_WAY.dec()
        if not measured.ended:
            CANCELLED.inc()
