"""`advisor train ...`: where everything learned comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

train = typer.Typer(
    help="Make the learned parts anew, each with its figures on documents it never saw.",
    no_args_is_help=True,
)

Work = Annotated[
    Path, typer.Option("--work", help="Folder for models, checkpoints and what is kept between.")
]
Shared = Annotated[
    Path | None, typer.Option("--shared", help="Folder with the library of real texts.")
]


@train.command("encoder")
def train_encoder(
    without: Annotated[
        Literal["one", "two", "none"],
        typer.Option(help="Part of the documents to leave out; both are needed for the judge."),
    ] = "none",
    work: Work = Path("artefacts/train"),
    shared: Shared = None,
    epochs: Annotated[float, typer.Option(help="Times through the questions.", min=0.1)] = 2,
) -> None:
    """Train the encoder on questions and the clauses that answer them (hours on two cores).

    A run that was stopped goes on from its last checkpoint.
    """
    from evals.training import making

    making.encoder(work, shared, None if without == "none" else without, epochs)


@train.command("judge")
def train_judge(
    work: Work = Path("artefacts/train"),
    shared: Shared = None,
) -> None:
    """Fit the judge on the two encoders of `train encoder`, crosswise by document.

    Writes encoder.onnx, rarity.npz and judge.json into `indexing/` and prints the
    figures of documents left out, by set, language and kind; `judging.json` in the work folder
    holds every question's outcome.
    """
    from evals.training import making

    typer.echo(making.judge(work, shared))


@train.command("answering")
def train_answering(
    work: Work = Path("artefacts/train"),
    shared: Shared = None,
    write: Annotated[
        bool, typer.Option(help="Into the program itself, for its developers; else only measured.")
    ] = False,
) -> None:
    """When does anything answer? Fitted with the encoder that ships, on questions written since.

    From which chance an answer is given is set on documents that nothing was learned from; the
    figures printed are of those.
    """
    from evals.training import making

    typer.echo(making.answering(work, shared, write))


@train.command("forms")
def train_forms(
    write: Annotated[
        bool,
        typer.Option(help="Into the program itself, for its developers; else the data directory."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Which form of answer does a message ask for? Fitted for the configured embedding model.

    Needs scikit-learn (the extra `dev`). Run it after EMBEDDING_MODEL was changed: until then every
    message is answered with clauses.
    """
    from assistant.asking import forms as learned
    from assistant.operating.workspace import embedder
    from assistant.settings import Settings
    from evals.training import forms

    settings = Settings.load()
    heads, measured = forms.fit(
        embedder(settings), lambda told: typer.echo(told, err=True) if not as_json else None
    )
    folder = Path(learned.__file__).parent if write else settings.home
    forms.write(heads, folder / learned.WEIGHTS)
    if as_json:
        import json

        typer.echo(json.dumps([m.model_dump(mode="json") for m in measured], indent=2))
    else:
        typer.echo(forms.render(measured))
        typer.echo(f"Written: {folder / learned.WEIGHTS}")


@train.command("parts")
def train_parts() -> None:
    """Where does another question begin in a message? Fitted to the packaged encoder.

    Into the program itself, for its developers.
    """
    from assistant.asking import boundaries as learned
    from evals.training import boundaries
    from indexing.encoder import Encoder

    made, measured = boundaries.fit(Encoder())
    path = Path(learned.__file__).with_name(learned.WEIGHTS)
    boundaries.write(made, path)
    typer.echo(boundaries.render(measured))
    typer.echo(f"Written: {path}")


@train.command("language")
def train_language() -> None:
    """English, French or Spanish, told from few letters. Into the program itself."""
    from corpus.language import latin as learned
    from evals.training import latin

    typer.echo(latin.fit(Path(learned.__file__).with_name("latin.npz")))


@train.command("spelling")
def train_spelling() -> None:
    """What tells a slip of the keyboard from a rare word? Fitted to the packaged encoder's letters.

    Slips are made of the words of the shipped texts; a fifth of the words is left out and measured.
    Writes spelling.json into `indexing/` (a minute). Needs scikit-learn (the extra `dev`).
    """
    import json

    from evals.training import spelling
    from indexing.encoder import Encoder

    made, told = spelling.fit(Encoder())
    typer.echo(json.dumps(told, indent=2))
    typer.echo(f"Written: {spelling.write(made)}")


@train.command("entailment")
def train_entailment(
    shared: Shared = None,
    out: Annotated[
        Path | None,
        typer.Option(help="File to write; models/entailment.json of the data directory without."),
    ] = None,
    public: Annotated[
        int, typer.Option(min=0, help="Premises of each public set to learn from as well.")
    ] = 0,
    work: Work = Path("artefacts/train"),
) -> None:
    """Fit what tells whether a clause bears a sentence out, to the embedding model configured.

    Prints its figures on documents it was not fitted on; what the encoder has read is kept in the
    work folder. `--out assistant/grounding/entailment.json` ships it.
    """
    from assistant.cli.output import progress_bar
    from assistant.grounding.meaning import FITTED, save
    from assistant.settings import Settings
    from corpus.reading.readers import akn
    from evals.suites.folders import shared_folder
    from evals.training import entailment

    settings = Settings.load()
    folder = shared_folder(shared)
    source = folder / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)
    with progress_bar() as progress:
        fitted, report = entailment.train(
            documents, folder, settings.embedding_model, work / "vectors", public, progress
        )
    target = out or settings.home / "models" / FITTED
    save(fitted, target)
    typer.echo(report.model_dump_json(indent=2))
    typer.echo(f"Written: {target}")


