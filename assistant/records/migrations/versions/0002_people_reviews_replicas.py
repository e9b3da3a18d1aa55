"""People, reviews, replicas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assistant.people.tables import NEVER_CHANGED

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this schema."""
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("expires", sa.String(length=32), nullable=True),
        sa.Column("revoked", sa.String(length=32), nullable=True),
        sa.Column("used", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        if_not_exists=True,
    )
    op.create_index("ix_api_keys_owner", "api_keys", ["owner"], unique=False, if_not_exists=True)

    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=24), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=24), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("ix_audit_action", "audit", ["action"], unique=False, if_not_exists=True)
    op.create_index("ix_audit_actor", "audit", ["actor"], unique=False, if_not_exists=True)
    op.create_index("ix_audit_at", "audit", ["at"], unique=False, if_not_exists=True)

    op.create_table(
        "index_pieces",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=300), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", "file", "number"),
        if_not_exists=True,
    )
    op.create_table(
        "index_replicas",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.Column("holds", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "index_versions",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("changed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.Column("doing", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "limits",
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
        if_not_exists=True,
    )
    op.create_table(
        "pseudonyms",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "request_windows",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "minute"),
        if_not_exists=True,
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.Column("updated", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("ix_reviews_owner", "reviews", ["owner"], unique=False, if_not_exists=True)

    op.create_table(
        "server_secrets",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "sessions",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("credential", sa.String(length=80), nullable=False),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.Column("seen", sa.String(length=32), nullable=False),
        sa.Column("expires", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("token"),
        sa.UniqueConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("ix_sessions_owner", "sessions", ["owner"], unique=False, if_not_exists=True)

    op.create_table(
        "sign_in_attempts",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last", sa.Float(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
        if_not_exists=True,
    )
    op.create_table(
        "sign_in_journeys",
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("next", sa.String(length=2000), nullable=False),
        sa.Column("expires", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("state"),
        if_not_exists=True,
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("display", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("issuer", sa.String(length=300), nullable=True),
        sa.Column("subject", sa.String(length=300), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created", sa.String(length=32), nullable=False),
        sa.Column("seen", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("name"),
        sa.UniqueConstraint("issuer", "subject", name="uq_users_issuer_subject"),
        if_not_exists=True,
    )
    op.create_table(
        "review_entries",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("review", sa.String(length=32), nullable=False),
        sa.Column("stakeholder", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index(
        "ix_review_entries_review", "review_entries", ["review"], unique=False, if_not_exists=True
    )
    op.create_index(
        "review_entries_matter",
        "review_entries",
        ["review", "kind", "subject"],
        unique=False,
        if_not_exists=True,
    )

    op.create_table(
        "review_evidence",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("review", sa.String(length=32), nullable=False),
        sa.Column("stakeholder", sa.String(length=32), nullable=False),
        sa.Column("pillar", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("clauses", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index(
        "ix_review_evidence_review", "review_evidence", ["review"], unique=False, if_not_exists=True
    )

    op.create_table(
        "review_stakeholders",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("review", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("group_key", sa.String(length=32), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["review"], ["reviews.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        if_not_exists=True,
    )
    op.create_index(
        "ix_review_stakeholders_review",
        "review_stakeholders",
        ["review"],
        unique=False,
        if_not_exists=True,
    )

    op.create_table(
        "feedback_handled",
        sa.Column("feedback", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["feedback"], ["feedback.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("feedback"),
        if_not_exists=True,
    )
    op.create_table(
        "suite_drafts",
        sa.Column("turn", sa.String(length=32), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["turn"], ["turns.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn"),
        if_not_exists=True,
    )
    inspector = sa.inspect(op.get_bind())
    if not inspector.get_foreign_keys("draft_versions"):
        # Without the key, a draft that was deleted could leave versions that nobody can open.
        op.execute("DELETE FROM draft_versions WHERE draft NOT IN (SELECT id FROM drafts)")
        with op.batch_alter_table("draft_versions") as batch:
            batch.create_foreign_key(
                "fk_draft_versions_draft", "drafts", ["draft"], ["id"], ondelete="CASCADE"
            )
    if "url" not in {column["name"] for column in inspector.get_columns("ingest_jobs")}:
        with op.batch_alter_table("ingest_jobs") as batch:
            batch.add_column(sa.Column("url", sa.Text(), nullable=True))
    for statement in NEVER_CHANGED.get(op.get_bind().dialect.name, ()):
        op.execute(statement)


def downgrade() -> None:
    """Go back to the one before. What it did not know is lost: people, reviews, the audit."""
    with op.batch_alter_table("ingest_jobs") as batch:
        batch.drop_column("url")
    with op.batch_alter_table("draft_versions") as batch:
        batch.drop_constraint("fk_draft_versions_draft", type_="foreignkey")
    op.drop_table("suite_drafts")
    op.drop_table("feedback_handled")

    op.drop_table("review_stakeholders")

    op.drop_table("review_evidence")

    op.drop_table("review_entries")
    op.drop_table("users")
    op.drop_table("sign_in_journeys")
    op.drop_table("sign_in_attempts")

    op.drop_table("sessions")
    op.drop_table("server_secrets")

    op.drop_table("reviews")
    op.drop_table("request_windows")
    op.drop_table("pseudonyms")
    op.drop_table("limits")
    op.drop_table("leases")
    op.drop_table("index_versions")
    op.drop_table("index_replicas")
    op.drop_table("index_pieces")

    op.drop_table("audit")

    op.drop_table("api_keys")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS audit_refuses()")
