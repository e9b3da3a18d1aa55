"""What comes after a run: drafts from feedback, history, a peer as a system under test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.answers import Answer, Claim, Status
from assistant.records.conversations import Store
from corpus.database import open_database, sqlite_url
from evals.report.history import FIGURES, as_html, collect
from evals.suites.drafting import append_drafts, without_personal_data
from evals.suites.evidence import measure, ranked
from evals.suites.figures import summarise
from evals.suites.openai_compatible import OpenAICompatible, Prices
from evals.suites.running import run_suite
from evals.suites.suite import BadSuite, Item, Suite, load_suite
from evals.suites.systems import SystemUnreachable
from tests.evals.stored import held

GOLD = "pp-res-900@2030#resolves.2"
ITEM = Item(id="A", turns=("Who reports?",), gold=(GOLD,), also=("pp-res-901@2030#noting.a",))


@pytest.mark.parametrize(
    ("said", "gone", "kept"),
    [
        ("Write to jane.roe+x@gov.example please", "jane.roe", "Write to"),
        ("Call +41 22 730 51 11 today", "730", "today"),
        ("I am Jane Roe and the fee is wrong", "Jane", "the fee is wrong"),
        ("my name is jane roe. See resolves 2", "roe", "See resolves 2"),
        ("Je m'appelle Jean Dupont, et ensuite ?", "Dupont", "et ensuite"),
        ("Me llamo Ana de Silva. Gracias", "Silva", "Gracias"),
        ("меня зовут Иван Петров. Спасибо", "Петров", "Спасибо"),
        ("我叫王小明，请问费用是多少", "王小明", "费用"),
        ("اسمي أحمد علي وأريد أن أعرف", "أحمد", "أعرف"),
    ],
)
def test_personal_data_does_not_reach_a_draft(said: str, gone: str, kept: str) -> None:
    clean = without_personal_data(said)
    assert gone not in clean
    assert kept in clean


@pytest.mark.parametrize(
    "said",
    [
        "The plan for 2024-2027 is meant, see pp-res-71@2022#annex-1.3",
        "I am from a small island state",
        "Resolution 205 (Dubai, 2018) says otherwise",
        "It should cite pp-res-900@2030#resolves.2",
    ],
)
def test_what_is_no_personal_data_stays(said: str) -> None:
    assert without_personal_data(said) == said


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(open_database(sqlite_url(tmp_path / "advisor.db")))


def turn(store: Store, conversation: str, number: int, question: str) -> str:
    answer = Answer(
        id=f"{number:032x}",
        status=Status.ANSWERED,
        language="en",
        claims=(Claim(text="that x", addresses=("pp-res-901@2030#noting.a",)),),
        question=f"{question} (standalone)",
        conversation=conversation,
    )
    store.add_turn(conversation, question, answer)
    return answer.id


def test_a_thumbs_down_becomes_a_draft_once(store: Store, tmp_path: Path) -> None:
    conversation = store.begin().id
    liked = turn(store, conversation, 1, "Who reports? I am Jane Roe")
    disliked = turn(store, conversation, 2, "And when?")
    store.give_feedback(liked, True)
    store.give_feedback(disliked, False, comment=f"Wrong: it is {GOLD}. jane@roe.example")
    path = tmp_path / "drafts.yaml"
    (added,) = append_drafts(path, store)
    assert append_drafts(path, store) == []
    (item,) = load_suite(path).items
    assert item.id == added
    assert item.turns == ("Who reports? I am […]", "And when?")
    assert item.gold == (GOLD,)
    assert "draft" in item.tags
    assert "roe" not in path.read_text(encoding="utf-8").casefold()
    assert "pp-res-901@2030#noting.a" in item.note


def test_a_suite_includes_others_beside_it(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(f"- {{id: A, question: Who, gold: ['{GOLD}']}}\n")
    both = tmp_path / "both.yaml"
    both.write_text(
        f"include: {{one: [A]}}\nitems:\n- {{id: B, question: When, gold: ['{GOLD}']}}\n"
    )
    assert [item.id for item in load_suite(both).items] == ["A", "B"]
    for text, said in (
        ("include: {one: [Z]}", "no item 'Z'"),
        ("include: {both: all}", "includes itself"),
        ("include: [one]", "maps"),
        ("include: {missing: all}", "missing"),
    ):
        both.write_text(text)
        with pytest.raises(BadSuite) as caught:
            load_suite(both)
        assert said in caught.value.message


def searched(*addresses: str) -> Answer:
    candidates = [{"addresses": [address]} for address in addresses]
    return Answer(
        id="1", status=Status.ANSWERED, language="en", trace={"search": {"candidates": candidates}}
    )


def test_the_search_behind_an_answer_is_measured_on_gold_clauses() -> None:
    far = [f"pp-res-9@2030#resolves.{n}" for n in range(1, 6)]
    first = measure(ITEM, ranked(searched(GOLD, *far)) or [])
    sixth = measure(ITEM, ranked(searched(*far, GOLD)) or [])
    assert (first["evidence_recall_5"], sixth["evidence_recall_5"]) == (1, 0)
    assert sixth["evidence_recall_10"] == 1
    assert first["evidence_ndcg"] > sixth["evidence_ndcg"] > 0
    alternative = measure(ITEM, ["pp-res-901@2030#noting.a"])
    assert alternative["evidence_recall_5"] == 0 < alternative["evidence_ndcg"]
    assert measure(ITEM, [])["evidence_ndcg"] == 0
    assert ranked(Answer(id="1", status=Status.ANSWERED, language="en")) is None


@contextmanager
def peer(reply: dict[str, Any], status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An OpenAI-compatible endpoint that always says the same, and what it was sent."""
    sent: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(reply).encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", sent
    finally:
        server.shutdown()
        server.server_close()


