"""The Digital Innovation Profile draft of a review: people's words, judgements, clauses, gaps.

Nothing in it was written by a machine but headings and the sentences of the frame: statements are
the stakeholders', levels the owner's, clauses the documents', and what is missing is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.advice.mandates.instruments import Holds
from assistant.advice.review import findings, framework, parts
from assistant.advice.review.evidence import extracts
from assistant.advice.review.framework import PILLARS, Pillar
from assistant.advice.review.model import EvidenceText, Reads, Review
from assistant.advice.review.shelf_help import Help, Quoted
from assistant.phrases import listed, say
from assistant.rendering.blocks import (
    Block,
    Heading,
    Paragraph,
    Piece,
    Report,
    Style,
    Table,
    bullet,
    cell,
    text,
)


def profile(
    review: Review,
    sources: Sequence[EvidenceText],
    helps: Mapping[str, Help],
    advisor: Holds,
    language: str,
) -> Report:
    """The profile as a report.

    Args:
        review: as it stands.
        sources: its private sources.
        helps: what the shelf has, by pillar (`shelf_help.gather`).
        advisor: shelf and catalogue, to verify every footnote.
        language: of headings and marks; quotations keep their own.
    """
    about = review.about
    country = framework.country_name(about.country, language) or about.title
    blocks = [
        *_begins(review, language),
        Heading(say(language, "review-glance")),
        parts.heat_map(review, language),
        *_glance(review, language),
        *parts.scale(language),
    ]
    for pillar in PILLARS:
        blocks += _pillar(review, pillar, sources, helps[pillar.key], advisor, language)
    blocks += [Heading(say(language, "review-actions")), *_actions(review, advisor, language)]
    blocks += [
        Heading(say(language, "review-next")),
        *parts.listed_points(findings.open_points(review, language)),
        *parts.sources(_cited(review, helps), advisor, language),
    ]
    if sources:
        blocks += [
            Heading(say(language, "review-private")),
            text(say(language, "review-private-what"), Style.SMALL),
            *parts.private_list(review, sources, language),
        ]
    return Report(
        title=say(language, "review-profile-title", country=country),
        language=language,
        blocks=tuple(blocks),
        subtitle=say(
            language, "review-profile-what", date=review.updated[:10], version=review.version
        ),
        footer=say(language, "review-footer", title=about.title),
    )


def _begins(review: Review, language: str) -> Iterator[Block]:
    """What the draft is, who contributed, and what is not confirmed about the frame."""
    about = review.about
    if about.purpose:
        yield Paragraph((Piece(f"{say(language, 'review-purpose')}: ", bold=True),
                         Piece(about.purpose)))  # fmt: skip
    else:
        yield parts.gap_line(language, "purpose")
    yield Heading(say(language, "review-context"))
    country = framework.country_name(about.country, language) or about.title
    yield parts.gap_line(language, "context", country=country)
    yield Heading(say(language, "review-who"))
    people = [p for p in review.stakeholders if findings.progress(review, p.id)[0]]
    if not people:
        yield parts.gap_line(language, "people")
    for person in people:
        done, of = findings.progress(review, person.id)
        answered = say(language, "review-answered", done=done, of=of)
        yield bullet(Piece(f"{findings.named(review, person, language)}: "), Piece(answered))
    if not framework.GROUPS_CONFIRMED:
        yield text(say(language, "review-groups-unconfirmed"), Style.SMALL)


def _glance(review: Review, language: str) -> Iterator[Block]:
    """Which pillars are strong, weak and disputed, by levels people confirmed or chose."""

    def names(keys: Sequence[str]) -> str:
        return listed(language, [framework.pillar_name(key, language) for key in keys])

    for key, pillars in (
        ("review-strong", findings.strong(review)),
        ("review-weak", findings.weak(review)),
        ("review-disputed", [s.pillar for s in findings.disputed(review)]),
    ):
        value = names(pillars) if pillars else say(language, "review-none")
        yield bullet(Piece(f"{say(language, key)}: ", bold=True), Piece(value))


def _pillar(
    review: Review,
    pillar: Pillar,
    sources: Sequence[EvidenceText],
    help: Help,
    advisor: Holds,
    language: str,
) -> Iterator[Block]:
    name = framework.pillar_name(pillar.key, language)
    yield Heading(name)
    yield _level(review, pillar, language)
    yield from _judged(review, pillar, language)
    for reads, key in (
        (Reads.STRENGTH, "strengths"),
        (Reads.GAP, "gaps"),
        (Reads.OPEN, "other"),
    ):
        heard = findings.voices(review, pillar.key, reads)
        if not heard and reads is Reads.OPEN:
            continue
        yield Heading(say(language, f"review-{key}"), 2)
        if heard:
            yield from parts.said(review, heard, language)
        else:
            yield parts.gap_line(language, key, pillar=name)
    yield from _evidence(review, pillar, sources, language)
    for clauses, key in (
        (help.known, "known"),
        (help.instruments, "instruments"),
        (help.lessons, "lessons"),
    ):
        if not clauses and key == "known":
            continue
        yield Heading(say(language, f"review-{key}"), 2)
        shown = [block for c in clauses for block in parts.quoted(c, advisor, language)]
        yield from shown or [parts.gap_line(language, key, pillar=name)]


def _level(review: Review, pillar: Pillar, language: str) -> Paragraph:
    held = review.confirmed.get(pillar.key)
    label = Piece(f"{say(language, 'review-confirmed')}: ", bold=True)
    if held is None or held.level is None:
        return Paragraph((label, parts.gap(language, "level")))
    told = [label, Piece(framework.level_name(held.level, language))]
    if held.reason:
        told.append(Piece(f". {held.reason}"))
    return Paragraph(tuple(told))


def _judged(review: Review, pillar: Pillar, language: str) -> Iterator[Block]:
    """Every judgement with its reason, and plainly whether people are apart."""
    spread = findings.spread(review, pillar.key)
    if not spread.judged:
        return
    if spread.apart:
        told = say(language, "review-apart", low=str(spread.low), high=str(spread.high))
        yield Paragraph((Piece(told, bold=True),))
    rows = tuple(
        (
            cell(findings.named(review, person, language)),
            cell(framework.level_name(judged.level or 0, language), judged.level or 0),
            cell(judged.reason or "–"),
        )
        for person, judged in spread.judged
    )
    yield Table(
        columns=(
            say(language, "review-stakeholder"),
            say(language, "review-level"),
            say(language, "review-reason"),
        ),
        rows=rows,
        widths=(0.28, 0.22, 0.5),
    )


def _evidence(
    review: Review, pillar: Pillar, sources: Sequence[EvidenceText], language: str
) -> Iterator[Block]:
    """Words of private sources given for the pillar, chosen by the words people used on it."""
    given = [source for source in sources if source.evidence.pillar == pillar.key]
    if not given:
        return
    yield Heading(say(language, "review-evidence"), 2)
    heard = [voice.answer.text for voice in findings.voices(review, pillar.key)]
    asked = [framework.asks(question, "en") for question in pillar.questions]
    found = extracts(given, " ".join([*heard, *asked]))
    yield from parts.private(review, found, language)
    if not found:
        yield from parts.private_list(review, given, language)


def _actions(review: Review, advisor: Holds, language: str) -> Iterator[Block]:
    if not review.actions:
        yield parts.gap_line(language, "actions")
        return
    for action in review.actions.values():
        pillar = framework.pillar_name(action.pillar, language)
        yield bullet(
            Piece(f"{pillar}: ", bold=True),
            parts.action(action, advisor, language),
            Piece(" · "),
            Piece(action.who) if action.who else parts.gap(language, "action-who"),
            Piece(" · "),
            Piece(action.when) if action.when else parts.gap(language, "action-when"),
        )


def _cited(review: Review, helps: Mapping[str, Help]) -> Iterator[str]:
    for pillar in PILLARS:
        clauses: tuple[Quoted, ...] = (
            *helps[pillar.key].known,
            *helps[pillar.key].instruments,
            *helps[pillar.key].lessons,
        )
        yield from (clause.address for clause in clauses)
    yield from (action.source for action in review.actions.values() if action.source)
