"""The chat as a person uses it, in Debian's chromium, over the real starter corpus.

Screenshots go to `artefacts/` (not kept in git) to be looked at.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = ROOT / "artefacts"
QUESTION = "Who reports on innovation under Resolution 205, and to whom?"
TOPICS = ("205", "pp-res-71", "toolkit", "framework")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`advisor serve` in a process of its own, over some digests of the starter corpus."""
    home = tmp_path_factory.mktemp("home")
    environment = {
        **os.environ,
        "ADVISOR_DATA_DIR": str(home),
        "ADVISOR_QUESTIONS_PER_MINUTE": "0",
    }
    command = [str(Path(sys.executable).with_name("advisor"))]
    digests = [
        str(path)
        for path in sorted((ROOT / "corpus" / "digests").glob("*.md"))
        if any(topic in path.name for topic in TOPICS)
    ]
    assert digests
    subprocess.run([*command, "corpus", "add", *digests], env=environment, check=True, timeout=120)
    subprocess.run([*command, "index", "sync"], env=environment, check=True, timeout=280)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (home / "log").open("wb")
    server = subprocess.Popen(
        [*command, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/readyz", server)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(15)
        log.close()


def _wait(url: str, server: subprocess.Popen[bytes], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert server.poll() is None, "the server stopped"
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"{url} did not answer in {seconds} s")


class Reader:
    """A person at a page; keeps what the page asked the network for and what went wrong."""

    def __init__(self, page: object, site: str) -> None:
        from playwright.sync_api import Page

        assert isinstance(page, Page)
        self.page, self.site = page, site
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda r: self._asked(r.url))
        page.on("pageerror", lambda e: self.errors.append(str(e)))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site, "data:", "blob:")):
            self.outside.append(url)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.site + path)
        self.page.wait_for_selector(".welcome, .turn", state="attached")
        self.page.wait_for_function("document.querySelector('.conversations')")

    def ask(self, text: str) -> None:
        before = self.page.locator(".actions").count()
        self.page.get_by_label("Your question").fill(text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_function(
            f"document.querySelectorAll('.actions').length > {before}", timeout=60_000
        )

    def shot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def no_barriers(self) -> None:
        """Axe finds nothing to complain of (P30)."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def reader(site: str) -> Iterator[Reader]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(locale="en-GB", viewport={"width": 1440, "height": 900})
        person = Reader(page, site)
        yield person
        browser.close()
        assert person.outside == []
        assert person.errors == []


def test_ask_open_a_source_follow_up_and_come_back(reader: Reader) -> None:
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
    cited = page.locator(".source code").all_inner_texts()
    page.reload()
    page.wait_for_selector(".turn")
    assert page.locator(".source code").all_inner_texts() == cited  # P5
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector(".welcome")
    page.locator(".conversations .open").first.click()
    page.wait_for_selector(".turn")
    assert page.locator(".turn").count() == 2


def test_every_language_is_drawn_and_arabic_runs_right_to_left(reader: Reader) -> None:
    page = reader.page
    reader.open()
    reader.ask(QUESTION)
    for code in ("ar", "zh", "ru", "fr", "es", "en"):
        page.locator("header select").select_option(code)
        page.wait_for_function(f"document.documentElement.lang === '{code}'")
        page.wait_for_selector(".actions")
        wanted = "rtl" if code == "ar" else "ltr"
        assert page.evaluate("document.documentElement.dir") == wanted
        reader.no_barriers()
        reader.shot(f"answer-{code}")
    reader.open("/?lang=ar")
    page.wait_for_function("document.documentElement.dir === 'rtl'")


def test_feedback_and_export(reader: Reader, tmp_path: Path) -> None:
    page = reader.page
    reader.open()
    reader.ask(QUESTION)
    page.get_by_role("button", name="Not helpful").click()
    page.get_by_label("What should it have said?").fill("Name the Council first.")
    page.locator(".correction button[type=submit]").click()
    page.wait_for_selector(".told")
    assert "noted" in page.locator(".told").inner_text()
    with page.expect_download() as download:
        page.locator(".actions a", has_text="Word").click()
    download.value.save_as(tmp_path / "answer.docx")
    assert (tmp_path / "answer.docx").read_bytes()[:2] == b"PK"


def test_what_the_documents_do_not_say_is_said(reader: Reader) -> None:
    reader.open()
    reader.ask("How much zinc do submarine beekeepers export to Saturn?")
    told = reader.page.locator(".turn .status").inner_text()
    assert "Answered from the documents" not in told
    assert reader.page.locator(".next").inner_text()
    reader.no_barriers()
    reader.shot("not-in-documents")


def test_library_is_filtered_and_read_with_the_keyboard(reader: Reader) -> None:
    page = reader.page
    reader.open("/#library")
    page.wait_for_selector(".library table")
    reader.no_barriers()
    reader.shot("library")
    page.get_by_label("Filter documents").fill("205")
    rows = page.locator(".library tbody tr:not([hidden])")
    assert 0 < rows.count() < 20
    page.locator(".library tbody tr:not([hidden]) button.link").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".document .clause")
    page.wait_for_function("document.activeElement.id === 'document-title'")
    reader.no_barriers()
    reader.shot("document")


def test_narrow_and_dark(reader: Reader) -> None:
    page = reader.page
    page.set_viewport_size({"width": 320, "height": 700})
    page.emulate_media(color_scheme="dark")
    reader.open()
    reader.ask(QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    reader.no_barriers()
    reader.shot("narrow-dark")


def test_the_api_documentation_is_drawn_without_a_network(reader: Reader) -> None:
    reader.page.goto(reader.site + "/docs")
    reader.page.wait_for_selector(".opblock", timeout=20_000)
    assert reader.page.locator(".opblock").count() > 10
