"""Who is asking? A key, a browser session, a visitor, or whoever sits at this machine."""

from __future__ import annotations

import ipaddress
import secrets
import time
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers

from assistant.api.keys import COOKIE, VISITOR_COOKIE, Keys
from assistant.people.limits import ANONYMOUS, Limits
from assistant.people.people import People
from assistant.people.person import Person, Way
from assistant.people.roles import Role
from assistant.people.sessions import Session
from assistant.records.conversations import LOCAL

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
_LOOK_AGAIN_SECONDS = 1.0


class Access:
    """The ways in of one server. Safe to use from many threads."""

    def __init__(
        self,
        keys: Keys,
        people: People,
        limits: Limits,
        *,
        loopback: bool,
        sign_in: bool = False,
        anonymous: bool = False,
        anonymous_requests: int = 240,
    ) -> None:
        """The ways in.

        Args:
            keys: those of the settings.
            people: accounts, keys and sessions of the database.
            limits: count what visitors send.
            loopback: whether the server listens to this machine only.
            sign_in: whether people sign in elsewhere (OpenID Connect), so that one always has to.
            anonymous: whether visitors without an account may read and ask.
            anonymous_requests: so many a minute from one address.
        """
        self.keys = keys
        self.people = people
        self.anonymous = anonymous
        self._limits = limits
        self._requests = anonymous_requests
        self._loopback = loopback
        self._closed = bool(keys) or sign_in
        self._looked = 0.0

    def must_sign_in(self) -> bool:
        """Whether anybody has to show who they are; once so, it stays so."""
        if not self._closed and time.monotonic() - self._looked >= _LOOK_AGAIN_SECONDS:
            self._closed = self.people.known()
            self._looked = time.monotonic()
        return self._closed

    def person(self, headers: Headers, host: str, address: str) -> Person | None:
        """Who sends these headers, to `host`, from `address`; None when they show nothing good."""
        key = _sent_key(headers)
        if key and self.must_sign_in():  # clients that insist on sending one may, where none is
            return self.of_key(key)
        cookies = _cookies(headers)
        if COOKIE in cookies:
            session = self.people.sessions.holder(cookies[COOKIE])
            person = None if session is None else self._of_session(session)
            if person is not None:
                return person
        if not self.must_sign_in():
            near = self._loopback and host in LOOPBACK_HOSTS
            if near and not any(name in headers for name in _FORWARDED):
                return Person(name=LOCAL, role=Role.ADMIN, way=Way.LOOPBACK)
        if self.anonymous:
            return self._visitor(cookies.get(VISITOR_COOKIE, ""), address)
        return None

    def of_key(self, key: str) -> Person | None:
        """Whose key this is: of the settings or of the database."""
        name = self.keys.owner(key)
        if name is not None:
            return Person(name=name, role=self.keys.role(name), way=Way.KEY)
        held = self.people.keys.holder(key)
        return None if held is None else Person(name=held.owner, role=held.role, way=Way.KEY)

    def open_with_key(self, key: str) -> tuple[Session, str] | None:
        """A browser session for a key, and its token; None when the key opens nothing."""
        name = self.keys.owner(key)
        if name is not None:
            return self.people.sessions.open(name, Way.KEY, self.keys.credential(name))
        held = self.people.keys.holder(key)
        return None if held is None else self.people.sessions.open(held.owner, Way.KEY, held.id)

    def visitor_cookie(self, person: Person) -> str:
        """What a visitor's cookie holds, so that they find their conversation again."""
        return f"{person.name}.{self.people.signer.sign('visitor', person.name)}"

    def count(self, address: str) -> None:
        """Count a visitor's request.

        Raises:
            TooManyRequests: there were too many from this address in this minute.
        """
        self._limits.request(self._digest(address), self._requests)

    def _of_session(self, session: Session) -> Person | None:
        """Whoever opened it, while what they opened it with is still good."""
        role: Role | None = None
        if session.way is not Way.KEY:
            user = self.people.users.find(session.owner)
            role = None if user is None or user.disabled else user.role
        elif self.keys.credential_is_good(session.owner, session.credential):
            role = self.keys.role(session.owner)
        else:
            held = self.people.keys.usable(session.credential)
            role = None if held is None else held.role
        if role is None:
            return None
        return Person(name=session.owner, role=role, way=session.way, session=session.id)

    def _visitor(self, cookie: str, address: str) -> Person:
        """A visitor known by their cookie, or a new one of this address."""
        name, _, signature = cookie.rpartition(".")
        if not (name and self.people.signer.genuine("visitor", name, signature)):
            name = f"{ANONYMOUS}-{self._digest(address)[:16]}-{secrets.token_hex(8)}"
        return Person(name=name, role=Role.READER, way=Way.ANONYMOUS)

    def _digest(self, address: str) -> str:
        return self.people.signer.sign("visitor-address", _network(address))


def _network(address: str) -> str:
    """An address; of IPv6 the network that one household or office has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network(f"{address.partition('%')[0]}/64", strict=False))


def _sent_key(headers: Headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")


def _cookies(headers: Headers) -> dict[str, str]:
    try:
        held = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in held.items()}
