"""The documentation: it builds, its commands exist and run, and the tests it names are there."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.assistant.test_cli import DIGEST, Command
from tests.conftest import ROOT
from tests.corpus.making import pdf

PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if path.name not in ("benchmarks.md", "CHANGELOG.md")
)
_BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```", re.M | re.S)
_INDENTED = re.compile(r"(?:^    [^\n]*\n)+", re.M)
_INLINE = re.compile(r"`([^`\n]+)`")
_PLACEHOLDER = re.compile(r"\[|\.\.\.|…|\|")
# Commands that do not end, need a peer or a hub, or measure for minutes: their options are checked,
# and they have tests of their own.
NOT_HERE = (
    "serve", "mcp", "bench", "models install", "models serve", "corpus watch", "corpus fetch",
    "eval run", "eval compare", "eval new", "eval sabotage", "users add", "users password", "users erase",
    "bundle", "restore", "backup", "worker", "compare", "eval judge", "models run", "train",
)  # fmt: skip


def blocks(page: Path) -> Iterator[str]:
    """Code of a page that stands in blocks."""
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        yield match.group(1)
    for match in _INDENTED.finditer(_BLOCK.sub("", text)):
        yield match.group(0)


def commands(code: str) -> Iterator[list[str]]:
    """Arguments of each `advisor ...` in a piece of shell."""
    for line in code.splitlines():
        for part in re.split(r"&&|;", line.strip().removeprefix("$ ")):
            part = re.sub(r"^(?:[A-Z_]+=\S+\s+)*", "", part.strip()).removeprefix(".venv/bin/")
            if part.startswith("advisor "):
                try:
                    yield shlex.split(re.split(r"\s[|>]\s?", part)[0], comments=True)[1:]
                except ValueError:
                    continue  # prose with an apostrophe


def in_blocks() -> list[tuple[str, list[str]]]:
    return [
        (f"{page.relative_to(ROOT)}: {' '.join(words)}", words)
        for page in PAGES
        for code in blocks(page)
        for words in commands(code)
    ]


def inline() -> list[tuple[str, list[str]]]:
    return [
        (f"{page.relative_to(ROOT)}: {' '.join(words)}", words)
        for page in PAGES
        for span in _INLINE.findall(_BLOCK.sub("", page.read_text(encoding="utf-8")))
        for words in commands(span)
    ]


def unknown(words: list[str]) -> str | None:
    """What of a command line does not exist: a command or an option."""
    from assistant.cli.root import app

    command: Any = typer.main.get_command(app)
    for word in words:
        if word.startswith("-"):
            option = word.split("=")[0]
            if option in ("-h", "--help", "--"):
                continue
            known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
            if option not in known:
                return f"{command.name} has no {option}"
        elif hasattr(command, "commands"):
            if _PLACEHOLDER.search(word) or word.isupper():
                return None
            found = command.commands.get(word)
            if found is None:
                return f"{command.name} has no command {word}"
            command = found
    return None


@pytest.mark.parametrize("words", [pytest.param(w, id=i) for i, w in [*in_blocks(), *inline()]])
def test_every_command_in_the_documentation_exists(words: list[str]) -> None:
    assert unknown([w.strip("[]") for w in words]) is None


def test_a_command_that_is_not_there_would_be_seen() -> None:
    assert unknown(["corpus", "burn"]) is not None
    assert unknown(["index", "sync", "--faster"]) is not None
    assert unknown(["corpus", "add", "x.pdf", "--work", "y"]) is None


@pytest.mark.slow
def test_the_commands_of_each_page_run_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a small shelf with the embedder that loads nothing; see NOT_HERE for what is left out."""
    wrong, ran = [], 0
    for page in PAGES:
        wanted = [
            words
            for code in blocks(page)
            for words in commands(code)
            if not _PLACEHOLDER.search(" ".join(words))
            and not any(w.isupper() and len(w) > 1 for w in words)
            and not " ".join(words).startswith(NOT_HERE)
        ]
        if not wanted:
            continue
        home = tmp_path / page.stem
        _furnish(home)
        monkeypatch.chdir(home)
        advisor = Command(home / "data")
        advisor("corpus", "add", "lighthouses.md")
        advisor("index", "sync")
        for words in wanted:
            done = advisor(*words, code=None)
            ran += 1
            if done.returncode not in (0, 1):
                wrong.append(f"{page.name}: {' '.join(words)}: {done.stderr[-300:]}")
    assert not wrong, "\n".join(wrong)
    assert ran >= 5


def _furnish(home: Path) -> None:
    """The files that pages take for granted: a document, a folder of them, a suite."""
    (home / "resolutions").mkdir(parents=True)
    (home / "lighthouses.md").write_text(DIGEST, encoding="utf-8")
    (home / "resolutions" / "lighthouses.md").write_text(DIGEST, encoding="utf-8")
    rows = [
        "RESOLUTION 901 (Tallinn, 2030)",
        "",
        "Lanterns for lending libraries",
        "",
        "resolves",
        "",
    ]
    rows += ["1 that each library is to keep a lantern;", "", "2 that no lantern is to be lent,"]
    page = [(row, 11.0, row.startswith("RES")) for row in rows]
    (home / "FinalActs.pdf").write_bytes(pdf([page]))
    (home / "my.yaml").write_text(
        "title: Lighthouses\nitems:\n- id: L1\n  type: lookup\n"
        "  question: How many books may a lighthouse keeper lend?\n"
        "  gold: [pp-res-900@2030#resolves.2]\n",
        encoding="utf-8",
    )


def test_every_test_that_the_documentation_names_is_there() -> None:
    named = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
    missing, seen = [], 0
    for page in PAGES:
        for path, name in named.findall(page.read_text(encoding="utf-8")):
            seen += 1
            file = ROOT / path
            if not file.exists() or name not in _functions(file):
                missing.append(f"{page.name}: {path}::{name}")
    assert not missing, "\n".join(missing)
    assert seen > 20


def _functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    build(
        load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path))
    )  # strict: a warning ends it
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) >= 15
    for page in pages:
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(https?://[^\"]+)", html)
        assert not loaded, f"{page.name} loads {loaded[:2]}"
