"""Conversations, their turns and feedback on them, in the relational store.

A turn keeps the answer as the exact JSON that was sent (P5) and, apart from it, the trace of the
steps that made it (P7). Every read takes the owner, and another person's conversation is
answered like one that does not exist (P11).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, delete, func, insert, or_, select, update

from assistant.answers import Answer
from assistant.errors import UnknownConversation, UnknownTurn
from assistant.records.tables import (
    TITLE_LENGTH,
    conversations_table,
    feedback_table,
    turns_table,
)
from corpus.database import make_tables, one_at_a_time, reading, storable
from corpus.documents import Frozen

LOCAL = "local"
"""Owner of everything on a machine with no sign-in."""


class Conversation(Frozen):
    """A line in the list of conversations; times are UTC, ISO 8601."""

    id: str
    owner: str
    title: str
    created: str
    updated: str


class StoredTurn(Frozen):
    """A question as it was asked and the answer as it was given, trace included."""

    id: str
    conversation: str
    number: int
    at: str
    question: str
    answer: Answer


class Feedback(Frozen):
    """What a reader thought of a turn; `reason` is a short code of the screen's own list."""

    turn: str
    owner: str
    at: str
    helpful: bool
    reason: str = ""
    comment: str = ""


def now() -> str:
    """The time as every row writes it: UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Store:
    """Conversations in one database (SQLite or PostgreSQL). Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database; tables are made when missing."""
        self._engine = engine
        make_tables(engine)

    # Conversations

    def begin(self, owner: str = LOCAL, title: str = "") -> Conversation:
        """A new, empty conversation."""
        at = now()
        row = Conversation(id=uuid4().hex, owner=owner, title=_short(title), created=at, updated=at)
        with self._engine.begin() as connection:
            connection.execute(insert(conversations_table).values(**row.model_dump()))
        return row

    def conversation(self, id: str, owner: str = LOCAL) -> Conversation:
        """One conversation.

        Raises:
            UnknownConversation: none has this id, or it is another owner's.
        """
        with reading(self._engine) as connection:
            return self._conversation(connection, id, owner)

    def conversations(
        self, owner: str = LOCAL, *, query: str = "", limit: int = 50, offset: int = 0
    ) -> list[Conversation]:
        """Newest first; with `query`, those whose title or a question holds it."""
        table = conversations_table
        statement = select(table).where(table.c.owner == owner)
        query = storable(query).strip()
        if query:
            asked = select(turns_table.c.conversation).where(
                turns_table.c.question.icontains(query, autoescape=True)
            )
            statement = statement.where(
                or_(
                    table.c.title.icontains(query, autoescape=True),
                    table.c.id.in_(asked),
                )
            )
        statement = statement.order_by(table.c.updated.desc(), table.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(statement.limit(limit).offset(offset)).mappings()
            return [Conversation(**row) for row in rows]

    def rename(self, id: str, title: str, owner: str = LOCAL) -> Conversation:
        """Give a conversation another title.

        Raises:
            UnknownConversation: none has this id, or it is another owner's.
        """
        with self._engine.begin() as connection:
            self._conversation(connection, id, owner)
            connection.execute(
                update(conversations_table)
                .where(conversations_table.c.id == id)
                .values(title=_short(title), updated=now())
            )
            return self._conversation(connection, id, owner)

    def delete(self, id: str, owner: str = LOCAL) -> None:
        """Delete a conversation with its turns and their feedback.

        Raises:
            UnknownConversation: none has this id, or it is another owner's.
        """
        with self._engine.begin() as connection:
            self._conversation(connection, id, owner)
            turns = select(turns_table.c.id).where(turns_table.c.conversation == id)
            connection.execute(delete(feedback_table).where(feedback_table.c.turn.in_(turns)))
            connection.execute(delete(turns_table).where(turns_table.c.conversation == id))
            connection.execute(delete(conversations_table).where(conversations_table.c.id == id))

    # Turns

    def add_turn(
        self, conversation: str, question: str, answer: Answer, owner: str = LOCAL
    ) -> StoredTurn:
        """Store a finished turn under `answer.id`; the first one names an untitled conversation.

        Raises:
            UnknownConversation: none has this id, or it is another owner's.
        """
        at, question = now(), storable(question)
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"turns-of-{conversation}")
            row = self._conversation(connection, conversation, owner)
            last = connection.execute(
                select(func.max(turns_table.c.number)).where(
                    turns_table.c.conversation == conversation
                )
            ).scalar()
            number = (last or 0) + 1
            connection.execute(
                insert(turns_table).values(
                    id=answer.id,
                    conversation=conversation,
                    number=number,
                    at=at,
                    question=question,
                    status=answer.status.value,
                    answer=answer.model_dump_json(exclude={"trace"}),
                    trace=json.dumps(answer.trace, ensure_ascii=False),
                )
            )
            connection.execute(
                update(conversations_table)
                .where(conversations_table.c.id == conversation)
                .values(updated=at, title=row.title or _short(question))
            )
        return StoredTurn(
            id=answer.id,
            conversation=conversation,
            number=number,
            at=at,
            question=question,
            answer=answer,
        )

    def turns(self, conversation: str, owner: str = LOCAL) -> list[StoredTurn]:
        """Every turn of a conversation, oldest first.

        Raises:
            UnknownConversation: none has this id, or it is another owner's.
        """
        with reading(self._engine) as connection:
            self._conversation(connection, conversation, owner)
            rows = connection.execute(
                select(turns_table)
                .where(turns_table.c.conversation == conversation)
                .order_by(turns_table.c.number)
            )
            return [_stored(row) for row in rows]

    def turn(self, id: str, owner: str | None = LOCAL) -> StoredTurn:
        """One turn; `owner` None is for staff who may open any trace.

        Raises:
            UnknownTurn: none has this id, or it is another owner's.
        """
        return _stored(self._row(id, owner))

    def answer_json(self, id: str, owner: str | None = LOCAL) -> str:
        """The answer's JSON as it was stored, without its trace, byte for byte (P5).

        Raises:
            UnknownTurn: none has this id, or it is another owner's.
        """
        return str(self._row(id, owner).answer)

    # Feedback

    def give_feedback(
        self,
        turn: str,
        helpful: bool,
        *,
        reason: str = "",
        comment: str = "",
        owner: str = LOCAL,
    ) -> Feedback:
        """Record an opinion; a second one by the same person replaces the first.

        Raises:
            UnknownTurn: none has this id, or it is another owner's.
        """
        self.turn(turn, owner)
        row = Feedback(
            turn=turn,
            owner=owner,
            at=now(),
            helpful=helpful,
            reason=storable(reason)[:64],
            comment=storable(comment)[:4000],
        )
        table = feedback_table
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"feedback-on-{turn}")
            connection.execute(
                delete(table).where(table.c.turn == turn).where(table.c.owner == owner)
            )
            connection.execute(insert(table).values(**row.model_dump()))
        return row

    def feedback(self, turn: str | None = None, limit: int = 200) -> list[Feedback]:
        """Opinions on one turn, or on all, newest first."""
        statement = select(feedback_table).order_by(feedback_table.c.number.desc()).limit(limit)
        if turn is not None:
            statement = statement.where(feedback_table.c.turn == turn)
        with reading(self._engine) as connection:
            rows = connection.execute(statement).mappings()
            return [Feedback(**{k: v for k, v in row.items() if k != "number"}) for row in rows]

    def _row(self, id: str, owner: str | None) -> Row[Any]:
        statement = select(turns_table).where(turns_table.c.id == storable(id))
        if owner is not None:
            statement = statement.join(conversations_table).where(
                conversations_table.c.owner == owner
            )
        with reading(self._engine) as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise UnknownTurn("No such answer is stored. Open it from your list of conversations.")
        return row

    @staticmethod
    def _conversation(connection: Connection, id: str, owner: str) -> Conversation:
        table = conversations_table
        row = (
            connection.execute(
                select(table).where(table.c.id == storable(id)).where(table.c.owner == owner)
            )
            .mappings()
            .first()
        )
        if row is None:
            raise UnknownConversation("No such conversation. Start a new one.")
        return Conversation(**row)


def _short(title: str) -> str:
    line = " ".join(storable(title).split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1] + "…"


def _stored(row: Row[Any]) -> StoredTurn:
    answer = Answer.model_validate({**json.loads(row.answer), "trace": json.loads(row.trace)})
    return StoredTurn(
        id=row.id,
        conversation=row.conversation,
        number=row.number,
        at=row.at,
        question=row.question,
        answer=answer,
    )
