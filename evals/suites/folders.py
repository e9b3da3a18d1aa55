"""Where the commands of the evaluation room find suites and runs, and how they open systems."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from corpus.errors import AdvisorError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from corpus.shelf.register import Shelf
    from evals.suites.metrics import ClauseText
    from evals.suites.openai_compatible import Prices
    from evals.suites.systems import System

SHIPPED = Path(str(files("evals"))) / "data"


class UnknownName(AdvisorError):
    """For the evaluator: no suite, gate or system has this name."""

    code = "unknown-name"


def suite_path(name: str) -> Path:
    """A suite's file, given as a path or as the name of a shipped one.

    Raises:
        UnknownName: it is neither.
    """
    path, shipped = Path(name), SHIPPED / "suites" / f"{Path(name).name}.yaml"
    for one in (path, shipped):
        if one.is_file():
            return one
    raise UnknownName(f"No suite '{name}': give a file, or a name from `advisor eval suites`.")


def gate_path(name: str) -> Path:
    """A gate's file, given as a path or as the name of a shipped one.

    Raises:
        UnknownName: it is neither.
    """
    path, shipped = Path(name), SHIPPED / "gates" / f"{Path(name).name}.yaml"
    for one in (path, shipped):
        if one.is_file():
            return one
    raise UnknownName(f"No gate '{name}': give a file, or `small`, the one that is shipped.")


def runs_folder(settings: Settings) -> Path:
    """Where runs are kept, made when missing, for its owner only.

    Beside the documents' files, which all replicas see and a backup saves. Runs that an earlier
    version kept in the data directory are moved there.

    Raises:
        UnusableDataDirectory: it cannot be made.
    """
    from assistant.operating.workspace import files, home

    folder = files(settings) / "evaluations"
    folder.mkdir(exist_ok=True, mode=0o700)
    earlier = home(settings) / "evaluations"
    for run in earlier.glob("*/run.json"):
        if not (folder / run.parent.name).exists():
            shutil.move(run.parent, folder / run.parent.name)
    return folder


def own_suites(settings: Settings) -> tuple[Path, ...]:
    """Folders of this installation's own suites: of the data directory, and one all replicas see.

    They need not exist.
    """
    from assistant.operating.workspace import files, home

    return home(settings) / "suites", files(settings) / "suites"


def run_path(settings: Settings, name: str) -> Path:
    """The directory of a run, given as one or by name."""
    path = Path(name)
    return path if (path / "run.json").exists() else runs_folder(settings) / Path(name).name


def clause_lookup(shelf: Shelf) -> ClauseText:
    """A lookup of stored clause texts that reads each document once in each language."""
    from functools import cache

    from corpus.addresses import Address
    from corpus.errors import UnknownAddress

    @cache
    def texts(document: str, language: str) -> dict[str, str]:
        try:
            held = shelf.best(document, language)
        except UnknownAddress:
            return {}
        return {str(held.address(s, c)): c.text for s, c in held.clauses()}

    def text(address: str, language: str = "en") -> str | None:
        return texts(Address.parse(address).document, language).get(address)

    return text


def open_system(
    name: str,
    settings: Settings,
    *,
    model: str | None = None,
    key: str | None = None,
    prices: Prices | None = None,
) -> System:
    """A system under test by name.

    Args:
        name: `advisor`, `naive`, or a URL: of this program's server or, with `model`, of any
            OpenAI-compatible endpoint.
        settings: of the data directory that is measured.
        model, key, prices: of an OpenAI-compatible endpoint; `key` also of a server, `prices`
            also of this assistant's chat model.

    Raises:
        UnknownName: it is none of these.
    """
    from assistant.advisor import Advisor
    from evals.suites.naive import NaiveRag
    from evals.suites.openai_compatible import OpenAICompatible
    from evals.suites.systems import InProcess, Server

    if name.startswith(("http://", "https://")):
        return OpenAICompatible(name, model, key, prices) if model else Server(name, key)
    if name == "advisor":
        return InProcess(Advisor.open(settings), prices)
    if name == "naive":
        from assistant.operating.workspace import shelf
        from indexing.building.embedding import load_embedder

        return NaiveRag(shelf(settings), load_embedder("minilm"))
    raise UnknownName(f"No system '{name}': choose advisor, naive, or a server's URL.")


def shared_folder(shared: Path | None) -> Path:
    """The library of real texts: the option, ADVISOR_SHARED, or `shared` beside the checkout.

    Raises:
        typer.BadParameter: none of the three is a folder.
    """
    import os

    candidates = [
        shared,
        Path(os.environ["ADVISOR_SHARED"]) if os.environ.get("ADVISOR_SHARED") else None,
        Path(__file__).resolve().parent.parent.parent.parent / "shared",
    ]
    for folder in candidates:
        if folder is not None and (folder / "itu").is_dir():
            return folder
    raise typer.BadParameter(
        "The library of real texts was not found. Give its folder with --shared."
    )
