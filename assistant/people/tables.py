"""Tables of accounts, keys, sessions, failed sign-ins and the audit, and nothing else.

Times are UTC, ISO 8601 to the millisecond, so that they sort and compare as text.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from corpus.database import metadata

users_table = Table(
    "users",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("display", String(200), nullable=False),
    Column("role", String(16), nullable=False),
    Column("password", String(200)),
    Column("issuer", String(300)),
    Column("subject", String(300)),
    Column("disabled", Boolean, nullable=False),
    Column("created", String(32), nullable=False),
    Column("seen", String(32)),
    UniqueConstraint("issuer", "subject", name="uq_users_issuer_subject"),
)
"""`password` is an Argon2 hash; `issuer` and `subject` are those of OpenID Connect."""

api_keys_table = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("owner", String(200), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("created", String(32), nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("expires", String(32)),
    Column("revoked", String(32)),
    Column("used", String(32)),
)

sessions_table = Table(
    "sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("owner", String(200), nullable=False, index=True),
    Column("way", String(16), nullable=False),
    Column("credential", String(80), nullable=False),
    Column("created", String(32), nullable=False),
    Column("seen", String(32), nullable=False),
    Column("expires", String(32), nullable=False),
)
"""`token` is the SHA-256 of what the cookie holds; `credential` is the key it was opened with."""

attempts_table = Table(
    "sign_in_attempts",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last", Float, nullable=False),
    Column("until", Float, nullable=False),
)
"""`subject` is a keyed digest of a name or an address, so that no row names anyone."""

journeys_table = Table(
    "sign_in_journeys",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("browser", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("next", String(2000), nullable=False),
    Column("expires", Float, nullable=False),
)
"""Sign-ins that are away at the OpenID provider; digests of `state` and of the browser's cookie."""

secrets_table = Table(
    "server_secrets",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(64), nullable=False),
)
"""What every replica signs with; made on first use."""

pseudonyms_table = Table(
    "pseudonyms",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
)
"""Whom a pseudonym of the audit stands for. Erasing a person takes the line away."""

audit_table = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", String(32), nullable=False, index=True),
    Column("actor", String(24), nullable=False, index=True),
    Column("action", String(32), nullable=False, index=True),
    Column("person", String(24)),
    Column("subject", String(300), nullable=False),
    Column("detail", Text, nullable=False),
)
"""Append-only. `actor` and `person` (on whom) are pseudonyms; `subject` is a thing, no name."""

_REFUSED = "the audit is only ever added to"
NEVER_CHANGED = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS audit_no_{verb} BEFORE {verb} ON audit "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
        for verb in ("update", "delete")
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$",
        "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_refuses()",
    ),
}
"""What makes the database itself refuse to change the audit, by dialect."""

for _dialect, _statements in NEVER_CHANGED.items():
    for _statement in _statements:
        event.listen(
            audit_table,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )

handled_table = Table(
    "feedback_handled",
    metadata,
    Column(
        "feedback", Integer, ForeignKey("feedback.number", ondelete="CASCADE"), primary_key=True
    ),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("note", Text, nullable=False),
)

limits_table = Table(
    "limits",
    metadata,
    Column("subject", String(200), primary_key=True),
    Column("per_minute", Integer, nullable=False),
    Column("at_once", Integer, nullable=False),
)
"""`subject` is a person's name or `role:reader`; 0 is no limit."""

windows_table = Table(
    "request_windows",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("minute", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
)
"""Requests of visitors without an account; `subject` is a keyed digest of their address."""
