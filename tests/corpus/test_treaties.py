"""Treaties: chapters, titled articles, numbers put in between, provisions through the whole
text."""

from __future__ import annotations

import json
import re
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


def test_a_numbered_paragraph_without_a_stop_is_no_title() -> None:
    heads = ["第一条", "第二条", "第三条"]
    body = "一、各缔约方为灯塔联盟之当然成员\n\n二、非缔约方得依大会之建议成为成员。"
    (document,) = read("灯塔公约\n\n" + "\n\n".join(f"{h}\n\n{body}" for h in heads), "d.txt")
    assert [s.heading for s in document.sections] == heads
    assert "当然成员" in document.sections[0].clauses[0].text


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
    assert raised_beside("the lamps", "2") == "[2]"
    assert raised_beside("the lamps ", "2") is None


def test_numbers_set_off_in_other_ways() -> None:
    marked = "".join(f"*{n}* {n}. {LONG} " for n in range(2, 8))
    text = STATUTE.format(
        first="Constitution of the Lamp Union", second="Convention of the Lamp Union", long=LONG,
        provisions=marked + f"*7A\u2003*1*bis* {LONG} *7*bis** *c)* {LONG} *8* * *ter* d)* {LONG} "
        f"*9PP-94 PP-98* {LONG} *10.* {LONG} *11 PP-98* *2ter* {LONG}",
    )  # fmt: skip
    document = read(text, "lamps.md")[0]
    found = {clause.label: clause.text for _, clause in document.clauses()}
    assert found["7a"] == f"1bis {LONG}"
    assert found["7-bis"] == f"c) {LONG}"
    assert found["8-ter"] == f"d) {LONG}"
    assert found["9"] == found["10"] == LONG
    assert found["11"] == f"2ter {LONG}"


def _letters(text: str) -> str:
    text = re.sub(r"<sup>.*?</sup>|<[^>]*>|PP-\d\d|\u0640", "", text)
    return re.sub(r"[\W\d_]", "", text)


def _margin(raw: str) -> list[tuple[str, str]]:
    """Numbers in the margin of a text and the letters that follow each, by a rule of its own:
    whatever begins with a star and a number and has another star near."""
    marks: list[re.Match[str]] = []
    for mark in re.finditer(r"\*\s?(\d{1,4}(?:(?!PP)[A-Z]){0,3})\b(?=[^*]{0,40}\*)", raw):
        if not marks or _letters(raw[marks[-1].end() : mark.start()]):
            marks.append(mark)
    ends = [*(mark.start() for mark in marks[1:]), len(raw)]
    return [
        (mark[1].casefold(), _letters(re.split(r"\n#", raw[mark.end() : end])[0]))
        for mark, end in zip(marks, ends, strict=True)
    ]


BASIC = [
    ("itu-constitution@2006:en", "Constitution of the", 300),
    ("itu-convention@2006:en", "Convention of the", 480),
    ("itu-constitution@2006:nl", "Statuut van de", 300),
    ("itu-convention@2006:nl", "Verdrag van de", 480),
]


@pytest.mark.shared
def test_provisions_of_the_constitution_and_convention(shared: Path) -> None:
    path = shared / "texts" / "itu_treaties_nl" / "itu_constitution_and_convention.BWBV0001504.md"
    raw = path.read_text(encoding="utf-8")
    documents = {d.key: d for d in read_content(path.read_bytes(), path.name)}
    assert set(documents) == {key for key, _, _ in BASIC}
    begins = [raw.index(f"####{title}") for _, title, _ in BASIC]
    for (key, _, least), begin, end in zip(BASIC, begins, [*begins[1:], len(raw)], strict=True):
        wanted = _margin(raw[begin:end])
        assert len(wanted) > least
        held: dict[str, set[str]] = {}
        for _, clause in documents[key].clauses():
            number = (clause.label or "").partition("-")[0]
            held.setdefault(number, set()).add(_letters(clause.text)[:40])
        # The number of a paragraph ('c bis') stands before or in its words.
        right = [
            number
            for number, words in wanted
            if held.get(number, set()) & {words[:40], words[3:43]}
        ]
        assert len(right) >= 0.97 * len(wanted), key
    constitution = documents["itu-constitution@2006:en"]
    section = next(s for s in constitution.sections if s.slug == "article-21")
    assert section.clauses[0].label == "118"
    assert max(len(c.text) for d in documents.values() for _, c in d.clauses()) < 6000


@pytest.mark.shared
def test_provisions_of_the_regulations_follow_one_another(shared: Path) -> None:
    (path,) = (shared / "texts" / "itu_treaties_nl").glob("international_telecom*.md")
    wanted: list[tuple[str, str]] = []
    for line in path.read_text(encoding="utf-8").partition("APPENDIX")[0].splitlines():
        number = str(len(wanted) + 1)
        if line.startswith(number) and not line.startswith(f"{number}."):
            wanted.append((number, _letters(line)[:30]))
    assert len(wanted) == 64
    (document,) = read_content(path.read_bytes(), path.name)
    held = {c.label: _letters(c.text)[:30] for s, c in document.clauses() if "append" not in s.slug}
    right = [number for number, words in wanted if held.get(number, "")[:20] == words[:20]]
    assert len(right) >= 0.97 * len(wanted)
    assert document.id == "itu-itr@1988"


@pytest.mark.shared
def test_paragraphs_of_the_tampere_convention(shared: Path) -> None:
    (path,) = (shared / "texts" / "itu_treaties_nl").glob("tampere*.md")
    raw = path.read_text(encoding="utf-8")
    raw = raw[raw.index("### Article  1") : raw.index("####Verdrag van Tampere")]
    wanted: set[str] = set()
    article = number = ""
    for line in raw.splitlines():
        if found := re.match(r"### Article\s+(\d+)", line):
            article, number = f"article-{found[1]}", ""
        elif found := re.match(r"(\d{1,2})\.\s", line):
            number = found[1]
            wanted.add(f"{article}.{number}")
        elif found := re.match(r"([a-z])\)\s", line):
            wanted.add(f"{article}.{number}.{found[1]}" if number else f"{article}.{found[1]}")
    assert len(wanted) > 110
    documents = {d.language: d for d in read_content(path.read_bytes(), path.name)}
    assert documents["en"].id == documents["nl"].id == "tampere-convention@1998"
    assert len(wanted & set(addresses(documents["en"]))) >= 0.97 * len(wanted)


@pytest.mark.shared
def test_the_charter_in_six_languages(shared: Path) -> None:
    folder = shared / "texts" / "un_charter_six"
    lines = (folder / "un_charter_articles_six_way.jsonl").read_text(encoding="utf-8").splitlines()
    aligned = [json.loads(line) for line in lines]
    for language in ("ar", "en", "es", "fr", "ru", "zh"):
        path = folder / f"un_charter_{language}.txt"
        (document,) = read_content(path.read_bytes(), path.name)
        assert document.key == f"un-charter@1945:{language}"
        articles = [s for s in document.sections if s.slug.startswith("article-")]
        assert [s.slug for s in articles] == [f"article-{n}" for n in range(1, 112)]
        assert all(len(s.clauses) == 1 for s in articles)
        for section, row in zip(articles, aligned, strict=True):
            # There a chapter's heading may trail the article before it: here it does not.
            assert _letters(row[language]).startswith(_letters(section.clauses[0].text))
