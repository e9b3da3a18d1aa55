"""The command line as a person uses it: real processes, a data directory of their own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.people.audit import Audit
from corpus.database import open_database, sqlite_url

DIGEST = """---
id: pp-res-900@2030
title: Lighthouses for lending libraries
kind: resolution
body: pp
number: '900'
place: Tallinn
year: 2030
as_of: '2026'
sources:
  acts: https://example.org/acts
---

# Resolution 900 (Tallinn, 2030): Lighthouses for lending libraries

Digest in our own words, not the official text. Each statement ends with its reference and its source.

## resolves

- **1** Every lending library by the sea is to keep a lighthouse lit for readers who come late. *(resolves 1; source: acts)*
- **2** A lighthouse keeper may lend no more than nine books to one reader. *(resolves 2; source: acts)*

## instructs the Secretary-General

- **1** The Secretary-General is to tell the Council each spring how many lighthouses are lit. *(instructs the Secretary-General 1; source: acts)*
"""


class Command:
    """`advisor` with a data directory and the hashing embedder, so that nothing heavy loads."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "ADVISOR_DATA_DIR": str(self.home),
            "EMBEDDING_MODEL": "hashing",
        }
        done = subprocess.run(
            [sys.executable, "-c", "from assistant.cli import main; main()", *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def json(self, *words: str, code: int | None = 0) -> Any:
        return json.loads(self(*words, "--json", code=code).stdout)


@pytest.fixture(scope="module")
def advisor(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A shelf with one small digest, indexed."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "lighthouses.md").write_text(DIGEST, encoding="utf-8")
    command = Command(folder / "home")
    report = command.json("corpus", "add", str(folder / "lighthouses.md"))
    assert report["files"][0]["documents"] == ["pp-res-900@2030"]
    command("index", "sync")
    return command


def test_help_teaches_without_loading_a_model(tmp_path: Path) -> None:
    shown = Command(tmp_path)("--help").stdout
    for group in ("corpus", "index", "search", "ask", "serve", "doctor", "bench", "eval"):
        assert group in shown
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, assistant.cli; print([m for m in "
            "('torch', 'chromadb', 'gradio', 'fastapi', 'sentence_transformers', 'sqlalchemy', "
            "'pydantic', 'numpy', 'yaml') "
            "if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.strip() == "[]"


def test_help_costs_little_more_than_the_library_that_prints_it(tmp_path: Path) -> None:
    def seconds(*words: str) -> float:
        """The least of three runs, in processor time: other work on the machine counts little."""
        taken = []
        for _ in range(3):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run([sys.executable, *words], capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(taken)

    library = seconds("-c", "import typer, typer.rich_utils, rich.markdown")
    helped = seconds("-c", "from assistant.cli import main; main()", "--help")
    assert helped < 4 * library  # 2.6 when this was written; 4.5 with the database loaded


def test_what_was_added_is_listed_and_shown(advisor: Command) -> None:
    (entry,) = advisor.json("corpus", "list")
    assert (entry["id"], entry["is_digest"], entry["live"]) == ("pp-res-900@2030", True, True)
    (clause,) = advisor.json("corpus", "show", "pp-res-900@2030#resolves.2")["clauses"]
    assert clause["text"].startswith("A lighthouse keeper")
    assert "Digest, not the official text" in advisor("corpus", "show", "pp-res-900@2030").stdout


def test_export_gives_one_clause_a_line(advisor: Command) -> None:
    lines = [json.loads(line) for line in advisor("corpus", "export").stdout.splitlines()]
    assert [(row["section"], row["label"]) for row in lines] == [
        ("resolves", "1"),
        ("resolves", "2"),
        ("instructs-the-secretary-general", "1"),
    ]
    assert {"document", "title", "kind", "section_title", "text", "footnotes", "repairs"} <= set(
        lines[0]
    )


def test_search_finds_the_clause_with_the_fields_promised(advisor: Command) -> None:
    found = advisor.json("search", "how many books may a reader borrow", "--top", "2")
    assert found[0]["addresses"] == ["pp-res-900@2030#resolves.2"]
    assert {"addresses", "score", "text", "document", "edition", "section", "page"} <= set(found[0])
    assert [f["score"] for f in found] == sorted((f["score"] for f in found), reverse=True)


def test_an_answer_quotes_and_cites_and_can_be_followed_up(advisor: Command) -> None:
    question = "What must the Secretary-General tell the Council under Resolution 900?"
    answer = advisor.json("ask", question)
    assert answer["status"] in ("answered", "partly_answered")
    addresses = {a for claim in answer["claims"] for a in claim["addresses"]}
    assert "pp-res-900@2030#instructs-the-secretary-general.1" in addresses
    assert {c["address"] for c in answer["citations"]} >= addresses
    assert all(c["is_digest"] for c in answer["citations"])
    follow = advisor.json(
        "ask", "and how many books may be lent?", "--conversation", answer["conversation"]
    )
    assert follow["conversation"] == answer["conversation"]


def test_a_second_sync_has_nothing_to_do(advisor: Command) -> None:
    report = advisor.json("index", "sync")
    assert report["unchanged"] is True
    assert report["embedded"] == 0
    assert "in step" in advisor("index", "status").stdout.lower()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("corpus", "show", "pp-res-900@2030#resolves.77"), "unknown-address"),
        (("corpus", "show", "pp-res-901@2030"), "unknown-address"),
        (("corpus", "show", "not an address"), "bad-address"),
        (("corpus", "remove", "pp-res-901@2030"), "unknown-address"),
        (("ask", ""), "empty-question"),
        (("ask", "?!  "), "empty-question"),
        (("ask", "why " * 2500), "question-too-long"),
        (("search", " "), "empty-question"),
        (("ask", "who?", "--conversation", "nobody-s"), "unknown-conversation"),
    ],
)
def test_bad_input_is_a_typed_error_that_says_what_to_do(
    advisor: Command, words: tuple[str, ...], code: str
) -> None:
    error = advisor.json(*words, code=2)["error"]
    assert error["code"] == code
    assert len(error["message"]) > 15


def test_a_missing_index_says_how_to_make_one(tmp_path: Path) -> None:
    error = Command(tmp_path).json("search", "anything", code=2)["error"]
    assert error["code"] == "no-index"
    assert "index sync" in error["message"]


def test_an_index_of_another_model_is_refused_not_searched(
    advisor: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from assistant.cli import main; main()",
            "search",
            "books",
            "--json",
        ],
        env=os.environ | {"ADVISOR_DATA_DIR": str(advisor.home), "EMBEDDING_MODEL": "advisor-e5"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "index-mismatch"


def test_unreadable_files_are_told_and_the_readable_ones_added(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text(DIGEST, encoding="utf-8")
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Cat")
    (tmp_path / "README.md").write_text("about these files", encoding="utf-8")
    report = Command(tmp_path / "home").json("corpus", "add", str(tmp_path), code=1)
    outcomes = {entry["name"]: entry for entry in report["files"]}
    assert outcomes["good.md"]["added"] == 1
    assert outcomes["empty.pdf"]["code"] == "empty-file"
    assert outcomes["cut.pdf"]["error"]
    assert "README.md" not in outcomes


def test_a_withdrawn_document_is_gone_from_search_at_once_and_comes_back(tmp_path: Path) -> None:
    (tmp_path / "lighthouses.md").write_text(DIGEST, encoding="utf-8")
    command = Command(tmp_path / "home")
    command("corpus", "add", str(tmp_path / "lighthouses.md"))
    command("index", "sync")
    command("corpus", "withdraw", "pp-res-900@2030", "--reason", "wrong edition")
    assert command.json("search", "books") == []
    command("corpus", "restore", "pp-res-900@2030")
    assert command.json("search", "books")
    actions = [event["action"] for event in command.json("corpus", "history")]
    assert actions == ["restored", "withdrawn", "added"]
    audit = Audit(open_database(sqlite_url(tmp_path / "home" / "advisor.db"))).lines()
    assert [(line.action, line.subject) for line in audit] == [
        ("restored", "pp-res-900@2030:en:digest"),
        ("withdrawn", "pp-res-900@2030:en:digest"),
    ]


def test_a_wrong_setting_names_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_PORT", "ninety")
    error = Command(tmp_path).json("doctor", code=2)["error"]
    assert error["code"] == "bad-setting"
    assert "port" in error["message"]


def test_doctor_finds_what_is_wrong_and_how_to_mend_it(advisor: Command, tmp_path: Path) -> None:
    empty = {c["name"]: c for c in Command(tmp_path).json("doctor", code=1)}
    assert empty["shelf"]["verdict"] == "wrong"
    assert "corpus" in empty["shelf"]["mend"]
    well = {c["name"]: c for c in advisor.json("doctor", code=None)}
    assert well["shelf"]["verdict"] == well["index"]["verdict"] == "ok"
