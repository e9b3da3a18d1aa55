"""`advisor mcp`."""

from __future__ import annotations


def mcp() -> None:
    """Serve the corpus to other assistants over standard input and output (MCP).

    Tools: search, read_clause, ask. Tell the other assistant to run `advisor mcp`, with
    ADVISOR_DATA_DIR set as it is for the other commands.
    """
    from assistant.api.mcp_server import Lazily, build
    from assistant.settings import Settings

    build(Lazily(Settings.load())).run("stdio")
