"""`advisor bench answers`: right answers of a strong model, and what reaches the reader of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench_answers(
    file: Annotated[
        Path | None, typer.Argument(help="Turns, one JSON object a line: id, lang, q, says.")
    ] = None,
    judged: Annotated[
        bool, typer.Option(help="The model is also asked about sentences that are left open.")
    ] = True,
    show: Annotated[bool, typer.Option(help="Print every answer as the reader gets it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Does a right answer reach the reader whole? A scripted endpoint stands in for the model.

    Over the documents of this data directory: PP-18 for the turns that are shipped.
    """
    from assistant.cli.output import progress_bar
    from assistant.settings import Settings
    from evals.benches import answers

    settings = Settings.load().model_copy(update={"chat_judge": judged})
    with progress_bar(quiet=as_json) as progress:
        found = answers.run(answers.load(file or answers.TURNS), settings, progress)
    if as_json:
        for one in found:
            typer.echo(one.model_dump_json())
    else:
        typer.echo(answers.render(found, show))
