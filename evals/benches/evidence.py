"""What a chat model is given to write from: does it hold the clauses that answer, or a refusal?

Each question goes through the steps of a turn up to the last, with the settings of a strong model;
what that model would be shown is compared with the clauses known to answer. No model is asked.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from assistant import pipeline
from assistant.advisor import Advisor
from assistant.asking.answering import chosen
from assistant.settings import Settings
from assistant.turn import Tools, Turn
from assistant.writing.evidence import diet, gather
from corpus.documents import Frozen
from evals.judging.claims import wilson

NOBODY = "http://127.0.0.1:9/v1"
"""A chat endpoint that is never called: it only makes the settings those of a strong model."""


class Question(Protocol):
    """A question with the clauses that answer it; none where nothing does."""

    @property
    def id(self) -> str:
        """Unique."""

    @property
    def question(self) -> str:
        """As asked."""

    @property
    def language(self) -> str:
        """ISO 639-1."""

    @property
    def set(self) -> str:
        """That it comes from."""

    @property
    def gold(self) -> tuple[str, ...]:
        """Addresses."""


Asked = TypeVar("Asked", bound=Question)


class Given(Frozen):
    """What became of one answerable question.

    Attributes:
        form: of answer; others than `clauses` are made without the model's evidence.
        refused: status of a turn that ended without a citation before the model; '' for none.
        given: addresses the model is shown, or that another form of answer cites.
        ranked: addresses of all candidates, likeliest first.
    """

    id: str
    language: str
    set: str
    gold: tuple[str, ...]
    form: str
    refused: str
    given: tuple[str, ...]
    ranked: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every clause of the gold is there."""
        return set(self.gold) <= set(self.given)


class EvidenceReport(Frozen):
    """All questions, as asked."""

    questions: tuple[Given, ...]


def sample(asked: Sequence[Asked], most: int, seed: int = 19) -> list[Asked]:
    """`most` of the answerable ones, the same for a seed."""
    fit = [one for one in asked if one.gold]
    return random.Random(seed).sample(fit, most) if most < len(fit) else fit  # noqa: S311


def strong(settings: Settings) -> Settings:
    """The settings with a strong chat model that nobody answers for."""
    return settings.model_copy(
        update={"chat_base_url": NOBODY, "chat_model": None, "chat_strength": "strong"}
    )


def run(
    asked: Sequence[Question],
    settings: Settings,
    progress: Callable[[str, int, int], None] | None = None,
    opened: Callable[[Settings], Advisor] = Advisor.open,
) -> EvidenceReport:
    """Ask every question up to the model, over the documents of the settings' data directory.

    `opened` opens an assistant of given settings.
    """
    advisor = opened(strong(settings))
    tools = Tools(advisor.settings, advisor.shelf, advisor.searcher, advisor.catalogue)
    found = []
    for number, one in enumerate(asked, 1):
        found.append(_given(one, tools))
        if progress:
            progress("ask", number, len(asked))
    return EvidenceReport(questions=tuple(found))


def _given(one: Question, tools: Tools) -> Given:
    turn = Turn(id=one.id, asked=one.question, wanted=one.language)
    for name, step in pipeline.STEPS:
        if turn.status is not None or name == "answer":
            break
        outcome = step(turn, tools)
        turn = outcome if isinstance(outcome, Turn) else list(outcome)[-1]
    cited = tuple(citation.address for citation in turn.citations)
    given: tuple[str, ...] = cited
    ranked: tuple[str, ...] = ()
    if turn.status is None and turn.result is not None:
        choices = chosen(turn, turn.result)
        given = tuple(i.cited.address for i in gather(choices, tools, diet(strong=True)))
        ranked = tuple(a for choice in choices for a in choice.evidence.passage.addresses)
    return Given(
        id=one.id,
        language=one.language,
        set=one.set,
        gold=one.gold,
        form=turn.form,
        refused=turn.status.value if turn.status is not None and not cited else "",
        given=given,
        ranked=ranked,
    )


def render(report: EvidenceReport) -> str:
    """Markdown: shares by language and set, and how far down the gold stands."""
    asked = report.questions
    lines = [
        "| questions | n | all gold clauses given | 95 % | refused before the model "
        "| clauses given |",
        "|---|---|---|---|---|---|",
    ]
    parts: list[tuple[str, list[Given]]] = [("all", list(asked))]
    parts += [
        (k, [q for q in asked if q.language == k]) for k in sorted({q.language for q in asked})
    ]
    parts += [(k, [q for q in asked if q.set == k]) for k in sorted({q.set for q in asked})]
    for name, some in parts:
        whole, refused = sum(q.whole for q in some), sum(bool(q.refused) for q in some)
        low, high = wilson(whole, len(some))
        size = sum(len(q.given) for q in some) / len(some)
        lines.append(
            f"| {name} | {len(some)} | {whole / len(some):.3f} | {low:.2f} to {high:.2f} "
            f"| {refused / len(some):.3f} | {size:.1f} |"
        )
    searched = [q for q in asked if q.ranked]
    depths = (6, 12, 16, 20, 30, 40)
    held = [sum(set(q.gold) <= set(q.ranked[:n]) for q in searched) / len(asked) for n in depths]
    lines += ["", "All gold clauses among the likeliest candidates: "]
    lines[-1] += ", ".join(f"{n} {share:.3f}" for n, share in zip(depths, held, strict=True)) + "."
    forms: dict[str, int] = {}
    for q in asked:
        key = f"{q.form}{f' ({q.refused})' if q.refused else ''}"
        forms[key] = forms.get(key, 0) + 1
    lines += ["", "Forms: " + ", ".join(f"{form} {n}" for form, n in sorted(forms.items())) + "."]
    return "\n".join(lines)
