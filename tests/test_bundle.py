"""The bundle installs into an empty environment without a network, and only what it holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"

PROJECT = """
[build-system]
requires = ["setuptools>=75"]
build-backend = "setuptools.build_meta"
[project]
name = "lantern-keeper"
version = "1.2"
[tool.setuptools]
py-modules = ["lantern_keeper"]
"""


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of one small program made here."""
    folder = tmp_path_factory.mktemp("bundle")
    source = folder / "source"
    source.mkdir()
    (source / "pyproject.toml").write_text(PROJECT)
    (source / "lantern_keeper.py").write_text("OIL = 7\n")
    done = subprocess.run(
        [DEPLOY / "make-bundle", folder / "made", source],
        env=os.environ | {"PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"a wheel cannot be built here: {done.stderr[-200:]}")
    return folder / "made"


def install(bundle: Path, target: Path) -> subprocess.CompletedProcess[str]:
    # An index that answers nothing: whatever asks the network fails.
    environment = os.environ | {"PYTHON": sys.executable, "PIP_INDEX_URL": "http://127.0.0.1:9"}
    return subprocess.run(
        [bundle / "install.sh", target],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_installs_from_itself_alone(bundle: Path, tmp_path: Path) -> None:
    done = install(bundle, tmp_path / "venv")
    assert done.returncode == 0, done.stderr
    said = subprocess.run(
        [tmp_path / "venv" / "bin" / "python", "-c", "import lantern_keeper as k; print(k.OIL)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "7\n"
    assert "--hash=sha256:" in (bundle / "requirements.txt").read_text()


def test_an_altered_wheel_is_not_installed(bundle: Path, tmp_path: Path) -> None:
    (wheel,) = (bundle / "wheels").iterdir()
    content = wheel.read_bytes()
    wheel.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    try:
        done = install(bundle, tmp_path / "venv")
        assert done.returncode == 1
        assert "altered" in done.stderr
        # Nor when somebody mends the list of sums: pip compares with the requirements.
        sums = subprocess.run(
            ["sha256sum", f"wheels/{wheel.name}"], cwd=bundle, capture_output=True, check=True
        )
        kept = (bundle / "SHA256SUMS").read_bytes()
        (bundle / "SHA256SUMS").write_bytes(sums.stdout)
        assert install(bundle, tmp_path / "again").returncode != 0
        (bundle / "SHA256SUMS").write_bytes(kept)
    finally:
        wheel.write_bytes(content)
