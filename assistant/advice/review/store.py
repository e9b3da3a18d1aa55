"""Reviews in the relational store: a record that only grows, and the review as it stands.

A review belongs to its owner; another person's is answered like one that does not exist (P11).
Stakeholders come in by an invitation (`invitations.py`) and see what they said themselves, no more.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ValidationError
from sqlalchemy import Engine, delete, func, insert, select

from assistant.advice.review import framework, standing
from assistant.advice.review.model import (
    About,
    Action,
    Answer,
    Change,
    Confirmed,
    Judgement,
    Kind,
    OpenQuestion,
    Review,
    Stakeholder,
    Workshop,
)
from assistant.advice.review.record import (
    BadContribution,
    UnknownReview,
    append,
    has_stakeholder,
    last_line,
    rewrite,
    row_of,
    touch,
)
from assistant.advice.review.tables import (
    entries_table,
    evidence_table,
    reviews_table,
    stakeholders_table,
)
from assistant.records.conversations import LOCAL, now
from corpus.database import make_tables, one_at_a_time, reading, storable
from corpus.documents import Frozen
from corpus.tampering.characters import visible

MOST_TEXT = 8000
"""Characters of one answer: four pages; more is evidence to upload."""

MOST_STAKEHOLDERS, MOST_ENTRIES, MOST_REVIEWS = 100, 20_000, 500
OWNER, GUEST = "owner", "guest"
_MODELS: dict[Kind, type[BaseModel]] = {
    Kind.ABOUT: About,
    Kind.ANSWER: Answer,
    Kind.JUDGEMENT: Judgement,
    Kind.CONFIRMED: Confirmed,
    Kind.ACTION: Action,
    Kind.QUESTION: OpenQuestion,
    Kind.WORKSHOP: Workshop,
}


class ReviewLine(Frozen):
    """One line of a list of reviews."""

    id: str
    title: str
    country: str
    updated: str
    stakeholders: int


class Reviews:
    """Reviews of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database; tables are made when missing."""
        self._engine = engine
        make_tables(engine)

    def begin(self, about: About, owner: str = LOCAL) -> Review:
        """Start a review.

        Raises:
            BadContribution: no title, or the owner has MOST_REVIEWS already.
        """
        about = _checked(Kind.ABOUT, about.model_dump(mode="json"))  # type: ignore[assignment]
        id, at = uuid4().hex, now()
        with self._engine.begin() as connection:
            held = connection.execute(
                select(func.count()).where(reviews_table.c.owner == owner)
            ).scalar_one()
            if held >= MOST_REVIEWS:
                raise BadContribution(f"You keep {held} reviews. Delete one first.")
            connection.execute(
                insert(reviews_table).values(id=id, owner=owner, created=at, updated=at)
            )
            append(connection, id, "", OWNER, Kind.ABOUT, "", about, at)
        return self.get(id, owner)

    def all(self, owner: str = LOCAL) -> list[ReviewLine]:
        """The owner's reviews, last changed first."""
        with reading(self._engine) as connection:
            ids = connection.execute(
                select(reviews_table.c.id)
                .where(reviews_table.c.owner == owner)
                .order_by(reviews_table.c.updated.desc(), reviews_table.c.id)
            ).scalars()
            found = list(ids)
        lines = []
        for review in (self.get(id, owner) for id in found):
            lines.append(
                ReviewLine(
                    id=review.id,
                    title=review.about.title,
                    country=review.about.country,
                    updated=review.updated,
                    stakeholders=len(review.stakeholders),
                )
            )
        return lines

    def get(self, id: str, owner: str = LOCAL, version: int | None = None) -> Review:
        """A review as it stands, or as it stood after the change numbered `version`.

        Raises:
            UnknownReview: none of this owner's has the id.
        """
        with reading(self._engine) as connection:
            row = row_of(connection, id, owner)
            return standing.review(connection, row, version)

    def delete(self, id: str, owner: str = LOCAL) -> None:
        """Delete a review, its record, its private sources and its invitations.

        Raises:
            UnknownReview: none of this owner's has the id.
        """
        with self._engine.begin() as connection:
            row = row_of(connection, id, owner)
            for table in (entries_table, evidence_table, stakeholders_table):
                connection.execute(delete(table).where(table.c.review == row.id))
            connection.execute(delete(reviews_table).where(reviews_table.c.id == row.id))

    def add_stakeholder(
        self, id: str, name: str, group: str, organisation: str = "", owner: str = LOCAL
    ) -> Stakeholder:
        """Somebody who is to contribute.

        Raises:
            UnknownReview: none of this owner's has the id.
            OutOfFrame: there is no such group.
            BadContribution: no name, or MOST_STAKEHOLDERS are there already.
        """
        person = Stakeholder(
            id=uuid4().hex,
            name=_line(name, 200),
            group=framework.group(group),
            organisation=_line(organisation, 200),
        )
        if not person.name:
            raise BadContribution("Give the stakeholder a name, or a role such as 'Bank 1'.")
        with self._engine.begin() as connection:
            row = row_of(connection, id, owner)
            one_at_a_time(connection, f"review-{row.id}")
            count = connection.execute(
                select(func.count()).where(stakeholders_table.c.review == row.id)
            ).scalar_one()
            if count >= MOST_STAKEHOLDERS:
                raise BadContribution(f"A review has {MOST_STAKEHOLDERS} stakeholders at most.")
            connection.execute(
                insert(stakeholders_table).values(
                    id=person.id,
                    review=row.id,
                    number=count + 1,
                    name=person.name,
                    group_key=person.group,
                    organisation=person.organisation,
                )
            )
            touch(connection, row.id, now())
        return person

    def remove_stakeholder(self, id: str, stakeholder: str, owner: str = LOCAL) -> None:
        """Delete a stakeholder with all they said and gave, for good; the only thing that is lost.

        Raises:
            UnknownReview: no such review of this owner's, or no such stakeholder in it.
        """
        with self._engine.begin() as connection:
            row = row_of(connection, id, owner)
            if not has_stakeholder(connection, row.id, stakeholder):
                raise UnknownReview("This review has no such stakeholder.")
            for table in (entries_table, evidence_table):
                connection.execute(
                    delete(table).where(
                        table.c.review == row.id, table.c.stakeholder == stakeholder
                    )
                )
            connection.execute(
                delete(stakeholders_table).where(stakeholders_table.c.id == stakeholder)
            )
            touch(connection, row.id, now())

    def write(
        self,
        id: str,
        kind: Kind,
        key: str,
        value: dict[str, Any],
        *,
        stakeholder: str = "",
        by: str = OWNER,
        owner: str | None = LOCAL,
    ) -> int:
        """Add one line to the record; the review stands by the newest line on each matter.

        Args:
            id: of the review.
            kind, key: the matter: an answer to question `vision-1`, the judgement of `talent`.
            value: its fields, as `model.py` has them.
            stakeholder: whose answer or judgement; '' for matters of the whole review.
            by: OWNER, or GUEST for one who came by invitation.
            owner: of the review; None only after an invitation was checked.

        Returns:
            The number of the line; that of the newest one where nothing changed.

        Raises:
            UnknownReview: no such review of this owner's, or no such stakeholder in it.
            OutOfFrame: no such question, pillar or level.
            BadContribution: the value cannot be kept, or the record is full.
        """
        made = _checked(kind, value)
        _framed(kind, key, made)
        at = now()
        with self._engine.begin() as connection:
            row = row_of(connection, id, owner)
            one_at_a_time(connection, f"review-{row.id}")
            personal = kind in (Kind.ANSWER, Kind.JUDGEMENT)
            if personal and not has_stakeholder(connection, row.id, stakeholder):
                raise UnknownReview("This review has no such stakeholder. Add them first.")
            who = stakeholder if personal else ""
            last = last_line(connection, row.id, who, kind, key)
            payload = made.model_dump_json()
            if last is not None and last.payload == payload:
                return int(last.number)
            if last is not None and last.way == by and _goes_on(kind, last.payload, made):
                rewrite(connection, int(last.number), payload, at)
                touch(connection, row.id, at)
                return int(last.number)
            if (
                connection.execute(
                    select(func.count()).where(entries_table.c.review == row.id)
                ).scalar_one()
                >= MOST_ENTRIES
            ):
                raise BadContribution("This review's record is full. Export it and begin another.")
            number = append(connection, row.id, who, by, kind, key, made, at)
            touch(connection, row.id, at)
        return number

    def undo(self, id: str, number: int, owner: str = LOCAL) -> Review:
        """Bring back what stood before the line `number`, as a new line.

        Raises:
            UnknownReview: no such review, or no such line in it.
        """
        with self._engine.begin() as connection:
            row = row_of(connection, id, owner)
            one_at_a_time(connection, f"review-{row.id}")
            table = entries_table
            line = connection.execute(
                select(table).where(table.c.review == row.id, table.c.number == number)
            ).first()
            if line is None:
                raise UnknownReview(f"This review's record has no line {number}.")
            kind = Kind(line.kind)
            before = last_line(connection, row.id, line.stakeholder, kind, line.subject, number)
            if before is not None:
                value = _MODELS[kind].model_validate_json(before.payload)
            elif kind in (Kind.ACTION, Kind.QUESTION):
                old = _MODELS[kind].model_validate_json(line.payload)
                value = old.model_copy(update={"removed": True})
            elif kind is Kind.ABOUT:
                raise BadContribution("The review's first line cannot be undone.")
            else:
                value = _MODELS[kind]()
            at = now()
            append(connection, row.id, line.stakeholder, OWNER, kind, line.subject, value, at)
            touch(connection, row.id, at)
        return self.get(id, owner)

    def history(self, id: str, owner: str = LOCAL, limit: int = 200) -> list[Change]:
        """The newest lines of the record, newest first.

        Raises:
            UnknownReview: none of this owner's has the id.
        """
        with reading(self._engine) as connection:
            row = row_of(connection, id, owner)
            lines = connection.execute(
                select(entries_table)
                .where(entries_table.c.review == row.id)
                .order_by(entries_table.c.number.desc())
                .limit(limit)
            )
            return [
                Change(
                    number=line.number,
                    at=line.at,
                    stakeholder=line.stakeholder,
                    by=line.way,
                    kind=Kind(line.kind),
                    key=line.subject,
                    value=json.loads(line.payload),
                )
                for line in lines
            ]


