"""The data that is learned from, and the parts of the training that can be tried in a moment."""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from corpus.shelf.starter import packaged_digests
from evals.training.cases import rarity_of, write_rarity
from evals.training.data import learning, part, read_questions

QUESTIONS = Path(str(files("evals"))) / "data" / "questions"


@pytest.mark.parametrize("name", sorted(f.name for f in QUESTIONS.glob("*.jsonl")))
def test_every_question_is_whole(name: str) -> None:
    asked = list(read_questions(QUESTIONS / name, name.removesuffix(".jsonl")))
    assert len({q.id for q in asked}) == len(asked) > 100
    assert {q.language for q in asked} == {"en", "fr", "es", "ar", "zh", "ru"}
    for question in asked:
        assert question.question.strip()
        assert bool(question.gold) == (question.kind not in ("near_miss", "not_held")), question.id
        assert not set(question.gold) & set(question.near)


def test_our_questions_over_the_starter_corpus_name_statements_that_are_there() -> None:
    held = {
        str(p.digest.document.address(section, clause))
        for p in packaged_digests()
        for section, clause in p.digest.document.clauses()
    }
    for question in read_questions(QUESTIONS / "starter.jsonl", "starter"):
        assert {*question.gold, *question.also, *question.near} <= held, question.id


def test_a_document_is_in_one_part_whatever_its_edition() -> None:
    assert part("pp-res-205@2018") == part("pp-res-205@2022") == part("pp-res-205")
    documents = [p.digest.document.id for p in packaged_digests()]
    counts = Counter(part(d) for d in documents)
    assert set(counts) == {"one", "two", "kept"}
    assert min(counts["one"], counts["two"]) > 0.3 * len(documents)


def test_what_is_left_out_is_nowhere_in_what_is_learned_from() -> None:
    asked = list(read_questions(QUESTIONS / "starter.jsonl", "starter"))
    for without in ("one", "two"):
        for question in learning(asked, without):
            about = {a.partition("#")[0] for a in question.gold or question.near}
            assert not {part(document) for document in about} & {without, "kept"}


def test_rare_tokens_weigh_more_and_unseen_ones_most(tmp_path: Path) -> None:
    weights = rarity_of([[1, 2], [1, 3], [1]], 6)
    assert weights[1] < weights[2] == weights[3] < weights[5] == 1
    write_rarity(weights, tmp_path / "rarity.npz")
    with np.load(tmp_path / "rarity.npz") as held:
        assert sorted(held["ids"].tolist()) == [1, 2, 3]
        assert int(held["words"]) == 6


def test_the_shipped_judge_has_a_weight_for_every_column() -> None:
    raw = json.loads((Path(str(files("indexing"))) / "judge.json").read_text("utf-8"))
    for name in ("late", "plain"):
        for regression in ("clause", "answer"):
            assert len(raw[name][regression]["weights"]) == len(raw["columns"][regression])
        assert 0 < raw[name]["threshold"] < 1


def test_each_triple_comes_once_an_epoch_in_batches_of_few_documents() -> None:
    pytest.importorskip("datasets")
    from evals.training.encoder import InDocuments

    documents = [f"d{n // 12}" for n in range(120)]
    batches = list(InDocuments(documents, 24, 7))
    assert sorted(n for batch in batches for n in batch) == list(range(120))
    assert max(len({documents[n] for n in batch}) for batch in batches) <= 6
