"""P26: a span for each turn and each step, with no word that anybody typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from assistant.operating import telemetry
from assistant.pipeline import STEPS
from tests.assistant.tiny import tiny_advisor, tiny_settings


def test_p26_a_turn_is_traced_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    answer = tiny_advisor(tiny_settings(tmp_path)).ask("Who must lend lanterns to small harbours?")
    spans = kept.get_finished_spans()
    (root,) = [span for span in spans if span.name == "turn"]
    steps = [span for span in spans if span.name != "turn"]
    assert [s.name for s in steps] == [name for name, _ in STEPS]
    assert root.context is not None
    assert {s.parent and s.parent.span_id for s in steps} == {root.context.span_id}
    assert root.attributes is not None
    assert root.attributes["advisor.turn"] == answer.id
    assert root.attributes["advisor.status"] == answer.status.value
    assert "antern" not in "".join(span.to_json() for span in spans)


def test_without_a_collector_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(telemetry.ENDPOINT, raising=False)
    assert telemetry.configure() is False
