"""How commands speak: JSON for programs, tables for people, errors that say what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, how many are done, how many there are)."""


def print_json(value: Any) -> None:
    """Write one JSON document to standard output, in UTF-8 as it is (no escapes)."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Write a table to standard output; every cell is shown as it is, never as markup."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    # A pipe has no width of its own; wide enough that a line stays a line for grep.
    Console(width=None if sys.stdout.isatty() else 240).print(table)


@contextmanager
def progress_bar(quiet: bool = False) -> Iterator[Progress]:
    """A progress bar on standard error; one bar a stage. `quiet` shows none (for --json)."""
    if quiet:
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield show
