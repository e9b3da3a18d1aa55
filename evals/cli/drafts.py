"""`advisor bench drafts`: five drafts of different kinds, each opened again and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def bench_drafts(
    written: Annotated[
        bool, typer.Option("--written", help="Let the chat model write; else quotations.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder to keep the Word files in.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Are drafts fit to send on? Five kinds over the documents of this data directory.

    Every footnote is followed, every quotation compared, every written sentence judged anew. Ends
    with exit code 1 when one of the five does not hold.
    """
    from assistant.advice.drafting.composing import required_writer
    from assistant.advisor import Advisor
    from assistant.settings import Settings
    from evals.benches import five_drafts

    settings = Settings.load()
    writes = required_writer(settings) if written else None
    found = five_drafts.run(
        Advisor.open(settings),
        model=settings.chat_model if written else None,
        writes=writes,
        folder=out,
        told=lambda kind: typer.echo(f"{kind} ...", err=True),
    )
    typer.echo(found.model_dump_json(indent=2) if as_json else five_drafts.render(found))
    if not all(draft.fit for draft in found.drafts):
        raise typer.Exit(1)