def _checked(kind: Kind, value: dict[str, Any]) -> BaseModel:
    """The value as its model, its texts without what nobody sees, within bounds."""
    clean = {name: _clean(text) for name, text in value.items()}
    try:
        made = _MODELS[kind].model_validate(clean)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadContribution(f"{where}: {first['msg']}") from error
    if isinstance(made, About) and not made.title:
        raise BadContribution("Give the review a title.")
    if isinstance(made, Action | OpenQuestion) and not made.text:
        raise BadContribution("There are no words to keep.")
    return made


def _goes_on(kind: Kind, before: str, value: BaseModel) -> bool:
    """True if an answer only grew: somebody is typing, and every word of before is still there."""
    if kind is not Kind.ANSWER or not isinstance(value, Answer):
        return False
    old = Answer.model_validate_json(before)
    return old.reads is value.reads and bool(old.text) and value.text.startswith(old.text)


def _clean(text: object) -> object:
    if not isinstance(text, str):
        return text
    if len(text) > MOST_TEXT:
        raise BadContribution(
            f"A text may have {MOST_TEXT:,} characters; this one has {len(text):,}. "
            "Add what is longer as evidence."
        )
    return storable(visible(text))


def _framed(kind: Kind, key: str, value: BaseModel) -> None:
    """Raises OutOfFrame where key or level are not of the framework."""
    if len(key) > 64:
        raise BadContribution("That key is too long.")
    if kind is Kind.ANSWER:
        framework.pillar_of(key)
    elif kind in (Kind.JUDGEMENT, Kind.CONFIRMED):
        framework.pillar(key)
    if isinstance(value, Judgement | Confirmed):
        framework.level(value.level)
    if isinstance(value, Action) or (isinstance(value, OpenQuestion) and value.pillar):
        framework.pillar(value.pillar)


def _line(text: str, most: int) -> str:
    return storable(" ".join(visible(text).split()))[:most]
