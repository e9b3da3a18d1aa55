"""An evaluator at the Evaluate page: run, report, compare, drafts from use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.people.roles import Role
from tests.e2e import sites
from tests.e2e.browser import MARKS, Person, chromium, until
from tests.evals.test_bench import SUITE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = MARKS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    home = tmp_path_factory.mktemp("evaluate")
    (home / "files" / "suites").mkdir(parents=True)
    (home / "files" / "suites" / "lanterns.yaml").write_text(SUITE, encoding="utf-8")
    with sites.site(home) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as held:
        yield held


@pytest.fixture
def evaluator(browser: Browser, site: sites.Site) -> Iterator[Person]:
    with site.person(browser, Role.EVALUATOR) as someone:
        yield someone


def test_a_run_is_begun_watched_reported_and_compared(evaluator: Person) -> None:
    page = evaluator.page
    evaluator.go("pages/evaluate")
    evaluator.no_barriers()
    for runs in (1, 2):
        page.get_by_label("Suite").select_option("lanterns")
        page.get_by_role("button", name="Start a run").click()
        until(page, f"document.querySelectorAll('[data-poll] .good').length === {runs}", seconds=60)
        page.wait_for_timeout(1000)  # names of runs are to the second
    evaluator.in_every_language("evaluate")
    evaluator.go("pages/evaluate")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Report").first.click()
    assert "Lanterns" in opened.value.locator("h1").inner_text()
    opened.value.close()
    page.get_by_role("link", name="Compare two runs").click()
    names = page.locator("select[name=a] option").all()
    assert len(names) == 3
    page.get_by_label("Run A").select_option(index=2)
    page.get_by_label("Run B").select_option(index=1)
    page.get_by_role("button", name="Compare").click()
    page.wait_for_selector("table")
    assert "no difference shown" in page.locator("tbody tr").first.inner_text()
    evaluator.in_every_language("compare-runs")


def test_a_correction_becomes_an_item_and_the_suite_is_downloaded(
    evaluator: Person, site: sites.Site, tmp_path: Path
) -> None:
    page, advisor = evaluator.page, site.opening.wait(60)
    answer = advisor.ask("Which lanterns burn in the harbour?")
    advisor.store.give_feedback(answer.id, False, comment="Resolves 1 says so.")
    evaluator.go("pages/evaluate")
    page.locator("summary", has_text="Which lanterns burn").click()
    page.get_by_label("Clauses that answer").fill("pp-res-900@2030#resolves.99")
    page.get_by_role("button", name="Decide").click()
    until(page, "[...document.querySelectorAll('.wrong')].some((p) => p.textContent)")
    page.get_by_label("Clauses that answer").fill("pp-res-900@2030#resolves.1")
    evaluator.no_barriers()
    page.get_by_role("button", name="Decide").click()
    page.wait_for_selector("text=Download the accepted ones")
    with page.expect_download() as download:
        page.get_by_text("Download the accepted ones").click()
    download.value.save_as(tmp_path / "from-use.yaml")
    assert "pp-res-900@2030#resolves.1" in (tmp_path / "from-use.yaml").read_text()
