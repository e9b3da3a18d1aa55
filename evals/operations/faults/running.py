"""`advisor bench faults`: every fault that can be made on this machine, one after another."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from evals.operations.faults.finding import Fault, FaultReport
from evals.operations.faults.many import SERVERS
from evals.operations.faults.many import run as run_deployment
from evals.operations.faults.one import one_machine
from evals.operations.processes import NotInstalled


def run(
    model: str = "hashing",
    kills: int = 3,
    seed: int = 0,
    one: bool = True,
    many: bool = True,
    told: Callable[[Fault], None] | None = None,
) -> FaultReport:
    """Break a system of real processes, and look.

    Args:
        model: embedding model of the servers.
        kills: of the single server, at moments drawn with `seed`.
        one, many: the faults of one machine, those of a deployment.
        told: called with each fault when it is over.
    """
    faults: list[Fault] = []
    parts = []

    def note(fault: Fault) -> None:
        faults.append(fault)
        if told:
            told(fault)

    with tempfile.TemporaryDirectory(prefix="advisor-faults-") as name:
        folder = Path(name)
        if one:
            parts.append("one server on SQLite and embedded Chroma")
            with one_machine(folder / "one", model, kills, seed) as machine:
                for fault in machine.run():
                    note(fault)
        if many:
            try:
                for fault in run_deployment(folder / "many", model):
                    note(fault)
                parts.append(f"{SERVERS} servers behind nginx, PostgreSQL and a Chroma server")
            except NotInstalled as missing:
                note(Fault(name="a deployment of several servers", skipped=missing.message))
    return FaultReport(parts="; then ".join(parts), faults=tuple(faults))
