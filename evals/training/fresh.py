"""The whole assistant over fresh questions for clauses: reading, form, search, refusal, quoting.

What is measured of search alone says nothing of a question that is taken for a call for an opinion
or cut in two. So the questions of `evals/data/questions/fresh` are asked as people ask them, and
what is cited is compared with the clauses that answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.answers import Answer, Status
from corpus.documents import Frozen
from evals.suites.comparing import Interval, interval
from evals.training.data import QUESTIONS, Asked

FRESH = QUESTIONS / "fresh"

REFUSED = frozenset({Status.NOT_IN_DOCUMENTS, Status.OUT_OF_SCOPE, Status.NEEDS_CLARIFICATION})
"""Statuses that give no answer."""


class Outcome(Frozen):
    """One question: the form it was answered in, and what was cited.

    Attributes:
        form: of the answer.
        refused: whether none was given.
        precision: share of what is cited that answers; 0 where nothing is cited.
        recall: share of the clauses that answer which are cited.
    """

    asked: Asked
    form: str
    refused: bool
    precision: float
    recall: float


class Row(Frozen):
    """The figures of one part of the questions; precision and recall over the answerable ones.

    None where there is no such question.
    """

    part: str
    answerable: int
    precision: Interval | None
    recall: Interval | None
    needless: Interval | None
    refused: Interval | None


def outcome(asked: Asked, answer: Answer) -> Outcome:
    """What an answer makes of a question."""
    cited = {citation.address for citation in answer.citations}
    gold = set(asked.gold)
    return Outcome(
        asked=asked,
        form=answer.form,
        refused=answer.status in REFUSED,
        precision=len(cited & asked.right) / len(cited) if cited and gold else 0.0,
        recall=len(cited & gold) / len(gold) if gold else 0.0,
    )


def run(
    ask: Callable[[str], Answer],
    questions: Sequence[Asked],
    progress: Callable[[str, int, int], None],
) -> list[Outcome]:
    """Ask every question, each in a conversation of its own."""
    found = []
    for number, asked in enumerate(questions, 1):
        found.append(outcome(asked, ask(asked.question)))
        progress("questions", number, len(questions))
    return found


def rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """All, then by language, kind and form of answer."""
    parts: dict[str, list[Outcome]] = defaultdict(list)
    for item in outcomes:
        parts["all"].append(item)
    for name in ("language", "kind"):
        for item in sorted(outcomes, key=lambda o: str(getattr(o.asked, name))):
            parts[f"{name} {getattr(item.asked, name)}"].append(item)
    for item in sorted(outcomes, key=lambda o: o.form):
        parts[f"answered as {item.form}"].append(item)
    return [_row(part, found) for part, found in parts.items()]


def _row(part: str, found: Sequence[Outcome]) -> Row:
    answerable = [o for o in found if o.asked.gold]
    return Row(
        part=part,
        answerable=len(answerable),
        precision=_of([o.precision for o in answerable]),
        recall=_of([o.recall for o in answerable]),
        needless=_of([float(o.refused) for o in answerable]),
        refused=_of([float(o.refused) for o in found if not o.asked.gold]),
    )


def _of(values: list[float]) -> Interval | None:
    return interval(values) if values else None


def render(found: Sequence[Row]) -> str:
    """A Markdown table; ± is half the 95 % bootstrap interval."""
    lines = [
        "| questions | answerable | precision | recall | refused needlessly | others, refused |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.part} | {r.answerable} | {_cell(r.precision)} | {_cell(r.recall)} "
        f"| {_cell(r.needless)} | {_cell(r.refused)} |"
        for r in found
    ]
    return "\n".join(lines)


def _cell(value: Interval | None) -> str:
    if value is None:
        return "–"
    return f"{value.mean:.2f} ±{(value.high - value.low) / 2:.2f} ({value.items})"


def write(found: Sequence[Row], path: Path) -> None:
    """Keep the rows for the page of benchmarks."""
    path.write_text(
        "[\n" + ",\n".join(" " + row.model_dump_json() for row in found) + "\n]\n", "utf-8"
    )
