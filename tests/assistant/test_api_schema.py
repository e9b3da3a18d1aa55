"""Schemathesis asks whatever the OpenAPI schema allows of every operation: nothing breaks (no 5xx).

Its own pytest plugin does not know this pytest yet, so operations are walked here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from assistant.api.keys import new_key
from assistant.ui.app import create_app
from tests.assistant.tiny import tiny_advisor, tiny_settings

pytestmark = pytest.mark.slow

KEY, LINE = new_key("examiner")
HEADERS = {"Authorization": f"Bearer {KEY}", "Host": "127.0.0.1"}
SWITCHES = "/v1/admin/switches/{face}"
"""Whoever turns a face off is told 503 from then on, which is right: it is asked by itself."""

FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def schema_of(home: Path) -> Any:
    """The schema of a server where the examiner, an administrator, may do everything."""
    wanted = tiny_settings(
        home, api_keys=f"{LINE}:admin", questions_per_minute=0, questions_at_once=0
    )
    app = create_app(wanted, tiny_advisor(wanted), chat=False)
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers=HEADERS)


def operations(schema: Any) -> list[Any]:
    return [each.ok() for each in schema.get_all_operations()]


def broken(operation: Any) -> list[str]:
    """What made `operation` answer 5xx, in words."""
    found: list[str] = []

    @FEW
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        # A busy machine is slow, not wrong: its own 10 seconds passed on reading suites.
        answer = case.call(headers=HEADERS, timeout=60)
        if answer.status_code >= 500:
            found.append(f"{answer.status_code} {case.as_curl_command()}: {answer.text[:300]}")

    ask()
    return found


def test_no_operation_breaks_on_what_the_schema_allows(tmp_path: Path) -> None:
    asked = operations(schema_of(tmp_path).exclude(path=SWITCHES))
    assert len(asked) > 80
    assert {"/v1/ask", "/v1/me", "/v1/admin/users"} <= {each.path for each in asked}
    assert [told for each in asked for told in broken(each)] == []


def test_the_switches_break_on_nothing(tmp_path: Path) -> None:
    [switching] = operations(schema_of(tmp_path).include(path=SWITCHES))
    assert broken(switching) == []
