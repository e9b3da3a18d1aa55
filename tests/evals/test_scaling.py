"""The scale run's arithmetic: windows of the time, and a ratio with an interval."""

from __future__ import annotations

import threading
import time

import pytest

from evals.scaling import WINDOWS, Load, ScaleReport, _windows, ratio_of, render
from evals.serving import Seen


def load(rate: float, windows: tuple[float, ...], servers: int = 1) -> Load:
    return Load(
        servers=servers,
        cores=servers,
        conversations=4,
        turns=100,
        seconds=60,
        errors=0,
        rate=rate,
        windows=windows,
        p50=1,
        p95=2,
        busy={"servers": 1.0},
    )


def test_a_steady_run_gives_a_narrow_interval_and_an_unsteady_one_a_wide_one() -> None:
    one = load(4.0, (4.0,) * 8)
    steady = ratio_of(load(7.0, (7.0,) * 8), one)
    assert (steady.mean, steady.low, steady.high) == (1.75, 1.75, 1.75)
    unsteady = ratio_of(load(7.0, (3.0, 11.0) * 4), one)
    assert unsteady.low < 1.5 < 2.0 < unsteady.high
    assert unsteady.low < unsteady.mean < unsteady.high
    assert ratio_of(one, one).mean == 1.0


def test_the_page_gives_both_ratios_with_their_intervals() -> None:
    loads = (load(4.0, (4.0,) * 8), load(6.0, (6.0,) * 8), load(7.0, (7.0,) * 8, servers=2))
    report = ScaleReport(
        model="hashing",
        loads=loads,
        ratio=ratio_of(loads[2], loads[1]),
        ratio_to_one_core=ratio_of(loads[2], loads[0]),
    )
    assert "all cores: 1.17 [1.17, 1.17]" in render(report)
    assert "to one on one: 1.75 [1.75, 1.75]" in render(report)


def test_windows_count_what_was_answered_in_each() -> None:
    seen, began = Seen(), time.monotonic()
    until = began + 0.8

    def answering() -> None:
        while time.monotonic() < until:
            seen.whole.append(0.0)
            time.sleep(0.01)

    asker = threading.Thread(target=answering)
    asker.start()
    rates = _windows(seen, began, until)
    asker.join()
    assert len(rates) == WINDOWS
    assert sum(rates) / WINDOWS == pytest.approx(len(seen.whole) / 0.8, rel=0.2)
