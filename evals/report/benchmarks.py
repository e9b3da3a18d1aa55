"""Every bench of the page `docs/benchmarks.md`, each run into one JSON file of a work directory.

A bench whose file is there already is not run again: `advisor bench page --from DIR` writes
the page anew from what DIR holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from assistant.settings import Settings
from assistant.writing.model import configured
from corpus.errors import AdvisorError
from evals.suites.running import Run

Json = dict[str, Any]


class Work(NamedTuple):
    """Where a bench finds and leaves things.

    Attributes:
        folder: the work directory: results, data directories of the benches, runs.
        shared: the library of real texts, or None where there is none.
        settings: of this process; only the models named in it are used.
    """

    folder: Path
    shared: Path | None
    settings: Settings

    @property
    def texts(self) -> Path:
        """The library of real texts.

        Raises:
            AdvisorError: there is none.
        """
        if self.shared is None:
            raise AdvisorError("This bench needs the library of real texts: --shared FOLDER.")
        return self.shared


def _drafts(work: Work) -> Json:
    from assistant.advisor import Advisor
    from assistant.operating import workspace
    from corpus.shelf.starter import load_starter
    from evals.benches import five_drafts
    from evals.benches.retrieval import open_pp18
    from indexing.building.embedding import load_embedder

    home = work.folder / "both"
    open_pp18(work.texts, home, load_embedder(work.settings.embedding_model))
    settings = work.settings.model_copy(update={"data_dir": home})
    load_starter(workspace.shelf(settings))
    workspace.sync_index(settings)
    return five_drafts.run(Advisor.open(settings)).model_dump(mode="json")


def _segmentation(work: Work) -> Json:
    from evals.benches import segmentation, typesetting

    akn = segmentation.segmentation(work.texts)
    printed = typesetting.typeset_segmentation(work.texts, list(typesetting.LAYOUTS))
    return {"rows": [row.model_dump(mode="json") for row in (*akn.rows, *printed.rows)]}


def _un_paragraphs(work: Work) -> Json:
    from evals.benches.un_paragraphs import un_paragraphs

    report = un_paragraphs(work.texts)
    return report.model_dump(mode="json", exclude={"misses", "furniture", "extra"})


def _retrieval(work: Work) -> Json:
    from evals.benches import retrieval

    report = retrieval.run(work.texts, work.folder / "pp18", work.settings.embedding_model)
    return report.model_dump(mode="json", exclude={"milliseconds"})


def _grounding(work: Work) -> Json:
    from corpus.reading.readers import akn
    from evals.judging import grounding

    source = work.texts / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)
    return grounding.run(documents, work.texts).model_dump(mode="json")


def _injection(work: Work) -> Json:
    from corpus.reading.readers import akn
    from evals.benches import injection

    source = work.texts / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)
    return injection.run(documents, work.texts, work.settings).model_dump(mode="json")


def _public(work: Work) -> Json:
    from evals.public import report

    folder, model = work.folder / "public", work.settings.embedding_model
    return report.run(work.texts, folder, model, questions=100).model_dump(mode="json")


def _search(work: Work) -> Json:
    from evals.operations.search_speed import search_speed

    return search_speed([10_000]).model_dump(mode="json")


def _starter(work: Work) -> Json:
    from assistant.operating import workspace
    from corpus.shelf.starter import load_starter
    from evals.suites.folders import suite_path

    settings = work.settings.model_copy(update={"data_dir": work.folder / "starter"})
    load_starter(workspace.shelf(settings))
    workspace.sync_index(settings)
    return _ours_and_naive(work, settings, suite_path("starter"), "starter")


def _pp18(work: Work) -> Json:
    from evals.benches.retrieval import open_pp18
    from indexing.building.embedding import load_embedder

    home = work.folder / "pp18"
    open_pp18(work.texts, home, load_embedder(work.settings.embedding_model))
    settings = work.settings.model_copy(update={"data_dir": home})
    return _ours_and_naive(work, settings, work.texts / "gold" / "pp18_dev.yaml", "pp18")


def _ours_and_naive(work: Work, settings: Settings, suite: Path, name: str) -> Json:
    """One suite put to the assistant and to naive RAG, compared item by item."""
    from assistant.operating import workspace
    from evals.suites.comparing import compare
    from evals.suites.figures import NAMES, breakdown, summarise
    from evals.suites.folders import clause_lookup, open_system
    from evals.suites.running import run_suite
    from evals.suites.suite import load_suite

    loaded = load_suite(suite)
    lookup = clause_lookup(workspace.shelf(settings))
    runs = {
        system: run_suite(
            loaded,
            open_system(system, settings),
            lookup,
            work.folder / "runs" / f"{name}-{system}",
        )
        for system in ("naive", "advisor")
    }
    summary = summarise(runs["advisor"])
    return {
        "items": len(loaded.items),
        "answerable": sum(item.answerable for item in loaded.items),
        "chat_model": settings.chat_model,
        "embedder": settings.embedding_model,
        "ours": summary.model_dump(mode="json", exclude={"median_seconds"}),
        "naive": breakdown(runs["naive"], "all", lambda _: True).model_dump(mode="json"),
        "words": {system: _words(run) for system, run in runs.items()},
        "differences": [
            one.model_dump(mode="json", exclude={"flipped"})
            for one in compare(runs["naive"], runs["advisor"], (*NAMES, "refused"))
        ],
    }


def _words(run: Run) -> float:
    """Mean number of words of the answers that say something."""
    said = [
        sum(len(claim.text.split()) for claim in result.answer.claims)
        for result in run.results
        if result.answer and result.answer.claims
    ]
    return sum(said) / len(said) if said else 0.0


def _writing(work: Work) -> Json:
    from evals.benches import writing
    from evals.benches.retrieval import open_pp18
    from evals.suites.suite import load_suite
    from indexing.building.embedding import load_embedder

    home = work.folder / "pp18"
    open_pp18(work.texts, home, load_embedder(work.settings.embedding_model))
    settings = work.settings.model_copy(update={"data_dir": home})
    suite = load_suite(work.texts / "gold" / "pp18_dev.yaml")
    return writing.run(suite, settings, work.folder / "writing").model_dump(mode="json")


def _judge(work: Work) -> Json:
    from evals.judging.judge import PAIRS, Judge, chosen_pairs, measure

    judge = Judge(work.settings, work.folder)
    return measure(judge, chosen_pairs(work.texts, PAIRS)).model_dump(mode="json")


NEED_MODEL = ("writing", "judge")
"""Benches that are left out where no chat model is set."""

BENCHES: dict[str, Callable[[Work], Json]] = {
    "starter": _starter,
    "pp18": _pp18,
    "retrieval": _retrieval,
    "segmentation": _segmentation,
    "un_paragraphs": _un_paragraphs,
    "grounding": _grounding,
    "injection": _injection,
    "public": _public,
    "drafts": _drafts,
    "search": _search,
    "writing": _writing,
    "judge": _judge,
}
"""By the name of the file each leaves; in the order of the page."""


def run_benches(
    work: Work, only: tuple[str, ...] = (), progress: Callable[[str], None] | None = None
) -> dict[str, Json]:
    """Run what is missing and read what is there; benches without their texts are left out.

    Args:
        work: see Work; the directory is made when missing.
        only: run no other benches than these (names of BENCHES); empty runs all.
        progress: called with a bench's name before it is run.

    Returns:
        results by bench, of all whose file is there in the end.
    """
    work.folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Json] = {}
    for name, bench in BENCHES.items():
        path = work.folder / f"{name}.json"
        wanted = not only or name in only
        wanted = wanted and (name not in NEED_MODEL or configured(work.settings))
        if not path.exists() and wanted and (work.shared is not None or name == "starter"):
            if progress:
                progress(name)
            text = json.dumps(bench(work), ensure_ascii=False, indent=1)
            path.write_text(text, encoding="utf-8")
        if path.exists():
            found[name] = json.loads(path.read_text(encoding="utf-8"))
    return found


def stored_benches(folder: Path) -> dict[str, Json]:
    """Results that a work directory holds already; nothing is run."""
    paths = {name: folder / f"{name}.json" for name in BENCHES}
    return {
        name: json.loads(path.read_text(encoding="utf-8"))
        for name, path in paths.items()
        if path.exists()
    }
