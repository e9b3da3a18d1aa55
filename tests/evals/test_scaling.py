"""The scale run's arithmetic: rounds, and a ratio with an interval."""

from __future__ import annotations

from evals.operations.scaling import Load, ScaleReport, _together, ratio_of, render


def load(rate: float, rounds: tuple[float, ...], servers: int = 1) -> Load:
    return Load(
        servers=servers,
        cores=servers,
        conversations=4,
        turns=100,
        seconds=60,
        errors=0,
        rate=rate,
        rounds=rounds,
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


def test_rounds_of_a_deployment_become_one_load() -> None:
    rounds = [load(3.0, (3.0,)), load(5.0, (5.0,))]
    both = _together([rounds[0], rounds[1].model_copy(update={"turns": 200, "errors": 1})])
    assert (both.turns, both.seconds, both.errors, both.rate) == (300, 120, 1, 2.5)
    assert both.rounds == (3.0, 5.0)
    assert both.busy == {"servers": 1.0}


def test_a_slow_minute_meets_both_and_leaves_their_ratio_alone() -> None:
    slow_at_the_end = (4.0, 4.0, 4.0, 1.0)
    ratio = ratio_of(load(6.5, tuple(2 * r for r in slow_at_the_end)), load(3.25, slow_at_the_end))
    assert (ratio.mean, ratio.low, ratio.high) == (2.0, 2.0, 2.0)
