from __future__ import annotations

import io

import pytest
from pypdf import PdfReader, PdfWriter

from corpus.errors import EmptyFile, LockedFile, TruncatedFile
from corpus.reading.readers.pdf_lines import read_lines
from tests.corpus.pdf_making import Put, make_pdf, put


def test_words_keep_their_place_size_and_style() -> None:
    content = make_pdf([[Put(100, 200, [("Recalling", "i"), (" its mandate", "")], 11)]])
    (line,) = read_lines(content)[0].lines
    assert line.text == "Recalling its mandate"
    assert (line.page, line.x0, line.y, line.size) == (1, 100, 200, 11)
    assert [run.italic for run in line.runs] == [True, False]
    assert not line.italic
    assert line.x1 == pytest.approx(100 + 11 * 8.6, abs=8)
    assert line.runs[1].x0 > line.runs[0].x0 + 30


def test_pieces_of_one_line_drawn_apart_are_one_row() -> None:
    content = make_pdf([[put(140, 300, "that the plan stands;"), put(100, 300, "a)", "i")]])
    page = read_lines(content)[0]
    assert [row.text for row in page.rows] == ["a) that the plan stands;"]


def test_a_raised_number_stays_on_its_line_and_is_told_apart() -> None:
    content = make_pdf([[Put(100, 300, [("small islands", ""), ("3", "^"), (" matter", "")])]])
    (line,) = read_lines(content)[0].lines
    assert line.text == "small islands3 matter"
    assert [run.text for run in line.runs if run.raised] == ["3"]


def test_no_space_is_guessed_inside_a_word_drawn_in_two_pieces() -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    width = stringWidth("inter", "Times-Roman", 10)
    content = make_pdf([[put(100, 300, "inter"), put(100 + width + 0.4, 300, "national")]])
    assert read_lines(content)[0].rows[0].text.replace(" ", "") == "international"


def test_letter_spacing_does_not_cut_a_word() -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    text = canvas.beginText(100, 500)
    text.setFont("Times-Roman", 10)
    text.setCharSpace(0.6)
    text.textOut("harmonization of spectrum")
    canvas.drawText(text)
    canvas.showPage()
    canvas.save()
    (line,) = read_lines(out.getvalue())[0].lines
    assert line.text == "harmonization of spectrum"


def test_a_page_turned_on_its_side_is_read_upright() -> None:
    upright = read_lines(make_pdf([[put(100, 200, "A wide table")]]))[0]
    turned = PdfWriter(
        clone_from=PdfReader(io.BytesIO(make_pdf([[put(100, 200, "A wide table")]])))
    )
    turned.pages[0].rotate(90)
    out = io.BytesIO()
    turned.write(out)
    assert [line.text for line in read_lines(out.getvalue())[0].lines] == [
        line.text for line in upright.lines
    ]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"no pdf at all", TruncatedFile),
        (b"%PDF-1.7\n1 0 obj\n<<", TruncatedFile),
    ],
)
def test_files_that_are_no_pdf_give_a_typed_error(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_lines(content)


def test_a_locked_file_is_said_to_be_locked() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(make_pdf([[put(100, 200, "secret")]]))))
    writer.encrypt(user_password="open sesame", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(LockedFile):
        read_lines(out.getvalue())
