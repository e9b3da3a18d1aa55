from __future__ import annotations

from collections import Counter

from corpus.reading.readers.pdf_blocks import Paragraph, join_lines, paragraphs
from corpus.reading.readers.pdf_furniture import body_pages
from corpus.reading.readers.pdf_lines import read_lines
from tests.corpus.pdf_making import Put, make_pdf, paragraph, put

LONG = "words that fill the measure of the page from the left edge to the right"


def _read(pages: list[list[Put]]) -> list[Paragraph]:
    return paragraphs(body_pages(read_lines(make_pdf(pages))))


def test_a_wider_gap_parts_paragraphs() -> None:
    page = [*paragraph([LONG, LONG], 100), *paragraph([LONG, LONG], 130)]
    assert [p.text for p in _read([page])] == [f"{LONG} {LONG}"] * 2


def test_a_first_line_indent_parts_paragraphs_without_a_gap() -> None:
    page = [
        *paragraph([LONG, LONG, LONG], 100, first=24),
        *paragraph([LONG, LONG], 136, first=24),
    ]
    assert len(_read([page])) == 2


def test_a_clause_that_crosses_pages_is_one_and_keeps_the_page_it_begins_on() -> None:
    one = paragraph([f"a) that {LONG}", LONG], 740)
    two = [put(100, 100, "and on to its end;"), put(100, 130, f"b) that {LONG};")]
    first, second = _read([[*paragraph([LONG] * 3, 100), *one], two])[1:]
    assert first.text == f"a) that {LONG} {LONG} and on to its end;"
    assert (first.page, second.page) == (1, 2)
    assert second.text.startswith("b) that")


def test_a_clause_that_ends_with_its_page_does_not_swallow_the_next() -> None:
    one = [*paragraph([LONG] * 3, 100), *paragraph([f"1 that {LONG}", f"{LONG};"], 740)]
    two = [*paragraph([f"2) that {LONG}", "is so;"], 100), *paragraph([LONG] * 2, 140)]
    assert [p.text[:2] for p in _read([one, two])[1:3]] == ["1 ", "2)"]


def test_headings_in_italics_stand_alone_with_their_indent() -> None:
    page = [
        *paragraph([LONG, "is the case,"], 100),
        put(140, 132, "recognizing further", "i"),
        *paragraph([f"a) that {LONG}", "is the case,"], 150),
    ]
    heading = _read([page])[1]
    assert (heading.text, heading.italic, heading.indent) == ("recognizing further", True, 40)


def test_a_bold_title_over_several_lines_is_one_block() -> None:
    page = [
        put(160, 100, "A title that is too long for one line", "b", 12),
        put(200, 114, "and ends on a second", "b", 12),
        *paragraph([LONG, LONG], 150),
    ]
    title = _read([page])[0]
    assert title.text == "A title that is too long for one line and ends on a second"
    assert title.bold


def test_a_footnote_goes_to_the_clause_with_its_marker() -> None:
    page = [
        *paragraph([LONG, LONG], 100),
        Put(100, 140, [("small states", ""), ("1", "^"), (" benefit most;", "")]),
        *paragraph([LONG, LONG], 170),
        put(100, 760, "1 As listed by the Council.", "", 8),
    ]
    block = _read([page])[1]
    assert block.text == "small states benefit most;"
    assert block.footnotes == ("As listed by the Council.",)


def test_an_exponent_without_a_footnote_stays() -> None:
    page = [Put(100, 140, [("an area of 12 km", ""), ("2", "^"), (" in all", "")])]
    assert _read([page])[0].text == "an area of 12 km² in all"


def test_words_cut_at_the_end_of_a_line_are_made_whole() -> None:
    words = Counter({"infrastructure": 3, "non-profit": 2, "building": 1, "capacity": 4})
    assert join_lines(["the infra-", "structure is"], words) == "the infrastructure is"
    assert join_lines(["a non-", "profit body"], words) == "a non-profit body"
    assert join_lines(["capacity-", "building work"], words) == "capacity-building work"
    assert join_lines(["ICT-", "centric"], words) == "ICT-centric"
    assert join_lines(["play-", "ers in"], words) == "players in"
    words.update({"able": 5, "understand": 5})
    assert join_lines(["understand-", "able terms"], words) == "understandable terms"
    assert join_lines(["soft\u00ad", "ware"], words) == "software"
    assert join_lines(["for 2020-", "2023"], words) == "for 2020-2023"
    assert join_lines(["settle/", "eliminate"], words) == "settle/eliminate"
