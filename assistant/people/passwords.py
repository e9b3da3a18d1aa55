"""Passwords: Argon2id with the parameters of RFC 9106's second choice, by argon2-cffi."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from assistant.people.errors import BadPassword

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH, MAX_LENGTH = 12, 200
_LOOKED_AT = 64
_LEAST_SCORE = 3
"""Of zxcvbn, 0 to 4: 3 is more than 10^8 guesses."""

_AT_ONCE = threading.BoundedSemaphore(4)
"""A check takes 64 MiB; more than so many at once wait, or signing in could exhaust the memory."""


def check_new(password: str, name: str) -> None:
    """Whether a password may be used.

    Length is what NIST SP 800-63B asks for, and so is refusing what is common: zxcvbn knows the
    lists of leaked passwords, names, words and keyboard runs. No rules about kinds of letters.

    Raises:
        BadPassword: too short, too long, common or made of what is, or it holds the name.
    """
    plain = _plain(password)
    if not MIN_LENGTH <= len(plain) <= MAX_LENGTH:
        raise BadPassword(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.")
    if len(set(plain)) < 5 or (len(name) > 3 and name.casefold() in plain.casefold()):
        raise BadPassword("This password is easy to guess. Take several words, not the name.")
    from zxcvbn import zxcvbn

    # Its time grows with the square of the length; what comes later only makes guessing harder.
    if zxcvbn(plain[:_LOOKED_AT], user_inputs=[name])["score"] < _LEAST_SCORE:
        raise BadPassword("This password is among those tried first. Take several unusual words.")


def generated() -> str:
    """A password nobody chose: 120 random bits in groups that can be typed."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))


def hashed(password: str) -> str:
    """Argon2 hash of a password, with its own salt and parameters."""
    with _AT_ONCE:
        return _hasher().hash(_plain(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether a password is the stored one; takes as long when there is none stored."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    with _AT_ONCE:
        try:
            right = _hasher().verify(stored or _nobodys(), _plain(password[: MAX_LENGTH * 2]))
        except (Argon2Error, InvalidHashError):
            return False
    return right and stored is not None


def outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


def _plain(password: str) -> str:
    """The same characters however a keyboard composed them; halves of pairs are dropped."""
    whole = password.encode("utf-8", "ignore").decode()
    return unicodedata.normalize("NFKC", whole)


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher, profiles

    return PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))
