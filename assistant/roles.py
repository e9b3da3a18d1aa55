"""Who may do what. A key has one role; what is not listed as needing one is for every reader."""

from __future__ import annotations

from enum import StrEnum

from corpus.errors import AdvisorError


class Role(StrEnum):
    """Of a person, by their key. An admin may do what anyone may."""

    READER = "reader"
    STAFF = "staff"
    LIBRARIAN = "librarian"
    EVALUATOR = "evaluator"
    ADMIN = "admin"


class NotAllowed(AdvisorError):
    """For the asker: this needs a role that their key has not."""

    code = "not-allowed"


def needed(method: str, path: str) -> Role | None:
    """The role a request needs, or None when any will do; `path` is that inside the application."""
    if path == "/v1/documents" or path.startswith("/v1/documents/"):
        return None if method in ("GET", "HEAD", "OPTIONS") else Role.LIBRARIAN
    return None


def may(role: Role, wanted: Role | None) -> bool:
    """Whether `role` is enough."""
    return wanted is None or role in (wanted, Role.ADMIN)
