"""Reports become headed sections whose addresses say what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.addresses import Address
from corpus.documents import Document, SectionKind
from corpus.grammar.outlines import Item, heading_number, sections_of
from corpus.reading.child import read_content
from corpus.reading.readers.pdf import read as read_pdf
from corpus.reading.reports import country_in, report_from_items, work_id
from tests.corpus import making

LONG = "The ministry keeps a register of young companies and visits each of them once in two years."


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("3.2 Capital", ("3", "2")),
        ("2.1. Cadre", ("2", "1")),
        ("3 Capital", ("3",)),
        ("Chapter 4 – The way", ("4",)),
        ("ANNEX II: Tables", ("annex-ii",)),
        ("Article premier", ("article-1",)),
        ("Artículo 12", ("article-12",)),
        ("Статья 5", ("article-5",)),
        ("المادة ١٢", ("article-12",)),
        ("第二十一条", ("article-21",)),
        ("（四）产业", ("4",)),
        ("Article 3 of the Convention applies", None),
        ("2015 Agreement", None),
        ("In short", None),
    ],
)
def test_numbers_of_headings(text: str, path: tuple[str, ...] | None) -> None:
    number = heading_number(text)
    assert (number.path if number else None) == path


def _addresses(items: list[Item]) -> list[str]:
    document = report_from_items(items, name="toolkit-2017.pdf", title="A toolkit")
    found = [str(document.address(s, c)) for s, c in document.clauses()]
    assert len(set(found)) == len(found)
    for address in found:
        assert document.find(Address.parse(address)) is not None
    return [address.split("#")[1] for address in found]


def test_nested_numbers_are_addresses_as_printed() -> None:
    items = [
        Item(text=f"{LONG} Opening."),
        Item(text="3 Capital", level=1),
        Item(text=f"{LONG} A."),
        Item(text=f"{LONG} B."),
        Item(text="3.2 Venture funds", level=2),
        Item(text=f"{LONG} C."),
        Item(text=f"{LONG} D."),
        Item(text="Way forward", level=1),
        Item(text=f"1. {LONG}"),
        Item(text=f"2. {LONG}"),
    ]
    assert _addresses(items) == [
        "opening", "3", "3.p2", "3.2", "3.2.p2", "way-forward.1", "way-forward.2",
    ]  # fmt: skip


def test_letters_are_not_roman_numbers_in_an_alphabet() -> None:
    heads = ["I. Aims", "A. One", "B. Two", "C. Three", "D. Four", "II. Means", "A. Five"]
    items = [item for head in heads for item in (Item(text=head, level=1), Item(text=LONG))]
    assert _addresses(items) == ["i", "i.a", "i.b", "i.c", "i.d", "ii", "ii.a"]


def test_numbering_that_restarts_stays_unique() -> None:
    heads = ["1. Aims", "2. Means", "Second part", "1. Aims", "2. Means", "Second part"]
    items = [item for head in heads for item in (Item(text=head, level=2), Item(text=LONG))]
    assert _addresses(items) == [
        "1", "2", "second-part", "second-part.1", "second-part.2", "second-part-2",
    ]  # fmt: skip


def test_bullets_stay_with_the_words_that_introduce_them() -> None:
    body = [Item(text="The plan has two aims, which the council reviews each year and reports on:"),
            Item(text="• skills"), Item(text="• capital"), Item(text=LONG)]  # fmt: skip
    (section,) = sections_of(body, "Plan")
    assert [c.text.count("•") for c in section.clauses] == [2, 0]
    assert section.kind is SectionKind.BODY


def test_ids_from_file_names() -> None:
    assert work_id("ALB_Albania_INDC_English.pdf", "") == "albania-indc"
    assert work_id("CRI_Costa-Rica_INDC_Spanish.pdf", "") == work_id(
        "CRI_Costa-Rica_INDC_English.pdf", ""
    )
    assert work_id("profile-serbia-2023-e.pdf", "") == "profile-serbia@2023"
    assert work_id("download (3).pdf", "Review of Ruritania") == "review-of-ruritania"
    assert work_id("文件.pdf", "文件") == "wen-jian"
    assert country_in("Digital profile of Albania") == "Albania"
    assert country_in("From Albania to Zambia") is None


def _report() -> Document:
    body = [(LONG, 9.0, False)] * 5
    cover = [("Innovation in Ruritania", 24.0, True), ("", 20.0, False), ("May 2021", 11.0, False)]
    contents = [("Contents", 14.0, True)] + [
        (f"{n} Title {n} {'.' * 60} {n + 2}", 9.0, False) for n in range(1, 6)
    ]
    first = [("1 The setting", 14.0, True), *body, ("1.1 People", 11.0, True), *body]
    second = [
        ("2 Capital", 14.0, True),
        *body,
        ("", 9.0, False),
        ("Way forward", 14.0, True),
        *body,
    ]
    pages = [cover, contents, first, second]
    heads = [[("Ruritania review", 8.0, False), ("", 30.0, False), *rows] for rows in pages]
    content = making.pdf(heads, marks=[("Capital", 4)])
    (document,) = read_pdf(content, "ruritania-review.pdf")
    return document


def test_a_pdf_report_has_its_headings_pages_and_no_furniture() -> None:
    document = _report()
    assert document.title.startswith("Innovation in Ruritania")
    assert document.edition.year == 2021
    found = {section.heading: section.clauses[0].page for section in document.sections}
    assert found == {"1 The setting": 3, "1.1 People": 3, "2 Capital": 4, "Way forward": 4} | (
        {document.title: 1} if document.sections[0].slug == "opening" else {}
    )
    text = " ".join(clause.text for _, clause in document.clauses())
    assert "Ruritania review" not in text
    assert "......" not in text
    assert document.find(Address.parse("x#1.1")) is not None


def test_a_heading_without_text_is_said_with_those_below_it_where_the_file_marks_headings() -> None:
    marked = (
        "# Lamps\n\n## Oil\n\n### Kinds\n\nWhale.\n\n### Costs\n\nDear.\n\n## Wicks\n\nShort.\n"
    )
    (document,) = read_content(marked.encode(), "lamps.md")
    assert [s.heading for s in document.sections] == ["Kinds (Oil)", "Costs (Oil)", "Wicks"]
    assert [s.slug for s in document.sections] == ["kinds", "costs", "wicks"]


def _words(text: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)|<[^>]*>|\[\[.*?\]\]|\{[^}]*\}", r"\1", text)
    return re.sub(r"[\W_]", "", text).casefold()


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["undp_nie_toolkit", "unicef_dpg_toolkit"])
def test_the_pages_of_a_toolkit_are_headed_as_they_are(shared: Path, folder: str) -> None:
    pages = list((shared / "texts" / folder).rglob("*.md"))
    assert len(pages) >= 16
    headed = 0
    for page in pages:
        content = page.read_text(encoding="utf-8")
        (document,) = read_content(content.encode(), page.name)
        raw = re.sub(r"\A---\n.*?\n---\n", "", content.replace("\r", ""), flags=re.S)
        wanted = [w for h in re.findall(r"^#{1,6}[ \t]*([^#\n].*)$", raw, re.M) if (w := _words(h))]
        shown = " ".join(
            _words(h) for h in (document.title, *(s.heading for s in document.sections))
        )
        if len(clauses := list(document.clauses())) == 1:
            shown += _words(
                clauses[0][1].text
            )  # of a page of nothing but headings they are the text
        assert all(heading in shown for heading in wanted), page
        headed += len(wanted)
    assert headed >= 30
