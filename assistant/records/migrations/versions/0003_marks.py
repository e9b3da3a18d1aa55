"""What was decided about clauses that may speak to software, and how a file came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "shelf_marks",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("words", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("key", "address"),
        if_not_exists=True,
    )
    held = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("shelf_documents")}
    with op.batch_alter_table("shelf_documents") as batch:
        for column in (
            sa.Column("source_origin", sa.String(length=16), nullable=True),
            sa.Column("rule", sa.String(length=32), nullable=True),
        ):
            if column.name not in held:
                batch.add_column(column)


def downgrade() -> None:
    """Go back to the schema before."""
    with op.batch_alter_table("shelf_documents") as batch:
        batch.drop_column("rule")
        batch.drop_column("source_origin")
    op.drop_table("shelf_marks")
