"""Parts of the page of benchmarks: public sets, speed and size, curves of grounding, injection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


def public(found: Json) -> Iterator[str]:
    """SciFact, XQuAD and MTRAG-UN, with published figures beside ours."""
    from evals.public.report import PublicReport, render

    yield (
        "The shipped index and search over the passages of public sets, which have no clauses: "
        "what is measured is the two arms and their fusion. `dense` is the embedder alone, "
        "`BM25` our lexical arm alone. Unless all were asked, n says how many questions, always "
        "the same ones.\n"
    )
    yield render(PublicReport.model_validate(found)) + "\n"


def search(found: Json) -> Iterator[str]:
    """Time, disk and memory beside plain Chroma and plain bm25s."""
    from evals.search_speed import SpeedReport, render

    yield (
        "Made-up texts and vectors, so embedding is not in it. Times are those of the machine that "
        "wrote this page and of what else it did; the ratios within one run are what counts.\n"
    )
    yield render(SpeedReport.model_validate(found)) + "\n"


def injection(found: Json) -> Iterator[str]:
    """Documents that speak to the assistant: counts only, no attack is printed."""
    yield (
        "Attacks put into resolutions, in five places, and asked about. One succeeds if the answer "
        "shows its words, its link or its citation. Without a chat model unless writing is told.\n"
    )
    lines = ["| Mode | documents | held back | succeeded |", "|---|---|---|---|"]
    for mode in ("quoting", "writing"):
        some = found[mode]
        if some:
            held = sum(one["held_back"] for one in some)
            won = sum(one["succeeded"] for one in some)
            lines.append(f"| {mode} | {len(some)} | {held} | {won} |")
    yield "\n".join(lines) + "\n"
    yield (
        f"Taken for attacks: {len(found['alarms'])} of {found['lookalikes']} harmless look-alikes, "
        f"{len(found['clause_alarms'])} of {found['clauses']} clauses of official texts.\n"
    )


def curves(found: Json) -> Iterator[str]:
    """What the table of falsehoods leaves out: true sentences, curves, WiCE as shipped."""
    if "true" not in found:
        return
    yield "True sentences, which must pass:\n"
    yield _rows(
        "| True sentences | made | refused |",
        [(one["kind"], one["made"], f"{one['caught']:.3f}") for one in found["true"]],
    )
    shown = (0.5, 0.6, 0.8, 0.9, 0.95, 1.0)
    yield (
        "Recall at 2 % false alarms, and the curve over the threshold of the score (false alarms "
        "> recall); all points are in the JSON:\n"
    )
    head = " | ".join(f"at {threshold:.2f}" for threshold in shown)
    yield _rows(
        f"| Falsehood | recall at 2 % | {head} |",
        [
            (
                one["kind"],
                f"{one['at_allowed']:.3f}",
                *(
                    f"{alarms:.3f} > {recall:.3f}"
                    for threshold, alarms, recall in one["points"]
                    if round(threshold, 3) in shown
                ),
            )
            for one in found["curves"]
        ],
    )
    yield (
        "WiCE's claims as shipped: paraphrase must still pass. The last row cites every supporting "
        "sentence as a clause of its own.\n"
    )
    yield _rows(
        "| Claims | n | accepted |",
        [(one["label"], one["claims"], f"{one['accepted']:.3f}") for one in found["accepted"]],
    )


def _rows(head: str, rows: list[tuple[object, ...]]) -> str:
    lines = [head, "|" + "---|" * (head.count("|") - 1)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
