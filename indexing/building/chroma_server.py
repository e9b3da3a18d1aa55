"""A Chroma server: its client, which gives up in time, and the probe that it keeps things.

chromadb's HTTP client waits for ever by default, so a server that hangs would hang every question.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from indexing.errors import NoChromaServer

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
"""After so long without an answer of a Chroma server, people are answered by words alone."""

BUILD_SECONDS = 120.0
"""As long while an index is built, when nobody waits and a server may be writing its graph."""

SILENT = (
    "The Chroma server in CHROMA_HOST does not answer. Start it (`chroma run`), or unset "
    "CHROMA_HOST to keep the vectors in the data directory."
)


def server_client(host: str, seconds: float = ANSWER_SECONDS) -> ClientAPI:
    """Client of the Chroma server at `host:port` (port 8000 when left out).

    chromadb's own client waits for ever; this one gives up on a request after `seconds`.

    Raises:
        NoChromaServer: nothing answers there, or not in time.
    """
    import chromadb
    import httpx
    from chromadb.config import Settings

    secure = host.startswith("https://")
    name, _, port = host.removeprefix("https://").removeprefix("http://").partition(":")
    number = port.rstrip("/") or "8000"
    limit = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
    try:
        # Asked before chromadb is, whose constructor already talks to the server, without a limit.
        url = f"http{'s' if secure else ''}://{name}:{number}/api/v2/heartbeat"
        httpx.get(url, timeout=limit).raise_for_status()
        client = chromadb.HttpClient(
            host=name,
            port=int(number),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
        cast(Any, client)._server._session.timeout = limit
    except Exception as error:  # chromadb raises ValueError, its own and httpx's errors here
        raise NoChromaServer(SILENT) from error
    return client


@contextmanager
def heard() -> Iterator[None]:
    """What goes wrong between here and a Chroma server is told as that.

    Raises:
        NoChromaServer: it is gone, or did not answer in time.
    """
    import httpx

    try:
        yield
    except httpx.HTTPError as error:
        raise NoChromaServer(SILENT) from error


def close(client: ClientAPI) -> None:
    """Let go of a client's files and memory (the interface class does not declare `close`)."""
    cast(Any, client).close()


def probe_server(host: str) -> None:
    """Write through one client, read through another: what a wrongly built client cannot do (P16).

    Raises:
        NoChromaServer: nothing answers, or what was written was not there to read.
    """
    name = f"advisor-probe-{uuid.uuid4().hex}"
    writer, reader = server_client(host), server_client(host)
    with heard():
        try:
            writer.create_collection(name, embedding_function=None).add(
                ids=["probe"], embeddings=np.array([[0.6, 0.8]], dtype=np.float32)
            )
            seen = reader.get_collection(name, embedding_function=None).get(ids=["probe"])["ids"]
        finally:
            writer.delete_collection(name)
    if seen != ["probe"]:
        raise NoChromaServer(
            "The Chroma server in CHROMA_HOST does not keep what it is given. Check its storage."
        )
