"""`advisor eval`: suites, runs, comparisons, reports and gates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.cli import after as cli_after
from evals.cli import judge as cli_judge
from evals.suites.folders import (
    SHIPPED,
    clause_lookup,
    gate_path,
    open_system,
    run_path,
    runs_folder,
    suite_path,
)

eval_app = typer.Typer(help="Run suites, compare runs, write reports.", no_args_is_help=True)
cli_after.add_to(eval_app)
cli_judge.add_to_eval(eval_app)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
SuiteArgument = Annotated[
    str, typer.Argument(help="A suite's file, or the name of a shipped one (`eval suites`).")
]


@eval_app.command("suites")
def suites(as_json: AsJson = False) -> None:
    """List the shipped suites."""
    from evals.suites.suite import load_suite

    shipped = [load_suite(path) for path in sorted((SHIPPED / "suites").glob("*.yaml"))]
    if as_json:
        from assistant.cli.output import print_json

        print_json([{"name": s.name, "title": s.title, "items": len(s.items)} for s in shipped])
        return
    for suite in shipped:
        typer.echo(f"{suite.name}: {suite.title} ({len(suite.items)} items)")


@eval_app.command("check")
def check(suite: SuiteArgument, as_json: AsJson = False) -> None:
    """Find wrong addresses, duplicate questions and missing nuggets before a run does.

    Addresses are looked up on the shelf of this data directory. Exit code 1 with findings.
    """
    from assistant.cli.output import print_json
    from assistant.operating.workspace import shelf
    from assistant.settings import Settings
    from evals.suites.checking import check_suite
    from evals.suites.suite import load_suite

    findings = check_suite(load_suite(suite_path(suite)), clause_lookup(shelf(Settings.load())))
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
    from assistant.operating.workspace import shelf
    from assistant.settings import Settings
    from evals.suites.checking import append_item

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
    model: Annotated[
        str | None, typer.Option(help="With a URL: it is OpenAI-compatible; ask this model.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(envvar="ADVISOR_EVAL_KEY", help="Key for the URL.")
    ] = None,
    price_prompt: Annotated[float, typer.Option(min=0, help="Of a million tokens read.")] = 0,
    price_completion: Annotated[float, typer.Option(min=0, help="Of a million written.")] = 0,
    repeat: Annotated[int, typer.Option(min=1, help="How often each item is asked.")] = 1,
    parallel: Annotated[int, typer.Option(min=1, max=32, help="Items asked at once.")] = 1,
    gate: Annotated[
        str | None, typer.Option(help="A gate's file or name; exit code 1 if missed.")
    ] = None,
    types: Annotated[list[str] | None, typer.Option("--type", help="Only these types.")] = None,
    languages: Annotated[list[str] | None, typer.Option("--language", help="Only these.")] = None,
    judge_url: cli_judge.Url = None,
    judge_model: cli_judge.Model = None,
    judge_key: cli_judge.Key = None,
    as_json: AsJson = False,
) -> None:
    """Put a suite to a system, judge each answer at the clause, and write a report.

    A run that was stopped goes on where it was when called again with the same --name. With
    --judge-url or --judge-model a judge model reads the answers as well (see `eval judge`).
    """
    from datetime import UTC, datetime

    from assistant.cli.output import print_json, progress_bar
    from assistant.operating.workspace import shelf
    from assistant.settings import Settings
    from evals.report.runs import write_report
    from evals.suites.figures import summarise
    from evals.suites.gating import check as check_gate
    from evals.suites.gating import load_gate
    from evals.suites.openai_compatible import Prices
    from evals.suites.running import run_suite
    from evals.suites.suite import load_suite

    settings = Settings.load()
    loaded = load_suite(suite_path(suite))
    loaded = loaded.only(types=tuple(types or ()), languages=tuple(languages or ()))
    thresholds = load_gate(gate_path(gate)) if gate else ()
    prices = Prices(prompt=price_prompt, completion=price_completion)
    name = name or f"{loaded.name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    directory = runs_folder(settings) / Path(name).name
    with progress_bar(quiet=as_json) as progress:
        finished = run_suite(
            loaded,
            open_system(system, settings, model=model, key=key, prices=prices),
            clause_lookup(shelf(settings)),
            directory,
            repeat=repeat,
            parallel=parallel,
            progress=progress,
        )
        if judge_url or judge_model:
            cli_judge.judged(finished, directory, judge_url, judge_model, judge_key, progress)
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
    page: Annotated[
        Path | None, typer.Option(help="Also write a page with what flipped, side by side.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Is run B better than run A? Paired intervals, a plain verdict, and the items that flipped."""
    from assistant.cli.output import print_json
    from assistant.settings import Settings
    from evals.report.side_by_side import as_html
    from evals.suites.comparing import compare as compare_runs
    from evals.suites.figures import NAMES
    from evals.suites.running import load_run

    settings = Settings.load()
    left, right = load_run(run_path(settings, a)), load_run(run_path(settings, b))
    found = compare_runs(left, right, tuple(NAMES))
    if page is not None:
        page.write_text(as_html(left, right, found), encoding="utf-8")
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
