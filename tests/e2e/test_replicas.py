"""Three servers behind nginx, PostgreSQL and a Chroma server: one corpus, one conversation."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant import workspace
from assistant.client import Client
from assistant.events import CitationReady, ClaimReady, Done, Progress
from corpus.leases import Leases
from corpus.shelf import Source, State
from evals.cluster import Cluster
from evals.processes import ADVISOR, NotInstalled
from tests.assistant.tiny import DOCUMENT

QUESTION = "What does Resolution 205 of the Plenipotentiary Conference resolve on innovation?"

pytestmark = pytest.mark.slow


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
    answer = httpx.post(f"{url}/v1/ask", json={"question": question, **kwargs}, timeout=60)
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


def test_P18_a_document_added_on_one_is_answered_from_on_all_without_a_pause(
    cluster: Cluster,
) -> None:
    stop, failures = threading.Event(), []

    def keep_asking(url: str) -> None:
        while not stop.is_set():
            answer = httpx.post(f"{url}/v1/ask", json={"question": QUESTION}, timeout=60)
            if answer.status_code != 200 or answer.json()["status"] == "failed":
                failures.append(answer.text)

    askers = [threading.Thread(target=keep_asking, args=(url,)) for url in cluster.urls()]
    for asker in askers:
        asker.start()
    settings = cluster.settings()
    shelf = workspace.shelf(settings)
    try:
        shelf.put([DOCUMENT], Source(name="x.xml", sha256="0" * 64), "test")
        about = "What does Resolution 900 resolve on lantern laboratories?"

        def cites(url: str) -> bool:
            addresses = [c["address"] for c in asked(url, about)["citations"]]
            return "pp-res-900@2030#resolves.1" in addresses

        assert until(lambda: cites(cluster.urls()[0]), 60)
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


def test_one_worker_is_elected_and_another_takes_over_when_it_is_killed(cluster: Cluster) -> None:
    leases = Leases(workspace.database(cluster.settings()))

    def holder() -> str:
        held = leases.held("worker")
        return held.holder if held and held.seconds > 0 else ""

    assert until(lambda: bool(holder()))
    first = holder()
    elected = next(s for s in cluster.servers if first.endswith(f"-{s.pid}"))
    elected.kill()  # the last test: it is not started again
    assert until(lambda: holder() not in ("", first), 40)
    # People are passed on to the servers that live.
    assert until(lambda: httpx.get(f"{cluster.url}/readyz", timeout=10).status_code == 200)
    with Client(cluster.url) as client:
        assert client.ask(QUESTION).citations
