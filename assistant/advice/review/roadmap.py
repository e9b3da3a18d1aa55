"""The roadmap of a review: actions with who and when, what they answer to, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.advice.mandates.instruments import Holds
from assistant.advice.review import findings, framework, parts
from assistant.advice.review.framework import PILLARS
from assistant.advice.review.model import Reads, Review
from assistant.advice.review.shelf_help import Help
from assistant.phrases import say
from assistant.rendering.blocks import (
    Block,
    Cell,
    Heading,
    Piece,
    Report,
    Style,
    Table,
    bullet,
    cell,
    text,
)


def roadmap(review: Review, helps: Mapping[str, Help], advisor: Holds, language: str) -> Report:
    """The roadmap as a report on landscape pages; the arguments are `profile`'s."""
    country = framework.country_name(review.about.country, language) or review.about.title
    blocks = [
        text(say(language, "review-roadmap-order"), Style.SMALL),
        *_actions(review, advisor, language),
        *_unanswered(review, language),
        *_support(helps, advisor, language),
        Heading(say(language, "review-next")),
        *parts.listed_points(findings.open_points(review, language)),
        *parts.sources(_cited(review, helps), advisor, language),
    ]
    return Report(
        title=say(language, "review-roadmap-title", country=country),
        language=language,
        blocks=tuple(blocks),
        subtitle=say(
            language, "review-profile-what", date=review.updated[:10], version=review.version
        ),
        footer=say(language, "review-footer", title=review.about.title),
        landscape=True,
    )


def order(review: Review) -> list[str]:
    """Pillars as the roadmap takes them: lowest confirmed level first, unconfirmed ones last."""
    keys = [pillar.key for pillar in PILLARS]
    return sorted(keys, key=lambda key: (findings.confirmed(review, key) or 9, keys.index(key)))


def _actions(review: Review, advisor: Holds, language: str) -> Iterator[Block]:
    rows = []
    for pillar in order(review):
        level = findings.confirmed(review, pillar)
        for action in review.actions.values():
            if action.pillar != pillar:
                continue
            rows.append(
                (
                    cell(framework.pillar_name(pillar, language), bold=True),
                    cell(str(level) if level else "–", level or 0),
                    Cell(((parts.action(action, advisor, language),),)),
                    _or_gap(action.who, "action-who", language),
                    _or_gap(action.when, "action-when", language),
                )
            )
    yield Heading(say(language, "review-actions"))
    if not rows:
        yield parts.gap_line(language, "actions")
        return
    heads = ("pillar", "level", "action", "who-acts", "when")
    yield Table(
        columns=tuple(say(language, f"review-{head}") for head in heads),
        rows=tuple(rows),
        widths=(0.17, 0.07, 0.42, 0.18, 0.16),
    )


def _or_gap(words: str, what: str, language: str) -> Cell:
    return cell(words) if words else Cell(((parts.gap(language, what),),))


def _unanswered(review: Review, language: str) -> Iterator[Block]:
    """Pillars where somebody called something a gap and no action answers to it."""
    answered = {action.pillar for action in review.actions.values()}
    low = set(findings.weak(review))
    left = [
        key
        for key in order(review)
        if key not in answered and (key in low or findings.voices(review, key, Reads.GAP))
    ]
    if not left:
        return
    yield Heading(say(language, "review-unanswered"))
    for key in left:
        name = framework.pillar_name(key, language)
        yield bullet(Piece(f"{name}: ", bold=True), parts.gap(language, "action", pillar=name))
        yield from parts.said(review, findings.voices(review, key, Reads.GAP), language)


def _support(helps: Mapping[str, Help], advisor: Holds, language: str) -> Iterator[Block]:
    """What instruments say that the country can build on or call upon, each clause once."""
    yield Heading(say(language, "review-support"))
    seen: set[str] = set()
    shown: list[Block] = []
    for pillar in PILLARS:
        for clause in helps[pillar.key].instruments:
            if clause.address not in seen:
                seen.add(clause.address)
                shown += parts.quoted(clause, advisor, language)
    yield from shown or [parts.gap_line(language, "instruments", pillar="")]


def _cited(review: Review, helps: Mapping[str, Help]) -> Iterator[str]:
    yield from (action.source for action in review.actions.values() if action.source)
    for pillar in PILLARS:
        yield from (clause.address for clause in helps[pillar.key].instruments)
