"""Other assistants use the corpus by MCP: the official client, and the citations of `ask` (P5)."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest

from assistant.advisor import Advisor
from assistant.api.mcp_server import build
from assistant.operating import workspace
from assistant.settings import Settings
from corpus.shelf.register import Shelf, Source
from tests.assistant.tiny import DOCUMENT, tiny_advisor, tiny_settings

mcp = pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

QUESTION = "Which lantern laboratories are supported in a harbour?"
NAMED = "What does Resolution 900 (Portville, 2030) resolve?"


def test_the_tools_say_what_they_do_and_what_they_touch(tmp_path: Path) -> None:
    advisor = tiny_advisor(tiny_settings(tmp_path))

    async def talk() -> None:
        async with mcp.Client(build(lambda: advisor)) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            assert set(tools) == {"search", "read_clause", "ask"}
            assert tools["search"].annotations.read_only_hint
            assert tools["read_clause"].annotations.read_only_hint
            assert tools["ask"].annotations.destructive_hint is False
            assert all(tool.description and tool.output_schema for tool in tools.values())

            found = await client.call_tool("search", {"query": "lantern laboratories"})
            best = found.structured_content["found"][0]
            assert best["addresses"] == ["pp-res-900@2030#resolves.1"]
            read = await client.call_tool("read_clause", {"address": best["addresses"][0]})
            assert read.structured_content["text"] in best["text"]

            for name, given, code in (
                ("search", {"query": "??"}, "empty-question"),
                ("read_clause", {"address": "pp-res-900@2030#resolves.9"}, "unknown-address"),
                ("read_clause", {"address": "no address at all"}, "bad-address"),
                ("ask", {"question": ""}, "empty-question"),
                ("ask", {"question": QUESTION, "conversation": "x"}, "unknown-conversation"),
                ("ask", {"question": QUESTION, "language": "tlh"}, "unsupported-language"),
            ):
                refused = await client.call_tool(name, given)
                assert refused.is_error
                told = refused.content[0].text
                assert told.startswith(f"Error executing tool {name}: {code}: ")
                assert told[-1] == "."
            assert (await client.call_tool("search", {"query": "x", "top": 0})).is_error

    anyio.run(talk)


def test_p5_a_conversation_over_stdio_shows_the_citations_of_ask(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, embedding_model="hashing")
    shelf = Shelf(workspace.database(settings), tmp_path / "files")
    shelf.put([DOCUMENT], Source(name="tiny.xml", sha256="0" * 64), "test")
    workspace.sync_index(settings)
    server = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-c", "from assistant.cli import main; main()", "mcp"],
        env={**os.environ, "ADVISOR_DATA_DIR": str(tmp_path), "EMBEDDING_MODEL": "hashing"},
    )

    async def talk() -> tuple[dict[str, Any], dict[str, Any]]:
        with anyio.fail_after(100):
            async with mcp.Client(mcp.stdio_client(server)) as client:
                first = await client.call_tool("ask", {"question": NAMED})
                assert not first.is_error, first.content
                answer = first.structured_content
                assert json.loads(first.content[0].text) == answer
                follow = await client.call_tool(
                    "ask",
                    {"question": "And the council?", "conversation": answer["conversation"]},
                )
                return answer, follow.structured_content

    answer, follow = anyio.run(talk)
    assert follow["conversation"] == answer["conversation"]
    advisor = Advisor.open(settings)
    own = advisor.ask(NAMED).model_dump(mode="json")
    assert answer["citations"]
    assert answer["citations"] == own["citations"]
    assert answer["claims"] == own["claims"]
    assert answer["trace"] == {}
    stored = advisor.store.turns(answer["conversation"])
    assert [turn.answer.model_dump(mode="json")["citations"] for turn in stored] == [
        answer["citations"],
        follow["citations"],
    ]
