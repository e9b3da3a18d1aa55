"""`advisor train`: weights learned from the questions in this repository."""

from __future__ import annotations

from typing import Annotated

import typer

train = typer.Typer(
    help="Fit what is learned, and say how it does on what it has not seen.", no_args_is_help=True
)


@train.callback()
def _begin() -> None:
    """Keeps `forms` a command of its own while there is only one."""


@train.command("forms")
def train_forms(
    write: Annotated[
        bool,
        typer.Option(help="Into the program itself, for its developers; else the data directory."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Which form of answer does a message ask for? Fitted for the configured embedding model.

    Needs scikit-learn (the extra `dev`). Run it after EMBEDDING_MODEL was changed: until then every
    message is answered with clauses.
    """
    from pathlib import Path

    from assistant.asking import forms as learned
    from assistant.settings import Settings
    from assistant.workspace import embedder
    from evals.training import forms

    settings = Settings.load()
    heads, measured = forms.fit(
        embedder(settings), lambda told: typer.echo(told, err=True) if not as_json else None
    )
    folder = Path(learned.__file__).parent if write else settings.home
    forms.write(heads, folder / learned.WEIGHTS)
    if as_json:
        import json

        typer.echo(json.dumps([m.model_dump(mode="json") for m in measured], indent=2))
    else:
        typer.echo(forms.render(measured))
        typer.echo(f"Written: {folder / learned.WEIGHTS}")
