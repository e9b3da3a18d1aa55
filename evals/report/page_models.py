"""The parts of docs/benchmarks.md that need a chat model: writing mode, and the judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evals.suites.figures import NAMES

Json = Mapping[str, Any]

ABSENT = (
    "Not run: this part needs a chat model, and none was set (docs/models.md). Set one and run "
    "`advisor bench {name}`.\n"
)


def writing(found: Json) -> Iterator[str]:
    """What was shown and withheld, and writing beside quoting."""
    yield (
        f"{found['items']} development questions over PP-18, asked once with the chat model "
        f"`{found['model']}` and once without one. A sentence is shown only once its clauses bear "
        "it out; clauses that a quoting answer holds and no sentence rests on are quoted behind "
        "the sentences, and where nothing can be shown the answer quotes and says why. *Not borne "
        "out* is computed by the rules that let a sentence pass, so it says that none passed "
        "them by, not that nobody could object.\n"
    )
    yield from _table(
        ("Questions in", "asked", "written", "sentences shown", "withheld", "not borne out",
         "quoted beside", "quoted instead", "declined", "tokens read", "tokens written"),
        [
            (p["part"], p["questions"], p["written"], p["sentences"], p["withheld"], p["unborne"],
             p["quoted_beside"], sum(p["fallbacks"].values()), p["declined"], p["tokens_in"],
             p["tokens_out"])
            for p in found["parts"]
        ],
    )  # fmt: skip
    reasons = ", ".join(f"{kind} ({n})" for kind, n in found["reasons"].items())
    yield f"Withheld because of: {reasons or 'nothing'}.\n"
    for title, rows in (("all languages", found["differences"]), ("English", found["english"])):
        yield f"Writing minus quoting, question by question, {title}:\n"
        yield from _table(
            ("Figure", "quoting", "writing", "difference", "verdict", "n"),
            [
                (NAMES[row["figure"]], row["a"], row["b"], _signed(row["difference"]),
                 row["verdict"], row["difference"]["items"])
                for row in rows
            ],
        )  # fmt: skip


def judge(found: Json) -> Iterator[str]:
    """How far a judge model agrees with people."""
    yield (
        f"The judge `{found['model']}` is asked whether a text bears a statement out, always in "
        "the same words, at temperature 0. Each set has as many pairs that are borne out as "
        "others, so chance agrees with half. Labels of SciFact and WiCE are people's (of a WiCE "
        "page the judge reads the sentences nearest to the claim, up to 1 200 characters; partly "
        "supported counts as not supported); those of PP-18 hold by construction and are not "
        "counted as people's. Reports that use this judge print its agreement with people.\n"
    )
    yield from _table(
        ("Set", "pairs", "accuracy", "Cohen's kappa", "AUC", "yes to supported", "no to others",
         "kappa, threshold from the other half"),
        [
            (one["set"], one["pairs"], _spread(one["accuracy"]), _spread(one["kappa"]),
             one["auc"], one["accepted"], one["rejected"],
             f"{one['kappa_there']:.3f} (from {one['threshold']:.3f} on)")
            for one in (*found["sets"], found["people"])
        ],
    )  # fmt: skip


def _spread(value: Json) -> str:
    return f"{value['mean']:.3f} [{value['low']:.3f}, {value['high']:.3f}]"


def _signed(value: Json) -> str:
    return f"{value['mean']:+.3f} [{value['low']:+.3f}, {value['high']:+.3f}]"


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> Iterator[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    yield "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|")
