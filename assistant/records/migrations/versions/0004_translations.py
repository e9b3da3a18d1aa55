"""Which documents are translations of a digest, and of which wording of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this schema."""
    held = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("shelf_documents")}
    if "translation_of" not in held:
        with op.batch_alter_table("shelf_documents") as batch:
            batch.add_column(sa.Column("translation_of", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Go back to the schema before; translations go, as the schema before would list them."""
    op.execute("DELETE FROM shelf_documents WHERE translation_of IS NOT NULL")
    with op.batch_alter_table("shelf_documents") as batch:
        batch.drop_column("translation_of")
