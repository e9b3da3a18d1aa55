"""MTRAG-UN without a chat model: is the last turn understood, and is not-knowing known?

Retrieval: the last turn as typed against the standalone question our contextualiser makes of the
conversation. Refusing: whether evidence carries an answer is decided by `indexing.judge`,
as in the pipeline. The closed pool holds answerable and partly answerable turns only, so the
unanswerable ones are made: the same turn, with every passage that is relevant to it taken out of
what was found. That is harder than a topic nobody wrote about, as its neighbours stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.answers import Status
from assistant.asking.question import read
from assistant.turn import Carried, Past
from corpus.documents import Frozen
from evals.public.plain_index import PlainIndex
from evals.public.ranked import Ranking, measured, sample
from evals.public.texts import Asked, PublicSet, mtrag_un
from evals.public.whole import WholeLexical
from evals.suites.comparing import Interval, interval
from indexing import judge
from indexing.building.embedding import Embedder
from indexing.building.passages import SearchResult

TARGET = 0.05
"""False refusals at which refusals are also read off the curve."""


class Refusing(Frozen):
    """What is refused, at the shipped threshold and along it.

    Attributes:
        answerable, partial: share refused of turns the pool answers, or partly answers.
        unanswerable: share refused of the same turns without their relevant passages.
        auc: that an answerable turn scores above an unanswerable one.
        curve: (threshold, share of answerable refused, share of unanswerable refused).
        at_target: share of unanswerable refused where at most TARGET of answerable are.
        clarified: share of turns for which more is asked, with the history they came with.
        clarified_alone: the same turns without it; most of them still say what they are about.
    """

    answerable: Interval
    partial: Interval
    unanswerable: Interval
    auc: float
    curve: tuple[tuple[float, float, float], ...]
    at_target: float
    clarified: Interval
    clarified_alone: Interval


class Conversations(Frozen):
    """Everything measured on MTRAG-UN."""

    ranking: Ranking
    refusing: Refusing


def standalone(question: Asked) -> Carried:
    """The last turn of a conversation as our contextualiser understands it, from the first on."""
    before: Past | None = None
    reading = Carried(question=question.text, kind="standalone")
    turns = [text for speaker, text in question.history if speaker == "user"]
    for text in (*turns, question.text):
        reading = read(text, "en", before)
        before = Past(question=reading.question, language="en", status=Status.ANSWERED)
    return reading


def run(
    shared: Path, folder: Path, embedder: Embedder, most: int, public: PublicSet | None = None
) -> Conversations:
    """Measure.

    Args:
        folder: keeps the index; embedding the pool takes a quarter of an hour, once.
        most: turns asked (0 for all), always the same ones.
        public: other conversations than the library's.
    """
    public = public or mtrag_un(shared)
    questions = sample(public.questions, most)
    wording = {q.id: standalone(q).question for q in questions}
    lexical = WholeLexical(public, folder / "lexical")
    index = PlainIndex(public, folder / "index", embedder)
    found: dict[str, SearchResult] = {}

    def ours(question: Asked) -> list[tuple[str, float]]:
        found[question.id] = index.search(wording[question.id])
        return index.ranked(found[question.id])

    try:
        ranking = measured(
            "MTRAG-UN",
            questions,
            {
                "BM25, last turn": lambda q: lexical.search(q.text),
                "BM25, standalone question": lambda q: lexical.search(wording[q.id]),
                "dense, last turn": lambda q: index.dense(q.text),
                "dense, standalone question": lambda q: index.dense(wording[q.id]),
                "ours, last turn": lambda q: index.ours(q.text),
                "ours": ours,
            },
            ("R@5", "nDCG@10"),
            ours="ours",
        )
        return Conversations(ranking=ranking, refusing=_refusing(questions, found, wording, index))
    finally:
        index.close()
        lexical.close()


def _refusing(
    questions: Sequence[Asked],
    found: dict[str, SearchResult],
    wording: dict[str, str],
    index: PlainIndex,
) -> Refusing:
    held: list[tuple[str, float, float]] = []
    limit = 0.0
    for question in questions:
        result = found[question.id]
        limit = float(judge.parameters(result.late)["threshold"])
        rest = tuple(
            e for e in result.evidence if index.named(e.passage.document) not in question.relevant
        )
        without = result.model_copy(update={"evidence": rest})
        held.append(
            (
                question.facts["answerability"],
                result.answerable,
                judge.of_evidence(without.evidence, result.tokens, result.late),
            )
        )
    right = [score for kind, score, _ in held if kind == "ANSWERABLE"]
    wrong = [score for *_, score in held]
    curve = tuple((t / 50, _below(right, t / 50), _below(wrong, t / 50)) for t in range(0, 51))
    return Refusing(
        answerable=interval([float(s < limit) for s in right]),
        partial=interval([float(s < limit) for k, s, _ in held if k == "PARTIAL"]),
        unanswerable=interval([float(s < limit) for s in wrong]),
        auc=_above(right, wrong),
        curve=curve,
        at_target=max((u for _, a, u in curve if a <= TARGET), default=0.0),
        clarified=interval([float(standalone(q).kind == "dangling") for q in questions]),
        clarified_alone=interval(
            [float(read(q.text, "en", None).kind == "dangling") for q in questions]
        ),
    )


def _below(scores: Sequence[float], limit: float) -> float:
    return sum(score < limit for score in scores) / len(scores) if scores else 0.0


def _above(right: Sequence[float], wrong: Sequence[float]) -> float:
    pairs = [(a > b) + 0.5 * (a == b) for a in right for b in wrong]
    return sum(pairs) / len(pairs) if pairs else float("nan")
