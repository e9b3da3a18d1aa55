"""People at the door and inside: each way in, each role, what each is refused, administration."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from assistant.api.access import _LOOK_AGAIN_SECONDS
from assistant.api.opening import _SWITCH_SECONDS, Opening
from assistant.people.roles import Role
from tests.e2e import sites
from tests.e2e.browser import LANGUAGES, MARKS, Person, chromium, person, until
from tests.e2e.sites import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS

PAGES = {
    "pages/compare": set(Role),
    "pages/library": set(Role),
    "pages/read?at=pp-res-900@2030": set(Role),
    "pages/shelf": {Role.LIBRARIAN, Role.ADMIN},
    "pages/search-test": {Role.LIBRARIAN, Role.EVALUATOR, Role.ADMIN},
    "pages/evaluate": {Role.EVALUATOR, Role.ADMIN},
    "pages/admin": {Role.ADMIN},
    "pages/admin/users": {Role.ADMIN},
}
TABS = ("", "/users", "/keys", "/limits", "/inbox", "/audit")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    with sites.site(tmp_path_factory.mktemp("people")) as made:
        for role in Role:
            made.opening.people.users.add(f"{role}.one", role, by="local", password=PASSWORD)
        time.sleep(_LOOK_AGAIN_SECONDS)  # a server remembers that nobody had an account
        yield made


@pytest.fixture
def opening(both: sites.Site) -> Opening:
    return both.opening


@pytest.fixture
def site(both: sites.Site) -> str:
    return both.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as held:
        yield held


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[Person]:
    with person(browser, site) as someone:
        yield someone


def sign_in(someone: Person, name: str, password: str = PASSWORD, path: str = "") -> None:
    page = someone.page
    someone.go(path)
    page.wait_for_url("**/login**")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").first.click()


def test_p11_nobody_sees_anything_before_they_sign_in(visitor: Person) -> None:
    page = visitor.page
    for path in ("", "pages/admin", "pages/shelf", "docs"):
        visitor.go(path)
        assert "/login" in page.url
    visitor.no_barriers()
    visitor.shot("login")
    sign_in(visitor, "reader.one", "wrong")
    assert page.get_by_role("alert").is_visible()
    visitor.no_barriers()
    sign_in(visitor, "reader.one")
    page.wait_for_selector(".welcome")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login**")
    visitor.go("pages/compare")
    assert "/login" in page.url


@pytest.mark.parametrize("role", list(Role))
def test_p11_each_role_sees_its_menu_and_is_refused_the_rest(visitor: Person, role: Role) -> None:
    page = visitor.page
    sign_in(visitor, f"{role}.one", path="pages/compare")
    page.wait_for_selector("main h2")
    menu = page.locator("header nav").inner_text()
    assert ("Evaluate" in menu) == (role in PAGES["pages/evaluate"])
    assert ("Administration" in menu) == (role in PAGES["pages/admin"])
    for path, roles in PAGES.items():
        answer = page.goto(f"{visitor.site}/{path}")
        assert answer is not None
        assert answer.status == (200 if role in roles else 403), path
        if role not in roles:
            assert page.get_by_role("alert").is_visible()
            visitor.no_barriers()
    assert f"{role}.one" in page.locator("header .who").inner_text()
    assert ("API" in menu) == (role is not Role.READER)
    unknown = page.goto(f"{visitor.site}/nothing/here")
    assert unknown is not None
    assert unknown.status == 404
    assert "no such page" in page.get_by_role("alert").inner_text()
    if role is Role.READER:
        visitor.in_every_language("refused")


def test_a_key_opens_the_door_as_well(visitor: Person, opening: Opening) -> None:
    _, secret = opening.people.keys.add("terminal", Role.EVALUATOR, by="local")
    page = visitor.page
    visitor.go("pages/evaluate")
    page.get_by_text("Sign in with a key instead").click()
    page.get_by_label("Your key").fill(secret)
    page.locator("details").get_by_role("button", name="Sign in").click()
    page.wait_for_selector("h2:has-text('Evaluate')")


def test_an_admin_makes_an_account_that_opens_and_takes_it_away(
    visitor: Person, browser: Browser
) -> None:
    page = visitor.page
    sign_in(visitor, "admin.one", path="pages/admin/users")
    page.get_by_label("Account").fill("dana")
    page.locator("select[name=role]").first.select_option("librarian")
    page.get_by_role("button", name="Add a person").click()
    page.wait_for_selector("#made:not([hidden])")
    visitor.no_barriers()
    password = page.locator("#password").inner_text()
    assert len(password) > 10
    page.get_by_role("link", name="Go on").click()
    page.wait_for_selector("#users th:has-text('dana')")
    assert password not in page.content()
    with person(browser, visitor.site) as dana:
        sign_in(dana, "dana", password, "pages/shelf")
        dana.page.wait_for_selector("h2:has-text('Add and withdraw')")
        page.reload()
        visitor.shot("admin-people")
        row = page.locator("#users tr", has_text="dana")
        row.get_by_role("button", name="Disable").click()
        page.wait_for_selector("#users tr:has-text('dana') >> text=Disabled")
        dana.go("pages/shelf")
        assert "/login" in dana.page.url  # at once
    row = page.locator("#users tr", has_text="dana")
    row.get_by_role("button", name="Erase").click()
    visitor.no_barriers()
    page.locator("dialog[open]").get_by_role("button", name="Erase").click()
    until(page, "!document.querySelector('#users').textContent.includes('dana')")


def test_keys_limits_and_feedback_are_kept_by_an_admin(visitor: Person, opening: Opening) -> None:
    page = visitor.page
    advisor = opening.wait(60)
    answer = advisor.ask("Which lantern laboratories are supported?", owner="reader.one")
    advisor.store.give_feedback(answer.id, False, comment="Name the Council.", owner="reader.one")
    sign_in(visitor, "admin.one", path="pages/admin/keys")
    page.get_by_label("Name of the key").fill("harvester")
    page.get_by_role("button", name="Make a key").click()
    page.wait_for_selector("#made:not([hidden])")
    secret = page.locator("#secret").inner_text()
    found = opening.people.keys.holder(secret)
    assert found is not None
    assert found.role is Role.READER
    page.get_by_role("link", name="Go on").click()
    page.locator("tr", has_text="harvester").get_by_role("button", name="Revoke").click()
    page.locator("dialog[open]").get_by_role("button", name="Revoke").click()
    page.wait_for_selector("tr:has-text('harvester') >> text=Revoked")
    assert opening.people.keys.holder(secret) is None

    visitor.go("pages/admin/limits")
    page.get_by_label("For whom").fill("role:reader")
    page.get_by_label("Questions a minute").fill("7")
    page.get_by_role("button", name="Set a limit").click()
    page.wait_for_selector("tr:has-text('role:reader')")
    assert opening.limits.of("reader.one").per_minute == 7
    page.get_by_role("button", name="Clear").click()
    page.wait_for_selector("text=the same holds for everyone")

    visitor.go("pages/admin/inbox")
    page.get_by_label("What was done about it").fill("Made a draft item of it")
    page.get_by_role("button", name="Mark as handled").click()
    page.wait_for_selector("text=Nothing waits.")
    page.get_by_label("Show handled ones too").check()
    page.wait_for_selector("text=Made a draft item of it")
    visitor.go("pages/admin/audit")
    told = page.locator("table").inner_text()
    for action in ("Key made", "Key revoked", "Limit set", "Feedback handled"):
        assert action in told


def test_p26_the_kill_switch_tells_its_reason_and_stays_in_reach(
    visitor: Person, browser: Browser, opening: Opening
) -> None:
    page = visitor.page
    sign_in(visitor, "admin.one", path="pages/admin")
    page.locator("[data-open=switch-web]").click()
    dialog = page.locator("dialog[open]")
    visitor.no_barriers()
    dialog.get_by_label("Reason").fill("The index is being rebuilt")
    dialog.get_by_role("button", name="Switch off").click()
    page.wait_for_selector(".bad:has-text('Off')")
    time.sleep(_SWITCH_SECONDS)  # what each server remembers
    with person(browser, visitor.site) as reader:
        sign_in(reader, "reader.one")
        reader.page.wait_for_selector("[role=alert]")
        assert "The index is being rebuilt" in reader.page.content()
        reader.no_barriers()
        reader.shot("switched-off")
    page.locator("[data-open=switch-web]").click()
    dialog.get_by_label("Reason").fill("Done")
    dialog.get_by_role("button", name="Switch on").click()
    until(page, "document.querySelectorAll('.status.good').length === 2")
    assert "The index is being rebuilt" in page.locator("ul").last.inner_text()


def test_administration_is_drawn_in_six_languages(visitor: Person) -> None:
    sign_in(visitor, "admin.one", path="pages/admin")
    visitor.page.wait_for_selector("main h2")
    for tab in TABS:
        visitor.go(f"pages/admin{tab}")
        languages = LANGUAGES if tab in ("", "/users") else ("ar", "en")
        visitor.in_every_language(f"admin{tab.replace('/', '-')}", languages)
