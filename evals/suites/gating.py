"""Named thresholds a release must meet. A gate is YAML: figure -> {min} or {max}.

citation_recall: {min: 0.85}
false_refusal: {max: 0.05}
two_turn.citation_recall: {min: 0.7}      # over one type
"""

from __future__ import annotations

from pathlib import Path

import yaml

from corpus.documents import Frozen
from corpus.errors import AdvisorError
from evals.suites.figures import Summary


class BadGate(AdvisorError):
    """For the evaluator: the gate's file cannot be used; the message names the line."""

    code = "bad-gate"


class Threshold(Frozen):
    """One line of a gate."""

    figure: str
    least: float | None = None
    most: float | None = None


class Failure(Frozen):
    """A threshold that was not met; `value` is None where the figure was not measured at all."""

    figure: str
    value: float | None
    wanted: str


def load_gate(path: Path) -> tuple[Threshold, ...]:
    """Read a gate.

    Raises:
        BadGate: not YAML, or a line that is not `figure: {min: x}` or `{max: x}`.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BadGate(f"{path.name} cannot be read as YAML: {error}") from error
    if not isinstance(data, dict) or not data:
        raise BadGate(f"{path.name} names no threshold.")
    found = []
    for figure, bounds in data.items():
        if not isinstance(bounds, dict) or not set(bounds) <= {"min", "max"} or not bounds:
            raise BadGate(f"{path.name}: '{figure}' needs {{min: x}} or {{max: x}}.")
        found.append(Threshold(figure=figure, least=bounds.get("min"), most=bounds.get("max")))
    return tuple(found)


def check(gate: tuple[Threshold, ...], summary: Summary) -> list[Failure]:
    """The thresholds not met; an empty list lets the release through.

    A figure that was not measured fails: a gate that measures nothing holds nothing.
    """
    values = {row.figure: row.value.mean for row in summary.overall.rows}
    values["errors"] = float(summary.errors)
    for part in (*summary.types, *summary.languages):
        values |= {f"{part.part}.{row.figure}": row.value.mean for row in part.rows}
    failures = []
    for line in gate:
        value = values.get(line.figure)
        low = line.least is not None and (value is None or value < line.least)
        high = line.most is not None and (value is None or value > line.most)
        if low or high:
            wanted = f"at least {line.least}" if low else f"at most {line.most}"
            failures.append(Failure(figure=line.figure, value=value, wanted=wanted))
    return failures
