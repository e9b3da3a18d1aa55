"""The gate every request passes, to the API and to the mounted chat alike.

Default deny (P11): what a request needs is in the table of `assistant.people.roles`, and what is
not there is an admin's. Always: only known Host names (DNS rebinding), no cross-site writes,
bounded bodies, security headers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import quote, urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.access import LOOPBACK_HOSTS, Access
from assistant.api.errors import problem
from assistant.api.keys import VISITOR_COOKIE
from assistant.people.limits import TooManyRequests
from assistant.people.person import Person, Way
from assistant.people.roles import NotAllowed, Open, Role, Rule, may, rule_for

_MAYBE = ("/v1/", "/pages/")
"""Where a path without a rule may still be something, for an admin. Elsewhere there is nothing:
of Gradio's routes (files, uploads, proxies, monitoring, its own API) only those with a rule."""

_NEVER_CLOSED = ("/v1/admin/", "/v1/me", "/pages/admin", "/pages/files/", "/metrics", "/logout")
"""What the kill switch leaves open, so that it can be switched back."""

_UNCOUNTED = (
    "/assets/",
    "/static/",
    "/pages/files/",
    "/theme.css",
    "/gradio_api/heartbeat/",
    "/favicon.ico",
)
"""What visitors without an account load by the dozen; it is not counted."""

MAX_BODY_BYTES = 1_000_000
"""A question is at most some thousand characters; nothing but an upload is larger."""

_UPLOADS = re.compile(
    r"/v1/documents|/v1/jobs|/v1/reviews/[^/]+/evidence|/contribute/[^/]+/evidence"
)

_GUESTS = re.compile(r"/contribute/(?P<token>[^/]+)/")

MAX_UPLOAD_BYTES = 64 * 1024 * 1024
"""Of a librarian's upload; the largest official PDFs are some tens of megabytes."""

