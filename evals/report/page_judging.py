"""The part of docs/benchmarks.md on clauses judged over documents that no weight has seen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from evals.training.fresh import Row, render

COLUMNS = {
    "precision": "precision",
    "recall": "recall",
    "hit1": "Hit@1",
    "hit5": "Hit@5",
    "recall5": "R@5",
    "hit20": "Hit@20",
    "needless": "refused needlessly",
    "near_miss": "near misses refused",
    "not_held": "not held, refused",
}

FILE = Path(str(files("evals"))) / "data" / "judging.json"
"""Where `advisor train judge` leaves its figures."""

INTRODUCTION = (
    "Questions written apart from the rules and from one another: those of the library over PP-18, "
    "and ours in `evals/data/questions` (near misses are questions whose text is held and does not "
    "say what is asked; not held: subjects of no text). Documents are split once and for all into "
    "two folds and a part kept back. *Left out*: every question of a fold, judged by an encoder "
    "and regressions that saw nothing of its documents. *Kept back*: documents that nothing "
    "learned from, judged by what is shipped. Precision and recall are of the clauses quoted, 0 "
    "where an answerable question is refused. ± is half the 95 % bootstrap interval. Made by "
    "`advisor train judge`, whose run takes hours, and kept in `evals/data/judging.json`.\n"
)


def judging() -> Iterator[str]:
    """The part, from the figures that training left."""
    held = json.loads(FILE.read_text(encoding="utf-8"))
    yield INTRODUCTION
    for title, rows in held.items():
        yield f"{title[:1].upper()}{title[1:]}:\n"
        yield as_table(rows) + "\n"


FRESH = {"PP-18": "fresh_pp18.json", "the starter corpus": "fresh_starter.json"}
"""Where `advisor bench fresh --keep` leaves its figures, in `evals/data`, by corpus."""

FRESH_INTRODUCTION = (
    "What becomes of fresh questions for clauses by the whole assistant, not by search alone: a "
    "question may be taken for a call for an opinion, or be cut in two. The questions of "
    "`evals/data/questions/fresh` (everyday words, long situations, near misses) were written "
    "apart, in six languages, over documents that neither the encoder nor the judge has seen a "
    "question of; nothing was fitted or set on them. Quoting, no chat model. Precision and recall "
    "are of what is cited, 0 where an answerable question is refused; in brackets how many "
    "questions. Made by `advisor bench fresh`.\n"
)


def fresh() -> Iterator[str]:
    """The part on the whole assistant, from the figures kept."""
    yield FRESH_INTRODUCTION
    for corpus, name in FRESH.items():
        rows = json.loads((FILE.parent / name).read_text(encoding="utf-8"))
        yield f"Over {corpus}:\n"
        yield render([Row.model_validate(row) for row in rows]) + "\n"


def as_table(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """Rows of figures with intervals, as Markdown."""
    lines = [
        "| | n | " + " | ".join(COLUMNS.values()) + " |",
        "|---" * (len(COLUMNS) + 2) + "|",
    ]
    for name, figures in rows.items():
        cells = [_cell(figures[column]) for column in COLUMNS]
        lines.append(f"| {name} | {figures['needless']['items']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: Mapping[str, Any]) -> str:
    if not value["items"]:
        return "–"
    return f"{value['mean']:.2f} ±{(value['high'] - value['low']) / 2:.2f}"
