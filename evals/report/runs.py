"""A run as one self-contained page, which opens offline and prints; CSV and JSON beside it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from assistant.answers import Status
from evals.judging import judged as judging
from evals.suites.figures import MEANINGS, NAMES, RATES, Summary, summarise
from evals.suites.running import Result, Run

_TILES = (
    ("status_right", "of questions handled as they should be"),
    ("citation_recall", "of the clauses wanted are cited"),
    ("quotes_exact", "of quotations are word for word"),
    ("false_refusal", "of answerable questions refused"),
)
_COLUMNS = (
    "status_right",
    "evidence_recall_5",
    "citation_precision",
    "citation_recall",
    "vital",
    "quotes_exact",
    "language_right",
    "clean",
)
"""Figures in the tables by type and by language; the CSV has them all."""

_CANDIDATES = 5
"""Candidates of a search that a page shows; all are in the run's items.jsonl."""


def write_report(run: Run, directory: Path) -> Path:
    """Write report.html, items.csv and summary.json into `directory`; returns the page's path."""
    summary = summarise(run)
    judged = judging.stored(directory)
    (directory / "summary.json").write_text(
        json.dumps(
            run.model_dump(mode="json", exclude={"results"})
            | {"figures": summary.model_dump(mode="json"), "judge": judging.facts(judged)},
            ensure_ascii=False,
            indent=2,
        ),
        encoding="utf-8",
    )
    (directory / "items.csv").write_text(as_csv(run), encoding="utf-8")
    page = directory / "report.html"
    page.write_text(as_html(run, summary, judged), encoding="utf-8")
    return page


def as_csv(run: Run) -> str:
    """One line an item: id, type, language, question, status, figures, seconds, error."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["id", "repeat", "type", "language", "question", "status", *NAMES, "seconds", "error"]
    )
    for result in run.results:
        figures = result.judgement.model_dump() if result.judgement else {}
        writer.writerow(
            [
                result.item.id,
                result.repeat,
                result.item.type,
                result.item.language,
                _cell(result.item.question),
                result.answer.status.value if result.answer else "",
                *(figures.get(name) for name in NAMES),
                f"{result.seconds:.3f}",
                result.error or "",
            ]
        )
    return out.getvalue()


def _cell(text: str) -> str:
    """A text that a spreadsheet will not run as a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def as_html(run: Run, summary: Summary, judged: judging.Judged | None = None) -> str:
    """The page. Everything from suites and answers is escaped.

    With `judged` it holds what a judge model said, and how far that model agrees with people.
    """
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("evals.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "share": lambda value: "–" if value is None else f"{value:.2f}",
        "percent": lambda value: f"{value:.0%}",
        "pretty": _pretty,
        "words": lambda value: str(value).replace("_", " "),
        "wrong": _wrong,
        "trace": _trace,
    }
    statuses = [*(status.value for status in Status), "error"]
    came = {status for counts in summary.confusion.values() for status in counts}
    return environment.get_template("report.html.jinja").render(
        run=run,
        summary=summary,
        judged=judged,
        judged_names=judging.NAMES,
        names=NAMES,
        rates=RATES,
        meanings=MEANINGS,
        tiles=_TILES,
        columns=_COLUMNS,
        statuses=[status for status in statuses if status in came],
    )


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _wrong(result: Result) -> str:
    """What went wrong with an item, in two or three words; empty when nothing did."""
    figures = result.judgement
    if figures is None:
        return "failed"
    if figures.status_right < 1:
        refused = figures.refused == 1
        return "wrongly refused" if refused and result.item.answerable else "wrong status"
    if figures.clean < 1:
        return "forbidden cited"
    if figures.citation_recall is not None and figures.citation_recall < 1:
        return "clause missed" if figures.citation_recall == 0 else "partly missed"
    if figures.quotes_exact is not None and figures.quotes_exact < 1:
        return "quote altered"
    if figures.language_right is not None and figures.language_right < 1:
        return "wrong language"
    return ""


def _trace(result: Result) -> str:
    """The steps of an answer, with the first candidates of a long list only."""
    trace = dict(result.answer.trace) if result.answer else {}
    search = trace.get("search")
    if isinstance(search, dict) and isinstance(search.get("candidates"), list):
        kept = [_brief(candidate) for candidate in search["candidates"][:_CANDIDATES]]
        left = len(search["candidates"]) - len(kept)
        trace["search"] = {**search, "candidates": kept} | ({"more": left} if left else {})
    return _pretty(trace)


def _brief(candidate: object) -> object:
    """A candidate without the signals that say nothing."""
    if not isinstance(candidate, dict) or not isinstance(candidate.get("signals"), dict):
        return candidate
    return {**candidate, "signals": {k: v for k, v in candidate["signals"].items() if v}}
