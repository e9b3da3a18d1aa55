"""The fetcher's manners against a real server: where it may go, and how often."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from corpus.fetching.download import download
from corpus.fetching.policy import FetchProblem, Policy
from corpus.fetching.report import Outcome
from corpus.fetching.state import FetchState
from corpus.fetching.web import Web
from tests.corpus.fetching_desk import Desk, entry, failed, report_pdf
from tests.corpus.library_server import (
    Library,
    busy,
    redirect,
)


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
