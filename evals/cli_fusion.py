"""`advisor bench train-fusion` and `sufficiency`: where the weights of search come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from evals.fusion import Trained

Shared = Annotated[
    Path | None,
    typer.Option("--shared", help="Folder with the library of real texts.", exists=True),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _trained(shared: Path | None) -> Trained:
    from assistant.settings import Settings
    from evals import fusion
    from evals.cli import shared_folder

    settings = Settings()
    home = settings.home / "bench" / "pp18"
    return fusion.train(fusion.gather(shared_folder(shared), home, settings.embedding_model))


def train_fusion(
    shared: Shared = None,
    as_json: AsJson = False,
    write: Annotated[
        Path | None, typer.Option(help="Folder to write ranking.json and sufficiency.json to.")
    ] = None,
) -> None:
    """Learn the weights of search from the dev questions; figures are of folds left out."""
    from rich.console import Console
    from rich.table import Table

    from evals import fusion

    trained = _trained(shared)
    if write is not None:
        fusion.write(trained, write)
    if as_json:
        typer.echo(trained.model_dump_json(indent=2))
        return
    names = ("recall@1", "recall@5", "recall@10", "hit@5", "document recall@5")
    table = Table(title="Clauses found by weights learned without the question's documents")
    for column in ("part", "n", *names):
        table.add_column(column)
    for part, row in trained.figures.items():
        table.add_row(part, f"{row['n']:.0f}", *(f"{row[name]:.3f}" for name in names))
    Console(width=120).print(table)


def sufficiency(shared: Shared = None, as_json: AsJson = False) -> None:
    """What refusing costs: false refusals beside right ones, cross-validated."""
    from rich.console import Console
    from rich.table import Table

    trained = _trained(shared)
    if as_json:
        typer.echo(trained.model_dump_json(indent=2, include={"auc", "curves"}))
        return
    for model, curve in trained.curves.items():
        table = Table(title=f"Embedder: {model} (area under the curve {trained.auc[model]:.3f})")
        for column in ("false refusals", "unanswerable refused", "false premise refused"):
            table.add_column(column)
        for point in curve:
            table.add_row(
                f"{point.false_refusals:.3f}",
                f"{point.refused_unanswerable:.3f}",
                f"{point.refused_false_premise:.3f}",
            )
        Console(width=100).print(table)


def train_selection(
    shared: Shared = None,
    as_json: AsJson = False,
    write: Annotated[Path | None, typer.Option(help="File to write selection.json to.")] = None,
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
