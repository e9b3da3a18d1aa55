"""`advisor bench claims`: sentences with the clauses they cite, shown or withheld."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench_claims(
    file: Annotated[
        Path, typer.Argument(help="Claims, one JSON object a line: id, lang, text, cites, before.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a line {id, shown, reason} for each.")
    ] = False,
    right: Annotated[
        float | None,
        typer.Option(
            "--judge-right",
            min=0,
            max=1,
            help="As if a judge were asked what is left open who is right so often (labelled).",
        ),
    ] = None,
) -> None:
    """Is each sentence borne out by the clauses it cites? Over the documents held, without a model.

    With labels in the file (label, kind) and without --json, a table by kind, language and rule.
    """
    import json

    from assistant.cli.output import progress_bar
    from assistant.operating.workspace import shelf
    from assistant.settings import Settings
    from evals.judging import claims

    settings = Settings.load()
    read = claims.read(file)
    held = shelf(settings)
    if as_json:
        for one in claims.outcomes(read, held, settings, right=right):
            line = {"id": one.id, "shown": one.shown, "reason": one.reason}
            typer.echo(json.dumps(line, ensure_ascii=False))
        return
    with progress_bar() as progress:
        found = list(claims.outcomes(read, held, settings, progress, right))
    typer.echo(claims.render(read, found))
