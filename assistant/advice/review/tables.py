"""Tables of ecosystem reviews, and nothing else.

A review's record only grows: each answer, judgement or action is a line, and the review as it
stands is the newest line on each matter. So every version can be read again, and nothing is lost.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from corpus.database import metadata


def _review() -> Column[str]:
    return Column(
        "review",
        String(32),
        ForeignKey("reviews.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


reviews_table = Table(
    "reviews",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(200), nullable=False, index=True),
    Column("created", String(32), nullable=False),
    Column("updated", String(32), nullable=False),
)

stakeholders_table = Table(
    "review_stakeholders",
    metadata,
    Column("id", String(32), primary_key=True),
    _review(),
    Column("number", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("group_key", String(32), nullable=False),
    Column("organisation", String(200), nullable=False),
    Column("token", String(64), unique=True),
)
"""`token` is the SHA-256 of the invitation's token, NULL where none works."""

entries_table = Table(
    "review_entries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    _review(),
    Column("stakeholder", String(32), nullable=False),
    Column("way", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("payload", Text, nullable=False),
)
Index(
    "review_entries_matter", entries_table.c.review, entries_table.c.kind, entries_table.c.subject
)

evidence_table = Table(
    "review_evidence",
    metadata,
    Column("id", String(32), primary_key=True),
    _review(),
    Column("stakeholder", String(32), nullable=False),
    Column("pillar", String(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    Column("clauses", Integer, nullable=False),
    Column("payload", Text, nullable=False),
)
"""Private sources. They are never put on the shelf, so no index, export or answer can hold them."""
