"""Signing in at an OpenID Connect provider: authorization code, PKCE, state and nonce.

The exchange is Authlib's, the token's signature joserfc's. What is away at the provider waits in
the database, single-use, for ten minutes, bound to the browser it left from.
Specification: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Engine, delete, insert, select

from assistant.people.errors import SignInRefused
from assistant.people.roles import Role, may
from assistant.people.tables import journeys_table
from assistant.people.users import User, Users
from corpus.database import make_tables
from corpus.documents import Frozen
from corpus.errors import AdvisorError

log = structlog.get_logger(__name__)

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "RS512", "ES384")
"""Public keys only: with HS256 whoever knows the client's secret could sign."""

_AWAY_SECONDS = 600.0
_TIMEOUT_SECONDS = 10.0
_LEEWAY_SECONDS = 60
_REMEMBERED_SECONDS = 3600.0


class BadProvider(AdvisorError):
    """For the operator: the settings of the OpenID provider cannot be used."""

    code = "bad-provider"


class ProviderDown(AdvisorError):
    """For whoever signs in: the provider does not answer, or not as one."""

    code = "provider-unreachable"


class ProviderRefused(SignInRefused):
    """For whoever signs in: what came back from the provider does not prove who they are."""

    code = "provider-refused"


class ProviderSettings(Frozen):
    """One provider.

    Attributes:
        issuer: its address; the discovery document lies under it.
        client_id, client_secret: of this server at the provider; the secret may be empty.
        role_claim: where a token says what its person may do; `a.b` looks inside `a`.
        roles: role by value of that claim; empty leaves roles to the admins of this server.
    """

    issuer: str
    client_id: str
    client_secret: str = ""
    role_claim: str = "roles"
    roles: dict[str, Role] = {}


def role_map(text: str) -> dict[str, Role]:
    """Read `value=role,value=role`.

    Raises:
        BadProvider: an entry is not that, or names no role.
    """
    found: dict[str, Role] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        value, _, role = (part.strip() for part in entry.rpartition("="))
        if not value or role not in set(Role):
            raise BadProvider(
                "ADVISOR_OIDC_ROLES holds entries like itu-d-staff=staff, separated by commas; "
                f"the roles are {', '.join(Role)}."
            )
        found[value] = Role(role)
    return found


