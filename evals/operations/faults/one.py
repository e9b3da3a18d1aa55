"""Faults of one machine: one server, SQLite, embedded Chroma, one data directory."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evals.operations import processes
from evals.operations.faults.disks import SmallDisk
from evals.operations.faults.finding import Fault
from evals.operations.faults.people import People, doctor
from evals.operations.faults.slow_chat import silent_endpoint
from evals.operations.processes import ADVISOR, NEUTRAL

_LATE = """---
id: pp-res-990@2030
title: Lighthouses for lending libraries
kind: resolution
body: pp
number: '990'
place: Tallinn
year: 2030
as_of: '2026'
sources:
  acts: https://example.org/acts
---

# Resolution 990 (Tallinn, 2030): Lighthouses for lending libraries

Digest in our own words, not the official text. Each statement ends with its source.

## resolves

- **1** Every lending library by the sea is to keep a lighthouse lit. *(resolves 1; source: acts)*
"""
"""A document that nobody holds yet."""


class OneMachine:
    """One server on a disk of its own."""

    def __init__(self, folder: Path, model: str, kills: int, seed: int) -> None:
        self._model, self._kills, self._chance = model, kills, random.Random(seed)  # noqa: S311
        self.folder = folder
        self.disk = SmallDisk(folder / "disk", 400)
        small = self.disk.mount()
        self.home = (self.disk.place if small else folder) / "home"
        self.port = processes.free_port()
        self.environment = {"ADVISOR_DATA_DIR": str(self.home), "EMBEDDING_MODEL": model}
        # By commands, so that this process keeps nothing of the disk open.
        for words in (("corpus", "starter"), ("index", "sync")):
            environment = {**os.environ, **NEUTRAL, **self.environment}
            subprocess.run([*ADVISOR, *words], env=environment, capture_output=True, check=True)
        self.server = processes.advisor(
            self.home, self.port, folder / "server.log", **self.environment
        )
        self.urls = [f"http://127.0.0.1:{self.port}"]

    def run(self) -> Iterator[Fault]:
        """Each fault, one after another, on the same data."""
        try:
            self.server.start()
            yield self.killed()
            yield self.second_server()
            yield self.disk_full()
            yield self.damaged_index()
            self.server.stop()
            yield self.full_at_start()
            yield self.killed_before_the_sync()
            self.server.stop()
            yield self.read_only()
            yield self.slow_chat()
        finally:
            self.server.stop()
            self.disk.close()

    def killed(self) -> Fault:
        """kill -9 of the server at random moments, while people ask."""
        people, said = People(self.urls), ""
        healed = 0.0
        for _ in range(self._kills):
            with people.asking():
                people.wait_answered()
                time.sleep(self._chance.uniform(0.0, 2.0))
                self.server.kill()
                said = said or self._doctor("server", also="none runs")
                time.sleep(0.3)
            began = time.monotonic()
            self.server.start()
            healed = max(healed, time.monotonic() - began)
        return self._found(
            f"server killed with -9, {self._kills} times",
            people,
            "when the service manager starts it again",
            said,
            healed=round(healed, 1),
        )

    def second_server(self) -> Fault:
        """Another server on the same data directory: refused, the first goes on."""
        people = People(self.urls)
        with people.asking():
            second = subprocess.run(
                [*ADVISOR, "serve", "--port", str(processes.free_port())],
                env={**os.environ, **NEUTRAL, **self.environment},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        refused = second.returncode == 2 and "Another server" in second.stderr
        people.seen["second refused"] += refused
        people.untyped += not refused or "Traceback" in second.stderr
        return self._found(
            "a second server on the same data directory",
            people,
            "nothing to heal: it does not start",
            self._doctor("server"),
        )

    def disk_full(self) -> Fault:
        """Not a byte left where conversations are stored."""
        title = "disk full"
        if not self.disk.mounted:
            return Fault(name=title, skipped="a disk to fill cannot be mounted")
        people = People(self.urls)
        with people.asking():
            time.sleep(0.5)
            with self.disk.full():
                people.wait_seen("store-full")  # on a busy machine nobody may have asked yet
                said = self._doctor("data directory")
        return self._found(title, people, "when there is room", said)

    def full_at_start(self) -> Fault:
        """Not a byte left when a server is started: it says so, and does not start."""
        title = "disk full when it starts"
        if not self.disk.mounted:
            return Fault(name=title, skipped="a disk to fill cannot be mounted")
        people = People(self.urls)
        with self.disk.full():
            refused = subprocess.run(
                [*ADVISOR, "serve", "--port", str(self.port)],
                env={**os.environ, **NEUTRAL, **self.environment},
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            said = self._doctor("data directory")
        told = refused.returncode == 2 and "full" in refused.stderr
        people.seen["start refused"] += told
        people.untyped += not told or "Traceback" in refused.stderr
        self.server.start()
        return self._found(title, people, "when there is room and it is started", said)

    def killed_before_the_sync(self) -> Fault:
        """A document is on the shelf and the process dies before it is indexed: the next start
        indexes it without being asked."""
        people = People(self.urls)
        self.server.stop()
        page = self.folder / "found-late.md"
        page.write_text(_LATE, "utf-8")
        environment = {**os.environ, **NEUTRAL, **self.environment}
        added = [*ADVISOR, "corpus", "add", str(page)]
        done = subprocess.run(added, env=environment, capture_output=True, timeout=120, check=False)
        people.untyped += done.returncode != 0
        said = self._doctor("index")
        self.server.start()
        began, behind = time.monotonic(), True
        while behind and time.monotonic() - began < 120:
            time.sleep(1)
            behind = bool(self._doctor("index"))
        people.untyped += behind
        return self._found(
            "killed between the shelf and the index", people, "by the next start", said
        )

    def damaged_index(self) -> Fault:
        """One byte of the index turned, a file of it cut short, the server started again."""
        people = People(self.urls)
        folder = (
            self.home / "index" / "versions" / (self.home / "index" / "current").read_text().strip()
        )
        with people.asking():
            time.sleep(0.5)
            passages = folder / "passages.sqlite"
            content = bytearray(passages.read_bytes())
            content[len(content) // 2] ^= 255
            passages.write_bytes(content)
            said = self._doctor("index")
            lexical = max((folder / "lexical").iterdir(), key=lambda p: p.stat().st_size)
            self.server.kill()
            os.truncate(lexical, lexical.stat().st_size // 2)
            self.server.start(wait=False)
            time.sleep(12)
        done = subprocess.run(
            [*ADVISOR, "index", "sync"],
            env={**os.environ, **NEUTRAL, **self.environment},
            capture_output=True,
            timeout=300,
            check=False,
        )
        people.untyped += done.returncode != 0
        return self._found("index damaged on disk", people, "advisor index sync", said)

    def read_only(self) -> Fault:
        """The disk can be read only: a server says so and does not start; search goes on."""
        title = "disk read-only"
        if not self.disk.mounted:
            return Fault(name=title, skipped="a disk cannot be mounted")
        people = People(self.urls)
        with self.disk.read_only() as done:
            if not done:
                return Fault(name=title, skipped="the disk is in use")
            for words, name in ((("serve", "--port", str(self.port)), "server refused"),):
                tried = subprocess.run(
                    [*ADVISOR, *words],
                    env={**os.environ, **NEUTRAL, **self.environment},
                    capture_output=True,
                    text=True,
                    timeout=120,
                    check=False,
                )
                people.seen[name] += tried.returncode == 2
                people.untyped += tried.returncode != 2 or "Traceback" in tried.stderr
            said = self._doctor("data directory")
        self.server.start()
        return self._found(title, people, "when it can be written again", said)

    def slow_chat(self) -> Fault:
        """A chat model that takes the question and never says a word."""
        self.server.stop()
        people = People(self.urls)
        with silent_endpoint() as url:
            chat = {
                "ADVISOR_CHAT_BASE_URL": url,
                "ADVISOR_CHAT_MODEL": "openai:silent",
                "ADVISOR_CHAT_API_KEY": "none",
                "ADVISOR_CHAT_TIMEOUT": "4",
                "ADVISOR_CHAT_PAUSE": "2",
            }
            self.server.start(environment=chat)
            for number in range(4):
                people.ask(number)
            said = self._doctor("chat model", **chat)
            return self._found("chat model silent", people, "by itself; quotations meanwhile", said)

    def _doctor(self, check: str, also: str = "", **environment: str) -> str:
        said = doctor({**self.environment, **environment}, check)
        return said or (f"{also}" if also else "")

    def _found(
        self, name: str, people: People, heals: str, said: str, healed: float | None = None
    ) -> Fault:
        better = people.healed()
        return Fault(
            name=name,
            seen=dict(people.seen),
            untyped=people.untyped,
            lost=people.lost(),
            healed=None if better is None else max(better, healed or 0.0),
            heals=heals,
            doctor=_plain(said, self.folder),
        )


def _plain(said: str, folder: Path) -> str:
    """Without the folder of this run, which is nobody's business."""
    return said.replace(str(folder), "")


@contextmanager
def one_machine(folder: Path, model: str, kills: int, seed: int) -> Iterator[OneMachine]:
    """A machine to break; its disk is unmounted and removed afterwards."""
    made = OneMachine(folder, model, kills, seed)
    try:
        yield made
    finally:
        made.disk.close()
        shutil.rmtree(folder, ignore_errors=True)
