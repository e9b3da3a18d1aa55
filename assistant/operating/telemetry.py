"""OpenTelemetry: a span for each turn and, under it, one for each step of the pipeline (P26).

Off until OTEL_EXPORTER_OTLP_ENDPOINT names a collector and the extra `telemetry` is installed.
Spans carry ids, statuses and counts; never a question, an answer or a person's name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

from corpus.errors import AdvisorError

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

log = structlog.get_logger(__name__)

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_SERVICE = "itu-d-innovation-advisor"


class NoTelemetry(AdvisorError):
    """For the operator: traces are asked for, and what sends them is not installed."""

    code = "no-telemetry"


def configure() -> bool:
    """Send spans to the collector that the environment names; False when it names none.

    Raises:
        NoTelemetry: the extra `telemetry` is not installed.
    """
    if not os.environ.get(ENDPOINT):
        return False
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise NoTelemetry(
            f"{ENDPOINT} is set, but traces cannot be sent: install the extra 'telemetry', "
            "or unset it."
        ) from error
    name = os.environ.get("OTEL_SERVICE_NAME", _SERVICE)
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return True


class TurnTrace:
    """Spans of one turn. Its steps follow one another; a new one ends the one before."""

    def __init__(self, tracer: Tracer, root: Span) -> None:
        self._tracer = tracer
        self._root = root
        self._name: str | None = None
        self._step: Span | None = None

    def step(self, name: str) -> None:
        """A step begins; said again of the one under way, it changes nothing."""
        if name == self._name:
            return
        from opentelemetry.trace import set_span_in_context

        self.end_step()
        # The parent is given, not taken from the thread: a turn goes from one thread to another.
        self._step = self._tracer.start_span(name, context=set_span_in_context(self._root))
        self._name = name

    def end_step(self) -> None:
        """The step under way is over."""
        if self._step is not None:
            self._step.end()
        self._name = self._step = None

    def done(self, **attributes: Any) -> None:
        """Attributes of the whole turn: its status, counts, the language."""
        for key, value in attributes.items():
            self._root.set_attribute(f"advisor.{key}", value)


@contextmanager
def turn(id: str) -> Iterator[TurnTrace]:
    """Spans of the turn with this id; costs next to nothing where no traces are sent."""
    from opentelemetry import trace
    from opentelemetry.trace import StatusCode

    tracer = trace.get_tracer(_SERVICE)
    root = tracer.start_span("turn", attributes={"advisor.turn": id})
    traced = TurnTrace(tracer, root)
    try:
        yield traced
    except Exception as error:
        # The kind only: a message may hold what was typed.
        root.set_status(StatusCode.ERROR, type(error).__name__)
        raise
    finally:
        traced.end_step()
        root.end()
