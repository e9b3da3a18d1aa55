"""`advisor search` and `advisor ask`."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.output import AsJson, print_json

Top = Annotated[int, typer.Option("--top", min=1, max=100, help="How many passages to show.")]


def search(
    query: Annotated[str, typer.Argument(help="A question or a few words, in any UN language.")],
    top: Top = 10,
    as_json: AsJson = False,
) -> None:
    """Find passages, best first: what an answer would be built from."""
    from assistant.advisor import Advisor
    from assistant.asking.screening import readable
    from assistant.asking.spelling import for_search
    from assistant.settings import Settings

    searcher = Advisor.open(Settings.load()).searcher
    result = searcher.search(for_search(readable(query), searcher), top=top)
    if as_json:
        print_json(
            [
                {
                    "addresses": list(found.passage.addresses),
                    "score": found.score,
                    "text": found.passage.text,
                    "document": found.passage.document,
                    "title": found.passage.title,
                    "edition": found.passage.edition,
                    "section": found.passage.section_heading,
                    "page": found.passage.page,
                    "is_digest": found.passage.is_digest,
                }
                for found in result.evidence
            ]
        )
        return
    for arm in result.degraded:
        said = "did not answer" if arm == "reranker" else "part of the search returned nothing"
        typer.secho(f"Note: the {arm} {said}.", err=True, fg="yellow")
    for number, found in enumerate(result.evidence, 1):
        passage = found.passage
        mark = " · digest" if passage.is_digest else ""
        page = f" · p. {passage.page}" if passage.page else ""
        typer.secho(f"{number:>2}. {' '.join(passage.addresses)}", bold=True, nl=False)
        typer.echo(f"  ({found.score:.3f}{page}{mark})")
        typer.secho(f"    {passage.title} · {passage.section_heading}", dim=True)
        typer.echo(f"    {passage.text}\n")
    if not result.evidence:
        typer.echo("Nothing was found.")


def ask(
    question: Annotated[str, typer.Argument(help="A question, in any of the six UN languages.")],
    conversation: Annotated[
        str | None, typer.Option(help="Id of the conversation this follows up.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Language of the answer's own words: ar en es fr ru zh.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask a question; the answer cites the clauses it stands on.

    The last line gives the conversation's id: pass it with --conversation to follow up.
    """
    from assistant.advisor import Advisor
    from assistant.rendering.text import as_text
    from assistant.settings import Settings

    advisor = Advisor.open(Settings.load())
    answer = advisor.ask(question, conversation=conversation, language=language)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        typer.echo(as_text(answer))
