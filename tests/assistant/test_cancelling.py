"""P22: whoever leaves stops the work within two seconds, and finds what was ready by then."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from assistant import pipeline
from assistant.answers import Claim, Status
from assistant.turn import Tools, Turn
from assistant.ui.app import create_app
from tests.assistant.tiny import tiny_advisor, tiny_settings

ADDRESS = "pp-res-900@2030#resolves.1"
CLAIM = Claim(text="a claim that was ready", addresses=(ADDRESS,))


class Slow:
    """A step that has one claim at once and would go on for half a minute."""

    def __init__(self) -> None:
        self.worked = 0
        self.began = threading.Event()

    def __call__(self, turn: Turn, _: Tools) -> Iterator[Turn]:
        turn = turn.having(claims=(CLAIM,))
        yield turn
        for _step in range(300):
            time.sleep(0.1)
            self.worked += 1
            self.began.set()
            yield turn


@contextlib.contextmanager
def served(app: Any) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)


@pytest.mark.parametrize("way", ["stream", "whole", "openai", "openai-stream"])
def test_p22_who_leaves_stops_the_work_and_it_is_stored_as_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    slow = Slow()
    monkeypatch.setattr(pipeline, "STEPS", (*pipeline.STEPS[:-1], ("answer", slow)))
    settings = tiny_settings(tmp_path)
    advisor = tiny_advisor(settings)
    path = {"stream": "/v1/ask/stream", "whole": "/v1/ask"}.get(way, "/v1/chat/completions")
    words = "Which lantern laboratories are supported in a harbour?"
    body: dict[str, Any] = (
        {"messages": [{"role": "user", "content": words}], "stream": way == "openai-stream"}
        if way.startswith("openai")
        else {"question": words}
    )
    with served(create_app(settings, advisor, chat=False)) as url:
        address = urlsplit(url)
        asker = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        headers = {"Content-Type": "application/json"}
        with contextlib.closing(asker):
            asker.request("POST", path, body=json.dumps(body), headers=headers)
            if way == "stream":
                for line in asker.getresponse():
                    if b"a claim that was ready" in line:
                        break
            # The other ways show nothing before the end, and a busy machine comes to the claim
            # late: whoever left after a set time would sometimes leave before there was one.
            assert slow.began.wait(60)
        left = time.monotonic()
        while not (held := advisor.store.conversations()) and time.monotonic() - left < 5:
            time.sleep(0.02)
        assert time.monotonic() - left < 2
        worked = slow.worked
        time.sleep(0.5)
        assert slow.worked == worked < 300
    ((stored),) = advisor.store.turns(held[0].id)
    assert stored.question == words
    assert stored.answer.status is Status.CANCELLED
    assert stored.answer.claims == (CLAIM,)
    assert len(stored.answer.notes) == 1
