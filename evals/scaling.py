"""`advisor bench scale`: how many turns a second do one and two servers answer?

The same people ask deployments of one and of two servers (PostgreSQL, a Chroma server, quoting
mode), and of one server with everything on one core. People, database and Chroma run on the same
machine and take their part of its cores, which the table shows: on two cores, a second server can
only have what those leave. So two ratios are given: to one server on both cores, and to one server
with all it needs on one core, which is what adding a core with a server brings.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import workspace
from corpus.documents import Frozen
from evals.cluster import Cluster
from evals.comparing import RESAMPLES, SEED, Interval
from evals.serving import Seen, made_questions, percentile, reader

WINDOWS = 8
_TICKS = os.sysconf("SC_CLK_TCK")


class Load(Frozen):
    """One deployment under load.

    Attributes:
        servers, cores: of it. conversations: people at once.
        turns, seconds, errors: what was answered, in which time; turns that failed.
        rate: turns a second. windows: the same of each part of the time.
        p50, p95: milliseconds to the whole answer.
        busy: cores kept busy by the servers, by Chroma, by PostgreSQL, and by the people.
    """

    servers: int
    cores: int
    conversations: int
    turns: int
    seconds: float
    errors: int
    rate: float
    windows: tuple[float, ...]
    p50: float
    p95: float
    busy: dict[str, float]


class ScaleReport(Frozen):
    """The loads, and how the rate of two servers compares."""

    model: str
    loads: tuple[Load, ...]
    ratio: Interval
    ratio_to_one_core: Interval

    @property
    def sound(self) -> bool:
        """Nothing failed."""
        return not any(load.errors for load in self.loads)


def run(folder: Path, model: str, conversations: int = 24, seconds: float = 60.0) -> ScaleReport:
    """Measure one server on one core, one on all, two on all.

    Raises:
        NotInstalled: Chroma or PostgreSQL is not on this machine.
    """
    loads = []
    for servers, cores in ((1, 1), (1, None), (2, None)):
        place = folder / f"{servers}-{cores}"
        with (
            _cores(cores),
            Cluster(place, servers=servers, model=model, proxy=False, environment=_ALONE) as it,
        ):
            loads.append(_load(it, conversations, seconds))
    single, one, two = loads
    return ScaleReport(
        model=model,
        loads=tuple(loads),
        ratio=ratio_of(two, one),
        ratio_to_one_core=ratio_of(two, single),
    )


def ratio_of(a: Load, b: Load) -> Interval:
    """The rate of `a` to that of `b`, with a 95 % percentile bootstrap interval over the windows.

    Windows of one run are the items, so that the interval says how steady the run was; what differs
    between machines and days is not in it.
    """
    chance = np.random.default_rng(SEED)

    def means(load: Load) -> NDArray[np.float64]:
        rates = np.asarray(load.windows)
        drawn = rates[chance.integers(0, len(rates), (RESAMPLES, len(rates)))]
        return np.asarray(drawn.mean(axis=1), dtype=np.float64)

    low, high = np.percentile(means(a) / means(b), (2.5, 97.5))
    return Interval(
        mean=round(a.rate / b.rate, 2),
        low=round(float(low), 2),
        high=round(float(high), 2),
        items=min(len(a.windows), len(b.windows)),
    )


def render(report: ScaleReport) -> str:
    """The report as a Markdown table."""
    lines = [
        f"Turns a second, quoting, embedder `{report.model}`, "
        f"{report.loads[0].conversations} people at once:",
        "",
        "| servers | cores | turns/s | p50 ms | p95 ms | errors | cores busy |",
        "|---|---|---|---|---|---|---|",
    ]
    for load in report.loads:
        busy = ", ".join(f"{name} {value:.2f}" for name, value in load.busy.items())
        lines.append(
            f"| {load.servers} | {load.cores} | {load.rate:.1f} | {load.p50:.0f} | {load.p95:.0f} "
            f"| {load.errors} | {busy} |"
        )
    return "\n".join(
        [
            *lines,
            "",
            f"Two servers to one, all cores: {_said(report.ratio)}. "
            f"Two servers on two cores to one on one: {_said(report.ratio_to_one_core)}. "
            f"(95 % over {report.ratio.items} windows of the run.)",
        ]
    )


def _said(ratio: Interval) -> str:
    return f"{ratio.mean:.2f} [{ratio.low:.2f}, {ratio.high:.2f}]"


_ALONE = {"OMP_NUM_THREADS": "1", "ADVISOR_WORKER": "apart"}
"""A server computes on one core, so that servers and not threads of one are compared."""


def _load(cluster: Cluster, conversations: int, seconds: float) -> Load:
    shelf = workspace.shelf(cluster.settings())
    questions = made_questions(list(shelf.documents(list(shelf.live()))))
    urls = cluster.urls()
    warm = Seen()
    for number, url in enumerate(urls):
        reader(url, questions, number, time.monotonic() + 2, warm)
    seen, began = Seen(), time.monotonic()
    before, until = _used(cluster), began + seconds
    people = [
        threading.Thread(
            target=reader, args=(urls[number % len(urls)], questions, number, until, seen)
        )
        for number in range(conversations)
    ]
    for person in people:
        person.start()
    windows = _windows(seen, began, until)
    for person in people:
        person.join()
    took = time.monotonic() - began
    used = _used(cluster)
    return Load(
        servers=len(urls),
        cores=len(os.sched_getaffinity(0)),
        conversations=conversations,
        turns=len(seen.whole),
        seconds=round(took, 1),
        errors=sum(seen.errors.values()),
        rate=round(len(seen.whole) / took, 2),
        windows=windows,
        p50=percentile(seen.whole, 50),
        p95=percentile(seen.whole, 95),
        busy={name: round((used[name] - before[name]) / took, 2) for name in used},
    )


def _windows(seen: Seen, began: float, until: float) -> tuple[float, ...]:
    """Turns a second of each of WINDOWS equal parts of the time; returns when it is up."""
    rates, answered, since = [], 0, began
    for number in range(1, WINDOWS + 1):
        time.sleep(max(0.0, began + (until - began) * number / WINDOWS - time.monotonic()))
        moment, now = time.monotonic(), len(seen.whole)
        rates.append(round((now - answered) / (moment - since), 2))
        answered, since = now, moment
    return tuple(rates)


@contextmanager
def _cores(count: int | None) -> Iterator[None]:
    """This process and all it starts run on so many cores; None: on all there are."""
    all_ = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(sorted(all_)[:count]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_)


def _used(cluster: Cluster) -> dict[str, float]:
    """Seconds of processor time so far, by part of the deployment."""
    parts = {
        "servers": [server.pid for server in cluster.servers],
        "Chroma": [cluster.chroma.pid],
        "PostgreSQL": [cluster.postgres.pid] if cluster.postgres else [],
    }
    used = {name: sum(_time(pid) for pid in pids) for name, pids in parts.items()}
    return used | {"people": time.process_time()}


def _time(session: int) -> float:
    """Processor time of every process of a session (a child and all it started)."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            total += sum(int(value) for value in fields[11:15]) / _TICKS
    return total
