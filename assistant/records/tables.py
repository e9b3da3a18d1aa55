"""Tables of conversations, their turns, feedback and shares, and nothing else."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from corpus.database import metadata

TITLE_LENGTH = 120

conversations_table = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(200), nullable=False, index=True),
    Column("title", String(TITLE_LENGTH), nullable=False),
    Column("created", String(32), nullable=False),
    Column("updated", String(32), nullable=False),
)

turns_table = Table(
    "turns",
    metadata,
    Column("id", String(32), primary_key=True),
    Column(
        "conversation",
        String(32),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("number", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    Column("question", Text, nullable=False),
    Column("status", String(32), nullable=False, index=True),
    Column("answer", Text, nullable=False),
    Column("trace", Text, nullable=False),
)

feedback_table = Table(
    "feedback",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column(
        "turn", String(32), ForeignKey("turns.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("owner", String(200), nullable=False),
    Column("at", String(32), nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("reason", String(64), nullable=False),
    Column("comment", Text, nullable=False),
)

shares_table = Table(
    "shares",
    metadata,
    Column("token", String(64), primary_key=True),
    Column(
        "conversation",
        String(32),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("turns", Integer, nullable=False),
    Column("at", String(32), nullable=False),
)
"""Links that let others read a conversation; `token` is its SHA-256, `turns` how many it shows."""

suite_drafts_table = Table(
    "suite_drafts",
    metadata,
    Column("turn", String(32), ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
    Column("decision", String(16), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("at", String(32), nullable=False),
    Column("item", Text, nullable=False),
)
"""What an evaluator decided about the draft of a turn; `item` is the suite's item."""
