"""`advisor bench evidence`: what a strong chat model would be given to write from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench_evidence(
    file: Annotated[
        Path | None,
        typer.Argument(help="Questions, one JSON object a line; those of the library without."),
    ] = None,
    shared: Annotated[
        Path | None,
        typer.Option("--shared", help="Folder with the library of real texts.", exists=True),
    ] = None,
    most: Annotated[int, typer.Option(help="Answerable questions asked, drawn by chance.")] = 300,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Does the evidence for a strong model hold every clause that answers? No model is asked.

    Over the documents of this data directory: PP-18 for the questions of the library.
    """
    from assistant.cli.output import progress_bar
    from assistant.settings import Settings
    from evals.benches import evidence
    from evals.suites.folders import shared_folder
    from evals.training.data import SHARED_SETS, read_questions

    path = file or shared_folder(shared) / SHARED_SETS[0]
    asked = evidence.sample(list(read_questions(path, "pp18")), most)
    with progress_bar(quiet=as_json) as progress:
        report = evidence.run(asked, Settings.load(), progress)
    typer.echo(report.model_dump_json(indent=2) if as_json else evidence.render(report))
