"""The whole application under a path of somebody's site, behind a real nginx
(ADVISOR_ROOT_PATH)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from assistant.people.roles import Role
from tests.e2e import sites
from tests.e2e.browser import MARKS, Person, chromium, person, until
from tests.e2e.sites import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS

UNDER = "/advisor"
QUESTION = "Which lantern laboratories are supported in harbours?"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with sites.site(
        tmp_path_factory.mktemp("subpath"),
        under=UNDER,
        anonymous_reading=True,
        trusted_proxies="127.0.0.1",
    ) as made:
        made.opening.people.users.add("ada", Role.ADMIN, by="local", password=PASSWORD)
        yield made.url.removesuffix(UNDER)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as held:
        yield held


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Person]:
    with person(browser, site + UNDER) as someone:
        strays: list[str] = []
        someone.page.on("request", lambda r: None if UNDER + "/" in r.url else strays.append(r.url))
        yield someone
        assert [url for url in strays if url.startswith(site)] == []


def test_asking_reading_and_fetching_stay_under_the_path(visitor: Person) -> None:
    page = visitor.page
    visitor.open("/")
    visitor.ask(QUESTION)
    assert page.locator("a.cite").count() >= 1
    cited = visitor.cited()
    page.reload()
    page.wait_for_selector(".turn")
    assert visitor.cited() == cited
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Markdown").first.click()
    assert fetched.value.path().stat().st_size > 100
    visitor.no_barriers()
    visitor.shot("subpath")
    page.get_by_label("Language").select_option("ar")
    until(page, "document.documentElement.dir === 'rtl'")


def test_the_way_in_leads_back_to_where_one_was_going(visitor: Person) -> None:
    page = visitor.page
    visitor.go("pages/admin")
    assert page.url.startswith(f"{visitor.site}/login")
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url(f"{visitor.site}/pages/admin")
    for cookie in page.context.cookies():
        assert cookie["path"].startswith(UNDER), cookie  # no other application of the site gets it
    for link in page.locator("header a, main a").all():
        href = link.get_attribute("href") or ""
        assert not href.startswith("/") or href.startswith(f"{UNDER}/"), href
    described = page.request.get(f"{visitor.site}/openapi.json").json()
    assert described["servers"][0]["url"] == UNDER  # "Try it out" asks the right place
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{visitor.site}/login**")


def test_answers_stream_through_and_the_rest_of_the_site_is_not_ours(site: str) -> None:
    kinds = []
    with (
        httpx.Client(base_url=f"{site}{UNDER}", timeout=60) as client,
        client.stream("POST", "/v1/ask/stream", json={"question": QUESTION}) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        kinds = [line[7:] for line in answer.iter_lines() if line.startswith("event: ")]
    assert kinds[-1] in ("answer", "done")
    assert httpx.get(f"{site}/healthz").status_code in (403, 404)  # nginx's own
    assert httpx.get(f"{site}{UNDER}/healthz").status_code == 200
