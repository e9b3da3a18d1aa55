"""The refusal curve as tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from evals.comparing import Interval
from evals.refusing import Refusal


def render(refusal: Refusal, console: Console) -> None:
    """Print the curve, and what the threshold does to each part of the questions."""
    for model, curve in refusal.curves.items():
        table = Table(title=f"Embedder: {model} (area under the curve {refusal.auc[model]:.3f})")
        for column in ("false refusals", "unanswerable refused", "false premise refused"):
            table.add_column(column)
        for point in curve:
            table.add_row(
                f"{point.false_refusals:.3f}",
                cell(point.refused),
                cell(point.refused_false_premise),
            )
        console.print(table)
        table = Table(title="At the threshold for 5 % false refusals over all")
        for column in ("part", "area", "false refusals", "unanswerable", "false premise"):
            table.add_column(column)
        for part in refusal.parts[model]:
            table.add_row(
                part.part,
                "–" if part.auc is None else f"{part.auc:.3f}",
                cell(part.false_refusals),
                cell(part.refused),
                cell(part.refused_false_premise),
            )
        console.print(table)


def cell(value: Interval | None) -> str:
    """Mean, interval and number of questions; a dash where there are none."""
    if value is None or not value.items:
        return "–"
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}] n={value.items}"
