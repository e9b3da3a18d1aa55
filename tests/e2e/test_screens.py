"""Every page as it is on a fresh install: the whole starter corpus and nobody's work yet.

Searched by shared words, so that what is tested here is the pages and not the models.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from assistant.ui.menu import LIBRARY_MENU, MENU
from corpus.shelf.starter import load_starter
from tests.e2e import sites
from tests.e2e.browser import MARKS, Person, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Response

pytestmark = MARKS

ADVICE = ("reviews", "drafts", "mandates", "comparisons")
PAGES = (
    *(entry.path for entry in (*MENU, *LIBRARY_MENU)),
    "pages/library",
    *(f"pages/{name}" for name in ADVICE),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    with sites.site(tmp_path_factory.mktemp("fresh"), load_starter) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as held:
        yield held


@pytest.fixture
def admin(browser: Browser, site: sites.Site) -> Iterator[Person]:
    with site.person(browser) as someone:
        yield someone


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_on_a_fresh_install(admin: Person, path: str) -> None:
    page = admin.page
    for code, width in (("en", 1440), ("ar", 320)):
        page.set_viewport_size({"width": width, "height": 700})
        answer = page.goto(f"{admin.site}/{path}?lang={code}")
        assert answer is not None
        assert answer.status == 200
        assert page.locator("html").get_attribute("lang") == code
        admin.no_barriers()
        admin.shot(f"fresh-{path.replace('/', '-')}-{code}")


@pytest.mark.parametrize("path", ["nosuch", "pages/nosuch", "pages/library?page=first"])
def test_what_is_not_there_is_told_on_a_page(admin: Person, path: str) -> None:
    for code in ("en", "ar"):
        sign = "&" if "?" in path else "?"
        answer = admin.page.goto(f"{admin.site}/{path}{sign}lang={code}")
        assert answer is not None
        assert answer.status in (404, 422)
        assert admin.page.get_by_role("alert").inner_text()
        assert admin.page.locator("html").get_attribute("lang") == code
        admin.no_barriers()


def test_what_never_changes_is_fetched_once(admin: Person) -> None:
    admin.open()
    fetched: list[str] = []
    kept: dict[str, str] = {}

    def came(answer: Response) -> None:
        if answer.request.method == "GET" and "/gradio_api/" not in answer.url:
            fetched.append(answer.url)
            kept[answer.url] = answer.headers.get("cache-control", "")

    admin.page.on("response", came)
    admin.open()
    again = [url for url in fetched if "immutable" not in kept[url]]
    assert [url.removeprefix(admin.site).split("?")[0] for url in again] == ["/"]
    assert "Gradio" not in "".join(
        admin.page.locator("meta[property], meta[name]").evaluate_all(
            "all => all.map((one) => one.content)"
        )
    )


def test_chat_and_pages_are_set_in_one_size(admin: Person) -> None:
    size = "e => getComputedStyle(e).fontSize + ' ' + getComputedStyle(e).lineHeight"
    page = admin.page
    admin.open()
    admin.ask("What does Resolution 205 instruct the Secretary-General to do?")
    here = [page.locator(s).first.evaluate(size) for s in (".claim", ".bar nav a", ".source .text")]
    admin.go("pages/read?at=pp-res-205%402018")
    there = page.locator(".reading .clause").first.evaluate(size)
    assert set(here) == {there}
    assert page.locator(".bar nav a").first.evaluate(size) == there


def test_the_empty_box_takes_one_line_of_a_phone(admin: Person) -> None:
    page = admin.page
    page.set_viewport_size({"width": 320, "height": 640})
    for code in ("en", "ar"):
        admin.open(f"/?lang={code}")
        box = page.locator("#question textarea").bounding_box()
        assert box is not None
        assert box["height"] < 60


def test_only_what_can_be_compared_is_offered_for_comparison(admin: Person) -> None:
    page = admin.page
    for path in ("pages/compare", "pages/comparisons"):
        admin.go(path)  # digests alone are held: no two editions of anything
        assert page.locator("[name=old], form:has([value=editions])").count() == 0
        assert page.get_by_text("No document is here in two editions").is_visible()
    admin.go("pages/comparisons?lang=ar")
    countries = page.locator("fieldset label").all_inner_texts()
    assert countries == sorted(countries)
    assert not [name for name in countries if name.isascii()]
    admin.go("pages/reviews?lang=ar")
    assert page.locator("#countries option[value=Kenya]").inner_text() == "كينيا"


def test_lists_of_the_library_stay_short_on_a_phone(admin: Person) -> None:
    page = admin.page
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("pages/library", "pages/shelf"):
        for code in ("en", "ar"):
            admin.go(f"{path}?lang={code}")
            assert page.evaluate("document.documentElement.scrollHeight") < 12_000, (path, code)
