"""docs/benchmarks.md, from the JSON that the benches left. No date, no machine, no time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from evals.report import page_judging, page_models, page_public
from evals.suites.figures import NAMES

Json = Mapping[str, Any]

_HEAD = """# Benchmarks

Written by one command from the output of the benches, and from nothing else:

    advisor bench page --shared FOLDER

`FOLDER` holds the library of real texts. Parts whose texts are not there say so. An interval in
brackets is the 95 % percentile bootstrap over the questions (10 000 resamples, fixed seed), paired
where two systems answer the same questions. All figures run from 0 to 1 and are computed by rule:
no judge model is involved, and a second run gives the same numbers. Only the two parts that say so
need a chat model.
"""

_ABSENT = "Not run here: the library of real texts was not at hand, or this part was left out.\n"

_SHOWN = (
    "status_right",
    "evidence_recall_5",
    "citation_precision",
    "citation_recall",
    "document_recall",
    "vital",
    "language_right",
)
"""Figures that mean the same for both systems; naive RAG has no clauses to quote exactly."""


def as_markdown(results: Mapping[str, Json]) -> str:
    """The page.

    Args:
        results: by bench, as evals.report.benchmarks leaves them; what is missing is said to be.
    """
    parts = {
        "starter": ("Answers over the starter corpus", _starter),
        "pp18": ("Answers over the Final Acts of PP-18", _pp18),
        "retrieval": ("Clauses found over PP-18", _retrieval),
        "segmentation": ("Clauses cut from documents", _segmentation),
        "un_paragraphs": ("Paragraphs of UN resolutions, from their PDFs", _un_paragraphs),
        "grounding": ("Sentences that are not borne out", _grounding),
        "injection": ("Documents that speak to the assistant", page_public.injection),
        "public": ("Public benchmarks", page_public.public),
        "drafts": ("Five drafts", page_public.drafts),
        "search": ("Speed and size of the index", page_public.search),
        "writing": ("Answers written by a chat model", page_models.writing),
        "judge": ("A chat model as judge", page_models.judge),
    }
    lines = [
        _HEAD,
        "## The whole assistant over fresh questions\n",
        *page_judging.fresh(),
        "## Clauses judged over documents nobody trained on\n",
        *page_judging.judging(),
    ]
    for name, (title, write) in parts.items():
        lines.append(f"## {title}\n")
        lines += write(results[name]) if name in results else [_absent(name)]
    return "\n".join(lines).rstrip() + "\n"


def _absent(name: str) -> str:
    return page_models.ABSENT.format(name=name) if name in ("writing", "judge") else _ABSENT


def _starter(found: Json) -> Iterator[str]:
    yield (
        f"The suite `starter`: {found['items']} questions ({found['answerable']} answerable) "
        "of our own over the digests a fresh installation holds, in six languages. "
        + _made_of(found)
    )
    yield "Nobody else has published figures on this suite: compare two runs of it, nothing more.\n"
    yield from _against_naive(found)
    yield from _breakdown("type of question", found["ours"]["types"])
    yield from _breakdown("language of the question", found["ours"]["languages"])


def _pp18(found: Json) -> Iterator[str]:
    yield (
        f"The development questions of the library over the official text: {found['items']} "
        f"questions with their translations ({found['answerable']} answerable). " + _made_of(found)
    )
    yield (
        "The weights of today never saw these questions, but the house was built looking at them: "
        "what counts are the documents left out, above.\n"
    )
    yield from _against_naive(found)
    yield from _breakdown("type of question", found["ours"]["types"])
    yield from _breakdown("language of the question", found["ours"]["languages"])


def _made_of(found: Json) -> str:
    model = found["chat_model"]
    mode = f"writing with {model}" if model else "quoting, without a chat model"
    return f"Ours: {mode}, embedder `{found['embedder']}`."


def _against_naive(found: Json) -> Iterator[str]:
    yield (
        "Naive RAG is what one would otherwise build: LangChain's recursive splitter (1000 "
        "characters, 200 overlap), MiniLM, the four nearest chunks, no chat model. It has no "
        "clauses, so each chunk is credited with every clause of which it holds half: that is "
        "kind to its recall and shows in its precision. Its evidence is read off the same way, "
        "best chunk first. It never refuses and knows no language. "
        f"Its answers hold {found['words']['naive']:.0f} words on average, ours "
        f"{found['words']['advisor']:.0f}: more words hold more facts, which is how the nuggets "
        "are to be read.\n"
    )
    differences = {row["figure"]: row for row in found["differences"]}
    rows = []
    for figure in _SHOWN:
        one = differences.get(figure)
        if one:
            spread = _signed(one["difference"])
            rows.append((NAMES[figure], one["a"], one["b"], spread, one["verdict"], _count(one)))
    yield from _table(
        ("Figure", "naive RAG", "ours", "ours minus naive, paired", "verdict", "n"), rows
    )
    yield "Ours alone, by what only we claim:\n"
    shown = ("quotes_exact", "grounded", "cited", "clean", "false_refusal", "refusal")
    known = {row["figure"]: row for row in found["ours"]["overall"]["rows"]}
    yield from _table(
        ("Figure", "value", "n"),
        [
            (known[f]["name"], _spread(known[f]["value"]), known[f]["value"]["items"])
            for f in shown
            if f in known
        ],
    )


def _breakdown(of: str, parts: Iterable[Json]) -> Iterator[str]:
    figures = ("status_right", "evidence_recall_5", "citation_precision", "citation_recall")
    rows = []
    for part in parts:
        values = {row["figure"]: row["value"]["mean"] for row in part["rows"]}
        rows.append(
            (part["part"].replace("_", " "), part["items"], *(values.get(f) for f in figures))
        )
    yield f"Ours by {of}:\n"
    yield from _table((of.capitalize(), "n", *(NAMES[f] for f in figures)), rows)


def _retrieval(found: Json) -> Iterator[str]:
    yield (
        f"Search alone, over the {found['passages']} passages of PP-18, embedder "
        f"`{found['embedder']}`; the same passages for every system. RRF is the plain fusion of "
        "both arms with equal weights. Two-turn questions are searched with both turns joined, "
        "by all systems; only the row `ours` has the standalone wording, as a user's follow-up is "
        "understood. Only gold clauses count for recall. "
        "The weights of ours were fitted on these questions; those of the baselines need none.\n"
    )
    figures = list(found["rows"][0]["figures"]) if found["rows"] else []
    rows = [
        (
            row["part"],
            row["system"],
            row["figures"][figures[0]]["items"],
            *(_spread(row["figures"][figure]) for figure in figures),
        )
        for row in found["rows"]
        if row["part"].startswith(("all", "translated"))
    ]
    yield from _table(("Questions", "system", "n", *figures), rows)
    yield "Ours minus each baseline, question by question, English:\n"
    yield from _table(
        ("Baseline", "figure", "difference", "n"),
        [
            (p["baseline"], p["figure"], _signed(p["difference"]), p["difference"]["items"])
            for p in found["paired"]
        ],
    )


def _segmentation(found: Json) -> Iterator[str]:
    yield (
        "Ours against the reference segmentation of PP-18 that the library holds: a clause agrees "
        "when document, section and label are the same. The first rows read the XML; the others "
        "read the same texts back from PDFs typeset for this bench in several layouts. The "
        "reference was cut by rule and repaired, so a part of what disagrees is its own.\n"
    )
    yield from _table(
        ("Source", "reference", "ours", "precision", "recall", "text agreed"),
        [
            (
                row["name"],
                row["reference"],
                row["ours"],
                row["precision"],
                row["recall"],
                row["text_agreed"],
            )
            for row in found["rows"]
        ],
    )


def _un_paragraphs(found: Json) -> Iterator[str]:
    total = found["paragraphs"]
    yield (
        f"{found['files']} real PDFs of the Security Council, {total} paragraphs of which the "
        "library holds the text: is each one clause, whole, in its section, with its label and "
        "page?\n"
    )
    names = ("found", "right", "wrong_section", "wrong_label", "wrong_page")
    yield from _table(
        ("Outcome", "paragraphs", "share"),
        [(name.replace("_", " "), found[name], found[name] / total) for name in names],
    )


def _grounding(found: Json) -> Iterator[str]:
    yield (
        f"{found['sentences']} true sentences taken word for word from operative clauses of PP-18, "
        f"and falsehoods made of them. Refused among the true: {found['false_alarms']:.3f}. "
        "Shortened sentences count as true, also where what was cut off is a condition of the "
        "clause: most of those refused are of this kind.\n"
    )
    yield from _table(
        ("Falsehood", "made", "refused"),
        [(one["kind"], one["made"], one["caught"]) for one in found["caught"]],
    )
    yield (
        "On labelled sets, without training and without a model, beside plain token recall. "
        "Published for WiCE: GPT-4 reaches F1 .61 on supported claims; token recall has an AUC of "
        ".69 on the dev claims. The area under the curve is comparable with the latter; the F1 "
        "here is the best over all thresholds, chosen on the same claims, so it is an upper "
        "bound and not comparable with a system that had to choose beforehand.\n"
    )
    yield from _table(
        ("Set", "pairs", "AUC", "best F1", "token recall AUC", "token recall best F1"),
        [
            (r["name"], r["pairs"], r["auc"], r["f1"], r["plain_auc"], r["plain_f1"])
            for r in found["rankings"]
        ],
    )
    yield from page_public.curves(found)


def _count(one: Json) -> int:
    return int(one["difference"]["items"])


def _spread(value: Json) -> str:
    return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def _signed(value: Json) -> str:
    return f"{value['mean']:+.3f} [{value['low']:+.3f}, {value['high']:+.3f}]"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    yield "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|")
