"""`advisor eval report | history | draft-from-feedback | sabotage`: what comes after a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.suites.folders import clause_lookup, gate_path, run_path, runs_folder

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def report(run: Annotated[str, typer.Argument(help="A run's name or directory.")]) -> None:
    """Write a run's page, CSV and JSON again, from what is stored of it."""
    from assistant.settings import Settings
    from evals.report.runs import write_report
    from evals.suites.running import load_run

    directory = run_path(Settings.load(), run)
    typer.echo(f"Report: {write_report(load_run(directory), directory)}")


def history(
    out: Annotated[Path | None, typer.Option(help="The page to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plot the stored runs over time, suite by suite."""
    from assistant.cli.output import print_json
    from assistant.settings import Settings
    from evals.report.history import as_html, collect

    folder = runs_folder(Settings.load())
    series = collect(folder)
    page = out or folder / "history.html"
    page.write_text(as_html(series), encoding="utf-8")
    if as_json:
        print_json([one.model_dump(mode="json") for one in series])
        return
    for one in series:
        typer.echo(f"{one.suite} · {one.system}: {len(one.points)} runs")
    typer.echo(f"History: {page}")


def draft_from_feedback(
    suite: Annotated[Path, typer.Argument(help="The suite's file; made when missing.")],
    turn: Annotated[str | None, typer.Option(help="Only this turn's id.")] = None,
) -> None:
    """Make a draft item of each answer a reader called unhelpful or corrected.

    E-mail addresses, telephone numbers and names people give themselves are removed. Read a
    draft before you use it, and give it its gold clauses.
    """
    from assistant.operating.workspace import database
    from assistant.records.conversations import Store
    from assistant.settings import Settings
    from evals.suites.drafting import append_drafts

    added = append_drafts(suite, Store(database(Settings.load())), turn)
    typer.echo(f"{len(added)} drafts added to {suite.name}" + "".join(f"\n  {a}" for a in added))


def sabotage(
    run: Annotated[str, typer.Argument(help="A run's name or directory: its answers are used.")],
    gate: Annotated[str, typer.Option(help="The gate to try: a file or a name.")] = "small",
    as_json: AsJson = False,
) -> None:
    """Does a gate stop worse builds? Breaks a run's answers in eight ways and asks the gate.

    Exit code 1 when the gate stops the run itself, or lets a broken one through.
    """
    import tempfile

    from assistant.cli.output import print_json
    from assistant.operating.workspace import shelf
    from assistant.settings import Settings
    from evals.suites.gating import load_gate
    from evals.suites.running import load_run
    from evals.suites.sabotage import try_gate

    settings = Settings.load()
    with tempfile.TemporaryDirectory() as scratch:
        held = shelf(settings)
        found = try_gate(
            load_run(run_path(settings, run)),
            load_gate(gate_path(gate)),
            held,
            clause_lookup(held),
            Path(scratch),
        )
    if as_json:
        print_json({name: [f.model_dump() for f in failures] for name, failures in found.items()})
    else:
        for name, failures in found.items():
            told = ", ".join(failure.figure for failure in failures) or "passes"
            typer.echo(f"{name:<28} {told}")
    if found["as it is"] or not all(f for name, f in found.items() if name != "as it is"):
        raise typer.Exit(1)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("report")(report)
    app.command("history")(history)
    app.command("draft-from-feedback")(draft_from_feedback)
    app.command("sabotage")(sabotage)
