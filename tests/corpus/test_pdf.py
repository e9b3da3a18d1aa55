from __future__ import annotations

import pytest

from corpus.documents import DocumentKind
from corpus.errors import ScannedFile
from corpus.reading.readers import pdf
from tests.corpus.pdf_making import Put, make_pdf, paragraph, put

LONG = "that the keepers of lighthouses along the coast need lamps and oil and time"


def _resolution(number: int) -> list[Put]:
    return [
        put(210, 100, f"RESOLUTION {number} (KIGALI, 2022)", "", 12),
        put(200, 124, "Lighthouses of the coast", "b", 12),
        put(100, 150, "The World Telecommunication Development Conference (Kigali, 2022),"),
        put(140, 174, "considering", "i"),
        *paragraph([f"a) {LONG}", "as well as rest;"], 194),
        *paragraph([f"b) {LONG}", "in every season,"], 224),
        put(140, 256, "resolves", "i"),
        *paragraph([f"1 {LONG}", "from this year on;"], 276),
        *paragraph([f"2 {LONG}", "and from the next."], 306),
    ]


def test_a_single_wtdc_resolution_gets_its_own_address() -> None:
    (document,) = pdf.read(make_pdf([_resolution(90)]), "res90.pdf")
    assert document.id == "wtdc-res-90@2022"
    assert document.title == "Lighthouses of the coast"
    assert document.kind is DocumentKind.RESOLUTION
    assert [(s.slug, c.label) for s, c in document.clauses()] == [
        ("considering", "a"),
        ("considering", "b"),
        ("resolves", "1"),
        ("resolves", "2"),
    ]


def test_a_table_of_contents_makes_no_documents() -> None:
    contents = [
        put(100, 100 + 14 * n, f"RESOLUTION {n} (KIGALI, 2022) Lighthouses ........ {n + 1}")
        for n in (90, 91)
    ]
    contents = [item._replace(y=100 + 20 * i) for i, item in enumerate(contents)]
    documents = pdf.read(make_pdf([contents, _resolution(90), _resolution(91)]), "acts.pdf")
    assert [document.id for document in documents] == ["wtdc-res-90@2022", "wtdc-res-91@2022"]


def test_a_report_that_cites_a_resolution_is_no_resolution() -> None:
    page = [
        put(100, 100, "1 Lighthouses today", "b", 14),
        *paragraph(["Resolution 90 (Kigali, 2022) of the conference deals with lamps.", LONG], 130),
        *paragraph([LONG] * 8, 170),
    ]
    (document,) = pdf.read(make_pdf([page, [*paragraph([LONG] * 20, 100)]]), "report-2023.pdf")
    assert not document.id.startswith("itu-res")
    assert document.kind is not DocumentKind.RESOLUTION


def test_pages_without_text_are_said_to_be_scanned() -> None:
    with pytest.raises(ScannedFile):
        pdf.read(make_pdf([[], []]), "scan.pdf")
