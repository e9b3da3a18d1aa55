"""Faults of a deployment: servers behind nginx, a Chroma server, PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant import workspace
from assistant.replicas import shipping
from assistant.settings import Settings
from corpus.leases import Leases
from corpus.shelf import State
from evals.cluster import Cluster
from evals.faults.disks import Clock
from evals.faults.finding import Fault
from evals.faults.people import People, doctor
from indexing.errors import IndexTrouble
from indexing.status import index_status

_DAY = 86_400
_WHOLE = ("answered", "partly_answered", "not_in_documents")


class Deployment:
    """A cluster to break."""

    def __init__(self, folder: Path, model: str) -> None:
        self.clock = Clock(folder / "clock")
        self.cluster = Cluster(folder, servers=2, model=model, first=self.clock.environment)

    def run(self) -> Iterator[Fault]:
        """Each fault, one after another, on the same deployment."""
        with self.cluster:
            self.doctor_environment = {
                **self.cluster.environment,
                "ADVISOR_DATA_DIR": str(self.cluster.folder / "home-tools"),
            }
            yield from self.clock_jumps()
            yield self.chroma_down()
            yield self.database_down()
            yield self.worker_killed()
            yield self.server_killed()

    def clock_jumps(self) -> Iterator[Fault]:
        """The clock of one of the hosts is set a day ahead, then a day back."""
        for seconds, name in ((_DAY, "a day ahead"), (-_DAY, "a day back")):
            title = f"clock of one host set {name}"
            people = People(self.cluster.urls())
            with people.asking():
                time.sleep(1)
                self.clock.set(seconds)
                time.sleep(4)
                said = doctor({**self.doctor_environment, **self.clock.environment}, "clock")
            self.clock.set(0)
            yield self._found(title, people, "by itself, when the clock is set right", said)

    def chroma_down(self) -> Fault:
        """kill -9 of Chroma: answers go on by words alone and say so."""
        people = People(self.cluster.urls())
        with people.asking():
            time.sleep(0.5)
            self.cluster.chroma.kill()
            time.sleep(3)
            said = doctor(self.doctor_environment, "chroma server")
        self.cluster.chroma.start()
        return self._found(
            "Chroma server killed with -9", people, "by itself, when Chroma is back", said
        )

    def database_down(self) -> Fault:
        """kill -9 of PostgreSQL, and back."""
        assert self.cluster.postgres is not None
        people = People(self.cluster.urls())
        with people.asking():
            time.sleep(1)
            self.cluster.postgres.kill()
            time.sleep(3)
            said = doctor(self.doctor_environment, "database")
        self.cluster.postgres.start()
        return self._found(
            "database killed with -9", people, "by itself, when the database is back", said
        )

    def worker_killed(self) -> Fault:
        """kill -9 of the elected worker while the index is being built; another finishes it."""
        settings = self.cluster.settings()
        leases = Leases(workspace.database(settings))
        shelf = workspace.shelf(settings)
        people = People([self.cluster.url])
        held = leases.held("worker")
        elected = next(
            (s for s in self.cluster.servers if held and held.holder.endswith(f"-{s.pid}")), None
        )
        if elected is None:
            return Fault(name="elected worker killed while it builds", untyped=1)
        with people.asking():
            key = sorted(shelf.live())[0]
            shelf.set_state(key.split(":")[0], State.WITHDRAWN, "faults", "to change the index")
            self._wait(lambda: bool((h := leases.held("worker")) and h.doing), 20)
            elected.kill()
            self._wait(lambda: bool((h := leases.held("worker")) and h.seconds < 10), 12)
            said = doctor(self.doctor_environment, "elected worker") or doctor(
                self.doctor_environment, "servers"
            )
            began = time.monotonic()
            in_step = self._wait(self._in_step, 90)
            healed = round(time.monotonic() - began, 1) if in_step else None
        elected.start()
        found = self._found(
            "elected worker killed with -9 while it builds",
            people,
            "by itself: another is elected and builds",
            said or "nothing: another had taken over by then",
        )
        return found if healed is not None else found.model_copy(update={"healed": None})

    def server_killed(self) -> Fault:
        """kill -9 of one of two servers behind the proxy: the other answers."""
        people = People([self.cluster.url])
        with people.asking():
            time.sleep(0.5)
            self.cluster.servers[0].kill()
            time.sleep(7)
            said = doctor(self.doctor_environment, "servers")
            time.sleep(1)
        found = self._found(
            "one of two servers killed with -9",
            people,
            "by itself: the proxy asks the other",
            said or "nothing: the other serves",
        )
        self.cluster.servers[0].start()
        return found

    def _in_step(self) -> bool:
        settings = self.cluster.settings()
        try:
            return workspace_in_step(settings)
        except IndexTrouble:
            return False

    @staticmethod
    def _wait(true: Callable[[], bool], seconds: float) -> bool:
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if true():
                return True
            time.sleep(0.2)
        return False

    def _found(self, name: str, people: People, heals: str, said: str) -> Fault:
        healed = people.healed(lambda word: word in _WHOLE)
        return Fault(
            name=name,
            seen=dict(people.seen),
            untyped=people.untyped,
            lost=people.lost(),
            healed=healed,
            heals=heals,
            doctor=said.replace(str(self.cluster.folder), ""),
        )


def workspace_in_step(settings: Settings) -> bool:
    """Whether the live version, wherever it was built, holds what is on the shelf."""
    shipping(settings, workspace.database(settings)).follow()
    state = index_status(
        workspace.shelf(settings), workspace.home(settings), chroma_host=settings.chroma_host
    )
    return state.in_step
