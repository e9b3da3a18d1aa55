"""What a review shows: strengths and gaps as people said them, where they disagree, what is open.

Nothing is computed that nobody said: no mean, no level, no strength that a contributor did not call
one. A pillar's confirmed level is the owner's; a spread of judgements stays a spread.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.advice.review import framework
from assistant.advice.review.framework import GROUPS, PILLARS
from assistant.advice.review.model import Answer, Judgement, Reads, Review, Stakeholder
from assistant.phrases import listed, say
from corpus.documents import Frozen


class Voice(Frozen):
    """What one stakeholder said to one question."""

    stakeholder: Stakeholder
    question: str
    answer: Answer


class Spread(Frozen):
    """The judgements of one pillar, as they are.

    Attributes:
        apart: the lowest and the highest are `framework.APART` levels apart or more.
    """

    pillar: str
    judged: tuple[tuple[Stakeholder, Judgement], ...]
    low: int | None = None
    high: int | None = None
    apart: bool = False


def voices(review: Review, pillar: str, reads: Reads | None = None) -> list[Voice]:
    """What was said on a pillar, by question and in the order people were added."""
    found = []
    for question in framework.pillar(pillar).questions:
        for person in review.stakeholders:
            answer = review.answers.get((person.id, question))
            if answer and answer.text and (reads is None or answer.reads is reads):
                found.append(Voice(stakeholder=person, question=question, answer=answer))
    return found


def spread(review: Review, pillar: str) -> Spread:
    """How people judge a pillar."""
    judged = tuple(review.levels(pillar))
    levels = [j.level for _, j in judged if j.level is not None]
    if not levels:
        return Spread(pillar=pillar, judged=judged)
    low, high = min(levels), max(levels)
    return Spread(
        pillar=pillar, judged=judged, low=low, high=high, apart=high - low >= framework.APART
    )


def confirmed(review: Review, pillar: str) -> int | None:
    """The level the owner confirmed, or None."""
    held = review.confirmed.get(pillar)
    return held.level if held else None


def strong(review: Review) -> list[str]:
    """Pillars whose confirmed level is `framework.HIGH` or more."""
    return [p.key for p in PILLARS if (confirmed(review, p.key) or 0) >= framework.HIGH]


def weak(review: Review) -> list[str]:
    """Pillars whose confirmed level is `framework.LOW` or less."""
    found = ((p.key, confirmed(review, p.key)) for p in PILLARS)
    return [key for key, level in found if level is not None and level <= framework.LOW]


def disputed(review: Review) -> list[Spread]:
    """Pillars on which people are far apart."""
    return [s for p in PILLARS if (s := spread(review, p.key)).apart]


def named(review: Review, person: Stakeholder, language: str) -> str:
    """A stakeholder as documents name them: by group, and by name only where that was chosen."""
    group = framework.group_name(person.group, language)
    if not review.about.names:
        return group
    parts = [person.name, person.organisation]
    return f"{', '.join(p for p in parts if p)} ({group})"


def progress(review: Review, stakeholder: str) -> tuple[int, int]:
    """How many questions a stakeholder answered, of how many."""
    done = sum(
        1 for (who, _), answer in review.answers.items() if who == stakeholder and answer.text
    )
    return done, len(framework.QUESTIONS)


def open_points(review: Review, language: str) -> list[str]:
    """Questions for the next workshop: the people's own, then what the record leaves open."""
    own = [q.text for q in review.questions.values()]
    return [*own, *_left_open(review, language)]


def _left_open(review: Review, language: str) -> Iterator[str]:
    for dispute in disputed(review):
        name = framework.pillar_name(dispute.pillar, language)
        yield say(
            language, "review-open-apart", pillar=name, low=str(dispute.low), high=str(dispute.high)
        )
    contributed = {who for who, _ in review.answers} | {who for who, _ in review.judgements}
    present = {p.group for p in review.stakeholders if p.id in contributed}
    missing = [framework.group_name(g, language) for g in GROUPS if g not in present]
    if missing:
        yield say(language, "review-open-groups", groups=listed(language, missing))
    silent, unconfirmed = [], []
    for pillar in PILLARS:
        name = framework.pillar_name(pillar.key, language)
        heard = {voice.question for voice in voices(review, pillar.key)}
        if not heard:
            silent.append(name)
        else:
            for question in pillar.questions:
                if question not in heard:
                    asked = framework.asks(question, language)
                    yield say(language, "review-open-unanswered", pillar=name, question=asked)
        if confirmed(review, pillar.key) is None:
            unconfirmed.append(name)
    if silent:
        yield say(language, "review-open-silent", pillars=listed(language, silent))
    if unconfirmed:
        yield say(language, "review-open-level", pillars=listed(language, unconfirmed))
    for action in review.actions.values():
        told = action.text if len(action.text) <= _CUT else f"{action.text[: _CUT - 1].rstrip()}…"
        if not action.who:
            yield say(language, "review-open-who", action=told)
        if not action.when:
            yield say(language, "review-open-when", action=told)


_CUT = 90
"""Characters by which an action is called to mind."""