class Provider:
    """Sign-in at one provider. Safe to use from many threads."""

    def __init__(self, settings: ProviderSettings, engine: Engine) -> None:
        """Nothing is asked of the provider until somebody signs in.

        Raises:
            BadProvider: its address is not https (but for this machine's own), or no client is set.
        """
        parts = urlsplit(settings.issuer)
        near = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and near)):
            raise BadProvider("ADVISOR_OIDC_ISSUER must be an https address.")
        if not settings.client_id:
            raise BadProvider("ADVISOR_OIDC_ISSUER is set, so ADVISOR_OIDC_CLIENT_ID is needed.")
        self.settings = settings
        self._engine = engine
        self._users = Users(engine)
        self._known: tuple[float, dict[str, Any]] = (0.0, {})
        make_tables(engine)

    def begin(self, back: str, next: str) -> tuple[str, str]:
        """Where to send the browser, and what its cookie holds until it comes back.

        Args:
            back: address of this server that the provider sends the browser to.
            next: path to go on to afterwards.

        Raises:
            ProviderDown: it does not answer.
        """
        browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        endpoint = str(self._discovered()["authorization_endpoint"])
        with self._client(back) as client:
            url, state = client.create_authorization_url(
                endpoint, state=secrets.token_urlsafe(32), nonce=nonce, code_verifier=verifier
            )
        moment = time.time()
        with self._engine.begin() as connection:
            table = journeys_table
            connection.execute(delete(table).where(table.c.expires < moment))
            connection.execute(
                insert(table).values(
                    state=_digest(state),
                    browser=_digest(browser),
                    nonce=nonce,
                    verifier=verifier,
                    next=next[:2000],
                    expires=moment + _AWAY_SECONDS,
                )
            )
        return str(url), browser

    def finish(self, back: str, state: str, code: str, browser: str) -> tuple[User, str]:
        """The account of whoever came back, and the path to go on to.

        Args:
            back: as for `begin`.
            state, code: of the query they came back with.
            browser: what their cookie holds.

        Raises:
            ProviderRefused: they did not leave from this browser, were away too long, or what the
                provider says of them is not signed by it, not for us, not of now.
            SignInRefused: their account here is disabled.
            ProviderDown: it does not answer.
        """
        table = journeys_table
        with self._engine.begin() as connection:
            where = table.c.state == _digest(state)
            row = connection.execute(select(table).where(where)).first()
            connection.execute(delete(table).where(where))
        if row is None or row.expires < time.time():
            raise _refused("state")
        if not hmac.compare_digest(row.browser, _digest(browser)):
            raise _refused("browser")
        claims = self._claims(self._token(back, code, row.verifier), row.nonce)
        user = self._users.of_provider(
            self.settings.issuer,
            str(claims["sub"])[:300],
            str(claims.get("preferred_username") or str(claims.get("email", "")).split("@")[0]),
            str(claims.get("name", "")),
            self._role(claims),
        )
        return user, str(row.next)

    def _token(self, back: str, code: str, verifier: str) -> str:
        import httpx
        from authlib.common.errors import AuthlibBaseError

        endpoint = str(self._discovered()["token_endpoint"])
        try:
            with self._client(back) as client:
                token = client.fetch_token(endpoint, code=code, code_verifier=verifier)
        except AuthlibBaseError as error:
            raise _refused("code") from error
        except (httpx.HTTPError, ValueError) as error:
            raise _down(error) from error
        if not isinstance(token, dict) or not isinstance(token.get("id_token"), str):
            raise _refused("no-id-token")
        return str(token["id_token"])

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        """Claims of an ID token that is signed by the provider, for us, of now, of this sign-in."""
        from joserfc import jwt
        from joserfc.errors import JoseError

        client = self.settings.client_id
        try:
            held = jwt.decode(token, self._keys(), algorithms=list(ALGORITHMS))
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self._discovered()["issuer"]},
                aud={"essential": True, "value": client},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(held.claims)
        except (JoseError, ValueError) as error:
            raise _refused(type(error).__name__) from error
        audience = held.claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if held.claims.get("azp", None if several else client) != client:
            raise _refused("azp")
        return held.claims

    def _keys(self) -> Any:
        from joserfc.jwk import KeySet

        return KeySet.import_key_set(self._fetched(str(self._discovered()["jwks_uri"])))  # type: ignore[arg-type]

    def _discovered(self) -> dict[str, Any]:
        at, known = self._known
        if known and time.monotonic() - at < _REMEMBERED_SECONDS:
            return known
        issuer = self.settings.issuer.rstrip("/")
        known = self._fetched(f"{issuer}/.well-known/openid-configuration")
        wanted = {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"}
        # RFC 9207 and Discovery 4.3: a provider that gives itself another name is another one.
        if not wanted <= known.keys() or str(known["issuer"]).rstrip("/") != issuer:
            raise ProviderDown("The sign-in provider does not describe itself. Tell an admin.")
        self._known = (time.monotonic(), known)
        return known

    @staticmethod
    def _fetched(url: str) -> dict[str, Any]:
        import httpx

        try:
            answer = httpx.get(url, timeout=_TIMEOUT_SECONDS, follow_redirects=False)
            answer.raise_for_status()
            value = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise _down(error) from error
        return value if isinstance(value, dict) else {}

    def _client(self, back: str) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client

        return OAuth2Client(
            self.settings.client_id,
            self.settings.client_secret or None,
            scope="openid profile email",
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method=(
                "client_secret_basic" if self.settings.client_secret else "none"
            ),
            timeout=_TIMEOUT_SECONDS,
        )

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        """The greatest role the token's values stand for; None where roles are given here."""
        if not self.settings.roles:
            return None
        value: Any = claims
        for part in self.settings.role_claim.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        role = Role.READER
        for one in values:
            mapped = self.settings.roles.get(one) if isinstance(one, str) else None
            if mapped is not None and not may(role, mapped):
                role = mapped
        return role


def _refused(why: str) -> ProviderRefused:
    log.warning("sign-in refused", why=why)
    return ProviderRefused("Signing in there did not work. Try again, or ask an admin.")


def _down(error: Exception) -> ProviderDown:
    log.warning("provider unreachable", error=type(error).__name__)
    return ProviderDown("The sign-in provider does not answer. Try again in a moment.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
