"""`advisor bench writing`: answers written with a chat model beside the same answers quoted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.cli import answers as cli_answers
from evals.cli import claims as cli_claims
from evals.cli import drafts as cli_drafts
from evals.cli import evidence as cli_evidence


def bench_writing(
    suite: Annotated[
        str | None,
        typer.Argument(help="A suite's file or name; the development questions without."),
    ] = None,
    shared: Annotated[
        Path | None,
        typer.Option("--shared", help="Folder with the library of real texts.", exists=True),
    ] = None,
    ids: Annotated[
        str | None, typer.Option(help="Only these items, by commas; `all` asks every one.")
    ] = None,
    name: Annotated[str, typer.Option(help="Keeps runs and answers under it.")] = "writing",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Is a written answer as good as a quoted one? Shown, withheld, cited, question by question.

    Uses the chat model of the settings over the documents of this data directory (PP-18 for the
    development questions, of which a sample is asked unless --ids says otherwise). What the model
    wrote is kept: called again with the same --name, nothing is asked twice.
    """
    from assistant.cli.output import progress_bar
    from assistant.settings import Settings
    from evals.benches import writing
    from evals.suites.folders import runs_folder, shared_folder, suite_path
    from evals.suites.suite import load_suite

    settings = Settings.load()
    path = suite_path(suite) if suite else shared_folder(shared) / "gold" / "pp18_dev.yaml"
    loaded = load_suite(path)
    wanted = ids.split(",") if ids else [] if suite else writing.sample_ids()
    if wanted and wanted != ["all"]:
        kept = tuple(item for item in loaded.items if item.id in wanted)
        loaded = loaded.model_copy(update={"items": kept})
    with progress_bar(quiet=as_json) as progress:
        report = writing.run(loaded, settings, runs_folder(settings) / Path(name).name, progress)
    typer.echo(report.model_dump_json(indent=2) if as_json else writing.render(report))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("writing")(bench_writing)
    app.command("claims")(cli_claims.bench_claims)
    app.command("answers")(cli_answers.bench_answers)
    app.command("evidence")(cli_evidence.bench_evidence)
    app.command("drafts")(cli_drafts.bench_drafts)
