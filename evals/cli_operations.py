"""`advisor bench lexical`, `faults` and `sizing`: for the operator who plans a deployment."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def lexical(
    shared: Annotated[
        Path | None,
        typer.Option("--shared", help="Folder with the library of real texts.", exists=True),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """PostgreSQL's full text beside bm25s on PP-18: clauses found, milliseconds, building.

    Uses the PostgreSQL in DATABASE_URL, or one of its own while it runs.
    """
    from rich.console import Console

    from assistant.settings import Settings
    from assistant.workspace import database
    from corpus.database import open_database
    from evals import lexical as bench
    from evals import processes
    from evals.cli import shared_folder

    settings = Settings.load()
    texts, home = shared_folder(shared), settings.home / "bench" / "pp18"
    if settings.database_url is not None:
        report = bench.run(texts, home, database(settings), settings.embedding_model)
    else:
        with tempfile.TemporaryDirectory(prefix="advisor-bench-") as folder:
            server = processes.Postgres(Path(folder), processes.free_port())
            with server:
                server.start()
                report = bench.run(texts, home, open_database(server.url), settings.embedding_model)
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        bench.render(report, Console(width=140))


def add_to(bench: typer.Typer) -> None:
    """Register the commands."""
    bench.command("lexical")(lexical)
