"""`advisor bench public`: the public sets, with published figures beside ours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def public(
    shared: Annotated[
        Path | None, typer.Option(help="Folder with the library of real texts.", exists=True)
    ] = None,
    work: Annotated[
        Path | None, typer.Option(help="Keeps indexes and results; by default in the data folder.")
    ] = None,
    questions: Annotated[
        int, typer.Option(help="Questions a set and language; 0 asks all.", min=0)
    ] = 300,
    only: Annotated[
        list[str] | None, typer.Option(help="Only these: scifact, xquad, mtrag-un.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """SciFact, XQuAD and MTRAG-UN: our search beside BM25, the embedder alone, published figures.

    What was measured with the same settings is not measured again. The first run embeds about
    4,000 passages (half an hour on two cores).
    """
    from assistant.settings import Settings
    from evals.public import report
    from evals.suites.folders import shared_folder

    if set(only or ()) - set(report.PARTS):
        raise typer.BadParameter(f"The parts are {', '.join(report.PARTS)}.")
    settings = Settings.load()
    found = report.run(
        shared_folder(shared),
        work or settings.home / "bench" / "public",
        settings.embedding_model,
        questions,
        tuple(only or ()),
        lambda part: typer.echo(f"{part} ...", err=True),
    )
    typer.echo(found.model_dump_json(indent=2) if as_json else report.render(found))
