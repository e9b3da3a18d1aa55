"""Treaties: chapters, titled articles, numbers put in between, provisions through the whole
text."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.documents import Document, DocumentKind
from corpus.reading.child import read_content
from tests.corpus import making

LONG = "Each party keeps the lamps of its own coast in good order through every night of the year."


def read(text: str, name: str) -> list[Document]:
    return read_content(text.encode(), name)


def addresses(document: Document) -> list[str]:
    return [str(document.address(s, c)).partition("#")[2] for s, c in document.clauses()]


TREATY = f"""Convention on Lamps

Chapter I: General

Article 1

Aim

{LONG}

Article 2

Keepers

1. {LONG}
2. A keeper shall:
a) light the lamp;
b) put it out.
2 bis. {LONG}

Chapter II
Money

Article 2 bis

Fees

{LONG}

Article 28A

Oil

{LONG}

Annex 1

List of lamps

{LONG}
"""


def test_chapters_titles_and_provisions_put_in_between() -> None:
    (document,) = read(TREATY, "lamps.txt")
    assert (document.title, document.kind) == ("Convention on Lamps", DocumentKind.TREATY)
    assert addresses(document) == [
        "article-1", "article-2.1", "article-2.2", "article-2.2.a", "article-2.2.b",
        "article-2.2-bis", "article-2-bis", "article-28a", "annex-1",
    ]  # fmt: skip
    headings = [section.heading for section in document.sections]
    assert headings[0] == "Article 1 – Aim (Chapter I: General)"
    assert headings[2] == "Article 2 bis – Fees (Chapter II: Money)"
    assert all("Chapter" not in c.text and "Money" not in c.text for _, c in document.clauses())


@pytest.mark.parametrize(
    ("article", "inserted"),
    [("Article {}", "bis"), ("Artículo {}", "bis"), ("Статья {}", "бис"), ("المادة {}", "مكرر")],
)
def test_bis_in_other_languages(article: str, inserted: str) -> None:
    heads = [article.format(n) for n in ("1", "2", f"2 {inserted}", "3")]
    (document,) = read("Lamps\n\n" + "\n\n".join(f"{head}\n\n{LONG}" for head in heads), "l.txt")
    assert [s.slug for s in document.sections] == [
        "article-1", "article-2", "article-2-bis", "article-3",
    ]  # fmt: skip


def test_bis_in_chinese() -> None:
    text = "灯塔公约\n\n" + "\n\n".join(
        f"第{n}\n\n各缔约方应全年每夜维护其海岸灯塔。" for n in ("一条", "二条", "二条之二", "三条")
    )
    (document,) = read(text, "d.txt")
    assert [s.slug for s in document.sections][2] == "article-2-bis"


PROVISIONS = "".join(
    f"*{n}{mark}* {n - 1}. {LONG} "
    for n, mark in ((n, " PP-98" if n % 3 else "") for n in range(2, 14))
)
STATUTE = """<meta charset='utf-8'/>

##Wet en Verdrag

####{first}

*1* While every coast needs light.

### CHAPTER  I

####LAMPS

### Article  1

####Aim

{provisions}*13A PP-02* a*bis*) {long}

### Article  2

####Keepers

*14* {long}

### Article  3

*15* {long}

### Annex

####Terms

*1001* Lamp: what gives light. *1002* Oil: what burns.

####{second}

### Article  1

*1* {long} *2* {long}

### Article  2

*3* {long}

### Article  3

