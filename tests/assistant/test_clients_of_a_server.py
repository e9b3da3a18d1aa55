"""One running server, three ways in: its API, OpenAI's own client, an MCP client beside it (P5)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from assistant.operating import workspace
from assistant.settings import Settings
from corpus.shelf.register import Shelf, Source
from evals.operations import processes
from tests.assistant.tiny import DOCUMENT

pytestmark = pytest.mark.slow

TURNS = (
    "What does Resolution 900 (Portville, 2030) resolve?",
    "And what does Resolution 900 (Portville, 2030) invite Member States to do?",
)
SEEN = ("address", "quote", "label")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clients")
    settings = Settings(data_dir=folder, embedding_model="hashing")
    shelf = Shelf(workspace.database(settings), folder / "files")
    shelf.put([DOCUMENT], Source(name="tiny.xml", sha256="0" * 64), "test")
    workspace.sync_index(settings)
    return folder


@pytest.fixture(scope="module")
def url(home: Path) -> Iterator[str]:
    port = processes.free_port()
    server = processes.advisor(home, port, home / "server.log", EMBEDDING_MODEL="hashing")
    with server:
        server.start()
        yield f"http://127.0.0.1:{port}"


def seen(citations: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What a reader sees of citations, whatever brought them."""
    return [tuple(citation.get(name) for name in SEEN) for citation in citations]


@pytest.fixture(scope="module")
def asked(url: str) -> list[list[tuple[Any, ...]]]:
    """The citations of both turns by the API, which the chat's page shows."""
    with httpx.Client(base_url=url, timeout=60) as client:
        conversation: str | None = None
        told = []
        for question in TURNS:
            more = {"conversation": conversation} if conversation else {}
            answer = client.post("/v1/ask", json={"question": question, **more}).json()
            conversation = answer["conversation"]
            told.append(seen(answer["citations"]))
        stored = client.get(f"/v1/conversations/{conversation}").json()["turns"]
    assert [seen(turn["answer"]["citations"]) for turn in stored] == told
    assert all(told)
    return told


@pytest.mark.parametrize("stream", [False, True])
def test_p5_openais_client_shows_the_citations_of_the_chat(
    url: str, asked: list[list[tuple[Any, ...]]], stream: bool
) -> None:
    openai = pytest.importorskip("openai")
    official = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    conversation: str | None = None
    told = []
    for question in TURNS:
        made = official.chat.completions.create(
            model="advisor",
            messages=[{"role": "user", "content": question}],
            stream=stream,
            metadata={"conversation": conversation} if conversation else {},
        )
        last = list(made)[-1] if stream else made
        turn = httpx.get(f"{url}/v1/turns/{last.advisor['id']}", timeout=30).json()
        conversation = turn["conversation"]
        if not stream:
            assert seen(last.choices[0].message.citations) == seen(turn["citations"])
        told.append(seen(turn["citations"]))
    assert told == asked


def test_p5_an_mcp_client_beside_the_server_shows_them_too(
    home: Path, url: str, asked: list[list[tuple[Any, ...]]]
) -> None:
    mcp = pytest.importorskip("mcp", reason="the extra `mcp` is not installed")
    server = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-c", "from assistant.cli import main; main()", "mcp"],
        env={**os.environ, "ADVISOR_DATA_DIR": str(home), "EMBEDDING_MODEL": "hashing"},
    )

    async def talk() -> list[dict[str, Any]]:
        with anyio.fail_after(100):
            async with mcp.Client(mcp.stdio_client(server)) as client:
                answers: list[dict[str, Any]] = []
                for question in TURNS:
                    more = {"conversation": answers[0]["conversation"]} if answers else {}
                    called = await client.call_tool("ask", {"question": question, **more})
                    assert not called.is_error, called.content
                    answers.append(called.structured_content)
                return answers

    answers = anyio.run(talk)
    assert [seen(answer["citations"]) for answer in answers] == asked
    # What was said there is a conversation of the server's from then on.
    kept = httpx.get(f"{url}/v1/conversations/{answers[0]['conversation']}", timeout=30).json()
    assert [seen(turn["answer"]["citations"]) for turn in kept["turns"]] == asked
