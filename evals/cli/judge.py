"""`advisor bench judge` and `advisor eval judge`: a chat model as judge, and its agreement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evals.suites.folders import clause_lookup, run_path, runs_folder

if TYPE_CHECKING:
    from evals.judging.judge import Judge
    from evals.judging.judged import Judged
    from evals.suites.running import Run

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Url = Annotated[
    str | None,
    typer.Option(
        "--judge-url",
        envvar="ADVISOR_JUDGE_URL",
        help="OpenAI-compatible endpoint of the judge; the chat model of the settings without.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option("--judge-model", envvar="ADVISOR_JUDGE_MODEL", help="Its model's name."),
]
Key = Annotated[
    str | None, typer.Option("--judge-key", envvar="ADVISOR_JUDGE_KEY", help="Its key.")
]


def open_judge(url: str | None, model: str | None, key: str | None) -> Judge:
    """The judge named, or the chat model of the settings.

    Raises:
        BadChatModel: no model is named anywhere, or it cannot be opened.
    """
    from pydantic import SecretStr

    from assistant.settings import Settings
    from assistant.writing.model import BadChatModel, configured
    from evals.judging.judge import Judge

    settings = Settings.load()
    if url or model:
        settings = settings.model_copy(
            update={
                "chat_base_url": url,
                "chat_model": model,
                "chat_api_key": SecretStr(key) if key else None,
            }
        )
    if not configured(settings):
        raise BadChatModel("No judge is named: give --judge-url and --judge-model.")
    return Judge(settings, runs_folder(settings))


def bench_judge(
    shared: Annotated[
        Path | None,
        typer.Option("--shared", help="Folder with the library of real texts.", exists=True),
    ] = None,
    pairs: Annotated[int, typer.Option(min=20, help="Pairs of each set.")] = 40,
    url: Url = None,
    model: Model = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Does a judge model agree with people? On SciFact and WiCE, and on mutations of PP-18.

    What is measured is kept for this model, and printed in every report that it judges.
    """
    from assistant.cli.output import progress_bar
    from evals.judging.judge import chosen_pairs, measure, render
    from evals.suites.folders import shared_folder

    judge = open_judge(url, model, key)
    chosen = chosen_pairs(shared_folder(shared), pairs)
    with progress_bar(quiet=as_json) as progress:
        agreement = measure(judge, chosen, progress)
    judge.keep(agreement)
    typer.echo(agreement.model_dump_json(indent=2) if as_json else render(agreement))


def judge_run(
    run: Annotated[str, typer.Argument(help="A run's name or directory.")],
    url: Url = None,
    model: Model = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Let a judge model read a stored run: are claims borne out, are the facts wanted there?

    Its figures stand beside those computed by rule, with the judge's own agreement with people.
    """
    from assistant.cli.output import print_json, progress_bar
    from assistant.settings import Settings
    from evals.report.runs import write_report
    from evals.suites.running import load_run

    directory = run_path(Settings.load(), run)
    loaded = load_run(directory)
    with progress_bar(quiet=as_json) as progress:
        found = judged(loaded, directory, url, model, key, progress)
    page = write_report(loaded, directory)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    for name, value in found.figures.items():
        typer.echo(f"{name:<28} {value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]")
    typer.echo(found.reliability)
    typer.echo(f"Report: {page}")


def judged(
    run: Run,
    directory: Path,
    url: str | None,
    model: str | None,
    key: str | None,
    progress: Callable[[str, int, int], None] | None,
) -> Judged:
    """Judge a run and store what the judge said beside it; see `judge_run`."""
    from assistant.operating.workspace import shelf
    from assistant.settings import Settings
    from evals.judging.judged import judge_results, keep

    judge = open_judge(url, model, key)
    found = judge_results(run, judge, clause_lookup(shelf(Settings.load())), progress)
    keep(found, directory)
    return found


def add_to_bench(app: typer.Typer) -> None:
    """Register `bench judge`."""
    app.command("judge")(bench_judge)


def add_to_eval(app: typer.Typer) -> None:
    """Register `eval judge`."""
    app.command("judge")(judge_run)
