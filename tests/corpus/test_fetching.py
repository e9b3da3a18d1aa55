"""The fetcher against a real server on loopback that misbehaves in every way it can."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from corpus.catalogue_entries import CatalogueEntry
from corpus.database import open_database, sqlite_url
from corpus.documents import DocumentKind, Edition
from corpus.fetch_download import download
from corpus.fetch_policy import FetchProblem, Policy
from corpus.fetch_report import EntryOutcome, FetchReport, Outcome
from corpus.fetch_state import FetchBusy, FetchState, one_at_a_time
from corpus.fetch_web import Web
from corpus.fetching import fetch
from corpus.shelf import Shelf, State
from tests.corpus.library_server import (
    Library,
    bomb,
    busy,
    drip,
    drip_headers,
    endless,
    huge,
    redirect,
    serving,
    truncated,
)
from tests.corpus.making import pdf

PROSE = [
    "Lanterns along the quay are counted twice a year by the harbour office.",
    "Each lantern has a keeper, a spare wick and a line in the ledger.",
    "The ledger is read aloud at midsummer to whoever comes to listen.",
]


def report_pdf(mark: str = "first", padding: int = 0) -> bytes:
    """A small report; `padding` random bytes stand after its end, where readers ignore them."""
    rows = [("1 The lanterns", 14.0, True), *((line, 11.0, False) for line in PROSE)]
    rows += [(f"This is the {mark} printing of the report.", 11.0, False)]
    content = pdf([rows])
    # A stream object nobody refers to, inside the file, would do as well; comments are simpler.
    filler = b"\n".join(b"%" + os.urandom(30).hex().encode() for _ in range(padding // 62))
    return content[:9] + b"\n" + filler + b"\n" + content[9:] if filler else content


RESOLUTION = [
    ("RESOLUTION 900 (TALLINN, 2030)", 12.0, True),
    ("", 12.0, False),
    ("Lighthouses for lending libraries", 12.0, True),
    ("", 12.0, False),
    ("The Plenipotentiary Conference (Tallinn, 2030),", 11.0, False),
    ("", 12.0, False),
    ("considering", 11.0, False),
    ("", 12.0, False),
    ("a) that libraries by the sea are read in after dark;", 11.0, False),
    ("", 12.0, False),
    ("b) that readers come late by boat,", 11.0, False),
    ("", 12.0, False),
    ("resolves", 11.0, False),
    ("", 12.0, False),
    ("1 that every lending library by the sea keep a lighthouse lit;", 11.0, False),
    ("", 12.0, False),
    ("2 that a keeper lend no more than nine books to one reader.", 11.0, False),
]


def entry(url: str | None = None, landing: str | None = None, **more: Any) -> CatalogueEntry:
    values: dict[str, Any] = {
        "id": "lantern-report-2030",
        "kind": DocumentKind.REPORT,
        "title": "The lanterns of the quay",
        "edition": Edition(year=2030),
        "pdf_url": url,
        "landing_url": landing,
        "landing_basis": "seen" if landing else None,
        "as_of": "2030",
    }
    return CatalogueEntry(**(values | more))


class Desk:
    """A shelf, and a fetcher that may ask the library on loopback."""

    def __init__(self, home: Path, library: Library) -> None:
        self.home, self.library = home, library
        self.engine = open_database(sqlite_url(home / "advisor.db"))
        self.shelf = Shelf(self.engine, home / "files")
        self.shelf.files.mkdir(exist_ok=True)
        self.host = f"127.0.0.1:{library.port}"

    def policy(self, **more: Any) -> Policy:
        values: dict[str, Any] = {
            "hosts": frozenset({self.host}),
            "private_hosts": frozenset({self.host}),
            "pause": 0.0,
            "first_wait": 0.01,
            "longest_wait": 3.0,
            "file_seconds": 20.0,
            "page_seconds": 5.0,
        }
        return Policy(**(values | more))

    def fetch(self, *entries: CatalogueEntry, **more: Any) -> FetchReport:
        languages, collections = more.pop("languages", None), more.pop("collections", ())
        resolver = {"resolver": more.pop("resolver")} if "resolver" in more else {}
        report = fetch(
            entries,
            self.shelf,
            self.engine,
            actor="test",
            policy=self.policy(**more),
            languages=languages,
            collections=collections,
            **resolver,
        )
        self.nothing_half_written()
        return report

    def one(self, wanted: CatalogueEntry, **more: Any) -> EntryOutcome:
        report = self.fetch(wanted, **more)
        assert len(report.entries) == 1
        return report.entries[0]

    def nothing_half_written(self) -> None:
        """Every file kept is what its name says, and every document has its file."""
        import hashlib

        for path in self.shelf.files.iterdir():
            if path.is_file():
                assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
        for held in self.shelf.entries():
            assert held.source.file is not None
            assert (self.shelf.files / held.source.file).is_file()

    def partials(self) -> list[Path]:
        return list((self.shelf.files / ".partial").glob("*.part"))


@pytest.fixture
def library() -> Iterator[Library]:
    with serving() as held:
        yield held


@pytest.fixture
def desk(tmp_path: Path, library: Library) -> Desk:
    return Desk(tmp_path, library)


def failed(outcome: EntryOutcome, code: str) -> None:
    assert outcome.outcome is Outcome.FAILED
    assert outcome.code == code, outcome.reason
    assert outcome.reason
    assert outcome.keys == ()


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


def test_a_missing_page_is_not_asked_for_again(desk: Desk, library: Library) -> None:
    failed(desk.one(entry(library.url("/gone.pdf"))), "not-found")
    assert library.times("/gone.pdf") == 1


def test_server_errors_are_tried_again(desk: Desk, library: Library) -> None:
    library.answers["/r.pdf"] = lambda handler: handler.reply(500)
    failed(desk.one(entry(library.url("/r.pdf"))), "server-error")
    assert library.times("/r.pdf") == 4


def test_retry_after_is_honoured(desk: Desk, library: Library) -> None:
    library.answers["/r.pdf"] = busy(1, report_pdf(), "1")
    assert desk.one(entry(library.url("/r.pdf"))).outcome is Outcome.FETCHED
    first, second = (asked.at for asked in library.asked if asked.path == "/r.pdf")
    assert second - first >= 0.95


def test_a_host_that_asks_for_an_hour_is_left_alone(desk: Desk, library: Library) -> None:
    library.answers["/r.pdf"] = busy(9, b"", "3600")
    library.files["/s.pdf"] = report_pdf()
    report = desk.fetch(
        entry(library.url("/r.pdf")), entry(library.url("/s.pdf"), id="lantern-other-2030")
    )
    assert [outcome.code for outcome in report.entries] == ["asked-to-wait", "asked-to-wait"]
    assert "3600" in (report.entries[0].reason or "")
    assert library.times("/r.pdf") == 1
    assert library.times("/s.pdf") == 0


def test_redirects_are_followed_and_the_last_address_recorded(desk: Desk, library: Library) -> None:
    library.files["/new/r.pdf"] = report_pdf()
    library.answers["/r.pdf"] = redirect("/mid", 301)
    library.answers["/mid"] = redirect("/new/r.pdf")
    outcome = desk.one(entry(library.url("/r.pdf")))
    assert outcome.outcome is Outcome.FETCHED
    assert outcome.url == library.url("/new/r.pdf")


def test_a_circle_and_a_long_chain_of_redirects_end(desk: Desk, library: Library) -> None:
    library.answers["/a.pdf"] = redirect("/b.pdf")
    library.answers["/b.pdf"] = redirect("/a.pdf")
    failed(desk.one(entry(library.url("/a.pdf"))), "redirect-loop")
    for step in range(9):
        library.answers[f"/{step}.pdf"] = redirect(f"/{step + 1}.pdf")
    failed(desk.one(entry(library.url("/0.pdf"))), "too-many-redirects")
    assert library.times("/6.pdf") == 0


def test_no_redirect_to_a_foreign_host(desk: Desk, library: Library) -> None:
    library.files["/secret.pdf"] = report_pdf()
    library.answers["/r.pdf"] = redirect(f"http://localhost:{library.port}/secret.pdf")
    failed(desk.one(entry(library.url("/r.pdf"))), "foreign-host")
    assert library.times("/secret.pdf") == 0


def test_no_redirect_into_a_private_network(desk: Desk, library: Library) -> None:
    """The second host is allowed by name, but its name leads to loopback."""
    inside = f"inside.example:{library.port}"
    library.files["/secret.pdf"] = report_pdf()
    library.answers["/r.pdf"] = redirect(f"http://{inside}/secret.pdf")

    async def names(name: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    outcome = desk.one(
        entry(library.url("/r.pdf")), hosts=frozenset({desk.host, inside}), resolver=names
    )
    failed(outcome, "private-address")
    assert library.times("/secret.pdf") == 0
    assert not any("inside" in asked.headers.get("host", "") for asked in library.asked)


@pytest.mark.parametrize("scheme", ["file:///etc/hostname", "ftp://127.0.0.1/r.pdf"])
def test_no_redirect_to_other_schemes(desk: Desk, library: Library, scheme: str) -> None:
    library.answers["/r.pdf"] = redirect(scheme)
    failed(desk.one(entry(library.url("/r.pdf"))), "bad-address")


def test_robots_are_obeyed(desk: Desk, library: Library) -> None:
    library.files["/robots.txt"] = b"User-agent: *\nDisallow: /private/\nAllow: /\n"
    library.files["/private/r.pdf"] = library.files["/open/r.pdf"] = report_pdf()
    report = desk.fetch(
        entry(library.url("/private/r.pdf")),
        entry(library.url("/open/r.pdf"), id="lantern-other-2030"),
    )
    failed(report.entries[0], "robots")
    assert report.entries[1].outcome is Outcome.FETCHED
    assert library.times("/private/r.pdf") == 0
    assert library.times("/robots.txt") == 1


def test_robots_hold_for_where_a_redirect_leads(desk: Desk, library: Library) -> None:
    library.files["/robots.txt"] = b"User-agent: ITU-D-innovation-advisor\nDisallow: /private/\n"
    library.files["/private/r.pdf"] = report_pdf()
    library.answers["/r.pdf"] = redirect("/private/r.pdf")
    failed(desk.one(entry(library.url("/r.pdf"))), "robots")
    assert library.times("/private/r.pdf") == 0


def test_robots_that_cannot_be_had_mean_no(desk: Desk, library: Library) -> None:
    library.answers["/robots.txt"] = lambda handler: handler.reply(500)
    library.files["/r.pdf"] = report_pdf()
    failed(desk.one(entry(library.url("/r.pdf")), attempts=2), "server-error")
    assert library.times("/r.pdf") == 0


def test_the_pace_is_kept(desk: Desk, library: Library) -> None:
    library.files["/robots.txt"] = b"User-agent: *\nCrawl-delay: 1\n"
    for number in range(3):
        library.files[f"/{number}.pdf"] = report_pdf()
    desk.fetch(
        *(entry(library.url(f"/{n}.pdf"), id=f"lantern-{n}-2030") for n in range(3)), pause=0.1
    )
    times = [asked.at for asked in library.asked if asked.path.endswith(".pdf")]
    # Two pauses of a second; at our own pause of .1 it would be .2. A busy server notes the first
    # request late, so not every second is asked for.
    assert times[-1] - times[0] >= 1.2


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


def test_the_link_is_found_on_the_landing_page(desk: Desk, library: Library) -> None:
    library.files["/pub/lanterns"] = (
        b"<html><head><title>The lanterns of the quay (2030)</title></head><body><table>"
        b"<tr><td>English</td><td><a href='/dms/LANT-2030-PDF-E.pdf'>PDF</a></td></tr>"
        b"<tr><td>French</td><td><a href='/dms/LANT-2030-PDF-F.pdf'>PDF</a></td></tr>"
        b"</table></body></html>"
    )
    library.files["/dms/LANT-2030-PDF-E.pdf"] = report_pdf()
    library.files["/dms/LANT-2030-PDF-F.pdf"] = report_pdf("French-labelled")
    wanted = entry(landing=library.url("/pub/lanterns"), languages=("en", "fr", "es"))
    outcomes = {o.language: o for o in desk.fetch(wanted).entries}
    assert outcomes["en"].outcome is Outcome.FETCHED
    assert outcomes["en"].url == library.url("/dms/LANT-2030-PDF-E.pdf")
    failed(outcomes["fr"], "wrong-language")  # the file behind the French link is in English
    assert outcomes["es"].outcome is Outcome.NO_LINK
    assert library.times("/pub/lanterns") == 1


def test_final_acts_hold_the_resolutions_of_their_page(desk: Desk, library: Library) -> None:
    page = library.url("/pub/ACTF-2030")
    library.files["/pub/ACTF-2030"] = (
        b"<title>Final Acts of the Plenipotentiary Conference (Tallinn, 2030)</title>"
        b"<p>English: <a href='/dms/S-CONF-ACTF-2030-PDF-E.pdf'>PDF</a></p>"
    )
    library.files["/dms/S-CONF-ACTF-2030-PDF-E.pdf"] = pdf([RESOLUTION])
    acts = entry(
        landing=page,
        id="pp30-final-acts",
        kind=DocumentKind.FINAL_ACTS,
        title="Final Acts of the Plenipotentiary Conference (Tallinn, 2030)",
    )

    def numbered(number: int) -> CatalogueEntry:
        return entry(
            landing=page,
            id=f"pp-res-{number}@2030",
            kind=DocumentKind.RESOLUTION,
            body="pp",
            number=str(number),
            title="Lighthouses for lending libraries",
            edition=Edition(place="Tallinn", year=2030),
        )

    # The file itself does not say who adopted it; number and edition do, and the catalogue's link.
    nameless = [row for row in RESOLUTION if not row[0].startswith("The Plenipotentiary")]
    library.files["/dms/S-CONF-ACTF-2030-PDF-E.pdf"] = pdf([nameless])
    [alone] = desk.fetch(numbered(900), collections=[acts]).entries
    assert alone.keys == ("pp-res-900@2030:en",)

    library.files["/dms/S-CONF-ACTF-2030-PDF-E.pdf"] = pdf([RESOLUTION])
    report = desk.fetch(numbered(900), numbered(901), collections=[acts])
    assert report.entries[0].outcome is Outcome.FETCHED, report.entries[0].reason
    assert report.entries[0].keys == ("pp-res-900@2030:en",)
    failed(report.entries[1], "wrong-document")
    assert "res-900@2030" in (report.entries[1].reason or "")
    assert library.times("/dms/S-CONF-ACTF-2030-PDF-E.pdf") == 2  # once a run


def test_the_checked_address_is_the_one_connected_to() -> None:
    """A name that turns private after the check (DNS rebinding) gains nothing."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    seen: list[httpx.Request] = []

    async def names(name: str, port: int) -> list[str]:
        return answers.pop(0)

    def reply(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(404 if request.url.path == "/robots.txt" else 200, content=b"x")

    async def ask() -> None:
        policy = Policy(hosts=frozenset({"docs.example"}), pause=0)
        async with (
            Web(policy, resolver=names, inner=httpx.MockTransport(reply)) as web,
            web.open("https://docs.example/r.pdf", seconds=5),
        ):
            pass

    with pytest.raises(FetchProblem) as refused:
        asyncio.run(ask())
    assert refused.value.code == "private-address"
    [request] = seen
    assert request.url.host == "93.184.216.34"
    assert request.headers["host"] == "docs.example"
    assert request.extensions["sni_hostname"] == "docs.example"


def test_a_resolution_that_stands_on_its_page_is_read_from_it(desk: Desk, library: Library) -> None:
    rows = "".join(f"<p>{text}</p>" for text, _, _ in RESOLUTION if text)
    page = f"<html><head><title>Resolution 900</title></head><body>{rows}</body></html>"
    library.files["/resolutions/res-900.html"] = page.encode()
    library.files["/news.html"] = (
        b"<html><body><h1>News</h1><p>Lanterns were lit.</p></body></html>"
    )

    def numbered(path: str) -> CatalogueEntry:
        return entry(
            landing=library.url(path),
            id="pp-res-900@2030",
            kind=DocumentKind.RESOLUTION,
            body="pp",
            number="900",
            edition=Edition(place="Tallinn", year=2030),
        )

    nothing = desk.one(numbered("/news.html"))
    assert nothing.outcome is Outcome.NO_LINK
    assert [path for path in desk.shelf.files.iterdir() if path.is_file()] == []
    found = desk.one(numbered("/resolutions/res-900.html"))
    assert found.outcome is Outcome.FETCHED, found.reason
    assert found.keys == ("pp-res-900@2030:en",)
    assert desk.one(numbered("/resolutions/res-900.html")).outcome is Outcome.UNCHANGED


@pytest.mark.parametrize("speaks_tls", [True, False])
def test_https_comes_first(desk: Desk, speaks_tls: bool) -> None:
    asked: list[str] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.url.scheme} {request.url.path}")
        if request.url.scheme == "https" and not speaks_tls:
            raise httpx.ConnectError("no TLS here")
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        return httpx.Response(200, stream=httpx.ByteStream(report_pdf()))

    async def names(name: str, port: int) -> list[str]:
        return ["93.184.216.34"]

    async def ask() -> str:
        policy = Policy(hosts=frozenset({"docs.example"}), pause=0, first_wait=0.01)
        async with Web(policy, resolver=names, inner=httpx.MockTransport(reply)) as web:
            state = FetchState(desk.engine)
            done = await download(web, state, desk.shelf.files, "http://docs.example/r.pdf")
            return done.final_url

    scheme = "https" if speaks_tls else "http"
    assert asyncio.run(ask()) == f"{scheme}://docs.example/r.pdf"
    assert asked[0] == "https /robots.txt"
    assert asked[-1] == f"{scheme} /r.pdf"


def test_two_runs_at_once_are_refused(desk: Desk, library: Library) -> None:
    with one_at_a_time(desk.shelf.files / ".partial"), pytest.raises(FetchBusy):
        desk.fetch(entry(library.url("/r.pdf")))


KILLED = """
import sys
from pathlib import Path
from corpus.database import open_database, sqlite_url
from corpus.shelf import Shelf
from corpus.fetching import fetch
from corpus.fetch_download import download
from corpus.fetch_policy import Policy
from tests.corpus.test_fetching import entry
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
