"""The commands of the evaluation room: `advisor bench ...` and `advisor eval ...`.

The assistant's command line finds both apps by the `advisor.commands` entry points, so imports
keep running one way. Everything heavy is imported inside the commands: help must stay quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evals.cli import index as cli_index
from evals.cli import judge as cli_judge
from evals.cli import operations as cli_operations
from evals.cli import page as cli_page
from evals.cli import public as cli_public
from evals.cli import serve as cli_serve
from evals.cli import writing as cli_writing
from evals.suites.folders import shared_folder

bench = typer.Typer(
    help="Measure the rooms against references and baselines.", no_args_is_help=True
)
cli_index.add_to(bench)
cli_serve.add_to(bench)
cli_judge.add_to_bench(bench)
cli_writing.add_to(bench)
cli_operations.add_to(bench)
bench.command("page")(cli_page.page)
bench.command("public")(cli_public.public)

Shared = Annotated[
    Path | None,
    typer.Option("--shared", help="Folder with the library of real texts.", exists=True),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@bench.command("retrieval")
def bench_retrieval(shared: Shared = None, as_json: AsJson = False) -> None:
    """Is the right clause found? Ours beside BM25, dense and their plain fusion, paired.

    PP-18 is indexed once under the data directory (`bench/pp18`); later runs take a minute.
    """
    from rich.console import Console

    from assistant.settings import Settings
    from evals.benches import retrieval

    settings = Settings()
    report = retrieval.run(
        shared_folder(shared), settings.home / "bench" / "pp18", settings.embedding_model
    )
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        retrieval.render(report, Console(width=140))


@bench.command("fresh")
def bench_fresh(
    questions: Annotated[
        Path | None,
        typer.Option(help="Questions over what is held; those over PP-18 without.", exists=True),
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Also write the figures here, as JSON, for the page.")
    ] = None,
) -> None:
    """What becomes of fresh questions for clauses, by the whole assistant?

    Asks the questions of `evals/data/questions/fresh`, that nothing was learned from, of the
    documents in ADVISOR_DATA_DIR, which must be those they are about.
    """
    from assistant.advisor import Advisor
    from assistant.cli.output import progress_bar
    from assistant.settings import Settings
    from evals.training import fresh
    from evals.training.data import read_questions

    path = questions or fresh.FRESH / "pp18.jsonl"
    advisor = Advisor.open(Settings.load())
    with progress_bar() as progress:
        outcomes = fresh.run(advisor.ask, list(read_questions(path, path.stem)), progress)
    found = fresh.rows(outcomes)
    typer.echo(fresh.render(found))
    if keep:
        fresh.write(found, keep)
        typer.echo(f"Written: {keep}")


@bench.command("spelling")
def bench_spelling(
    as_json: AsJson = False,
    misses: Annotated[bool, typer.Option(help="Print what was not read as meant.")] = False,
) -> None:
    """Are slips of the keyboard mended, and is nothing else? In six languages, tuned and fresh."""
    from rich.console import Console

    from evals.benches import spelling

    measured = spelling.run()
    if as_json:
        import json

        typer.echo(json.dumps([m.model_dump(mode="json") for m in measured], ensure_ascii=False))
    else:
        spelling.render(measured, Console(width=140), misses)


@bench.command("grounding")
def bench_grounding(shared: Shared = None, as_json: AsJson = False) -> None:
    """Are false sentences caught? Mutations of PP-18's own, and real labelled sets."""
    from corpus.reading.readers import akn
    from evals.judging import grounding

    folder = shared_folder(shared)
    source = folder / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)
    report = grounding.run(documents, folder)
    typer.echo(report.model_dump_json(indent=2) if as_json else grounding.render(report))


@bench.command("injection")
def bench_injection(
    shared: Shared = None,
    as_json: AsJson = False,
    most: Annotated[int, typer.Option(help="Injected documents to try when quoting.")] = 600,
    written: Annotated[
        int, typer.Option(help="How many of them with the chat model, if one is set.", min=1)
    ] = 40,
) -> None:
    """Can a document take over the assistant? Attacks put into resolutions, and look-alikes."""
    from assistant.settings import Settings
    from corpus.reading.readers import akn
    from evals.benches import injection

    folder = shared_folder(shared)
    source = folder / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)
    report = injection.run(documents, folder, Settings.load(), most, written)
    typer.echo(report.model_dump_json(indent=2) if as_json else injection.render(report))


@bench.command("segmentation")
def bench_segmentation(
    shared: Shared = None,
    as_json: AsJson = False,
    show: Annotated[int, typer.Option(help="How many disagreements to list.", min=0)] = 20,
    layout: Annotated[
        str, typer.Option(help="Printed layout to read back: book, pocket, sheet, all or none.")
    ] = "book",
) -> None:
    """Do documents come apart into the right clauses? Ours against the reference of PP-18."""
    from evals.benches import segmentation, typesetting

    result = segmentation.segmentation(shared_folder(shared))
    if layout != "none":
        chosen = [one for one in typesetting.LAYOUTS if layout in ("all", one.name)]
        if not chosen:
            raise typer.BadParameter("The layouts are book, pocket, sheet, all and none.")
        printed = typesetting.typeset_segmentation(shared_folder(shared), chosen)
        result = segmentation.Segmentation(
            rows=[*result.rows, *printed.rows],
            disagreements=[*result.disagreements, *printed.disagreements],
        )
    typer.echo(result.model_dump_json(indent=2) if as_json else segmentation.render(result, show))


@bench.command("un-paragraphs")
def bench_un_paragraphs(shared: Shared = None, as_json: AsJson = False) -> None:
    """Do the paragraphs of real UN resolutions come back from their PDFs, one clause each?"""
    from evals.benches import un_paragraphs

    result = un_paragraphs.un_paragraphs(shared_folder(shared))
    typer.echo(result.model_dump_json(indent=2) if as_json else un_paragraphs.render(result))
