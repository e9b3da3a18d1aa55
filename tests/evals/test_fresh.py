"""What is made of fresh questions, and from where on an answer is given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answers import Answer, Citation, Status
from evals.training import fresh
from evals.training.data import Asked, own_questions, read_questions


def asked(id: str, *gold: str) -> Asked:
    return Asked(id=id, corpus="c", set="s", question=id, language="en", kind="lookup", gold=gold)


def answer(status: Status, *cited: str) -> Answer:
    citations = tuple(
        Citation(
            address=address,
            label=address,
            quote="q",
            document=address.partition("#")[0],
            title="t",
            edition="",
            section="s",
        )
        for address in cited
    )
    return Answer(id="a", status=status, language="en", citations=citations)


def test_what_is_cited_is_compared_with_what_answers(tmp_path: Path) -> None:
    outcomes = [
        fresh.outcome(asked("a", "t#s.1", "t#s.2"), answer(Status.ANSWERED, "t#s.1", "t#s.9")),
        fresh.outcome(asked("b", "t#s.3"), answer(Status.NOT_IN_DOCUMENTS)),
        fresh.outcome(asked("c"), answer(Status.OUT_OF_SCOPE)),
        fresh.outcome(asked("d"), answer(Status.ANSWERED, "t#s.9")),
    ]
    row = fresh.rows(outcomes)[0]
    assert (row.part, row.answerable) == ("all", 2)
    means = [one.mean for one in (row.precision, row.recall, row.needless, row.refused) if one]
    assert means == pytest.approx([0.25, 0.25, 0.5, 0.5])
    assert "| all | 2 | 0.25" in fresh.render([row])
    kept = tmp_path / "figures.json"
    fresh.write(fresh.rows(outcomes[2:]), kept)  # no answerable question among them
    found = [fresh.Row.model_validate(one) for one in json.loads(kept.read_text("utf-8"))]
    assert found[0].precision is None
    assert "| all | 0 | – |" in fresh.render(found)


def test_nothing_is_learned_from_the_fresh_questions_nor_from_their_documents() -> None:
    learned = {question.question for question in own_questions()}
    for path in fresh.FRESH.glob("*.jsonl"):
        questions = list(read_questions(path, path.stem))
        assert len(questions) >= 120
        assert not learned & {question.question for question in questions}
        assert all("kept" in question.parts for question in questions if question.gold)
