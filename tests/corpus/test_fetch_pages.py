"""What the fetcher finds on an official page: a link, many documents, the text itself."""

from __future__ import annotations

from corpus.documents import DocumentKind, Edition
from corpus.fetching.report import Outcome
from corpus.shelf.catalogue_entries import CatalogueEntry
from tests.corpus.fetching_desk import RESOLUTION, Desk, entry, failed, report_pdf
from tests.corpus.library_server import (
    Library,
)
from tests.corpus.making import pdf


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
