from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from indexing.building.locks import FileLock, serve_lock
from indexing.errors import AlreadyServing

HOLD = """
import sys
from pathlib import Path
from indexing.building.locks import serve_lock
lock = serve_lock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_P15_a_second_server_on_one_data_directory_is_refused_until_the_first_dies(
    tmp_path: Path,
) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "held\n"
    with pytest.raises(AlreadyServing, match="CHROMA_HOST"):
        serve_lock(tmp_path)
    first.kill()
    first.wait()
    serve_lock(tmp_path).close()


def test_readers_share_a_lock_and_keep_a_writer_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.touch()
    readers = [FileLock(path, shared=True), FileLock(path, shared=True)]
    with pytest.raises(BlockingIOError):
        FileLock(path)
    for reader in readers:
        reader.close()
    with FileLock(path), pytest.raises(BlockingIOError):
        FileLock(path, shared=True)


def test_a_reader_makes_no_lock_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileLock(tmp_path / "none", shared=True)
