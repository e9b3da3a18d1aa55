"""The chat as a person uses it, in Debian's chromium, over the real starter corpus.

Screenshots go to `artefacts/` (not kept in git) to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.people.roles import Role
from assistant.phrases import say
from tests.e2e import sites, steps
from tests.e2e.browser import MARKS, Person, chromium, person, until
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


@pytest.mark.parametrize("size", [(320, 640), (720, 450)], ids=["phone", "zoomed"])
def test_the_box_is_pinned_and_the_newest_answer_in_view(
    reader: Person, size: tuple[int, int]
) -> None:
    page = reader.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    reader.open()
    for question in (QUESTION, "And what are Member States invited to do?"):
        reader.ask(question)
        page.wait_for_timeout(500)  # for the page to come to rest
        newest = page.locator(".turn").last.evaluate("e => e.getBoundingClientRect().top")
        assert -5 <= newest < size[1] / 2, newest
        box = page.locator("#box").evaluate("e => e.getBoundingClientRect().bottom")
        assert abs(box - size[1]) < 2, box
    page.mouse.wheel(0, 400)
    assert abs(page.locator("#box").evaluate("e => e.getBoundingClientRect().bottom") - size[1]) < 2
    reader.no_barriers()


@pytest.mark.parametrize("code", ["en", "ar"])
def test_sources_belong_to_their_answer_and_lead_back_to_it(reader: Person, code: str) -> None:
    page = reader.page
    reader.open(f"/?lang={code}")
    reader.ask(QUESTION)
    cite = page.locator("a.cite").first
    cite.hover()
    page.wait_for_selector("#preview", state="visible")
    assert "205" in page.locator("#preview").inner_text()
    shown = page.locator("#preview").bounding_box()
    assert shown is not None
    assert 0 <= shown["x"] <= 1440 - shown["width"]
    reader.no_barriers()
    page.keyboard.press("Escape")
    assert page.locator("#preview").is_hidden()
    page.mouse.move(0, 0)
    cite.focus()  # the same for those who use no mouse
    page.wait_for_selector("#preview", state="visible")
    cite.click()
    page.locator(".source.chosen .to-answer").click()
    assert page.evaluate("document.activeElement.className") == "cite"
    page.locator(".source [data-act=read]").first.click()
    page.wait_for_selector(".document .clause")
    reader.no_barriers()
    page.locator(".document .to-answer").click()
    page.wait_for_selector(".turn", state="visible")
    page.locator(".source [data-act=read]").first.click()
    page.wait_for_selector(".document .clause", state="visible")
    page.go_back()
    page.wait_for_selector(".turn", state="visible")

    reader.ask("How much zinc do submarine beekeepers export to Saturn?")
    panel = page.locator(".of-turn:not([hidden])")
    assert "zinc" in panel.inner_text()
    assert panel.locator(".source").count() == 0
    page.locator("a.cite").first.click()  # of the first answer
    assert QUESTION in panel.inner_text()


def test_the_first_paint_is_in_the_visitors_language_and_files_are_kept(
    browser: Browser, site: sites.Site
) -> None:
    with person(browser, site.url, locale="ar", java_script_enabled=False) as visitor:
        visitor.page.goto(site.url)
        assert visitor.page.locator("html").get_attribute("lang") == "ar"
        assert visitor.page.locator("html").get_attribute("dir") == "rtl"
        bar = visitor.page.locator("#first-paint header")
        assert say("ar", "ui-library") in bar.inner_text()
    with person(browser, site.url) as again:
        again.open()
        again.open()
        assert again.page.locator("#first-paint").count() == 0
        moved = again.page.evaluate(
            "performance.getEntriesByType('resource').filter(e => e.name.includes('/assets/'))"
            ".reduce((sum, e) => sum + e.transferSize, 0)"
        )
        assert moved == 0  # all of it from the browser's own cache
        current = again.page.locator("header [aria-current=page]").all_inner_texts()
        assert current == ["Ask"]


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
    until(page, "document.querySelector('.told').textContent.includes('Copied')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(QUESTION)
    for address in reader.cited():
        assert address in copied


def test_a_conversation_is_found_renamed_shared_and_deleted(
    reader: Person, browser: Browser
) -> None:
    steps.find_rename_share_and_delete(reader, browser)


@pytest.mark.parametrize("code", ["en", "ar"])
def test_what_the_documents_do_not_say_is_said_once(reader: Person, code: str) -> None:
    page = reader.page
    reader.open(f"/?lang={code}")
    reader.ask(
        {
            "en": "How much zinc do submarine beekeepers export to Saturn?",
            "ar": "كم طناً من الزنك يصدّر النحالون تحت الماء إلى زحل؟",
        }[code]
    )
    turn = page.locator(".turn")
    assert turn.locator(".status").inner_text().endswith(say(code, "ui-status-not_in_documents"))
    assert turn.locator(".notes").count() == 0  # which said the same twice more
    assert turn.locator(".nearest h3").inner_text() == say(code, "ui-nearest-none")
    assert page.locator(".next").inner_text()
    reader.no_barriers()
    reader.shot(f"not-in-documents-{code}")


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
    until(page, "document.querySelectorAll('.documents li').length < 10")
    page.locator(".documents li a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".reading .clause")
    reader.no_barriers()
    reader.shot("document")
    page.get_by_role("link", name="Ask about this document").click()
    until(page, "document.querySelector('#question textarea')?.value.includes('205')")
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
