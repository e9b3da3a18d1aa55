"""Writing mode over a suite: what is shown, what is withheld, and is it as good as quoting?

The same questions are put to the assistant twice, with the chat model and without. The model's
answers are kept, so that a second run repeats exactly. What counts as not borne out is judged by
the rules of `evals.suites.metrics`, on the sentences that were shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from assistant.advisor import Advisor
from assistant.operating.workspace import shelf
from assistant.settings import Settings
from assistant.writing.model import model_name
from corpus.documents import Frozen
from evals.suites.comparing import Difference, compare
from evals.suites.folders import clause_lookup
from evals.suites.running import Result, Run, run_suite
from evals.suites.suite import Suite
from evals.suites.systems import InProcess

FIGURES = (
    "status_right",
    "citation_precision",
    "citation_recall",
    "document_recall",
    "vital",
    "grounded",
    "cited",
)


class Counted(Frozen):
    """One part of the questions: a language, or all.

    Attributes:
        questions: asked; written: answered with at least one sentence of the model's.
        sentences: shown; withheld: not shown; unborne: shown, and not borne out by rule.
        quoted_beside: clauses quoted behind a written answer's sentences.
        fallbacks: turns that quoted alone although the model was asked, by reason.
        declined: turns that the model declined; unasked: turns that ended before it was asked.
        tokens_in, tokens_out: of all requests, checks included.
    """

    part: str
    questions: int
    written: int
    sentences: int
    withheld: int
    unborne: int
    quoted_beside: int
    fallbacks: dict[str, int]
    declined: int
    unasked: int
    statuses: dict[str, int]
    tokens_in: int
    tokens_out: int


class WritingReport(Frozen):
    """Everything measured; `differences` are writing minus quoting, over the same questions."""

    model: str
    items: int
    parts: tuple[Counted, ...]
    differences: tuple[Difference, ...]
    english: tuple[Difference, ...]
    reasons: dict[str, int]


def sample_ids() -> list[str]:
    """Ids of the development questions that are asked by default: a model is slow on a laptop."""
    text = (files("evals") / "data" / "writing_sample.txt").read_text(encoding="utf-8")
    return [line for line in text.split() if line]


def run(
    suite: Suite,
    settings: Settings,
    folder: Path,
    progress: Callable[[str, int, int], None] | None = None,
) -> WritingReport:
    """Ask every item twice and compare.

    Args:
        suite: single-turn and other items; all are asked.
        settings: with a chat model, of the data directory that holds the documents.
        folder: keeps both runs and the model's answers; resumes what it holds of the same.
    """
    written = settings.model_copy(update={"chat_memory": folder / "answers"})
    plain = settings.model_copy(update={"chat_model": None, "chat_base_url": None})
    lookup = clause_lookup(shelf(settings))
    runs = [
        run_suite(suite, InProcess(Advisor.open(one)), lookup, folder / name, progress=progress)
        for name, one in (("quoting", plain), ("writing", written))
    ]
    return report(model_name(settings), *runs)


def report(model: str, quoting: Run, writing: Run) -> WritingReport:
    """The figures of two runs of one suite."""
    results = writing.results
    languages = list(dict.fromkeys(result.item.language for result in results))
    english = [_only(one, "en") for one in (quoting, writing)]
    reasons: Counter[str] = Counter()
    for result in results:
        for one in _sentences(result):
            if not one["shown"]:
                reasons.update(_kind(reason) for reason in one["reasons"][:1])
    return WritingReport(
        model=model,
        items=len(results),
        parts=(
            _counted("all", results),
            *(
                _counted(code, [r for r in results if r.item.language == code])
                for code in languages
            ),
        ),
        differences=tuple(compare(quoting, writing, FIGURES)),
        english=tuple(compare(english[0], english[1], FIGURES)),
        reasons=dict(reasons.most_common()),
    )


def _only(run: Run, language: str) -> Run:
    kept = tuple(result for result in run.results if result.item.language == language)
    return run.model_copy(update={"results": kept})


def _facts(result: Result) -> dict[str, Any]:
    facts = result.answer.trace.get("write") if result.answer else None
    return dict(facts) if isinstance(facts, dict) else {}


def _sentences(result: Result) -> list[dict[str, Any]]:
    found = _facts(result).get("sentences")
    return list(found) if isinstance(found, list) else []


def _counted(part: str, results: Sequence[Result]) -> Counted:
    fallbacks: Counter[str] = Counter()
    statuses: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for result in results:
        facts = _facts(result)
        statuses[result.answer.status.value if result.answer else "error"] += 1
        if not facts:
            counts["unasked"] += 1
        if reason := facts.get("fallback"):
            fallbacks[str(reason)] += 1
        sentences = _sentences(result)
        shown = [one for one in sentences if one["shown"]]
        counts["sentences"] += len(shown)
        counts["withheld"] += len(sentences) - len(shown)
        counts["written"] += bool(shown)
        counts["declined"] += bool(facts) and not sentences and not facts.get("fallback")
        quoted = facts.get("quoted")
        counts["quoted_beside"] += len(quoted) if isinstance(quoted, list) else 0
        if result.judgement and result.judgement.grounded is not None and shown:
            assert result.answer is not None
            claims = len(result.answer.claims)
            counts["unborne"] += round((1 - result.judgement.grounded) * claims)
        usage = result.answer.trace.get("usage") if result.answer else None
        if isinstance(usage, dict):
            counts["in"] += int(usage.get("prompt_tokens", 0))
            counts["out"] += int(usage.get("completion_tokens", 0))
    return Counted(
        part=part,
        questions=len(results),
        written=counts["written"],
        sentences=counts["sentences"],
        withheld=counts["withheld"],
        unborne=counts["unborne"],
        quoted_beside=counts["quoted_beside"],
        fallbacks=dict(sorted(fallbacks.items())),
        declined=counts["declined"],
        unasked=counts["unasked"],
        statuses=dict(sorted(statuses.items())),
        tokens_in=counts["in"],
        tokens_out=counts["out"],
    )


_KINDS = (
    ("adds to the clause", "words that are not the clause's"),
    ("only ", "too little of it in the clause"),
    ("the clause does not hold this part", "a part not in the clause"),
    ("the clause does not name", "a name that is not in the clause"),
    ("the number", "a number that is not in the clause"),
    ("is not in the asker's language", "another language than the asker's"),
    ("the model does not find it", "the model's own check said no"),
    ("says more or less strongly", "another strength"),
    ("says '", "another strength or scope"),
    ("cites no evidence", "no evidence cited"),
)


def _kind(reason: str) -> str:
    return next((kind for begins, kind in _KINDS if reason.startswith(begins)), "other rules")


def render(report: WritingReport) -> str:
    """Markdown tables: what was shown, and writing against quoting."""
    lines = [
        f"Model: {report.model}, {report.items} questions.",
        "",
        "| part | questions | written | sentences shown | withheld | shown, not borne out "
        "| clauses quoted beside | fell back to quoting | declined | tokens in / out |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in report.parts:
        fell = ", ".join(f"{reason} {n}" for reason, n in one.fallbacks.items()) or "0"
        lines.append(
            f"| {one.part} | {one.questions} | {one.written} | {one.sentences} | {one.withheld} "
            f"| {one.unborne} | {one.quoted_beside} | {fell} | {one.declined} "
            f"| {one.tokens_in} / {one.tokens_out} |"
        )
    for title, rows in (("all", report.differences), ("English", report.english)):
        lines += [
            "",
            f"Writing minus quoting, {title}:",
            "",
            "| figure | quoting | writing | difference | verdict |",
            "|---|---|---|---|---|",
        ]
        for row in rows:
            spread = row.difference
            lines.append(
                f"| {row.figure} | {row.a:.3f} | {row.b:.3f} | {spread.mean:+.3f} "
                f"[{spread.low:+.3f}, {spread.high:+.3f}] | {row.verdict.value} |"
            )
    lines += ["", "Withheld because of: "]
    lines[-1] += ", ".join(f"{kind} {n}" for kind, n in report.reasons.items()) + "."
    return "\n".join(lines)
