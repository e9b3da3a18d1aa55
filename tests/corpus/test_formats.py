"""Formats and encodings people have: Markdown, AsciiDoc, mail, Office and e-books, old code
pages."""

from __future__ import annotations

import io
import os
import resource
import zipfile
from pathlib import Path
from typing import Any

import pytest

from corpus.database import open_database, sqlite_url
from corpus.documents import Document
from corpus.errors import ReadError, UnknownFormat
from corpus.limits import DEFAULT
from corpus.reading.child import read_content
from corpus.reading.sniffing import Format, decode, sniff
from corpus.shelf.adding import add_files
from corpus.shelf.register import Shelf
from tests.corpus import making

LONG = "The keeper of the lamps writes down every evening which of them were lit and by whom."
BODY = f"""# Lamp rules

{LONG} See the **great** [book](https://example.org/book) of _lamps_[^a].

## Oil

1. Oil is kept in the deep cellars of every tower of the town at all times of the year.
2. Oil is measured by two keepers.
   - one from the north

| Oil | 2040 | 2041 |
|-----|------|------|
| Whale |   | 300 |

~~Oil is free.~~ <!-- secret --> Ten km<sup>2</sup> are lit.

[^a]: Kept in the library.
"""


def read(text: str | bytes, name: str) -> Document:
    content = text if isinstance(text, bytes) else text.encode()
    (document,) = read_content(content, name)
    return document


def whole(document: Document) -> str:
    return " ".join(clause.text for _, clause in document.clauses())


@pytest.mark.parametrize(
    ("front", "name"),
    [("", "rules.md"), ("---\ntitle: Other\nlayout: page\n---\n", "rules.md"),
     ('+++\ntitle = "Other"\n+++\n', "rules.md"), ("", "rules.txt"),
     ("<!-- made by hand -->\n<meta charset='utf-8'/>\n\n", "rules.markdown"),
     ("---\ntitle: Other\n---\n", "rules")],
)  # fmt: skip
def test_markdown_leaves_no_marks_in_what_is_quoted(front: str, name: str) -> None:
    document = read(front + BODY, name)
    assert document.title == "Lamp rules"
    text = whole(document)
    for mark in ("**", "](", "[^", "<!--", "secret", "~~", "|--", "free", "_lamps_", "title"):
        assert mark not in text
    found = {str(document.address(s, c)).partition("#")[2]: c for s, c in document.clauses()}
    assert found["opening"].text.endswith("See the great book of lamps.")
    assert found["opening"].footnotes == ("Kept in the library.",)
    assert found["oil.1"].text.startswith("Oil is kept")
    assert found["oil.2"].text.startswith("Oil is measured")
    assert "Oil | 2040 | 2041; Whale | | 300." in text
    assert "Ten km² are lit." in text
    assert any("struck" in note for note in document.notes)


def test_a_title_from_front_matter_where_the_text_has_none() -> None:
    document = read(
        f"---\ntitle: Lamp rules\nnav_order: 3\n---\n\n{LONG}\n\n### Oil\n\n{LONG}", "a.md"
    )
    assert document.title == "Lamp rules"
    assert [section.heading for section in document.sections] == ["Lamp rules", "Oil"]


def test_a_digest_is_still_a_digest_and_a_page_with_an_id_is_not_one() -> None:
    digest = "---\nid: x-1\ntitle: X\nkind: report\nas_of: '2040'\nsources: {}\n---\n## a\n"
    assert sniff(digest.encode(), "x.md") is Format.DIGEST
    assert sniff(f"---\nid: intro\ntitle: X\n---\n{LONG}".encode(), "x.md") is Format.MARKDOWN


@pytest.mark.parametrize(
    ("head", "id", "label"),
    [
        (":bureau: T\n:docnumber: 901\n:doctype: resolution\n:edition: Oslo, 2030",
         "wtsa-res-901@2030", "Oslo, 2030"),
        (":bureau: D\n:docnumber: D.77\n:doctype: recommendation", "itu-d-rec-77", ""),
        (":bureau: T\n:docnumber: X.77\n:doctype: resolution\n:edition: Oslo, 2030", "draft", ""),
    ],
)  # fmt: skip
def test_what_the_head_of_an_itu_draft_says_is_its_id(head: str, id: str, label: str) -> None:
    body = "== Wicks\n\nThe keeper trims the wick of every lamp before the night begins.\n"
    text = f"= Trimming of wicks\n{head}\n:mn-document-class: itu\n\n{body}"
    document = read(text, "draft.adoc")
    assert (document.id, str(document.edition)) == (id, label)


