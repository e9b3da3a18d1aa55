"""`advisor bench serve`: it measures a real server, and sees a fault where there is one."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from evals.operations import serving
from evals.operations.serving import ServeReport, ServerFailed, lost_turns


def report_of(**changes: object) -> ServeReport:
    whole = dict.fromkeys(ServeReport.model_fields, 1.0) | {
        "conversations": 1,
        "begun": 1,
        "turns": 1,
        "lost": 0,
        "by_status": {"answered": 1},
        "errors": {},
    }
    return ServeReport.model_validate(whole | changes)


def test_a_report_is_sound_only_without_errors_and_lost_turns() -> None:
    assert report_of().sound
    assert not report_of(turns=0).sound
    assert not report_of(lost=1).sound
    assert not report_of(errors={"unreachable": 1}).sound
    assert "unreachable 3" in serving.render(report_of(errors={"unreachable": 3}))


@pytest.mark.parametrize(
    ("stored", "lost"),
    [(["a", "b"], 0), (["a"], 1), (["b", "a"], 2), (["a", "b", "c"], 1), ([], 2), (None, 2)],
)
def test_turns_that_are_gone_swapped_or_doubled_count_as_lost(
    stored: list[str] | None, lost: int
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/conversations/x"
        if stored is None:
            return httpx.Response(404, json={"code": "unknown-conversation", "message": ""})
        return httpx.Response(200, json={"turns": [{"id": id} for id in stored]})

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://server") as http:
        assert lost_turns(http, {"x": ["a", "b"]}) == lost


@pytest.mark.slow
@pytest.mark.timeout(900)  # an index, a server and turns of five people: slow is not wrong
def test_people_ask_a_real_server_and_every_turn_is_kept(tmp_path: Path) -> None:
    report = serving.run(tmp_path, "hashing", conversations=5, seconds=4)
    assert report.sound
    assert report.turns >= report.begun >= 5
    assert report.turns == sum(report.by_status.values())
    assert report.by_status.get("answered", 0) > report.turns / 2
    assert 0 < report.first_p50 <= report.p50 <= report.p95
    assert report.search > 0
    assert 50 < report.memory_before <= report.memory_peak


@pytest.mark.slow
def test_a_server_that_cannot_start_is_said_to(tmp_path: Path) -> None:
    (tmp_path / "advisor.db").mkdir()
    with pytest.raises(ServerFailed, match=r"serve\.log"), serving.server(tmp_path, "hashing"):
        pass
