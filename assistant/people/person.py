"""Who is asking, and how they showed it."""

from __future__ import annotations

from enum import StrEnum

from assistant.people.roles import Role
from corpus.documents import Frozen


class Way(StrEnum):
    """How a person showed who they are."""

    LOOPBACK = "loopback"
    """They did not have to: the server answers this machine only and nobody has an account."""
    PASSWORD = "password"  # noqa: S105 - the name of a way in
    OIDC = "oidc"
    KEY = "key"
    ANONYMOUS = "anonymous"


class Person(Frozen):
    """Who a request is from.

    Attributes:
        name: owner of what they make; unique on this server.
        role: what they may do.
        way: how they showed who they are.
        session: public id of their browser session; None when they sent a key.
    """

    name: str
    role: Role
    way: Way
    session: str | None = None
