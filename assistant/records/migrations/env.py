"""Alembic's entry: one connection, given by `assistant.records.schema`, and every table
declared."""

from __future__ import annotations

from alembic import context

from assistant.records.schema import declared

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=declared(),
    # SQLite changes a column by making the table anew.
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
