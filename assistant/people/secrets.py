"""Keyed digests that every replica computes alike: addresses and names that need not be stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cached_property

from sqlalchemy import Engine, insert, select

from assistant.people.tables import secrets_table
from corpus.database import make_tables, one_at_a_time, reading


class Signer:
    """HMAC-SHA-256 under the server's own secret, which is made on first use."""

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database."""
        self._engine = engine
        make_tables(engine)

    def sign(self, purpose: str, text: str) -> str:
        """64 hex digits, another for each purpose."""
        message = f"{purpose}\x00{text}".encode("utf-8", "replace")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()

    def genuine(self, purpose: str, text: str, signature: str) -> bool:
        """Whether `signature` is ours."""
        given = signature.encode("utf-8", "replace")
        return hmac.compare_digest(self.sign(purpose, text).encode(), given)

    @cached_property
    def _secret(self) -> bytes:
        table = secrets_table
        wanted = select(table.c.value).where(table.c.name == "signing")
        with reading(self._engine) as connection:
            value = connection.execute(wanted).scalar()
        if value is None:
            with self._engine.begin() as connection:
                one_at_a_time(connection, "server-secret")
                value = connection.execute(wanted).scalar()
                if value is None:
                    value = secrets.token_hex(32)
                    connection.execute(insert(table).values(name="signing", value=value))
        return bytes.fromhex(value)
