"""Writing with a real chat model (`make test-model`): P1 to P3 hold for it too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant import pipeline
from assistant.answers import Status
from assistant.grounding.wording import numbers
from tests.assistant.test_writing import DOCUMENT
from tests.assistant.tiny import tiny_advisor, tiny_settings

QUESTIONS = (
    "What does Resolution 901 resolve on glasshouse orchards?",
    "What is the Secretary-General instructed to report to the Council on pears?",
    "What are Member States invited to lend to orchards?",
    "When may orchards sell pears?",
)


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("ADVISOR_CHAT_BASE_URL"), reason="ADVISOR_CHAT_BASE_URL is not set"
)
@pytest.mark.parametrize("question", QUESTIONS)
def test_p1_p3_a_real_model_shows_only_what_the_clauses_bear_out(
    question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = tuple(step for step in pipeline.STEPS if step[0] != "weigh")
    monkeypatch.setattr(pipeline, "STEPS", steps)
    settings = tiny_settings(
        tmp_path,
        chat_base_url=os.environ["ADVISOR_CHAT_BASE_URL"],
        chat_model=os.environ.get("ADVISOR_CHAT_MODEL"),
    )
    answer = tiny_advisor(settings, (DOCUMENT,)).ask(question)
    assert answer.status in (Status.ANSWERED, Status.PARTLY_ANSWERED, Status.NOT_IN_DOCUMENTS)
    facts = answer.trace["write"]
    assert isinstance(facts, dict)
    assert not facts["failure"]
    held = {
        str(DOCUMENT.address(s, c)): f"{s.heading} {c.text} 901 2030" for s, c in DOCUMENT.clauses()
    }
    for claim in answer.claims:
        assert set(claim.addresses) <= set(held)
        assert numbers(claim.text) <= numbers(" ".join(held[a] for a in claim.addresses))
