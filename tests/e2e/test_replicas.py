"""Three servers behind nginx, PostgreSQL and a Chroma server: one corpus, one conversation."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from assistant.asking.events import CitationReady, ClaimReady, Done, Progress
from assistant.client import Client
from assistant.operating import workspace
from assistant.people.people import People
from assistant.people.roles import Role
from corpus.shelf.register import Source, State
from evals.operations.cluster import Cluster
from evals.operations.faults.finding import FaultReport, render
from evals.operations.faults.many import Deployment
from evals.operations.processes import ADVISOR, NotInstalled
from tests.assistant.tiny import DOCUMENT
from tests.e2e import steps
from tests.e2e.browser import MARKS, chromium, person

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTION = "What does Resolution 205 of the Plenipotentiary Conference resolve on innovation?"

PASSWORD = "seven lanterns over the quiet harbour"

PATIENCE = 120
"""Seconds for an answer, and for a document to be found: a busy machine is slow, not wrong."""

pytestmark = pytest.mark.slow

BROWSER = MARKS[-1]  # skips where there is none


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    try:
        made = Cluster(tmp_path_factory.mktemp("cluster"))
    except NotInstalled as missing:
        pytest.skip(missing.message)
    with made:
        yield made


def until(true: Callable[[], bool], seconds: float = 30.0) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if true():
            return True
        time.sleep(0.1)
    return False


def asked(url: str, question: str, **kwargs: Any) -> dict[str, Any]:
    answer = httpx.post(f"{url}/v1/ask", json={"question": question, **kwargs}, timeout=PATIENCE)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_every_replica_gives_the_same_answer_and_citations(cluster: Cluster) -> None:
    answers = [asked(url, QUESTION) for url in [*cluster.urls(), cluster.url]]
    assert answers[0]["status"] in ("answered", "partly_answered")
    assert answers[0]["citations"]
    for answer in answers[1:]:
        for part in ("status", "claims", "citations"):
            assert answer[part] == answers[0][part]


def test_an_answer_streams_through_the_proxy_as_it_is_made(cluster: Cluster) -> None:
    with Client(cluster.url) as client:
        events = list(client.stream(QUESTION))
    kinds = [type(event) for event in events]
    assert kinds[0] is Progress
    assert kinds[-1] is Done
    assert ClaimReady in kinds
    assert CitationReady in kinds
    with httpx.stream(
        "POST", f"{cluster.url}/v1/ask/stream", json={"question": QUESTION}, timeout=60
    ) as answer:
        began, times = time.monotonic(), []
        for _ in answer.iter_raw():
            times.append(time.monotonic() - began)
    assert len(times) > 1, "the proxy held the stream back and sent it whole"


def test_a_conversation_goes_on_whichever_replica_answers(cluster: Cluster) -> None:
    one, two, three = cluster.urls()
    first = asked(one, QUESTION)
    talk = first["conversation"]
    asked(two, "And who has to report on it?", conversation=talk)
    turns = httpx.get(f"{three}/v1/conversations/{talk}", timeout=30).json()["turns"]
    assert [t["number"] for t in turns] == [1, 2]
    assert turns[0]["answer"]["citations"] == first["citations"]
    shared = httpx.post(f"{one}/v1/conversations/{talk}/share", timeout=30)
    assert shared.status_code in (200, 201), shared.text
    address = next(v for v in shared.json().values() if isinstance(v, str) and "/" in v)
    path = address[address.index("/", address.find("//") + 2) :] if "//" in address else address
    for url in cluster.urls():
        page = httpx.get(url + path, timeout=30)
        assert page.status_code == 200


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as held:
        yield held


@pytest.mark.browser
@BROWSER
def test_the_main_path_of_a_person_holds_behind_the_proxy(
    cluster: Cluster, browser: Browser
) -> None:
    with person(browser, cluster.url) as visitor:
        steps.ask_open_a_source_follow_up_and_come_back(visitor)
    with person(browser, cluster.url) as visitor:
        steps.read_in_every_language(visitor, ("ar", "en"))
    # A link is for those with an account only; sessions hold on every server.
    users = People(workspace.database(cluster.settings())).users
    users.add("anna", Role.STAFF, by="local", password=PASSWORD)
    with person(browser, cluster.url) as anna:
        anna.go("login")
        anna.page.get_by_label("User name").fill("anna")
        anna.page.get_by_label("Password").fill(PASSWORD)
        anna.page.get_by_role("button", name="Sign in").first.click()
        anna.page.wait_for_selector(".welcome")
        steps.find_rename_share_and_delete(anna, browser)


def test_P18_a_document_added_on_one_is_answered_from_on_all_without_a_pause(
    cluster: Cluster,
) -> None:
    stop, failures = threading.Event(), []

    def keep_asking(url: str) -> None:
        while not stop.is_set():
            try:
                answer = httpx.post(f"{url}/v1/ask", json={"question": QUESTION}, timeout=PATIENCE)
            except httpx.HTTPError as error:  # nobody was answered: that is a pause
                failures.append(repr(error))
                return
            if answer.status_code != 200 or answer.json()["status"] == "failed":
                failures.append(answer.text)

    askers = [threading.Thread(target=keep_asking, args=(url,)) for url in cluster.urls()]
    for asker in askers:
        asker.start()
    settings = cluster.settings()
    shelf = workspace.shelf(settings)
    try:
        shelf.put([DOCUMENT], Source(name="x.xml", sha256="0" * 64), "test")
        about = "Which lantern laboratories are supported in harbours?"

        def cites(url: str) -> bool:
            addresses = [c["address"] for c in asked(url, about)["citations"]]
            return "pp-res-900@2030#resolves.1" in addresses

        assert until(lambda: cites(cluster.urls()[0]), PATIENCE)
        # From the moment one answers from it, all do.
        assert all(cites(url) for url in cluster.urls())
    finally:
        stop.set()
        for asker in askers:
            asker.join()
    assert failures == []
    shelf.set_state(DOCUMENT.id, State.WITHDRAWN, "test", "over")
    for url in cluster.urls():
        assert not asked(url, about)["citations"]


def test_P15_two_workers_on_an_embedded_chroma_are_refused_with_what_to_do(tmp_path: Path) -> None:
    environment = os.environ | {"ADVISOR_DATA_DIR": str(tmp_path), "CHROMA_HOST": ""}
    refused = subprocess.run(
        [*ADVISOR, "serve", "--workers", "2"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 2
    assert "CHROMA_HOST" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.timeout(900)  # twenty starts and checks of servers, one after another
def test_whatever_is_killed_is_told_in_words_loses_nothing_and_heals(cluster: Cluster) -> None:
    """The fault run on this set: Chroma, the database, the elected worker, one of the servers."""
    faults = {fault.name: fault for fault in Deployment(cluster).parts_killed()}
    report = FaultReport(parts="", faults=tuple(faults.values()))
    assert report.sound, render(report)
    for away in ("Chroma server killed with -9", "Chroma server hangs (SIGSTOP)"):
        assert faults[away].seen.get("answered (degraded)", 0) > 0  # by words alone, and says so
    assert faults["database killed with -9"].seen.get("store-away", 0) > 0
    # Another is elected and finishes the index; people are passed on to the servers that live.
    for name in ("elected worker killed with -9 while it builds", "one server killed with -9"):
        seen = faults[name].seen
        assert seen["answered"] > 5 * seen.get("no-connection", 0)
    with Client(cluster.url) as client:
        assert client.ask(QUESTION).citations
