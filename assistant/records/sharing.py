"""Read-only links to a conversation: whoever has one reads what was said so far, and no more.

The link holds a random token; the database keeps its SHA-256 only, so that a copy of the database
opens nothing. What is read through it names neither the owner nor the conversation, and turns
added after the link was made stay private.
"""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import Engine, delete, func, insert, select

from assistant.errors import UnknownShare
from assistant.records.conversations import LOCAL, Store, StoredTurn, now
from assistant.records.tables import conversations_table, shares_table, turns_table
from corpus.database import one_at_a_time, reading
from corpus.documents import Frozen


class Shared(Frozen):
    """A conversation as a link shows it: its title, and its turns without owner, id or trace."""

    title: str
    at: str
    turns: tuple[StoredTurn, ...]


class Sharing:
    """The links of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database."""
        self._engine = engine
        self._store = Store(engine)

    def share(self, conversation: str, owner: str = LOCAL) -> str:
        """A new link's token, shown this once, to the turns the conversation has now.

        Raises:
            UnknownConversation: none has this id, or it is another owner's.
        """
        held = self._store.conversation(conversation, owner)
        token = secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            one_at_a_time(connection, f"turns-of-{held.id}")
            shown = connection.execute(
                select(func.max(turns_table.c.number)).where(turns_table.c.conversation == held.id)
            ).scalar()
            connection.execute(
                insert(shares_table).values(
                    token=_digest(token), conversation=held.id, turns=shown or 0, at=now()
                )
            )
        return token

    def revoke(self, conversation: str, owner: str = LOCAL) -> int:
        """Take every link to a conversation back, at once; returns how many there were.

        Raises:
            UnknownConversation: none has this id, or it is another owner's.
        """
        held = self._store.conversation(conversation, owner)
        with self._engine.begin() as connection:
            done = connection.execute(
                delete(shares_table).where(shares_table.c.conversation == held.id)
            )
        return done.rowcount

    def read(self, token: str) -> Shared:
        """What a link shows; answers keep their citations byte for byte (P5).

        Raises:
            UnknownShare: there is no such link, it was taken back, or the conversation is gone.
        """
        with reading(self._engine) as connection:
            row = connection.execute(
                select(
                    shares_table.c.conversation,
                    shares_table.c.turns,
                    shares_table.c.at,
                    conversations_table.c.owner,
                    conversations_table.c.title,
                )
                .join(conversations_table)
                .where(shares_table.c.token == _digest(token))
            ).first()
        if row is None:
            raise UnknownShare(
                "This link shows nothing, or not any more. Ask whoever sent it for another."
            )
        return Shared(
            title=row.title,
            at=row.at,
            turns=tuple(
                _public(turn)
                for turn in self._store.turns(row.conversation, row.owner)
                if turn.number <= row.turns
            ),
        )


def _public(turn: StoredTurn) -> StoredTurn:
    answer = turn.answer.model_copy(update={"conversation": "", "trace": {}})
    return turn.model_copy(update={"conversation": "", "answer": answer})


def _digest(token: str) -> str:
    """A slow hash would guard nothing: 256 random bits cannot be guessed from their digest."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
