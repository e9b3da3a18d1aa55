"""An ecosystem review as people carry it out: three stakeholders, cut off and resumed, its papers.

The server is killed in the middle and the line of a stakeholder is cut; nothing may be lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document

from assistant.people.roles import Role
from tests.e2e import sites
from tests.e2e.browser import CHROMIUM, FLAGS, SHOTS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
TOPICS = ("pp-res-205", "review-rwanda", "dip-albania", "dip-serbia")
ANSWERS = {
    "vision-1": ("Founders were not asked about the vision.", "gap"),
    "capital-1": ("Loans start at a size no young firm can carry.", "gap"),
    "talent-1": ("Two academies train good developers.", "strength"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    with sites.real_site(tmp_path_factory.mktemp("review"), sites.digests(*TOPICS)) as made:
        yield made


def no_barriers(page: object) -> None:
    """Axe finds nothing to complain of (P30)."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def saved(form: object) -> None:
    """Wait until the server has what the form holds."""
    from playwright.sync_api import Locator, expect

    assert isinstance(form, Locator)
    expect(form.locator(".saved")).to_have_class("saved good", timeout=20_000)


def test_a_review_is_interrupted_resumed_and_written_up(server: sites.Site, tmp_path: Path) -> None:
    from playwright.sync_api import Page, expect, sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(
            accept_downloads=True, viewport={"width": 1300, "height": 900}
        )
        staff = context.new_page()
        errors: list[str] = []
        staff.on("pageerror", lambda e: errors.append(str(e)))

        def shot(page: Page, name: str) -> None:
            SHOTS.mkdir(exist_ok=True)
            page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

        # Begin, from the menu.
        server.let_in(staff, Role.STAFF)
        staff.goto(f"{server.url}/pages/advice")
        no_barriers(staff)
        staff.get_by_role("main").get_by_role("link", name="Ecosystem reviews").last.click()
        staff.get_by_label("Title").fill("Ecosystem of Rwanda")
        staff.get_by_label("Country", exact=True).fill("Rwanda")
        staff.get_by_role("button", name="Begin").click()
        expect(staff.get_by_role("heading", name="Ecosystem of Rwanda")).to_be_visible()
        review = staff.url
        for name, group in (
            ("Founder", "entrepreneurs"),
            ("Bank", "finance"),
            ("Ministry", "public"),
        ):
            staff.get_by_label("Name or role").fill(name)
            staff.locator("select[name=group]").select_option(group)
            staff.get_by_role("button", name="Add", exact=True).first.click()
            expect(staff.get_by_role("heading", name=name)).to_be_visible()
        no_barriers(staff)

        # The bank contributes by invitation, on a machine of its own.
        staff.get_by_role("button", name=re.compile("Make an invitation link.*Bank")).click()
        expect(staff.locator("[data-link]")).to_contain_text("/contribute/")
        link = staff.locator("[data-link]").inner_text()
        staff.get_by_role("button", name="Done").click()
        bank_context = browser.new_context()
        bank = bank_context.new_page()
        bank.goto(link)
        no_barriers(bank)
        form = bank.locator("form[data-save$='/answers/capital-1']")
        form.locator("textarea").fill(ANSWERS["capital-1"][0])
        form.get_by_label("a gap").check()
        saved(form)
        level = bank.locator("form[data-save$='/judgements/capital']")
        level.locator("select").select_option("1")
        saved(level)

        # The line is cut while the bank writes; the browser keeps the words.
        bank_context.set_offline(True)
        cut = bank.locator("form[data-save$='/answers/capital-2']")
        cut.locator("textarea").fill("Research is paid by donors.")
        expect(cut.locator(".saved")).to_have_class("saved bad", timeout=20_000)
        bank.close()
        server.kill()  # and the server dies

        server.start()
        bank_context.set_offline(False)
        bank = bank_context.new_page()
        bank.goto(link)
        form = bank.locator("form[data-save$='/answers/capital-1']")
        expect(form.locator("textarea")).to_have_value(ANSWERS["capital-1"][0])
        expect(form.get_by_label("a gap")).to_be_checked()  # no save overtook another
        again = bank.locator("form[data-save$='/answers/capital-2']")
        saved(again)
        bank.reload()
        expect(again.locator("textarea")).to_have_value("Research is paid by donors.")
        bank.locator("details", has_text="Evidence: Capital & resources").locator("summary").click()
        giving = bank.locator("form[data-give]").nth(3)
        giving.locator("textarea").fill("Of 41 banks asked, 3 lend money to a new firm.")
        giving.locator("button").click()
        expect(bank.get_by_text("Of 41 banks asked").first).to_be_visible()
        shot(bank, "review-guest")

        # Staff write down what the other two say.
        for name, question in (("Founder", "vision-1"), ("Ministry", "talent-1")):
            staff.goto(review)
            staff.get_by_role("link", name=re.compile(f"Write down their answers.*{name}")).click()
            form = staff.locator(f"form[data-save$='/answers/{question}']")
            text, reads = ANSWERS[question]
            form.locator("textarea").fill(text)
            form.get_by_label(f"a {reads}").check()
            saved(form)
            level = staff.locator("form[data-save$='/judgements/capital']")
            level.locator("select").select_option("4" if name == "Ministry" else "2")
            saved(level)
        no_barriers(staff)

        # One pillar: everyone side by side, the disagreement, the level, an action.
        staff.goto(f"{review}/pillar/capital")
        expect(staff.locator(".apart")).to_contain_text("from 1 to 4")
        expect(staff.locator(".voices .gap")).to_contain_text(ANSWERS["capital-1"][0])
        confirm = staff.locator("form[data-save$='/confirmed/capital']")
        expect(confirm.locator("select")).to_have_value("")
        confirm.locator("select").select_option("2")
        saved(confirm)
        adding = staff.locator("form", has=staff.get_by_role("heading", name="Add an action"))
        adding.locator("[name=text]").fill("Found an angel network")
        adding.locator("[name=who]").fill("Bank")
        adding.locator("button").click()
        expect(staff.locator("form[data-save*='/actions/']").first).to_be_visible()
        no_barriers(staff)
        shot(staff, "review-pillar")

        staff.goto(review)
        expect(staff.locator("img.map")).to_be_visible()
        assert staff.evaluate("document.querySelector('img.map').naturalWidth") > 300
        no_barriers(staff)
        shot(staff, "review")

        words = {}
        for name in ("Digital Innovation Profile", "Roadmap", "Workshop kit"):
            row = staff.locator("tr", has_text=name)
            with staff.expect_download() as download:
                row.locator("a[href*=docx]").click()
            path = tmp_path / f"{name}.docx"
            download.value.save_as(path)
            file = Document(str(path))
            cells = [c.text for t in file.tables for r in t.rows for c in r.cells]
            words[name] = "\n".join([*(p.text for p in file.paragraphs), *cells])
        staff.goto(f"{review}?lang=ar")
        assert staff.locator("html").get_attribute("dir") == "rtl"
        no_barriers(staff)
        shot(staff, "review-ar")
        browser.close()

    profile = words["Digital Innovation Profile"]
    for text, _ in ANSWERS.values():
        assert text in profile
        assert text in words["Workshop kit"]
    assert "Judgements run from 1 to 4" in profile
    assert "2 first steps" in profile
    assert "Of 41 banks asked" in profile
    assert "Of 41 banks asked" not in words["Workshop kit"]
    assert "to be completed" in profile
    assert "Found an angel network" in words["Roadmap"]
    assert "to be completed: by when" in words["Roadmap"]
    assert errors == []