def test_asciidoc_headings_numbers_notes_and_references() -> None:
    document = read(
        f"= Lamp rules\n:sectnums:\n\n== Oil\n\n=== {{blank}}\n{LONG}footnote:[By night.]\n\n"
        f"[[wick]]\n=== Wicks\n. Wicks are *short* at all times of the year, in every tower there is.\n"
        f". Wicks burn as <<wick>> says.\n\n|===\n|Oil |2040\n\n|Whale |\n|===\n\n////\nhidden\n////\n",
        "rules.adoc",
    )
    assert document.title == "Lamp rules"
    found = {str(document.address(s, c)).partition("#")[2]: c for s, c in document.clauses()}
    assert found["1.1"].text == LONG
    assert found["1.1"].footnotes == ("By night.",)
    assert "Wicks are short at all times" in found["1.2"].text
    assert "as 1.2 says." in whole(document)
    assert "Oil | 2040; Whale |." in whole(document)
    assert "hidden" not in whole(document)


MAIL = (
    "From: Ada <ada@example.org>\nTo: Bo <bo@example.org>\nSubject: =?utf-8?q?Lamps_=C3=A9t=C3=A9?=\n"
    "Date: Mon, 4 May 2040 10:00:00 +0000\nMIME-Version: 1.0\n"
)


def test_mail_and_saved_pages_without_their_envelope() -> None:
    page = (
        f"{MAIL}Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; "
        "charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n<html><body><h1>Lamp "
        f"rules</h1><p>{LONG} L'=E9t=E9 il fait=\n jour.</p></body></html>\n--b--\n"
    )
    document = read(page, "saved.mht")
    assert document.title == "Lamp rules"
    assert whole(document) == f"{LONG} L'été il fait jour."
    mail = (
        f"{MAIL}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: base64\n\n{__import__('base64').b64encode(LONG.encode()).decode()}\n"
        '--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="x.pdf"\n\nAA\n--b--\n'
    )
    document = read(mail, "note.eml")
    assert document.title == "Lamps été"
    assert LONG in whole(document)
    assert "boundary" not in whole(document)
    assert document.notes == ("Sent with the message, not read: x.pdf.",)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ('{"cells": [{"cell_type": "code"}], "nbformat": 4}', "n.ipynb", "notebook"),
        ('{"lamps": [1, 2]}', "lamps.json", "JSON"),
        ('[{"lamp": 1}]', "lamps", "JSON"),
        ('<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>', "f.xml", "feed"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title></feed>', "f.atom", "feed"),
        ('<?xml version="1.0"?><lamps><title>Oil</title></lamps>', "l.xml", "XML"),
    ],
)  # fmt: skip
def test_data_and_feeds_are_refused_in_words(content: str, name: str, said: str) -> None:
    with pytest.raises(UnknownFormat, match=said):
        read_content(content.encode(), name)


OLD = [
    ("latin-1", "El año que viene los niños de la región tendrán derecho a la enseñanza en línea."),
    ("latin-1", "A inovação não é só tecnologia: são ações públicas, educação e formação de pessoas."),
    ("cp1252", "L'élève a reçu un prêt à taux zéro pour créer une société à côté de la forêt."),
    ("latin-1", "Die Behörden prüfen die Maßnahmen für die Gründer und berichten über die Ergebnisse."),
    ("cp1250", "Źródła finansowania są określone w ustawie, która wchodzi w życie po ogłoszeniu."),
    ("cp1250", "Příští rok bude ministerstvo informovat vládu o stavu žadatelů a o opatřeních."),
    ("cp1254", "Gelecek yıl bakanlık girişimcilerin durumu hakkında hükümete bilgi verecektir, şöyle."),
    ("cp1251", "В следующем году министерство сообщит правительству о положении дел в районах."),
    ("cp1256", "تفتح مراكز الابتكار أبوابها لكل الشركات الصغيرة في المدينة وتقدم لها التدريب."),
    ("gb18030", "本政策规定创新中心的注册办法、资助条件和年度审查程序，适用于所有地区。"),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "text"), OLD)
def test_old_encodings_are_told_by_the_language(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text
    page = f"<html><body><h1>x</h1><p>{text}</p></body></html>".encode(encoding)
    assert whole(read(page, "page.html")) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [text for _, text in OLD])
