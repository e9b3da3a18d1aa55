"""What a person does at the chat, step by step; each server that is tested is walked through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.browser import LANGUAGES, Person, person, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTION = "Who has to report on innovation under Resolution 205, to whom and how often?"


def ask_open_a_source_follow_up_and_come_back(reader: Person) -> None:
    """Ask, open what is cited, ask on, reload, begin anew and return: the same turns (P5)."""
    page = reader.page
    reader.open()
    reader.no_barriers()
    reader.shot("welcome")
    reader.ask(QUESTION)
    assert page.locator(".claim").count() > 0
    page.locator("a.cite").first.click()
    chosen = page.locator(".source.chosen")
    assert "Resolution 205" in chosen.inner_text()
    assert "Digest, not the official text" in chosen.inner_text()
    assert page.evaluate("document.activeElement.classList.contains('source')")
    assert page.locator("#live").inner_text()
    reader.no_barriers()
    reader.shot("answer")
    reader.ask("And what are Member States invited to do?")
    assert page.locator(".turn").count() == 2
    cited = reader.cited()
    page.reload()
    page.wait_for_selector(".turn")
    assert reader.cited() == cited  # P5
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".welcome")
    page.locator(".conversations .open").first.click()
    page.wait_for_selector(".turn")
    assert page.locator(".turn").count() == 2


def read_in_every_language(reader: Person, languages: tuple[str, ...] = LANGUAGES) -> None:
    """Switch the language; Arabic runs from right to left."""
    page = reader.page
    reader.open()
    reader.ask(QUESTION)
    for code in languages:
        page.locator("header select").select_option(code)
        until(page, f"document.documentElement.lang === '{code}'")
        page.wait_for_selector(".actions")
        wanted = "rtl" if code == "ar" else "ltr"
        assert page.evaluate("document.documentElement.dir") == wanted
        reader.no_barriers()
        reader.shot(f"answer-{code}")
    reader.open("/?lang=ar")
    until(page, "document.documentElement.dir === 'rtl'")


def find_rename_share_and_delete(reader: Person, browser: Browser) -> None:
    """A conversation is found again, renamed, shown to somebody else, and deleted."""
    page = reader.page
    reader.open()
    reader.ask(QUESTION)
    page.get_by_role("button", name="Rename").click()
    dialog = page.locator("dialog")
    reader.no_barriers()
    reader.shot("rename")
    dialog.get_by_role("textbox").fill("Briefing for the Director")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Briefing for the Director")
    page.wait_for_selector(".turn")
    # It is found by what was asked in it, which its title no longer says.
    page.get_by_label("Search conversations").fill("report on innovation")
    until(page, "document.querySelectorAll('.conversations li:not([hidden])').length")
    assert page.get_by_role("button", name="Briefing for the Director").is_visible()
    page.get_by_label("Search conversations").fill("zebra crossing")
    page.wait_for_selector(".none-found:has-text('Nothing found')")
    page.get_by_label("Search conversations").fill("")
    page.wait_for_selector(".conversations .tools", state="visible")

    page.get_by_role("button", name="Share").click()
    dialog.get_by_role("button", name="Make a link").click()
    until(page, "document.querySelector('dialog input').value")
    reader.no_barriers()
    reader.shot("share")
    link = dialog.get_by_role("textbox").input_value()
    dialog.get_by_role("button", name="Copy the link").click()
    page.wait_for_selector("dialog .quiet:has-text('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == link
    cited = reader.cited()
    with person(browser, reader.site) as other:
        other.page.goto(link)
        assert other.page.locator("code").all_inner_texts() == cited  # P5
        other.no_barriers()
        other.shot("shared")
        dialog.get_by_role("button", name="Stop sharing").click()
        page.wait_for_selector("dialog .quiet:has-text('No longer shared')")
        other.page.goto(link)
        assert other.page.locator("[role=alert]").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    page.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    page.wait_for_selector(".welcome")
    assert page.get_by_role("button", name="Briefing for the Director").count() == 0
