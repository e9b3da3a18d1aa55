"""The shipped smoke suite through the real assistant: the gate lets it through, and no worse build.

Over a copy of the starter corpus, indexed once for the run.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from shutil import copytree

import pytest

from assistant.operating import workspace
from assistant.settings import Settings
from evals.suites.figures import Summary, summarise
from evals.suites.folders import (
    SHIPPED,
    clause_lookup,
    gate_path,
    open_system,
    runs_folder,
    suite_path,
)
from evals.suites.gating import check, load_gate
from evals.suites.running import Run, load_run, run_suite
from evals.suites.sabotage import SABOTAGES, try_gate
from evals.suites.suite import Suite, load_suite

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def settings(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data directory with the starter corpus, indexed."""
    return Settings(data_dir=copytree(starter, tmp_path_factory.mktemp("gate") / "home"))


@pytest.fixture(scope="module")
def smoke(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The smoke suite, put to the assistant of this process."""
    return run_suite(
        load_suite(suite_path("smoke")),
        open_system("advisor", settings),
        clause_lookup(workspace.shelf(settings)),
        tmp_path_factory.mktemp("runs") / "smoke",
    )


def repeatable(summary: Summary) -> dict[str, object]:
    """A summary without the times, which never repeat."""
    return summary.model_dump(exclude={"median_seconds"})


def test_the_gate_lets_the_build_through(smoke: Run) -> None:
    failures = check(load_gate(gate_path("small")), summarise(smoke))
    assert failures == [], "\n".join(f"{f.figure} {f.value}: {f.wanted}" for f in failures)


@pytest.fixture(scope="module")
def verdicts(
    smoke: Run, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, set[str]]:
    """Figures the gate stopped, by sabotage."""
    shelf = workspace.shelf(settings)
    gate = load_gate(gate_path("small"))
    folder = tmp_path_factory.mktemp("sabotaged")
    found = try_gate(smoke, gate, shelf, clause_lookup(shelf), folder)
    return {name: {f.figure for f in failures} for name, failures in found.items()}


CAUGHT_BY = {
    "wrong cut-off": "citation_recall",
    "shuffled citations": "quotes_exact",
    "refusals off": "refusal",
    "answers off": "false_refusal",
    "stale edition": "clean",
    "quotes altered": "quotes_exact",
    "citations dropped": "cited",
    "opening in another language": "language_right",
}


@pytest.mark.parametrize("sabotage", SABOTAGES)
def test_the_gate_stops_a_worse_build(sabotage: str, verdicts: dict[str, set[str]]) -> None:
    assert CAUGHT_BY[sabotage] in verdicts[sabotage] - verdicts["as it is"]


def test_a_second_run_gives_the_same_figures(
    smoke: Run, settings: Settings, tmp_path: Path
) -> None:
    again = run_suite(
        load_suite(suite_path("smoke")),
        open_system("advisor", settings),
        clause_lookup(workspace.shelf(settings)),
        tmp_path / "again",
        parallel=2,
    )
    assert repeatable(summarise(again)) == repeatable(summarise(smoke))


def test_a_run_killed_half_way_resumes_to_the_same_figures(smoke: Run, settings: Settings) -> None:
    directory = runs_folder(settings) / "killed"
    program = "import sys; from assistant.cli import main; sys.argv[0] = 'advisor'; main()"
    command = [sys.executable, "-c", program, "eval", "run", "smoke", "--name", "killed"]
    environment = {**os.environ, "ADVISOR_DATA_DIR": str(settings.home)}
    lines = directory / "items.jsonl"
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 240
        while not (lines.exists() and len(lines.read_bytes().splitlines()) >= 5):
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    done = len(lines.read_bytes().splitlines())
    assert 5 <= done < len(smoke.results)
    subprocess.run(command, env=environment, check=True, timeout=300, capture_output=True)
    assert repeatable(summarise(load_run(directory))) == repeatable(summarise(smoke))


def _shipped() -> list[Suite]:
    return [load_suite(path) for path in sorted((SHIPPED / "suites").glob("*.yaml"))]


def test_the_shipped_suites_are_fit_to_run(settings: Settings) -> None:
    from evals.suites.checking import check_suite

    lookup = clause_lookup(workspace.shelf(settings))
    assert [f for suite in _shipped() for f in check_suite(suite, lookup)] == []


def test_the_report_of_a_run_is_one_page_with_every_item(smoke: Run, tmp_path: Path) -> None:
    from evals.report.runs import write_report

    page = write_report(smoke, tmp_path).read_text(encoding="utf-8")
    assert "http://" not in page.split("<h2>Every question")[0]
    assert all(f"<b>{result.item.id}</b>" in page for result in smoke.results)
    assert "<script" not in page
    figures = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["figures"]
    assert figures["errors"] == 0
