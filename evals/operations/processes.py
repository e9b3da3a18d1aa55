"""Real processes for measurements and tests: Chroma, PostgreSQL, nginx and the advisor itself.

Each is a `Child` that can be started, killed with -9, and started again on the same data. All
listen on loopback only.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import httpx

from corpus.errors import AdvisorError

START_SECONDS = 120.0


class NotInstalled(AdvisorError):
    """For the one who measures: a program that this measurement needs is not on this machine."""

    code = "not-installed"


class DidNotStart(AdvisorError):
    """For the one who measures: a process ended or did not answer in time."""

    code = "did-not-start"


def free_port() -> int:
    """A TCP port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something listens on this port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Child:
    """A process that can be killed and started again; a context manager that ends it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        ready: Callable[[], bool],
        log: Path,
        environment: Mapping[str, str] | None = None,
        seconds: float = START_SECONDS,
    ) -> None:
        """Nothing is started yet; `ready` says whether it can be used, `log` takes its output."""
        self.name, self.log = name, log
        self._command = [str(word) for word in command]
        self._ready, self._seconds = ready, seconds
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, wait: bool = True, environment: Mapping[str, str] | None = None) -> None:
        """Start it (with more environment for this once), and wait until it can be used.

        Raises:
            DidNotStart: it ended, or was not ready in time; the log says why.
        """
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self._environment, **(environment or {})},
                start_new_session=True,
            )
        if wait:
            self.wait_ready()

    def wait_ready(self) -> float:
        """Wait until it can be used; the seconds that took.

        Raises:
            DidNotStart: see `start`.
        """
        began = time.monotonic()
        while time.monotonic() < began + self._seconds:
            if not self.alive:
                raise DidNotStart(f"{self.name} ended at its start; its log says why.")
            if self._ready():
                return time.monotonic() - began
            time.sleep(0.1)
        raise DidNotStart(f"{self.name} was not ready in {self._seconds:.0f} s; its log says more.")

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the process started last.

        Raises:
            DidNotStart: none was.
        """
        if self._process is None:
            raise DidNotStart(f"{self.name} was not started.")
        return self._process.pid

    def kill(self) -> None:
        """End it and its children at once, with -9."""
        self._end(signal.SIGKILL, 20)

    def stop(self, seconds: float = 15) -> None:
        """Ask it to end; kill it when it has not after `seconds`."""
        self._end(signal.SIGTERM, seconds)

    def _end(self, how: signal.Signals, seconds: float) -> None:
        if self._process is None:
            return
        for sent in (how, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, sent)
            try:
                self._process.wait(seconds)
                return
            except subprocess.TimeoutExpired:
                continue

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def chroma(folder: Path, port: int) -> Child:
    """A Chroma server on `folder`.

    Raises:
        NotInstalled: the `chroma` command is not beside this Python.
    """
    command = Path(sys.executable).parent / "chroma"
    if not command.exists():
        raise NotInstalled("The `chroma` command is not installed. Run `make setup`.")
    return Child(
        "Chroma",
        [command, "run", "--path", folder / "data", "--host", "127.0.0.1", "--port", str(port)],
        lambda: answers(port),
        folder / "chroma.log",
    )


class Postgres(Child):
    """A PostgreSQL of its own, made on first start; `url` is where."""

    def __init__(self, folder: Path, port: int) -> None:
        """Make the cluster; `folder` takes its log.

        The data lies in a temporary folder of its own: PostgreSQL's user could not get at one
        under a folder that is root's alone. It is removed when the `with` block ends.

        Raises:
            NotInstalled: there is no PostgreSQL here.
            DidNotStart: its data directory could not be made.
        """
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not found:
            raise NotInstalled("PostgreSQL is not installed. Debian has it as `postgresql`.")
        # PostgreSQL refuses to run as root, so its own user does it; so do containers.
        as_own = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        log, folder = folder / "postgres.log", Path(tempfile.mkdtemp(prefix="advisor-postgres-"))
        self._data = folder
        password = secrets.token_hex(16)
        (folder / "password").write_text(password)
        if as_own:
            shutil.chown(folder, "postgres")
            shutil.chown(folder / "password", "postgres")
        made = subprocess.run(
            [
                *as_own,
                str(found[-1] / "initdb"),
                *("-D", str(folder / "data"), "-U", "advisor", "-A", "scram-sha-256"),
                f"--pwfile={folder / 'password'}",
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            capture_output=True,
            check=False,
            cwd=folder,
        )
        if made.returncode:
            raise DidNotStart("PostgreSQL's data directory could not be made.")
        self.url = f"postgresql+psycopg://advisor:{password}@127.0.0.1:{port}/postgres"
        super().__init__(
            "PostgreSQL",
            [
                *as_own,
                found[-1] / "postgres",
                *("-D", folder / "data", "-p", str(port)),
                *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
            ],
            self._answers,
            log,
        )

    def start(self, wait: bool = True, environment: Mapping[str, str] | None = None) -> None:
        """As `Child.start`; after a kill its helpers hold the shared memory for a moment longer,
        as a service manager finds too, and it is tried again.
        """
        for _ in range(15):
            try:
                super().start(wait, environment)
                return
            except DidNotStart:
                time.sleep(1)
        super().start(wait, environment)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        shutil.rmtree(self._data, ignore_errors=True)

    def _answers(self) -> bool:
        from sqlalchemy import create_engine
        from sqlalchemy.exc import SQLAlchemyError

        engine = create_engine(self.url)
        try:
            engine.connect().close()
        except SQLAlchemyError:
            return False
        finally:
            engine.dispose()
        return True


def advisor(home: Path, port: int, log: Path, *words: str, **environment: str) -> Child:
    """`advisor serve` on this port of loopback, with these settings and none inherited."""
    return Child(
        f"advisor on {port}",
        [*ADVISOR, "serve", "--host", "127.0.0.1", "--port", str(port), *words],
        lambda: ready(f"http://127.0.0.1:{port}"),
        log,
        {**NEUTRAL, "ADVISOR_DATA_DIR": str(home), **environment},
        seconds=240,
    )


ADVISOR = (sys.executable, "-c", "from assistant.cli import main; main()")
"""The command line, without depending on where its script was installed."""

NEUTRAL = {
    "ADVISOR_API_KEYS": "",
    "ADVISOR_CHAT_MODEL": "",
    "ADVISOR_CHAT_BASE_URL": "",
    "ADVISOR_ROOT_PATH": "",
    "ADVISOR_QUESTIONS_PER_MINUTE": "0",
    "ADVISOR_QUESTIONS_AT_ONCE": "0",
    "DATABASE_URL": "",
    "CHROMA_HOST": "",
}
"""What an operator may have set for the real server and a measurement must not inherit."""


def ready(url: str) -> bool:
    """Whether the server at `url` says that it can answer questions."""
    try:
        return httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False
