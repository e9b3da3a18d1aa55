"""A comparison as one self-contained page: the verdicts, and what flipped, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answers import Answer
from corpus.documents import Frozen
from evals.suites.comparing import Difference
from evals.suites.figures import NAMES
from evals.suites.running import Run
from evals.suites.suite import Item


class Flipped(Frozen):
    """A question one run got right and the other wrong, with both answers.

    `figures` are those that flipped; `worse` tells that B lost in the first of them.
    """

    item: Item
    figures: tuple[str, ...]
    worse: bool
    a: Answer | None
    b: Answer | None


def flipped(a: Run, b: Run, differences: Sequence[Difference]) -> list[Flipped]:
    """Every question that flipped in some figure, those that B lost first."""
    found: dict[str, list[str]] = {}
    for one in differences:
        for item in one.flipped:
            found.setdefault(item, []).append(one.figure)
    left = {r.item.id: r for r in reversed(a.results)}
    right = {r.item.id: r for r in reversed(b.results)}
    pairs = [
        Flipped(
            item=left[item].item,
            figures=tuple(figures),
            worse=b.values(figures[0])[item] < a.values(figures[0])[item],
            a=left[item].answer,
            b=right[item].answer,
        )
        for item, figures in found.items()
    ]
    return sorted(pairs, key=lambda pair: not pair.worse)


def as_html(a: Run, b: Run, differences: Sequence[Difference]) -> str:
    """The page; everything from suites and answers is escaped."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("evals.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("compare.html.jinja").render(
        a=a, b=b, differences=differences, flipped=flipped(a, b, differences), names=NAMES
    )
