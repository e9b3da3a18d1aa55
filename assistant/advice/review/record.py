"""The record of a review, line by line: what the rooms beside it share of the tables."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, Row, insert, select, update

from assistant.advice.review.model import Kind
from assistant.advice.review.tables import entries_table, reviews_table, stakeholders_table
from corpus.database import storable
from corpus.errors import AdvisorError


class UnknownReview(AdvisorError):
    """For the reviewer: no review of theirs has this id (or no such stakeholder or line)."""

    code = "unknown-review"


class BadContribution(AdvisorError):
    """For the contributor: what they sent cannot be kept; says why. Nothing was stored."""

    code = "bad-contribution"


def row_of(connection: Connection, id: str, owner: str | None) -> Row[Any]:
    """A review's row; `owner` None only after an invitation was checked.

    Raises:
        UnknownReview: none of this owner's has the id.
    """
    query = select(reviews_table).where(reviews_table.c.id == storable(id))
    if owner is not None:
        query = query.where(reviews_table.c.owner == owner)
    row = connection.execute(query).first()
    if row is None:
        raise UnknownReview(f"You have no review '{storable(id)[:40]}'. List yours to see its id.")
    return row


def has_stakeholder(connection: Connection, review: str, stakeholder: str) -> bool:
    """Whether a review has this stakeholder."""
    table = stakeholders_table
    return (
        connection.execute(
            select(table.c.id).where(table.c.review == review, table.c.id == storable(stakeholder))
        ).first()
        is not None
    )


def last_line(
    connection: Connection,
    review: str,
    stakeholder: str,
    kind: Kind,
    key: str,
    before: int | None = None,
) -> Row[Any] | None:
    """The newest line on a matter, or the newest before the line numbered `before`."""
    table = entries_table
    query = select(table).where(
        table.c.review == review,
        table.c.stakeholder == stakeholder,
        table.c.kind == kind.value,
        table.c.subject == storable(key),
    )
    if before is not None:
        query = query.where(table.c.number < before)
    return connection.execute(query.order_by(table.c.number.desc()).limit(1)).first()


def append(
    connection: Connection,
    review: str,
    stakeholder: str,
    by: str,
    kind: Kind,
    key: str,
    value: BaseModel,
    at: str,
) -> int:
    """Add a line; returns its number."""
    done = connection.execute(
        insert(entries_table).values(
            review=review,
            stakeholder=stakeholder,
            way=by,
            kind=kind.value,
            subject=storable(key),
            at=at,
            payload=value.model_dump_json(),
        )
    )
    key_of_row = done.inserted_primary_key
    assert key_of_row is not None
    return int(key_of_row[0])


def rewrite(connection: Connection, number: int, payload: str, at: str) -> None:
    """Replace what a line says, where the new text holds all of the old."""
    connection.execute(
        update(entries_table).where(entries_table.c.number == number).values(payload=payload, at=at)
    )


def touch(connection: Connection, review: str, at: str) -> None:
    """Note when a review was last changed."""
    connection.execute(update(reviews_table).where(reviews_table.c.id == review).values(updated=at))
