"""Retrieval on SciFact, XQuAD and MTRAG-UN: each system's figures with intervals, and paired.

Figures by ir-measures: nDCG@10 and Recall@k as TREC defines them. A question's figures do not
depend on the others, so a sample is a sample: `n` says how many were asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from corpus.documents import Frozen
from evals.public.plain_index import PlainIndex
from evals.public.texts import Asked, PublicSet, held_xquad, scifact, xquad
from evals.suites.comparing import Interval, interval
from indexing.building.embedding import Embedder

Ranked = list[tuple[str, float]]
SEED = 20260101

PUBLISHED: dict[tuple[str, str], str] = {
    ("SciFact", "BM25"): "nDCG@10 .665 to .679",
    ("XQuAD en", "dense"): "nDCG@10 .970",
    ("XQuAD es", "dense"): "nDCG@10 .959",
    ("XQuAD ar", "dense"): "nDCG@10 .930",
    ("XQuAD ru", "dense"): "nDCG@10 .954",
    ("XQuAD zh", "dense"): "nDCG@10 .952",
    ("XQuAD en", "BM25"): "nDCG@10 .960",
    ("XQuAD es", "BM25"): "nDCG@10 .949",
    ("XQuAD ar", "BM25"): "nDCG@10 .890",
    ("XQuAD es over en", "BM25"): "nDCG@10 .314",
    ("XQuAD ar over en", "BM25"): "nDCG@10 .075",
    ("MTRAG-UN", "BM25, last turn"): "Recall@5 .741",
}
"""By set and row: SciFact's as published (BEIR and bm25s), the others as measured before this
project on the same files and the same weights."""

COMPARABLE = {
    "SciFact": "comparable: the BEIR test form, 5,183 abstracts, 300 claims; the lexical arm alone",
    "XQuAD": "comparable: all 240 paragraphs of a language; questions as many as n says",
    "MTRAG-UN": "not comparable with published figures, which search the full corpora: this is the "
    "closed pool of the passages that are relevant to some question",
}


class Row(Frozen):
    """One system on one set. `figures` by name, e.g. 'nDCG@10'."""

    set: str
    system: str
    figures: dict[str, Interval]
    published: str = ""


class Against(Frozen):
    """Ours minus another system on one set, question by question."""

    set: str
    system: str
    figure: str
    difference: Interval


class Ranking(Frozen):
    """All rows of one bench."""

    rows: tuple[Row, ...]
    against: tuple[Against, ...] = ()


Systems = Mapping[str, Callable[[Asked], Ranked]]


def sample(questions: Sequence[Asked], most: int) -> list[Asked]:
    """`most` of the questions, always the same ones; all where there are no more, or for 0."""
    if most <= 0 or most >= len(questions):
        return list(questions)
    return random.Random(SEED).sample(list(questions), most)  # noqa: S311


def measured(
    name: str, questions: Sequence[Asked], systems: Systems, figures: Sequence[str], ours: str
) -> Ranking:
    """Ask every system every question.

    Args:
        name: of the set, as rows show it.
        systems: by the name of their row.
        figures: of ir-measures, e.g. 'nDCG@10'.
        ours: the system that is compared with each other one.
    """
    import ir_measures

    wanted = [ir_measures.parse_measure(figure) for figure in figures]
    judged = {q.id: q.relevant for q in questions}
    values: dict[str, dict[str, list[float]]] = {}
    for system, rank in systems.items():
        found = {q.id: dict(rank(q)) or {"nothing": 0.0} for q in questions}
        each = {
            (str(one.measure), one.query_id): one.value
            for one in ir_measures.iter_calc(wanted, judged, found)
        }
        values[system] = {
            figure: [float(each[str(measure), q.id]) for q in questions]
            for figure, measure in zip(figures, wanted, strict=True)
        }
    return Ranking(
        rows=tuple(
            Row(
                set=name,
                system=system,
                figures={figure: interval(one) for figure, one in found.items()},
                published=PUBLISHED.get((name, system), ""),
            )
            for system, found in values.items()
        ),
        against=tuple(
            Against(
                set=name,
                system=system,
                figure=figures[0],
                difference=interval(
                    [a - b for a, b in zip(values[ours][figures[0]], one[figures[0]], strict=True)]
                ),
            )
            for system, one in values.items()
            if system != ours and ours in values
        ),
    )


def joined(parts: Sequence[Ranking]) -> Ranking:
    """Several benches as one."""
    return Ranking(
        rows=tuple(row for part in parts for row in part.rows),
        against=tuple(one for part in parts for one in part.against),
    )


def run_scifact(shared: Path, folder: Path) -> Ranking:
    """Our lexical arm alone over whole abstracts, in a folder of its own (made anew)."""
    from evals.public.whole import WholeLexical

    public = scifact(shared)
    arm = WholeLexical(public, folder)
    try:
        return measured(
            "SciFact",
            public.questions,
            {"BM25": lambda q: arm.search(q.text)},
            ("nDCG@10", "R@100"),
            ours="BM25",
        )
    finally:
        arm.close()


def run_xquad(
    shared: Path,
    folder: Path,
    embedder: Embedder,
    most: int,
    languages: Sequence[str] = (),
    passages: int = 0,
) -> Ranking:
    """Each language over itself, then the others over English.

    Args:
        folder: keeps an index a language.
        most: questions a language (0 for all), always the same ones.
        languages: only these; by default all that the library holds.
        passages: only the first so many passages and their questions (0 for all).
    """
    parts = []
    for language in languages or held_xquad(shared):
        public = _first(xquad(shared, language), passages)
        parts.append(_over(f"XQuAD {language}", public, folder / language, embedder, most))
    for language in languages or held_xquad(shared):
        if language != "en" and (folder / "en").is_dir():
            public = _first(xquad(shared, "en", language), passages)
            name = f"XQuAD {language} over en"
            parts.append(_over(name, public, folder / "en", embedder, most))
    return joined(parts)


def _over(name: str, public: PublicSet, folder: Path, embedder: Embedder, most: int) -> Ranking:
    index = PlainIndex(public, folder, embedder)
    try:
        systems = {
            system: lambda q, rank=rank: rank(q.text) for system, rank in index.systems().items()
        }
        return measured(
            name, sample(public.questions, most), systems, ("nDCG@10", "R@5"), ours="ours"
        )
    finally:
        index.close()


def _first(public: PublicSet, passages: int) -> PublicSet:
    if not passages:
        return public
    kept = public.passages[:passages]
    names = {passage.id for passage in kept}
    questions = tuple(q for q in public.questions if names & q.relevant.keys())
    return public._replace(passages=kept, questions=questions)
