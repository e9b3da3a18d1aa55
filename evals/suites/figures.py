"""The figures of a run with intervals, whole, by type and by language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from corpus.documents import Frozen
from evals.suites.comparing import Interval, interval
from evals.suites.running import Result, Run
from evals.suites.suite import Item

NAMES: dict[str, str] = {
    "status_right": "Status right",
    "citation_precision": "Citation precision",
    "citation_recall": "Citation recall",
    "document_recall": "Document recall",
    "vital": "Vital nuggets",
    "nuggets": "All nuggets",
    "quotes_exact": "Quotes exact",
    "grounded": "Claims borne out",
    "cited": "Claims cited",
    "language_right": "Language right",
    "clean": "Nothing forbidden cited",
    "evidence_recall_5": "Evidence recall at 5",
    "evidence_recall_10": "Evidence recall at 10",
    "evidence_ndcg": "Evidence nDCG at 10",
}
"""Figures every report shows, in this order, by the name people read. All: higher is better."""

RATES: dict[str, tuple[str, Callable[[Item], bool]]] = {
    "false_refusal": ("False refusals (of answerable)", lambda item: item.answerable),
    "refusal": (
        "Refusals (of unanswerable)",
        lambda item: not item.answerable and item.type != "false_premise",
    ),
}
"""Rates read off `refused` over a part of the items."""


MEANINGS: dict[str, str] = {
    "status_right": "The answer's status is one the author expects; a false premise also counts "
    "as right when it is corrected by citing a clause the author named.",
    "citation_precision": "Of the clauses cited, the share the author named or accepts.",
    "citation_recall": "Of the clauses the author named, the share cited; accepted ones stand in.",
    "document_recall": "Of the documents the author named, the share cited.",
    "vital": "Of the facts an answer must hold, the share found in it by their words.",
    "nuggets": "The same for all facts the author listed.",
    "quotes_exact": "Quotations found word for word in the stored clause, or in its translation.",
    "grounded": "Claims their clauses bear out, quotations and written sentences together; facts "
    "of the catalogue by its numbers.",
    "cited": "Claims that cite a clause at all.",
    "language_right": "The answer's own words are in the language of the question.",
    "clean": "Nothing is cited that must not be: superseded, withdrawn, planted.",
    "evidence_recall_5": "Of the clauses the author named, the share among the first five found.",
    "evidence_recall_10": "The same among the first ten.",
    "evidence_ndcg": "How high the right clauses stand among the first ten; 1 is at the very top.",
    "false_refusal": "Of the questions the documents answer, the share refused. Lower is better.",
    "refusal": "Of the questions the documents do not answer, the share refused.",
}
"""What each figure says, for the reader of a report."""


class Row(Frozen):
    """One figure over one part of the items."""

    figure: str
    name: str
    value: Interval


class Breakdown(Frozen):
    """The figures over one part: all items, a type, or a language."""

    part: str
    items: int
    rows: tuple[Row, ...]


class Summary(Frozen):
    """Everything a page says about a run, apart from the items themselves.

    Attributes:
        overall: all items together.
        types, languages: one breakdown each.
        confusion: how often a status came where another was expected; 'error' where it failed.
        errors: items that failed.
        median_seconds: per item; told apart because it never repeats exactly.
        repeats: how often each item was asked.
        tokens_in, tokens_out, cost: of chat models, where the system tells (`trace.usage`); the
            cost in the currency the prices were given in.
    """

    overall: Breakdown
    types: tuple[Breakdown, ...]
    languages: tuple[Breakdown, ...]
    confusion: dict[str, dict[str, int]]
    errors: int
    median_seconds: float
    repeats: int = 1
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


def summarise(run: Run) -> Summary:
    """Figures of a run; a figure that applies to no item of a part is left out of it."""
    types = sorted({result.item.type for result in run.results})
    languages = sorted({result.item.language for result in run.results})
    confusion: dict[str, Counter[str]] = {}
    for result in run.results:
        wanted = "answered" if result.item.answerable else "not answered"
        got = result.answer.status.value if result.answer else "error"
        confusion.setdefault(wanted, Counter())[got] += 1
    seconds = sorted(result.seconds for result in run.results)
    spent = [_usage(result) for result in run.results]
    return Summary(
        overall=breakdown(run, "all", lambda _: True),
        types=tuple(breakdown(run, t, lambda item, t=t: item.type == t) for t in types),  # type: ignore[misc]
        languages=tuple(
            breakdown(run, lang, lambda item, lang=lang: item.language == lang)  # type: ignore[misc]
            for lang in languages
        ),
        confusion={wanted: dict(counts) for wanted, counts in confusion.items()},
        errors=sum(result.error is not None for result in run.results),
        median_seconds=seconds[len(seconds) // 2] if seconds else 0.0,
        repeats=1 + max((result.repeat for result in run.results), default=0),
        tokens_in=int(sum(usage.get("prompt_tokens", 0) for usage in spent)),
        tokens_out=int(sum(usage.get("completion_tokens", 0) for usage in spent)),
        cost=sum(usage.get("cost", 0.0) for usage in spent),
    )


def _usage(result: Result) -> dict[str, float]:
    usage = result.answer.trace.get("usage") if result.answer else None
    if not isinstance(usage, dict):
        return {}
    return {k: float(v) for k, v in usage.items() if isinstance(v, int | float)}


def breakdown(run: Run, part: str, kept: Callable[[Item], bool]) -> Breakdown:
    """The figures over the items that `kept` keeps."""
    rows = []
    for figure, name in NAMES.items():
        values = list(run.values(figure, kept).values())
        if values:
            rows.append(Row(figure=figure, name=name, value=interval(values)))
    for figure, (name, applies) in RATES.items():
        values = list(run.values("refused", lambda i, a=applies: kept(i) and a(i)).values())  # type: ignore[misc]
        if values:
            rows.append(Row(figure=figure, name=name, value=interval(values)))
    count = len({result.item.id for result in run.results if kept(result.item)})
    return Breakdown(part=part, items=count, rows=tuple(rows))
