"""Whatever the OpenAPI schema allows, and much that it does not: never a fault of the server's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import openapi
from schemathesis.generation import GenerationMode

from assistant.api.app import create_app
from tests.assistant.tiny import tiny_advisor, tiny_settings

EXAMPLES = 6
"""Of each operation and mode; the number of operations times this bounds the time."""


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_no_request_breaks_the_server(mode: GenerationMode, tmp_path: Path) -> None:
    """Positive: what the schema allows. Negative: what it does not, which is refused as 4xx."""
    wanted = tiny_settings(
        tmp_path,
        questions_per_minute=0,
        questions_at_once=0,
        embedding_model="hashing",
        hosts="testserver",  # what schemathesis calls an application it holds in its hands
    )
    app = create_app(wanted, tiny_advisor(wanted), chat=False)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.post("/v1/ask", json={"question": "Which lanterns?"}).json()
    real = {"document": "pp-res-900@2030", "address": "pp-res-900@2030#resolves.1"}
    walked: dict[str, list[int]] = {}
    operations: Any = openapi.from_asgi("/openapi.json", app).get_all_operations()
    for found in operations:
        operation = found.ok()
        assert operation is not None, found
        ids = {"id": answer["id" if "/turns/" in operation.path else "conversation"]}
        if mode is GenerationMode.POSITIVE or operation.body or operation.query:
            there = real if operation.method == "delete" else {**real, **ids}
            walked[operation.label] = hammer(operation, mode, there)
    assert len(walked) > 10
    seen = {status for statuses in walked.values() for status in statuses}
    assert 422 in seen
    if mode is GenerationMode.POSITIVE:
        assert {200, 201, 404} <= seen


def hammer(operation: Any, mode: GenerationMode, real: dict[str, str]) -> list[int]:
    """Statuses of made-up requests; every other one is for something that is there (`real`)."""
    statuses: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        if len(statuses) % 2:
            for name in real.keys() & (case.path_parameters or {}).keys():
                case.path_parameters[name] = real[name]
        answer = case.call()
        statuses.append(answer.status_code)
        assert answer.status_code < 500, (case.as_curl_command(), answer.content[:500])
        assert b"Traceback" not in answer.content

    call()
    return statuses
