"""Signing in at a real OpenID provider that runs beside the test, good and bad (P11, P12)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from assistant.operating.workspace import database
from assistant.people.people import People
from assistant.people.provider import BadProvider, Provider, ProviderSettings, role_map
from assistant.people.roles import Role
from assistant.people.tables import journeys_table
from assistant.ui.app import create_app
from corpus.database import reading
from tests.assistant.openid import CLIENT, SECRET, OpenIdProvider, running
from tests.assistant.tiny import tiny_advisor, tiny_settings


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    with running() as started:
        yield started


@pytest.fixture(autouse=True)
def well_behaved(provider: OpenIdProvider) -> None:
    provider.wrong = ""
    provider.who = {"sub": "42", "preferred_username": "anna", "name": "Anna A."}


def client_of(home: Path, provider: OpenIdProvider, **more: Any) -> TestClient:
    settings = tiny_settings(
        home,
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="Example Sign-in",
        **more,
    )
    app = create_app(settings, tiny_advisor(settings), chat=False)
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def there(client: TestClient, next: str = "/docs") -> str:
    """Leave for the provider, as a browser does; where it sends the browser back to."""
    left = client.get("/login/oidc", params={"next": next})
    assert left.status_code == 303
    return str(httpx.get(left.headers["location"]).headers["location"])


def back(client: TestClient, address: str) -> Any:
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def test_a_person_signs_in_there_and_is_known_here(
    tmp_path: Path, provider: OpenIdProvider
) -> None:
    client = client_of(tmp_path, provider)
    assert client.get("/v1/me").status_code == 401
    page = client.get("/login")
    assert "Example Sign-in" in page.text
    arrived = back(client, there(client))
    assert (arrived.status_code, arrived.headers["location"]) == (303, "/docs")
    me = client.get("/v1/me").json()
    assert (me["name"], me["role"], me["way"]) == ("anna", "reader", "oidc")
    people = People(database(tiny_settings(tmp_path)))
    assert people.users.get("anna").display == "Anna A."
    people.users.set_role("anna", Role.STAFF, by="operator")
    back(client, there(client))
    assert client.get("/v1/me").json()["role"] == "staff"  # the provider says nothing of roles
    assert [user.name for user in people.users.all()] == ["anna"]
    people.users.add("root", Role.ADMIN, by="operator")
    people.users.set_disabled("anna", True, by="root")
    assert client.get("/v1/me").status_code == 401
    assert back(client, there(client)).status_code == 401


def test_nobody_becomes_another_person_by_a_name(tmp_path: Path, provider: OpenIdProvider) -> None:
    people = People(database(tiny_settings(tmp_path)))
    people.users.add("anna", Role.ADMIN, by="operator")
    client = client_of(tmp_path, provider)
    back(client, there(client))
    assert client.get("/v1/me").json()["name"] == "anna-2"
    provider.who = {"sub": "43", "preferred_username": "local", "name": ""}
    back(client, there(client))
    assert client.get("/v1/me").json()["name"] == "member-local"


def test_roles_come_from_a_claim_where_they_are_mapped(
    tmp_path: Path, provider: OpenIdProvider
) -> None:
    client = client_of(
        tmp_path,
        provider,
        oidc_role_claim="access.groups",
        oidc_roles="d-staff=staff,d-lib=librarian",
    )
    for groups, role in (
        (["d-staff", "d-lib", "others"], "librarian"),
        ("d-staff", "staff"),
        ([], "reader"),
        ([["d-lib"], 7], "reader"),
    ):
        provider.who["access"] = {"groups": groups}
        back(client, there(client))
        assert client.get("/v1/me").json()["role"] == role


@pytest.mark.parametrize(
    "wrong",
    ["issuer", "audience", "expired", "nonce", "signature", "symmetric", "party", "no-expiry"],
)
def test_a_token_that_proves_nothing_opens_nothing(
    tmp_path: Path, provider: OpenIdProvider, wrong: str
) -> None:
    client = client_of(tmp_path, provider)
    address = there(client)
    provider.wrong = wrong
    arrived = back(client, address)
    assert arrived.status_code == 401, wrong
    assert "advisor_session" not in arrived.headers.get("set-cookie", "")
    people = People(database(tiny_settings(tmp_path)))
    assert people.users.all() == []
    assert people.audit.lines()[0].action == "sign-in-failed"


def test_only_the_browser_that_left_comes_back_and_only_once(
    tmp_path: Path, provider: OpenIdProvider
) -> None:
    client = client_of(tmp_path, provider)
    other = TestClient(client.app, base_url="http://127.0.0.1", follow_redirects=False)
    address = there(client)
    assert back(other, address).status_code == 401  # somebody else's link, followed
    assert back(client, address).status_code == 401  # and it is spent
    address = there(client)
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert back(client, address.replace(state, "x" * len(state))).status_code == 401
    assert back(client, address).status_code == 303
    assert back(client, address).status_code == 401
    address = there(client)
    engine = database(tiny_settings(tmp_path))
    with engine.begin() as connection:
        connection.execute(update(journeys_table).values(expires=time.time() - 1))
    assert back(client, address).status_code == 401
    with reading(engine) as connection:
        assert connection.execute(select(journeys_table)).all() == []
    assert back(client, there(client, "//evil.example")).headers["location"] == "/"


def test_a_provider_that_is_down_is_said_and_another_way_in_stays(
    tmp_path: Path, provider: OpenIdProvider
) -> None:
    provider.wrong = "name"  # it gives itself another name: not the one that was set
    client = client_of(tmp_path, provider)
    assert client.get("/login/oidc").status_code == 503
    gone = OpenIdProvider()
    gone.url = "http://127.0.0.1:9"
    client = client_of(tmp_path / "other", gone)
    answer = client.get("/login/oidc")
    assert answer.status_code == 503
    assert "127.0.0.1:9" not in answer.text
    assert client.get("/login").status_code == 200


def test_settings_that_cannot_be_used_stop_the_start(tmp_path: Path) -> None:
    engine = database(tiny_settings(tmp_path))
    for issuer, id in (("http://sign-in.example", CLIENT), ("", CLIENT), ("https://a.example", "")):
        with pytest.raises(BadProvider):
            Provider(ProviderSettings(issuer=issuer, client_id=id), engine)
    assert role_map("a=b=staff, c=admin") == {"a=b": Role.STAFF, "c": Role.ADMIN}
    for text in ("staff", "=staff", "a=king"):
        with pytest.raises(BadProvider):
            role_map(text)
