"""Cross-references: forms made up here, and a sample of PP-18 checked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.grammar.crossrefs import Reach, clause_references, document_references

LABELS = Path(__file__).parent / "data" / "crossrefs.yaml"


def targets(text: str) -> list[str]:
    """What a clause of a made-up PP-18 resolution points to."""
    clause = Clause(label="1", text=text)
    section = Section(
        slug="instructs-the-director",
        heading="instructs the Director",
        kind=SectionKind.OPERATIVE,
        clauses=(clause,),
    )
    resolves = Section(
        slug="resolves",
        heading="resolves",
        kind=SectionKind.OPERATIVE,
        clauses=(Clause(label="1", text="to plant trees"),),
    )
    document = Document(
        id="pp-res-900@2018",
        title="Trees",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Dubai", year=2018),
        body="pp",
        number="900",
        sections=(resolves, section),
    )
    return [reference.target for reference in clause_references(document, section, clause)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see Resolution 371 (Rev. Dubai, 2018) of this conference", ["pp-res-371@2018"]),
        ("see Decision 5 of this conference", ["pp-dec-5@2018"]),
        (
            "Resolutions 325, 335 and 340 (Rev. Dubai, 2018) of this conference",
            ["pp-res-325@2018", "pp-res-335@2018", "pp-res-340@2018"],
        ),
        (
            "Resolutions 47 (Rev. Dubai, 2012) and 49 (Rev. Hammamet, 2016) of WTSA",
            ["wtsa-res-47@2012", "wtsa-res-49@2016"],
        ),
        ("WTDC Resolution 17 (Rev. Buenos Aires, 2017)", ["wtdc-res-17@2017"]),
        ("Resolution 646 (Rev.WRC-15) on trees", ["wrc-res-646@2015"]),
        ("Council Resolution 1305 (2009)", ["council-res-1305"]),
        ("UNGA Resolutions 71/243 and 72/279", ["unga-res-71-243", "unga-res-72-279"]),
        ("Question 3/2 on growing trees", []),
        (
            "following resolves 1 and 3 above",
            ["pp-res-900@2018#resolves.1", "pp-res-900@2018#resolves.3"],
        ),
        ("resolves 2 of Resolution 358 (Rev. Busan, 2014)", ["pp-res-358@2014#resolves.2"]),
        ("to implement this resolution", ["pp-res-900@2018"]),
        ("a resolution of 4 megapixels, above 3 per cent", []),
    ],
)
def test_forms(text: str, expected: list[str]) -> None:
    assert targets(text) == expected


@pytest.mark.shared
def test_hand_checked_sample(shared: Path) -> None:
    """Precision and recall of at least .95 on more than 200 references of PP-18."""
    from corpus.reading.files import read

    documents = {d.id: d for d in read(shared / "itu" / "pp18_final_acts_akn.xml")}
    found: dict[str, set[str]] = {}
    for document in documents.values():
        for reference in document_references(document):
            found.setdefault(reference.source, set()).add(reference.target)
    labels = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    right = wrong = missed = 0
    for row in labels:
        expected, got = set(row["expected"]), found.get(row["address"], set())
        right += len(expected & got)
        wrong += len(got - expected)
        missed += len(expected - got)
    assert right + missed >= 200
    assert right / (right + wrong) >= 0.95
    assert right / (right + missed) >= 0.95


@pytest.mark.shared
def test_reach(shared: Path) -> None:
    from corpus.reading.files import read

    documents = {d.id: d for d in read(shared / "itu" / "pp18_final_acts_akn.xml")}
    reaches = {r.reach for r in document_references(documents["pp-res-2@2018"])}
    assert reaches >= {Reach.CLAUSE, Reach.INSTRUMENT}
