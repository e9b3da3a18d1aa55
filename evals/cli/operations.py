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

    from assistant.operating.workspace import database
    from assistant.settings import Settings
    from corpus.database import open_database
    from evals.benches import lexical as bench
    from evals.operations import processes
    from evals.suites.folders import shared_folder

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


def faults(
    model: Annotated[str, typer.Option(help="Embedding model of the servers.")] = "hashing",
    kills: Annotated[int, typer.Option(min=1, max=100, help="kill -9 of the one server.")] = 3,
    seed: Annotated[int, typer.Option(help="Of the random moments.")] = 0,
    only: Annotated[str, typer.Option(help="'one' machine or 'many' servers only.")] = "",
    write: Annotated[
        Path | None,
        typer.Option(help="Page whose table to write anew, e.g. docs/operating.md.", exists=True),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Break real processes and look: what people see, what is lost, how it heals, what doctor says.

    kill -9, full and read-only disk, clock jumps, damaged index, second server, silent chat model;
    then Chroma, database, worker and a server of a deployment. Exit code 1 when a fault was not
    told in words, lost a turn, did not heal or was not seen by `advisor doctor`.
    """
    from evals.operations.faults import finding, running

    def told(fault: finding.Fault) -> None:
        typer.echo(f"{'ok' if fault.sound else 'FAILED'}: {fault.name}", err=True)

    report = running.run(model, kills, seed, only != "many", only != "one", told)
    typer.echo(report.model_dump_json(indent=2) if as_json else finding.render(report))
    if write is not None:
        finding.write_into(write, report)
    if not report.sound:
        raise typer.Exit(1)


def sizing(
    measure: Annotated[
        str, typer.Option(help="Measure anew at these sizes, by commas, e.g. 10000,100000.")
    ] = "",
    write: Annotated[Path | None, typer.Option(help="Page to write, e.g. docs/sizing.md.")] = None,
    server: Annotated[float, typer.Option(help="MiB of a server (`bench serve`).")] = 0,
    memory_price: Annotated[float, typer.Option(help="USD a GiB of memory a month.")] = 3.0,
    disk_price: Annotated[float, typer.Option(help="USD a GiB of disk a month.")] = 0.10,
    core_price: Annotated[float, typer.Option(help="USD a core a month.")] = 15.0,
    as_json: AsJson = False,
) -> None:
    """Memory, disk, time and cost for 10^4 to 10^8 passages, and where things move."""
    import json

    from assistant.settings import Settings
    from evals.operations import sizing as page

    kept = Path(page.__file__).parent.parent / "data" / "sizing.json"
    if measure:
        sizes = [int(size) for size in measure.split(",")]
        before = page.load(kept).server if kept.is_file() and not server else server
        page.keep(page.measure(sizes, before, Settings.load().embedding_model), kept)
    found = page.load(kept)
    prices = page.Prices(memory=memory_price, disk=disk_price, core=core_price)
    if write is not None:
        write.write_text(page.render(found, prices), encoding="utf-8")
    if as_json:
        rows = [need.model_dump() for need in page.needs(found, prices)]
        typer.echo(json.dumps(rows, indent=2))
    else:
        typer.echo(page.render(found, prices))


def add_to(bench: typer.Typer) -> None:
    """Register the commands."""
    bench.command("lexical")(lexical)
    bench.command("faults")(faults)
    bench.command("sizing")(sizing)
