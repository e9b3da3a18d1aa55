"""The gate every request passes, to the API and to the mounted chat alike.

Default deny (P11): when keys are configured, nothing but OPEN_PATHS answers without one. Always:
only known Host names (DNS rebinding), no cross-site writes, bounded bodies, security headers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.api.errors import problem
from assistant.api.keys import COOKIE, Keys
from assistant.roles import NotAllowed, Role, may, needed
from assistant.store import LOCAL

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/login", "/favicon.ico"})
"""What answers without credentials: liveness, and the way in."""

SERVED_PATHS = frozenset(
    {
        *OPEN_PATHS,
        *("/", "/config", "/docs", "/logout", "/metrics", "/openapi.json", "/theme.css"),
        *(f"/gradio_api/{name}" for name in ("queue/join", "queue/data", "cancel", "reset")),
    }
)
SERVED_FOLDERS = (
    "/v1/",
    "/pages/",
    "/shared/",
    "/docs/files/",
    "/assets/",
    "/static/",
    "/gradio_api/heartbeat/",
)
"""Nothing else is reached: of Gradio's routes (files, uploads, proxies, monitoring, its own API)
only those that this chat uses."""

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_BODY_BYTES = 1_000_000
"""A question is at most some thousand characters; nothing but an upload is larger."""

MAX_UPLOAD_BYTES = 64 * 1024 * 1024
"""Of a librarian's upload; the largest official PDFs are some tens of megabytes."""

CONTENT_POLICY = "; ".join(
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
_HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


class BodyTooLarge(HTTPException):
    """The body ran past `most` bytes while it was read."""

    def __init__(self, most: int) -> None:
        super().__init__(413, f"This request may hold at most {most:,} bytes.")


class Gate:
    """ASGI middleware; sets `scope["state"]["owner"]` to who is asking."""

    def __init__(
        self,
        app: ASGIApp,
        keys: Keys,
        hosts: Iterable[str] = (),
        switched_off: Callable[[str], str | None] = lambda face: None,
    ) -> None:
        """Guard `app`.

        Args:
            app: what lies behind.
            keys: who may enter; with none, everyone who reaches the (loopback) port is `LOCAL`.
            hosts: names this server is reached by, beside loopback's own.
            switched_off: reason why 'web' or 'api' is switched off, or None.
        """
        self._app = app
        self._keys = keys
        self._hosts = LOOPBACK_HOSTS | {host.lower() for host in hosts}
        self._switched_off = switched_off

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
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, sent)
            return
        try:
            await self._app(scope, _bounded(receive, _most(scope)), sent)
        except BodyTooLarge:
            await _too_large(_most(scope))(scope, receive, sent)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        if _host(headers.get("host", "")) not in self._hosts:
            return problem(
                400, "unknown-host", "This server does not answer to that name (ADVISOR_HOSTS)."
            )
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and _cross_site(headers):
            return problem(403, "cross-site", "Requests from other sites are refused.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _most(scope):
            return _too_large(_most(scope))
        path = _path(scope)
        if not path.startswith("/"):
            return problem(400, "bad-request", "The path is not absolute.")
        owner = self._owner(headers)
        state = scope.setdefault("state", {})
        state["owner"] = owner or ""
        state["role"] = Role.READER if owner is None else self._role(owner)
        if owner is None and path not in OPEN_PATHS:
            return _sign_in(scope, headers, path)
        if path not in SERVED_PATHS and not path.startswith(SERVED_FOLDERS):
            return problem(404, "not-found", "There is nothing here. See / and /docs.")
        wanted = needed(scope["method"], path)
        if owner is not None and not may(self._role(owner), wanted):
            return problem(403, NotAllowed.code, f"This needs the role '{wanted}'. Ask an admin.")
        if path not in OPEN_PATHS:
            reason = self._switched_off("api" if path.startswith("/v1/") else "web")
            if reason is not None and path != "/metrics":
                return problem(503, "switched-off", f"Switched off by the operator: {reason}")
        return None

    def _role(self, owner: str) -> Role:
        """On a loopback server without keys everyone is the machine's own user."""
        return self._keys.role(owner) if self._keys else Role.ADMIN

    def _owner(self, headers: Headers) -> str | None:
        if not self._keys:
            return LOCAL
        scheme, _, token = headers.get("authorization", "").partition(" ")
        key = token.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
        if key:
            return self._keys.owner(key)
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            return None
        return self._keys.owner_of_cookie(morsel.value) if morsel else None


def _path(scope: Scope) -> str:
    """Path inside the application, without the proxy's root path."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(root) else path


def _host(header: str) -> str:
    """Host name of a Host header, lower case, without its port; '' when malformed."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _cross_site(headers: Headers) -> bool:
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    # A proxy may change the port, so names are compared; the page's own port is the browser's care.
    return _host(urlsplit(origin).netloc) != _host(headers.get("host", ""))


def _most(scope: Scope) -> int:
    """Bytes the body of this request may have."""
    upload = scope["method"] == "POST" and _path(scope) == "/v1/documents"
    return MAX_UPLOAD_BYTES if upload else MAX_BODY_BYTES


def _too_large(most: int) -> Response:
    return problem(413, "too-large", f"This request may hold at most {most:,} bytes.")


def _sign_in(scope: Scope, headers: Headers, path: str) -> Response:
    root = str(scope.get("root_path", ""))
    if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
        return RedirectResponse(f"{root}/login?next={quote(path, safe='/')}", 303)
    return problem(
        401,
        "sign-in",
        "Send your key as 'Authorization: Bearer KEY', or sign in at /login.",
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
            if "cache-control" not in headers:
                headers["cache-control"] = "no-store"
            if scope.get("scheme") == "https":
                headers["strict-transport-security"] = "max-age=31536000"
        await send(message)

    return sending
