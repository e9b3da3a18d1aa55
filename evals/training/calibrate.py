"""What another's judge is worth beside the packaged one, learned on the shipped questions.

Its score joins the packaged log odds in a regression of three columns; from the chances that gives,
whether anything answers is told by the packaged weights, shifted and scaled (Platt 1999) so that
the packaged threshold keeps its meaning. Six numbers in all: a few dozen questions suffice. Only
questions over documents that the packaged judge did not learn from ("kept", `evals.training.data`)
are taken: on the others it is surer than it will be of a user's, and the reranker would count for
too little. The figures shown are crosswise: each question is answered with what was learned on
questions about other documents.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.documents import Frozen
from corpus.errors import AdvisorError
from corpus.shelf.catalogue import Catalogue
from evals.suites.metrics import ClauseText
from evals.training.cases import Case
from evals.training.data import Asked, read_questions
from evals.training.judge import FIGURES, Outcome, outcome, regression, table
from indexing import judge
from indexing.building.chunking import embedded_text
from indexing.building.passages import Filters
from indexing.encoder import Tokens
from indexing.rerankers import Calibration, Regression, Reranker, RerankerFailed, Reranking
from indexing.search import Searcher
from indexing.tokens import Read

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]

QUESTIONS = Path(str(files("evals"))) / "data" / "questions"

FEWEST = 20
"""Questions below which nothing is learned."""

PATIENCE = 600.0
"""Seconds a reranker may take for one question here: nobody waits."""

_STRENGTH = 1.0


class TooFew(AdvisorError):
    """For the operator: too few shipped questions are about texts that are held."""

    code = "too-few-questions"


class NotHeard(AdvisorError):
    """For the operator: the reranker could not be asked, so nothing was learned."""

    code = "reranker-failed"


class Heard(NamedTuple):
    """One question: its candidates, the packaged chances, and what the reranker said.

    Attributes:
        learned: chances before the rules; `made`: the packaged parameters behind them.
        looked: places of the candidates it was asked of; `scores`: of these, in that order.
    """

    case: Case
    learned: Floats
    made: Mapping[str, Any]
    late: bool
    looked: NDArray[np.int64]
    scores: Floats


class Measured(Frozen):
    """Outcomes of the same questions without the reranker, and crosswise with it."""

    reranker: str
    questions: int
    packaged: tuple[Outcome, ...]
    reranked: tuple[Outcome, ...]


def shipped(clause: ClauseText, everything: bool = False, folder: Path = QUESTIONS) -> list[Asked]:
    """The shipped questions of which every clause named is held.

    `clause`: text of an address, None where it is not held. Those on a subject that no text of
    their corpus treats are taken where others of the same corpus are. Without `everything` only
    those about documents the packaged judge did not learn from.
    """
    found: list[Asked] = []
    for path in sorted(folder.glob("*.jsonl")):
        asked = list(read_questions(path, path.stem))
        about = [q for q in asked if q.gold or q.near]
        held = {q.id for q in about if all(clause(a) is not None for a in (*q.gold, *q.near))}
        without = {q.id for q in asked if not (q.gold or q.near)} if held else set()
        found += [q for q in asked if q.id in held | without and (everything or _kept(q))]
    return found


def corpora(folder: Path = QUESTIONS) -> dict[str, Filters]:
    """By corpus, what its questions are asked over: the documents that any of them is about.

    Another text held here may well answer one of them, and nobody has labelled that.
    """
    return {
        path.stem: Filters(
            documents=tuple(
                sorted(
                    {
                        address.partition("#")[0]
                        for asked in read_questions(path, path.stem)
                        for address in (*asked.gold, *asked.also, *asked.near)
                    }
                )
            )
        )
        for path in folder.glob("*.jsonl")
    }


def _kept(asked: Asked) -> bool:
    return asked.parts == {"kept"}


def hear(
    searcher: Searcher,
    reranker: Reranker,
    questions: Sequence[Asked],
    inside: Mapping[str, Filters],
    catalogue: Catalogue,
    progress: Progress | None = None,
) -> list[Heard]:
    """Search for each question `inside` its corpus, and ask the reranker.

    A question that the encoder failed on is left out.

    Raises:
        NotHeard: the reranker failed, or took longer than PATIENCE.
        AdvisorError: as `Searcher.search`.
    """
    patient = Reranking(reranker, None, PATIENCE)
    heard: list[Heard] = []
    for number, asked in enumerate(questions, 1):
        found = searcher.candidates(asked.question, inside[asked.corpus], asked.language)
        if heard and found.late is not heard[0].late:
            continue
        case = Case(
            asked,
            found.query,
            found.named,
            found.held,
            found.passages,
            (),
            found.signals,
            found.read or _UNREAD,
        )
        looked = judge.looked_at(case.after_rules(found.learned, catalogue))
        texts = [embedded_text(found.passages[n]) for n in looked]
        try:
            scores = patient.scores(found.query.text, texts) if texts else []
        except RerankerFailed as failure:
            raise NotHeard(
                f"The reranker ({reranker.name}) failed: {failure}. Nothing was learned."
            ) from failure
        heard.append(Heard(case, found.learned, found.made, found.late, looked, np.array(scores)))
        if progress:
            progress("calibrate", number, len(questions))
    return heard


_UNREAD = Read(Tokens(ids=np.zeros(0, np.int32), vectors=np.zeros((0, 0), np.int8)), 0)


def fit(heard: Sequence[Heard], catalogue: Catalogue) -> tuple[Regression, Regression, float]:
    """The regressions `rerank` and `answer`, and the threshold, of a `Calibration`.

    Raises:
        TooFew: fewer than FEWEST questions, or all are answerable, or none is.
    """
    asked = [one for one in heard if len(one.looked)]
    truth = np.array([bool(one.case.asked.gold) for one in asked])
    if len(asked) < FEWEST or not 0 < truth.sum() < len(asked):
        raise TooFew(
            f"Only {len(asked)} of the shipped questions are about texts held here, too few to "
            "learn from. Add the starter corpus: advisor corpus starter, advisor index sync."
        )
    rerank = regression(
        np.concatenate([judge.reranker_rows(o.learned[o.looked], o.scores) for o in asked]),
        np.concatenate([o.case.right[o.looked] for o in asked]),
        _STRENGTH,
    )
    packaged = asked[0].made["answer"]
    weights = np.asarray(packaged["weights"], dtype=np.float64)
    plain = np.array(
        [
            judge.together(o.case.signals, _chances(o, rerank, catalogue), o.case.tokens) @ weights
            + packaged["intercept"]
            for o in asked
        ]
    )
    moved = regression(plain[:, None], truth, _STRENGTH)
    scale = moved["weights"][0]
    answer = Regression(
        weights=tuple(round(float(w), 6) for w in scale * weights),
        intercept=round(scale * packaged["intercept"] + moved["intercept"], 6),
    )
    return Regression(**rerank), answer, float(asked[0].made["threshold"])


def _chances(one: Heard, rerank: Mapping[str, Any], catalogue: Catalogue) -> Floats:
    return one.case.after_rules(
        judge.reranked(one.learned, one.looked, one.scores, rerank), catalogue
    )


def measure(heard: Sequence[Heard], name: str, catalogue: Catalogue) -> Measured:
    """Each question without the reranker, and with what was learned on the other half's documents.

    Raises:
        TooFew: as `fit`, of a half.
    """
    packaged = [outcome(o.case, o.case.after_rules(o.learned, catalogue), o.made) for o in heard]
    halves = [_half(o.case.asked) for o in heard]
    reranked: dict[str, Outcome] = {}
    for half in (0, 1):
        rerank, answer, threshold = fit(
            [o for o, its in zip(heard, halves, strict=True) if its != half], catalogue
        )
        made = {"answer": answer.model_dump(), "threshold": threshold}
        for one, its in zip(heard, halves, strict=True):
            if its != half:
                continue
            chances = (
                _chances(one, rerank.model_dump(), catalogue) if len(one.looked) else one.learned
            )
            reranked[one.case.asked.id] = outcome(one.case, chances, made)
    return Measured(
        reranker=name,
        questions=len(heard),
        packaged=tuple(packaged),
        reranked=tuple(reranked[o.case.asked.id] for o in heard),
    )


def _half(asked: Asked) -> int:
    """By the first document it is about; by itself where there is none."""
    about = min((a.partition("@")[0] for a in asked.gold or asked.near), default=asked.id)
    return hashlib.sha256(about.encode()).digest()[1] % 2


def calibration(heard: Sequence[Heard], reranker: Reranker, catalogue: Catalogue) -> Calibration:
    """What is put into the data directory. Raises: as `fit`."""
    rerank, answer, threshold = fit(heard, catalogue)
    return Calibration(
        fingerprint=reranker.fingerprint,
        name=reranker.name,
        judge=judge.fingerprint(),
        late=heard[0].late,
        made_at=datetime.datetime.now(datetime.UTC).date().isoformat(),
        questions=len(heard),
        rerank=rerank,
        answer=answer,
        threshold=threshold,
    )


def render(measured: Measured) -> str:
    """A Markdown table for the terminal."""
    columns = (*FIGURES, "needless", "near_miss", "not_held")
    rows = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, outcomes in (
        ("packaged judge", measured.packaged),
        (measured.reranker, measured.reranked),
    ):
        figures = table(outcomes, "")["all"]
        cells = [
            f"{figures[c].mean:.3f} ±{(figures[c].high - figures[c].low) / 2:.3f}"
            if figures[c].items
            else "–"
            for c in columns
        ]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def lines(measured: Measured) -> Iterator[str]:
    """What a person must know beside the table."""
    yield (
        f"{measured.questions} questions; each answered with what was learned on questions about "
        "other documents. ± is half the 95 % bootstrap interval."
    )
    gains = [
        b.precision + b.recall - a.precision - a.recall
        for a, b in zip(measured.packaged, measured.reranked, strict=True)
        if a.answerable
    ]
    better, worse = sum(g > 0 for g in gains), sum(g < 0 for g in gains)
    yield f"With the reranker {better} answers are better and {worse} worse."
    if sum(gains) <= 0:
        yield "It does not help here: leave RERANKER_MODEL and RERANKER_URL empty."
