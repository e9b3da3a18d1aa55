"""`advisor serve`."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    host: Annotated[str | None, typer.Option(help="Address to serve on (loopback).")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to serve on.")] = None,
) -> None:
    """Serve the chat at / and the API, with its documentation at /docs."""
    from assistant.settings import Settings

    settings = Settings.load()
    changed = {k: v for k, v in {"host": host, "port": port}.items() if v is not None}
    settings = settings.model_copy(update=changed)

    from assistant.api.app import serve as serve_app

    serve_app(settings)
