"""`advisor eval`: suites, runs, comparisons, reports and gates."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import AdvisorError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from corpus.shelf import Shelf
    from evals.metrics import ClauseText
    from evals.systems import System

eval_app = typer.Typer(help="Run suites, compare runs, write reports.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
SuiteArgument = Annotated[
    str, typer.Argument(help="A suite's file, or the name of a shipped one (`eval suites`).")
]


def _suite_path(name: str) -> Path:
    path = Path(name)
    if path.exists():
        return path
    shipped = Path(str(files("evals"))) / "data" / "suites" / f"{name}.yaml"
    if shipped.exists():
        return shipped
    raise AdvisorError(f"No suite '{name}': give a file, or a name from `advisor eval suites`.")


def _runs(settings: Settings) -> Path:
    from assistant.workspace import home

    folder = home(settings) / "evaluations"
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder


def _run_path(settings: Settings, name: str) -> Path:
    path = Path(name)
    return path if (path / "run.json").exists() else _runs(settings) / Path(name).name


def clause_lookup(shelf: Shelf) -> ClauseText:
    """A lookup of stored clause texts that reads each document once."""
    from functools import cache

    from corpus.addresses import Address
    from corpus.errors import UnknownAddress

    @cache
    def texts(document: str) -> dict[str, str]:
        try:
            held = shelf.best(document)
        except UnknownAddress:
            return {}
        return {str(held.address(s, c)): c.text for s, c in held.clauses()}

    return lambda address: texts(Address.parse(address).document).get(address)


def _system(name: str, settings: Settings) -> System:
    from assistant.advisor import Advisor
    from evals.naive import NaiveRag
    from evals.systems import InProcess, Server

    if name.startswith(("http://", "https://")):
        return Server(name)
    advisor = Advisor.open(settings)
    if name == "advisor":
        return InProcess(advisor)
    if name == "naive":
        from indexing.embedding import load_embedder

        return NaiveRag(advisor.shelf, load_embedder("minilm"))
    raise AdvisorError(f"No system '{name}': choose advisor, naive, or a server's URL.")


@eval_app.command("suites")
def suites(as_json: AsJson = False) -> None:
    """List the shipped suites."""
    from evals.suites import load_suite

    folder = Path(str(files("evals"))) / "data" / "suites"
    for path in sorted(folder.glob("*.yaml")):
        suite = load_suite(path)
        typer.echo(f"{suite.name}: {suite.title} ({len(suite.items)} items)")


@eval_app.command("check")
def check(suite: SuiteArgument, as_json: AsJson = False) -> None:
    """Find wrong addresses, duplicate questions and missing nuggets before a run does.

    Addresses are looked up on the shelf of this data directory. Exit code 1 with findings.
    """
    from assistant.cli.output import print_json
    from assistant.settings import Settings
    from assistant.workspace import shelf
    from evals.checking import check_suite
    from evals.suites import load_suite

    findings = check_suite(load_suite(_suite_path(suite)), clause_lookup(shelf(Settings.load())))
    if as_json:
        print_json([finding.model_dump() for finding in findings])
    else:
        for finding in findings:
            typer.echo(f"{finding.item}: {finding.problem}")
        typer.echo(f"{len(findings)} findings")
    if findings:
        raise typer.Exit(1)


@eval_app.command("new")
def new(
    path: Annotated[Path, typer.Argument(help="The suite's file; made when missing.")],
    question: Annotated[str | None, typer.Option(help="Asked for when left out.")] = None,
    gold: Annotated[
        list[str] | None, typer.Option(help="Address of a clause that answers; repeatable.")
    ] = None,
    kind: Annotated[str, typer.Option("--type", help="e.g. lookup, actor, mandate.")] = "lookup",
) -> None:
    """Add an item to a suite, step by step: shows candidate clauses for the question."""
    from assistant.settings import Settings
    from assistant.workspace import shelf
    from evals.checking import append_item

    lookup = clause_lookup(shelf(Settings.load()))
    question = question or typer.prompt("Question")
    if gold is None:
        from assistant.advisor import Advisor

        found = Advisor.open(Settings.load()).searcher.search(question, top=5)
        for evidence in found.evidence:
            typer.echo(
                f"  {' '.join(evidence.passage.addresses)}\n    {evidence.passage.text[:160]}"
            )
        answer = typer.prompt("Addresses that answer (space between; empty if none)", default="")
        gold = answer.split()
    item = append_item(path, question, gold, kind, lookup)
    typer.echo(f"Added {item} to {path.name}. Check it with: advisor eval check {path}")


@eval_app.command("run")
def run(
    suite: SuiteArgument,
    name: Annotated[str | None, typer.Option(help="The run's name; resumes it if begun.")] = None,
    system: Annotated[
        str, typer.Option(help="advisor (this process), naive, or a server's URL.")
    ] = "advisor",
    repeat: Annotated[int, typer.Option(min=1, help="How often each item is asked.")] = 1,
    parallel: Annotated[int, typer.Option(min=1, max=32, help="Items asked at once.")] = 1,
    gate: Annotated[Path | None, typer.Option(help="Thresholds; exit code 1 if missed.")] = None,
    types: Annotated[list[str] | None, typer.Option("--type", help="Only these types.")] = None,
    languages: Annotated[list[str] | None, typer.Option("--language", help="Only these.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a suite to a system, judge each answer at the clause, and write a report.

    A run that was stopped goes on where it was when called again with the same --name.
    """
    from datetime import UTC, datetime

    from assistant.cli.output import print_json, progress_bar
    from assistant.settings import Settings
    from assistant.workspace import shelf
    from evals.figures import summarise
    from evals.gating import check as check_gate
    from evals.gating import load_gate
    from evals.reporting import write_report
    from evals.running import run_suite
    from evals.suites import load_suite

    settings = Settings.load()
    loaded = load_suite(_suite_path(suite))
    loaded = loaded.only(types=tuple(types or ()), languages=tuple(languages or ()))
    thresholds = load_gate(gate) if gate else ()
    name = name or f"{loaded.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    directory = _runs(settings) / Path(name).name
    with progress_bar(quiet=as_json) as progress:
        finished = run_suite(
            loaded,
            _system(system, settings),
            clause_lookup(shelf(settings)),
            directory,
            repeat=repeat,
            parallel=parallel,
            progress=progress,
        )
    page = write_report(finished, directory)
    summary = summarise(finished)
    failures = check_gate(thresholds, summary)
    if as_json:
        print_json(
            {
                "run": finished.name,
                "report": str(page),
                "figures": summary.model_dump(mode="json"),
                "gate": [failure.model_dump() for failure in failures],
            }
        )
    else:
        for row in summary.overall.rows:
            value = row.value
            spread = f"[{value.low:.3f}, {value.high:.3f}]"
            typer.echo(f"{row.name:<32} {value.mean:.3f} {spread}  ({value.items} items)")
        typer.echo(f"Report: {page}")
        for failure in failures:
            typer.secho(
                f"Gate: {failure.figure} is {failure.value}, wanted {failure.wanted}", fg="red"
            )
    if failures:
        raise typer.Exit(1)


@eval_app.command("compare")
def compare(
    a: Annotated[str, typer.Argument(help="A run's name or directory.")],
    b: Annotated[str, typer.Argument(help="The run held against it.")],
    as_json: AsJson = False,
) -> None:
    """Is run B better than run A? Paired intervals, a plain verdict, and the items that flipped."""
    from assistant.cli.output import print_json
    from assistant.settings import Settings
    from evals.comparing import compare as compare_runs
    from evals.figures import NAMES
    from evals.running import load_run

    settings = Settings.load()
    left, right = load_run(_run_path(settings, a)), load_run(_run_path(settings, b))
    found = compare_runs(left, right, tuple(NAMES))
    if as_json:
        print_json([difference.model_dump(mode="json") for difference in found])
        return
    for one in found:
        spread = f"[{one.difference.low:+.3f}, {one.difference.high:+.3f}]"
        typer.echo(
            f"{NAMES[one.figure]:<26} {one.a:.3f} -> {one.b:.3f}  "
            f"{one.difference.mean:+.3f} {spread}  {one.verdict.value}"
        )
        if one.flipped:
            typer.echo(f"    flipped: {' '.join(one.flipped)}")
