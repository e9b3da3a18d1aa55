"""`advisor bench search` and `advisor bench crashes`: the index under load and under kills."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def bench_search(
    passages: Annotated[
        str, typer.Option(help="Sizes to measure, in passages, joined by commas.")
    ] = "10000,100000",
    as_json: AsJson = False,
) -> None:
    """How fast and how large is the index? Ours beside plain Chroma and plain bm25s.

    Texts and vectors are made up, so embedding is not measured.
    """
    from evals.operations import search_speed

    try:
        sizes = [int(size) for size in passages.split(",")]
    except ValueError:
        raise typer.BadParameter("Give sizes like 10000,100000.") from None
    if min(sizes) < 1:
        raise typer.BadParameter("Sizes start at 1.")
    report = search_speed.search_speed(sizes)
    typer.echo(report.model_dump_json(indent=2) if as_json else search_speed.render(report))


def bench_crashes(
    kills: Annotated[int, typer.Option(help="How many times to kill a sync.", min=1)] = 20,
    documents: Annotated[int, typer.Option(help="Documents on the made-up shelf.", min=10)] = 60,
    model: Annotated[str, typer.Option(help="Embedding model to sync with.")] = "hashing",
    seed: Annotated[int, typer.Option(help="Seed of the moments.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Kill -9 a sync at random moments: does the index always answer, and heal in one sync?

    Exit code 1 when a kill left a fault.
    """
    from evals.operations import crashes

    report = crashes.crashes(kills, documents, model, seed)
    typer.echo(report.model_dump_json(indent=2) if as_json else crashes.render(report))
    if not report.survived:
        raise typer.Exit(1)


def add_to(bench: typer.Typer) -> None:
    """Register both commands."""
    bench.command("search")(bench_search)
    bench.command("crashes")(bench_crashes)
