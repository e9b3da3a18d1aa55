"""Invitations: a link by which one stakeholder contributes to one review, and sees no more.

Stakeholders of a country have no account here, so the link itself is the credential: 256 random
bits, of which the database keeps the SHA-256 only. A new link ends the one before; the owner can
take it back at any time.
"""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import Engine, select, update

from assistant.advice.review.model import Answer, Evidence, Judgement, Review, Stakeholder
from assistant.advice.review.record import UnknownReview, row_of
from assistant.advice.review.standing import review as standing
from assistant.advice.review.tables import reviews_table, stakeholders_table
from assistant.records.conversations import LOCAL
from corpus.database import reading, storable
from corpus.documents import Frozen
from corpus.errors import AdvisorError


class UnknownInvitation(AdvisorError):
    """For a stakeholder: the link opens nothing, or not any more."""

    code = "unknown-invitation"


class Contribution(Frozen):
    """A review as one invited stakeholder sees it: their own words, nobody else's."""

    review: str
    title: str
    country: str
    purpose: str
    language: str
    stakeholder: Stakeholder
    answers: dict[str, Answer]
    judgements: dict[str, Judgement]
    evidence: tuple[Evidence, ...]


class Invitations:
    """The invitations of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` of the same database as the reviews."""
        self._engine = engine

    def invite(self, review: str, stakeholder: str, owner: str = LOCAL) -> str:
        """A new link's token, shown this once; the link before it opens nothing any more.

        Raises:
            UnknownReview: no such review of this owner's, or no such stakeholder in it.
        """
        token = secrets.token_urlsafe(32)
        self._set(review, stakeholder, digest(token), owner)
        return token

    def revoke(self, review: str, stakeholder: str, owner: str = LOCAL) -> None:
        """Take the link back, at once; what was contributed stays.

        Raises:
            UnknownReview: no such review of this owner's, or no such stakeholder in it.
        """
        self._set(review, stakeholder, None, owner)

    def opens(self, token: str) -> bool:
        """Whether the link opens anything; nothing of the review is read."""
        with reading(self._engine) as connection:
            return (
                connection.execute(
                    select(stakeholders_table.c.id).where(
                        stakeholders_table.c.token == digest(token)
                    )
                ).first()
                is not None
            )

    def open(self, token: str) -> Contribution:
        """What the link opens.

        Raises:
            UnknownInvitation: nothing: it never was, was replaced or taken back.
        """
        with reading(self._engine) as connection:
            row = connection.execute(
                select(stakeholders_table.c.id, stakeholders_table.c.review).where(
                    stakeholders_table.c.token == digest(token)
                )
            ).first()
            if row is None:
                raise UnknownInvitation(
                    "This invitation opens nothing, or not any more. Ask whoever sent it."
                )
            held = connection.execute(
                select(reviews_table).where(reviews_table.c.id == row.review)
            ).one()
            return of(standing(connection, held), row.id)

    def _set(self, review: str, stakeholder: str, token: str | None, owner: str) -> None:
        with self._engine.begin() as connection:
            row = row_of(connection, review, owner)
            done = connection.execute(
                update(stakeholders_table)
                .where(stakeholders_table.c.review == row.id)
                .where(stakeholders_table.c.id == storable(stakeholder))
                .values(token=token)
            )
            if not done.rowcount:
                raise UnknownReview("This review has no such stakeholder.")


def of(review: Review, stakeholder: str) -> Contribution:
    """One stakeholder's part of a review."""
    person = review.stakeholder(stakeholder)
    assert person is not None
    return Contribution(
        review=review.id,
        title=review.about.title,
        country=review.about.country,
        purpose=review.about.purpose,
        language=review.about.language,
        stakeholder=person,
        answers={q: a for (who, q), a in review.answers.items() if who == person.id},
        judgements={p: j for (who, p), j in review.judgements.items() if who == person.id},
        evidence=tuple(e for e in review.evidence if e.stakeholder == person.id),
    )


def digest(token: str) -> str:
    """What the database keeps of a token; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
