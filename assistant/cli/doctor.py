"""`advisor doctor`."""

from __future__ import annotations

import typer

from assistant.cli.output import AsJson, print_json

_MARKS = {"ok": ("ok   ", "green"), "note": ("note ", "yellow"), "wrong": ("WRONG", "red")}


def doctor(as_json: AsJson = False) -> None:
    """Look at everything this program needs and say what is wrong and how to mend it.

    Exit code 1 when something is wrong.
    """
    from assistant.operating.diagnosis import Verdict, diagnose
    from assistant.settings import Settings

    checks = diagnose(Settings.load())
    if as_json:
        print_json([check.model_dump(mode="json") for check in checks])
    else:
        for check in checks:
            mark, colour = _MARKS[check.verdict.value]
            typer.secho(mark, fg=colour, nl=False)
            typer.echo(f" {check.name}: {check.found}")
            if check.mend:
                typer.echo(f"        -> {check.mend}")
    if any(check.verdict is Verdict.WRONG for check in checks):
        raise typer.Exit(1)
