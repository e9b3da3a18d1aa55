"""The gate: default deny, hosts, cross-site writes, sizes, headers (P11, P12, P13)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from assistant.api import keys
from assistant.api.gate import MAX_BODY_BYTES
from assistant.api.keys import BadKeyList, new_key
from assistant.people.roles import Open, Role, rule_for
from assistant.ui.app import BadProxies, BusyPort, NotLoopback, create_app, is_loopback, serve
from corpus.errors import AdvisorError
from tests.assistant.tiny import tiny_advisor, tiny_settings

ANNA, ANNA_LINE = new_key("anna")
BORIS, BORIS_LINE = new_key("boris")


def client_of(home: Path, chat: bool = False, **settings: Any) -> TestClient:
    wanted = tiny_settings(home, **settings)
    app = create_app(wanted, tiny_advisor(wanted), chat=chat)
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[TestClient]:
    """A server with two keys."""
    with client_of(tmp_path, api_keys=f"{ANNA_LINE},{BORIS_LINE}") as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def paths_of(routes: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path an application answers, its mounts included."""
    for route in routes:
        router = getattr(route, "original_router", None) or getattr(route, "router", None)
        inner = getattr(route, "routes", None) or getattr(router, "routes", None)
        path = prefix + getattr(route, "path", "")
        if inner:
            yield from paths_of(inner, path if not isinstance(route, APIRoute) else prefix)
        else:
            for method in getattr(route, "methods", None) or {"GET"}:
                yield method, path


def test_p11_every_route_of_api_and_chat_is_refused_without_a_key(tmp_path: Path) -> None:
    client = client_of(tmp_path, chat=True, api_keys=ANNA_LINE)
    schema = client.get("/openapi.json", headers=bearer(ANNA)).json()
    walked = {(m.upper(), p) for p, methods in schema["paths"].items() for m in methods}
    walked |= set(paths_of(list(client.app.routes)))  # type: ignore[attr-defined]
    walked |= {
        ("GET", path)
        for path in (
            "/",
            "/config",
            "/gradio_api/file=/etc/passwd",
            "/gradio_api/info",
            "/gradio_api/queue/data",
            "/file=/etc/passwd",
            "/proxy=http://127.0.0.1/",
            "/login/",
            "/healthz/",
            "//healthz/../v1/documents",
        )
    }
    walked |= {("POST", "/gradio_api/upload"), ("POST", "/gradio_api/queue/join")}
    assert len(walked) > 40
    opened = set()
    for method, path in sorted(walked):
        rule = rule_for(method, path)
        if rule is not None and rule.open is Open.EVERYONE:
            opened.add(path.split("/{")[0])
            continue
        path = path.replace("{", "").replace("}", "").replace(":path", "")
        answer = client.request(method, path)
        assert answer.status_code in (401, 403), (method, path, answer.status_code)
    # The way in, whether the process lives, and an invitation whose token is the credential.
    assert opened <= {
        "/healthz",
        "/readyz",
        "/favicon.ico",
        "/login",
        "/login/oidc",
        "/contribute",
        "/contribute/files",
        "/pages/files",  # style and script of every page, the sign-in page's too
    }
    assert {"/healthz", "/login"} <= opened


