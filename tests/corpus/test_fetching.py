"""The fetcher against a real server on loopback: what comes, what changed, what is kept."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.fetching.report import Outcome
from corpus.fetching.state import FetchBusy, FetchState, one_at_a_time
from corpus.shelf.register import State
from tests.corpus.fetching_desk import Desk, entry, failed, report_pdf
from tests.corpus.library_server import (
    Library,
    truncated,
)


def test_a_pdf_goes_to_the_shelf_with_its_address_and_hash(desk: Desk, library: Library) -> None:
    library.files["/a/report.pdf"] = content = report_pdf()
    outcome = desk.one(entry(library.url("/a/report.pdf")))
    assert outcome.outcome is Outcome.FETCHED, outcome.reason
    [held] = desk.shelf.entries()
    assert held.id == "lantern-report-2030"
    assert held.source.url == library.url("/a/report.pdf")
    assert held.source.name == "report.pdf"
    assert held.added_by == "test"
    assert (desk.shelf.files / (held.source.file or "")).read_bytes() == content
    assert desk.partials() == []
    assert library.last("/a/report.pdf")["user-agent"].startswith("ITU-D-innovation-advisor/")


def test_the_second_run_asks_whether_it_changed(desk: Desk, library: Library) -> None:
    library.files["/r.pdf"] = report_pdf()
    wanted = entry(library.url("/r.pdf"))
    desk.one(wanted)
    sent = library.sent["/r.pdf"]
    assert desk.one(wanted).outcome is Outcome.UNCHANGED
    assert library.sent["/r.pdf"] == sent
    assert "if-none-match" in library.last("/r.pdf")

    library.files["/r.pdf"] = report_pdf("second")
    assert desk.one(wanted).outcome is Outcome.FETCHED
    [key] = desk.shelf.live()
    text = " ".join(clause.text for _, clause in desk.shelf.document(key).clauses())
    assert "second printing" in text
    assert [event.action for event in desk.shelf.history()] == ["replaced", "added"]


def test_without_validators_the_same_bytes_are_unchanged(desk: Desk, library: Library) -> None:
    library.validators = False
    library.files["/r.pdf"] = report_pdf()
    desk.one(entry(library.url("/r.pdf")))
    assert desk.one(entry(library.url("/r.pdf"))).outcome is Outcome.UNCHANGED


def test_a_download_cut_short_fails_and_goes_on_later(desk: Desk, library: Library) -> None:
    content = report_pdf(padding=200_000)
    library.answers["/r.pdf"] = truncated(content, 90_000)
    failed(desk.one(entry(library.url("/r.pdf"))), "cut-short")
    assert library.times("/r.pdf") == desk.policy().attempts
    assert desk.shelf.entries() == []

    del library.answers["/r.pdf"]
    library.files["/r.pdf"] = content
    assert desk.one(entry(library.url("/r.pdf"))).outcome is Outcome.FETCHED


def test_resume_sends_only_the_rest(desk: Desk, library: Library) -> None:
    content = report_pdf(padding=200_000)
    library.files["/r.pdf"] = content
    library.slow_after = 100_000
    failed(desk.one(entry(library.url("/r.pdf")), file_seconds=1.0), "too-slow")
    [partial] = desk.partials()
    held = partial.stat().st_size
    assert held >= 90_000

    library.slow_after = None
    assert desk.one(entry(library.url("/r.pdf"))).outcome is Outcome.FETCHED
    assert library.last("/r.pdf")["range"] == f"bytes={held}-"
    assert "if-range" in library.last("/r.pdf")
    assert library.lengths[-1] == len(content) - held


def test_a_part_of_an_older_version_is_not_glued_to_the_new(desk: Desk, library: Library) -> None:
    library.files["/r.pdf"] = report_pdf(padding=200_000)
    library.slow_after = 100_000
    desk.one(entry(library.url("/r.pdf")), file_seconds=1.0)
    library.slow_after = None
    library.files["/r.pdf"] = newer = report_pdf("second", padding=200_000)
    outcome = desk.one(entry(library.url("/r.pdf")))
    assert outcome.outcome is Outcome.FETCHED
    [held] = desk.shelf.entries()
    assert (desk.shelf.files / (held.source.file or "")).read_bytes() == newer


def test_a_missing_page_is_not_asked_for_again(desk: Desk, library: Library) -> None:
    failed(desk.one(entry(library.url("/gone.pdf"))), "not-found")
    assert library.times("/gone.pdf") == 1


def test_server_errors_are_tried_again(desk: Desk, library: Library) -> None:
    library.answers["/r.pdf"] = lambda handler: handler.reply(500)
    failed(desk.one(entry(library.url("/r.pdf"))), "server-error")
    assert library.times("/r.pdf") == 4


def test_a_withdrawn_document_does_not_come_back(desk: Desk, library: Library) -> None:
    library.files["/r.pdf"] = report_pdf()
    desk.one(entry(library.url("/r.pdf")))
    desk.shelf.set_state("lantern-report-2030", State.WITHDRAWN, "test")
    library.files["/r.pdf"] = report_pdf("second")
    assert desk.one(entry(library.url("/r.pdf"))).outcome is Outcome.WITHDRAWN
    assert desk.shelf.live() == {}


def test_one_bad_document_does_not_stop_the_rest_and_all_are_reported(
    desk: Desk, library: Library
) -> None:
    library.files["/good.pdf"] = report_pdf()
    report = desk.fetch(
        entry(library.url("/gone.pdf"), id="lantern-a-2030"),
        entry(None, id="lantern-b-2030"),
        entry(library.url("/good.pdf"), id="lantern-c-2030"),
    )
    assert report.counts == {
        "fetched": 1,
        "unchanged": 0,
        "no link known": 1,
        "withdrawn": 0,
        "failed": 1,
    }
    assert report.changed
    remembered = {o.entry: o.outcome for o in FetchState(desk.engine).outcomes()}
    assert remembered == {
        "lantern-a-2030": "failed",
        "lantern-b-2030": "no link known",
        "lantern-c-2030": "fetched",
    }


def test_two_runs_at_once_are_refused(desk: Desk, library: Library) -> None:
    with one_at_a_time(desk.shelf.files / ".partial"), pytest.raises(FetchBusy):
        desk.fetch(entry(library.url("/r.pdf")))


KILLED = """
import sys
from pathlib import Path
from corpus.database import open_database, sqlite_url
from corpus.shelf.register import Shelf
from corpus.fetching.texts import fetch
from corpus.fetching.download import download
from corpus.fetching.policy import Policy
from tests.corpus.fetching_desk import entry
home, host = Path(sys.argv[1]), sys.argv[2]
engine = open_database(sqlite_url(home / "advisor.db"))
policy = Policy(hosts=frozenset({host}), private_hosts=frozenset({host}), pause=0)
fetch([entry(f"http://{host}/r.pdf")], Shelf(engine, home / "files"), engine, actor="t", policy=policy)
"""


def test_killed_in_the_middle_leaves_nothing_half_written(
    desk: Desk, library: Library, tmp_path: Path
) -> None:
    content = report_pdf(padding=400_000)
    library.files["/r.pdf"] = content
    library.slow_after = 200_000
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path), desk.host])
    try:
        deadline = time.monotonic() + 60
        while library.sent.get("/r.pdf", 0) < 204_000 and time.monotonic() < deadline:
            assert process.poll() is None
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    desk.nothing_half_written()
    assert desk.shelf.entries() == []
    [partial] = desk.partials()
    begun = partial.stat().st_size
    assert 0 < begun < len(content)

    library.slow_after = None
    assert desk.one(entry(library.url("/r.pdf"))).outcome is Outcome.FETCHED
    assert library.last("/r.pdf")["range"] == f"bytes={begun}-"
    [held] = desk.shelf.entries()
    assert (desk.shelf.files / (held.source.file or "")).read_bytes() == content
