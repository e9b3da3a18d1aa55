"""Writing with a real chat model (`make test-model`): P1 to P3 hold for it too, whatever befalls
it.

The continuous tests do without: its engine compiles for minutes and its weights are a gigabyte.
There, `chat_server.py`, a real server that misbehaves on request, stands in for every model.
"""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from assistant import phrases, pipeline
from assistant.answers import Answer, Status
from assistant.grounding.wording import numbers
from assistant.settings import Settings
from assistant.writing import packaged as models
from tests.assistant.tiny import tiny_advisor, tiny_settings
from tests.assistant.writing.orchard import DOCUMENT

QUESTIONS = (
    "What does Resolution 901 resolve on glasshouse orchards?",
    "What is the Secretary-General instructed to report to the Council on pears?",
    "What are Member States invited to lend to orchards?",
    "When may orchards sell pears?",
)
HELD = {
    str(DOCUMENT.address(s, c)): f"{s.heading} {c.text} 901 2030" for s, c in DOCUMENT.clauses()
}

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("ADVISOR_CHAT_BASE_URL"), reason="ADVISOR_CHAT_BASE_URL is not set"
    ),
]


@pytest.fixture(autouse=True)
def unweighed(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = tuple(step for step in pipeline.STEPS if step[0] != "weigh")
    monkeypatch.setattr(pipeline, "STEPS", steps)


def only_borne_out(answer: Answer) -> None:
    assert answer.status in (Status.ANSWERED, Status.PARTLY_ANSWERED, Status.NOT_IN_DOCUMENTS)
    for claim in answer.claims:
        assert set(claim.addresses) <= set(HELD)
        assert numbers(claim.text) <= numbers(" ".join(HELD[a] for a in claim.addresses))


@pytest.mark.parametrize("question", QUESTIONS)
def test_p1_p3_a_real_model_shows_only_what_the_clauses_bear_out(
    question: str, tmp_path: Path
) -> None:
    settings = tiny_settings(
        tmp_path,
        chat_base_url=os.environ["ADVISOR_CHAT_BASE_URL"],
        chat_model=os.environ.get("ADVISOR_CHAT_MODEL"),
    )
    answer = tiny_advisor(settings, (DOCUMENT,)).ask(question)
    only_borne_out(answer)
    facts = answer.trace["write"]
    assert isinstance(facts, dict)
    assert not facts["failure"]
    usage = answer.trace["usage"]
    assert isinstance(usage, dict)
    assert usage["prompt_tokens"] > 100
    assert usage["completion_tokens"] > 0


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_real_server_that_dies_or_freezes_mid_answer_loses_no_turn(
    blow: signal.Signals, tmp_path: Path
) -> None:
    home = Settings.load().home
    model = models.packaged("qwen")
    if not models.path_of(model, home).is_file():
        pytest.skip("the packaged model is not installed in this data directory")
    with models.served(model, home) as served:
        settings = tiny_settings(
            tmp_path,
            chat_base_url=served.url,
            chat_model=served.name,
            chat_timeout=300,
            chat_pause=20,
        )
        advisor = tiny_advisor(settings, (DOCUMENT,))
        struck = threading.Timer(1.5, os.kill, (served.pid, blow))
        struck.start()
        try:
            answer = advisor.ask(" ".join(QUESTIONS))
        finally:
            struck.cancel()
    facts = answer.trace["write"]
    assert isinstance(facts, dict)
    assert facts["failure"]
    only_borne_out(answer)
    assert answer.claims
    if not any(not claim.is_quote for claim in answer.claims):
        reason = "unreachable" if blow is signal.SIGKILL else "timeout"
        why = phrases.say("en", f"fallback-{reason}")
        assert answer.notes[0] == phrases.say("en", "write-fallback", reason=why)
    assert advisor.store.turns(answer.conversation)[-1].answer == answer
