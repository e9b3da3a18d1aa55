"""`advisor bench train-fusion` and `sufficiency`: where the weights of search come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from evals.fusion import Trained
    from evals.refusing import Refusal

Shared = Annotated[
    Path | None,
    typer.Option("--shared", help="Folder with the library of real texts.", exists=True),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Write = Annotated[
    Path | None,
    typer.Option(
        help="Folder to write the weights to.", exists=True, file_okay=False, writable=True
    ),
]


def _trained(shared: Path | None) -> Trained:
    from assistant.settings import Settings
    from evals import fusion
    from evals.cli import shared_folder

    settings = Settings()
    home = settings.home / "bench" / "pp18"
    return fusion.train(fusion.gather(shared_folder(shared), home, settings.embedding_model))


def _refusal(shared: Path | None) -> Refusal:
    from assistant.settings import Settings
    from evals import refusing
    from evals.cli import shared_folder

    settings = Settings()
    folder = settings.home / "bench"
    return refusing.train(refusing.gather(shared_folder(shared), folder, settings.embedding_model))


def train_fusion(
    shared: Shared = None,
    as_json: AsJson = False,
    write: Write = None,
) -> None:
    """Learn the weights of search from the dev questions; figures are of folds left out.

    What is written to sufficiency.json is learned on evidence as the installed ranking.json ranks
    it: where the ranking changed, run it twice.
    """
    from rich.console import Console

    from evals import fusion

    trained = _trained(shared)
    if write is not None:
        fusion.write(trained, _refusal(shared), write)
    if as_json:
        typer.echo(trained.model_dump_json(indent=2))
        return
    fusion.render(trained, Console(width=160))


def sufficiency(shared: Shared = None, as_json: AsJson = False) -> None:
    """What refusing costs: false refusals beside right ones, cross-validated."""
    from rich.console import Console

    from evals.cli_refusing import render

    refusal = _refusal(shared)
    if as_json:
        typer.echo(refusal.model_dump_json(indent=2))
        return
    render(refusal, Console(width=140))


def train_selection(
    shared: Shared = None,
    as_json: AsJson = False,
    write: Write = None,
) -> None:
    """Learn which candidates are worth quoting; figures are of questions left out."""
    from assistant.settings import Settings
    from evals import choosing
    from evals.cli import shared_folder

    settings = Settings()
    home = settings.home / "bench" / "pp18"
    chosen = choosing.train(choosing.gather(shared_folder(shared), home, settings.embedding_model))
    if write is not None:
        choosing.write(chosen, write)
    typer.echo(chosen.model_dump_json(indent=2) if as_json else choosing.render(chosen))


def add_to(bench: typer.Typer) -> None:
    """Register the commands."""
    bench.command("train-fusion")(train_fusion)
    bench.command("sufficiency")(sufficiency)
    bench.command("train-selection")(train_selection)
