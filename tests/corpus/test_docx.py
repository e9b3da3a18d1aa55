"""What Word keeps beside the text: numbers it writes itself, tracked changes, notes, controls."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from corpus.reading.readers.docx import read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LISTS = f"""<w:numbering {W}>
<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="8">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1)"/></w:lvl>
</w:abstractNum>
<w:num w:numId="7"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="8"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="9"><w:abstractNumId w:val="8"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
</w:numbering>"""


def plain(text: str, italic: bool = False, list_: tuple[int, int] | None = None) -> str:
    """A paragraph; `text` may hold whole runs of its own in angle brackets."""
    numbered = (
        f'<w:pPr><w:numPr><w:ilvl w:val="{list_[1]}"/><w:numId w:val="{list_[0]}"/></w:numPr></w:pPr>'
        if list_
        else ""
    )
    runs = text if text.startswith("<") else run(text, italic)
    return f"<w:p {W}>{numbered}{runs}</w:p>"


def run(text: str, italic: bool = False) -> str:
    look = "<w:rPr><w:i/></w:rPr>" if italic else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def inserted(text: str, italic: bool = False) -> str:
    return f'<w:ins w:id="1" w:author="x">{run(text, italic)}</w:ins>'


def deleted(text: str) -> str:
    return f'<w:del w:id="2" w:author="x"><w:r><w:delText>{text}</w:delText></w:r></w:del>'


def made(paragraphs: list[str], footnotes: dict[int, str] | None = None) -> bytes:
    document: Any = docx.Document()
    body = document.element.body
    for each in paragraphs:
        body.insert(len(body) - 1, parse_xml(each))  # before the section's properties
    part = document.part.numbering_part
    part._element = parse_xml(LISTS)
    out = io.BytesIO()
    document.save(out)
    return _with_notes(out.getvalue(), footnotes) if footnotes else out.getvalue()


def _with_notes(content: bytes, notes: dict[int, str]) -> bytes:
    """The same package with a part of footnotes, as Word writes it."""
    bodies = "".join(
        f'<w:footnote w:id="{id}"><w:p>{run(text)}</w:p></w:footnote>' for id, text in notes.items()
    )
    separator = (
        '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = old.read(info).decode() if info.filename.endswith((".xml", ".rels")) else None
            if info.filename == "[Content_Types].xml":
                assert data is not None
                data = data.replace(
                    "</Types>",
                    '<Override PartName="/word/footnotes.xml" ContentType="application/vnd.'
                    'openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>',
                )
            if info.filename == "word/_rels/document.xml.rels":
                assert data is not None
                data = data.replace(
                    "</Relationships>",
                    '<Relationship Id="rIdNotes" Target="footnotes.xml" Type="http://schemas.'
                    'openxmlformats.org/officeDocument/2006/relationships/footnotes"/></Relationships>',
                )
            new.writestr(info, data if data is not None else old.read(info))
        new.writestr("word/footnotes.xml", f"<w:footnotes {W}>{separator}{bodies}</w:footnotes>")
    return out.getvalue()


HEAD = [
    plain("RESOLUTION 950 (Rev. Tallinn, 2031)"),
    plain("Lanterns for lending libraries"),
    plain(
        "The Plenipotentiary Conference of the International Telecommunication Union (Tallinn, 2031),"
    ),
]


DELETED = plain(deleted("that nobody pays;"), list_=(7, 0)).replace(
    "</w:numPr>", '</w:numPr><w:rPr><w:del w:id="4" w:author="x"/></w:rPr>'
)
TAIL = [  # a resolution is told from a report by how much of the file is clauses
    plain("invites the Council", True),
    plain(
        "to see every spring, at the meeting nearest to the equinox, how many of the lamps still burn,"
    ),
    plain(
        "to tell the keepers of those that do not, and to send oil where a keeper asks for it in time."
    ),
]


def clauses(content: bytes) -> dict[str, str]:
    (document,) = read(content, "r.docx")
    return {str(document.address(s, c)): c.text for s, c in document.clauses()}


def test_numbers_that_word_writes_become_labels() -> None:
    found = clauses(made([
        *HEAD,
        plain("considering", True),
        plain("that readers come late;", list_=(8, 0)),
        plain("that lamps are dear,", list_=(8, 0)),
        plain("resolves", True),
        plain("that a lamp be lit:", list_=(7, 0)),
        plain("at each door;", list_=(7, 1)),
        plain("at each stair;", list_=(7, 1)),
        plain("that it be paid for,", list_=(7, 0)),
        plain("invites Member States", True),
        plain("to lend oil;", list_=(9, 0)),
        plain("to lend wicks.", list_=(9, 0)),
        *TAIL,
    ]))  # fmt: skip
    assert found["pp-res-950@2031#considering.b"] == "that lamps are dear,"
    assert found["pp-res-950@2031#resolves.1.b"] == "at each stair;"
    assert found["pp-res-950@2031#resolves.2"] == "that it be paid for,"
    # The list of the last section starts anew, though it shares its pattern with the first.
    assert found["pp-res-950@2031#invites-member-states.a"] == "to lend oil;"


def test_tracked_changes_are_read_as_accepted() -> None:
    found = clauses(made([
        *HEAD,
        plain(inserted("resolves", True)),
        plain(run("that ") + deleted("nine") + inserted("twelve") + run(" lamps be lit;"), list_=(7, 0)),
        DELETED,
        f'<w:sdt {W}><w:sdtContent>{plain("that keepers be paid.", list_=(7, 0))}</w:sdtContent></w:sdt>',
        *TAIL,
    ]))  # fmt: skip
    assert found["pp-res-950@2031#resolves.1"] == "that twelve lamps be lit;"
    assert found["pp-res-950@2031#resolves.2"] == "that keepers be paid."
    assert "nobody" not in " ".join(found.values())


def test_a_footnote_goes_with_the_clause_that_refers_to_it() -> None:
    mark = '<w:r><w:footnoteReference w:id="3"/></w:r>'
    content = made(
        [
            *HEAD,
            plain("resolves", True),
            plain(run("that small islands") + mark + run(" get lamps first;"), list_=(7, 0)),
            plain("that others follow.", list_=(7, 0)),
            *TAIL,
        ],
        {3: "Islands here include low coasts."},
    )
    (document,) = read(content, "r.docx")
    first, second = [clause for _, clause in document.clauses()][:2]
    assert first.text == "that small islands get lamps first;"
    assert first.footnotes == ("Islands here include low coasts.",)
    assert second.footnotes == ()


@pytest.mark.parametrize(
    ("form", "count", "written"),
    [("lowerRoman", 14, "xiv"), ("upperRoman", 9, "IX"), ("lowerLetter", 28, "bb"),
     ("chineseCounting", 12, "十二"), ("decimalZero", 4, "04"), ("decimal", 11, "11")],
)  # fmt: skip
def test_counts_are_written_as_word_writes_them(form: str, count: int, written: str) -> None:
    from corpus.reading.readers.docx_numbers import _written

    assert _written(count, form) == written
