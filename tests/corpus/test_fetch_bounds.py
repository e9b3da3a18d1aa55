"""The fetcher against a real server that drips, floods or sends something else."""

from __future__ import annotations

import time
from typing import Any

import pytest

from corpus.fetching.report import Outcome
from tests.corpus.fetching_desk import Desk, entry, failed, report_pdf
from tests.corpus.library_server import (
    Library,
    bomb,
    drip,
    drip_headers,
    endless,
    huge,
)


@pytest.mark.parametrize("answer", [drip, drip_headers])
def test_a_server_that_drips_is_given_up(desk: Desk, library: Library, answer: Any) -> None:
    library.answers["/r.pdf"] = answer
    began = time.monotonic()
    failed(desk.one(entry(library.url("/r.pdf")), file_seconds=0.7), "too-slow")
    assert time.monotonic() - began < 4


def test_silence_is_given_up(desk: Desk, library: Library) -> None:
    library.answers["/r.pdf"] = lambda handler: time.sleep(1.5)
    outcome = desk.one(entry(library.url("/r.pdf")), silence_seconds=0.2, attempts=2)
    failed(outcome, "too-slow")
    assert library.times("/r.pdf") == 2


@pytest.mark.parametrize(
    "body",
    [
        b"<html><head><title>Sorry</title></head><body>This page has moved</body></html>",
        b"<html>" + b" " * 5000 + b"</html>",
        b"PK\x03\x04" + bytes(3000),
        b"",
    ],
)
def test_what_is_no_pdf_is_refused_by_its_content(
    desk: Desk, library: Library, body: bytes
) -> None:
    library.files["/r.pdf"] = body
    library.types["/r.pdf"] = "application/pdf"
    failed(desk.one(entry(library.url("/r.pdf"))), "wrong-type")
    assert desk.partials() == []


def test_a_pdf_that_cannot_be_read_says_why(desk: Desk, library: Library) -> None:
    library.files["/r.pdf"] = report_pdf()[:600]
    outcome = desk.one(entry(library.url("/r.pdf")))
    assert outcome.outcome is Outcome.FAILED
    assert outcome.code in ("damaged-file", "empty-file", "unreadable-file")
    assert desk.shelf.entries() == []


def test_a_huge_file_is_refused_before_it_comes(desk: Desk, library: Library) -> None:
    library.answers["/r.pdf"] = huge
    failed(desk.one(entry(library.url("/r.pdf")), file_bytes=100_000), "too-large")
    assert desk.partials() == []


def test_an_endless_file_is_cut_off(desk: Desk, library: Library) -> None:
    library.answers["/r.pdf"] = endless
    failed(desk.one(entry(library.url("/r.pdf")), file_bytes=300_000), "too-large")
    assert desk.partials() == []


def test_a_gzip_bomb_is_cut_off(desk: Desk, library: Library) -> None:
    library.answers["/r.pdf"] = bomb(80_000_000)
    failed(desk.one(entry(library.url("/r.pdf")), file_bytes=1_000_000), "too-large")
    assert desk.partials() == []


def test_a_packed_file_is_unpacked(desk: Desk, library: Library) -> None:
    import gzip

    content = report_pdf(padding=900_000)
    library.answers["/r.pdf"] = lambda handler: handler.reply(
        200, gzip.compress(content), Content_Encoding="gzip"
    )
    assert desk.one(entry(library.url("/r.pdf"))).outcome is Outcome.FETCHED
    [held] = desk.shelf.entries()
    assert (desk.shelf.files / (held.source.file or "")).read_bytes() == content
