"""A small OpenID provider that runs as a server: discovery, keys, authorization code with PKCE.

It signs with a real RS256 key and redirects like the real thing; its knobs make it misbehave.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "advisor", "a secret of the client's"


class OpenIdProvider:
    """One person is always signed in there: `who`. `wrong` says what is wrong with its tokens."""

    def __init__(self) -> None:
        self.url = ""
        self.who: dict[str, Any] = {"sub": "42", "preferred_username": "anna", "name": "Anna A."}
        self.wrong = ""
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.describe),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    def describe(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": "https://other.example" if self.wrong == "name" else self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
            }
        )

    def keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def token(self, request: Request) -> Response:
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        basic = base64.b64decode(request.headers["authorization"].removeprefix("Basic "))
        id, _, secret = basic.decode().partition(":")
        asked = self.codes.pop(form["code"], None)
        if asked is None or (unquote(id), unquote(secret).replace("+", " ")) != (CLIENT, SECRET):
            return JSONResponse({"error": "invalid_grant"}, 400)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "id_token": self.signed(asked["nonce"])}
        )

    def signed(self, nonce: str) -> str:
        at = int(time.time())
        claims = {
            **self.who,
            "iss": "https://other.example" if self.wrong == "issuer" else self.url,
            "aud": "another-client" if self.wrong == "audience" else CLIENT,
            "iat": at - 7200 if self.wrong == "expired" else at,
            "exp": at - 3600 if self.wrong == "expired" else at + 300,
            "nonce": "of another sign-in" if self.wrong == "nonce" else nonce,
        }
        if self.wrong == "party":
            claims |= {"aud": [CLIENT, "another-client"], "azp": "another-client"}
        if self.wrong == "no-expiry":
            del claims["exp"]
        if self.wrong == "symmetric":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        key = self.key
        if self.wrong == "signature":
            key = RSAKey.generate_key(2048, {"kid": "one"})
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


@contextlib.contextmanager
def running() -> Iterator[OpenIdProvider]:
    """A provider behind a port of its own."""
    provider = OpenIdProvider()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        provider.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(provider.app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield provider
        finally:
            server.should_exit = True
            thread.join(20)
