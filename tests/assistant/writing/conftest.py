"""A real OpenAI-compatible server, and an assistant that writes with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import pipeline
from assistant.advisor import Advisor
from assistant.writing import evidence
from tests.assistant.chat_server import ChatServer
from tests.assistant.tiny import tiny_advisor, tiny_settings
from tests.assistant.writing.orchard import DOCUMENT


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer().running() as running:
        yield running


@pytest.fixture
def advisor(server: ChatServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Advisor:
    """Writing with the server; whether evidence is enough is weighed by other tests."""
    steps = tuple(step for step in pipeline.STEPS if step[0] != "weigh")
    monkeypatch.setattr(pipeline, "STEPS", steps)
    # All four clauses lie before the model, so that each sentence here can cite its own.
    monkeypatch.setattr(evidence, "CLOSE", 0.0)
    settings = tiny_settings(tmp_path, chat_base_url=server.url, chat_timeout=20, chat_pause=1.5)
    return tiny_advisor(settings, (DOCUMENT,))
