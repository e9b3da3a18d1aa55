"""`advisor bench serve`: many conversations at once against a real server."""

from __future__ import annotations

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def bench_serve(
    conversations: Annotated[int, typer.Option(help="People at once.", min=1, max=1000)] = 50,
    seconds: Annotated[float, typer.Option(help="How long they ask.", min=1, max=3600)] = 30,
    model: Annotated[str | None, typer.Option(help="Embedding model of the server.")] = None,
    as_json: AsJson = False,
) -> None:
    """Do many conversations at once go well? Errors, lost turns, times and memory of a server.

    Quoting mode, over the starter corpus, indexed once under `bench/` of the data directory.
    Exit code 1 when a turn failed or was lost.
    """
    from assistant.settings import Settings
    from evals.operations import serving

    settings = Settings.load()
    name = model or settings.embedding_model
    home = settings.home / "bench" / f"serve-{''.join(c if c.isalnum() else '-' for c in name)}"
    report = serving.run(home, name, conversations, seconds)
    typer.echo(report.model_dump_json(indent=2) if as_json else serving.render(report))
    if not report.sound:
        raise typer.Exit(1)


def bench_scale(
    conversations: Annotated[int, typer.Option(help="People at once.", min=2, max=1000)] = 12,
    seconds: Annotated[
        float, typer.Option(help="How long they ask each deployment, in all.", min=6, max=3600)
    ] = 120,
    model: Annotated[str | None, typer.Option(help="Embedding model of the servers.")] = None,
    as_json: AsJson = False,
) -> None:
    """Do two servers answer twice as much as one? With PostgreSQL and a Chroma server.

    Exit code 1 when a turn failed. Only a quiet machine gives figures worth keeping.
    """
    import tempfile
    from pathlib import Path

    from assistant.settings import Settings
    from evals.operations import scaling

    name = model or Settings.load().embedding_model
    with tempfile.TemporaryDirectory(prefix="advisor-scale-") as folder:
        report = scaling.run(Path(folder), name, conversations, seconds)
    typer.echo(report.model_dump_json(indent=2) if as_json else scaling.render(report))
    if not report.sound:
        raise typer.Exit(1)


def add_to(bench: typer.Typer) -> None:
    """Register the command."""
    bench.command("serve")(bench_serve)
    bench.command("scale")(bench_scale)
