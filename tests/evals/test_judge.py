"""P27: a judge's agreement with people is measured, kept, and printed wherever it is used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.answers import Answer, Claim, Status
from assistant.settings import Settings
from assistant.writing.marking import unmarked_prompt
from evals.judging import pairs as judge_pairs
from evals.judging.judge import Judge, kappa, measure, render
from evals.judging.judged import judge_results, keep
from evals.judging.pairs import BY_PEOPLE, MUTATIONS, SCIFACT, Pair
from evals.report.page_models import judge as page_part
from evals.report.runs import write_report
from evals.suites.running import Run, run_suite
from evals.suites.suite import Item, Nugget, Suite
from tests.assistant.chat_server import Behaviour, ChatServer
from tests.evals.stored import held

CLAUSES = {
    "pp-res-900@2030#resolves.1": "to lend every village library one radio a year",
    "pp-res-900@2030#resolves.2": "that lighthouses shall be painted white",
}
SUITE = Suite(
    name="radios",
    title="Radios",
    items=(
        Item(
            id="A",
            turns=("What does a library get?",),
            gold=("pp-res-900@2030#resolves.1",),
            nuggets=(
                Nugget(text="One radio a year"),
                Nugget(text="Villages pay nothing"),
                Nugget(text="Radios are nice", vital=False),
            ),
        ),
    ),
)


class Writes:
    """A system that wrote two sentences and quotes one clause."""

    name = "writes"

    def describe(self) -> dict[str, object]:
        return {"system": self.name}

    def answer(self, item: Item) -> Answer:
        one, two = CLAUSES
        return Answer(
            id="1",
            status=Status.ANSWERED,
            language="en",
            claims=(
                Claim(text="Libraries get one radio a year.", addresses=(one,), is_quote=False),
                Claim(text="Libraries get a ship.", addresses=(one,), is_quote=False),
                Claim(text=CLAUSES[two], addresses=(two,)),
            ),
        )


@pytest.fixture
def server() -> Iterator[ChatServer]:
    """A judge that says yes where the statement's last word stands in the text."""

    def says(asked: dict[str, Any]) -> Behaviour:
        user = unmarked_prompt(asked["messages"][-1]["content"])
        text, _, rest = user.partition("Statement: ")
        statement = rest.split("\n")[0].strip(". ")
        share = 0.9 if statement.split()[-1] in text else 0.2
        return Behaviour("Yes" if share > 0.5 else "No", likely={"Yes": share, "No": 1 - share})

    with ChatServer().running() as running:
        running.reply = says
        yield running


def opened(server: ChatServer, folder: Path) -> Judge:
    settings = Settings(data_dir=folder, chat_base_url=server.url, chat_model="made-up")
    return Judge(settings, folder)


def ran(folder: Path) -> Run:
    return run_suite(SUITE, Writes(), held(CLAUSES), folder)


def pairs() -> list[Pair]:
    made = []
    for number in range(12):
        right, fooled = number % 2 == 0, number in (3, 10)
        word = "radio" if right != fooled else "ship"
        made.append(
            Pair(
                set=SCIFACT if number < 8 else MUTATIONS,
                kind="SUPPORT" if right else "CONTRADICT",
                statement=f"Library {number} gets a {word}",
                texts=("to lend every library one radio",),
                supported=right,
            )
        )
    return made


def test_p27_claims_are_held_to_their_clauses_and_wanted_facts_to_the_answer(
    server: ChatServer, tmp_path: Path
) -> None:
    judged = judge_results(ran(tmp_path / "run"), opened(server, tmp_path), held(CLAUSES))
    asked = [(one.of, one.statement, one.yes > 0.5) for one in judged.items["A"].asked]
    assert asked == [
        ("clause", "Libraries get one radio a year.", True),
        ("clause", "Libraries get a ship.", False),
        ("answer", "One radio a year", True),
        ("answer", "Villages pay nothing", False),
    ]
    assert judged.figures["judged_support"].mean == 0.5
    assert judged.figures["judged_complete"].mean == 0.5
    assert len(server.requests) == 4
    assert all(one["temperature"] == 0 for one in server.requests)


