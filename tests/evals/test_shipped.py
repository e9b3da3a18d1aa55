"""What the shipped suites must hold, read without an index."""

from __future__ import annotations

from collections import Counter

from evals.suites.folders import suite_path
from evals.suites.gating import load_gate
from evals.suites.suite import load_suite


def test_there_are_150_questions_of_our_own_of_every_kind() -> None:
    items = load_suite(suite_path("starter")).items
    own = [item for item in items if "/" not in item.id]
    kinds = Counter(item.type for item in own)
    assert len(own) >= 150
    wanted = "lookup actor mandate multi_doc two_turn unanswerable false_premise injection editions"
    assert all(kinds[kind] >= 5 for kind in wanted.split()), kinds
    languages = Counter(item.language for item in items)
    assert all(languages[language] >= 20 for language in ("ar", "es", "fr", "ru", "zh"))


def test_the_smoke_suite_touches_every_language_and_most_kinds() -> None:
    smoke = load_suite(suite_path("smoke")).items
    assert 20 <= len(smoke) <= 45
    assert len({item.language for item in smoke}) == 6
    assert len({item.type for item in smoke}) >= 9


def test_no_question_copies_its_clause(starter_clauses: dict[str, str]) -> None:
    for item in load_suite(suite_path("starter")).items:
        words = item.question.casefold().split()
        runs = {" ".join(words[n : n + 6]) for n in range(len(words) - 5)}
        for address in item.gold:
            text = " ".join(starter_clauses[address].casefold().split())
            assert not [run for run in runs if run in text], item.id


def test_the_gate_names_figures_that_exist() -> None:
    from evals.suites.figures import NAMES, RATES
    from evals.suites.folders import gate_path

    known = {*NAMES, *RATES, "errors"}
    for line in load_gate(gate_path("small")):
        assert line.figure.split(".")[-1] in known
