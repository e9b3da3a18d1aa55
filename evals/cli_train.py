"""`advisor train ...`: what the program learns from data, fitted again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

train = typer.Typer(help="Fit again what the program learns from data.", no_args_is_help=True)


@train.callback()
def _group() -> None:
    """Keeps `entailment` a command of its own while it is the only one."""


@train.command("entailment")
def train_entailment(
    shared: Annotated[
        Path | None,
        typer.Option("--shared", help="Folder with the library of real texts.", exists=True),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File to write; models/entailment.json of the data directory without."),
    ] = None,
    public: Annotated[
        int, typer.Option(min=0, help="Premises of each public set to learn from as well.")
    ] = 120,
) -> None:
    """Fit what tells whether a clause bears a sentence out, to the embedding model configured.

    Needs the library of real texts and scikit-learn (the dev extra); what the encoder has read is
    kept in the data directory.
    """
    from assistant.cli.output import progress_bar
    from assistant.grounding.meaning import FITTED, save
    from assistant.settings import Settings
    from corpus.readers import akn
    from evals.cli import shared_folder
    from evals.training import entailment

    settings = Settings.load()
    folder = shared_folder(shared)
    source = folder / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)
    with progress_bar() as progress:
        fitted, report = entailment.train(
            documents,
            folder,
            settings.embedding_model,
            settings.home / "training" / "vectors",
            public,
            progress,
        )
    target = out or settings.home / "models" / FITTED
    save(fitted, target)
    typer.echo(report.model_dump_json(indent=2))
    typer.echo(f"Written: {target}")
