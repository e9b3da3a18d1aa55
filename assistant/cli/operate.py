"""`advisor key` and `advisor switch`: for the operator of a server."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.output import AsJson, print_json


def key(
    name: Annotated[str, typer.Argument(help="Whose key it is; shows in the audit and in limits.")],
    role: Annotated[
        str, typer.Option(help="reader, staff, librarian, evaluator or admin.")
    ] = "reader",
    as_json: AsJson = False,
) -> None:
    """Make an API key. It is shown once; the server keeps its hash only.

    Put the line into ADVISOR_API_KEYS (several, separated by commas). With any key configured,
    everything but /healthz and /readyz needs one.
    """
    from assistant.api.keys import new_key
    from assistant.people.roles import Role

    if role not in set(Role):
        raise typer.BadParameter(f"the roles are {', '.join(Role)}")
    secret, line = new_key(name, Role(role))
    if as_json:
        print_json({"key": secret, "entry": line})
        return
    typer.echo(f"key, for {name}: {secret}")
    typer.echo(f"entry, for ADVISOR_API_KEYS: {line}")


def switch(
    face: Annotated[str, typer.Argument(help="'web' (the chat) or 'api'.")],
    to: Annotated[str, typer.Argument(help="'on' or 'off'.")],
    reason: Annotated[str, typer.Option(help="Why; people who are turned away read it.")],
    actor: Annotated[str, typer.Option(help="Who throws it, for the audit.")] = "operator",
) -> None:
    """Switch the chat or the API off or on, on every replica, within a second."""
    from assistant.operating.switches import Face, Switches
    from assistant.operating.workspace import database
    from assistant.settings import Settings

    if face not in {f.value for f in Face} or to not in ("on", "off"):
        raise typer.BadParameter("say `advisor switch web off` or `advisor switch api on`")
    thrown = Switches(database(Settings.load())).throw(Face(face), to == "on", actor, reason)
    typer.echo(f"{thrown.face.value} is {to} since {thrown.at}: {thrown.reason}")


database_app = typer.Typer(help="The relational store's schema.", no_args_is_help=True)


@database_app.command("status")
def database_status(as_json: AsJson = False) -> None:
    """Which version the database is at, and which this release works with. Changes nothing."""
    from assistant.operating.workspace import unopened
    from assistant.records.schema import head, version
    from assistant.settings import Settings

    now, wanted = version(unopened(Settings.load())), head()
    if as_json:
        print_json({"version": now, "release": wanted})
    else:
        typer.echo(f"The database is at version {now or 'none'}; this release works with {wanted}.")
    raise typer.Exit(0 if now == wanted else 1)


@database_app.command("upgrade")
def database_upgrade() -> None:
    """Bring the database to this release's version. Starting any command or server does, too."""
    from assistant.operating.workspace import unopened
    from assistant.records.schema import upgrade
    from assistant.settings import Settings

    before, now = upgrade(unopened(Settings.load()))
    done = "was" if before == now else f"went from {before or 'none'}"
    typer.echo(f"The database {done} {'at' if before == now else 'to'} version {now}.")
