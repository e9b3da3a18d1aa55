"""From the record to the review as it stands: the newest line on each matter counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from assistant.advice.review.model import (
    About,
    Action,
    Answer,
    Confirmed,
    Evidence,
    Judgement,
    Kind,
    OpenQuestion,
    Review,
    Stakeholder,
    Workshop,
)
from assistant.advice.review.tables import entries_table, evidence_table, stakeholders_table


def review(connection: Connection, row: Row[Any], version: int | None = None) -> Review:
    """The review of `row`, as it stood after the line numbered `version` (None: as it stands)."""
    query = select(entries_table).where(entries_table.c.review == row.id)
    if version is not None:
        query = query.where(entries_table.c.number <= version)
    about, workshop, number = About(title=""), Workshop(), 0
    answers: dict[tuple[str, str], Answer] = {}
    judgements: dict[tuple[str, str], Judgement] = {}
    confirmed: dict[str, Confirmed] = {}
    actions: dict[str, Action] = {}
    questions: dict[str, OpenQuestion] = {}
    for line in connection.execute(query.order_by(entries_table.c.number)):
        kind, key, said, number = Kind(line.kind), line.subject, line.payload, line.number
        if kind is Kind.ABOUT:
            about = About.model_validate_json(said)
        elif kind is Kind.ANSWER:
            answers[line.stakeholder, key] = Answer.model_validate_json(said)
        elif kind is Kind.JUDGEMENT:
            judgements[line.stakeholder, key] = Judgement.model_validate_json(said)
        elif kind is Kind.CONFIRMED:
            confirmed[key] = Confirmed.model_validate_json(said)
        elif kind is Kind.ACTION:
            actions[key] = Action.model_validate_json(said)
        elif kind is Kind.QUESTION:
            questions[key] = OpenQuestion.model_validate_json(said)
        elif kind is Kind.WORKSHOP:
            workshop = Workshop.model_validate_json(said)
    return Review(
        id=row.id,
        version=number,
        created=row.created,
        updated=row.updated,
        about=about,
        stakeholders=_stakeholders(connection, row.id),
        answers=answers,
        judgements=judgements,
        confirmed=confirmed,
        actions={k: a for k, a in actions.items() if not a.removed},
        questions={k: q for k, q in questions.items() if not q.removed},
        workshop=workshop,
        evidence=_evidence(connection, row.id),
    )


def _stakeholders(connection: Connection, review: str) -> tuple[Stakeholder, ...]:
    table = stakeholders_table
    rows = connection.execute(
        select(table).where(table.c.review == review).order_by(table.c.number)
    )
    return tuple(
        Stakeholder(
            id=row.id,
            name=row.name,
            group=row.group_key,
            organisation=row.organisation,
            invited=row.token is not None,
        )
        for row in rows
    )


def _evidence(connection: Connection, review: str) -> tuple[Evidence, ...]:
    columns = [c for c in evidence_table.c if c.name not in ("payload", "review")]
    rows = connection.execute(
        select(*columns)
        .where(evidence_table.c.review == review)
        .order_by(evidence_table.c.at, evidence_table.c.id)
    ).mappings()
    return tuple(Evidence(**row) for row in rows)
