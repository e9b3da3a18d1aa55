"""What can be wrong with a name, a password, a key or a sign-in."""

from __future__ import annotations

from corpus.errors import AdvisorError


class BadName(AdvisorError):
    """For the operator: the name of a person or key cannot be used."""

    code = "bad-name"


class NameTaken(AdvisorError):
    """For the operator: an account has this name already."""

    code = "name-taken"


class BadPassword(AdvisorError):
    """For whoever sets one: the password is too short or too easy. The old one stays."""

    code = "bad-password"


class UnknownUser(AdvisorError):
    """For the operator: no account has this name."""

    code = "unknown-user"


class UnknownKey(AdvisorError):
    """For the operator: no key has this id."""

    code = "unknown-key"


class UnknownSession(AdvisorError):
    """No such session, or it is another person's."""

    code = "unknown-session"


class UnknownOpinion(AdvisorError):
    """For the operator: no feedback has this number."""

    code = "unknown-feedback"


class LastAdmin(AdvisorError):
    """For the operator: refused, since nobody could administer the server any more."""

    code = "last-admin"


class SignInRefused(AdvisorError):
    """For whoever signs in: name and password do not match, or the account is disabled."""

    code = "sign-in-refused"


class LockedOut(AdvisorError):
    """For whoever signs in: too many failures; wait. Says nothing of whether the name exists."""

    code = "locked-out"

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds
