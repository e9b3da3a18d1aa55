"""The workshop kit of a review: invitation, agenda, stakeholder map, a canvas sheet a pillar.

Prefilled from the review as it stands, in one of the six languages, to print or to edit in Word.
Private evidence is not in it: the kit is handed round a room.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.advice.review import findings, framework, parts
from assistant.advice.review.framework import GROUPS, OTHER, PILLARS
from assistant.advice.review.model import Reads, Review
from assistant.phrases import say
from assistant.rendering.blocks import (
    Block,
    Break,
    Cell,
    Heading,
    Lines,
    Paragraph,
    Piece,
    Report,
    Style,
    Table,
    bullet,
    cell,
    text,
)
from corpus.documents import Frozen

_WELCOME, _FRAME, _ACTIONS, _CLOSE = 0.06, 0.08, 0.18, 0.08
"""Shares of a workshop's time; what is left goes to the pillars."""

_BREAK_AFTER, _BREAK = 120, 15
"""Minutes from which on there is a break, and how long it is."""


class Slot(Frozen):
    """A line of the agenda; `starts` as HH:MM."""

    starts: str
    minutes: int
    what: str
    why: str = ""


def kit(review: Review, language: str) -> Report:
    """The kit as a report, each part on pages of its own."""
    blocks: list[Block] = [*_invitation(review, language), Break()]
    blocks += [*_agenda(review, language), Break(), *_map(review, language)]
    for pillar in PILLARS:
        blocks += [Break(), *_canvas(review, pillar.key, language)]
    return Report(
        title=say(language, "kit-title", title=review.about.title),
        language=language,
        blocks=tuple(blocks),
        subtitle=say(language, "kit-what"),
        footer=say(language, "review-footer", title=review.about.title),
    )


def agenda(review: Review, language: str) -> list[Slot]:
    """The workshop's time, shared out: disputed pillars get twice a settled one's, and come first.

    Pillars are taken by what the record shows: disputed, then judged low, then the rest.
    """
    held = review.workshop
    pause = _BREAK if held.minutes >= _BREAK_AFTER else 0
    whole = held.minutes - pause
    disputed = {spread.pillar: spread for spread in findings.disputed(review)}
    weak = set(findings.weak(review))
    keys = sorted((p.key for p in PILLARS), key=lambda key: (key not in disputed, key not in weak))
    weights = {key: 2 if key in disputed else 1 for key in keys}
    left = whole * (1 - _WELCOME - _FRAME - _ACTIONS - _CLOSE)
    plan: list[tuple[str, str, float]] = [
        (say(language, "kit-welcome"), "", whole * _WELCOME),
        (say(language, "kit-frame"), say(language, "kit-frame-why"), whole * _FRAME),
    ]
    for place, key in enumerate(keys):
        spread = disputed.get(key)
        why = ""
        if spread is not None:
            why = say(language, "review-apart", low=str(spread.low), high=str(spread.high))
        elif key in weak:
            why = say(language, "kit-low")
        if pause and place == (len(keys) + 1) // 2:
            plan.append((say(language, "kit-break"), "", pause))
        minutes = left * weights[key] / sum(weights.values())
        plan.append((framework.pillar_name(key, language), why, minutes))
    plan.append((say(language, "kit-actions"), say(language, "kit-actions-why"), whole * _ACTIONS))
    plan.append((say(language, "kit-close"), "", whole * _CLOSE))
    return _timed(plan, held.starts)


def _timed(plan: list[tuple[str, str, float]], starts: str) -> list[Slot]:
    """Whole minutes that add up: each slot ends where the exact sum, rounded to 5, says."""
    hours, minutes = starts.split(":")
    begin, passed, exact = int(hours) * 60 + int(minutes), 0, 0.0
    slots = []
    for place, (what, why, long) in enumerate(plan):
        exact += long
        is_last = place == len(plan) - 1
        end = round(exact) if is_last else max(passed + 5, 5 * round(exact / 5))
        at = begin + passed
        slots.append(
            Slot(
                starts=f"{at // 60 % 24:02d}:{at % 60:02d}",
                minutes=max(end - passed, 1),
                what=what,
                why=why,
            )
        )
        passed = max(end, passed + 1)
    return slots


