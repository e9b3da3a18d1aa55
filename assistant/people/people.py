"""Everything about people in one database, opened together."""

from __future__ import annotations

from sqlalchemy import Engine

from assistant.people import personal
from assistant.people.attempts import Attempts
from assistant.people.audit import Action, Audit
from assistant.people.errors import LockedOut, SignInRefused
from assistant.people.inbox import Inbox
from assistant.people.keys import ApiKeys
from assistant.people.person import Way
from assistant.people.secrets import Signer
from assistant.people.sessions import Session, Sessions
from assistant.people.users import User, Users


class People:
    """Accounts, keys, sessions, audit, inbox. Safe to use from many threads."""

    def __init__(self, engine: Engine, session_hours: float = 12.0) -> None:
        """`engine` from corpus.database."""
        self.engine = engine
        self.users = Users(engine)
        self.keys = ApiKeys(engine)
        self.sessions = Sessions(engine, session_hours)
        self.audit = Audit(engine)
        self.inbox = Inbox(engine)
        self.signer = Signer(engine)
        self.attempts = Attempts(engine, self.signer)

    def known(self) -> bool:
        """Whether anybody was ever given an account or a key: from then on one has to sign in."""
        return self.users.any() or self.keys.any()

    def sign_in(self, name: str, password: str, address: str) -> tuple[Session, str]:
        """A session for name and password, and its token.

        Raises:
            LockedOut: too many failed before; the password was not looked at.
            SignInRefused: they do not match, or the account is disabled.
        """
        user = self.checked(name, password, address)
        return self.sessions.open(user.name, Way.PASSWORD, user.name)

    def checked(self, name: str, password: str, address: str) -> User:
        """The account that name and password open; guessing is slowed down.

        Raises:
            LockedOut, SignInRefused: as `sign_in`.
        """
        try:
            self.attempts.begin(name, address)
            user = self.users.check(name, password)
        except (LockedOut, SignInRefused) as error:
            # Whose name was tried is on record only when there is such a person.
            known = self.users.find(name)
            self.audit.record(
                known.name if known else "nobody", Action.SIGN_IN_FAILED, why=error.code
            )
            raise
        self.attempts.succeeded(name, address)
        return user

    def refused(self, why: str) -> None:
        """Put a sign-in that failed elsewhere on record."""
        self.audit.record("nobody", Action.SIGN_IN_FAILED, why=why)

    def keep_no_longer(self, days: int) -> int:
        """Delete what is older than it is kept; see assistant.people.personal.keep_no_longer."""
        return personal.keep_no_longer(self.engine, days)

    def erase(self, name: str, *, by: str) -> dict[str, int]:
        """Erase a person and what is theirs; see assistant.people.personal.erase."""
        self.attempts.forget(name)
        return personal.erase(self.engine, name, by=by)
