"""AKN4UN files, written here, and the real Final Acts where the library of real texts is."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from corpus.documents import Document, DocumentKind, SectionKind
from corpus.errors import EmptyFile, ReadError, TruncatedFile, UnknownFormat, UnsafeFile
from corpus.reading.readers.akn import read

NS = 'xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"'


def statement(
    body: str,
    *,
    number: str = "9 (REV. BERGEN, 2031)",
    kind: str = "RESOLUTION",
    title: str = "Harbour lamps",
    author: str = "itu-wtdc",
    language: str = "eng",
) -> str:
    return f"""
    <statement name="{kind.lower()}">
      <meta><identification source="#x">
        <FRBRWork><FRBRuri value="/akn/un/statement/x/{author}/2031-05-01/a-9"/>
          <FRBRdate date="2031-05-01" name="adoption"/><FRBRauthor href="#{author}"/>
          <FRBRnumber value="a-9" showAs="{kind} {number}"/></FRBRWork>
        <FRBRExpression><FRBRlanguage language="{language}"/></FRBRExpression>
      </identification></meta>
      <preface><longTitle><p><docType>{kind}</docType> <docNumber>{number}</docNumber></p>
        </longTitle><container name="title"><p>{title}</p></container></preface>
      {body}
    </statement>"""


BODY = """
  <preamble>
    <formula name="enactingFormula"><p>The World Lake Conference (Bergen, 2031),</p></formula>
    <recitals><intro><p><i>considering</i></p></intro>
      <recital><p>a) the dark;</p></recital>
      <recital><num>b)</num><p>the <b>price</b> of oil<authorialNote marker="1"><p>1 In
      kroner.</p></authorialNote>,</p></recital></recitals>
  </preamble>
  <mainBody>
    <hcontainer name="resolves"><heading><i>resolves</i></heading>
      <paragraph><content><p>1 to light the quay:</p></content>
        <list><point><num>1.1</num><content><p>at dusk;</p></content></point>
              <point><num>1.2</num><content><p>in fog;</p></content></point></list></paragraph>
      <paragraph><num>2</num>
        <content><p>to pay for it, invites Member States</p></content></paragraph>
      <paragraph><content><p>to send lamps.</p></content></paragraph>
    </hcontainer>
  </mainBody>"""


def akn(*works: str) -> bytes:
    return f"<akomaNtoso {NS}>{''.join(works)}</akomaNtoso>".encode()


def addresses(document: Document) -> list[str]:
    return [str(document.address(section, clause)) for section, clause in document.clauses()]


def test_single_statement() -> None:
    (document,) = read(akn(statement(BODY)), "lamps.xml")
    assert (document.id, document.title) == ("wtdc-res-9@2031", "Harbour lamps")
    assert (document.body, document.number, document.language) == ("wtdc", "9", "en")
    assert str(document.edition) == "Rev. Bergen, 2031"
    assert document.kind is DocumentKind.RESOLUTION
    assert addresses(document) == [
        "wtdc-res-9@2031#considering.a",
        "wtdc-res-9@2031#considering.b",
        "wtdc-res-9@2031#resolves.1",
        "wtdc-res-9@2031#resolves.1.1",
        "wtdc-res-9@2031#resolves.1.2",
        "wtdc-res-9@2031#resolves.2",
        "wtdc-res-9@2031#invites-member-states",
    ]
    clause = document.sections[0].clauses[1]
    assert (clause.text, clause.footnotes) == ("the price of oil,", ("1 In kroner.",))


def test_collection_of_documents_in_order() -> None:
    works = [
        statement(BODY, number="4 (BERGEN, 2031)"),
        statement(BODY, number="2 (BERGEN, 2031)", kind="DECISION", author="itu-pp"),
    ]
    components = "".join(f"<component>{work}</component>" for work in works)
    collection = f"<documentCollection><components>{components}</components></documentCollection>"
    documents = read(akn(collection), "acts.xml")
    assert [d.id for d in documents] == ["wtdc-res-4@2031", "pp-dec-2@2031"]
    assert documents[1].kind is DocumentKind.DECISION
    assert not documents[1].edition.revised


def test_language_and_headings_of_another_language() -> None:
    french = BODY.replace("considering", "rappelant").replace(">resolves<", ">charge le Maître<")
    (document,) = read(akn(statement(french, language="fra")), "f.xml")
    assert document.language == "fr"
    kinds = {section.slug: section.kind for section in document.sections}
    assert kinds["rappelant"] is SectionKind.PREAMBLE
    assert kinds["charge-le-maitre"] is SectionKind.OPERATIVE


def test_language_without_known_words_is_read_by_the_markup() -> None:
    body = BODY.replace("considering", "bedenkend").replace(">resolves<", ">beschließt<")
    (document,) = read(akn(statement(body, language="deu")), "d.xml")
    assert [(s.slug, s.kind.value) for s in document.sections][:2] == [
        ("bedenkend", "preamble"),
        ("beschließt".casefold(), "operative"),
    ]


def test_year_comes_from_the_date_where_the_number_has_none() -> None:
    (document,) = read(akn(statement(BODY, number="9")), "n.xml")
    assert document.id == "wtdc-res-9@2031"


def test_cut_title_is_completed_from_a_citation() -> None:
    long = (
        "Safe harbours for vessels of every size in the lakes and rivers of the far north and ..."
    )
    citing = BODY.replace(
        "the dark;",
        "Resolution 4 (Bergen, 2031), on safe harbours for vessels of every size in the lakes and "
        "rivers of the far north and south;",
    )
    works = [statement(BODY, number="4 (BERGEN, 2031)", title=long), statement(citing)]
    first, second = read(akn(*works), "t.xml")
    assert first.title.endswith("of the far north and south")
    assert second.title == "Harbour lamps"


def test_same_addresses_when_headings_and_items_are_run_together() -> None:
    damaged = textwrap.dedent("""
      <preamble><recitals><intro><p>considering</p></intro>
        <recital><p>a) the dark;</p></recital><recital><p>b) the price of oil,</p></recital>
      </recitals></preamble>
      <mainBody><hcontainer><heading>resolves</heading><paragraph><content><p>1 to light the quay:
      1.1 at dusk; 1.2 in fog; 2 to pay for it, invites Member States to send lamps.</p></content>
      </paragraph></hcontainer></mainBody>""")
    (clean,) = read(akn(statement(BODY)), "a.xml")
    (mended,) = read(akn(statement(damaged)), "b.xml")
    assert addresses(mended) == addresses(clean)
    assert [c.text for _, c in mended.clauses()] == [c.text for _, c in clean.clauses()]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<akomaNtoso>&b;</akomaNtoso>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/hostname">]>
<akomaNtoso>&f;</akomaNtoso>"""


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"  \n ", EmptyFile),
        (b"Dear all, see you at the quay.", UnknownFormat),
        (b"\x89PNG\r\n\x1a\n\x00\x00", UnknownFormat),
        (b"<html><p>resolves</p></html>", UnknownFormat),
        (akn(statement(BODY))[:-900], TruncatedFile),
        (akn("<statement/>"), EmptyFile),
        (akn(), EmptyFile),
        (BOMB, UnsafeFile),
        (OUTSIDE, UnsafeFile),
        (akn("<a>" * 5000 + "</a>" * 5000), UnsafeFile),
    ],
)
def test_bad_input_is_a_typed_error(content: bytes, error: type[ReadError]) -> None:
    with pytest.raises(error) as caught:
        read(content, "file.xml")
    assert "file.xml" in caught.value.message


