"""When the shipped judge refuses, set on fresh questions that nothing was learned from.

The weights of the judge come from encoders that saw half of the documents each; the encoder that
ships saw all, so its chances stand elsewhere, and the point from which an answer is given has to be
found with the whole of what ships (`evals/data/questions/fresh`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from assistant.asking.selection import select
from corpus.documents import Frozen
from evals.training.data import Asked, read_questions
from indexing.search import Searcher

FRESH = Path(str(files("evals"))) / "data" / "questions" / "fresh"

NEEDLESS = 0.06
"""Share of answerable questions that may be refused (issue J)."""

_CANDIDATES = 40


class Point(Frozen):
    """What refusing below `threshold` does.

    Attributes:
        needless: share of the answerable questions refused.
        refused: share of those refused that nothing answers.
        precision, recall: of the clauses quoted, over the answerable ones; 0 for one refused.
    """

    threshold: float
    needless: float
    refused: float
    precision: float
    recall: float


class _Heard(Frozen):
    asked: Asked
    answerable: float
    quoted: tuple[str, ...]


def hear(search: Searcher, path: Path, progress: Callable[[int, int], None]) -> list[_Heard]:
    """What search makes of every question of a file, refusing none."""
    questions = list(read_questions(path, path.stem))
    heard = []
    for number, asked in enumerate(questions, 1):
        result = search.search(asked.question, _CANDIDATES, language=asked.language)
        kept = [c for c in select(result) if c.kept]
        quoted = tuple(a for choice in kept for a in choice.evidence.passage.addresses)
        heard.append(_Heard(asked=asked, answerable=result.answerable, quoted=quoted))
        progress(number, len(questions))
    return heard


def points(heard: Sequence[_Heard]) -> list[Point]:
    """What each threshold of a row of them does."""
    return [_point(heard, float(t)) for t in np.arange(0.1, 0.85, 0.05).round(2)]


def best(heard: Sequence[_Heard], needless: float = NEEDLESS) -> Point:
    """The highest threshold, in hundredths, that refuses at most `needless` of the answerable."""
    fits = [
        point
        for t in np.arange(0.01, 0.99, 0.01).round(2)
        if (point := _point(heard, float(t))).needless <= needless
    ]
    return fits[-1] if fits else _point(heard, 0.0)


def _point(heard: Sequence[_Heard], threshold: float) -> Point:
    answerable = [h for h in heard if h.asked.gold]
    others = [h for h in heard if not h.asked.gold]
    precision = recall = 0.0
    for item in answerable:
        if item.answerable < threshold or not item.quoted:
            continue
        quoted = set(item.quoted)
        precision += len(quoted & item.asked.right) / len(quoted)
        recall += len(quoted & set(item.asked.gold)) / len(item.asked.gold)
    count = max(len(answerable), 1)
    return Point(
        threshold=threshold,
        needless=round(sum(h.answerable < threshold for h in answerable) / count, 3),
        refused=round(sum(h.answerable < threshold for h in others) / max(len(others), 1), 3),
        precision=round(precision / count, 3),
        recall=round(recall / count, 3),
    )


def render(found: Sequence[Point]) -> str:
    """A Markdown table."""
    lines = [
        "| refused below | refused needlessly | rightly | precision | recall |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {p.threshold:.2f} | {p.needless:.3f} | {p.refused:.3f} "
        f"| {p.precision:.3f} | {p.recall:.3f} |"
        for p in found
    ]
    return "\n".join(lines)


def write(threshold: float, path: Path) -> None:
    """Put it into the learned weights at `path`, for judging by token vectors."""
    made = json.loads(path.read_text(encoding="utf-8"))
    made["late"]["threshold"] = threshold
    path.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
