"""The operator's benches: the fault run on real processes, its table, and the sizing's
arithmetic."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.operations.faults.finding import (
    BEGIN,
    END,
    Fault,
    FaultReport,
    NoMarks,
    render,
    write_into,
)
from evals.operations.faults.one import one_machine
from evals.operations.search_speed import Speed
from evals.operations.sizing import Measured, Prices, needs
from evals.operations.sizing import render as page

GOOD = Fault(name="good", healed=1.0, doctor="said", seen={"answered": 3}, heals="by itself")


@pytest.mark.parametrize(
    "change", [{"untyped": 1}, {"lost": 1}, {"healed": None}, {"doctor": ""}], ids=str
)
def test_a_fault_that_went_badly_fails_the_run_by_name(change: dict[str, object]) -> None:
    bad = GOOD.model_copy(update={"name": "bad", **change})
    report = FaultReport(parts="x", faults=(GOOD, bad))
    assert not report.sound
    assert "FAILED: bad." in render(report)
    assert FaultReport(parts="x", faults=(GOOD,)).sound


def test_what_could_not_be_tried_is_said_and_is_no_failure() -> None:
    report = FaultReport(parts="x", faults=(Fault(name="disk full", skipped="no disk"),))
    assert report.sound
    assert "Not tried here: disk full, as no disk." in render(report)


def test_the_table_goes_between_its_marks_and_nothing_else_of_the_page_changes(
    tmp_path: Path,
) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n")
    report = FaultReport(parts="x", faults=(GOOD,))
    for _ in range(2):
        write_into(page, report)
        assert page.read_text() == f"above\n{BEGIN}\n\n{render(report)}\n\n{END}\nbelow\n"
    page.write_text("no place")
    with pytest.raises(NoMarks, match="no place for the table"):
        write_into(page, report)
    assert page.read_text() == "no place"


@pytest.mark.slow
@pytest.mark.timeout(900)  # many starts of a program, one after another
def test_real_faults_of_one_machine_are_told_lose_nothing_and_heal(tmp_path: Path) -> None:
    with one_machine(tmp_path / "one", "hashing", kills=1, seed=1) as machine:
        try:
            machine.server.start()
            faults = [machine.killed(), machine.second_server(), machine.disk_full()]
        finally:
            machine.server.stop()
    assert FaultReport(parts="", faults=tuple(faults)).sound, render(
        FaultReport(parts="", faults=tuple(faults))
    )
    assert faults[0].seen["answered"] > 0  # something could have been lost
    if not faults[2].skipped:
        assert faults[2].seen.get("store-full", 0) > 0


def speed(system: str, passages: int, disk: float, memory: float, p95: float) -> Speed:
    return Speed(
        system=system,
        passages=passages,
        build=1,
        disk=disk,
        memory=memory,
        p50=p95,
        p95=p95,
        p50_8=1,
        p95_8=1,
    )


def test_sizes_follow_the_slopes_that_were_measured() -> None:
    rows = []
    for passages in (1000, 11_000):
        for system, per in (
            ("chroma", 3),
            ("bm25s", 1),
            ("ours: both", 6),
            ("ours: vectors", 2),
            ("ours: lexical", 1),
        ):
            grown = per * passages / 1000
            rows.append(speed(system, passages, 50 + grown, 20 + grown, 1 + grown / 1000))
    found = Measured(rows=tuple(rows), server=600, embedded=10, embedder="made-up")
    table = needs(found, Prices())
    million = next(n for n in table if n.passages == 10**6)
    # 6 MB a thousand passages is 6000 MB a million.
    assert million.index_disk == pytest.approx(6000 / 1024)
    assert million.vectors_memory == pytest.approx(2000 / 1024)
    assert million.lexical_ms == pytest.approx(1.0)
    assert million.hours == pytest.approx(10**6 / 10 / 3600)
    assert [n.cost for n in table] == sorted(n.cost for n in table)
    assert table[-1].nodes > table[0].nodes
    dear = needs(found, Prices(memory=30))
    assert all(a.cost > b.cost for a, b in zip(dear, table, strict=True))
    assert "100,000,000" in page(found, Prices())
