"""A run as one self-contained page, which opens offline and prints; CSV and JSON beside it."""

from __future__ import annotations

import csv
import io
import json
from importlib.resources import files
from pathlib import Path

from evals.figures import NAMES, Summary, summarise
from evals.running import Run


def write_report(run: Run, directory: Path) -> Path:
    """Write report.html, items.csv and summary.json into `directory`; returns the page's path."""
    summary = summarise(run)
    (directory / "summary.json").write_text(
        json.dumps(
            run.model_dump(mode="json", exclude={"results"})
            | {"figures": summary.model_dump(mode="json")},
            ensure_ascii=False,
            indent=2,
        ),
        encoding="utf-8",
    )
    (directory / "items.csv").write_text(as_csv(run), encoding="utf-8")
    page = directory / "report.html"
    page.write_text(as_html(run, summary), encoding="utf-8")
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


def as_html(run: Run, summary: Summary) -> str:
    """The page. Everything from suites and answers is escaped."""
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["share"] = lambda value: "–" if value is None else f"{value:.2f}"
    environment.filters["pretty"] = lambda value: json.dumps(value, ensure_ascii=False, indent=1)
    template = files("evals").joinpath("templates/report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(template).render(run=run, summary=summary, names=NAMES)
