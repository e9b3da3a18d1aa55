"""Several servers of one command: started, started again when they die, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.operating import replicas
from assistant.operating.replicas import NeedsChromaServer
from assistant.settings import Settings

PARENT = """
import sys
from assistant.operating import supervising
supervising._COMMAND = (sys.executable, "-c", sys.argv[1])
raise SystemExit(supervising.supervise("127.0.0.1", [8001, 8002]))
"""

SERVER = """
import os, sys, time
from pathlib import Path
port = sys.argv[sys.argv.index("--port") + 1]
with open(os.environ["LOG"], "a") as log:
    print(port, os.getpid(), file=log)
time.sleep(600)
"""

REFUSES = "import sys, time; time.sleep(600) if '8001' in sys.argv else sys.exit(2)"


def until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if true():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_server_that_dies_is_started_again_and_all_end_with_the_parent(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, SERVER], env=os.environ | {"LOG": str(log)}
    )

    def started() -> list[tuple[str, int]]:
        lines = [line.split() for line in log.read_text().splitlines()]
        return [(port, int(pid)) for port, pid in lines]

    assert until(lambda: len(started()) == 2)
    assert {port for port, _ in started()} == {"8001", "8002"}
    port, pid = started()[0]
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: len(started()) == 3)
    assert started()[2][0] == port
    parent.terminate()
    assert parent.wait(20) == 0
    assert not any(alive(pid) for _, pid in started())


def test_one_that_refuses_to_start_ends_them_all() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, REFUSES])
    assert parent.wait(20) == 2


def test_P15_several_workers_need_a_chroma_server(tmp_path: Path) -> None:
    with pytest.raises(NeedsChromaServer, match="CHROMA_HOST"):
        replicas.check_workers(Settings(data_dir=tmp_path), 2)
    replicas.check_workers(Settings(data_dir=tmp_path), 1)
    replicas.check_workers(Settings(data_dir=tmp_path, chroma_host="127.0.0.1:8001"), 2)
