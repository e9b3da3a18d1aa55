"""`advisor bench serve`: many conversations at once against a real server, in quoting mode.

A server process of its own on a free loopback port, over the starter digests. First, alone: how
long a bare search takes, and how long a question takes to its first event (their ratio is what
counts: absolute times are those of the machine). Then N people ask, read, follow up and ask again
until the time is up. A turn is lost when its answer came but the conversation does not hold it.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx
import numpy as np

from assistant.asking.events import Done
from assistant.citations import document_label
from assistant.client import Client
from assistant.operating import workspace
from assistant.settings import Settings
from corpus.documents import Document, Frozen
from corpus.errors import AdvisorError
from corpus.shelf.register import Shelf
from corpus.shelf.starter import load_starter
from evals.operations import processes

ALONE = 15
"""Searches and questions timed on the idle server; their medians are reported."""

TURNS_EACH = 4
"""A conversation ends after as many turns, and another begins."""

SEED = 7


class ServerFailed(AdvisorError):
    """For the operator: the server to measure did not start."""

    code = "server-failed"


class ServeReport(Frozen):
    """What was seen. Times are in milliseconds, memory in MiB of the server process.

    Attributes:
        conversations: people at once; begun: conversations they had in `seconds`.
        turns: answered; by_status: of those; errors: by code; lost: turns no longer stored.
        search: one bare search over HTTP, alone; first_alone: a question's first event, alone;
            first_ratio: the second over the first.
        first_p50, first_p95, p50, p95: under load, to the first event (which says what is being
            done, before any claim) and to the whole answer.
        memory_before, memory_after, memory_peak: resident, before and after the load.
    """

    conversations: int
    seconds: float
    begun: int
    turns: int
    by_status: dict[str, int]
    errors: dict[str, int]
    lost: int
    search: float
    first_alone: float
    first_ratio: float
    first_p50: float
    first_p95: float
    p50: float
    p95: float
    memory_before: float
    memory_after: float
    memory_peak: float

    @property
    def sound(self) -> bool:
        """Whether turns were answered, none failed and none was lost."""
        return self.turns > 0 and not self.errors and not self.lost


class Seen:
    """What the people saw, collected from their threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.first: list[float] = []
        self.whole: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.held: dict[str, list[str]] = {}


