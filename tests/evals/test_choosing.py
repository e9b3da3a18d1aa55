"""Folds never share a document, and what is measured is what would be quoted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from corpus.documents import DocumentKind, SectionKind
from evals.choosing import FOLDS, Candidates, _folds, train, write
from evals.cli_fusion import add_to
from evals.retrieval import Question
from indexing.passages import Evidence, Part, Passage


def candidate(document: str, label: str, text: str, score: float) -> Evidence:
    address = f"{document}#resolves.{label}"
    passage = Passage(
        id=address,
        key=f"{document}:en",
        document=document,
        title="Lighthouses for lending libraries",
        kind=DocumentKind.RESOLUTION,
        number="900",
        body="pp",
        edition="Tallinn, 2030",
        year=2030,
        country=None,
        language="en",
        is_digest=False,
        section="resolves",
        section_heading="resolves",
        section_kind=SectionKind.OPERATIVE,
        page=None,
        position=0,
        parts=(Part(address=address, label=label, text=text),),
    )
    return Evidence(passage=passage, score=score, signals={"asked": score})


def case(number: int, gold: str) -> Candidates:
    document = f"pp-res-{900 + number}@2030"
    evidence = [
        candidate(document, "1", "that keepers lend books", 2.0 if gold == "1" else 0.5),
        candidate(document, "2", "that boats be painted", 2.0 if gold == "2" else 0.5),
    ]
    question = Question(
        id=f"Q{number}",
        type="lookup",
        language="en",
        standalone="who lends?" if gold == "1" else "what is painted?",
        joined="",
        gold=(f"{document}#resolves.{gold}",),
    )
    return Candidates(question, evidence)


def test_questions_that_share_a_document_are_in_one_fold() -> None:
    cases = [case(n // 2, "1") for n in range(2 * FOLDS)]
    places = _folds(cases, seed=3)
    assert all(places[n] == places[n + 1] for n in range(0, len(places), 2))
    assert len(set(places)) == FOLDS


def test_what_tells_right_from_wrong_is_learned_and_held_out() -> None:
    chosen = train([case(n, "12"[n % 2]) for n in range(24)])
    (overall,) = [f for f in chosen.figures if f.part == "English"]
    assert (overall.questions, overall.precision, overall.recall) == (24, 1.0, 1.0)
    assert chosen.weights["score"] + chosen.weights["asked"] > 0


def test_precision_and_recall_are_of_the_clauses_quoted() -> None:
    one = case(0, "1")
    assert one.quoted([0.9, 0.1]) == (1.0, 1.0)
    assert one.quoted([0.1, 0.9]) == (0.0, 0.0)
    assert one.right == pytest.approx(np.array([1.0, 0.0]))


def test_weights_are_written_into_a_folder(tmp_path: Path) -> None:
    chosen = train([case(n, "12"[n % 2]) for n in range(2 * FOLDS)])
    write(chosen, tmp_path)
    stored = json.loads((tmp_path / "selection.json").read_text("utf-8"))
    assert stored["weights"] == chosen.weights
    assert stored["intercept"] == chosen.intercept


@pytest.mark.parametrize("command", ["train-fusion", "train-selection"])
def test_a_folder_that_is_not_there_is_told_before_the_minutes_are_spent(
    command: str, tmp_path: Path
) -> None:
    bench = typer.Typer()
    add_to(bench)
    done = CliRunner().invoke(bench, [command, "--write", str(tmp_path / "nowhere")])
    assert done.exit_code == 2
    assert "--write" in done.output
