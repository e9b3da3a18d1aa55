"""Runs over time: one plot a suite and system, as a page that opens offline."""

from __future__ import annotations

from pathlib import Path

from corpus.documents import Frozen
from evals.suites.comparing import Interval, interval
from evals.suites.figures import NAMES
from evals.suites.running import BadRun, Run, load_run

FIGURES = ("status_right", "citation_precision", "citation_recall", "vital", "evidence_recall_5")
"""What is followed over time; the rest is in each run's report."""


class Point(Frozen):
    """One run: its figures with intervals."""

    run: str
    started: str
    items: int
    suite_hash: str
    figures: dict[str, Interval]


class Series(Frozen):
    """The runs of one suite by one system, oldest first.

    `breaks` are places (from 1) of runs whose suite differs from the run before: figures
    on the two sides do not compare.
    """

    suite: str
    system: str
    points: tuple[Point, ...]
    breaks: tuple[int, ...]


def collect(folder: Path) -> list[Series]:
    """Every readable run below `folder`, grouped; a directory that is no run is passed over."""
    groups: dict[tuple[str, str], list[Point]] = {}
    for path in sorted(folder.glob("*/run.json")):
        try:
            run = load_run(path.parent)
        except BadRun:
            continue
        if run.results:
            key = (run.title, str(run.system.get("system", "")))
            groups.setdefault(key, []).append(_point(run))
    series = []
    for (suite, system), found in sorted(groups.items()):
        points = sorted(found, key=lambda point: (point.started, point.run))
        hashes = [point.suite_hash for point in points]
        breaks = [n for n in range(1, len(points)) if hashes[n] != hashes[n - 1]]
        series.append(
            Series(suite=suite, system=system, points=tuple(points), breaks=tuple(breaks))
        )
    return series


def _point(run: Run) -> Point:
    figures = {
        figure: interval(list(values.values()))
        for figure in FIGURES
        if (values := run.values(figure))
    }
    items = len({result.item.id for result in run.results})
    return Point(
        run=run.name,
        started=run.started,
        items=items,
        suite_hash=run.suite_hash,
        figures=figures,
    )


def as_html(series: list[Series]) -> str:
    """The page; names from runs are escaped."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("evals.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("history.html.jinja").render(
        series=series, names=NAMES, figures=FIGURES
    )
