"""`advisor serve`."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    host: Annotated[str | None, typer.Option(help="Address to serve on (loopback).")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to serve on.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Servers, on ports in a row; needs CHROMA_HOST.")
    ] = 1,
) -> None:
    """Serve the chat at / and the API, with its documentation at /docs.

    Several workers take ports in a row (8000, 8001, ...): put a proxy before them that keeps each
    person on one of them, as deploy/nginx/advisor.conf does.
    """
    from assistant.settings import Settings

    settings = Settings.load()
    changed = {k: v for k, v in {"host": host, "port": port}.items() if v is not None}
    settings = settings.model_copy(update=changed)

    if workers > 1:
        from assistant.operating.replicas import check_workers
        from assistant.operating.supervising import supervise

        check_workers(settings, workers)
        ports = range(settings.port, settings.port + workers)
        typer.echo(f"Serving on ports {ports[0]} to {ports[-1]} of {settings.host}.", err=True)
        raise typer.Exit(supervise(settings.host, ports))

    from assistant.ui.app import serve as serve_app

    serve_app(settings)


def worker() -> None:
    """Build the index and read files for all servers of a corpus, when elected; until stopped.

    For deployments whose servers have ADVISOR_WORKER=apart. Run two for a spare: one works.
    """
    import signal
    from types import FrameType

    from assistant.operating import logs, telemetry, workspace
    from assistant.operating.elected import Worker
    from assistant.operating.replicas import NeedsChromaServer
    from assistant.settings import Settings

    settings = Settings.load()
    if not settings.shared:
        raise NeedsChromaServer(
            "A worker apart from the servers needs a Chroma server they share: set CHROMA_HOST. "
            "Without one, `advisor index sync` is all there is to run."
        )
    logs.configure(server=True)
    telemetry.configure()
    elected = Worker(settings, workspace.database(settings))

    def stop(_number: int, _frame: FrameType | None) -> None:
        elected.ask_to_stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    elected.run()
