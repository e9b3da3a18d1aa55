"""The evaluation room behind the Evaluate page: runs in the background, reports, drafts.

Implements `assistant.api.evaluating.Evaluations`; the page itself is the assistant's. State is in
the runs' own directories (`status.json` beside `run.json`), so that every replica and the command
line see the same, and what a killed process left can be resumed.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import structlog

from assistant.advisor import Advisor
from assistant.answers import Answer
from assistant.api.evaluating import (
    DraftItem,
    Figure,
    RunBusy,
    RunLine,
    SuiteLine,
    UnknownRun,
    Verdict,
)
from assistant.operating import workspace
from assistant.records.conversations import now
from corpus.addresses import Address
from corpus.errors import AdvisorError
from evals.report.history import FIGURES, collect
from evals.report.history import as_html as history_html
from evals.report.runs import write_report
from evals.report.side_by_side import as_html as pair_html
from evals.suites import drafted
from evals.suites.comparing import Difference, compare
from evals.suites.figures import NAMES
from evals.suites.folders import SHIPPED, clause_lookup, own_suites, runs_folder
from evals.suites.running import Run, load_run, run_suite
from evals.suites.suite import BadSuite, Item, Suite, load_suite
from evals.suites.systems import InProcess

log = structlog.get_logger(__name__)

_SILENT = 120.0
"""Seconds without a word after which a run's process is taken for dead; an item takes less."""

_STOP = "stop"
"""A file in a run's directory that asks whichever server is at it to stop."""

_FILES = frozenset({"items.csv", "summary.json"})


class _Stopped(BaseException):
    """Somebody asked the run to stop. Not an Exception: no item may be recorded as failed by it."""


