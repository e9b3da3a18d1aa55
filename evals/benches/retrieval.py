"""Is the right clause found? Ours beside BM25 alone, dense alone and their plain fusion.

Questions: the dev questions over PP-18 (`gold/pp18_dev.yaml` of the library of real texts) and
their translations. All systems search the same passages in one run.

How it counts (each figure 0..1, mean over the answerable questions):
- a system's passages, best first, are read off as a list of clause addresses, each once;
- clause Recall@k: share of the question's `gold` clauses among the first k (alternatives do not
  count); Hit@5: whether any gold clause or acceptable alternative is among the first five;
- document Recall@5: share of the gold documents among the first five documents;
- two-turn items: both turns joined for the baselines, as their published figures were made;
  ours is shown for that ("joined"), for the standalone question that the assistant itself makes of
  the turns ("in conversation"), and for the standalone wording of the gold file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from assistant.answers import Status
from assistant.asking.question import read
from assistant.turn import Past
from corpus.addresses import Address
from corpus.database import open_database, sqlite_url
from corpus.documents import Frozen
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from evals.suites.comparing import Interval, interval
from indexing.building.embedding import Embedder, load_embedder
from indexing.building.passages import Passage
from indexing.building.sync import sync
from indexing.building.versions import IndexVersion, open_current
from indexing.search import Searcher

FIGURES = ("recall@1", "recall@5", "recall@10", "hit@5", "document recall@5")
DEPTH = 150
FUSED, DAMPING = 30, 20
"""Passages of each arm in the plain fusion, and its constant k. With the usual 60 and 150 passages
it finds less (Recall@5 .593, Hit@5 .714 on the dev questions; so .629 and .750, within .02 of the
library's own .611 and .762), and a baseline is to be as good as it can be."""


class Question(Frozen):
    """One question with the clauses that answer it.

    Attributes:
        standalone: complete in itself; `joined`: what a system without context would search.
        turns: of the conversation, where there is one.
    """

    id: str
    type: str
    language: str
    standalone: str
    joined: str
    gold: tuple[str, ...]
    also: tuple[str, ...] = ()
    answerable: bool = True
    turns: tuple[str, ...] = ()


class Figures(Frozen):
    """One system over one part of the questions."""

    system: str
    part: str
    figures: dict[str, Interval]


class Paired(Frozen):
    """Ours minus a baseline, question by question."""

    baseline: str
    figure: str
    difference: Interval


class Report(Frozen):
    """Everything the bench prints."""

    passages: int
    embedder: str
    rows: tuple[Figures, ...]
    paired: tuple[Paired, ...]
    milliseconds: float


Rank = Callable[[Question], Sequence[Passage]]


def load_questions(path: Path) -> list[Question]:
    """The items of a gold file and, as questions of their own, their translations."""
    questions = []
    for item in yaml.safe_load(path.read_text("utf-8")):
        standalone = item.get("standalone") or item["question"]
        wordings = {"en": (standalone, " ".join(item.get("turns", [])) or standalone)}
        wordings |= {code: (text, text) for code, text in item.get("translations", {}).items()}
        for code, (alone, joined) in wordings.items():
            questions.append(
                Question(
                    id=item["id"],
                    type=item["type"],
                    language=code,
                    standalone=alone,
                    joined=joined,
                    gold=tuple(_address(a) for a in item.get("gold", [])),
                    also=tuple(_address(a) for a in item.get("also", [])),
                    answerable=item["answerable"],
                    turns=tuple(item.get("turns", ())) if code == "en" else (),
                )
            )
    return questions


def measure(question: Question, passages: Sequence[Passage]) -> dict[str, float]:
    """The figures of one ranked list for one question."""
    addresses = list(dict.fromkeys(a for p in passages for a in p.addresses))
    documents = list(dict.fromkeys(p.document for p in passages))[:5]
    gold = set(question.gold)
    right = gold | set(question.also)
    homes = {address.partition("#")[0] for address in gold}
    found = {k: len(gold & set(addresses[:k])) / len(gold) for k in (1, 5, 10)}
    return {
        "recall@1": found[1],
        "recall@5": found[5],
        "recall@10": found[10],
        "hit@5": float(bool(right & set(addresses[:5]))),
        "document recall@5": len(homes & set(documents)) / len(homes),
    }


def open_pp18(shared: Path, home: Path, embedder: Embedder) -> Shelf:
    """A shelf with PP-18 in `home`, its index in step; embedding is paid once a `home`."""
    from corpus.reading.readers import akn

    (home / "files").mkdir(parents=True, exist_ok=True)
    shelf = Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")
    content = (shared / "itu" / "pp18_final_acts_akn.xml").read_bytes()
    shelf.put(akn.read(content, "pp18.xml"), Source.of("pp18.xml", content), "bench")
    sync(shelf, home, embedder)
    return shelf


def run(shared: Path, home: Path, embedding_model: str = "advisor-e5") -> Report:
    """Index PP-18 in `home` (where it is not yet) and measure every system on it."""
    embedder = load_embedder(embedding_model)
    shelf = open_pp18(shared, home, embedder)
    searcher = Searcher(home, shelf, embedder, catalogue=Catalogue.load())
    version = open_current(home, embedder)
    questions = [
        q for q in load_questions(shared / "gold" / "pp18_dev.yaml") if q.answerable and q.gold
    ]
    times: list[float] = []

    def ours(text: str, language: str) -> list[Passage]:
        result = searcher.search(text, top=30, language=language)
        times.append(float(str(result.trace["milliseconds"])))
        return [e.passage for e in result.evidence]

    systems: dict[str, Rank] = {
        **baselines(version, embedder),
        "ours, joined": lambda q: ours(q.joined, q.language),
        "ours, in conversation": lambda q: ours(contextualised(q), q.language),
        "ours": lambda q: ours(q.standalone, q.language),
    }
    measured = {
        name: [measure(question, rank(question)) for question in questions]
        for name, rank in systems.items()
    }
    version.close()
    searcher.close()
    return Report(
        passages=version.manifest.passages,
        embedder=embedder.fingerprint,
        rows=tuple(_rows(questions, measured)),
        paired=tuple(_paired(questions, measured)),
        milliseconds=sorted(times)[len(times) // 2],
    )


def contextualised(question: Question) -> str:
    """The last turn as the assistant understands it after the ones before; else the wording."""
    before: Past | None = None
    text = question.standalone
    for turn in question.turns:
        text = read(turn, question.language, before).question
        before = Past(question=text, language=question.language, status=Status.ANSWERED)
    return text


def baselines(version: IndexVersion, embedder: Embedder) -> dict[str, Rank]:
    """BM25 alone, dense alone and their plain fusion, over the passages of `version`."""
    return {
        "BM25": lambda q: version.passages(_lexical(version, q)),
        "dense": lambda q: version.passages(_dense(version, embedder, q)),
        "RRF": lambda q: version.passages(
            fuse([_dense(version, embedder, q)[:FUSED], _lexical(version, q)[:FUSED]], DAMPING)
        ),
    }


def fuse(lists: Sequence[Sequence[str]], k: int = 60) -> list[str]:
    """Reciprocal rank fusion with equal weights (Cormack et al., SIGIR 2009)."""
    scores: dict[str, float] = {}
    for names in lists:
        for place, name in enumerate(names, start=1):
            scores[name] = scores.get(name, 0.0) + 1 / (k + place)
    return sorted(scores, key=lambda name: -scores[name])


def render(report: Report, console: Console) -> None:
    """Print the report as tables."""
    table = Table(title=f"Clauses found over PP-18 ({report.passages} passages)")
    for column in ("part", "system", "n", *FIGURES):
        table.add_column(column)
    for row in report.rows:
        cells = [_cell(row.figures[name]) for name in FIGURES]
        table.add_row(row.part, row.system, str(row.figures["recall@5"].items), *cells)
    console.print(table)
    table = Table(title="Ours minus each baseline, paired, English")
    for column in ("baseline", "figure", "difference"):
        table.add_column(column)
    for pair in report.paired:
        table.add_row(pair.baseline, pair.figure, _cell(pair.difference))
    console.print(table)
    console.print(f"One search of ours: {report.milliseconds:.0f} ms (median).")


def _rows(
    questions: Sequence[Question], measured: dict[str, list[dict[str, float]]]
) -> list[Figures]:
    translated = {q.id for q in questions if q.language != "en"}
    parts: dict[str, Callable[[Question], bool]] = {"all, en": lambda q: q.language == "en"}
    for kind in dict.fromkeys(q.type for q in questions):
        parts[kind] = lambda q, kind=kind: q.language == "en" and q.type == kind  # type: ignore[misc]
    parts["translated, en"] = lambda q: q.language == "en" and q.id in translated
    for code in sorted({q.language for q in questions} - {"en"}):
        parts[f"translated, {code}"] = lambda q, code=code: q.language == code  # type: ignore[misc]
    return [
        Figures(
            system=system,
            part=part,
            figures={
                name: interval([v[name] for q, v in zip(questions, values, strict=True) if keep(q)])
                for name in FIGURES
            },
        )
        for part, keep in parts.items()
        for system, values in measured.items()
    ]


def _paired(
    questions: Sequence[Question], measured: dict[str, list[dict[str, float]]]
) -> list[Paired]:
    return [
        Paired(
            baseline=baseline,
            figure=name,
            difference=interval(
                [
                    ours[name] - theirs[name]
                    for q, ours, theirs in zip(
                        questions, measured["ours, joined"], measured[baseline], strict=True
                    )
                    if q.language == "en"
                ]
            ),
        )
        for baseline in ("BM25", "dense", "RRF")
        for name in ("recall@5", "hit@5", "document recall@5")
    ]


def _lexical(version: IndexVersion, question: Question) -> list[str]:
    found = version.lexical.query(question.joined, question.language, DEPTH)
    return [name for name, _ in found]


def _dense(version: IndexVersion, embedder: Embedder, question: Question) -> list[str]:
    vector = embedder.embed_queries([question.joined])[0]
    return [name for name, _ in version.vectors.query(vector, DEPTH)]


def _address(clause: dict[str, Any]) -> str:
    return str(Address(clause["document"], clause["section"], clause["label"]))


def _cell(value: Interval) -> str:
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]"
