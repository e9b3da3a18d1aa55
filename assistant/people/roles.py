"""Who may do what: one table of every route, walked by a test (P11). What it lacks is an admin's.

A person has one role, by their account or key. Visitors without either are let in where the
operator says so (ADVISOR_ANONYMOUS_READING), to what is marked here as open to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from corpus.errors import AdvisorError


class Role(StrEnum):
    """Of a person, by their account or key."""

    READER = "reader"
    STAFF = "staff"
    LIBRARIAN = "librarian"
    EVALUATOR = "evaluator"
    ADMIN = "admin"


class NotAllowed(AdvisorError):
    """For the asker: this needs a role that they have not."""

    code = "not-allowed"


_MAY = {
    Role.READER: {Role.READER},
    Role.STAFF: {Role.READER, Role.STAFF},
    Role.LIBRARIAN: {Role.READER, Role.STAFF, Role.LIBRARIAN},
    Role.EVALUATOR: {Role.READER, Role.STAFF, Role.EVALUATOR},
    Role.ADMIN: set(Role),
}
"""What each role includes: librarians and evaluators are staff."""


def may(role: Role, wanted: Role | None) -> bool:
    """Whether `role` is enough; None wants nothing but to be known."""
    return wanted is None or wanted in _MAY[role]


def lesser(one: Role, other: Role) -> Role:
    """The role that may do only what both may: of a key and its owner's account."""
    if may(other, one):
        return one
    return other if may(one, other) else Role.STAFF


class Open(StrEnum):
    """To whom a route is open beside those with its role."""

    NOBODY = "nobody"
    VISITORS = "visitors"
    """Without an account, where anonymous reading is switched on."""
    EVERYONE = "everyone"
    """Without an account, always: the way in, and whether the process lives."""


@dataclass(frozen=True)
class Rule:
    """Who may make a request.

    Attributes:
        methods: separated by spaces; `*` is any.
        path: of the route inside the application; `{x}` is one segment, `**` at the end any rest.
        role: what a person needs.
        open: who else is let in.
    """

    methods: str
    path: str
    role: Role = Role.READER
    open: Open = Open.NOBODY

    def covers(self, method: str, path: str) -> bool:
        """Whether this rule is about the request."""
        allowed = self.methods.split()
        return ("*" in allowed or method in allowed) and bool(_pattern(self.path).fullmatch(path))


_READ = "GET HEAD OPTIONS"
_STAFF, _LIBRARIAN, _EVALUATOR, _ADMIN = Role.STAFF, Role.LIBRARIAN, Role.EVALUATOR, Role.ADMIN
_VISITORS, _EVERYONE = Open.VISITORS, Open.EVERYONE

