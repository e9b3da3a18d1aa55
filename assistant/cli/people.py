"""`advisor users`, `advisor keys`: who may enter, from the command line of the server's machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import AsJson, print_json, print_table
from assistant.people.roles import Role

if TYPE_CHECKING:
    from assistant.people.people import People

users = typer.Typer(
    help="Accounts of people. From the first one on, everybody signs in.", no_args_is_help=True
)
keys = typer.Typer(help="Keys for programs that use the API.", no_args_is_help=True)

BY = "operator"
"""Whoever may run commands on this machine."""

Name = Annotated[str, typer.Argument(help="The account's name.")]


def _people() -> People:
    from assistant.operating import workspace
    from assistant.people.people import People
    from assistant.settings import Settings

    return People(workspace.database(Settings.load()))


def _shown_once(what: str, secret: str) -> None:
    typer.secho(f"{what}, shown this once:", fg="yellow")
    typer.echo(secret)


@users.command("add")
def add(
    name: Name,
    role: Annotated[
        Role, typer.Option(help="What they may do: librarians and evaluators are staff too.")
    ] = Role.READER,
    display: Annotated[str, typer.Option(help="Their name as people write it.")] = "",
    ask: Annotated[bool, typer.Option("--ask", help="Ask for a password instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make an account. Its password is generated and shown once, or asked for."""
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else None
    user, chosen = _people().users.add(name, role, by=BY, display=display, password=password)
    if as_json:
        print_json({"user": user.model_dump(mode="json"), "password": None if ask else chosen})
        return
    typer.echo(f"{user.name} may sign in as {user.role}.")
    if not ask:
        _shown_once("Password", chosen)


@users.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every account, its role, and when it last signed in."""
    found = _people().users.all()
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
        return
    if not found:
        typer.echo("Nobody has an account. `advisor users add NAME --role admin` makes the first.")
        return
    print_table(
        "Accounts",
        ["name", "role", "way in", "last sign-in", "state"],
        [
            [u.name, u.role.value, u.way.value, u.seen or "never", "disabled" if u.disabled else ""]
            for u in found
        ],
    )


@users.command("disable")
def disable(name: Name) -> None:
    """Let an account in no more; its sessions end at once, what it made stays."""
    _people().users.set_disabled(name, True, by=BY)
    typer.echo(f"{name} is let in no more.")


@users.command("enable")
def enable(name: Name) -> None:
    """Let an account in again."""
    _people().users.set_disabled(name, False, by=BY)
    typer.echo(f"{name} may sign in again.")


@users.command("unlock")
def unlock(name: Name) -> None:
    """Let somebody sign in at once whose account waits because sign-ins failed, theirs or not."""
    from assistant.people.audit import Action

    people = _people()
    user = people.users.get(name)
    waited = people.attempts.forget(user.name)
    people.audit.record(BY, Action.UNLOCKED, person=user.name)
    typer.echo(f"{user.name} may sign in now." if waited else f"{user.name} was not waiting.")


@users.command("role")
def role(name: Name, role: Role) -> None:
    """Give an account another role, from its next request on."""
    _people().users.set_role(name, role, by=BY)
    typer.echo(f"{name} is {role} now.")


@users.command("password")
def password(
    name: Name, ask: Annotated[bool, typer.Option("--ask", help="Ask for it.")] = False
) -> None:
    """Set a new password, generated and shown once, or asked for; every session ends."""
    given = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else None
    chosen = _people().users.set_password(name, given, by=BY)
    if ask:
        typer.echo("The password is set.")
    else:
        _shown_once("Password", chosen)


@users.command("tidy")
def tidy() -> None:
    """Delete conversations older than ADVISOR_KEEP_DAYS; for a daily timer. Serving does so too."""
    from assistant.settings import Settings

    days = Settings.load().keep_days
    typer.echo(f"{_people().keep_no_longer(days)} conversations were kept long enough.")


@users.command("erase")
def erase(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person: account, conversations, feedback, drafts, reviews, links, sessions, keys.

    The record of who did what keeps a pseudonym that stands for nobody. There is no way back.
    """
    if not yes:
        typer.confirm(f"Erase {name} and everything of theirs, for good?", abort=True)
    erased = _people().erase(name, by=BY)
    if as_json:
        print_json(erased)
        return
    total = sum(erased.values())
    typer.echo(f"Erased {total} rows of {name}." if total else f"Nothing was held of {name}.")


@keys.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    role: Annotated[Role, typer.Option(help="What may be done with it.")] = Role.READER,
    owner: Annotated[
        str | None, typer.Option(help="Account it belongs to; else it stands by itself.")
    ] = None,
    days: Annotated[int, typer.Option(help="Days until it ends; 0: it does not.")] = 365,
    as_json: AsJson = False,
) -> None:
    """Make a key for the API. Its secret is shown once; the database keeps a digest."""
    key, secret = _people().keys.add(name, role, by=BY, owner=owner, days=days or None)
    if as_json:
        print_json({"key": key.model_dump(mode="json"), "secret": secret})
        return
    typer.echo(f"Key {key.id} ({key.role}) ends {key.expires or 'never'}.")
    _shown_once("Secret", secret)


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """Every key, without its secret."""
    found = _people().keys.all()
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
        return
    if not found:
        typer.echo("There are no keys. `advisor keys add NAME` makes one.")
        return
    print_table(
        "Keys",
        ["id", "name", "owner", "role", "ends", "last used", "state"],
        [
            [k.id, k.name, k.owner, k.role.value, k.expires or "never", k.used or "never",
             "revoked" if k.revoked else ""]
            for k in found
        ],
    )  # fmt: skip


@keys.command("revoke")
def revoke(id: Annotated[str, typer.Argument(help="Of `advisor keys list`.")]) -> None:
    """End a key at once, with the sessions it opened."""
    _people().keys.revoke(id, by=BY)
    typer.echo(f"Key {id} opens nothing any more.")
