"""Files as programs other than Word, and people other than programmers, save them."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from corpus.errors import UnknownFormat
from corpus.reading.child import read_content
from corpus.reading.sniffing import decode
from tests.corpus.pdf_making import Put, make_pdf, paragraph, put
from tests.corpus.test_marks_and_tables import W, html, told, word

LINES = (
    "The keeper of the northern tower writes down on every", "evening which of the lamps were lit, by whom, and for",
    "how long they burnt until the morning came; the list is", "sent to the head of the harbour, who reads it before the",
    "gates of the town are opened to those who come by land,", "and sends a copy of it to every ship that lies there with",
    "its own lamps lit, so that no captain who came in by", "night can say that he saw no light at all in the tower.",
    "One evening of the year the lamps rest, and the keeper", "goes to the fair, where he is known to all and buys oil.",
)  # fmt: skip


def whole(content: bytes | str, name: str) -> str:
    raw = content.encode() if isinstance(content, str) else content
    documents = read_content(raw, name)
    return " ".join(
        f"{' | '.join(s.heading for s in d.sections)} {' '.join(c.text for _, c in d.clauses())}"
        for d in documents
    )


# Word files


def box(inner: str) -> str:
    content = f"<w:txbxContent><w:p><w:r><w:t>{inner}</w:t></w:r></w:p></w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-'
        'compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml">'
        f'<mc:Choice Requires="wps"><w:drawing>{content}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def test_a_text_box_in_a_cell_is_read_once() -> None:
    cells = [f"<w:tc><w:p>{p}</w:p></w:tc>" for p in (box("No open fire."), "", "", "")]
    rows = f"<w:tr>{cells[0]}{cells[1]}</w:tr><w:tr>{cells[2]}{cells[3]}</w:tr>"
    table = f"<w:tbl {W}><w:tblPr/>{rows}</w:tbl>"
    assert told(word(table)).count("No open fire.") == 1


@pytest.mark.parametrize("gone", ["docProps/core.xml", "word/styles.xml", "word/numbering.xml"])
def test_a_part_that_is_named_but_not_there_is_no_damage(gone: str) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(
            io.BytesIO(word("<w:p><w:r><w:t>The lamps burn.</w:t></w:r></w:p>"))
        ) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for info in old.infolist():
            if info.filename != gone:
                new.writestr(info.filename, old.read(info))
    assert "The lamps burn." in told(out.getvalue())


def test_figures_raised_by_their_place_on_the_line() -> None:
    look = '<w:position w:val="8"/><w:sz w:val="14"/>'
    runs = f"<w:r><w:t>An area of 9 km</w:t></w:r><w:r><w:rPr>{look}</w:rPr><w:t>2</w:t></w:r>"
    assert told(word(f"<w:p>{runs}</w:p>")) == "An area of 9 km²"


# pages of the web


def test_what_the_style_of_a_page_raises_or_strikes() -> None:
    document = html(
        "<style>.up, a.up{vertical-align:super} p .old{text-decoration: line-through red}"
        "@media print{.lit{text-decoration:line-through}}</style>"
        "<p>Pay <span class=old>nine</span> <b class=lit>ten</b> crowns by 2041<i class=up>3</i>.</p>"
    )
    assert [c.text for _, c in document.clauses()] == ["Pay ten crowns by 2041[3]."]
    assert "'nine'" in document.notes[0]


def test_a_blank_behind_a_raised_figure_stays() -> None:
    assert "9 km² of land" in whole("<p>Some 9 km<sup> 2 </sup>of land.</p>", "a.html")


@pytest.mark.parametrize("around", ["<section>", "<div role=main>", "<article>"])
def test_the_head_of_a_part_of_a_page(around: str) -> None:
    page = f"<h1>Lamps</h1>{around}<header><h2>Of oil</h2></header><p>Oil is kept cool.</p>"
    assert "Of oil" in whole(page, "a.html")


def test_a_page_that_is_not_in_the_encoding_it_names() -> None:
    page = "<meta charset=utf-8><h1>Faroles</h1><p>La señora pagó los faroles del año.</p>"
    assert "La señora pagó los faroles del año." in whole(page.encode("cp1252"), "a.html")


# marks of plain formats


def test_roles_of_asciidoc_and_marks_of_markdown() -> None:
    text = "= Lamps\n\nPay [.line-through]#nine# ten [.underline]#new# crowns for 9 km^2^.\n"
    assert "Pay ten new crowns for 9 km²." in whole(text, "a.adoc")
    text = "# Lamps\n\nPay ~~nine~~ ==ten== crowns for 9 km^2^ if a == b.\n"
    assert "Pay ten crowns for 9 km² if a == b." in whole(text, "a.md")


def test_cells_over_rows_and_columns_of_asciidoc() -> None:
    rows = "|Tower |Lamps |Oil\n\n.2+|North |4 |9\n|5 |\n2+|both others |7\n2*|none |0\n"
    text = f'= Lamps\n\n[cols="2,1,1"]\n|===\n{rows}|===\n'
    wanted = (
        "Tower | Lamps | Oil; North | 4 | 9; North | 5 |; both others | both others | 7; "
        "none | none | 0."
    )
    assert wanted in whole(text, "a.adoc")


def test_merged_cells_of_a_sheet() -> None:
    book: Any = pytest.importorskip("openpyxl").Workbook()
    sheet = book.active
    for row in (["Tower", "Lamps", None], ["North", 4, 5], [None, 6, None]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")
    sheet.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    assert "Tower | Lamps | Lamps; North | 4 | 5; North | 6 |" in whole(out.getvalue(), "a.xlsx")


def test_a_paragraph_put_in_between_two_with_the_sign_of_paragraphs() -> None:
    text = "# Lamps\n\n## Article 2\n\n1 *bis*. Lamps burn.\n\n§ 3 ter Oil is cool.\n"
    (document,) = read_content(text.encode(), "a.md")
    assert [c.label for _, c in document.clauses()] == ["1-bis", "3-ter"]


# letters


@pytest.mark.parametrize(
    "text", ["Población,Año\nMálaga,2031\n", "Pequeño\n\nAño.\n", "Relatório\n\nNão há água.\n"]
)
def test_a_few_words_with_western_letters(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    "text", ["Łódź i okolice leżą blisko siebie", "Příliš žluťoučký kůň pěl ďábelské ódy"]
)
def test_words_with_eastern_letters(text: str) -> None:
    assert decode(text.encode("cp1250")) == text


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf32_without_a_mark(encoding: str) -> None:
    assert decode("Lamps burn.\n".encode(encoding)) == "Lamps burn.\n"


# lines


@pytest.mark.parametrize("sign", ["-", "\u2010", "\u00ac", "\u00ad"])
def test_words_cut_at_a_line_s_end_where_the_file_has_them_once(sign: str) -> None:
    text = f"Lamps\n\nThe governors of the towers keep the illumi{sign}\nnation of the harbours."
    assert "the illumination of the harbours." in whole(text, "a.txt")


def test_a_cut_word_joins_lines_of_any_length() -> None:
    text = (
        "Lampes\n\nLe développe-\nment des tours est fort lent, et les collec-\ntivités paient.\n"
    )
    assert "Le développement des tours est fort lent, et les collectivités" in whole(text, "a.txt")
    assert "the communities of" in whole("# Lamps\n\nFor the commu-\nnities of towers.\n", "a.md")


@pytest.mark.parametrize("side", ["left", "right", "fifth", "right fifth"])
def test_numbers_of_lines_at_either_side_of_a_text(side: str) -> None:
    numbers = [str(n) if "fifth" not in side or n % 5 == 0 else "" for n in range(1, 21)]
    shown = [
        f"{line:<60} {n}".rstrip() if "right" in side else f"{n:>3} {line}"
        for n, line in zip(numbers, LINES * 2, strict=True)
    ]
    assert whole("A memo\n\n" + "\n".join(shown), "a.txt").endswith(" ".join(LINES * 2))


@pytest.mark.parametrize(
    ("side", "every"), [("left", 1), ("right", 1), ("left", 5), ("set right", 1)]
)
def test_numbers_of_lines_at_either_side_of_a_page(side: str, every: int) -> None:
    rows: list[Put] = []
    for n, line in enumerate(LINES * 3, start=1):
        rows.append(put(100, 100 + 12 * n, line))
        x = {"left": 60, "right": 420, "set right": 66 - 4 * len(str(n))}[side]
        if n % every == 0:
            rows.append(put(x, 100 + 12 * n, str(n), size=8))
    assert " ".join(LINES) in whole(make_pdf([rows]), "a.pdf")


def test_numbers_of_provisions_in_the_margin_are_no_numbers_of_lines() -> None:
    rows: list[Put] = []
    for n in range(1, 13):
        rows += [put(60, 60 + 40 * n, str(n)), *paragraph(LINES[:2], 60 + 40 * n)]
    found = whole(make_pdf([rows]), "a.pdf")
    assert all(f"{n} The keeper" in found for n in range(1, 13))


def test_figures_raised_in_the_type_of_the_text() -> None:
    rows = [
        put(72, 100, "The towers stand on an area of 9 km"),
        put(72 + 146.5, 95, "2"),
        put(72 + 151.5, 100, ", and their keepers live there all the year."),
        *paragraph(LINES, 112, x=72),
    ]
    assert "an area of 9 km², and their keepers" in whole(make_pdf([rows]), "a.pdf")


# files that hold no document, and words with times between them


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "a.ics", "calendar"),
        ("BEGIN:VCARD\nFN:A Keeper\nEND:VCARD\n", "a.vcf", "address"),
        (
            "".join(
                f"From k@example.org Tue Dec  1 10:0{n}:00 2031\nFrom: k@example.org\n"
                f"Subject: {n}\n\nLamps burn.\n\n"
                for n in range(3)
            ),
            "a.mbox",
            "several messages",
        ),
    ],
)
def test_files_that_hold_no_document(content: str, name: str, said: str) -> None:
    with pytest.raises(UnknownFormat, match=said):
        read_content(content.encode(), name)


@pytest.mark.parametrize(
    "content",
    [
        "WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ann>The lamps burn\n\nb\n00:05.000 --> 00:07.000\n"
        "until the morning.\n",
        "1\n00:00:01,000 --> 00:00:04,000\nThe lamps\nburn\n\n2\n00:00:05,000 --> 00:00:07,000\n"
        "until the morning.\n",
    ],
)
def test_the_words_of_subtitles(content: str) -> None:
    assert whole(content, "a.vtt").endswith("The lamps burn until the morning.")