GRADIO_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio compiles its event code and inlines its configuration in the page.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_STRICT = (
    "default-src 'none'",
    "style-src 'self' 'unsafe-inline'",  # pictures and printed papers carry their styles
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
CONTENT_POLICY = "; ".join((*_STRICT, "script-src 'self'"))
"""Of every page but the chat: our own scripts from files, nothing inline, nothing compiled."""

DOCS_POLICY = "; ".join((*_STRICT, "script-src 'self' 'unsafe-inline'"))
"""Swagger UI begins with an inline script."""

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


_HASHED = re.compile(
    r"/assets/[\w.-]+-[\w-]{8}\d?\.(?:js|css|woff2?)|/(?:pages|contribute)/files/[\w.]+"
)
"""Files whose address changes when they do (the pages' carry the mark of their content)."""

_KEPT = "private, max-age=31536000, immutable"


class BodyTooLarge(HTTPException):
    """The body ran past `most` bytes while it was read."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"This request may hold at most {most:,} bytes.")


class Gate:
    """ASGI middleware; `scope["state"]` gets `person` (who asks), their `owner` name and `role`."""

    def __init__(
        self,
        app: ASGIApp,
        access: Access | None = None,
        hosts: Iterable[str] = (),
        switched_off: Callable[[str], str | None] = lambda face: None,
        invited: Callable[[str], bool] = lambda token: True,
    ) -> None:
        """Guard `app`.

        Args:
            app: what lies behind.
            access: who may enter; None while nothing but "starting" is said to anyone.
            hosts: names this server is reached by, beside loopback's own.
            switched_off: reason why 'web' or 'api' is switched off, or None.
            invited: whether a token of an invitation opens anything; asked before a byte of what
                is sent with it is read.
        """
        self._app = app
        self._access = access
        self._hosts = LOOPBACK_HOSTS | {host.lower() for host in hosts}
        self._switched_off = switched_off
        self._invited = invited
        # Of the gate's own: answers may hold every thread of the common pool for a while.
        self._threads = CapacityLimiter(8)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand the request on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks websocket
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        sent = _with_security_headers(send, scope)
        refusal = self._malformed(scope, headers)
        if refusal is None and self._access is not None:
            rule = rule_for(scope["method"], _path(scope))
            state = scope.setdefault("state", {})
            state.update(owner="", role=Role.READER, person=None)
            if rule is None or rule.open is not Open.EVERYONE:
                person, refusal = await to_thread.run_sync(
                    self._admitted, self._access, scope, headers, rule, limiter=self._threads
                )
                if person is not None:
                    state.update(owner=person.name, role=person.role, person=person)
                    sent = self._remembering(sent, scope, headers, person)
        if refusal is None and _unsafe(scope) and (guest := _GUESTS.match(_path(scope))):
            opens = await to_thread.run_sync(self._invited, guest["token"], limiter=self._threads)
            if not opens:
                refusal = problem(
                    404, "unknown-invitation", "This invitation opens nothing, or not any more."
                )
        if refusal is not None:
            await refusal(scope, receive, sent)
            return
        try:
            await self._app(scope, _bounded(receive, _most(scope)), sent)
        except BodyTooLarge:
            await _too_large(_most(scope))(scope, receive, sent)

    def _malformed(self, scope: Scope, headers: Headers) -> Response | None:
        """What is refused whoever asks."""
        if _host(headers.get("host", "")) not in self._hosts:
            return problem(
                400, "unknown-host", "This server does not answer to that name (ADVISOR_HOSTS)."
            )
        if _unsafe(scope) and _cross_site(headers):
            return problem(403, "cross-site", "Requests from other sites are refused.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _most(scope):
            return _too_large(_most(scope))
        if not _path(scope).startswith("/"):
            return problem(400, "bad-request", "The path is not absolute.")
        return None

    def _admitted(
        self, access: Access, scope: Scope, headers: Headers, rule: Rule | None
    ) -> tuple[Person | None, Response | None]:
        """Who asks, and why they are refused, if they are. Reads the database: in a thread."""
        path = _path(scope)
        address = scope["client"][0] if scope.get("client") else ""
        person = access.person(headers, _host(headers.get("host", "")), address)
        visitor = person is not None and person.way is Way.ANONYMOUS
        if person is None or (visitor and (rule is None or rule.open is Open.NOBODY)):
            return None, _sign_in(scope, headers, path)
        if visitor and not path.startswith(_UNCOUNTED):
            try:
                access.count(address)
            except TooManyRequests as error:
                return None, problem(429, error.code, error.message, **{"Retry-After": "60"})
        if person.session and _unsafe(scope) and not self._meant(access, headers, person):
            return None, problem(
                403, "cross-site", "Send the token of /v1/me as X-CSRF-Token, or an Origin."
            )
        if rule is None and not (path.startswith(_MAYBE) and person.role is Role.ADMIN):
            nothing = "There is nothing here. See / and /docs."
            if path.startswith("/v1/"):
                return None, problem(404, "not-found", nothing)
            return person, _told(scope, headers, person, 404, "not-found", nothing)
        if rule is not None and not may(person.role, rule.role):
            needs = f"This needs the role '{rule.role}'. Ask an admin."
            return person, _told(scope, headers, person, 403, NotAllowed.code, needs)
        reason = self._switched_off("api" if path.startswith("/v1/") else "web")
        if reason is not None and not path.startswith(_NEVER_CLOSED):
            said = f"Switched off by the operator: {reason}"
            return person, _told(scope, headers, person, 503, "switched-off", said)
        return person, None

    @staticmethod
    def _meant(access: Access, headers: Headers, person: Person) -> bool:
        """Whether a browser's own page sent this: it says so itself, or the page had the token."""
        if "origin" in headers or "sec-fetch-site" in headers:
            return True  # `_cross_site` looked at them
        token = headers.get("x-csrf-token", "")
        return access.people.signer.genuine("csrf", str(person.session), token)

    def _remembering(self, send: Send, scope: Scope, headers: Headers, person: Person) -> Send:
        """`send` that gives a visitor's browser the cookie by which it is known again."""
        access = self._access
        page = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
        if access is None or person.way is not Way.ANONYMOUS or not page:
            return send
        cookie = access.visitor_cookie(person)
        root = str(scope.get("root_path", "")) + "/"
        secure = "; Secure" if scope.get("scheme") == "https" else ""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append(
                    "set-cookie",
                    f"{VISITOR_COOKIE}={cookie}; Path={root}; Max-Age=43200; HttpOnly; "
                    f"SameSite=Lax{secure}",
                )
            await send(message)

        return sending


def _unsafe(scope: Scope) -> bool:
    return scope["method"] not in ("GET", "HEAD", "OPTIONS")


def _path(scope: Scope) -> str:
    """Path inside the application, without the proxy's root path."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(root) else path


def _host(header: str) -> str:
    """Host name of a Host header, lower case, without its port; '' when malformed."""
    return _host_and_port(header)[0]


def _host_and_port(header: str, scheme: str = "http") -> tuple[str, int]:
    """Name and port, the scheme's own where none is given; ('', 0) for what is more than these."""
    try:
        parts = urlsplit(f"//{header}")
        port = parts.port
    except ValueError:
        return "", 0
    if parts.netloc != header or "@" in header or not parts.hostname:
        return "", 0
    return parts.hostname.lower(), port or {"https": 443}.get(scheme, 80)


def _cross_site(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        parts = urlsplit(origin)
    except ValueError:
        return True
    ours, theirs = headers.get("host", ""), _host_and_port(parts.netloc, parts.scheme)
    if parts.scheme not in ("http", "https") or theirs[0] != _host(ours):
        return True
    # A proxy may change the port: where the browser itself says that the page is ours, it is.
    return site is None and theirs[1] != _host_and_port(ours, parts.scheme)[1]


def _never_changes(scope: Scope) -> bool:
    path = _path(scope)
    marked = path == "/theme.css" and scope["query_string"].startswith(b"v=")
    return marked or _HASHED.fullmatch(path) is not None


def _content_policy(path: str) -> str:
    """The loosest where Gradio's page needs it, and nowhere else."""
    if path == "/":
        return GRADIO_POLICY
    return DOCS_POLICY if path == "/docs" else CONTENT_POLICY


def _most(scope: Scope) -> int:
    """Bytes the body of this request may have."""
    upload = scope["method"] == "POST" and _UPLOADS.fullmatch(_path(scope)) is not None
    return MAX_UPLOAD_BYTES if upload else MAX_BODY_BYTES


def _told(
    scope: Scope, headers: Headers, person: Person, status: int, code: str, message: str
) -> Response:
    """A refusal: to a person at a browser a page in their language, to a program a Problem."""
    if scope["method"] != "GET" or "text/html" not in headers.get("accept", ""):
        return problem(status, code, message)
    from assistant.ui.site import refused  # the screens are above the gate

    return refused(scope, person, status, code, message)


def _too_large(most: int) -> Response:
    return problem(413, "too-large", f"This request may hold at most {most:,} bytes.")


def _sign_in(scope: Scope, headers: Headers, path: str) -> Response:
    root = str(scope.get("root_path", ""))
    if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
        return RedirectResponse(f"{root}/login?next={quote(path, safe='/')}", 303)
    return problem(
        401,
        "sign-in",
        "Sign in at /login, or send your key as 'Authorization: Bearer KEY'.",
        **{"WWW-Authenticate": "Bearer"},
    )


def _bounded(receive: Receive, most: int) -> Receive:
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > most:
                raise BodyTooLarge(most)
        return message

    return bounded


def _with_security_headers(send: Send, scope: Scope) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers["content-security-policy"] = _content_policy(_path(scope))
            if "cache-control" not in headers:
                kept = message["status"] == 200 and _never_changes(scope)
                headers["cache-control"] = _KEPT if kept else "no-store"
            if scope.get("scheme") == "https":
                headers["strict-transport-security"] = "max-age=31536000"
        await send(message)

    return sending
