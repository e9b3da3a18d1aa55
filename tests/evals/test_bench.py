"""The evaluation room behind its page: runs in the background, stopped, resumed, compared;
drafts."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.advisor import Advisor
from assistant.api.evaluating import RunBusy, RunLine, UnknownRun, load
from corpus.errors import BadAddress, UnknownAddress
from evals.evaluations import Bench
from evals.suites.suite import load_suite
from tests.assistant.tiny import tiny_advisor, tiny_settings

SUITE = """
title: Lanterns
items:
  - id: A
    question: Which lantern laboratories are supported in every harbour?
    gold: [pp-res-900@2030#resolves.1]
  - id: B
    question: Who lends lanterns to small harbours?
    gold: [pp-res-900@2030#invites-member-states]
  - id: C
    question: ¿Qué laboratorios de linternas se apoyan?
    language: es
    gold: [pp-res-900@2030#resolves.1]
"""


@pytest.fixture
def advisor(tmp_path: Path) -> Advisor:
    advisor = tiny_advisor(tiny_settings(tmp_path))
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "lanterns.yaml").write_text(SUITE, encoding="utf-8")
    return advisor


def ended(bench: Bench, name: str, seconds: float = 60) -> RunLine:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        line = next((one for one in bench.runs() if one.name == name), None)
        if line is not None and line.state != "running" and bench._running is None:
            return line
        time.sleep(0.05)
    raise AssertionError("the run did not end")


def test_the_room_is_found_by_its_entry_point(advisor: Advisor) -> None:
    assert isinstance(load(advisor), Bench)


def test_a_suite_runs_in_the_background_and_two_runs_compare(advisor: Advisor) -> None:
    bench = Bench(advisor)
    assert {"smoke", "lanterns"} <= {suite.name for suite in bench.suites()}
    first = bench.start("lanterns", by="eva")
    line = ended(bench, first)
    assert (line.state, line.done, line.total, line.by) == ("done", 3, 3, "eva")
    assert line.figures
    assert all(0 <= figure.mean <= 1 for figure in line.figures)
    assert "Lanterns" in bench.report(first)
    assert bench.file(first, "items.csv").startswith(b"id,")
    with pytest.raises(UnknownRun):
        bench.file(first, "../run.json")
    second = bench.start("lanterns", name="second", by="eva")
    ended(bench, second)
    verdicts = bench.compare(first, second)
    assert {one.verdict for one in verdicts} == {"no difference shown"}
    assert "second" in bench.side_by_side(first, second)
    assert "second" in bench.history()
    third = bench.start("lanterns", languages=("es",), name="spanish", by="eva")
    assert ended(bench, third).total == 1
    for unknown in ("nothing", "../..", ""):
        with pytest.raises(UnknownRun):
            bench.report(unknown)


@pytest.mark.parametrize("stopped_by", ["the one at it", "another server"])
def test_a_run_is_stopped_after_the_item_at_hand_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped_by: str
) -> None:
    shared = {"files_dir": tmp_path / "files", "database_url": f"sqlite:///{tmp_path / 'db'}"}
    (tmp_path / "files" / "suites").mkdir(parents=True)
    (tmp_path / "files" / "suites" / "lanterns.yaml").write_text(SUITE, encoding="utf-8")
    advisor, elsewhere = (
        tiny_advisor(tiny_settings(tmp_path / home, **shared)) for home in ("one", "two")
    )
    begun, go = threading.Event(), threading.Event()
    asked: list[str] = []
    ask = Advisor.ask

    def slowly(self: Advisor, question: str, **more: Any) -> Any:
        asked.append(question)
        begun.set()
        assert go.wait(30)
        return ask(self, question, **more)

    monkeypatch.setattr(Advisor, "ask", slowly)
    bench = Bench(advisor)
    other = Bench(elsewhere)
    name = bench.start("lanterns", by="eva")
    assert begun.wait(30)
    for one in (bench, other):
        with pytest.raises(RunBusy):
            one.start("lanterns", by="eva")
        with pytest.raises(UnknownRun):
            one.stop("another")
    stopper = bench if stopped_by == "the one at it" else other
    assert [(line.name, line.state) for line in stopper.runs()] == [(name, "running")]
    stopper.stop(name)
    go.set()
    line = ended(bench, name)
    assert (line.state, line.done) == ("stopped", 1)
    assert bench.start("lanterns", name=name, by="eva") == name
    line = ended(bench, name)
    assert (line.state, line.done, line.errors) == ("done", 3, 0)
    assert len(asked) == 3  # nothing was asked twice, nothing was recorded as failed
    assert other.report(name) == bench.report(name)
    with pytest.raises(UnknownRun):
        other.stop(name)


def test_runs_of_an_earlier_version_are_moved_to_where_all_servers_see_them(
    advisor: Advisor, tmp_path: Path
) -> None:
    bench = Bench(advisor)
    name = bench.start("lanterns", by="eva")
    ended(bench, name)
    page = bench.report(name)
    (tmp_path / "files" / "evaluations").rename(tmp_path / "evaluations")
    again = Bench(advisor)
    assert [line.name for line in again.runs()] == [name]
    assert again.report(name) == page


def test_a_correction_becomes_an_item_that_an_evaluator_accepts(
    advisor: Advisor, tmp_path: Path
) -> None:
    bench = Bench(advisor)
    answer = advisor.ask("Which lanterns burn? I am Jane Roe, jane@example.org")
    assert bench.drafts() == []
    advisor.store.give_feedback(answer.id, False, comment="See resolves 1. Call +41 22 730 5111")
    (draft,) = bench.drafts()
    assert draft.decision == ""
    assert "jane" not in f"{draft.questions} {draft.note}".casefold()
    assert "730" not in draft.note
    with pytest.raises(BadAddress):
        bench.decide(answer.id, True, gold=("not an address",), by="eva")
    with pytest.raises(UnknownAddress):
        bench.decide(answer.id, True, gold=("pp-res-900@2030#resolves.99",), by="eva")
    gold = ("pp-res-900@2030#resolves.1",)
    assert bench.decide(answer.id, True, gold=gold, by="eva").decision == "accepted"
    path = tmp_path / "from-use.yaml"
    path.write_text(bench.accepted(), encoding="utf-8")
    (item,) = load_suite(path).items
    assert item.gold == gold
    bench.decide(answer.id, False, by="eva")
    assert bench.drafts()[0].decision == "rejected"
    assert yaml.safe_load(bench.accepted())["items"] == []
    with pytest.raises(UnknownRun):
        bench.decide("f" * 32, True, by="eva")
    advisor.store.delete(answer.conversation)
    assert bench.drafts() == []