*4 PP-06* {long}
"""


def test_provisions_numbered_through_two_instruments_of_one_file() -> None:
    text = STATUTE.format(
        first="Constitution of the Lamp Union", second="Convention of the Lamp Union",
        provisions=PROVISIONS, long=LONG,
    )  # fmt: skip
    first, second = read(text, "lamps.md")
    assert [d.title for d in (first, second)] == [
        "Constitution of the Lamp Union", "Convention of the Lamp Union",
    ]  # fmt: skip
    assert first.edition.year == 2006
    assert addresses(first)[:3] == ["preamble.1", "article-1.2", "article-1.3"]
    assert "article-1.13a" in addresses(first)
    assert "annex.1002" in addresses(first)
    assert addresses(second) == ["article-1.1", "article-1.2", "article-2.3", "article-3.4"]
    assert "PP-98" not in " ".join(c.text for _, c in first.clauses())


def test_numbers_glued_to_the_paragraphs_they_number() -> None:
    rows, n = [], 1
    for article in range(1, 7):
        rows += [f"### Article {article}", f"#### Title {article}"]
        for point in range(1, 6):
            rows.append(f"{n}{article}.{point} {LONG}")
            n += 1
    (document,) = read("# Regulations on Lamps\n\n" + "\n\n".join(rows), "regs.md")
    assert "article-3.12" in addresses(document)
    assert document.find(document.address(document.sections[2], document.sections[2].clauses[1]))
    assert document.sections[2].clauses[1].text.startswith("3.2 Each party")


def test_an_act_is_read_as_an_act() -> None:
    act = f"""<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><bill name="bill"><meta>
    <identification source="#x"><FRBRWork><FRBRthis value="/akn/ke/bill/2031/lamps"/><FRBRuri value="/akn/ke/bill/2031/lamps"/>
    <FRBRdate date="2031-01-01" name=""/></FRBRWork></identification></meta>
    <preface><longTitle><p>A Bill on lamps</p></longTitle></preface><body><part eId="p"><num>Part I</num>
    <heading>Lamps</heading><section><num>7.</num><heading>Keepers</heading><subsection><num>(1)</num>
    <intro><p>A keeper shall</p></intro><paragraph><num>(a)</num><content><p>{LONG}</p></content></paragraph>
    </subsection><subsection><num>(1 bis)</num><content><p>{LONG}</p></content></subsection></section>
    <section><num>8A.</num><content><p>{LONG}</p></content></section></part></body></bill></akomaNtoso>"""
    (document,) = read(act, "bill.xml")
    assert (document.id, document.title) == ("ke-bill-lamps@2031", "A Bill on lamps")
    assert addresses(document) == ["section-7.1", "section-7.1.a", "section-7.1-bis", "section-8a"]
    assert document.sections[0].heading == "Section 7 – Keepers (Part I: Lamps)"


@pytest.mark.parametrize("put_in", ["1bis", "1 bis", "1 bis)", "1-bis", "1 BIS."])
def test_bis_in_a_resolution(put_in: str) -> None:
    lines = [
        "RESOLUTION 960 (TALLINN, 2033)", "Oil for lamps", "The Plenipotentiary Conference (Tallinn, 2033),",
        "noting", "a) that oil is dear;", "a bis) that wicks are short;", "b) that nights are long,",
        "resolves", f"1 {LONG.lower()[:-1]};", f"{put_in} to lend wicks to towns;", "2 to count the lamps,",
        "invites Member States", "to send oil.",
    ]  # fmt: skip
    for content, name in (
        ("\n\n".join(lines).encode(), "r.txt"),
        (
            making.word(
                [
                    ("italic" if " " not in x or x.startswith("invites") else "Normal", x)
                    for x in lines
                ]
            ),
            "r.docx",
        ),
    ):
        (document,) = read_content(content, name)
        found = {
            str(document.address(s, c)).partition("#")[2]: c.text for s, c in document.clauses()
        }
        assert found["noting.a-bis"] == "that wicks are short;"
        assert found["resolves.1-bis"] == "to lend wicks to towns;"
        assert found["resolves.2"] == "to count the lamps,"


def test_a_raised_unit_in_a_pdf_is_no_note() -> None:
    from corpus.reading.readers.raised import raised_beside

    assert raised_beside("covers 12 km", "2") == "²"
    assert raised_beside("a share of 30", "2") == "[2]"
    assert raised_beside("some 10", "6") == "^6"
    assert raised_beside("the lamps", "2") is None


@pytest.mark.shared
def test_provisions_of_the_constitution_and_convention(shared: Path) -> None:
    path = shared / "texts" / "itu_treaties_nl" / "itu_constitution_and_convention.BWBV0001504.md"
    documents = {d.key: d for d in read_content(path.read_bytes(), path.name)}
    assert set(documents) == {
        f"itu-{name}@2006:{code}"
        for name in ("constitution", "convention")
        for code in ("en", "nl")
    }
    constitution = documents["itu-constitution@2006:en"]
    labels = [clause.label for _, clause in constitution.clauses()]
    assert {str(n) for n in range(1, 200)} - set(labels) <= {"133", "134", "135", "136"} | {
        str(n) for n in range(1, 200) if n in (5, 167)
    }
    section = next(s for s in constitution.sections if s.slug == "article-21")
    assert section.clauses[0].label == "118"
    assert max(len(c.text) for d in documents.values() for _, c in d.clauses()) < 6000


@pytest.mark.shared
@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh"])
def test_the_charter_in_six_languages(shared: Path, language: str) -> None:
    path = shared / "texts" / "un_charter_six" / f"un_charter_{language}.txt"
    (document,) = read_content(path.read_bytes(), path.name)
    assert document.key == f"un-charter@1945:{language}"
    articles = [s for s in document.sections if s.slug.startswith("article-")]
    assert [s.slug for s in articles] == [f"article-{n}" for n in range(1, 112)]
    assert all(len(s.clauses) == 1 for s in articles)
