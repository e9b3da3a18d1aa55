"""What readers thought of answers, as work to do: newest first, handled or not."""

from __future__ import annotations

from sqlalchemy import Engine, delete, insert, select

from assistant.people.audit import Action, write
from assistant.people.errors import UnknownOpinion
from assistant.people.tables import handled_table
from assistant.records.conversations import now
from assistant.records.tables import conversations_table, feedback_table, turns_table
from corpus.database import make_tables, one_at_a_time, reading, storable
from corpus.documents import Frozen


class Opinion(Frozen):
    """Feedback with what it is about; times are UTC, ISO 8601."""

    number: int
    at: str
    owner: str
    helpful: bool
    reason: str
    comment: str
    turn: str
    conversation: str
    question: str
    status: str
    handled_at: str | None
    handled_by: str | None
    note: str | None


class Inbox:
    """The feedback of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database."""
        self._engine = engine
        make_tables(engine)

    def all(
        self, open_only: bool = True, before: int | None = None, limit: int = 50
    ) -> list[Opinion]:
        """Newest first.

        Args:
            open_only: without those that were handled.
            before: only those with a smaller number, for the next page.
            limit: at most so many.
        """
        table, handled = feedback_table, handled_table
        statement = (
            select(
                table,
                turns_table.c.question,
                turns_table.c.status,
                conversations_table.c.id.label("conversation"),
                handled.c.at.label("handled_at"),
                handled.c.actor.label("handled_by"),
                handled.c.note,
            )
            .join(turns_table, turns_table.c.id == table.c.turn)
            .join(conversations_table, conversations_table.c.id == turns_table.c.conversation)
            .join(handled, handled.c.feedback == table.c.number, isouter=True)
            .order_by(table.c.number.desc())
            .limit(limit)
        )
        if open_only:
            statement = statement.where(handled.c.at.is_(None))
        if before is not None:
            statement = statement.where(table.c.number < before)
        with reading(self._engine) as connection:
            return [
                Opinion.model_validate(dict(r)) for r in connection.execute(statement).mappings()
            ]

    def handle(self, number: int, note: str, *, by: str) -> None:
        """It was looked at; a second note replaces the first.

        Raises:
            UnknownOpinion: no feedback has this number.
        """
        table = handled_table
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"feedback-{number}")
            found = connection.execute(
                select(feedback_table.c.number).where(feedback_table.c.number == number)
            ).first()
            if found is None:
                raise UnknownOpinion("There is no such feedback; its writer may have changed it.")
            connection.execute(delete(table).where(table.c.feedback == number))
            connection.execute(
                insert(table).values(
                    feedback=number, at=now(), actor=by, note=storable(note)[:4000]
                )
            )
            write(connection, by, Action.FEEDBACK_HANDLED, str(number))