def test_p13_gradio_serves_no_file_and_takes_no_upload(tmp_path: Path) -> None:
    client = client_of(tmp_path, chat=True)
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden")
    assert client.get("/").status_code == 200
    for path in (
        f"/gradio_api/file={secret}",
        f"/file={secret}",
        "/gradio_api/info",
        "/monitoring",
        "/gradio_api/deep_link",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "hidden" not in answer.text
    upload = client.post("/gradio_api/upload", files={"files": ("a.txt", b"x")})
    assert upload.status_code == 404
    assert (tmp_path / "gradio").stat().st_mode & 0o077 == 0


def test_p11_another_persons_conversation_does_not_exist(guarded: TestClient) -> None:
    asked = guarded.post(
        "/v1/ask", json={"question": "Which lantern laboratories?"}, headers=bearer(ANNA)
    ).json()
    conversation = f"/v1/conversations/{asked['conversation']}"
    turn = f"/v1/turns/{asked['id']}"
    for path in (conversation, f"{conversation}/export", turn, f"{turn}/trace", f"{turn}/export"):
        assert guarded.get(path, headers=bearer(ANNA)).status_code == 200, path
        assert guarded.get(path, headers=bearer(BORIS)).status_code == 404, path
    assert guarded.delete(conversation, headers=bearer(BORIS)).status_code == 404
    opinion = guarded.post(f"{turn}/feedback", json={"helpful": True}, headers=bearer(BORIS))
    assert opinion.status_code == 404
    assert guarded.get("/v1/conversations", headers=bearer(BORIS)).json() == []
    follow = {"question": "And more?", "conversation": asked["conversation"]}
    assert guarded.post("/v1/ask", json=follow, headers=bearer(BORIS)).status_code == 404


def test_a_key_opens_a_browser_session_that_is_not_the_key(guarded: TestClient) -> None:
    wrong = guarded.post("/login", data={"key": "guess"})
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    right = guarded.post("/login", data={"key": ANNA, "next": "//evil.example"})
    assert right.status_code == 303
    assert right.headers["location"] == "/"
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert ANNA not in cookie
    assert guarded.get("/v1/documents").status_code == 200
    guarded.cookies.clear()
    guarded.cookies.set(keys.COOKIE, "boris|99999999999|" + "0" * 64)
    assert guarded.get("/v1/documents").status_code == 401


def test_browsers_are_shown_the_way_in(guarded: TestClient) -> None:
    page = guarded.get("/docs", headers={"Accept": "text/html"})
    assert page.status_code == 303
    assert page.headers["location"] == "/login?next=/docs"
    hostile = guarded.get("/login", params={"next": '"><script>alert(1)</script>'})
    assert "<script>alert" not in hostile.text


def test_sessions_cannot_be_forged_and_end(tmp_path: Path) -> None:
    with client_of(tmp_path, api_keys=f"{ANNA_LINE},{BORIS_LINE}") as client:
        client.post("/login", data={"key": ANNA})
        token = client.cookies[keys.COOKIE]
        me = client.get("/v1/me").json()
        assert (me["name"], me["way"]) == ("anna", "key")
        for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "anna", ""):
            client.cookies.clear()
            client.cookies.set(keys.COOKIE, forged)
            assert client.get("/v1/documents").status_code == 401
        client.cookies.clear()
        client.cookies.set(keys.COOKIE, token)
        assert client.post("/logout").status_code == 403  # nothing shows that a page of ours asks
        own = {"X-CSRF-Token": me["csrf"]}
        assert client.post("/logout", headers=own).status_code == 303
        client.cookies.set(keys.COOKIE, token)  # the server has forgotten it, too
        assert client.get("/v1/documents").status_code == 401
        client.cookies.clear()
        client.post("/login", data={"key": ANNA})
        token = client.cookies[keys.COOKIE]
    # The key was renewed: what it opened before is shut.
    _, renewed = new_key("anna")
    with client_of(tmp_path, api_keys=renewed) as client:
        client.cookies.set(keys.COOKIE, token)
        assert client.get("/v1/documents").status_code == 401


@pytest.mark.parametrize(
    "line", ["anna", "anna:123", f"{ANNA_LINE},{ANNA_LINE}", "a b:" + "0" * 64]
)
def test_p12_a_bad_key_list_stops_the_start(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadKeyList):
        create_app(tiny_settings(tmp_path, api_keys=line), chat=False)


