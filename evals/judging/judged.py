"""A run as a judge model reads it: are claims borne out, and are the facts wanted in the answer?

Beside the figures computed by rule, never in their place; and never without what is known of the
judge's agreement with people.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.answers import Answer
from assistant.writing.judging import YES
from assistant.writing.streaming import ChatFailure
from corpus.addresses import Address
from corpus.documents import Frozen
from evals.judging.judge import Agreement, Judge
from evals.suites.comparing import Interval, interval
from evals.suites.metrics import ClauseText
from evals.suites.running import Run
from evals.suites.suite import Item

NAMES = {
    "judged_support": "Claims the judge finds borne out",
    "judged_complete": "Vital facts the judge finds in the answer",
}

_FILE = "judge.json"


class Asked(Frozen):
    """One question that was put to the judge about an item, and its probability of yes."""

    statement: str
    of: str
    yes: float


class ItemJudged(Frozen):
    """One item's figures, None where one does not apply; `failed` names why nothing was judged."""

    judged_support: float | None = None
    judged_complete: float | None = None
    asked: tuple[Asked, ...] = ()
    failed: str = ""


class Judged(Frozen):
    """What a judge says of a run.

    Attributes:
        model: the judge's; wording: hash of its question.
        agreement: with people's labels, as it was measured, or None if it never was.
        figures: mean over the items, with intervals.
        items: by id and repetition, as `id` or `id#1`.
        tokens: read and written by the judge (an estimate where `estimated`).
    """

    model: str
    wording: str
    agreement: Agreement | None
    figures: dict[str, Interval]
    items: dict[str, ItemJudged]
    usage: dict[str, object]

    @property
    def reliability(self) -> str:
        """How far to trust it, in one plain sentence or two, for every report."""
        if self.agreement is None:
            return (
                f"How far the judge {self.model} agrees with people was never measured: "
                "do not rely on its figures. Measure it with: advisor bench judge."
            )
        people = self.agreement.people
        kappa = people.kappa
        return (
            f"The judge {self.model} was measured against people's labels on {people.pairs} pairs: "
            f"it agrees on {people.accuracy.mean:.2f} of them "
            f"[{people.accuracy.low:.2f}, {people.accuracy.high:.2f}], Cohen's kappa "
            f"{kappa.mean:.2f} [{kappa.low:.2f}, {kappa.high:.2f}]. It says yes to "
            f"{people.accepted:.2f} of what people call supported, and no to "
            f"{people.rejected:.2f} of the rest."
        )


def judge_results(
    run: Run,
    judge: Judge,
    clause_text: ClauseText,
    progress: Callable[[str, int, int], None] | None = None,
) -> Judged:
    """Put the claims and the wanted facts of every answer to the judge.

    An item on which the judge fails is left out and said to be; the others stand.
    """
    items: dict[str, ItemJudged] = {}
    for number, result in enumerate(run.results, 1):
        name = f"{result.item.id}#{result.repeat}" if result.repeat else result.item.id
        if result.answer is not None:
            items[name] = _judged(result.item, result.answer, judge, clause_text)
        if progress is not None:
            progress("judging", number, len(run.results))
    values = {
        figure: [v for one in items.values() if (v := getattr(one, figure)) is not None]
        for figure in NAMES
    }
    return Judged(
        model=judge.name,
        wording=judge.wording,
        agreement=judge.agreement(),
        figures={figure: interval(found) for figure, found in values.items() if found},
        items=items,
        usage=dict(judge.usage.facts()),
    )


def _judged(item: Item, answer: Answer, judge: Judge, clause_text: ClauseText) -> ItemJudged:
    asked: list[Asked] = []
    try:
        for claim in answer.claims:
            if claim.is_quote:
                continue  # word for word: the rules know better than a judge
            texts = [_clause(address, claim.language, clause_text) for address in claim.addresses]
            yes = judge.supports(claim.text, texts)
            asked.append(Asked(statement=claim.text, of="clause", yes=yes))
        said = [claim.text for claim in answer.claims]
        wanted = [nugget for nugget in item.nuggets if nugget.vital] if item.answerable else []
        for nugget in wanted:
            yes = judge.supports(nugget.text, said) if said else 0.0
            asked.append(Asked(statement=nugget.text, of="answer", yes=yes))
    except ChatFailure as failure:
        return ItemJudged(failed=str(failure.reason.value))
    return ItemJudged(
        judged_support=_share(asked, "clause"),
        judged_complete=_share(asked, "answer"),
        asked=tuple(asked),
    )


def _share(asked: list[Asked], of: str) -> float | None:
    said = [one.yes >= YES for one in asked if one.of == of]
    return sum(said) / len(said) if said else None


def _clause(address: str, language: str, clause_text: ClauseText) -> str:
    """A clause under the words of its section: they say who is told, and how strongly."""
    section = (Address.parse(address).section or "").replace("-", " ")
    return f"{section}: {clause_text(address, language) or ''}"


def keep(judged: Judged, directory: Path) -> None:
    """Store beside the run, for its report."""
    (directory / _FILE).write_text(judged.model_dump_json(indent=1), encoding="utf-8")


def stored(directory: Path) -> Judged | None:
    """What a judge said of the run in `directory`, or None."""
    path = directory / _FILE
    if not path.exists():
        return None
    return Judged.model_validate_json(path.read_text(encoding="utf-8"))


def facts(judged: Judged | None) -> Mapping[str, object] | None:
    """For the JSON beside a report: the figures and the judge's agreement."""
    if judged is None:
        return None
    return judged.model_dump(mode="json", exclude={"items"}) | {"reliability": judged.reliability}
