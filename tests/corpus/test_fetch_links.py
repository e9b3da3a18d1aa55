"""Which link of a landing page is the document wanted, and when none is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.documents import DocumentKind, Edition
from corpus.fetching.links import choose, read_page
from corpus.fetching.policy import FetchProblem, Policy, hosts_of, is_public
from corpus.shelf.catalogue_entries import CatalogueEntry

HOME = "https://docs.example/pub/page.aspx"


def entry(**more: Any) -> CatalogueEntry:
    values: dict[str, Any] = {
        "id": "harbour-2031",
        "kind": DocumentKind.TOOLKIT,
        "title": "Keeping small harbours: a handbook for wardens",
        "edition": Edition(year=2031),
        "as_of": "2031",
    }
    return CatalogueEntry(**(values | more))


def resolution(number: str, year: int = 2031) -> CatalogueEntry:
    return entry(
        id=f"wtdc-res-{number}@{year}",
        kind=DocumentKind.RESOLUTION,
        body="wtdc",
        number=number,
        title="Lanterns",
        edition=Edition(place="Bergen", year=year),
    )


def chosen(html: str, wanted: CatalogueEntry, language: str = "en", own: bool = True) -> str | None:
    link = choose(read_page(html, HOME), wanted, language, own_page=own).link
    return link.url if link else None


PAGE = """<title>Keeping small harbours: a handbook for wardens</title>
<table>
<tr><td>English</td><td><a href="/d/H-2031-PDF-E.pdf">PDF</a></td></tr>
<tr><td>Fran&ccedil;ais</td><td><a href="/d/H-2031-PDF-F.pdf">PDF</a></td></tr>
<tr><td>&#x0627;&#x0644;&#x0639;&#x0631;&#x0628;&#x064A;&#x0629;</td><td><a href="/d/x9.pdf">PDF</a></td></tr>
<tr><td>\u4e2d\u6587</td><td><a href="/d/x8.pdf" hreflang="zh">PDF</a></td></tr>
<tr><td>English / Espa\u00f1ol</td><td><a href="/d/x7.pdf">Espa\u00f1ol (PDF, 2 MB)</a></td></tr>
</table>"""


@pytest.mark.parametrize(
    ("language", "file"),
    [
        ("en", "H-2031-PDF-E.pdf"),
        ("fr", "H-2031-PDF-F.pdf"),
        ("ar", "x9.pdf"),
        ("zh", "x8.pdf"),
        ("es", "x7.pdf"),
    ],
)
def test_a_bare_link_on_the_documents_own_page_is_told_by_language(
    language: str, file: str
) -> None:
    assert chosen(PAGE, entry(), language) == f"https://docs.example/d/{file}"


def test_a_language_that_is_not_there_is_not_replaced() -> None:
    choice = choose(read_page(PAGE, HOME), entry(), "ru", own_page=True)
    assert choice.link is None
    assert "'ru'" in choice.reason


def test_a_bare_link_on_a_page_of_something_else_is_not_taken() -> None:
    other = PAGE.replace("Keeping small harbours: a handbook for wardens", "News of the week")
    assert chosen(other, entry()) is None
    assert chosen(PAGE, entry(), own=False) is None


def test_the_named_link_is_taken_among_others() -> None:
    html = """<title>Library</title><ul>
    <li><a href="agenda-E.pdf">Agenda of the workshop</a></li>
    <li><a href="kh.pdf">Keeping small harbours, a handbook for wardens (English)</a></li>
    <li><a href="lh.pdf">Keeping large harbours: a handbook for pilots (English)</a></li></ul>"""
    assert chosen(html, entry(), own=False) == "https://docs.example/pub/kh.pdf"


def test_two_that_fit_equally_are_left_to_a_person() -> None:
    html = """<a href="a.pdf">Keeping small harbours: a handbook for wardens (English)</a>
    <a href="b.pdf">Keeping small harbours: a handbook for wardens (English)</a>"""
    choice = choose(read_page(html, HOME), entry(), "en", own_page=True)
    assert choice.link is None
    assert len(choice.candidates) == 2


def test_country_and_year_tell_profiles_apart() -> None:
    html = """<ul><li><a href="f-2021.pdf">Harbour profile: Freedonia 2021</a></li>
    <li><a href="f-2031.pdf">Harbour profile: Freedonia 2031</a></li>
    <li><a href="s-2031.pdf">Harbour profile: Sylvania 2031</a></li></ul>"""
    wanted = entry(
        kind=DocumentKind.COUNTRY_REVIEW, title="Harbour profile: Freedonia", country="Freedonia"
    )
    assert chosen(html, wanted, own=False) == "https://docs.example/pub/f-2031.pdf"


def test_a_resolution_is_told_by_its_number() -> None:
    html = """<ul><li><a href="RES-9-E.pdf">WTDC Resolution 9 (Rev. Bergen, 2031)</a></li>
    <li><a href="RES-90-E.pdf">WTDC Resolution 90 (Rev. Bergen, 2031)</a></li>
    <li><a href="RES-91-E.pdf">WTDC Resolution 91 (Rev. Bergen, 2031)</a></li></ul>"""
    assert chosen(html, resolution("90"), own=False) == "https://docs.example/pub/RES-90-E.pdf"
    assert chosen(html, resolution("92"), own=False) is None
    assert chosen(html, resolution("90", 2025), own=False) is None


def test_what_is_no_pdf_is_no_link_and_hostile_links_are_passed_over() -> None:
    html = """<a href="javascript:alert(1)">PDF</a><a href="mailto:x@y.z">PDF</a>
    <a href="http://[bad/x.pdf">PDF</a><a href="x.docx">Handbook PDF.docx</a>
    <a href="file:///etc/passwd.pdf">PDF</a>"""
    assert read_page(html, HOME).links == ()


def test_base_and_relative_addresses_are_resolved() -> None:
    page = read_page('<base href="/other/"><a href="../d/a.pdf#page=2">PDF</a>', HOME)
    assert [link.url for link in page.links] == ["https://docs.example/d/a.pdf"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "not an address",
    ],
)  # fmt: skip
def test_private_addresses_are_recognised(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_public_addresses_are_recognised(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "before", "code"),
    [
        ("https://evil.example/x", None, "foreign-host"),
        ("https://docs.example.evil.example/x", None, "foreign-host"),
        ("https://docs.example:8443/x", None, "foreign-host"),
        ("https://user@docs.example/x", None, "bad-address"),
        ("ftp://docs.example/x", None, "bad-address"),
        ("https://docs.example:99999/x", None, "bad-address"),
        ("http://docs.example/x", "https://docs.example/y", "insecure-redirect"),
    ],
)
def test_addresses_that_may_not_be_asked(url: str, before: str | None, code: str) -> None:
    with pytest.raises(FetchProblem) as refused:
        Policy(hosts=frozenset({"docs.example"})).check_url(url, before)
    assert refused.value.code == code


def test_hosts_come_with_and_without_www() -> None:
    assert hosts_of(["https://www.docs.example/a"]) == {"www.docs.example", "docs.example"}
    assert Policy(hosts=hosts_of(["https://DOCS.example/a"])).check_url("https://www.docs.example/")


def test_the_contact_cannot_break_the_header() -> None:
    agent = Policy(hosts=frozenset(), contact="a@b.example\r\nX-Evil: 1 é").agent
    assert "\n" not in agent
    assert agent.isascii()
