"""`advisor bench lexical`: PostgreSQL's full text beside bm25s, on the same passages and questions.

The dev questions over PP-18 in one run: what each finds alone (figures as in
`evals.benches.retrieval`), how often both agree, what a question takes one at a time, and what
building takes.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine as Database

from corpus.documents import Frozen
from evals.benches.retrieval import DEPTH, FIGURES, Question, load_questions, measure, open_pp18
from evals.suites.comparing import Interval, interval
from indexing.building.embedding import load_embedder
from indexing.building.lexical_choice import Bm25s, Engine
from indexing.building.postgres_text import PostgresText
from indexing.building.versions import IndexVersion, open_current


class Row(Frozen):
    """One engine: figures over the questions; milliseconds of a question; seconds to build."""

    engine: str
    questions: int
    figures: dict[str, Interval]
    p50: float
    p95: float
    build: float


class LexicalReport(Frozen):
    """Both engines; `same_first` is the share of questions with the same passage first,
    `overlap` the mean share in common of the first ten of either."""

    passages: int
    rows: tuple[Row, ...]
    same_first: float
    overlap: float


def run(shared: Path, home: Path, database: Database, embedding_model: str) -> LexicalReport:
    """Measure both on PP-18, whose index in `home` is made where it is not there yet."""
    embedder = load_embedder(embedding_model)
    open_pp18(shared, home, embedder)
    version = open_current(home, embedder)
    questions = [
        q for q in load_questions(shared / "gold" / "pp18_dev.yaml") if q.answerable and q.gold
    ]
    rows, found = [], []
    work = home / "lexical-bench"
    for engine in (Bm25s(), PostgresText(database)):
        rows_, build, names, times = _measure(engine, version, work, questions)
        figures = {f: interval([row[f] for row in rows_]) for f in FIGURES}
        rows.append(
            Row(
                engine=engine.name,
                questions=len(questions),
                figures=figures,
                p50=round(float(np.percentile(times, 50)), 2),
                p95=round(float(np.percentile(times, 95)), 2),
                build=round(build, 2),
            )
        )
        found.append(names)
    version.close()
    pairs = list(zip(*found, strict=True))
    return LexicalReport(
        passages=version.manifest.passages,
        rows=tuple(rows),
        same_first=float(np.mean([a[:1] == b[:1] for a, b in pairs])),
        overlap=float(np.mean([_shared(a[:10], b[:10]) for a, b in pairs])),
    )


def _shared(one: list[str], other: list[str]) -> float:
    """Share of what either found that both did; 1 where neither found anything."""
    either = {*one, *other}
    return len({*one} & {*other}) / len(either) if either else 1.0


def _measure(
    engine: Engine, version: IndexVersion, work: Path, questions: Sequence[Question]
) -> tuple[list[dict[str, float]], float, list[list[str]], list[float]]:
    """Figures, seconds to build, ids found and milliseconds, by question."""
    shutil.rmtree(work, ignore_errors=True)
    folder = work / f"{engine.name}-{uuid.uuid4().hex}" / "lexical"
    folder.parent.mkdir(parents=True)
    began = time.perf_counter()
    engine.build(version.records.every(), folder)
    build = time.perf_counter() - began
    arm = engine.open(folder, version.records)
    arm.query(questions[0].joined, questions[0].language, DEPTH)
    figures, names, times = [], [], []
    for question in questions:
        began = time.perf_counter()
        found = [name for name, _ in arm.query(question.joined, question.language, DEPTH)]
        times.append(1000 * (time.perf_counter() - began))
        figures.append(measure(question, version.passages(found)))
        names.append(found)
    shutil.rmtree(work, ignore_errors=True)
    return figures, build, names, times


def render(report: LexicalReport, console: Console) -> None:
    """Print the report as a table."""
    table = Table(title=f"Words alone, over PP-18 ({report.passages} passages)")
    for column in ("engine", "n", *FIGURES, "p50 ms", "p95 ms", "build s"):
        table.add_column(column)
    for row in report.rows:
        table.add_row(
            row.engine,
            str(row.questions),
            *(f"{row.figures[name].mean:.3f}" for name in FIGURES),
            *(f"{value:.2f}" for value in (row.p50, row.p95, row.build)),
        )
    console.print(table)
    console.print(
        f"Same passage first: {report.same_first:.3f}; first ten in common: {report.overlap:.3f}."
    )