def run(home: Path, model: str, conversations: int = 50, seconds: float = 30.0) -> ServeReport:
    """Measure a server over the starter corpus.

    Args:
        home: data directory of the measurement; its index is kept for the next one.
        model: embedding model, as in EMBEDDING_MODEL.
        conversations: people at once.
        seconds: how long they ask; a turn that has begun is finished.

    Raises:
        ServerFailed: the server did not start.
        AdvisorError: the index cannot be built.
    """
    settings = Settings(data_dir=home, embedding_model=model, database_url=None)
    shelf = Shelf(workspace.database(settings), workspace.home(settings) / "files")
    load_starter(shelf)
    workspace.sync_index(settings)
    questions = made_questions(list(shelf.documents(list(shelf.live()))))
    with server(home, model) as (url, process):
        search, first = _alone(url, questions)
        before = _memory(process, "VmRSS")
        seen, took = Seen(), time.monotonic()
        until = took + seconds
        people = [
            threading.Thread(target=reader, args=(url, questions, number, until, seen))
            for number in range(conversations)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        took = time.monotonic() - took
        with httpx.Client(base_url=url, timeout=60) as http:
            lost = lost_turns(http, seen.held)
        after, peak = _memory(process, "VmRSS"), _memory(process, "VmHWM")
    return ServeReport(
        conversations=conversations,
        seconds=round(took, 1),
        begun=len(seen.held),
        turns=len(seen.whole),
        by_status=dict(seen.statuses),
        errors=dict(seen.errors),
        lost=lost,
        search=search,
        first_alone=first,
        first_ratio=round(first / search, 2),
        first_p50=percentile(seen.first, 50),
        first_p95=percentile(seen.first, 95),
        p50=percentile(seen.whole, 50),
        p95=percentile(seen.whole, 95),
        memory_before=before,
        memory_after=after,
        memory_peak=peak,
    )


def made_questions(documents: Sequence[Document]) -> list[str]:
    """Questions about what is on the shelf: one of each section that does something."""
    return [
        f"What does {document_label(document)} say: {section.heading}?"
        for document in documents
        for section in document.sections
        if section.kind.value != "preamble" and section.heading.strip()
    ]


@contextmanager
def server(home: Path, model: str) -> Iterator[tuple[str, int]]:
    """`advisor serve` on a free loopback port, ready: its URL and process id.

    Raises:
        ServerFailed: it stopped, or was not ready in time; its log is in the data directory.
    """
    port = processes.free_port()
    child = processes.advisor(
        home,
        port,
        home / "serve.log",
        EMBEDDING_MODEL=model,
        DATABASE_URL=f"sqlite:///{home / 'advisor.db'}",
    )
    with child:
        try:
            child.start()
        except processes.DidNotStart as error:
            raise ServerFailed(
                "The server did not start; serve.log in its data directory says why."
            ) from error
        yield f"http://127.0.0.1:{port}", child.pid


def render(report: ServeReport) -> str:
    """The report as lines for people."""
    statuses = ", ".join(f"{name} {n}" for name, n in sorted(report.by_status.items()))
    errors = ", ".join(f"{name} {n}" for name, n in sorted(report.errors.items())) or "none"
    return "\n".join(
        (
            f"{report.conversations} people at once for {report.seconds} s: {report.turns} turns "
            f"in {report.begun} conversations ({statuses})",
            f"errors: {errors}; lost turns: {report.lost}",
            f"whole answer: p50 {report.p50:.0f} ms, p95 {report.p95:.0f} ms",
            f"first event under load: p50 {report.first_p50:.0f} ms, p95 {report.first_p95:.0f} ms",
            f"alone: search {report.search:.0f} ms, first event {report.first_alone:.0f} ms "
            f"({report.first_ratio:.2f} of a search)",
            f"memory of the server: {report.memory_before:.0f} MiB before, "
            f"{report.memory_after:.0f} after, {report.memory_peak:.0f} at most",
        )
    )


def _alone(url: str, questions: list[str]) -> tuple[float, float]:
    """Medians on the idle server: a search, and a question's first event."""
    chosen = random.Random(SEED).sample(questions, min(ALONE, len(questions)))  # noqa: S311
    searches, firsts = [], []
    with Client(url) as client:
        client.ask(chosen[0])  # whatever is loaded on the first question is not what is measured
        for question in chosen:
            began = time.perf_counter()
            client.search(question)
            searches.append(time.perf_counter() - began)
            began = time.perf_counter()
            events = client.stream(question)
            next(events)
            firsts.append(time.perf_counter() - began)
            for _ in events:
                pass
    return round(1000 * median(searches), 1), round(1000 * median(firsts), 1)


def reader(url: str, questions: list[str], number: int, until: float, seen: Seen) -> None:
    """One reader: conversations one after another, until the time is up."""
    chance = random.Random(SEED + number)  # noqa: S311
    with Client(url) as client:
        while time.monotonic() < until:
            conversation: str | None = None
            for _ in range(TURNS_EACH):
                if time.monotonic() >= until:
                    break
                try:
                    conversation = _turn(client, chance.choice(questions), conversation, seen)
                except AdvisorError as error:
                    with seen.lock:
                        seen.errors[error.code] += 1
                    break


def _turn(client: Client, question: str, conversation: str | None, seen: Seen) -> str:
    began, first = time.perf_counter(), 0.0
    for event in client.stream(question, conversation=conversation):
        first = first or time.perf_counter() - began
        if isinstance(event, Done):
            with seen.lock:
                seen.first.append(first)
                seen.whole.append(time.perf_counter() - began)
                seen.statuses[event.answer.status.value] += 1
                if event.answer.status.value == "failed":
                    seen.errors["failed"] += 1
                seen.held.setdefault(event.conversation, []).append(event.answer.id)
            return event.conversation
    raise AssertionError("a stream ended without an answer or an error")


def lost_turns(http: httpx.Client, held: dict[str, list[str]]) -> int:
    """How many of the turns people saw (ids by conversation) the server does not hold in order."""
    lost = 0
    for conversation, turns in held.items():
        answer = http.get(f"/v1/conversations/{conversation}")
        stored = [turn["id"] for turn in answer.json()["turns"]] if answer.is_success else []
        lost += sum(a != b for a, b in zip(turns, stored, strict=False))
        lost += abs(len(turns) - len(stored))
    return lost


def _memory(process: int, field: str) -> float:
    """MiB of a field of /proc/PID/status; 0 where the system has none."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    found = re.search(rf"^{field}:\s+(\d+) kB", status, re.MULTILINE)
    return round(int(found[1]) / 1024, 1) if found else 0.0


def percentile(times: list[float], percent: int) -> float:
    """Milliseconds below which so many per cent of `times` (seconds) lie; 0 for none."""
    return round(1000 * float(np.percentile(times, percent)), 1) if times else 0.0
