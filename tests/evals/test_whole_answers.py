"""The benches of whole answers and of evidence: a script answers from what it is shown, no more."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from assistant.answers import Status
from assistant.grounding.check import Verdict, check
from assistant.grounding.clause import Cited
from assistant.grounding.meaning import Judged, Sentence
from assistant.writing.prompt import Shown, check_all_prompt, written_prompt
from evals.benches import answers, evidence
from evals.benches.answers import Reached, Said, Script, Scripted
from evals.judging.claims import Claim, says, wilson
from evals.training.data import Asked
from tests.assistant.tiny import DOCUMENT, tiny_advisor, tiny_settings

LENDS = "pp-res-900@2030#invites-member-states"
TEXT = next(
    clause.text
    for section, clause in DOCUMENT.clauses()
    if str(DOCUMENT.address(section, clause)) == LENDS
)
LENT = Said(text="Yes, Member States are invited to lend lanterns.", cites=(LENDS,))
GONE = Said(text="Nobody was shown this.", cites=("pp-res-900@2030#resolves.99",))
TURN = Scripted(id="x", lang="en", q="Who lends lanterns?", says=(LENT, GONE))


def prompt(*texts: str) -> str:
    shown = [Shown(f"E{n}", "Resolution 900", "invites", text) for n, text in enumerate(texts, 1)]
    return written_prompt(TURN.q, "en", shown, strong=True).user


def test_the_script_cites_what_it_is_shown_and_leaves_out_the_rest() -> None:
    script = Script([TURN], {LENDS: TEXT})
    assert script.reply(prompt("that boats sail", TEXT)) == f"{LENT.text} [E2]"
    assert script.unseen == {"x": (GONE.text,)}
    assert script.reply(prompt("that boats sail")).startswith("MISSING")
    asked = check_all_prompt([(LENT.text[5:], ["x"]), ("Pears sink.", ["x"])]).user
    assert script.reply(asked) == "1: supported\n2: not_said"


def test_it_is_served_as_a_stream_over_http() -> None:
    with Script([TURN], {LENDS: TEXT}).serving() as url:
        asked = {"messages": [{"role": "user", "content": prompt(TEXT)}]}
        body = httpx.post(f"{url}/chat/completions", json=asked).text
    assert body.count("data: ") > 3
    assert body.rstrip().endswith("[DONE]")


def test_a_whole_answer_is_told_from_half_of_one() -> None:
    whole = Reached(id="a", lang="en", question="q", status=Status.ANSWERED.value)
    assert whole.whole
    assert not whole.model_copy(update={"unseen": ("x",)}).whole
    assert not whole.model_copy(update={"withheld": (("x", "y"),)}).whole
    assert not whole.model_copy(update={"status": "not_in_documents"}).whole
    table = answers.render([whole, whole.model_copy(update={"withheld": (("x", "y"),)})])
    assert "2 answers, 1 reach the reader whole" in table
    assert "withheld: x (y)" in table


def test_the_shipped_turns_are_forty_in_six_languages() -> None:
    turns = answers.load()
    assert len(turns) == 40
    assert {turn.lang for turn in turns} == {"ar", "en", "es", "fr", "ru", "zh"}
    assert len({turn.id for turn in turns}) == 40


def test_right_answers_reach_the_reader_of_a_small_shelf(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path, chat_timeout=20, chat_pause=5)
    turn = TURN.model_copy(update={"says": (LENT,)})
    (found,) = answers.run([turn], settings, opened=tiny_advisor)
    assert found.unseen == ()
    assert not found.halves
    assert not found.orphans


def test_evidence_of_a_small_shelf_is_measured_without_a_model(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path)
    asked = [
        Asked(id="1", corpus="tiny", set="s", question="Who is invited to lend lanterns?",
              language="en", kind="lookup", gold=(LENDS,)),
        Asked(id="2", corpus="tiny", set="s", question="x", language="en", kind="near_miss"),
    ]  # fmt: skip
    drawn = evidence.sample(asked, 5)
    assert [one.id for one in drawn] == ["1"]
    report = evidence.run(drawn, settings, opened=tiny_advisor)
    assert report.questions[0].whole
    assert "| all | 1 | 1.000 |" in evidence.render(report)


@pytest.mark.parametrize("right", [0.0, 0.95, 1.0])
def test_a_simulated_judge_is_right_as_often_as_it_is_told(right: float) -> None:
    claims = [Claim(id=f"c{n}", text="x", label=bool(n % 2)) for n in range(2000)]
    share = sum(says(one, right) == one.label for one in claims) / len(claims)
    assert abs(share - right) < 0.02


def test_wilson_holds_the_share() -> None:
    low, high = wilson(9, 10)
    assert 0.59 < low < 0.9 < high < 0.99
    assert wilson(0, 0) == (0.0, 1.0)


class Sure:
    """A judge of meaning that finds everything likely."""

    name, low, sure = "sure", 0.2, 0.9

    def least(self, language: str) -> float:
        """See Meaning."""
        return 0.5

    def probabilities(self, sentences: list[Sentence]) -> list[Judged]:
        """See Meaning."""
        return [Judged(0.95) for _ in sentences]


def test_another_judge_has_the_last_word_on_names_and_verbs_not_on_numbers() -> None:
    clause = Cited(address="a#b", document="pp-res-900@2030", heading="invites Member States",
                   text="to lend 12 lanterns")  # fmt: skip
    said = (
        "Member States must lend 12 lanterns.",
        "Member States are invited to lend 13 lanterns.",
    )
    sentences = [Sentence(text=one, language="en", cited=(clause,)) for one in said]
    assert [one.verdict for one in check(sentences, Sure())] == [Verdict.NOT] * 2  # type: ignore[arg-type]
    judged = check(sentences, Sure(), judged=True)  # type: ignore[arg-type]
    assert [one.verdict for one in judged] == [Verdict.UNSURE, Verdict.NOT]
    assert judged[0].kinds == ("strength",)
