from __future__ import annotations

from corpus.reading.readers.pdf_furniture import body_pages
from corpus.reading.readers.pdf_lines import read_lines
from tests.corpus.pdf_making import Put, make_pdf, paragraph, put


def _body(pages: list[list[Put]]) -> list[list[str]]:
    return [[row.text for row in page.rows] for page in body_pages(read_lines(make_pdf(pages)))]


def _text(number: int) -> list[Put]:
    words = ["alpha", "bravo", "carbon", "delta", "ember", "fjord"][number % 6]
    return paragraph([f"{words} line {letter} of the text" for letter in "abcdef"], 120)


def test_running_heads_on_alternate_sides_go_and_the_text_stays() -> None:
    pages = [
        [put(100 if n % 2 else 400, 50, f"{n} / Res. 9" if n % 2 else f"Res. 9 / {n}"), *_text(n)]
        for n in range(3, 9)
    ]
    for page in _body(pages):
        assert len(page) == 6
        assert all("Res." not in line for line in page)


def test_heads_that_change_with_the_document_go_too() -> None:
    pages = [[put(400, 50, f"Res. {n // 2 + 40} / {n}"), *_text(n)] for n in range(1, 9)]
    assert all(len(page) == 6 for page in _body(pages))


def test_page_numbers_go_in_many_forms() -> None:
    for form in ("{}", "- {} -", "{}/9", "Page {} of 9"):
        pages = [[*_text(n), put(300, 800, form.format(n))] for n in (1, 2)]
        assert all(len(page) == 6 for page in _body(pages)), form


def test_a_heading_that_happens_to_open_two_pages_is_no_running_head() -> None:
    pages = [[put(400, 50, f"Res. 7 / {n}"), *_text(n)] for n in range(1, 9)]
    for n in (2, 5):
        pages[n] = [pages[n][0], put(140, 96, "invites Member States", "i"), *_text(n)]
    bodies = _body(pages)
    assert bodies[2][0] == bodies[5][0] == "invites Member States"


def test_heads_of_resolutions_at_one_height_are_no_running_heads() -> None:
    pages = [[put(200, 80, f"RESOLUTION {n} (KIGALI, 2022)", "", 12), *_text(n)] for n in range(5)]
    assert [page[0] for page in _body(pages)] == [
        f"RESOLUTION {n} (KIGALI, 2022)" for n in range(5)
    ]


def test_a_footnote_leaves_the_text_and_keeps_its_marker() -> None:
    page = [
        *_text(1),
        Put(100, 200, [("landlocked countries", ""), ("2", "^"), (" need care.", "")]),
        put(100, 700, "2 A list of them is kept elsewhere,", "", 8),
        put(100, 710, "and reviewed each year.", "", 8),
    ]
    (body,) = body_pages(read_lines(make_pdf([page])))
    (note,) = body.notes
    assert (note.marker, note.text) == (
        "2",
        "A list of them is kept elsewhere, and reviewed each year.",
    )
    assert "list of them" not in " ".join(row.text for row in body.rows)


def test_a_small_table_at_the_foot_is_no_footnote() -> None:
    page = [*_text(1), put(100, 700, "7 units in the north", "", 8)]
    (body,) = body_pages(read_lines(make_pdf([page])))
    assert not body.notes
    assert body.rows[-1].text == "7 units in the north"
