"""`advisor bench public`: every public set the library holds, each kept once it is measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from corpus.documents import Frozen
from evals.public.conversations import Conversations
from evals.public.conversations import run as run_mtrag
from evals.public.ranked import COMPARABLE, Ranking, run_scifact, run_xquad
from evals.public.texts import XQUAD_LANGUAGES, NoSet, held_xquad
from indexing.building.embedding import load_embedder

QUESTIONS = 300
"""Questions asked of each language of XQuAD by default; the whole set takes four times as long."""

PARTS = ("scifact", "xquad", "mtrag-un")


class PublicReport(Frozen):
    """Everything measured; a part that was not says why in `missing`."""

    embedder: str
    scifact: Ranking | None = None
    xquad: Ranking | None = None
    mtrag: Conversations | None = None
    missing: dict[str, str] = {}


def run(
    shared: Path,
    folder: Path,
    model: str = "advisor-e5",
    questions: int = QUESTIONS,
    only: tuple[str, ...] = (),
    progress: Callable[[str], None] = lambda part: None,
) -> PublicReport:
    """Measure each set, or read what an earlier run of the same settings left in `folder`.

    Args:
        shared: the library of real texts.
        folder: keeps indexes, vectors and results; embedding is paid once a folder.
        model: the embedding model.
        questions: at most so many a set and language (0 for all); always the same ones.
        only: some of PARTS; empty for all.
        progress: called with a part's name before it is measured.

    Raises:
        BadEmbedder: the model cannot be loaded.
    """
    embedder = load_embedder(model)
    settings = {"embedder": embedder.fingerprint, "questions": questions}
    found: dict[str, Ranking | Conversations] = {}
    missing = {
        f"XQuAD {code}": "the library does not hold it"
        for code in XQUAD_LANGUAGES
        if code not in held_xquad(shared)
    }
    jobs: dict[str, Callable[[], Ranking | Conversations]] = {
        "scifact": lambda: run_scifact(shared, folder / "scifact"),
        "xquad": lambda: run_xquad(shared, folder / "xquad", embedder, questions),
        "mtrag-un": lambda: run_mtrag(shared, folder / "mtrag-un", embedder, questions),
    }
    for part, job in jobs.items():
        if only and part not in only:
            missing[part] = "left out"
            continue
        kept = folder / f"{part}.json"
        kind = Conversations if part == "mtrag-un" else Ranking
        if (old := _kept(kept, settings)) is not None:
            found[part] = kind.model_validate(old)
            continue
        progress(part)
        try:
            found[part] = job()
        except NoSet as error:
            missing[part] = str(error)
            continue
        _keep(kept, settings, found[part])
    return PublicReport.model_validate(
        {
            "embedder": embedder.fingerprint,
            "scifact": found.get("scifact"),
            "xquad": found.get("xquad"),
            "mtrag": found.get("mtrag-un"),
            "missing": missing,
        }
    )


def _kept(path: Path, settings: dict[str, object]) -> object:
    if not path.is_file():
        return None
    raw = json.loads(path.read_text("utf-8"))
    return raw["result"] if raw["settings"] == settings else None


def _keep(path: Path, settings: dict[str, object], result: Frozen) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = {"settings": settings, "result": result.model_dump(mode="json")}
    path.write_text(json.dumps(raw, ensure_ascii=False, indent=1), "utf-8")


def render(report: PublicReport) -> str:
    """Markdown tables: rankings with published figures, paired differences, refusing."""
    lines = ["| set | system | n | nDCG@10 | recall | published |", "|---|---|---|---|---|---|"]
    for row in rows(report):
        lines.append("| " + " | ".join(row) + " |")
    lines += ["", "| ours minus | on | figure | difference |", "|---|---|---|---|"]
    for ranking in _rankings(report):
        for one in ranking.against:
            spread = one.difference
            lines.append(
                f"| {one.system} | {one.set} | {one.figure} "
                f"| {spread.mean:+.3f} [{spread.low:+.3f}, {spread.high:+.3f}] |"
            )
    if report.mtrag is not None:
        lines += ["", *refusing_lines(report.mtrag)]
    lines += ["", *(f"{name}: {text}." for name, text in COMPARABLE.items())]
    lines += [f"{name}: not measured ({why})." for name, why in report.missing.items()]
    return "\n".join(lines)


def rows(report: PublicReport) -> list[tuple[str, ...]]:
    """(set, system, n, nDCG@10, recall, published), as text."""
    made: list[tuple[str, ...]] = []
    for ranking in _rankings(report):
        for row in ranking.rows:
            recall = next(name for name in row.figures if name.startswith("R@"))
            spread = row.figures["nDCG@10"]
            made.append(
                (
                    row.set,
                    row.system,
                    str(spread.items),
                    f"{spread.mean:.3f} [{spread.low:.3f}, {spread.high:.3f}]",
                    f"@{recall[2:]} {row.figures[recall].mean:.3f}",
                    row.published or "–",
                )
            )
    return made


def refusing_lines(found: Conversations) -> list[str]:
    """What refusing costs and gains on MTRAG-UN, in sentences."""
    one = found.refusing
    return [
        f"MTRAG-UN, refusing without a chat model: of {one.answerable.items} answerable turns "
        f"{one.answerable.mean:.1%} are refused, of {one.partial.items} partly answerable "
        f"{one.partial.mean:.1%}; of the same turns without their relevant passages "
        f"{one.unanswerable.mean:.1%} (area under the curve {one.auc:.3f}; "
        f"{one.at_target:.1%} where 5 % of the answerable are refused).",
        f"More is asked of {one.clarified.mean:.1%} of the turns, and of "
        f"{one.clarified_alone.mean:.1%} of them put without their history.",
        "The closed pool holds no unanswerable and no underspecified turn, so the published "
        "accuracies on those are not comparable: unanswerable turns are made here by taking the "
        "relevant passages away, and of underspecification only needless questions are counted.",
    ]


def _rankings(report: PublicReport) -> list[Ranking]:
    mtrag = report.mtrag.ranking if report.mtrag else None
    return [one for one in (report.scifact, report.xquad, mtrag) if one is not None]
