"""`advisor bench scale`: how many turns a second do one and two servers answer?

The same people ask one and two servers of a deployment (PostgreSQL, a Chroma server, quoting mode),
and one server with everything on one core. People, database and Chroma run on the same machine and
take their part of its cores, which the table shows: on two cores, a second server can only have
what those leave. So two ratios are given: to one server on both cores, and to one server with all
it needs on one core, which is what adding a core with a server brings.

The three take turns of some seconds each, round after round, and each round gives its own ratios:
what changes on the machine in the meantime (others' work, clock rates) then meets all three alike.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from assistant.operating import workspace
from corpus.documents import Frozen
from evals.operations.cluster import Cluster
from evals.operations.serving import Seen, made_questions, percentile, reader
from evals.suites.comparing import RESAMPLES, SEED, Interval

ROUNDS = 6
DEPLOYMENTS = ((1, 1), (1, None), (2, None))
"""Servers that are asked, and cores that everything may use (None: all)."""

_TICKS = os.sysconf("SC_CLK_TCK")


class Load(Frozen):
    """One deployment under load.

    Attributes:
        servers, cores: of it. conversations: people at once.
        turns, seconds, errors: what was answered, in which time; turns that failed.
        rate: turns a second. rounds: the same of each round.
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
    rounds: tuple[float, ...]
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


def run(folder: Path, model: str, conversations: int = 12, seconds: float = 120.0) -> ScaleReport:
    """Measure one server on one core, one on all, two on all, each for so many seconds in all.

    Raises:
        NotInstalled: Chroma or PostgreSQL is not on this machine.
    """
    parts: list[list[Load]] = [[] for _ in DEPLOYMENTS]
    with Cluster(folder, servers=2, model=model, proxy=False, environment=_ALONE) as cluster:
        shelf = workspace.shelf(cluster.settings())
        questions = made_questions(list(shelf.documents(list(shelf.live()))))
        for url in cluster.urls():
            reader(url, questions, 0, time.monotonic() + 2, Seen())
        for number in range(ROUNDS):
            # Each round has its own questions, the same for all three.
            first = number * conversations
            people = range(first, first + conversations)
            for kept, (servers, cores) in zip(parts, DEPLOYMENTS, strict=True):
                with _cores(cluster, cores):
                    kept.append(_load(cluster, questions, servers, people, seconds / ROUNDS))
    single, one, two = loads = tuple(_together(kept) for kept in parts)
    return ScaleReport(
        model=model,
        loads=loads,
        ratio=ratio_of(two, one),
        ratio_to_one_core=ratio_of(two, single),
    )


def ratio_of(a: Load, b: Load) -> Interval:
    """The rate of `a` to that of `b`, with a 95 % percentile bootstrap interval over the rounds.

    Rounds of one run are the items, in pairs, so that the interval says how steady the run was;
    what differs between machines is not in it.
    """
    chance = np.random.default_rng(SEED)
    rounds = min(len(a.rounds), len(b.rounds))
    drawn = chance.integers(0, rounds, (RESAMPLES, rounds))
    ratios = np.asarray(a.rounds)[drawn].mean(axis=1) / np.asarray(b.rounds)[drawn].mean(axis=1)
    low, high = np.percentile(ratios, (2.5, 97.5))
    return Interval(
        mean=round(float(np.mean(a.rounds) / np.mean(b.rounds)), 2),
        low=round(float(low), 2),
        high=round(float(high), 2),
        items=rounds,
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
            f"(95 % over {report.ratio.items} rounds of the run.)",
        ]
    )


def _said(ratio: Interval) -> str:
    return f"{ratio.mean:.2f} [{ratio.low:.2f}, {ratio.high:.2f}]"


_ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ADVISOR_WORKER": "apart"}
"""A server computes on one core, so that servers and not threads of one are compared."""


def _load(
    cluster: Cluster, questions: list[str], servers: int, people: range, seconds: float
) -> Load:
    """One round: the people ask the first `servers` of the cluster for so many seconds."""
    urls = cluster.urls()[:servers]
    seen, began = Seen(), time.monotonic()
    before, until = _used(cluster), began + seconds
    asking = [
        threading.Thread(
            target=reader, args=(urls[number % servers], questions, number, until, seen)
        )
        for number in people
    ]
    for person in asking:
        person.start()
    for person in asking:
        person.join()
    took = time.monotonic() - began
    used = _used(cluster)
    return Load(
        servers=servers,
        cores=len(os.sched_getaffinity(0)),
        conversations=len(people),
        turns=len(seen.whole),
        seconds=took,
        errors=sum(seen.errors.values()),
        rate=len(seen.whole) / took,
        rounds=(round(len(seen.whole) / took, 2),),
        p50=percentile(seen.whole, 50),
        p95=percentile(seen.whole, 95),
        busy={name: (used[name] - before[name]) / took for name in used},
    )


def _together(rounds: list[Load]) -> Load:
    """The rounds of one deployment as one load; percentiles and busy cores are their means."""
    turns, seconds = sum(r.turns for r in rounds), sum(r.seconds for r in rounds)

    def mean(values: list[float]) -> float:
        return round(float(np.mean(values)), 2)

    return rounds[0].model_copy(
        update={
            "turns": turns,
            "seconds": round(seconds, 1),
            "errors": sum(r.errors for r in rounds),
            "rate": round(turns / seconds, 2),
            "rounds": tuple(rate for r in rounds for rate in r.rounds),
            "p50": mean([r.p50 for r in rounds]),
            "p95": mean([r.p95 for r in rounds]),
            "busy": {name: mean([r.busy[name] for r in rounds]) for name in rounds[0].busy},
        }
    )


@contextmanager
def _cores(cluster: Cluster, count: int | None) -> Iterator[None]:
    """This process and all of the cluster run on so many cores; None: on all there are."""
    every = os.sched_getaffinity(0)
    _keep_to(cluster, set(sorted(every)[:count]))
    try:
        yield
    finally:
        _keep_to(cluster, every)


def _keep_to(cluster: Cluster, cores: set[int]) -> None:
    # Each thread has its own; those to come take their parent's.
    os.sched_setaffinity(0, cores)
    for pid in (pid for pids in _parts(cluster).values() for pid in pids):
        for task in Path(f"/proc/{pid}/task").glob("*"):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(task.name), cores)


def _parts(cluster: Cluster) -> dict[str, list[int]]:
    """Processes of the deployment by part, with all that they started."""
    roots = {
        "servers": [server.pid for server in cluster.servers],
        "Chroma": [cluster.chroma.pid],
        "PostgreSQL": [cluster.postgres.pid] if cluster.postgres else [],
    }
    children: dict[int, list[int]] = {}
    for pid, stat in _processes():
        children.setdefault(int(stat[1]), []).append(pid)

    def family(pid: int) -> list[int]:
        return [pid, *(one for child in children.get(pid, []) for one in family(child))]

    return {name: [one for pid in pids for one in family(pid)] for name, pids in roots.items()}


def _used(cluster: Cluster) -> dict[str, float]:
    """Seconds of processor time so far, by part of the deployment."""
    times = {pid: sum(int(n) for n in stat[11:15]) / _TICKS for pid, stat in _processes()}
    used = {
        name: sum(times.get(pid, 0.0) for pid in pids) for name, pids in _parts(cluster).items()
    }
    return used | {"people": time.process_time()}


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Every process with the fields of its /proc/PID/stat from the state on (proc(5))."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            text = stat.read_text(encoding="ascii", errors="replace")
            yield int(stat.parent.name), text.rpartition(")")[2].split()
