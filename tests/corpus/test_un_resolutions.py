from __future__ import annotations

from pathlib import Path

import pytest

from corpus.documents import Document, SectionKind
from corpus.grammar.un_resolutions import organ
from corpus.reading.readers import pdf
from corpus.reading.readers.un_masthead import is_job_line
from tests.corpus.pdf_making import Put, make_pdf, put

LEFT, FIRST = 123.4, 147.1
END = "and continues for a while until the line is nearly full of words"


def _para(y: float, pieces: list[tuple[str, str]], *more: str, x: float = FIRST) -> list[Put]:
    rest = LEFT if x == FIRST else x
    return [Put(x, y, pieces)] + [put(rest, y + 12 * (i + 1), line) for i, line in enumerate(more)]


def _masthead(symbol: str) -> list[Put]:
    return [
        put(LEFT, 58, "United Nations", "", 14),
        put(500, 58, symbol, "", 10),
        put(LEFT, 86, "Security Council", "b", 20),
        put(397, 86, "Distr.: General"),
        put(397, 98, "4 March 2031"),
        put(397, 122, "Original: English"),
        put(65, 747, "31-04567 (E) 050331"),
        put(65, 762, "*3104567*", "b", 12),
    ]


def _read(symbol: str = "S/2031/123") -> Document:
    first = [
        *_masthead(symbol),
        put(LEFT, 223, "Ruritania: draft resolution", "b", 12),
        Put(FIRST, 248, [("The Security Council", "i"), (",", "")]),
        *_para(266, [("Recalling", "i"), (" its statements on lighthouses,", "")]),
        *_para(284, [("Deeply concerned", "i"), (" that storms grow worse, as has been", "")], END),
        *_para(320, [("Acting", "i"), (" under its own rules,", "")]),
        *_para(338, [("1.", ""), (" Decides", "i"), (" that keepers shall be paid;", "")]),
        put(LEFT, 362, "Training", "b"),
        *_para(380, [("2.", ""), (" Requests", "i"), (" each port to do the following:", "")]),
        *_para(398, [("(a) Train two apprentices in the art of lamps", "")], "each year;"),
        *_para(428, [("(b) Report on:", "")]),
        *_para(446, [("(i) oil;", "")]),
        *_para(464, [("(ii) wicks;", "")]),
        *_para(
            600, [("3.", ""), (" Urges", "i"), (" ship owners to keep a watch as they", "")], END
        ),
    ]
    second = [
        put(60, 59, symbol, "b", 8.5),
        put(LEFT, 82, "and to answer every signal;"),
        *_para(100, [("4.", ""), (" Decides", "i"), (" to remain seized of lighthouses.", "")]),
        put(60, 755, "2/2", "b", 8.5),
        put(524, 753, "31-04567", "", 7),
        put(LEFT, 160, "Annex", "b", 12),
        put(LEFT, 180, "Rules for lamps", "b"),
        *_para(204, [("1.", ""), (" A lamp is trimmed at dusk.", "")]),
        *_para(222, [("2.", ""), (" A lamp is doused at dawn.", "")]),
    ]
    (document,) = pdf.read(make_pdf([first, second], 612, 792), "draft.pdf")
    return document


def test_paragraphs_get_the_addresses_a_delegate_would_cite() -> None:
    document = _read()
    assert document.id == "unsc-draft-s-2031-123@2031"
    assert document.title == "S/2031/123, Ruritania: draft resolution"
    assert [(s.slug, c.label, c.page) for s, c in document.clauses()] == [
        ("preamble", None, 1),
        ("preamble", "1", 1),
        ("preamble", "2", 1),
        ("preamble", "3", 1),
        ("operative", "1", 1),
        ("operative", "training", 1),
        ("operative", "2", 1),
        ("operative", "2.a", 1),
        ("operative", "2.b", 1),
        ("operative", "2.b.i", 1),
        ("operative", "2.b.ii", 1),
        ("operative", "3", 1),
        ("operative", "4", 2),
        ("annex", "1", 2),
        ("annex", "2", 2),
    ]
    assert [s.kind for s in document.sections] == [
        SectionKind.PREAMBLE,
        SectionKind.OPERATIVE,
        SectionKind.ANNEX,
    ]
    assert document.sections[2].heading == "Annex Rules for lamps"


def test_nothing_of_masthead_or_footer_is_in_a_clause() -> None:
    words = " ".join(clause.text for _, clause in _read().clauses())
    for furniture in ("Distr", "31-04567", "3104567", "S/2031/123", "2/2", "United Nations"):
        assert furniture not in words


def test_a_paragraph_that_crosses_pages_is_one_clause_without_its_label() -> None:
    third = next(c for s, c in _read().clauses() if (s.slug, c.label) == ("operative", "3"))
    assert third.text == (
        f"Urges ship owners to keep a watch as they {END} and to answer every signal;"
    )


def test_an_adopted_resolution_is_known_by_its_number() -> None:
    document = _read("S/RES/4321 (2031)")
    assert (document.id, document.number) == ("unsc-res-4321@2031", "4321")


def test_the_organ_is_known_in_every_official_language() -> None:
    names = {
        "The Security Council,": "unsc",
        "Le Conseil de sécurité,": "unsc",
        "La Asamblea General,": "unga",
        "Генеральная Ассамблея,": "unga",
        "安全理事会,": "unsc",
    }
    assert {name: organ(name) for name in names} == names
    assert organ("The Security Council has met twice,") is None


def test_only_lines_of_nothing_but_job_marks_are_taken_for_furniture() -> None:
    first = ["United Nations S/2031/123"]
    for line in ("31-04567 (E) 050331", "*3104567*", "2/2 31-04567", "S/2031/123"):
        assert is_job_line(line, first)
    assert not is_job_line("see S/2031/123 and 2/2 of it", first)
    assert not is_job_line("31-04567", ["a page of something else"])


@pytest.mark.shared
def test_real_un_paragraphs_come_back_whole(shared: Path) -> None:
    from evals.benches.un_paragraphs import un_paragraphs

    result = un_paragraphs(shared, limit=6)
    assert result.found / result.paragraphs >= 0.97
    assert result.wrong_section == 0
    assert not result.furniture