def test_only_known_host_names_are_answered(tmp_path: Path) -> None:
    client = client_of(tmp_path, hosts="advisor.example")
    for host, status in (
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("[::1]:8000", 200),
        ("advisor.example", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("", 400),
    ):
        assert client.get("/healthz", headers={"Host": host}).status_code == status, host


def test_other_sites_cannot_write(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    question = {"question": "Which lantern laboratories?"}
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        answer = client.post("/v1/ask", json=question, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross-site"), headers
    own = client.post("/v1/ask", json=question, headers={"Origin": "http://127.0.0.1"})
    assert own.status_code == 200
    assert "access-control-allow-origin" not in own.headers


def test_large_bodies_are_refused_with_and_without_a_length(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    assert client.post("/v1/ask", content=b"x" * (MAX_BODY_BYTES + 1)).status_code == 413

    def drip() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 50_000 + 2):
            yield b" " * 50_000

    answer = client.post("/v1/ask", content=drip())
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_security_headers_are_on_every_answer(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    for path in ("/healthz", "/v1/documents", "/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_p12_no_network_without_sign_in(tmp_path: Path) -> None:
    with pytest.raises(NotLoopback, match="advisor users add"):
        serve(tiny_settings(tmp_path, host="0.0.0.0"))
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("example.org")


def test_a_busy_port_is_said_plainly(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BusyPort, match="--port") as caught:
            serve(tiny_settings(tmp_path, port=taken.getsockname()[1]))
    assert isinstance(caught.value, AdvisorError)


FORWARDED = {"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Proto": "https"}


def from_peer(home: Path, peer: str) -> TestClient:
    """A server that trusts 10.0.0.7, and what is sent to it from `peer`."""
    wanted = tiny_settings(home, api_keys=ANNA_LINE, trusted_proxies="10.0.0.7, 10.9.0.0/16")
    app = create_app(wanted, tiny_advisor(wanted), chat=False)
    return TestClient(
        app, base_url="http://127.0.0.1", follow_redirects=False, client=(peer, 40000)
    )


@pytest.mark.parametrize(
    ("peer", "believed"),
    [("10.0.0.7", True), ("10.9.1.1", True), ("10.0.0.8", False), ("198.51.100.1", False)],
)
def test_only_trusted_proxies_say_who_asks_and_over_what(
    tmp_path: Path, peer: str, believed: bool
) -> None:
    with from_peer(tmp_path, peer) as client:
        answer = client.post("/login", data={"key": ANNA}, headers=FORWARDED)
        assert answer.status_code == 303
        assert ("; secure" in answer.headers["set-cookie"].lower()) is believed
        assert ("strict-transport-security" in answer.headers) is believed


def test_an_untrusted_peer_cannot_dodge_the_lockout_with_other_addresses(tmp_path: Path) -> None:
    with from_peer(tmp_path, "198.51.100.1") as client:
        said = [
            client.post(
                "/login", data={"key": "wrong"}, headers={"X-Forwarded-For": f"203.0.113.{n}"}
            ).status_code
            for n in range(8)
        ]
    assert said[0] == 401
    assert said[-1] == 429


def test_a_trusted_proxy_locks_out_one_client_and_not_the_others(tmp_path: Path) -> None:
    with from_peer(tmp_path, "10.0.0.7") as client:
        for _ in range(8):
            last = client.post("/login", data={"key": "wrong"}, headers=FORWARDED)
        other = client.post(
            "/login", data={"key": ANNA}, headers={"X-Forwarded-For": "198.51.100.10"}
        )
    assert last.status_code == 429
    assert other.status_code == 303


@pytest.mark.parametrize("line", ["*", "proxy.example", "10.0.0.7/8", "10.0.0.7,nonsense"])
def test_trusting_everybody_stops_the_start(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadProxies, match="ADVISOR_TRUSTED_PROXIES"):
        serve(tiny_settings(tmp_path, trusted_proxies=line))


def test_p12_a_name_for_others_needs_sign_in_on_loopback_too(tmp_path: Path) -> None:
    with pytest.raises(NotLoopback, match="ADVISOR_HOSTS names"):
        serve(tiny_settings(tmp_path, hosts="localhost, advisor.example"))


def test_what_a_librarian_and_an_asker_do_is_audited(tmp_path: Path) -> None:
    librarian, line = new_key("lena", Role.LIBRARIAN)
    with client_of(tmp_path, api_keys=line) as client:
        sent = bearer(librarian)
        asked = client.post("/v1/ask", headers=sent, json={"question": "Who reports?"}).json()
        shared = f"/v1/conversations/{asked['conversation']}/share"
        assert client.post(shared, headers=sent).status_code == 201
        assert client.delete(shared, headers=sent).status_code == 204
        conversation = f"/v1/conversations/{asked['conversation']}/export?format=md"
        assert client.get(conversation, headers=sent).status_code == 200
        document = client.get("/v1/documents", headers=sent).json()[0]["key"]
        for what in ("withdraw", "restore"):
            path = f"/v1/documents/{document}/{what}"
            assert client.post(path, headers=sent, json={"reason": "a test"}).status_code == 200
        lines = client.app.state.opening.people.audit.lines()  # type: ignore[attr-defined]
    done = [(line.actor, line.action, line.subject) for line in reversed(lines)]
    assert done == [
        ("lena", "shared", asked["conversation"]),
        ("lena", "unshared", asked["conversation"]),
        ("lena", "exported", asked["conversation"]),
        ("lena", "withdrawn", document),
        ("lena", "restored", document),
    ]


def test_a_failure_is_logged_by_its_route_not_its_path(tmp_path: Path) -> None:
    from structlog.testing import capture_logs

    wanted = tiny_settings(tmp_path)
    app = create_app(wanted, tiny_advisor(wanted), chat=False)

    def broken(token: str) -> str:
        raise RuntimeError("broken on purpose")

    app.state.opening.sharing.read = broken
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    with client, capture_logs() as lines:
        answer = client.get("/v1/shared/very-secret-token")
        assert answer.status_code == 500
    assert [line["route"] for line in lines if line["event"] == "request failed"] == [
        "/v1/shared/{token}"
    ]
    assert "very-secret-token" not in str(lines)
    [told] = [line for line in lines if line["event"] == "request failed"]
    assert told["where"][-1].endswith(" broken")  # where it broke, and what had called it
    assert any("sharing.py" in place for place in told["where"])
    assert "on purpose" not in str(lines)  # a message may hold what somebody wrote
    assert told["number"] in answer.json()["message"]  # so that they can be brought together
