"""The chat as a person uses it, in Debian's chromium, over the real starter corpus.

Screenshots go to `artefacts/` (not kept in git) to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.roles import Role
from tests.e2e import sites, steps
from tests.e2e.browser import MARKS, Person, chromium
from tests.e2e.steps import QUESTION

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TOPICS = ("205", "pp-res-71", "toolkit", "framework")

pytestmark = MARKS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    with sites.real_site(tmp_path_factory.mktemp("chat"), sites.digests(*TOPICS)) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as held:
        yield held


@pytest.fixture
def reader(browser: Browser, site: sites.Site) -> Iterator[Person]:
    with site.person(browser, Role.STAFF) as someone:
        yield someone


def test_ask_open_a_source_follow_up_and_come_back(reader: Person) -> None:
    steps.ask_open_a_source_follow_up_and_come_back(reader)


def test_every_language_is_drawn_and_arabic_runs_right_to_left(reader: Person) -> None:
    steps.read_in_every_language(reader)


def test_feedback_and_export(reader: Person, tmp_path: Path) -> None:
    page = reader.page
    reader.open()
    reader.ask(QUESTION)
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_label("What should it have said?").fill("Name the Council first.")
    page.locator(".correction button[type=submit]").click()
    page.wait_for_selector(".told")
    assert "noted" in page.locator(".told").inner_text()
    for label, start in (("Word", b"PK"), ("PDF", b"%PDF"), ("Markdown", b"# ")):
        with page.expect_download() as download:
            page.locator(".actions a", has_text=label).click()
        download.value.save_as(tmp_path / label)
        assert (tmp_path / label).read_bytes().startswith(start)
    page.get_by_role("button", name="Copy with citations").click()
    page.wait_for_function("document.querySelector('.told').textContent.includes('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(QUESTION)
    for address in page.locator(".source code").all_inner_texts():
        assert address in copied


def test_a_conversation_is_found_renamed_shared_and_deleted(
    reader: Person, browser: Browser
) -> None:
    steps.find_rename_share_and_delete(reader, browser)


def test_what_the_documents_do_not_say_is_said(reader: Person) -> None:
    reader.open()
    reader.ask("How much zinc do submarine beekeepers export to Saturn?")
    told = reader.page.locator(".turn .status").inner_text()
    assert "Answered from the documents" not in told
    assert reader.page.locator(".next").inner_text()
    reader.no_barriers()
    reader.shot("not-in-documents")


def test_library_is_filtered_and_read_with_the_keyboard(reader: Person) -> None:
    page = reader.page
    reader.go("#library")  # as links of old have it
    page.wait_for_selector(".documents li")
    assert page.locator(".documents li").count() == 25
    reader.no_barriers()
    reader.shot("library")
    page.get_by_role("link", name="Next").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=/Page 2 of/")
    page.get_by_label("Find documents").fill("innovation 205")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.documents li').length < 10")
    page.locator(".documents li a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".reading .clause")
    reader.no_barriers()
    reader.shot("document")
    page.get_by_role("link", name="Ask about this document").click()
    page.wait_for_function("document.querySelector('#question textarea')?.value.includes('205')")
    reader.go("pages/library")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollHeight") < 8000
    reader.in_every_language("library", ("ar", "en"))


def test_narrow_and_dark(reader: Person) -> None:
    page = reader.page
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme="dark")
    reader.open()
    reader.ask(QUESTION)
    reader.no_barriers()
    reader.shot("narrow-dark")


def test_the_api_documentation_is_drawn_without_a_network(reader: Person) -> None:
    reader.page.goto(reader.site + "/docs")
    reader.page.wait_for_selector(".opblock", timeout=20_000)
    assert reader.page.locator(".opblock").count() > 10
