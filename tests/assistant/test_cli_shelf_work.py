"""The librarian's commands: jobs, watch, reread, health, fetch; JSON in, exit codes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli import shelf_work
from corpus.documents import DocumentKind
from corpus.errors import AdvisorError
from corpus.shelf.catalogue import Catalogue, CatalogueEntry
from tests.corpus.library_server import Library, serving
from tests.corpus.making import pdf

Run = Callable[..., str]

PROSE = "Lanterns along the quay are counted twice a year by the harbour office, says the ledger."


@pytest.fixture
def advisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`advisor corpus ...` in this process: standard output, once the exit code is as expected."""
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EMBEDDING_MODEL", "hashing")
    monkeypatch.delenv("DATABASE_URL", raising=False)

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(shelf_work.app, words)
        if isinstance(done.exception, AdvisorError):  # what `main` makes exit code 2 of
            assert code == 2, done.exception
            return json.dumps({"error": {"code": done.exception.code}})
        assert done.exit_code == code, done.output
        return done.stdout

    return run


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "lanterns.pdf").write_bytes(pdf([[("1 Lanterns", 14, True), (PROSE, 11, False)]]))
    (folder / "empty.pdf").write_bytes(b"")
    return folder


@pytest.fixture
def library() -> Iterator[Library]:
    with serving() as held:
        yield held


def told(advisor: Run, *words: str, code: int = 0) -> Any:
    return json.loads(advisor(*words, "--json", code=code))


def test_jobs_from_enqueuing_to_health(advisor: Run, inbox: Path) -> None:
    added = told(advisor, "jobs", "add", str(inbox))
    assert [job["state"] for job in added] == ["waiting", "waiting"]
    assert all("path" not in job for job in added)
    ran = told(advisor, "jobs", "run", code=1)
    assert {job["name"]: job["state"] for job in ran} == {
        "lanterns.pdf": "done",
        "empty.pdf": "failed",
    }
    [failed] = told(advisor, "jobs", "list", "--state", "failed")
    assert failed["code"] == "empty-file"
    [again] = told(advisor, "jobs", "retry", failed["id"])
    assert again["state"] == "waiting"
    [gone] = told(advisor, "jobs", "cancel", failed["id"])
    assert gone["state"] == "cancelled"
    refused = told(advisor, "jobs", "cancel", failed["id"], code=2)
    assert refused["error"]["code"] == "unknown-job"
    found = told(advisor, "health")
    assert (found["documents"], found["languages"]) == (1, {"en": 1})
    assert found["jobs"]["done"] == found["jobs"]["cancelled"] == 1
    assert found["index"]["code"]
    assert "1 official" in advisor("health")
    assert told(advisor, "reread")[0]["change"] == "unchanged"


def test_watching_once(advisor: Run, inbox: Path) -> None:
    done = advisor("watch", str(inbox), "--once", "--every", "0.1", "--json")
    names = {json.loads(line)["name"] for line in done.splitlines()}
    assert names == {"lanterns.pdf", "empty.pdf"}
    assert "unreadable-file" in advisor("watch", str(inbox / "nothing"), code=2)


def test_fetch_refuses_what_it_does_not_know(advisor: Run) -> None:
    assert told(advisor, "fetch", "--id", "nothing", code=2)["error"]["code"] == ("unknown-address")
    advisor("fetch", "--kind", "poem", code=2)
    # Known, and without any link: nothing is asked of the network, nothing failed.
    known = told(advisor, "fetch", "--id", "toolkit-2017")
    assert known["counts"]["no link known"] == len(known["entries"]) >= 1


def test_no_command_line_lets_the_fetcher_reach_this_machine(
    advisor: Run, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Allowing a host does not allow its private address."""
    wanted = CatalogueEntry(
        id="lanterns-2030",
        kind=DocumentKind.REPORT,
        title="Lanterns",
        pdf_url=library.url("/r.pdf"),
        as_of="2030",
    )
    monkeypatch.setattr(Catalogue, "load", classmethod(lambda cls: cls([wanted])))
    host = f"127.0.0.1:{library.port}"
    report = told(advisor, "fetch", "--allow-host", host, code=1)
    assert [outcome["code"] for outcome in report["entries"]] == ["private-address"]
    assert library.asked == []


@pytest.mark.shared
def test_six_languages_become_one_work_with_thirty_articles(advisor: Run, shared: Path) -> None:
    folder = shared / "real" / "udhr"
    done = told(advisor, "add", "--work", "udhr@1948", str(folder))
    assert sum(outcome["added"] for outcome in done["files"]) == 6
    listed = told(advisor, "list")
    assert {entry["language"] for entry in listed} == {"ar", "en", "es", "fr", "ru", "zh"}
    assert {entry["id"] for entry in listed} == {"udhr@1948"}
    exported = [json.loads(line) for line in advisor("export", "udhr@1948").splitlines()]
    wanted = {f"article-{number}" for number in range(1, 31)}
    for language in ("ar", "en", "es", "fr", "ru", "zh"):
        sections = {row["section"] for row in exported if row["language"] == language}
        assert wanted <= sections, language
