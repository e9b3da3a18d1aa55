"""`advisor backup` and `advisor restore`: a running system into one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.output import AsJson, print_json, progress_bar


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, e.g. advisor.backup.")],
    as_json: AsJson = False,
) -> None:
    """Save everything into one file, while the server runs: store, files, index, session key.

    The file holds people's conversations: keep it as carefully as the data directory.
    """
    from assistant.operating.backup import backup as save
    from assistant.settings import Settings

    receipt = save(Settings.load(), file)
    if as_json:
        print_json(receipt.model_dump(mode="json"))
    else:
        typer.echo(f"Saved: {receipt.summary()}")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `advisor backup` wrote.", exists=True)],
    check: Annotated[
        bool, typer.Option("--check", help="Only read the file through; change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into an empty ADVISOR_DATA_DIR (and an empty DATABASE_URL, if set).

    SQLite or PostgreSQL, Chroma in the data directory or in a server: what the backup was made
    from does not matter.
    """
    from assistant.operating import backup as keeping
    from assistant.settings import Settings

    if check:
        contents = keeping.inspect(file)
        if as_json:
            print_json(contents.model_dump(mode="json"))
        else:
            typer.echo(
                f"Sound: made {contents.made_at} by version {contents.program}, "
                f"{len(contents.files)} parts, corpus version {contents.corpus_version or 'none'}."
            )
        return
    with progress_bar(quiet=as_json) as progress:
        receipt = keeping.restore(Settings.load(), file, progress)
    if as_json:
        print_json(receipt.model_dump(mode="json"))
    else:
        typer.echo(f"Restored: {receipt.summary()}")
        typer.echo("Next: advisor doctor")