RULES: tuple[Rule, ...] = (
    # The way in, and whether the process lives.
    Rule(_READ, "/healthz", open=_EVERYONE),
    Rule(_READ, "/readyz", open=_EVERYONE),
    Rule(_READ, "/favicon.ico", open=_EVERYONE),
    Rule(_READ + " POST", "/login", open=_EVERYONE),
    Rule(_READ, "/login/oidc", open=_EVERYONE),
    Rule(_READ, "/login/oidc/**", open=_EVERYONE),
    Rule("POST", "/logout", open=_VISITORS),
    Rule(_READ, "/metrics", _EVALUATOR),
    Rule(_READ, "/v1/me", open=_VISITORS),
    Rule("*", "/v1/me/**"),
    # Asking and reading.
    Rule("POST", "/v1/ask", open=_VISITORS),
    Rule("POST", "/v1/ask/stream", open=_VISITORS),
    Rule("POST", "/v1/chat/completions", open=_VISITORS),
    Rule(_READ, "/v1/models", open=_VISITORS),
    Rule(_READ, "/v1/search", open=_VISITORS),
    Rule(_READ, "/v1/documents", open=_VISITORS),
    Rule(_READ, "/v1/documents/**", open=_VISITORS),
    Rule(_READ, "/v1/clauses/**", open=_VISITORS),
    Rule(_READ, "/v1/catalogue", open=_VISITORS),
    Rule(_READ, "/v1/pages/**", open=_VISITORS),
    Rule("POST", "/v1/mandates", open=_VISITORS),
    Rule("POST", "/v1/mandates/**", open=_VISITORS),
    Rule("POST", "/v1/comparisons", open=_VISITORS),
    # One's own conversations; the stores tell whose they are.
    Rule("POST DELETE", "/v1/conversations/{id}/share"),
    Rule(_READ, "/v1/conversations", open=_VISITORS),
    Rule("*", "/v1/conversations/{id}", open=_VISITORS),
    Rule(_READ, "/v1/conversations/{id}/export", open=_VISITORS),
    Rule(_READ, "/v1/turns/{id}", open=_VISITORS),
    Rule(_READ, "/v1/turns/{id}/trace"),
    Rule(_READ, "/v1/turns/{id}/export", open=_VISITORS),
    Rule("POST", "/v1/turns/{id}/feedback", open=_VISITORS),
    Rule(_READ, "/v1/shared/**", open=_VISITORS),
    Rule(_READ, "/shared/{token}", open=_VISITORS),
    # An invitation to contribute to a review: the token in the path is the credential.
    Rule("*", "/contribute/**", open=_EVERYONE),
    Rule("POST", "/v1/comparisons/**", open=_VISITORS),
    # Staff draft advice, librarians keep the shelf, evaluators measure, admins run the server.
    Rule("*", "/v1/drafts", _STAFF),
    Rule("*", "/v1/drafts/**", _STAFF),
    Rule("*", "/v1/reviews", _STAFF),
    Rule("*", "/v1/reviews/**", _STAFF),
    Rule("POST", "/v1/documents", _LIBRARIAN),
    Rule("POST", "/v1/documents/**", _LIBRARIAN),
    Rule(_READ, "/v1/marks", _LIBRARIAN),
    Rule("POST", "/v1/marks/**", _LIBRARIAN),
    Rule("*", "/v1/jobs", _LIBRARIAN),
    Rule("*", "/v1/jobs/**", _LIBRARIAN),
    Rule("*", "/v1/evaluations", _EVALUATOR),
    Rule("*", "/v1/evaluations/**", _EVALUATOR),
    Rule("*", "/v1/admin/**", _ADMIN),
    # The chat (of Gradio's own routes only those it uses), its files, the pages beside it.
    Rule(_READ, "/", open=_VISITORS),
    Rule(_READ, "/config", open=_VISITORS),
    Rule(_READ, "/theme.css", open=_VISITORS),
    Rule(_READ, "/assets/**", open=_VISITORS),
    Rule(_READ, "/static/**", open=_VISITORS),
    Rule("POST", "/gradio_api/queue/join", open=_VISITORS),
    Rule(_READ, "/gradio_api/queue/data", open=_VISITORS),
    Rule("POST", "/gradio_api/cancel", open=_VISITORS),
    Rule("POST", "/gradio_api/reset", open=_VISITORS),
    Rule(_READ, "/gradio_api/heartbeat/**", open=_VISITORS),
    Rule(_READ, "/pages/files/**", open=_EVERYONE),
    Rule(_READ, "/pages/compare", open=_VISITORS),
    Rule(_READ, "/pages/library", open=_VISITORS),
    Rule(_READ, "/pages/read", open=_VISITORS),
    Rule(_READ, "/pages/shelf", _LIBRARIAN),
    Rule(_READ, "/pages/shelf/**", _LIBRARIAN),
    Rule(_READ, "/pages/search-test", _STAFF),
    Rule(_READ, "/pages/evaluate", _EVALUATOR),
    Rule(_READ, "/pages/evaluate/**", _EVALUATOR),
    Rule(_READ, "/pages/admin", _ADMIN),
    Rule(_READ, "/pages/admin/**", _ADMIN),
    Rule("*", "/pages/**"),
    Rule(_READ, "/docs"),
    Rule(_READ, "/docs/files/**"),
    Rule(_READ, "/openapi.json"),
)
"""The first rule that covers a request decides."""


def rule_for(method: str, path: str) -> Rule | None:
    """The rule a request falls under, or None; `path` is that inside the application."""
    return next((rule for rule in RULES if rule.covers(method, path)), None)


def needed(method: str, path: str) -> Role:
    """The role a request needs; what has no rule needs an admin."""
    rule = rule_for(method, path)
    return Role.ADMIN if rule is None else rule.role


@lru_cache(maxsize=512)
def _pattern(path: str) -> re.Pattern[str]:
    rest = path.endswith("/**")
    parts = re.split(r"(\{\w+\})", path.removesuffix("/**"))
    body = "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)
    return re.compile(body + ("/.*" if rest else ""), re.DOTALL)
