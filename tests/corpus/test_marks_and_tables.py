"""What print says beside its letters: raised figures, struck text, lists' numbers, tables,
boxes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from corpus.documents import Document
from corpus.reading.child import read_content

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LONG = "The keeper of the lamps writes down every evening which of them were lit and by whom."


def html(body: str, name: str = "lamps.html") -> Document:
    (document,) = read_content(f"<html><body>{body}</body></html>".encode(), name)
    return document


def word(*blocks: str, tail: str = "") -> bytes:
    """A DOCX with these elements in its body, as a writer that is not Word may save it."""
    document: Any = docx.Document()
    body = document.element.body
    for block in blocks:
        body.insert(len(body) - 1, parse_xml(block.replace("<w:p>", f"<w:p {W}>", 1)))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(content: bytes, *changes: tuple[bytes, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            for before, after in changes:
                data = data.replace(before, after)
            new.writestr(info.filename, data)
    return out.getvalue()


def paragraph(text: str, look: str = "", style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/>{look}</w:pPr>' if style or look else ""
    runs = text if text.startswith("<") else run(text)
    return f"<w:p>{properties}{runs}</w:p>"


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


UP = '<w:vertAlign w:val="superscript"/>'


def texts(document: Document) -> list[str]:
    return [clause.text for _, clause in document.clauses()]


def labels(document: Document) -> list[str | None]:
    return [clause.label for _, clause in document.clauses()]


def told(content: bytes, name: str = "lamps.docx") -> str:
    return " ".join(text for document in read_content(content, name) for text in texts(document))


@pytest.mark.parametrize(
    ("before", "raised_", "after", "wanted"),
    [
        ("By 2040", "7", " all lamps burn", "By 2040[7] all lamps burn"),
        ("an area of 40 km", "2", ", no more", "an area of 40 km², no more"),
        ("a tank of 3 m", "3", " each", "a tank of 3 m³ each"),
        ("площадь 12 км", "2", " города", "площадь 12 км² города"),
        ("some 10", "6", " lamps", "some 10^6 lamps"),
        ("the 21", "st", " lamp", "the 21st lamp"),
        ("the lamps", "4", ", and oil", "the lamps[4], and oil"),
        ("the lamps", "(5)", " of oil", "the lamps(5) of oil"),
        ("speed of 3 m/s", "2", " at most", "speed of 3 m/s² at most"),
    ],
)
def test_a_raised_figure_never_becomes_a_digit_of_the_number_before(
    before: str, raised_: str, after: str, wanted: str
) -> None:
    page = html(f"<h1>Lamps</h1><p>{before}<sup>{raised_}</sup>{after}. {LONG}</p>")
    assert wanted in texts(page)[0]
    file = word(paragraph(run(before) + run(raised_, UP) + run(f"{after}. {LONG}")))
    assert wanted in told(file)


def test_a_typed_note_goes_to_the_clause_that_refers_to_it() -> None:
    note = "Counted on the eve of the feast."
    page = html(
        f"<h1>Lamps</h1><p>Of 500 lamps<sup>1</sup> a share of 30<sup>2</sup> per cent burn. {LONG}</p>"
        f"<p>{LONG}</p><p><sup>1</sup> With glass.</p><p><sup>2</sup>{note}</p>"
    )
    first = next(clause for _, clause in page.clauses())
    assert first.text.startswith("Of 500 lamps a share of 30 per cent burn.")
    assert first.footnotes == ("With glass.", note)
    assert note not in " ".join(texts(page))
    listed = html(
        f'<h1>Lamps</h1><p>A share of 30<sup><a href="#n">1</a></sup> per cent burn. {LONG}</p>'
        f'<section class="footnotes"><ol><li id="n">{note} <a>↩</a></li></ol></section>'
    )
    first = next(clause for _, clause in listed.clauses())
    assert (first.text[:31], first.footnotes) == ("A share of 30 per cent burn. Th", (note,))


def test_a_note_raised_by_a_style_of_word() -> None:
    document: Any = docx.Document()
    style = document.styles.add_style("Note mark", docx.enum.style.WD_STYLE_TYPE.CHARACTER)
    style.font.superscript = True
    line = document.add_paragraph("A share of 30")
    line.add_run("2", style=style)
    line.add_run(f" per cent. {LONG}")
    out = io.BytesIO()
    document.save(out)
    assert "30[2] per cent" in told(out.getvalue())


def test_struck_text_is_not_in_force_and_the_librarian_is_told() -> None:
    page = html(
        f"<h1>Fees</h1><p>The fee is <del>40</del> <ins>55</ins> crowns a lamp. {LONG}</p>"
        f'<p style="text-decoration: line-through">Small lamps are free of every fee at all.</p>'
        f"<p>{LONG} <strike>Never on Sundays.</strike></p>"
    )
    assert "The fee is 55 crowns a lamp." in texts(page)[0]
    assert not any(word in " ".join(texts(page)) for word in ("40", "free", "Sundays"))
    assert "struck" in page.notes[0]
    (document,) = read_content(
        word(
            paragraph(run("The fee is ") + run("40", "<w:strike/>") + run(f" 55 crowns. {LONG}")),
            paragraph(run("Small lamps are free of fees.", "<w:dstrike/>")),
            paragraph(run(f"Not struck: {LONG}", '<w:strike w:val="0"/>')),
        ),
        "fees.docx",
    )
    assert "The fee is 55 crowns." in texts(document)[0]
    assert "free" not in " ".join(texts(document))
    assert "Not struck" in " ".join(texts(document))
    assert "'40' and 1 more" in document.notes[0]


def test_the_numbers_a_browser_writes_before_items_are_labels() -> None:
    page = html(
        "<p>RESOLUTION 960 (TALLINN, 2033)</p><p>Oil for lamps</p><p>The Plenipotentiary Conference "
        "(Tallinn, 2033),</p><p><em>noting</em></p><ol style='list-style-type: lower-alpha'>"
        "<li>that oil is dear;</li><li>that wicks are short,</li></ol><p><em>resolves</em></p><ol>"
        "<li>to lend oil:<ol type='i'><li>to towns;</li><li>to villages;</li></ol></li>"
        "<li value='5'>to count the lamps in all the towns and villages of the country;</li>"
        "<li>to publish the number of the lamps once in each of the four years,</li></ol>"
        "<p><em>invites Member States</em></p><p>to send oil.</p>"
    )
    found = {str(page.address(s, c)).partition("#")[2]: c.text for s, c in page.clauses()}
    assert found["noting.b"] == "that wicks are short,"
    assert found["resolves.1.ii"] == "to villages;"
    assert found["resolves.5"].startswith("to count the lamps")
    assert found["resolves.6"].startswith("to publish")


def test_a_list_that_counts_backwards_or_shows_no_number() -> None:
    item = f"<li>{LONG}</li>"
    page = html(f"<h1>Lamps</h1><h2>Last</h2><ol reversed>{item}{item}{item}</ol>")
    assert all(
        clause.text == LONG or clause.text.startswith(("1. ", "2. ", "3. "))
        for _, clause in page.clauses()
    )
    assert labels(page)[0] == "3"
    bare = html(f"<h1>Lamps</h1><h2>Plain</h2><ol style='list-style: none'>{item}{item}</ol>")
    assert texts(bare) == [LONG, LONG]


TABLE = [["Oil", "2040", "2041"], ["Whale", "", "300"], ["Olive", "200", ""], ["", "", "90"]]
READ = "Oil | 2040 | 2041; Whale | | 300; Olive | 200 |; | | 90"


def test_an_empty_cell_keeps_its_column() -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in TABLE)
    assert READ in texts(html(f"<h1>Oil</h1><p>{LONG}</p><table>{rows}</table>"))[0]
    document: Any = docx.Document()
    table = document.add_table(rows=4, cols=3)
    for row, cells in zip(table.rows, TABLE, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    out = io.BytesIO()
    document.save(out)
    assert READ in told(out.getvalue())


def test_a_cell_over_rows_or_columns_is_said_in_each() -> None:
    page = html(
        f"<h1>Oil</h1><p>{LONG}</p><table><tr><th rowspan=2>Town</th><th colspan=2>Lamps</th></tr>"
        "<tr><th>old</th><th>new</th></tr><tr><td>Zenda</td><td>4</td><td>9</td></tr></table>"
    )
    assert "Town | Lamps | Lamps; Town | old | new; Zenda | 4 | 9" in texts(page)[0]
    document: Any = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(
        table.rows, (["Town", "Lamps", ""], ["", "old", "new"], ["Zenda", "4", "9"]), strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    out = io.BytesIO()
    document.save(out)
    assert "Town | Lamps | Lamps; Town | old | new; Zenda | 4 | 9" in told(out.getvalue())


def test_a_merge_that_no_grid_allows_does_not_make_the_file_damaged() -> None:
    table = (
        f"<w:tbl {W}><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>"
        f"<w:p>{run('Lamp')}</w:p></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:gridSpan w:val='3'/><w:vMerge/>"
        f"</w:tcPr><w:p>{run('Wick')}</w:p></w:tc><w:tc><w:p>{run('Oil')}</w:p></w:tc></w:tr></w:tbl>"
    )
    found = told(word(table, paragraph(LONG)))
    assert "Lamp" in found
    assert "Wick" in found
    assert "Oil" in found


def test_a_table_that_only_arranges_the_page_is_read_as_a_page() -> None:
    page = html(
        f"<table><tr><td><h1>Lamps</h1><h2>Oil</h2><p>{LONG}</p></td><td><h2>Wicks</h2>"
        f"<p>{LONG}</p></td></tr></table>"
    )
    assert [section.slug for section in page.sections] == ["oil", "wicks"]
    boxed = f"<w:tbl {W}><w:tr><w:tc>{paragraph(LONG * 6)}</w:tc><w:tc>{paragraph(LONG * 7)}</w:tc></w:tr></w:tbl>"
    (document,) = read_content(word(boxed), "two-columns.docx")
    assert texts(document) == [LONG * 6, LONG * 7]


def test_rows_of_a_long_table_keep_its_head() -> None:
    rows = "".join(f"<tr><td>Town {n}</td><td>{n}00 lamps of oil</td></tr>" for n in range(80))
    page = html(f"<h1>Oil</h1><table><tr><th>Town</th><th>Lamps</th></tr>{rows}</table>")
    assert len(texts(page)) > 1
    assert all(text.startswith("Town | Lamps; ") for text in texts(page))


def test_words_in_a_text_box_are_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('RULE: no lamp burns by day, save in the deep cellars.')}</w:txbxContent>"
    both = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    found = told(word(paragraph(LONG), paragraph(run("See the box. ") + both), paragraph(LONG)))
    assert found.count("RULE: no lamp burns by day") == 1
    assert "See the box." in found


@pytest.mark.parametrize("value", ["start", "end", "left", "mediumKashida"])
def test_alignments_of_other_programs(value: str) -> None:
    content = word(paragraph(LONG, f'<w:jc w:val="{value}"/>'))
    assert told(content) == LONG


def test_the_strict_form_of_docx_and_a_template_with_macros() -> None:
    content = word(paragraph("Lamps", style="Heading1"), paragraph(LONG))
    strict = repacked(
        content,
        (b"http://schemas.openxmlformats.org/wordprocessingml/2006/", b"http://purl.oclc.org/ooxml/wordprocessingml/"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"),
    )  # fmt: skip
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(strict)).read("word/document.xml")
    macros = repacked(
        content,
        (
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    )
    for form in (content, strict, macros):
        (document,) = read_content(form, "lamps.docx")
        assert (document.title, texts(document)) == ("Lamps", [LONG])


@pytest.mark.parametrize(
    ("body", "title", "kept"),
    [
        ("<header><h1>Rules on lamps</h1><p>Adopted on 4 May 2040.</p></header><div><p>{}</p></div>",
         "Rules on lamps", True),
        ("<header><nav>Home</nav><h1>Rules on lamps</h1><p>Adopted on 4 May 2040.</p></header>"
         "<main><p>{}</p></main>", "Rules on lamps", True),
        ("<header><p>Adopted on 4 May 2040. The site of lamps</p></header><h1>Rules</h1><p>{}</p>",
         "Rules", False),
    ],
)  # fmt: skip
def test_the_head_of_the_text_stays_and_the_head_of_the_site_goes(
    body: str, title: str, kept: bool
) -> None:
    page = html(body.format(LONG))
    assert page.title == title
    assert ("Adopted on 4 May 2040." in " ".join(texts(page))) is kept
    assert "Home" not in " ".join(texts(page))


def test_lists_within_lists_of_a_short_resolution() -> None:
    page = (
        "<h1>RESOLUTION 962 (TALLINN, 2033)</h1><p>Oil for lamps</p>"
        "<p>The Plenipotentiary Conference (Tallinn, 2033),</p><p><i>resolves</i></p>"
        "<ol><li>to ask owners:<ol type='a'><li>to buy oil;</li><li>to trim wicks;</li></ol></li>"
        "<li>to count the lamps,</li></ol><p><i>invites Member States</i></p><p>to send oil.</p>"
    )
    (document,) = read_content(page.encode(), "r.html")
    found = [str(document.address(s, c)).partition("#")[2] for s, c in document.clauses()]
    assert found[:4] == ["resolves.1", "resolves.1.a", "resolves.1.b", "resolves.2"]
