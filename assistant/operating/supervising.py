"""`advisor serve --workers N`: N servers on ports in a row, kept alive by one parent.

Each is a whole replica with a port of its own, as on hosts of their own: the proxy before them
spreads people over them and keeps each on one (deploy/nginx), which the chat needs, since its
stream and its form arrive on different connections. One port shared by N processes could not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

_COMMAND = (sys.executable, "-c", "from assistant.cli import main; main()", "serve")
_REFUSED = 2
"""Exit code of a server that cannot start as it is configured: starting it again is no use."""

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
_SETTLED_SECONDS = 60.0


class _Worker:
    """One server and when to start it again."""

    def __init__(self, host: str, port: int) -> None:
        self.port = port
        self._command = [*_COMMAND, "--host", host, "--port", str(port)]
        self._wait = _FIRST_WAIT
        self._due = 0.0
        self._began = 0.0
        self.process: subprocess.Popen[bytes] | None = None

    def look(self) -> int | None:
        """Start it when it is not running and due; the exit code when it refused to start."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return None
            self.process = None
            if code == _REFUSED:
                return code
            self._wait = (
                _FIRST_WAIT
                if now - self._began > _SETTLED_SECONDS
                else min(2 * self._wait, _LONGEST_WAIT)
            )
            self._due = now + self._wait
            log.warning("server ended", port=self.port, code=code, again_in=self._wait)
        if now >= self._due:
            self._began = now
            self.process = subprocess.Popen(self._command, env=os.environ)
        return None


def supervise(host: str, ports: Sequence[int]) -> int:
    """Keep a server running on each port until told to stop; the exit code.

    A server that dies is started again, after a wait that grows while it keeps dying. One that
    refuses to start (its message is on standard error) ends them all with code 2.
    """
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    workers = [_Worker(host, port) for port in ports]
    code = 0
    try:
        while not stopping:
            for worker in workers:
                code = worker.look() or code
            if code:
                break
            time.sleep(0.2)
    finally:
        _end([worker.process for worker in workers if worker.process is not None])
    return code


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    give_up = time.monotonic() + 15
    for process in processes:
        try:
            process.wait(max(0.1, give_up - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
