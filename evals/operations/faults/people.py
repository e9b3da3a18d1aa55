"""People who keep asking while something breaks, and who remember what they were told."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import httpx

from evals.operations.processes import ADVISOR, NEUTRAL

QUESTIONS = (
    "What does Resolution 205 of the Plenipotentiary Conference resolve on innovation?",
    "Which seven pillars does an innovation ecosystem have?",
    "Who reports to the Council under Resolution 205?",
    "What are Member States invited to do for small and medium enterprises?",
)
HEALED_SECONDS = 90.0

_PAUSE = 0.3
"""Seconds between two questions of a person: what heals needs some of the same cores."""

_TRUSTED = ssl.create_default_context()
"""Made once: it takes longer than a question, and each request would make its own."""


class People:
    """Asks servers in turn; counts what comes back and keeps what was answered.

    Each person keeps their cookies as a browser does: behind a proxy they are how a visitor is
    known again, and a conversation is nobody else's.
    """

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = urls
        self._lock = threading.Lock()
        self.seen: Counter[str] = Counter()
        self.untyped = 0
        self.held: dict[str, list[str]] = {}
        self._holders: dict[str, httpx.Cookies] = {}

    def ask(
        self, number: int, conversation: str | None = None, browser: httpx.Cookies | None = None
    ) -> tuple[str, str | None]:
        """Ask one question; what came back in a word, and the conversation."""
        cookies = httpx.Cookies() if browser is None else browser
        url = self._urls[number % len(self._urls)]
        body = {"question": QUESTIONS[number % len(QUESTIONS)], "conversation": conversation}
        try:
            answer = httpx.post(
                f"{url}/v1/ask", json=body, timeout=60, cookies=cookies, verify=_TRUSTED
            )
        except httpx.HTTPError:
            return self._count("no-connection"), None
        try:
            said = answer.json()
        except ValueError:
            # nginx's own page for a server that is gone is as good as no connection.
            if answer.status_code in (502, 504):
                return self._count("no-connection"), None
            return self._count(f"HTTP {answer.status_code}", untyped=True), None
        cookies.update(answer.cookies)
        if answer.status_code == 200:
            with self._lock:
                self._holders[said["conversation"]] = cookies
                self.held.setdefault(said["conversation"], []).append(said["id"])
            words = said["status"]
            if any("Part of the search" in str(note) for note in said.get("notes", [])):
                words += " (degraded)"
            mute = said["status"] == "failed" and not any(said.get("notes", []))
            return self._count(words, mute), said["conversation"]
        mute = answer.status_code == 500 or not (said.get("code") and said.get("message"))
        return self._count(str(said.get("code", answer.status_code)), mute), None

    @contextmanager
    def asking(self, at_once: int = 2) -> Iterator[None]:
        """Several ask, one question after another, for as long as the block lasts."""
        over = threading.Event()

        def person(first: int) -> None:
            number, conversation, browser = first, None, self._arrives(first)
            while not over.is_set():
                held = conversation if number % 3 else None
                _, conversation = self.ask(number, held, browser)
                number += at_once
                over.wait(_PAUSE)

        threads = [threading.Thread(target=person, args=(n,)) for n in range(at_once)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _arrives(self, number: int) -> httpx.Cookies:
        """Somebody opens the chat, by which a visitor gets the cookie that they are known by."""
        url = self._urls[number % len(self._urls)]
        try:
            page = httpx.get(
                f"{url}/", headers={"Accept": "text/html"}, timeout=30, verify=_TRUSTED
            )
        except httpx.HTTPError:
            return httpx.Cookies()
        return httpx.Cookies(page.cookies)

    def wait_answered(self, seconds: float = 60.0) -> None:
        """Wait until one more turn was answered: only what somebody saw can be lost."""
        before, give_up = sum(map(len, list(self.held.values()))), time.monotonic() + seconds
        while sum(map(len, list(self.held.values()))) == before and time.monotonic() < give_up:
            time.sleep(0.02)

    def wait_seen(self, word: str, seconds: float = 60.0) -> None:
        """Wait until somebody was answered `word` (a status or an error's code)."""
        give_up = time.monotonic() + seconds
        while not self.seen[word] and time.monotonic() < give_up:
            time.sleep(0.05)

    def lost(self) -> int:
        """How many of the turns that were answered no server holds any more."""
        missing = 0
        for conversation, turns in self.held.items():
            address = f"{self._urls[0]}/v1/conversations/{conversation}"
            answer = httpx.get(
                address, timeout=30, cookies=self._holders[conversation], verify=_TRUSTED
            )
            stored = {t["id"] for t in answer.json()["turns"]} if answer.is_success else set()
            missing += len(set(turns) - stored)
        return missing

    def healed(self, good: Callable[[str], bool] | None = None) -> float | None:
        """Seconds until every server answers well again; None when that takes too long."""
        fine = good or (lambda word: word in ("answered", "partly_answered", "not_in_documents"))
        began = time.monotonic()
        left = list(range(len(self._urls)))
        others = People(self._urls)
        while time.monotonic() < began + HEALED_SECONDS:
            left = [n for n in left if not fine(others.ask(n)[0])]
            if not left:
                return round(time.monotonic() - began, 1)
            time.sleep(0.2)
        return None

    def _count(self, word: str, untyped: bool = False) -> str:
        with self._lock:
            self.seen[word] += 1
            self.untyped += untyped
        return word


def doctor(environment: Mapping[str, str], check: str) -> str:
    """What `advisor doctor` finds wrong under the name `check`, with its advice; '' if nothing."""
    done = subprocess.run(
        [*ADVISOR, "doctor", "--json"],
        env={**os.environ, **NEUTRAL, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    try:
        checks = json.loads(done.stdout)
    except ValueError:
        return ""
    said = [c for c in checks if c["name"] == check and c["verdict"] != "ok"]
    return " ".join(f"{c['found']} {c['mend']}".strip() for c in said)
