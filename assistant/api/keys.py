"""API keys of the settings (ADVISOR_API_KEYS); those of the database are in assistant.people.keys.

A key is named, long and random; the server holds its SHA-256 only (P12). A slow hash would guard
nothing here: 256 random bits cannot be guessed from their digest. A browser swaps a key for a
session at /login, so the key itself is never kept in the browser.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping

from assistant.people.keys import digest, new_secret
from assistant.people.roles import Role
from assistant.people.users import NAME as _NAME
from corpus.errors import AdvisorError

COOKIE = "advisor_session"
VISITOR_COOKIE = "advisor_visitor"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadKeyList(AdvisorError):
    """For the operator: ADVISOR_API_KEYS cannot be read."""

    code = "bad-key-list"


def new_key(name: str, role: Role = Role.READER) -> tuple[str, str]:
    """A fresh key for `name`, shown once, and the `name:digest:role` entry for ADVISOR_API_KEYS.

    A reader's entry says no role.

    Raises:
        BadKeyList: the name is not letters, digits, `_`, `.` or `-`, at most 64.
    """
    if not _NAME.fullmatch(name):
        raise BadKeyList("A key's name is letters, digits, '_', '.' or '-', at most 64.")
    key = new_secret()
    return key, f"{name}:{digest(key)}" + ("" if role is Role.READER else f":{role}")


class Keys:
    """The keys of one server: by name, as digests."""

    def __init__(self, digests: Mapping[str, str], roles: Mapping[str, Role] | None = None) -> None:
        """`digests` by name; `roles` by name, else reader."""
        self._roles = dict(roles or {})
        self._digests = dict(digests)

    @classmethod
    def parse(cls, text: str) -> Keys:
        """Read `name:sha256,name:sha256:role`; empty text gives no keys.

        Raises:
            BadKeyList: an entry is not `name:sha256[:role]`, or a name comes twice.
        """
        digests: dict[str, str] = {}
        roles: dict[str, Role] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            name, _, rest = entry.partition(":")
            value, _, role = (part.strip().lower() for part in rest.partition(":"))
            known = _NAME.fullmatch(name) and _DIGEST.fullmatch(value)
            if not known or name in digests or (role and role not in set(Role)):
                raise BadKeyList(
                    "ADVISOR_API_KEYS holds entries like anna:SHA256 (64 hex digits), separated by "
                    "commas, each name once; a role may follow, as in anna:SHA256:librarian. "
                    "`advisor key anna` makes one."
                )
            digests[name] = value
            roles[name] = Role(role) if role else Role.READER
        return cls(digests, roles)

    def __bool__(self) -> bool:
        """Whether anyone has to sign in."""
        return bool(self._digests)

    def role(self, owner: str) -> Role:
        """Role of a key's owner; a reader's where none was given."""
        return self._roles.get(owner, Role.READER)

    def owner(self, key: str) -> str | None:
        """Name of the key's owner, or None; takes as long for a wrong key as for a right one."""
        given, found = digest(key), None
        for name, known in self._digests.items():
            if hmac.compare_digest(given, known):
                found = name
        return found

    def credential(self, name: str) -> str:
        """What a browser session remembers of the key it was opened with."""
        return f"env:{self._digests[name][:32]}"

    def credential_is_good(self, name: str, credential: str) -> bool:
        """Whether a session's key is still this name's key here."""
        return name in self._digests and hmac.compare_digest(self.credential(name), credential)
