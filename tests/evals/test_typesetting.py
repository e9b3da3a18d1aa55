from __future__ import annotations

import random
from pathlib import Path

import pytest

from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.reading.readers import pdf
from evals.benches.linesetting import Layout
from evals.benches.typesetting import BOOK, LAYOUTS, POCKET, typeset, typeset_segmentation

PARTS = (
    "harbour towns of the northern coast have long maintained lighthouses",
    "signal masts and small workshops repair instruments for every ship",
    "apprentices are trained by masters in navigation and telegraphy",
    "sailors of every nation find guidance in unfavourable weather",
    "the archives of the pilots record each passage with great care",
)


def _filler(seed: int) -> str:
    parts = random.Random(seed).sample(PARTS, 4)
    return "that " + ", that ".join(parts)


def _clauses(seed: int, labels: str, note: str = "") -> tuple[Clause, ...]:
    return tuple(
        Clause(
            label=label,
            text=f"{_filler(seed + number)};",
            footnotes=(note,) if note and number == 1 else (),
        )
        for number, label in enumerate(labels.split(), start=1)
    )


def _document(number: int) -> Document:
    parts = [
        ("considering", SectionKind.PREAMBLE, "a b c"),
        ("recognizing", SectionKind.PREAMBLE, "a b"),
        ("resolves", SectionKind.OPERATIVE, "1 2 2.1 2.2 3"),
        ("instructs the Secretary-General", SectionKind.OPERATIVE, "1 2"),
    ]
    return Document(
        id=f"pp-res-{number}@2018",
        title=f"Lighthouses and the training of apprentices in {number} towns of the coast",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Dubai", year=2018, revised=number % 2 == 0),
        number=str(number),
        body="pp",
        sections=tuple(
            Section(
                slug=heading.lower().replace(" ", "-"),
                heading=heading,
                kind=kind,
                clauses=_clauses(
                    100 * number + 10 * place,
                    labels,
                    "Not counting islands." if heading == "resolves" else "",
                ),
            )
            for place, (heading, kind, labels) in enumerate(parts)
        ),
    )


DOCUMENTS = [_document(number) for number in (301, 302, 303, 304)]


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert typeset(DOCUMENTS, BOOK, 3).content == typeset(DOCUMENTS, BOOK, 3).content


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_final_acts_read_back_as_the_documents_printed(layout: Layout) -> None:
    printed = typeset(DOCUMENTS, layout, 1)
    back = pdf.read(printed.content, "acts.pdf")
    assert [d.id for d in back] == [d.id for d in DOCUMENTS]
    for ours, printed_document in zip(back, DOCUMENTS, strict=True):
        assert ours.title == printed_document.title
        assert ours.edition == printed_document.edition
        assert ours.body == "pp"
        assert [(str(ours.address(s, c)), c.text, c.footnotes) for s, c in ours.clauses()] == [
            (str(printed_document.address(s, c)), c.text, c.footnotes)
            for s, c in printed_document.clauses()
        ]
        assert next(ours.clauses())[1].page in (
            printed.begins[ours.id],
            printed.begins[ours.id] + 1,
        )


def test_one_resolution_alone_reads_the_same_without_contents() -> None:
    (back,) = pdf.read(typeset(DOCUMENTS[:1], POCKET, contents=False).content, "one.pdf")
    assert [s.slug for s in back.sections] == [s.slug for s in DOCUMENTS[0].sections]


@pytest.mark.shared
def test_pp18_typeset_and_read_back_agrees_with_the_reference(shared: Path) -> None:
    result = typeset_segmentation(shared, [BOOK], every=8)
    assert result.rows[0].f1 >= 0.95
    assert result.rows[0].text_agreed >= 0.98
