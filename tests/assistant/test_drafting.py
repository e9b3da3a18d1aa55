"""Drafts on made-up instruments: cited or marked, edited by section, exported with footnotes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from assistant.advice.comparing import NothingToCompare, compare_countries, compare_instruments
from assistant.advice.comparing import docx as compared_docx
from assistant.advice.comparing import markdown as compared_markdown
from assistant.advice.drafting import editing
from assistant.advice.drafting.draft import BadDraft, Brief, Draft, Nature
from assistant.advice.drafting.exporting import checked, docx, markdown, sources
from assistant.advice.drafting.kinds import DraftKind
from assistant.advice.drafting.versions import Drafts, UnknownDraft
from assistant.advice.drafting.writing import draft, regenerate
from corpus.database import open_database
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.errors import UnknownAddress
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source, State
from tests.assistant.plain_search import Held, WordSearch

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BDT = "instructs the Director of the Telecommunication Development Bureau"


def section(heading: str, *texts: str, kind: SectionKind = SectionKind.OPERATIVE) -> Section:
    return Section(
        slug=heading.lower().replace(" ", "-").replace(",", ""),
        heading=heading,
        kind=kind,
        clauses=tuple(Clause(label=str(n), text=text) for n, text in enumerate(texts, 1)),
    )


def instrument(number: str, title: str, *sections: Section) -> Document:
    return Document(
        id=f"pp-res-{number}@2018",
        title=title,
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Dubai", year=2018),
        body="pp",
        number=number,
        sections=sections,
    )


def review(country: str, *sections: Section) -> Document:
    return Document(
        id=f"review-{country.lower()}",
        title=f"Review of {country}",
        kind=DocumentKind.COUNTRY_REVIEW,
        edition=Edition(year=2020),
        country=country,
        is_digest=True,
        sections=sections,
    )


@pytest.fixture
def held(tmp_path: Path) -> Held:
    shelf = Shelf(open_database(f"sqlite:///{tmp_path / 'shelf.db'}"), tmp_path)
    body = SectionKind.BODY
    shelf.put(
        [
            instrument(
                "901",
                "Beekeeping for innovation",
                section("considering", "that beekeeping is dear to all", kind=SectionKind.PREAMBLE),
                section("resolves", "that the Union foster beekeeping in every region"),
                section(BDT, "to teach beekeeping to those who ask", "to count the hives"),
                section("instructs the Secretary-General", "to keep beekeeping in the budget"),
                section("invites Member States", "to allow beekeeping on roofs <b>& sheds</b>"),
            ),
            instrument("902", "Bees", section("resolves", "that beekeeping be kind to bees")),
            review("Ruritania", section("Findings", "Its beekeeping strategy is new.", kind=body)),
            review("Zenda", section("Findings", "Investment in hives is low.", kind=body)),
        ],
        Source(name="made up", sha256="0"),
        "test",
    )
    return Held(shelf, WordSearch(shelf), Catalogue.load())


def made(held: Held, kind: DraftKind, country: str = "Ruritania") -> Draft:
    return draft(Brief(kind=kind, topic="beekeeping", country=country), held)


@pytest.mark.parametrize("kind", [k for k in DraftKind if k is not DraftKind.TEMPLATE])
def test_every_sentence_is_cited_or_a_gap(held: Held, kind: DraftKind) -> None:
    version = made(held, kind)
    assert version.sections
    for part in version.sections:
        assert part.sentences
        for sentence in part.sentences:
            assert bool(sentence.source) is (sentence.nature is not Nature.GAP)
    assert checked(version, held) == version
    quotes = [s.text for p in version.sections for s in p.sentences if s.nature is Nature.QUOTE]
    assert any("beekeeping" in quote for quote in quotes)


def test_a_reply_offers_what_bdt_is_told_and_not_what_others_are(held: Held) -> None:
    offered = {s.text for s in made(held, DraftKind.REPLY).section("offer").sentences}
    assert "to count the hives" in offered
    assert "to keep beekeeping in the budget" not in offered
    told = {s.text for s in made(held, DraftKind.BRIEFING_NOTE).section("secretariat").sentences}
    assert "to keep beekeeping in the budget" in told


def test_a_country_nobody_reviewed_is_a_gap(held: Held) -> None:
    version = made(held, DraftKind.REVIEW_SECTION, "Atlantis")
    (sentence,) = version.section("situation").sentences
    assert sentence.text.startswith("[to be completed: ")
    assert "Atlantis" in sentence.text


def notes_and_references(content: bytes) -> tuple[dict[str, str], list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        notes = ET.fromstring(package.read("word/footnotes.xml"))
        body = ET.fromstring(package.read("word/document.xml"))
        assert b"footnotes.xml" in package.read("word/_rels/document.xml.rels")
        assert b"footnotes+xml" in package.read("[Content_Types].xml")
    texts = {
        note.attrib[f"{W}id"]: "".join(t.text or "" for t in note.iter(f"{W}t"))
        for note in notes
        if f"{W}type" not in note.attrib
    }
    return texts, [r.attrib[f"{W}id"] for r in body.iter(f"{W}footnoteReference")]


def test_footnotes_are_real_and_each_resolves(held: Held) -> None:
    version = made(held, DraftKind.BRIEFING_NOTE)
    notes, references = notes_and_references(docx(version, held))
    cited = [s.source for p in version.sections for s in p.sentences if s.source]
    assert references == [str(n) for n in range(1, len(cited) + 1)]
    assert sorted(notes) == sorted(references)
    for number, source in zip(references, cited, strict=True):
        assert source in notes[number]


def test_what_left_the_shelf_gets_no_footnote(held: Held) -> None:
    version = made(held, DraftKind.BRIEFING_NOTE)
    held.shelf.set_state("pp-res-901@2018", State.WITHDRAWN, "test")
    notes, _ = notes_and_references(docx(version, held))
    assert not any("pp-res-901@2018#" in note for note in notes.values())
    assert "to teach beekeeping" not in markdown(version, held)


def test_edits_and_own_text(held: Held) -> None:
    version = made(held, DraftKind.BRIEFING_NOTE)
    with_own = editing.insert(version, "decision", "Approve the <i>hives</i>.")
    assert [s.nature for s in with_own.section("decision").sentences] == [Nature.OWN]
    told = markdown(with_own, held)
    assert "author's text" in told
    assert "<i>" not in told
    again = regenerate(with_own, "decision", held)
    assert again.section("decision").sentences[-1].nature is Nature.OWN
    added = editing.add_source(version, "decision", "pp-res-902@2018#resolves.1", held)
    assert added.section("decision").sentences[0].text == "that beekeeping be kind to bees"
    dropped = editing.drop(added, "decision", 1)
    assert dropped.section("decision").sentences[0].nature is Nature.GAP
    with pytest.raises(UnknownAddress):
        editing.add_source(version, "decision", "pp-res-902@2018#resolves.9", held)
    with pytest.raises(BadDraft):
        editing.drop(version, "nowhere", 1)
    assert {line.document for line in sources(added, held)} >= {"pp-res-901@2018"}


def test_versions_undo_and_owners(held: Held, tmp_path: Path) -> None:
    drafts = Drafts(open_database(f"sqlite:///{tmp_path / 'drafts.db'}"))
    first = drafts.begin(made(held, DraftKind.REPLY), owner="ana")
    changed = editing.insert(first.draft, "next", "We will write again.")
    second = drafts.save(first.id, changed, "inserted", owner="ana")
    assert (second.version, second.of) == (2, 2)
    undone = drafts.move(first.id, -1, owner="ana")
    assert undone.draft == first.draft
    assert drafts.move(first.id, 1, owner="ana").draft == changed
    drafts.move(first.id, -1, owner="ana")
    third = drafts.save(first.id, first.draft, "kept", owner="ana")
    assert (third.version, third.of) == (2, 2)
    with pytest.raises(UnknownDraft):
        drafts.get(first.id, owner="ben")
    assert drafts.all(owner="ben") == []


def test_comparisons(held: Held) -> None:
    table = compare_countries(held.shelf, held.catalogue, ["Ruritania", "Zenda"])
    cells = {row.name: row.cells for row in table.rows}
    assert len(cells) == 7
    assert cells["Vision & strategy"][0][0].address == "review-ruritania#findings.1"
    assert cells["Vision & strategy"][1] == ()
    assert "not in the documents" in compared_markdown(table)
    notes, references = notes_and_references(compared_docx(table))
    assert sorted(notes) == sorted(references) != []
    both = compare_instruments(held.shelf, "pp-res-901@2018", "pp-res-902@2018", "beekeeping")
    resolves = next(row for row in both.rows if row.name.startswith("resolves"))
    assert all(resolves.cells)
    with pytest.raises(NothingToCompare):
        compare_countries(held.shelf, held.catalogue, ["Ruritania", "Atlantis"])
