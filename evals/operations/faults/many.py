"""Faults of a deployment: servers behind nginx, a Chroma server, PostgreSQL."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.operating import workspace
from assistant.operating.replicas import shipping
from assistant.settings import Settings
from corpus.shelf.register import State
from corpus.work.leases import Leases
from evals.operations.cluster import Cluster
from evals.operations.faults.disks import Clock
from evals.operations.faults.finding import Fault
from evals.operations.faults.people import People, doctor
from indexing.building.chroma_server import ANSWER_SECONDS
from indexing.building.status import index_status
from indexing.errors import IndexTrouble

_DAY = 86_400
_WHOLE = ("answered", "partly_answered", "not_in_documents")


SERVERS = 3


def run(folder: Path, model: str) -> Iterator[Fault]:
    """Each fault, one after another, on one deployment of SERVERS servers.

    Raises:
        NotInstalled, DidNotStart: see `Cluster`.
    """
    clock = Clock(folder / "clock")
    cluster = Cluster(folder, servers=SERVERS, model=model, first=clock.environment)
    with cluster:
        deployment = Deployment(cluster)
        yield from deployment.clock_jumps(clock)
        yield from deployment.parts_killed()


class Deployment:
    """A cluster that runs, to break: whatever is killed is there again after each fault."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.doctor_environment = {
            **cluster.environment,
            "ADVISOR_DATA_DIR": str(cluster.folder / "home-tools"),
        }

    def parts_killed(self) -> Iterator[Fault]:
        """kill -9 of every part, one after another."""
        yield self.chroma_down()
        yield self.chroma_hangs()
        yield self.database_down()
        yield self.worker_killed()
        yield self.server_killed()

    def clock_jumps(self, clock: Clock) -> Iterator[Fault]:
        """The clock of the first host, which is `clock`, is set a day ahead, then a day back."""
        for seconds, name in ((_DAY, "a day ahead"), (-_DAY, "a day back")):
            title = f"clock of one host set {name}"
            people = People(self.cluster.urls())
            with people.asking():
                time.sleep(1)
                clock.set(seconds)
                time.sleep(4)
                said = doctor({**self.doctor_environment, **clock.environment}, "clock")
            clock.set(0)
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

    def chroma_hangs(self) -> Fault:
        """Chroma keeps its connections and says nothing: after some seconds as if it were down."""
        people = People(self.cluster.urls())
        os.killpg(self.cluster.chroma.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            with people.asking():
                time.sleep(1)
            waited = time.monotonic() - began
            said = doctor(self.doctor_environment, "chroma server")
        finally:
            os.killpg(self.cluster.chroma.pid, signal.SIGCONT)
        found = self._found(
            "Chroma server hangs (SIGSTOP)", people, "by itself, when Chroma goes on", said
        )
        # Who waits longer than the client gives up after was kept by something else.
        late = waited > 2 * ANSWER_SECONDS + 15
        return found.model_copy(update={"untyped": found.untyped + late})

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
        """kill -9 of one of the servers behind the proxy: the others answer."""
        people = People([self.cluster.url])
        with people.asking():
            time.sleep(0.5)
            self.cluster.servers[0].kill()
            time.sleep(7)
            said = doctor(self.doctor_environment, "servers")
            time.sleep(1)
        found = self._found(
            "one server killed with -9",
            people,
            "by itself: the proxy asks the others",
            said or "nothing: the others serve",
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
