"""A run: a suite put to a system, one line of results an item, kept so that it can be resumed.

A run is a directory: `run.json` (what is needed to repeat it) and `items.jsonl` (one result a
line, appended as it comes, so that a run killed half-way goes on where it stopped).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path

from assistant.answers import Answer
from corpus.documents import Frozen
from corpus.errors import AdvisorError
from evals.suites.metrics import ClauseText, Judgement, judge
from evals.suites.suite import Item, Suite
from evals.suites.systems import System


class BadRun(AdvisorError):
    """For the evaluator: a stored run cannot be read, or is of another suite or system."""

    code = "bad-run"


class Result(Frozen):
    """What became of one item in one repetition.

    Attributes:
        item: the item asked.
        repeat: which repetition, from 0.
        answer: what the system answered; None when it failed.
        judgement: the figures; None when it failed.
        error: what went wrong, in words.
        seconds: wall clock of the whole item; not part of what must repeat exactly.
    """

    item: Item
    repeat: int
    answer: Answer | None = None
    judgement: Judgement | None = None
    error: str | None = None
    seconds: float = 0.0


class Run(Frozen):
    """A finished or partial run, read back from its directory."""

    name: str
    suite: str
    title: str
    suite_hash: str
    system: dict[str, object]
    started: str
    results: tuple[Result, ...]

    def values(
        self, figure: str, kept: Callable[[Item], bool] = lambda _: True
    ) -> dict[str, float]:
        """Figure by item id, averaged over repetitions, of the items it applies to.

        A failed item counts 0: a system that breaks is not better for it.
        """
        found: dict[str, list[float]] = {}
        for result in self.results:
            if not kept(result.item):
                continue
            if result.judgement is None:
                found.setdefault(result.item.id, []).append(0.0)
                continue
            value = getattr(result.judgement, figure)
            if value is not None:
                found.setdefault(result.item.id, []).append(value)
        return {item: sum(values) / len(values) for item, values in found.items()}


def suite_hash(suite: Suite) -> str:
    """SHA-256 of a suite's content, hex: two runs compare only when it is the same."""
    return hashlib.sha256(suite.model_dump_json().encode()).hexdigest()


def run_suite(
    suite: Suite,
    system: System,
    clause_text: ClauseText,
    directory: Path,
    *,
    repeat: int = 1,
    parallel: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
) -> Run:
    """Put every item to the system; resume when `directory` holds a part of the same run.

    Args:
        suite: the items.
        system: the system under test.
        clause_text: looks up stored clauses, for judging.
        directory: of this run; made when missing.
        repeat: how often each item is asked.
        parallel: how many items are asked at once.
        progress: called with ('asking', done, total).

    Raises:
        BadRun: the directory holds a run of another suite or system.
    """
    directory.mkdir(parents=True, exist_ok=True)
    head = _head(suite, system, directory)
    lines = directory / "items.jsonl"
    kept = list(_results(lines))
    # Written anew, so that the next result never joins the line a kill cut short.
    lines.write_text("".join(r.model_dump_json() + "\n" for r in kept), encoding="utf-8")
    done = {(r.item.id, r.repeat) for r in kept}
    todo = [(i, n) for n in range(repeat) for i in suite.items if (i.id, n) not in done]
    total = repeat * len(suite.items)
    with lines.open("a", encoding="utf-8") as out, ThreadPoolExecutor(max(1, parallel)) as pool:
        waiting = [pool.submit(_ask, system, item, n, clause_text) for item, n in todo]
        for count, finished in enumerate(as_completed(waiting), total - len(todo) + 1):
            out.write(finished.result().model_dump_json() + "\n")
            out.flush()
            if progress:
                progress("asking", count, total)
    order = {item.id: number for number, item in enumerate(suite.items)}
    results = sorted(_results(lines), key=lambda r: (r.repeat, order.get(r.item.id, -1)))
    return Run(**head, results=tuple(results))


def load_run(directory: Path) -> Run:
    """Read a run back.

    Raises:
        BadRun: the directory does not hold a run.
    """
    try:
        head = json.loads((directory / "run.json").read_text(encoding="utf-8"))
        return Run(**head, results=tuple(_results(directory / "items.jsonl")))
    except (OSError, ValueError, TypeError) as error:
        raise BadRun(f"'{directory.name}' does not hold a run that can be read.") from error


def _head(suite: Suite, system: System, directory: Path) -> dict[str, object]:
    path = directory / "run.json"
    head: dict[str, object] = {
        "name": directory.name,
        "suite": suite.name,
        "title": suite.title,
        "suite_hash": suite_hash(suite),
        "system": system.describe(),
    }
    if path.exists():
        stored = json.loads(path.read_text(encoding="utf-8"))
        if {k: stored.get(k) for k in head} != json.loads(json.dumps(head)):
            raise BadRun(
                f"'{directory.name}' holds a run of another suite, system or corpus. "
                "Give this run another name."
            )
        return dict(stored)
    head["started"] = datetime.now(UTC).isoformat(timespec="seconds")
    path.write_text(json.dumps(head, ensure_ascii=False, indent=2), encoding="utf-8")
    return head


def _results(path: Path) -> Iterator[Result]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield Result.model_validate_json(line)
        except ValueError:
            continue  # the line a kill cut short; its item is asked again


def _ask(system: System, item: Item, repeat: int, clause_text: ClauseText) -> Result:
    began = time.perf_counter()
    try:
        answer = system.answer(item)
        judgement = judge(item, answer, clause_text)
    except Exception as error:
        said = error.message if isinstance(error, AdvisorError) else type(error).__name__
        seconds = time.perf_counter() - began
        return Result(item=item, repeat=repeat, error=said, seconds=seconds)
    seconds = time.perf_counter() - began
    return Result(item=item, repeat=repeat, answer=answer, judgement=judgement, seconds=seconds)