def test_p27_a_report_says_when_the_judge_was_never_measured(
    server: ChatServer, tmp_path: Path
) -> None:
    run = ran(tmp_path / "run")
    write_report(run, tmp_path / "run")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "No judge model was used" in page
    keep(judge_results(run, opened(server, tmp_path), held(CLAUSES)), tmp_path / "run")
    write_report(run, tmp_path / "run")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "was never measured" in page
    assert "No judge model was used" not in page
    assert "Libraries get a ship." in page
    stored = json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))
    assert stored["judge"]["agreement"] is None
    assert "never measured" in stored["judge"]["reliability"]


def test_p27_a_report_prints_the_agreement_measured_for_its_judge_and_no_others(
    server: ChatServer, tmp_path: Path
) -> None:
    judge = opened(server, tmp_path)
    agreement = measure(judge, pairs())
    judge.keep(agreement)
    people = agreement.people
    assert people.pairs == 8
    assert people.accuracy.mean == 7 / 8
    assert people.kappa.mean == pytest.approx(0.75)
    assert people.kappa.low <= people.kappa.mean <= people.kappa.high
    assert (people.accepted, people.rejected) == (1, 0.75)
    assert {one.set: one.accuracy.mean for one in agreement.sets} == {
        SCIFACT: 0.875,
        MUTATIONS: 0.75,
    }
    assert [one.by_people for one in agreement.sets] == [True, False]
    assert SCIFACT in render(agreement)
    assert "0.875" in "".join(page_part(agreement.model_dump(mode="json")))

    run = ran(tmp_path / "run")
    keep(judge_results(run, opened(server, tmp_path), held(CLAUSES)), tmp_path / "run")
    write_report(run, tmp_path / "run")
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "8 pairs" in page
    assert "Cohen&#39;s kappa 0.75" in page

    other = Settings(data_dir=tmp_path, chat_base_url=server.url, chat_model="another")
    assert Judge(other, tmp_path).agreement() is None


def test_a_judgement_repeats_without_asking_again(server: ChatServer, tmp_path: Path) -> None:
    run = ran(tmp_path / "run")
    first = judge_results(run, opened(server, tmp_path), held(CLAUSES))
    asked = len(server.requests)
    server.reply = lambda _: Behaviour(status=500)
    second = judge_results(run, opened(server, tmp_path), held(CLAUSES))
    assert len(server.requests) == asked
    assert first.items == second.items


def test_a_judge_that_fails_leaves_an_item_out_and_says_so(
    server: ChatServer, tmp_path: Path
) -> None:
    server.reply = lambda _: Behaviour(status=401)
    judged = judge_results(ran(tmp_path / "run"), opened(server, tmp_path), held(CLAUSES))
    assert judged.items["A"].failed == "refused"
    assert judged.figures == {}


@pytest.mark.parametrize(
    ("said", "truth", "value"),
    [
        ([1, 1, 0, 0], [1, 1, 0, 0], 1.0),
        ([0, 0, 1, 1], [1, 1, 0, 0], -1.0),
        ([1, 1, 1, 1], [1, 1, 0, 0], 0.0),
        ([1, 1, 1, 0, 0, 0, 0, 0], [1, 1, 0, 1, 0, 0, 0, 0], 7 / 15),
        ([1, 1], [1, 1], 0.0),
    ],
)
def test_kappa(said: list[int], truth: list[int], value: float) -> None:
    found = kappa(np.array(said, dtype=bool), np.array(truth, dtype=bool))
    assert found == pytest.approx(value)


def test_a_sample_is_half_supported_and_repeats() -> None:
    made = [
        Pair(set="s", kind=f"k{n % 3}", statement=str(n), texts=(), supported=n % 3 == 0)
        for n in range(90)
    ]
    chosen = judge_pairs.sample(made, 20)
    assert chosen == judge_pairs.sample(made, 20)
    assert sum(pair.supported for pair in chosen) == 10
    assert {pair.kind for pair in chosen if not pair.supported} == {"k1", "k2"}
    assert len({pair.statement for pair in chosen}) == 20


@pytest.mark.shared
def test_the_labelled_sets_are_read(shared: Path) -> None:
    for read, name in ((judge_pairs.scifact, SCIFACT), (judge_pairs.wice, judge_pairs.WICE)):
        found = read(shared)
        assert name in BY_PEOPLE
        assert len(found) > 200
        assert {pair.set for pair in found} == {name}
        assert 0.2 < sum(pair.supported for pair in found) / len(found) < 0.8
        assert all(pair.texts and sum(map(len, pair.texts)) < 4000 for pair in found)
