"""Agreement with a reference segmentation: the arithmetic, and the bar for the real texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.documents import Document, DocumentKind, Edition
from corpus.grammar.resolutions import Block, parse_resolution
from corpus.shelf import export
from evals.benches.segmentation import compare, read_reference, render, segmentation, similarity


def document() -> Document:
    blocks = [
        "considering",
        "a) the dark;",
        "b) the cold,",
        "resolves",
        "1 to light;",
        "2 to heat.",
    ]
    return Document(
        id="pp-res-1@2031",
        title="Lamps",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Bergen", year=2031),
        sections=parse_resolution([Block(text=text) for text in blocks]),
    )


def test_export_rows_have_the_fields_of_the_reference() -> None:
    row = next(export.rows(document()))
    assert row == {
        "document": "pp-res-1@2031",
        "title": "Lamps",
        "kind": "preamble",
        "section": "considering",
        "section_title": "considering",
        "label": "a",
        "text": "the dark;",
        "footnotes": [],
        "repairs": [],
        "page": None,
        "language": "en",
        "is_digest": False,
    }


def test_a_document_agrees_with_its_own_export(tmp_path: Path) -> None:
    path = tmp_path / "reference.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in export.rows(document())))
    result = compare([document()], read_reference(path), "own")
    assert (result.rows[0].f1, result.rows[0].text_agreed) == (1.0, 1.0)
    assert [row.name for row in result.rows] == ["own", "own, preamble", "own, operative"]
    assert result.disagreements == []


def test_missing_extra_and_changed_clauses_are_counted_and_listed() -> None:
    reference = list(export.rows(document()))
    reference[0]["label"] = "z"
    reference[3]["text"] = "quite other words"
    result = compare([document()], reference, "own")
    whole = result.rows[0]
    assert (whole.reference, whole.ours, whole.agreed) == (4, 4, 3)
    assert (whole.precision, whole.recall, whole.f1) == (0.75, 0.75, 0.75)
    assert whole.text_agreed == pytest.approx(2 / 3)
    assert [(item.sort, item.address) for item in result.disagreements] == [
        ("missing", "pp-res-1@2031#considering.z"),
        ("text", "pp-res-1@2031#resolves.2"),
        ("extra", "pp-res-1@2031#considering.a"),
    ]
    assert "1 more disagreements not shown" in render(result, 2)


def test_documents_that_were_not_read_count_against_recall() -> None:
    result = compare([], export.rows(document()), "none")
    assert (result.rows[0].recall, result.rows[0].precision, result.rows[0].f1) == (0.0, 0.0, 0.0)


def test_similarity_minds_words_only() -> None:
    assert similarity("To light, the quay;", "to light the quay") == 1.0
    assert similarity("to light the quay", "to pay the pilot") == pytest.approx(0.5)


@pytest.mark.shared
def test_pp_18_agrees_with_the_reference(shared: Path) -> None:
    whole = segmentation(shared).rows[0]
    assert whole.f1 >= 0.99
    assert whole.text_agreed >= 0.99
