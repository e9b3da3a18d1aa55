"""The measure of grounding itself: falsehoods are false, true sentences true, curves are curves."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.grounding import Cited
from corpus.reading.readers import akn
from evals.judging import grounding, labelled
from evals.judging.mutations import mutations, true_sentences

HEADINGS = (
    "resolves",
    "instructs the Secretary-General",
    "instructs the ITU Council",
    "invites Member States",
    "instructs the Director of the Telecommunication Development Bureau",
)
THINGS = ("lanterns", "orchards", "ferries", "libraries", "bridges", "kites", "wells", "looms")
DEEDS = ("keep", "count", "lend", "paint", "mend", "publish", "measure", "teach")


def clauses() -> list[Cited]:
    """Made-up operative clauses whose words differ from one another."""
    found = []
    for number in range(40):
        thing, deed = THINGS[number % 8], DEEDS[(number // 5) % 8]
        found.append(
            Cited(
                address=f"pp-res-{900 + number}@2030#s.1",
                document=f"pp-res-{900 + number}@2030",
                heading=HEADINGS[number % 5],
                text=f"to {deed} {number + 2} {thing} of port {chr(65 + number % 26)}akk{number} "
                f"with {DEEDS[(number + 3) % 8]}ers from village {chr(65 + number % 20)}olm{number}"
                f" before winter, and to report on {THINGS[(number + 2) % 8]} every year;",
            )
        )
    return found


def test_no_falsehood_is_a_sentence_that_must_pass() -> None:
    true = {(one.said, one.cited) for one in true_sentences(clauses())}
    false = list(mutations(clauses()))
    assert not [one for one in false if (one.said, one.cited) in true]
    assert {one.kind for one in false} >= {"actor", "merged clauses", "spliced clauses", "number"}
    assert list(mutations(clauses())) == false


def test_clauses_that_tell_the_same_person_the_same_way_are_not_merged() -> None:
    one, two = (
        clauses()[1],
        clauses()[1].model_copy(
            update={
                "heading": "instructs the Secretary-General and the ITU Council",
                "text": "to rest",
            }
        ),
    )
    kinds = {m.kind for m in mutations([one, two]) if m.cited[0] == one}
    assert "merged clauses" not in kinds


def test_made_up_clauses_are_told_apart() -> None:
    report = grounding.of_clauses(clauses())
    assert report.false_alarms <= 0.02, report.true
    caught = {one.kind: one.caught for one in report.caught}
    assert caught["merged clauses"] >= 0.9
    assert caught["spliced clauses"] >= 0.9
    assert caught["actor"] >= 0.9


def test_a_curve_never_falls_and_is_read_at_the_allowed_alarms() -> None:
    curve = grounding.curve("x", wrong=[0.1, 0.2, 0.6, 0.95], right=[0.9] + [1.0] * 99)
    recalls = [recall for _, _, recall in curve.points]
    assert recalls == sorted(recalls)
    assert curve.points[-1][1:] == (1.0, 1.0)
    assert curve.at_allowed == 1.0
    assert grounding.curve("x", wrong=[0.95], right=[0.9, 1.0]).at_allowed == 0.0


@pytest.mark.shared
@pytest.mark.slow
def test_P2_falsehoods_of_official_clauses_are_refused_and_paraphrase_is_not(shared: Path) -> None:
    source = shared / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)
    report = grounding.of_clauses(grounding.operative(documents, 150))
    at = {curve.kind: curve.at_allowed for curve in report.curves}
    assert report.false_alarms <= 0.02
    assert at["merged clauses"] >= 0.9
    assert min(at[kind] for kind in ("actor", "modality", "negation", "number")) >= 0.9
    passed = {one.label: one.accepted for one in labelled.wice_accepted(shared)}
    assert passed["supported"] >= 0.65
    assert passed["not supported"] <= 0.1
    assert labelled.wice(shared).auc >= 0.78
