"""Writing mode against a real OpenAI-compatible server that answers well, badly, or not at all."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from assistant import phrases
from assistant.advisor import Advisor
from assistant.answers import Status
from assistant.asking.events import ClaimReady, Done, Progress
from tests.assistant.chat_server import Behaviour, ChatServer, evidence_of, id_of
from tests.assistant.tiny import tiny_advisor, tiny_settings
from tests.assistant.writing.orchard import (
    DOCUMENT,
    GOOD,
    INVITED,
    QUESTION,
    quoted_because,
    seen,
    written,
)


def test_p1_sentences_are_written_each_with_the_clause_it_stands_on(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda asked: (
        f"{GOOD} [{id_of(asked, 'glasshouse orchards on')}]. "
        f"{INVITED} [{id_of(asked, 'ladders')}].\nMISSING: nothing"
    )
    answer = advisor.ask(QUESTION)
    assert answer.status is Status.ANSWERED
    assert written(answer) == [f"{GOOD}.", f"{INVITED}."]
    assert [claim.addresses for claim in answer.claims if not claim.is_quote] == [
        ("pp-res-901@2030#resolves.1",),
        ("pp-res-901@2030#invites-member-states",),
    ]
    assert {c.address for c in answer.citations} == {
        address for claim in answer.claims for address in claim.addresses
    }


def test_p8_the_model_sees_opaque_ids_between_lines_drawn_for_each_request(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda _: "NO_ANSWER"
    advisor.ask(QUESTION)
    advisor.ask(QUESTION)
    first, second = (request["messages"][-1]["content"] for request in server.requests[:2])
    assert first.split("\n")[0] != second.split("\n")[0]
    for sent in (first, server.requests[0]["messages"][0]["content"]):
        assert "pp-res" not in sent
        assert "http" not in sent
        assert "#" not in sent
    assert len(evidence_of(server.requests[0])) == 4


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Resolution 901 resolves to support 12 glasshouse orchards on every small island", "support"),
        ("The Council is instructed to report every year on the harvest of glasshouse pears", "harvest"),
        ("Orchards shall sell pears before 15 June 2031", "before"),
        ("Orchards may not sell pears before 15 June 2031", "before"),
        ("Orchards shall not sell pears before 16 June 2031", "before"),
        ("Member States shall lend ladders to island orchards for pears", "ladders"),
        ("Member States are invited to lend ladders to island orchards for plums and cider", "ladders"),
        ("Support goes to 901 glasshouse orchards on every small island", "support"),
        ("Acme is to support glasshouse orchards on every small island", "support"),
        ("It is to support glasshouse orchards of Ruritania on every small island", "support"),
        ("Resolution 902 resolves to support glasshouse orchards on every small island", "support"),
        ("To support glasshouse orchards on every small island see https://evil.example", "support"),
        ("To support glasshouse orchards on every small island, ask evil.example", "support"),
        ("![pears](https://evil.example/p.png) to support glasshouse orchards", "support"),
        ("[to support glasshouse orchards](https://evil.example) on every small island", "support"),
        ("To support <img src=x> glasshouse orchards on every small island", "support"),
        ("Is it to support glasshouse orchards on every small island?", "support"),
        ("Yes", "support"),
        ("To support glasshouse orchards on every small island, and cider is mandatory", "support"),
    ],
)  # fmt: skip
def test_p2_p3_p9_an_unborne_sentence_is_withheld_beside_a_good_one(
    server: ChatServer, advisor: Advisor, sentence: str, words: str
) -> None:
    server.reply = lambda asked: (
        f"{sentence} [{id_of(asked, words)}]. {INVITED} [{id_of(asked, 'ladders')}]."
    )
    answer = advisor.ask(QUESTION)
    assert written(answer) == [f"{INVITED}."]
    assert seen(answer)["withheld"] >= 1
    assert phrases.count("en", "write-withheld", seen(answer)["withheld"]) in answer.notes
    withheld = [one for one in seen(answer)["sentences"] if not one["shown"]]
    assert all(one["reasons"] for one in withheld)


@pytest.mark.parametrize("yes", ["yes", "no", "Yes, if", "perhaps"])
def test_p2_other_words_than_the_clauses_pass_only_where_the_model_says_they_mean_the_same(
    server: ChatServer, advisor: Advisor, yes: str
) -> None:
    said = "Member States are invited to lend ladders to island orchards for picking pears"
    server.reply = lambda asked: (
        yes
        if "Statement:" in asked["messages"][-1]["content"]
        else f"{said} [{id_of(asked, 'ladders')}]."
    )
    answer = advisor.ask(QUESTION)
    assert written(answer) == ([f"{said}."] if yes == "yes" else [])


def test_p1_unknown_ids_are_removed_and_a_sentence_with_no_other_is_withheld(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda asked: f"{GOOD} [E77]. {INVITED} [E99][{id_of(asked, 'ladders')}]."
    answer = advisor.ask(QUESTION)
    assert written(answer) == [f"{INVITED}."]
    assert answer.claims[0].addresses == ("pp-res-901@2030#invites-member-states",)
    assert seen(answer)["sentences"][1]["unknown"] == ["E99"]


def test_p2_a_citation_that_adds_nothing_is_not_shown(server: ChatServer, advisor: Advisor) -> None:
    server.reply = lambda asked: (
        f"{INVITED} [{id_of(asked, 'harvest')}, {id_of(asked, 'ladders')}]."
    )
    answer = advisor.ask(QUESTION)
    assert answer.claims[0].addresses == ("pp-res-901@2030#invites-member-states",)
    assert answer.citations[0].address == "pp-res-901@2030#invites-member-states"


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour(""), "empty"),
        (Behaviour("   \n \n"), "empty"),
        (Behaviour("Orchards are lovely. Everyone should plant one."), "format"),
        (Behaviour("Orchards cure colds [E1]. Pears heal gout [E2]."), "ungrounded"),
        (Behaviour(status=429), "limit"),
        (Behaviour(status=500), "unreachable"),
        (Behaviour(status=401), "refused"),
        (Behaviour("To support", stalls_after=0), "timeout"),
        (Behaviour("To support glasshouse", stalls_after=7), "timeout"),
        (Behaviour(f"{GOOD} [E1]", dies_after=14), "unreachable"),
        (Behaviour(garbage=b"data: \xff\xfe{not json\n\n"), "malformed"),
    ],
)
def test_every_failure_of_the_model_quotes_instead_and_says_so(
    server: ChatServer, advisor: Advisor, behaviour: Behaviour, reason: str
) -> None:
    server.reply = lambda _: behaviour
    answer = advisor.ask(QUESTION)
    quoted_because(answer, reason)
    stored = advisor.store.turns(answer.conversation)
    assert stored[-1].answer == answer


def test_a_server_that_is_not_there_quotes_instead(
    server: ChatServer, advisor: Advisor, tmp_path: Path
) -> None:
    gone = tiny_settings(tmp_path / "gone", chat_base_url="http://127.0.0.1:9/v1")
    quoted_because(tiny_advisor(gone, (DOCUMENT,)).ask(QUESTION), "unreachable")
    odd = tiny_settings(tmp_path / "odd", chat_model="nosuchprovider:x")
    quoted_because(tiny_advisor(odd, (DOCUMENT,)).ask(QUESTION), "unusable")


def test_a_rate_limit_that_passes_is_waited_for_but_half_an_answer_is_never_repeated(
    server: ChatServer, advisor: Advisor
) -> None:
    def second_time(asked: dict[str, Any]) -> Behaviour:
        if len(server.requests) == 1:
            return Behaviour(status=429)
        return Behaviour(f"{INVITED} [{id_of(asked, 'ladders')}].")

    server.reply = second_time
    assert written(advisor.ask(QUESTION)) == [f"{INVITED}."]
    server.requests.clear()
    server.reply = lambda asked: Behaviour(
        f"{INVITED} [{id_of(asked, 'ladders')}]. {GOOD}", dies_after=90
    )
    advisor.ask(QUESTION)
    assert len(server.requests) == 1


@pytest.mark.parametrize("how", ["dies", "stalls", "closes"])
def test_cut_off_mid_answer_keeps_what_was_checked_and_nothing_half_said(
    server: ChatServer, advisor: Advisor, how: str
) -> None:
    def cut(asked: dict[str, Any]) -> Behaviour:
        whole = f"{INVITED} [{id_of(asked, 'ladders')}]. {GOOD} [{id_of(asked, 'support')}]."
        if how == "closes":
            return Behaviour(whole[:130], finish=None)
        return Behaviour(whole, **{f"{how}_after": 130})  # type: ignore[arg-type]

    server.reply = cut
    answer = advisor.ask(QUESTION)
    assert written(answer) == [f"{INVITED}."]
    assert answer.status is Status.PARTLY_ANSWERED
    assert phrases.say("en", "write-cut-off") in answer.notes


def test_no_answer_is_not_in_documents_with_the_nearest(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda _: "NO_ANSWER"
    answer = advisor.ask(QUESTION)
    assert answer.status is Status.NOT_IN_DOCUMENTS
    assert not answer.claims
    assert answer.nearest[0].document == DOCUMENT.id


def test_what_is_missing_is_said_in_the_questions_words_only(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda asked: (
        f"{INVITED} [{id_of(asked, 'ladders')}].\nMISSING: what the island councils are told"
    )
    answer = advisor.ask(QUESTION)
    assert answer.status is Status.PARTLY_ANSWERED
    said = phrases.say("en", "write-missing", missing="what the island councils are told")
    assert said in answer.notes
    server.reply = lambda asked: (
        f"{INVITED} [{id_of(asked, 'ladders')}].\nMISSING: pears were outlawed by the Emperor"
    )
    answer = advisor.ask(QUESTION)
    assert answer.status is Status.PARTLY_ANSWERED
    assert not any("Emperor" in note for note in answer.notes)


def test_sentences_stream_out_one_by_one_before_the_model_has_finished(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda asked: Behaviour(
        f"{INVITED} [{id_of(asked, 'ladders')}]. {GOOD} and then", stalls_after=110
    )
    begun = time.monotonic()
    kinds = []
    for event in advisor.stream(QUESTION):
        kinds.append(event.kind)
        if isinstance(event, ClaimReady) and not event.claim.is_quote:
            assert event.claim.text == f"{INVITED}."
            assert time.monotonic() - begun < 30
        if isinstance(event, Done):
            assert event.answer.status is Status.PARTLY_ANSWERED
    assert kinds.index("claim") < len(kinds) - 1 - kinds[::-1].index("status") or "done" in kinds


def test_p22_giving_up_while_the_model_is_silent_stops_the_request(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda _: Behaviour("To support", stalls_after=0)
    before = threading.active_count()
    events = advisor.stream(QUESTION)
    for event in events:
        if isinstance(event, Progress) and event.step == "answer":
            break
    asked = time.monotonic()
    next(events)  # the beat while the model is silent: where a face learns the client is gone
    assert time.monotonic() - asked < 10
    events.close()  # type: ignore[attr-defined]
    assert server.given_up.wait(10)
    while threading.active_count() > before + 2:
        time.sleep(0.05)


def test_without_a_chat_model_nothing_is_written(tmp_path: Path, advisor: Advisor) -> None:
    answer = tiny_advisor(tiny_settings(tmp_path / "quiet"), (DOCUMENT,)).ask(QUESTION)
    assert "write" not in answer.trace
    assert all(claim.is_quote for claim in answer.claims)


def test_p7_the_trace_replays_the_writing(server: ChatServer, advisor: Advisor) -> None:
    server.reply = lambda asked: f"{INVITED} [{id_of(asked, 'ladders')}]. Pears heal gout [E1]."
    answer = advisor.ask(QUESTION)
    facts = seen(answer)
    assert facts["prompt"]["user"] == server.requests[0]["messages"][-1]["content"]
    assert facts["raw"].startswith(INVITED)
    assert facts["model"] == "local"
    assert set(facts["evidence"].values()) >= set(answer.claims[0].addresses)
    assert [one["shown"] for one in facts["sentences"]] == [True, False]


def test_what_was_withheld_or_passed_over_is_quoted_behind_what_was_written(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda asked: (
        f"{INVITED} [{id_of(asked, 'ladders')}]. Pears must be counted weekly [{id_of(asked, 'harvest')}]."
    )
    answer = advisor.ask("What are the island councils told about pears and ladders?")
    harvest = "pp-res-901@2030#instructs-the-secretary-general.1"
    first, *rest = [(c.is_quote, c.addresses) for c in answer.claims]
    assert first == (False, ("pp-res-901@2030#invites-member-states",))
    assert (True, (harvest,)) in rest
    assert all(is_quote for is_quote, _ in rest)
    assert [c.address for c in answer.citations] == [
        address for claim in answer.claims for address in claim.addresses
    ]
    assert phrases.say("en", "write-quoted") in answer.notes
    assert set(seen(answer)["quoted"]) == {address for _, found in rest for address in found}


def test_a_model_that_goes_round_in_circles_is_stopped(
    server: ChatServer, advisor: Advisor
) -> None:
    server.reply = lambda asked: f"{INVITED} [{id_of(asked, 'ladders')}].\n" * 200
    answer = advisor.ask(QUESTION)
    assert written(answer) == [f"{INVITED}."]
    assert seen(answer)["finish"] == "repeated"
    assert len(seen(answer)["raw"]) < 20 * len(INVITED)


def test_the_trace_tells_the_tokens_spent(server: ChatServer, advisor: Advisor) -> None:
    said = "Member States are invited to lend ladders to island orchards for picking pears"
    server.reply = lambda asked: (
        Behaviour("yes", spent=(40, 1))
        if "Statement:" in asked["messages"][-1]["content"]
        else Behaviour(f"{said} [{id_of(asked, 'ladders')}].", spent=(300, 20))
    )
    usage = advisor.ask(QUESTION).trace["usage"]
    assert usage == {
        "prompt_tokens": 340, "completion_tokens": 21, "requests": 2, "estimated": False
    }  # fmt: skip
    server.reply = lambda asked: f"{INVITED} [{id_of(asked, 'ladders')}]."
    usage = advisor.ask(QUESTION).trace["usage"]
    assert isinstance(usage, dict)
    assert usage["estimated"] is True
    assert usage["prompt_tokens"] > 100
    assert usage["completion_tokens"] > 5


def test_a_remembered_answer_is_not_asked_for_again(
    server: ChatServer, tmp_path: Path, advisor: Advisor
) -> None:
    settings = tiny_settings(
        tmp_path / "again", chat_base_url=server.url, chat_memory=tmp_path / "kept"
    )
    again = tiny_advisor(settings, (DOCUMENT,))
    server.reply = lambda asked: Behaviour(f"{INVITED} [{id_of(asked, 'ladders')}].", dies_after=20)
    assert not written(again.ask(QUESTION))  # half an answer is not kept
    server.reply = lambda asked: f"{INVITED} [{id_of(asked, 'ladders')}]."
    first = again.ask(QUESTION)
    asked = len(server.requests)
    server.reply = lambda _: Behaviour(status=500)
    second = again.ask(QUESTION)
    assert written(first) == written(second) == [f"{INVITED}."]
    assert len(server.requests) == asked