@pytest.mark.shared
def test_the_final_acts_of_pp_18(shared: Path) -> None:
    content = (shared / "itu" / "pp18_final_acts_akn.xml").read_bytes()
    documents = read(content, "pp18.xml")
    assert len(documents) == 64
    assert len({document.id for document in documents}) == 64
    found = {address for document in documents for address in addresses(document)}
    assert "pp-res-205@2018#resolves.2" in found
    assert "pp-dec-5@2018#annex-2.6" in found
    assert len(found) == sum(1 for document in documents for _ in document.clauses())


def work(kind: str, country: str, inner: str) -> str:
    uri = f"/akn/{country}/{kind}/2031/7"
    return (
        f'<{kind} name="{kind}"><meta><identification source="#x"><FRBRWork>'
        f'<FRBRuri value="{uri}"/><FRBRnumber value="7"/></FRBRWork></identification></meta>'
        f"<preface><p>On harbour lamps</p></preface>{inner}</{kind}>"
    )


def test_what_stands_behind_an_act_is_not_lost() -> None:
    article = "<article><num>Article 1</num><content><p>Lamps burn.</p></content></article>"
    annex = (
        '<attachment><heading>Annex of towers</heading><doc name="annex"><mainBody>'
        "<table><tr><th>Tower</th><th>Lamps</th></tr><tr><td>North</td><td>4</td></tr></table>"
        "<ul><li>oil</li><li>wick</li></ul></mainBody></doc></attachment>"
    )
    behind = f"<conclusions><p>Done at Bergen.</p></conclusions><attachments>{annex}</attachments>"
    (document,) = read(akn(work("act", "xx", f"<body>{article}</body>{behind}")), "act.xml")
    assert [(s.slug, [c.text for c in s.clauses]) for s in document.sections] == [
        ("article-1", ["Lamps burn."]),
        ("conclusions", ["Done at Bergen."]),
        ("annex-of-towers", ["Tower | Lamps; North | 4.", "oil wick"]),
    ]


def test_a_bill_in_clauses_and_reports_of_two_countries() -> None:
    clause = "<clause><num>{}</num><content><p>{}</p></content></clause>"
    body = f"<body>{clause.format(1, 'Lamps burn.')}{clause.format(2, 'Oil is cool.')}</body>"
    (bill,) = read(akn(work("bill", "xx", body)), "bill.xml")
    assert addresses(bill) == ["xx-bill-7@2031#clause-1", "xx-bill-7@2031#clause-2"]
    chapter = (
        "<chapter><num>1</num><heading>Of oil</heading><content><p>Cool.</p></content></chapter>"
    )
    ids = []
    for country in ("xx", "yy"):
        (report,) = read(akn(work("doc", country, f"<mainBody>{chapter}</mainBody>")), "doc.xml")
        ids += addresses(report)
        assert report.title == "On harbour lamps"
    assert ids == ["xx-doc-7@2031#1", "yy-doc-7@2031#1"]


def test_an_amendment_is_read() -> None:
    content = "<amendmentBody><amendmentContent><p>Read lamp for lump.</p></amendmentContent></amendmentBody>"
    (document,) = read(akn(work("amendment", "xx", content)), "amendment.xml")
    assert [clause.text for _, clause in document.clauses()] == ["Read lamp for lump."]
