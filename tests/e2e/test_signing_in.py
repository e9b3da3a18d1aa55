"""Coming in through the browser as a visitor and by way of an OpenID provider, and being
refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.assistant.openid import CLIENT, SECRET, OpenIdProvider, running
from tests.e2e import sites
from tests.e2e.browser import MARKS, Person, chromium, person, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS

QUESTION = "Which lantern laboratories are supported in harbours?"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, provider: OpenIdProvider) -> Iterator[str]:
    with sites.site(
        tmp_path_factory.mktemp("signing-in"),
        anonymous_reading=True,
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="Harbour Office",
        oidc_role_claim="groups",
        oidc_roles="keepers=librarian,masters=admin",
    ) as made:
        yield made.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as held:
        yield held


@pytest.fixture
def visitor(browser: Browser, site: str, provider: OpenIdProvider) -> Iterator[Person]:
    with person(browser, site) as someone:
        yield someone
        # The provider is the one other place that a browser may be sent to.
        someone.outside[:] = [u for u in someone.outside if not u.startswith(provider.url)]


def through_the_provider(someone: Person) -> None:
    someone.page.get_by_role("link", name="Harbour Office").click()


def test_a_visitor_reads_and_asks_and_is_led_to_the_door_for_the_rest(visitor: Person) -> None:
    page = visitor.page
    visitor.open()
    visitor.ask(QUESTION)
    assert page.locator("a.cite").count() >= 1
    menu = page.locator("header nav").inner_text()
    assert "Administration" not in menu
    assert "Evaluate" not in menu
    assert "Sign out" not in menu
    # Nothing is offered that a visitor would be refused.
    assert "API" not in menu
    assert page.get_by_role("button", name="Rename").is_visible()
    assert page.get_by_role("button", name="Share").count() == 0
    visitor.no_barriers()
    visitor.shot("visitor")
    page.reload()
    page.wait_for_selector(".turn")
    assert page.locator("a.cite").count() >= 1  # the visitor's own, in this browser
    page.get_by_role("link", name="Sign in").click()
    page.wait_for_url("**/login**")
    for path in ("pages/shelf", "pages/admin", "pages/evaluate"):
        visitor.go(path)
        assert "/login" in page.url, path
    visitor.no_barriers()
    visitor.in_every_language("login-provider")


def test_nobody_sees_what_another_visitor_asked(visitor: Person, browser: Browser) -> None:
    visitor.open()
    visitor.ask(QUESTION)
    until(visitor.page, "location.search.includes('c=') || location.hash.length > 1")
    address = visitor.page.url
    with person(browser, visitor.site) as other:
        other.page.goto(address)
        other.page.wait_for_selector(".welcome, [role=alert], .bad", state="attached")
        assert QUESTION not in other.page.inner_text("body")


def test_a_person_comes_in_by_the_provider_with_the_role_it_claims(
    visitor: Person, provider: OpenIdProvider
) -> None:
    page = visitor.page
    provider.wrong = ""
    provider.who = {"sub": "7", "preferred_username": "kim", "groups": ["keepers"]}
    visitor.go("pages/shelf")
    through_the_provider(visitor)
    page.wait_for_selector("h2:has-text('Add and withdraw')")  # where the visitor was going
    assert "code=" not in page.url
    assert "state=" not in page.url
    visitor.no_barriers()
    visitor.shot("signed-in-by-provider")
    answer = page.goto(f"{visitor.site}/pages/admin")
    assert answer is not None
    assert answer.status == 403
    assert page.get_by_role("alert").is_visible()
    page.goto(visitor.site)
    page.get_by_role("button", name="Sign out").click()
    visitor.go("pages/shelf")
    assert "/login" in page.url


def test_what_the_provider_cannot_prove_opens_nothing_and_is_said_in_words(
    visitor: Person, provider: OpenIdProvider
) -> None:
    page = visitor.page
    provider.wrong = "signature"
    try:
        visitor.go("pages/admin")
        through_the_provider(visitor)
        alert = page.get_by_role("alert")
        alert.wait_for()
        told = page.inner_text("body")
        for leak in ("Traceback", "signature", provider.url, "jwt", "nonce"):
            assert leak not in told
        visitor.no_barriers()
        visitor.shot("provider-refused")
    finally:
        provider.wrong = ""
    provider.who = {"sub": "8", "preferred_username": "max", "groups": ["masters"]}
    visitor.go("pages/admin")
    through_the_provider(visitor)
    page.wait_for_selector("main h2")  # the same browser, another try
    assert "Administration" in page.locator("header nav").inner_text()
