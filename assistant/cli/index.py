"""`advisor index`: keep the search index in step with the shelf."""

from __future__ import annotations

import typer

from assistant.cli.output import AsJson, print_json, progress_bar

app = typer.Typer(help="The search index: bring it in step, look at it.", no_args_is_help=True)


@app.command()
def sync(as_json: AsJson = False) -> None:
    """Bring the index in step with the shelf: embed what is new or changed, drop what is gone.

    The new index is built beside the one in use and switched to in one step; stopping this
    command at any moment loses nothing.
    """
    from assistant.operating.workspace import sync_index
    from assistant.settings import Settings

    with progress_bar(quiet=as_json) as progress:
        report = sync_index(Settings.load(), progress)
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        typer.echo(report.summary())


@app.command()
def status(as_json: AsJson = False) -> None:
    """What the index holds, which model made it, and whether it is in step with the shelf."""
    from assistant.operating.workspace import index_status
    from assistant.settings import Settings

    state = index_status(Settings.load())
    if as_json:
        print_json(state.model_dump(mode="json"))
    else:
        typer.echo(state.summary())
