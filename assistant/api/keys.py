"""API keys and the browser session they open: who is asking?

A key is named, long and random; the server holds its SHA-256 only (P12). A slow hash would guard
nothing here: 256 random bits cannot be guessed from their digest. A browser swaps a key for a
signed cookie at /login, so the key itself is never kept in the browser.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from pathlib import Path

from assistant.roles import Role
from corpus.errors import AdvisorError

COOKIE = "advisor_session"
SESSION_SECONDS = 12 * 3600
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadKeyList(AdvisorError):
    """For the operator: ADVISOR_API_KEYS cannot be read."""

    code = "bad-key-list"


def digest(key: str) -> str:
    """SHA-256 of a key, hex: what the settings hold."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_key(name: str, role: Role = Role.READER) -> tuple[str, str]:
    """A fresh key for `name`, shown once, and the `name:digest:role` entry for ADVISOR_API_KEYS.

    A reader's entry says no role.

    Raises:
        BadKeyList: the name is not letters, digits, `_`, `.` or `-`, at most 64.
    """
    if not _NAME.fullmatch(name):
        raise BadKeyList("A key's name is letters, digits, '_', '.' or '-', at most 64.")
    key = "itud_" + secrets.token_urlsafe(32)
    return key, f"{name}:{digest(key)}" + ("" if role is Role.READER else f":{role}")


class Keys:
    """The keys of one server: by name, as digests."""

    def __init__(
        self, digests: Mapping[str, str], secret: bytes, roles: Mapping[str, Role] | None = None
    ) -> None:
        """`digests` by name; `secret` signs session cookies; `roles` by name, else reader."""
        self._roles = dict(roles or {})
        self._digests = dict(digests)
        self._secret = secret

    @classmethod
    def parse(cls, text: str, secret: bytes) -> Keys:
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
        return cls(digests, secret, roles)

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

    def cookie(self, owner: str, now: float | None = None) -> str:
        """A signed session for `owner`, good for SESSION_SECONDS or until the key is taken away."""
        expires = int((time.time() if now is None else now) + SESSION_SECONDS)
        return f"{owner}|{expires}|{self._sign(owner, expires)}"

    def owner_of_cookie(self, cookie: str, now: float | None = None) -> str | None:
        """Owner of a session cookie that is genuine, in date and whose key still exists."""
        owner, _, rest = cookie.partition("|")
        expires, _, signature = rest.partition("|")
        if owner not in self._digests or not expires.isdecimal():
            return None
        if int(expires) < (time.time() if now is None else now):
            return None
        genuine = hmac.compare_digest(signature, self._sign(owner, int(expires)))
        return owner if genuine else None

    def _sign(self, owner: str, expires: int) -> str:
        message = f"{owner}|{expires}|{self._digests[owner]}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()


def session_secret(home: Path) -> bytes:
    """The data directory's own secret for cookies, made on first use, readable by its owner."""
    path = home / "session.key"
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            file.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    return path.read_bytes()
