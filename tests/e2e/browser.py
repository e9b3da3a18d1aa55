"""Debian's chromium driven by Playwright, and a server of our own to drive it at."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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
PATIENCE = float(os.environ.get("ADVISOR_TEST_PATIENCE") or 1)
"""How many times longer everything is waited for, on a machine that is busy with other work."""

SHOTS = ROOT / "artefacts"
LANGUAGES = ("ar", "zh", "ru", "fr", "es", "en")

MARKS = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]
"""Of every module that drives the browser."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for a module; each person in it has a context of their own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """`app` on a free port of this machine, in a thread; its URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{port}"
    try:
        answering(f"{url}/healthz")
        yield url
    finally:
        server.should_exit = True
        thread.join(10)


def answering(url: str, seconds: float = 120) -> None:
    """Wait until `url` answers 200."""
    until = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < until:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer in {seconds} s")


def until(page: Page, true: str, seconds: float = 60) -> None:
    """Wait until this expression of JavaScript is true of the page.

    Playwright's own waiting compiles the expression inside the page, which the policy of our pages
    forbids, as it should; what a debugger evaluates is under no policy.
    """
    from playwright.sync_api import Error

    last, end = "", time.monotonic() + seconds * PATIENCE
    while time.monotonic() < end:
        try:
            if page.evaluate(f"!!({true})"):
                return
        except Error as error:  # what it reads is not there yet, or the page is being replaced
            last = str(error)
        else:
            last = "it is false"
        page.wait_for_timeout(100)
    raise AssertionError(f"not true in {seconds:.0f} s: {true}: {last}")


AT_REST = """() => Promise.all(document.getAnimations()
    .filter(each => each.effect?.getComputedTiming().iterations !== Infinity)
    .map(each => each.finished.catch(() => null)))"""
"""A colour half-way to another is nobody's to read: wait until what moves once has arrived."""


class Person:
    """Somebody at a page; keeps what the page asked the network for and what went wrong."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda r: self._asked(r.url))
        page.on("pageerror", lambda e: self.errors.append(str(e)))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site, "data:", "blob:")):
            self.outside.append(url)

    def open(self, path: str = "/") -> None:
        """The chat."""
        self.page.goto(self.site + path)
        self.page.wait_for_selector(".welcome, .turn", state="attached")
        until(self.page, "document.querySelector('.conversations')")

    def go(self, path: str) -> None:
        """A page beside the chat, its script at work."""
        self.page.goto(f"{self.site}/{path}", wait_until="load")

    def ask(self, text: str) -> None:
        before = self.page.locator(".actions").count()
        self.page.locator("#question textarea").fill(text)
        self.page.keyboard.press("Enter")
        until(self.page, f"document.querySelectorAll('.actions').length > {before}", seconds=60)

    def cited(self) -> list[str]:
        """Addresses of the clauses in the panel of sources, those of earlier answers too."""
        buttons = self.page.locator(".source [data-address]:not([data-act])")
        return [str(one) for one in buttons.evaluate_all("all => all.map(e => e.dataset.address)")]

    def shot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)

    def no_barriers(self) -> None:
        """Axe finds nothing to complain of (P30), and nothing runs out of the page."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.evaluate(AT_REST)
        found = Axe().run(self.page)
        assert found.violations_count == 0, found.generate_report()
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} pixels too wide"

    def in_every_language(self, name: str, languages: tuple[str, ...] = LANGUAGES) -> None:
        """The page as it stands in each language, then narrow and dark: no barrier, a picture
        each."""
        address = self.page.url
        for code in languages:
            self.page.goto(address + ("&" if "?" in address else "?") + f"lang={code}")
            wanted = "rtl" if code == "ar" else "ltr"
            assert self.page.evaluate("document.documentElement.dir") == wanted
            assert self.page.evaluate("document.documentElement.lang") == code
            self.no_barriers()
            self.shot(f"{name}-{code}")
        self.page.set_viewport_size({"width": 320, "height": 700})
        self.page.emulate_media(color_scheme="dark")
        self.no_barriers()
        self.shot(f"{name}-narrow-dark")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size({"width": 1440, "height": 900})


@contextmanager
def person(browser: Browser, site: str, **options: Any) -> Iterator[Person]:
    """A person with a browser of their own; the page may ask nobody else for anything."""
    chosen = {"locale": "en-GB", "viewport": {"width": 1440, "height": 900}, **options}
    context = browser.new_context(**chosen)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(60_000 * PATIENCE)  # a busy machine is slow, not wrong
    someone = Person(context.new_page(), site)
    yield someone
    context.close()
    assert someone.outside == []
    assert someone.errors == []