@train.command("injection")
def train_injection(
    shared: Shared = None,
    write: Annotated[
        bool, typer.Option(help="Into the program itself, for its developers; else only measured.")
    ] = False,
) -> None:
    """How do sentences read that speak to software? Both looks fitted, then the rule is measured.

    Their bars are set so that hardly an honest text that is held waits. What is measured is the
    shipped rule: with --write, the new one. Needs scikit-learn (the extra `dev`) and the packaged
    encoder; ten minutes on two idle cores, nearly all of it reading sentences.
    """
    import corpus.tampering
    import indexing
    from corpus.tampering import classifier
    from evals.benches import tampering
    from evals.suites.folders import shared_folder
    from indexing import second_look
    from indexing.encoder import Encoder

    folder, rows = shared_folder(shared), tampering.Rows(Encoder())
    tried = tampering.public(folder)
    honest = tampering.honest(tried)
    first = tampering.train(tampering.learned_from(folder), honest)
    everything = tampering.learned_from(folder, clauses=True)
    again = tampering.train_again(folder, rows, everything, honest)
    typer.echo(f"Fitted on {first.sentences} sentences.")
    if write:
        path = tampering.write(first, Path(corpus.tampering.__file__).parent)
        beside = Path(indexing.__file__).parent / second_look.WEIGHTS
        second_look.write(again, beside)
        classifier.read_anew()
        typer.echo(f"Written: {path}, {beside}")
    shipped = second_look.read(Path(indexing.__file__).parent / second_look.WEIGHTS)
    looks = (("first", None), ("second", second_look.SecondLook(rows.encoder, shipped, rows)))
    for name, look in looks:
        typer.echo(f"\nThe {name} look:\n")
        for line in tampering.render(tampering.measure(tried, look)):
            typer.echo(line)


@train.command("addressing")
def train_addressing(
    shared: Shared = None,
    write: Annotated[
        bool, typer.Option(help="Into the program itself, for its developers; else only measured.")
    ] = False,
) -> None:
    """What is an order, or speaks to a reader or to software? Such a sentence is never written.

    Needs scikit-learn (the extra `dev`); a minute or two.
    """
    import assistant.grounding
    from assistant.grounding import addressing as shipped
    from evals.suites.folders import shared_folder
    from evals.training import addressing

    folder = shared_folder(shared)
    fitted = addressing.train(folder)
    if write:
        typer.echo(f"Written: {shipped.write(fitted, Path(assistant.grounding.__file__).parent)}")
    for name, texts in (
        ("stated", addressing.stated_apart(folder)),
        ("attacks", addressing.spoken_apart()),
    ):
        found = sum(fitted.odds(text) >= fitted.bar for text in texts)
        typer.echo(f"{name}: {found} of {len(texts)}")


@train.command("calibrate")
def train_calibrate(
    everything: Annotated[
        bool,
        typer.Option(
            "--everything",
            help="Also questions the packaged judge learned from: more of them, but the reranker "
            "then counts for less than it should.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What are the scores of the configured reranker worth? Learned on the shipped questions.

    Asks it of the likeliest passages for every shipped question whose texts are held here, writes
    `reranker.json` into the data directory and says how search does with and without it. Servers
    take it up when they are started again. Run it after RERANKER_MODEL or RERANKER_URL changed.
    """
    from assistant.cli.output import progress_bar
    from assistant.operating.workspace import home, reranker, searcher, shelf
    from assistant.settings import BadSetting, Settings
    from corpus.shelf.catalogue import Catalogue
    from evals.suites.folders import clause_lookup
    from evals.training import calibrate

    settings = Settings.load()
    chosen = reranker(settings)
    if chosen is None:
        raise BadSetting("No reranker is configured: set RERANKER_MODEL or RERANKER_URL.")
    held, catalogue = shelf(settings), Catalogue.load()
    questions = calibrate.shipped(clause_lookup(held), everything)
    plain = settings.model_copy(update={"reranker_model": None, "reranker_url": None})
    search = searcher(plain, held)
    try:
        with progress_bar(quiet=as_json) as progress:
            heard = calibrate.hear(
                search, chosen, questions, calibrate.corpora(), catalogue, progress
            )
    finally:
        search.close()
    learned = calibrate.calibration(heard, chosen, catalogue)
    measured = calibrate.measure(heard, chosen.name, catalogue)
    path = learned.write(home(settings))
    if as_json:
        typer.echo(measured.model_dump_json(indent=2))
        return
    typer.echo(calibrate.render(measured))
    for line in calibrate.lines(measured):
        typer.echo(line)
    typer.echo(f"Written: {path}")
