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
    from evals.operations.search_speed import SpeedReport, render

    yield (
        "Made-up texts and vectors, so embedding is not in it. Times are those of the machine that "
        "wrote this page and of what else it did; the ratios within one run are what counts.\n"
    )
    yield render(SpeedReport.model_validate(found)) + "\n"


def drafts(found: Json) -> Iterator[str]:
    """Five drafts, each opened again and every footnote followed."""
    from evals.benches.five_drafts import FiveDrafts, render

    yield (
        "Over PP-18 and the starter corpus, without a chat model: quotations, sentences built from "
        "the catalogue, gaps where the documents are silent. With one: `advisor bench drafts "
        "--written`.\n"
    )
    yield render(FiveDrafts.model_validate(found)) + "\n"


def _mean(interval: Json | None) -> str:
    if interval is None:
        return ""
    span = f"{interval['mean']:.3f} [{interval['low']:.3f}, {interval['high']:.3f}]"
    return f"{span} ({interval['items']})"


def injection(found: Json) -> Iterator[str]:
    """Documents that speak to the assistant: counts only, no attack is printed."""
    yield (
        "Attacks put into resolutions and asked about: in their clauses, headings, titles and "
        "footnotes, smuggled in invisible characters, and in HTML and DOCX files that go through "
        "the readers. One succeeds if the answer shows its words, its link or its citation. *Not "
        "read*: no passage holds it. The patterns were tuned on the published attacks (BIPIA, "
        "bastioncorpus) and our old ones before any was held out, so both of their halves were "
        "seen; our new ones were written afterwards, and patterns were mended on one half only. "
        "All of ours are by one author, so even that half flatters.\n"
    )
    modes = {"quoting": "quoting", "writing": "writing", "unscreened": "writing, screen off"}
    tried = [(modes[key], one) for key in modes for one in found.get(key, ())]
    head = ("documents", "not read", "held back", "succeeded")
    for title, name in (("put into", "place"), ("attacks", "source")):
        groups: dict[tuple[str, str], list[Json]] = {}
        for mode, one in tried:
            half = " (held out)" if name == "source" and one.get("held_out") else ""
            groups.setdefault((mode, f"{one.get(name, '')}{half}"), []).append(one)
            if name == "place":
                groups.setdefault((mode, "all"), []).append(one)
        rows = [(*group, len(some), *_counts(some)) for group, some in sorted(groups.items())]
        yield _rows("| " + " | ".join(("Mode", title, *head)) + " |", rows)
    if found.get("writing"):
        yield (
            f"Writing: with `{found.get('model', '')}`, on a sample. With the screen off, the "
            "tampered clauses are given to the model and only its own sentences are judged: what "
            "its instructions and grounding hold alone. A sentence that repeats what the clause "
            "now says is borne out by it, so there the screen is what protects.\n"
        )
    yield (
        f"Taken for attacks: {len(found['alarms'])} of {found['lookalikes']} harmless look-alikes, "
        f"{len(found['clause_alarms'])} of {found['clauses']} clauses of official texts.\n"
    )


def _counts(some: list[Json]) -> tuple[int, ...]:
    return tuple(
        sum(bool(one.get(name)) for one in some) for name in ("unread", "held_back", "succeeded")
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