def test_utf16_without_a_mark(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


WRAPPED = (
    "The keeper of the northern tower writes down every even-", "ing which of the lamps were lit, by whom, and how much",
    "oil they burnt until the morning; the list goes to the", "Director of the harbour, who reads it before the gates of",
    "the town are opened to those who come by land, and sends", "a copy of it to every ship that lies in the harbour with",
    "its own lamps lit, so that no captain who came in by night", "can say that he saw no light. One evening a year it rests.",
)  # fmt: skip


def test_every_fifth_line_numbered_in_the_margin() -> None:
    lines = [f"{n if n % 5 == 0 else '':>3} {line}" for n, line in enumerate(WRAPPED * 2, start=1)]
    text = whole(read("A memo\n\n" + "\n".join(lines), "draft.txt"))
    assert text == " ".join(WRAPPED * 2).replace("even- ing", "evening")


def test_words_cut_at_the_end_of_a_line_and_numbers_in_the_margin() -> None:
    wanted = " ".join(WRAPPED).replace("even- ing", "evening")
    plain = "A memo\n\n" + "\n".join(WRAPPED) + "\n"
    assert whole(read(plain, "memo.txt")) == wanted
    numbered = "\n".join(
        f"{n:>3} {line}" for n, line in enumerate(("A memo", "", *WRAPPED), start=1)
    )
    assert whole(read(numbered, "draft.txt")) == wanted
    items = "\n".join(f"{n} Lamp {n} of the tower burns." for n in range(1, 12))
    assert "3 Lamp 3" in whole(read(f"Lamps\n\n{items}", "list.txt"))


@pytest.mark.parametrize(
    "opening", ["[1] Of lamps", "[[lamps]]", "[Lamps](https://example.org) burn", "{lamps} burn"]
)
def test_brackets_at_the_start_are_no_data(opening: str) -> None:
    assert LONG in whole(read(f"{opening}\n\n{LONG}\n", "lamps.txt"))


def test_bytes_of_no_text_stay_refused() -> None:
    with pytest.raises(UnknownFormat):
        decode(bytes(range(256)) * 20)


def _slides() -> bytes:
    pptx = pytest.importorskip("pptx")
    show: Any = pptx.Presentation()
    for title, lines in (
        ("Lamps of the north", "Why lamps"),
        ("Oil", "Dear in winter.\nCheap in May."),
    ):
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = lines
    slide.notes_slide.notes_text_frame.text = "Say it slowly."
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def _workbook() -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book: Any = openpyxl.Workbook()
    book.active.title = "Costs"
    for row in (["Oil", 2040, 2041], ["Whale", None, 1200.0]):
        book.active.append(row)
    book.create_sheet("Towns").append(["Town", "Zenda"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _open_text() -> bytes:
    odfdo = pytest.importorskip("odfdo")
    text: Any = odfdo.Document("text")
    text.body.clear()
    text.body.append(odfdo.Header(1, "Lamp rules"))
    text.body.append(odfdo.Paragraph(LONG))
    text.body.append(odfdo.Header(2, "Oil"))
    line = odfdo.Paragraph(f"A share of 30 per cent. {LONG}")
    line.insert_note(after="30", note_id="n", citation="1", body="By night.")
    text.body.append(line)
    out = io.BytesIO()
    text.save(out)
    return out.getvalue()


def _book() -> bytes:
    out = io.BytesIO()
    page = "<html><body><h1>{}</h1><p>{}</p></body></html>"
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="O/p.opf"/></rootfiles></container>',
        )
        book.writestr(
            "O/p.opf",
            "<package><metadata><title>Book of lamps</title></metadata><manifest>"
            '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/><itemref idref="b"/></spine></package>',
        )
        book.writestr("O/a.xhtml", page.format("Oil", LONG))
        book.writestr("O/b.xhtml", page.format("Wicks", LONG))
    return out.getvalue()


def test_slides_are_headed_sections() -> None:
    document = read(_slides(), "lamps.pptx")
    assert document.title == "Lamps of the north"
    assert document.sections[-1].heading == "Oil"
    assert "Dear in winter." in whole(document)
    assert "Say it slowly." in whole(document)


def test_sheets_are_headed_tables() -> None:
    document = read(_workbook(), "lamps.xlsx")
    assert [section.heading for section in document.sections] == ["Costs", "Towns"]
    assert "Oil | 2040 | 2041; Whale | | 1200." in whole(document)
    assert "Oil | 2040; Whale |." in whole(read("Oil;2040\nWhale;\n", "lamps.csv"))


def test_odt_rtf_and_epub() -> None:
    document = read(_open_text(), "lamps.odt")
    assert (document.title, document.sections[1].heading) == ("Lamp rules", "Oil")
    assert document.sections[1].clauses[0].footnotes == ("By night.",)
    assert "30 per cent" in whole(document)
    book = read(_book(), "lamps.epub")
    assert (book.title, [s.slug for s in book.sections]) == ("Book of lamps", ["oil", "wicks"])
    pytest.importorskip("striprtf")
    rich = rb"{\rtf1\ansi\ansicpg1252 {\b Lamp rules}\par Every a\'f1o the keeper of the lamps writes it down.\par}"
    assert whole(read(rich, "lamps.rtf")) == "Every año the keeper of the lamps writes it down."


def test_a_missing_library_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    content = _slides()
    monkeypatch.setitem(__import__("sys").modules, "pptx", None)
    with pytest.raises(UnknownFormat, match="extra 'formats'"):
        read_content(content, "lamps.pptx")


def _hostile(folder: Path) -> int:
    """Files that mean harm or are none, and one sound one with an odd name; how many must fail."""
    Path(os.fsdecode(os.fsencode(folder) + b"/lamp\xff 7000.txt")).write_text(
        f"Odd\n\nTower 7000 burns oil. {LONG}"
    )
    (folder / "policy.xyz").write_text(LONG)
    os.symlink("/nowhere/lamps.txt", folder / "gone.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / "bomb.zip").write_bytes(making.archive({"a.txt": bytes(200 << 20)}))
    (folder / "deep.html").write_text("<div>" * 200_000 + "x")
    (folder / "locked.pdf").write_bytes(making.locked_pdf("x"))
    (folder / "scan.pdf").write_bytes(making.scanned_pdf(1))
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (folder / "n.ipynb").write_text('{"cells": [], "nbformat": 4}')
    return 7


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_folder_of_three_hundred_mixed_files(tmp_path: Path) -> None:
    """Each is a document or an error in words; none is lost, whatever its name."""
    sound: dict[str, Any] = {
        ".txt": lambda n: f"Lamp {n}\n\nTower {n} burns oil. {LONG}".encode(),
        ".md": lambda n: f"# Lamp {n}\n\nTower {n} burns oil. {LONG}".encode(),
        ".html": lambda n: f"<h1>Lamp {n}</h1><p>Tower {n} burns oil. {LONG}</p>".encode(),
        ".docx": lambda n: making.word([("Normal", f"Tower {n} burns oil. {LONG}")]),
        ".csv": lambda n: f"Tower,Oil\n{n},{n}00\n".encode(),
        ".pdf": lambda n: making.pdf(
            [[(f"Tower {n} burns oil, as every keeper knows.", 11, False)]]
        ),
    }
    broken: list[tuple[str, bytes]] = [
        (".pdf", b"%PDF-1.7 cut"), (".docx", b"PK\x03\x04 cut"), (".txt", b""),
        (".xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        (".html", b"<html><script>1</script></html>"), (".md", b"---\ntitle: x\n---\n"),
        (".zip", making.archive({"../../up.txt": b""})), (".epub", b"PK\x05\x06" + b"\0" * 18),
    ]  # fmt: skip
    stems = ["plan", "النص رقم", "政策 文件", "с пробелом", "report", "İstanbul-ş", "a.b c"]
    wanted = failing = 0
    for n in range(300):
        folder = tmp_path / "in" / f"f{n % 40}"
        folder.mkdir(parents=True, exist_ok=True)
        stem = f"{stems[n % len(stems)]}{'' if n % 3 else n}"
        if n % 10 == 9:
            ending, content = broken[(n // 10) % len(broken)]
            failing += 1
        else:
            ending = list(sound)[n % len(sound)]
            content = sound[ending](n)
            wanted += 1
        path = folder / f"{stem}{ending}"
        while path.exists():
            path = path.with_name(f"{path.stem}_{path.suffix}")
        path.write_bytes(content)
    hostile = _hostile(tmp_path / "in" / "f1")
    failing += hostile
    (tmp_path / "files").mkdir()
    shelf = Shelf(open_database(sqlite_url(tmp_path / "s.db")), tmp_path / "files")
    seen: list[int] = []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = add_files(
        shelf, [tmp_path / "in"], actor="ada", theirs=True, progress=lambda _, n, m: seen.append(n)
    )
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert seen == list(range(1, 300 + hostile + 2))
    assert report.failed == failing
    assert len({outcome.name for outcome in report.files}) == len(report.files)
    assert report.passed_over == ("n.ipynb", "policy.xyz")
    # What a file does to memory it does in a child, which may not pass its bound.
    assert grown < 200 * 1024
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert largest * 1024 < DEFAULT.memory
    assert all(o.code and len(o.error or "") > 20 for o in report.files if o.error)
    wanted += 1  # the one whose name is no UTF-8
    assert sum(o.added for o in report.files) == wanted == len(shelf.entries())
    text = " ".join(c.text for e in shelf.entries() for _, c in shelf.document(e.key).clauses())
    assert all(
        f"Tower {n} burns oil" in text or f"; {n} | {n}00" in text or n % 10 == 9
        for n in range(300)
    )
    again = add_files(shelf, [tmp_path / "in"], actor="ada", theirs=True)
    assert not again.changed


def test_errors_are_typed() -> None:
    assert issubclass(UnknownFormat, ReadError)