def completion(text: str) -> dict[str, Any]:
    usage = {"prompt_tokens": 1000, "completion_tokens": 10}
    return {"choices": [{"message": {"content": text}}], "usage": usage}


def test_a_peer_s_sentences_are_judged_by_the_addresses_they_cite(tmp_path: Path) -> None:
    said = f"The Secretary-General reports each spring [{GOLD}]. Lighthouses are cheap."
    clauses = {GOLD: "that the Secretary-General report to the Council each spring"}
    suite = Suite(name="s", title="S", items=(ITEM,))
    with peer(completion(said)) as (url, _):
        system = OpenAICompatible(url, "m", prices=Prices(prompt=2, completion=10))
        run = run_suite(suite, system, held(clauses), tmp_path / "run")
    (result,) = run.results
    assert result.judgement is not None
    assert result.judgement.citation_recall == 1
    assert result.judgement.cited == 0.5
    assert result.judgement.grounded == 0.5
    summary = summarise(run)
    assert (summary.tokens_in, summary.tokens_out) == (1000, 10)
    assert summary.cost == pytest.approx(0.0021)


def test_a_peer_that_cannot_answer_refuses() -> None:
    with peer(completion("I cannot answer this from what I have.")) as (url, _):
        answer = OpenAICompatible(url, "m").answer(ITEM)
    assert answer.status is Status.NOT_IN_DOCUMENTS
    assert answer.claims == ()


def test_a_conversation_is_sent_turn_by_turn() -> None:
    item = ITEM.model_copy(update={"turns": ("What is it?", "Who reports?")})
    with peer(completion("Yes.")) as (url, sent):
        OpenAICompatible(url, "m").answer(item)
    assert [message["role"] for message in sent[1]["messages"]] == ["user", "assistant", "user"]


def test_a_peer_that_fails_is_named() -> None:
    with peer({}, status=500) as (url, _), pytest.raises(SystemUnreachable):
        OpenAICompatible(url, "m").answer(ITEM)
    with peer({"hello": 1}) as (url, _), pytest.raises(SystemUnreachable):
        OpenAICompatible(url, "m").answer(ITEM)


class Quoting:
    name = "quoting"

    def describe(self) -> dict[str, object]:
        return {"system": self.name}

    def answer(self, item: Item) -> Answer:
        claim = Claim(text="that x", addresses=(GOLD,))
        return Answer(id="1", status=Status.ANSWERED, language="en", claims=(claim,))


def test_history_shows_each_run_and_where_the_suite_changed(tmp_path: Path) -> None:
    for number, items in enumerate([(ITEM,), (ITEM,), (ITEM, ITEM)]):
        items = tuple(i.model_copy(update={"id": f"I{n}"}) for n, i in enumerate(items))
        suite = Suite(name="s", title="S & <b>", items=items)
        directory = tmp_path / f"run-{number}"
        run_suite(suite, Quoting(), held({GOLD: "that x"}), directory)
        head = json.loads((directory / "run.json").read_text())
        head["started"] = f"2030-01-0{number + 1}T00:00:00+00:00"
        (directory / "run.json").write_text(json.dumps(head))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    (series,) = collect(tmp_path)
    assert [point.run for point in series.points] == ["run-0", "run-1", "run-2"]
    assert series.breaks == (2,)
    page = as_html([series])
    assert "S &amp; &lt;b&gt;" in page
    assert page.count("<circle") == 3 * sum(f in series.points[0].figures for f in FIGURES)
    assert "No run is stored" in as_html([])
