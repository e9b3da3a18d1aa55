"""`advisor bench page`: run the benches and write docs/benchmarks.md from their output."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def page(
    out: Annotated[Path, typer.Argument(help="The page to write.")] = Path("docs/benchmarks.md"),
    shared: Annotated[
        Path | None, typer.Option(help="Folder with the library of real texts.", exists=True)
    ] = None,
    work: Annotated[
        Path | None, typer.Option(help="Keeps results and indexes; by default in the data folder.")
    ] = None,
    stored: Annotated[
        Path | None,
        typer.Option("--from", help="Write the page from this work folder; run nothing."),
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="Run only these benches.")] = None,
) -> None:
    """Run every bench whose texts are here, and write the page of benchmarks.

    A bench whose result lies in the work folder is not run again: delete its file to renew it.
    """
    from assistant.settings import Settings
    from evals.report.benchmarks import BENCHES, Work, run_benches, stored_benches
    from evals.report.page import as_markdown
    from evals.suites.folders import shared_folder

    if set(only or ()) - set(BENCHES):
        raise typer.BadParameter(f"The benches are {', '.join(BENCHES)}.")
    if stored is not None:
        results = stored_benches(stored)
    else:
        settings = Settings.load()
        try:
            texts = shared_folder(shared)
        except typer.BadParameter:
            texts = None
        folder = work or settings.home / "bench" / "page"
        results = run_benches(
            Work(folder, texts, settings),
            tuple(only or ()),
            lambda name: typer.echo(f"{name} ...", err=True),
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(as_markdown(results), encoding="utf-8")
    typer.echo(f"{out}: {', '.join(results) or 'no results'}")