def _invitation(review: Review, language: str) -> Iterator[Block]:
    held, about = review.workshop, review.about
    yield Heading(say(language, "kit-invitation"))
    yield Paragraph((parts.gap(language, "addressee"),))
    subject = framework.country_name(about.country, language) or about.title
    yield text(say(language, "kit-dear", country=subject))
    if about.purpose:
        yield text(about.purpose)
    for key, value, missing in (
        ("kit-date", held.date, "date"),
        ("kit-place", held.place, "place"),
        ("kit-host", held.host, "host"),
    ):
        told = Piece(value) if value else parts.gap(language, missing)
        yield bullet(Piece(f"{say(language, key)}: ", bold=True), told)
    yield bullet(
        Piece(f"{say(language, 'kit-time')}: ", bold=True),
        Piece(say(language, "kit-time-is", starts=held.starts, minutes=held.minutes)),
    )
    yield text(say(language, "kit-beforehand"))
    for pillar in PILLARS:
        yield bullet(Piece(framework.pillar_name(pillar.key, language)))
    yield text(say(language, "kit-voices"))
    yield Paragraph((parts.gap(language, "signature"),))


def _agenda(review: Review, language: str) -> Iterator[Block]:
    yield Heading(say(language, "kit-agenda"))
    rows = tuple(
        (
            cell(slot.starts, bold=True),
            cell(say(language, "kit-minutes", n=slot.minutes)),
            Cell(
                (
                    (Piece(slot.what, bold=True),),
                    *(((Piece(slot.why),),) if slot.why else ()),
                )
            ),
        )
        for slot in agenda(review, language)
    )
    heads = ("kit-at", "kit-long", "kit-topic")
    yield Table(
        columns=tuple(say(language, head) for head in heads), rows=rows, widths=(0.14, 0.16, 0.7)
    )
    points = findings.open_points(review, language)
    if points:
        yield Heading(say(language, "review-next"), 2)
        yield from parts.listed_points(points[:12])


def _map(review: Review, language: str) -> Iterator[Block]:
    yield Heading(say(language, "kit-map"))
    rows = []
    for group in (*GROUPS, OTHER):
        people = [p for p in review.stakeholders if p.group == group]
        if group == OTHER and not people:
            continue
        # Whoever is not to be named is counted: the host sees whom to expect, the room no names.
        lines: list[tuple[Piece, ...]] = []
        if people and not review.about.names:
            lines = [(Piece(say(language, "kit-invited", n=len(people))),)]
        elif people:
            lines = [(Piece(", ".join(x for x in (p.name, p.organisation) if x)),) for p in people]
        who = Cell(tuple(lines) or ((parts.gap(language, "stakeholder"),),))
        rows.append((cell(framework.group_name(group, language), bold=True), who, cell(), cell()))
    heads = ("kit-group", "kit-people", "kit-role", "kit-wants")
    yield Table(
        columns=tuple(say(language, head) for head in heads),
        rows=tuple(rows),
        widths=(0.2, 0.32, 0.24, 0.24),
        tall=1.7,
    )
    if not framework.GROUPS_CONFIRMED:
        yield text(say(language, "review-groups-unconfirmed"), Style.SMALL)


def _canvas(review: Review, key: str, language: str) -> Iterator[Block]:
    pillar = framework.pillar(key)
    yield Heading(say(language, "kit-canvas", pillar=framework.pillar_name(key, language)))
    rows = []
    for question in pillar.questions:
        asked = Cell(
            (
                (Piece(framework.asks(question, language), bold=True),),
                (Piece(f"{say(language, 'review-good')}: {framework.good(question, language)}"),),
            )
        )
        rows.append((asked, *_heard(review, key, question, language)))
    heads = ("kit-question", "review-strengths", "review-gaps", "kit-neither")
    yield Table(
        columns=tuple(say(language, head) for head in heads),
        rows=tuple(rows),
        widths=(0.28, 0.25, 0.25, 0.22),
        tall=4.3,
    )
    judged = [
        f"{findings.named(review, person, language)}: {judgement.level}"
        for person, judgement in findings.spread(review, key).judged
    ]
    told = Piece("; ".join(judged)) if judged else Piece(say(language, "review-not-judged"))
    yield Paragraph((Piece(f"{say(language, 'review-judgements')}: ", bold=True), told))
    boxes = "   ".join(f"☐ {framework.level_name(level, language)}" for level in framework.LEVELS)
    yield Paragraph((Piece(f"{say(language, 'kit-agree')}: ", bold=True), Piece(boxes)))
    yield Paragraph((Piece(say(language, "kit-do"), bold=True),))
    yield Lines(5)


def _heard(review: Review, key: str, question: str, language: str) -> Iterator[Cell]:
    """Strengths, gaps, and what people called neither: each where they put it themselves."""
    told: dict[Reads, list[tuple[Piece, ...]]] = {reads: [] for reads in Reads}
    for voice in findings.voices(review, key):
        if voice.question == question:
            who = findings.named(review, voice.stakeholder, language)
            told[voice.answer.reads].append(
                (Piece(f"{who}: ", bold=True), Piece(voice.answer.text))
            )
    yield from (Cell(tuple(told[reads])) for reads in (Reads.STRENGTH, Reads.GAP, Reads.OPEN))
