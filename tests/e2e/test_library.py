"""A librarian at the library's pages: upload, ask, see the marked page, withdraw, compare, test.

Over real documents and search by words, so that what is tested here is the pages and not the
models.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.people.roles import Role
from tests.corpus.pdf_making import make_pdf, paragraph, put
from tests.e2e import sites
from tests.e2e.browser import MARKS, Person, chromium, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS


def harbours(place: str, year: int, more: str = "") -> bytes:
    """A resolution as ITU prints them, on one page."""
    lines = [
        put(220, 90, f"RESOLUTION 951 ({place}, {year})", "b", 12),
        put(190, 112, "Ferry laboratories and harbour innovation", "b", 12),
        put(100, 140, "The Plenipotentiary Conference of the International Telecommunication"),
        put(100, 152, f"Union ({place}, {year}),"),
        put(120, 180, "considering", "i"),
        put(100, 200, "a)  that ferries carry ideas between harbours;"),
        put(100, 216, "b)  that young inventors need a workshop near the pier,"),
        put(120, 240, "resolves", "i"),
        put(100, 260, f"1    to open a ferry laboratory in every harbour town{more};"),
        put(100, 276, "2    to publish a yearly map of harbour inventors,"),
        put(120, 300, "instructs the Secretary-General", "i"),
        *paragraph(
            [
                "to report every spring to the Council on the ferry laboratories and on the",
                "inventors who use them.",
            ],
            320,
        ),
    ]
    return make_pdf([lines])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    with sites.site(tmp_path_factory.mktemp("library")) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as held:
        yield held


@pytest.fixture
def librarian(browser: Browser, site: sites.Site) -> Iterator[Person]:
    with site.person(browser, Role.LIBRARIAN) as someone:
        yield someone


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("files")
    made = {
        "old.pdf": harbours("Portville", 2031),
        "new.pdf": harbours("Rev. Quayside", 2035, " and on every island"),
        "broken.pdf": b"%PDF-1.7 this is not the rest of it",
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in made}


def send(librarian: Person, *paths: Path) -> None:
    page = librarian.page
    librarian.go("pages/shelf")
    known = page.locator("[data-poll] tbody tr").count()  # sent before, by other tests
    page.get_by_label("Files").set_input_files([str(path) for path in paths])
    page.get_by_label("Where they come from").fill("https://www.itu.int/en/harbours")
    page.get_by_role("button", name="Send").click()
    until(
        page,
        f"document.querySelectorAll('[data-poll] tbody tr').length >= {known + len(paths)}"
        " && !document.querySelector('[data-busy]')",
        seconds=60,
    )


def test_p24_files_are_sent_read_and_answered_from_and_the_page_is_shown(
    librarian: Person, files: dict[str, Path]
) -> None:
    page = librarian.page
    send(librarian, files["old.pdf"], files["new.pdf"], files["broken.pdf"])
    told = page.locator("[data-poll]").inner_text()
    assert "pp-res-951@2031" in told
    assert "Not read" in told
    assert "damaged" in told
    assert page.get_by_role("button", name="Try again").is_visible()
    page.wait_for_selector("#held th:has-text('Resolution 951')")  # without loading it anew
    librarian.no_barriers()
    librarian.shot("shelf")

    librarian.open()
    librarian.ask("Who reports on ferry laboratories to the Council every spring?")
    page.locator("a.cite").first.click()
    source = page.locator(".source.chosen")
    assert "Resolution 951" in source.inner_text()
    source.get_by_text("Neighbouring clauses").or_(source.get_by_text("Show page 1")).first.click()
    with page.expect_response(lambda r: "/v1/pages/" in r.url) as picture:
        summary = source.locator("details.page summary")
        if not source.locator("details.page[open]").count():
            summary.click()
    assert picture.value.headers["x-clause-marked"] == "yes"
    until(page, "document.querySelector('.source.chosen img').naturalWidth > 500")
    librarian.no_barriers()
    librarian.shot("marked-page")


def test_a_document_is_withdrawn_with_a_reason_and_restored(
    librarian: Person, files: dict[str, Path]
) -> None:
    page = librarian.page
    send(librarian, files["old.pdf"])
    page.get_by_role("searchbox").fill("951")
    row = page.locator("#held tbody tr:not([hidden])", has_text="@2031")
    row.get_by_role("button", name="Withdraw").click()
    dialog = page.locator("dialog[open]")
    librarian.no_barriers()
    librarian.shot("withdraw")
    dialog.get_by_role("button", name="Withdraw").click()  # no reason: the browser asks for one
    assert dialog.is_visible()
    dialog.get_by_label("Reason").fill("Replaced by the Quayside edition")
    dialog.get_by_role("button", name="Withdraw").click()
    page.wait_for_selector("#held tr:has-text('@2031') >> text=Withdrawn")
    page.get_by_text("What was done, by whom").click()
    assert "Replaced by the Quayside edition" in page.locator("details.card").inner_text()
    librarian.open()
    librarian.ask("Who reports on ferry laboratories to the Council every spring?")
    assert "2031" not in "".join(librarian.cited())
    librarian.go("pages/shelf")
    row = page.locator("#held tbody tr", has_text="@2031")
    row.get_by_role("button", name="Restore").click()
    page.locator("dialog[open]").get_by_label("Reason").fill("Needed for comparison")
    page.keyboard.press("Enter")
    until(
        page,
        "[...document.querySelectorAll('#held tr')].some((r) =>"
        " r.textContent.includes('@2031') && r.textContent.includes('In use'))",
    )
    librarian.in_every_language("shelf")


def test_two_editions_lie_side_by_side(librarian: Person, files: dict[str, Path]) -> None:
    page = librarian.page
    send(librarian, files["old.pdf"], files["new.pdf"])
    librarian.go("pages/compare")
    librarian.no_barriers()
    page.locator("ul a", has_text="Resolution 951").click()
    assert page.locator("ins", has_text="and on every island").is_visible()
    shown = page.locator(".pair").count()
    page.get_by_label("Show unchanged clauses too").check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_load_state()
    assert page.locator(".pair").count() > shown
    librarian.in_every_language("compare")
    librarian.go("pages/compare?old=pp-res-951%402035&new=pp-res-951%402031&lang=en")
    assert page.locator("ins", has_text="and on every island").is_visible()  # the earlier first
    librarian.go("pages/compare?old=pp-res-951%402031&new=pp-res-1%401900")
    told = page.get_by_role("alert").inner_text()
    assert "on the shelf" in told
    assert "`" not in told  # no command of a terminal
    librarian.no_barriers()


def test_what_is_compared_is_chosen_by_name_and_clauses_are_links(
    librarian: Person, files: dict[str, Path]
) -> None:
    page = librarian.page
    send(librarian, files["old.pdf"], files["new.pdf"])
    librarian.go("pages/comparisons")
    form = page.locator("form", has=page.locator("[value=editions]"))
    form.locator("[name=first]").fill("Resolution 951")
    form.locator("[name=second]").fill("Resolution 951 (Rev. Quayside, 2035)")
    form.get_by_role("button").click()
    page.wait_for_selector("text=/may mean several documents/")
    librarian.no_barriers()
    page.locator(".card li a", has_text="Resolution 951 (Portville, 2031)").last.click()
    page.wait_for_selector("ins:has-text('and on every island')")
    assert page.locator("code").count() == 0
    librarian.in_every_language("comparisons", ("ar", "en"))
    page.locator(".cells a.clause-link").first.click()
    page.wait_for_selector(".reading .clause.here")
    librarian.no_barriers()

    librarian.go("pages/mandates?q=ferry+laboratories")
    page.wait_for_selector("table tbody tr")
    assert all(who.strip(" —") for who in page.locator("tbody th").all_inner_texts())
    assert page.locator("table tbody a.clause-link").count() >= page.locator("tbody tr").count()
    assert page.locator("main code").count() == 0
    librarian.in_every_language("mandates", ("ar", "en"))
    page.locator("tbody .copy-address").first.click()
    assert "pp-res-951@" in page.evaluate("navigator.clipboard.readText()")


def test_search_says_why_a_clause_was_found(librarian: Person) -> None:
    page = librarian.page
    librarian.go("pages/search-test")
    page.get_by_label("Your question").fill("lantern laboratories in a harbour")
    page.keyboard.press("Enter")
    page.wait_for_selector("table")
    assert "pp-res-900@2030#resolves.1" in page.locator("tbody tr").first.inner_text()
    page.locator("summary", has_text="Every signal").first.click()
    told = page.locator("tbody tr").first.locator("ul.signals li").all_inner_texts()
    assert {"dense", "lexical", "lexical_raw"} == {line.split()[0] for line in told}
    assert all(float(line.split()[1]) > 0 for line in told)
    columns = page.locator("tbody tr").first.locator("td.num").all_inner_texts()
    rank, chance, dense, lexical, late = columns
    assert (rank, float(late)) == ("1", 0.0)  # this search reads no word of a passage
    assert min(float(chance), float(dense), float(lexical)) > 0.5
    librarian.in_every_language("search-test")


@pytest.mark.parametrize("code", ["en", "ar"])
def test_a_file_is_sent_from_the_chat_and_asked_about(
    librarian: Person, files: dict[str, Path], code: str
) -> None:
    page = librarian.page
    librarian.open(f"/?lang={code}")
    page.locator("[data-attach]").set_input_files(str(files["broken.pdf"]))
    page.wait_for_selector(".attach [role=status]:has-text('✕')")
    page.locator("[data-attach]").set_input_files(str(files["old.pdf"]))
    until(page, "document.querySelector('[data-change=document]').value === 'pp-res-951@2031'")
    assert "951" in page.locator(".filters .chosen").inner_text()
    librarian.no_barriers()
    librarian.shot(f"asked-about-a-file-{code}")
    page.wait_for_timeout(3_000)  # nobody asks before the server has heard what was chosen
    librarian.ask("Who reports on ferry laboratories to the Council?")
    cited = librarian.cited()
    assert cited
    assert all(address.startswith("pp-res-951@2031#") for address in cited), cited