class Bench:
    """Runs and drafts of one data directory. Safe to use from many threads."""

    def __init__(self, advisor: Advisor) -> None:
        """`advisor`: the open one, which is also the system under test."""
        self._advisor = advisor
        self._folder = runs_folder(advisor.settings)
        self._engine = workspace.database(advisor.settings)
        self._lock = threading.Lock()
        self._running: tuple[str, threading.Event] | None = None

    # Suites and runs

    def suites(self) -> list[SuiteLine]:
        """See Evaluations: the shipped ones, and those of this installation."""
        found = []
        for path in self._suite_paths().values():
            try:
                suite = load_suite(path)
            except BadSuite as error:
                log.warning("suite left out", suite=path.stem, message=error.message)
                continue
            found.append(
                SuiteLine(
                    name=suite.name,
                    title=suite.title,
                    items=len(suite.items),
                    types=tuple(sorted({item.type for item in suite.items})),
                    languages=tuple(sorted({item.language for item in suite.items})),
                )
            )
        return found

    def runs(self) -> list[RunLine]:
        """See Evaluations."""
        lines = [self._line(path.parent) for path in self._folder.glob("*/run.json")]
        return sorted((line for line in lines if line), key=lambda line: (line.started, line.name))[
            ::-1
        ]

    def start(self, suite: str, *, name: str = "", languages: tuple[str, ...] = (), by: str) -> str:
        """See Evaluations."""
        path = self._suite_paths().get(suite)
        if path is None:
            raise UnknownRun(f"No suite is called '{suite[:80]}'. Choose one of those listed.")
        loaded = load_suite(path).only(languages=languages)
        if not loaded.items:
            raise UnknownRun("No question of this suite is in the languages chosen.")
        name = Path(name).name or f"{loaded.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        with self._lock:
            if self._running is not None or self._elsewhere():
                raise RunBusy("A run is under way. Wait for it, or stop it.")
            stop = threading.Event()
            self._running = (name, stop)
        work = threading.Thread(
            target=self._run, args=(loaded, name, by, stop), name="evaluation", daemon=True
        )
        work.start()
        return name

    def stop(self, name: str) -> None:
        """See Evaluations. A run of another server is told through its directory."""
        with self._lock:
            if self._running is not None and self._running[0] == name:
                self._running[1].set()
                return
        folder = self._known(name)
        if _status(folder)["state"] != "running":
            raise UnknownRun("This run is not under way.")
        (folder / _STOP).touch()

    def report(self, name: str) -> str:
        """See Evaluations. Written anew where the run went on since."""
        folder = self._known(name)
        page, lines = folder / "report.html", folder / "items.jsonl"
        if not page.exists() or page.stat().st_mtime < lines.stat().st_mtime:
            write_report(load_run(folder), folder)
        return page.read_text(encoding="utf-8")

    def file(self, name: str, which: str) -> bytes:
        """See Evaluations."""
        if which not in _FILES:
            raise UnknownRun(f"A run has {' and '.join(sorted(_FILES))}.")
        self.report(name)
        return (self._known(name) / which).read_bytes()

    def compare(self, a: str, b: str) -> list[Verdict]:
        """See Evaluations."""
        _, _, found = self._pair(a, b)
        return [
            Verdict(
                figure=one.figure,
                name=NAMES[one.figure],
                a=one.a,
                b=one.b,
                mean=one.difference.mean,
                low=one.difference.low,
                high=one.difference.high,
                items=one.difference.items,
                verdict=one.verdict.value,
                flipped=one.flipped,
            )
            for one in found
        ]

    def side_by_side(self, a: str, b: str) -> str:
        """See Evaluations."""
        return pair_html(*self._pair(a, b))

    def history(self) -> str:
        """See Evaluations."""
        return history_html(collect(self._folder))

    # From use to suites

    def drafts(self) -> list[DraftItem]:
        """See Evaluations."""
        return drafted.listed(self._engine, self._advisor.store)

    def decide(self, turn: str, accept: bool, *, gold: tuple[str, ...] = (), by: str) -> DraftItem:
        """See Evaluations. A clause that is named must be on the shelf."""
        for address in map(Address.parse, gold if accept else ()):
            if address.section is None:
                self._advisor.shelf.best(address.document)
            else:
                self._advisor.shelf.clause(address)
        return drafted.decide(self._engine, self._advisor.store, turn, accept, gold, by)

    def accepted(self) -> str:
        """See Evaluations."""
        return drafted.accepted(self._engine)

    def _suite_paths(self) -> dict[str, Path]:
        folders = (SHIPPED / "suites", *own_suites(self._advisor.settings))
        return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}

    def _known(self, name: str) -> Path:
        folder = self._folder / Path(name).name
        if not name or not (folder / "run.json").exists():
            raise UnknownRun(f"No run is called '{name[:120]}'.")
        return folder

    def _pair(self, a: str, b: str) -> tuple[Run, Run, list[Difference]]:
        left, right = load_run(self._known(a)), load_run(self._known(b))
        return left, right, compare(left, right, tuple(NAMES))

    def _run(self, suite: Suite, name: str, by: str, stop: threading.Event) -> None:
        folder = self._folder / name
        total = len(suite.items)
        status: dict[str, Any] = {"by": by, "begun": now(), "done": 0, "total": total}

        def tell(state: str, **more: Any) -> None:
            status.update(more, state=state)
            folder.mkdir(parents=True, exist_ok=True)
            part = folder / "status.part"
            part.write_text(json.dumps(status, ensure_ascii=False), encoding="utf-8")
            part.replace(folder / "status.json")

        def over() -> bool:
            return stop.is_set() or (folder / _STOP).exists()

        def progress(_: str, done: int, of: int) -> None:
            tell("running", done=done, total=of)
            if over():
                raise _Stopped

        try:
            tell("running")
            (folder / _STOP).unlink(missing_ok=True)
            system = _Stoppable(self._advisor, over)
            run = run_suite(
                suite, system, clause_lookup(self._advisor.shelf), folder, progress=progress
            )
            write_report(run, folder)
            tell("done")
        except _Stopped:
            tell("stopped")
        except AdvisorError as error:
            tell("failed", trouble=error.message)
        except Exception as error:
            log.exception("evaluation failed", run=name)
            tell("failed", trouble=f"Something unforeseen ({type(error).__name__}); see the log.")
        finally:
            with self._lock:
                self._running = None

    def _elsewhere(self) -> bool:
        """Whether another process is at a run right now."""
        return any(_status(path.parent)["state"] == "running" for path in self._status_files())

    def _status_files(self) -> list[Path]:
        return list(self._folder.glob("*/status.json"))

    def _line(self, folder: Path) -> RunLine | None:
        try:
            head = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            status = _status(folder)
            summary = _summary(folder) if status["state"] == "done" else {}
            figures = {row["figure"]: row for row in summary.get("overall", {}).get("rows", ())}
            return RunLine(
                name=folder.name,
                suite=head["suite"],
                title=head["title"],
                system=str(head["system"].get("system", "")),
                state=status["state"],
                done=status.get("done", 0),
                total=status.get("total", 0),
                trouble=status.get("trouble", ""),
                by=status.get("by", ""),
                started=head.get("started", ""),
                figures=tuple(
                    Figure(figure=one, name=NAMES[one], **figures[one]["value"])
                    for one in FIGURES
                    if one in figures
                ),
                errors=summary.get("errors", 0),
                comparable=head["suite_hash"],
            )
        except (OSError, ValueError, KeyError):
            return None


class _Stoppable(InProcess):
    """The assistant of this process, that answers nothing more once the run was stopped."""

    def __init__(self, advisor: Advisor, over: Callable[[], bool]) -> None:
        super().__init__(advisor)
        self._over = over

    def answer(self, item: Item) -> Answer:
        """See System."""
        if self._over():
            raise _Stopped  # never written: the run ends before this item's line is
        return super().answer(item)


def _status(folder: Path) -> dict[str, Any]:
    """State of a run; one begun at the command line has no status and is done when reported."""
    path = folder / "status.json"
    try:
        status: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        silent = time.time() - path.stat().st_mtime
    except (OSError, ValueError):
        return {"state": "done" if (folder / "summary.json").exists() else "stopped"}
    if status.get("state") == "running" and silent > _SILENT:
        status["state"] = "stopped"
    return status


def _summary(folder: Path) -> dict[str, Any]:
    path = folder / "summary.json"
    return _read(path, path.stat().st_mtime_ns) if path.exists() else {}


@cache
def _read(path: Path, _: int) -> dict[str, Any]:
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return figures
