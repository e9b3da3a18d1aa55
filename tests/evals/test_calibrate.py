"""What a reranker is worth is learned: on questions written for a made-up shelf."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.database import open_database, sqlite_url
from corpus.documents import Document
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from evals.suites.folders import clause_lookup
from evals.training import calibrate
from evals.training.data import part
from evals.training.judge import table
from indexing import search
from indexing.building.embedding import HashingEmbedder
from indexing.building.sync import sync
from indexing.rerankers import RerankerFailed, Reranking
from indexing.search import Searcher
from tests.indexing import made_judge
from tests.indexing.conftest import resolution

NOTHING = Catalogue(())
THINGS = (
    "amber basalt copper damask ebony flint garnet hemp indigo jade kelp linen marble nacre "
    "onyx pearl quartz resin slate topaz umber velvet walnut zircon"
).split()


def _documents() -> list[Document]:
    """Kept and learned-from ones, two clauses each that share all words but one."""
    return [
        resolution(
            number,
            f"to lend {thing} to every harbour of the coast",
            f"to count {thing} in every harbour of the coast",
            title=f"On {thing}",
        )
        for number, thing in enumerate(THINGS, 1)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Questions over the corpus `made`: in other words, so that shared words do not tell."""
    where = tmp_path / "questions"
    where.mkdir()
    rows = []
    for document, thing in zip(_documents(), THINGS, strict=True):
        lend, count = f"{document.id}#resolves.1", f"{document.id}#resolves.2"
        rows += [
            {"id": f"{thing}-1", "q": f"who may borrow {thing}?", "kind": "lookup", "gold": [lend]},
            {"id": f"{thing}-2", "q": f"a census of {thing}?", "kind": "lookup", "gold": [count]},
            {"id": f"{thing}-3", "q": f"the price of {thing}?", "kind": "near_miss", "gold": [],
             "near": [lend]},
        ]  # fmt: skip
    rows.append(
        {"id": "away", "q": "x?", "kind": "lookup", "gold": ["made-res-99@2020#resolves.1"]}
    )
    lines = [json.dumps({"lang": "en", **row}) for row in rows]
    (where / "made.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return where


class Knows:
    """A reranker that understands these questions; its scale is its own."""

    name, fingerprint, at_once = "knows", "knows:1", 1

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        thing = question.rstrip("?").split()[-1]
        verb = "lend" if "borrow" in question else "count" if "census" in question else "sell"
        return [100.0 + 3 * (f"{verb} {thing}" in text) for text in texts]


class Noise(Knows):
    """One that says the same of everything."""

    name, fingerprint = "noise", "noise:1"

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return [1.0 for _ in texts]


@pytest.fixture
def searcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Searcher]:
    made_judge.put(monkeypatch)
    monkeypatch.setattr(search, "packaged_encoder", lambda: None)
    monkeypatch.setattr(calibrate, "FEWEST", 8)
    made = Searcher(tmp_path, _shelf(tmp_path), HashingEmbedder(), catalogue=NOTHING)
    yield made
    made.close()


def _shelf(home: Path) -> Shelf:
    shelf = Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")
    shelf.put(_documents(), Source(name="made", sha256="0" * 64), "test")
    sync(shelf, home, HashingEmbedder())
    return shelf


def _heard(searcher: Searcher, reranker: Knows, folder: Path, home: Path) -> list[calibrate.Heard]:
    shelf = Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")
    asked = calibrate.shipped(clause_lookup(shelf), True, folder)
    return calibrate.hear(searcher, reranker, asked, calibrate.corpora(folder), NOTHING)


def test_only_questions_over_texts_held_and_not_learned_from_are_taken(
    searcher: Searcher, folder: Path, tmp_path: Path
) -> None:
    shelf = Shelf(open_database(sqlite_url(tmp_path / "advisor.db")), tmp_path / "files")
    every = calibrate.shipped(clause_lookup(shelf), True, folder)
    kept = calibrate.shipped(clause_lookup(shelf), False, folder)
    assert len(every) == 3 * len(THINGS)
    about = {a.partition("#")[0] for q in kept for a in (*q.gold, *q.near)}
    assert about == {d.id for d in _documents() if part(d.id) == "kept"}


def test_a_reranker_that_understands_is_believed(
    searcher: Searcher, folder: Path, tmp_path: Path
) -> None:
    heard = _heard(searcher, Knows(), folder, tmp_path)
    measured = calibrate.measure(heard, "knows", NOTHING)
    before = table(measured.packaged, "")["all"]
    after = table(measured.reranked, "")["all"]
    assert after["hit1"].mean > max(before["hit1"].mean, 0.9)
    assert after["near_miss"].mean > max(before["near_miss"].mean, 0.9)
    assert after["needless"].mean < 0.1
    learned = calibrate.calibration(heard, Knows(), NOTHING)
    assert learned.rerank.weights[1] + learned.rerank.weights[2] > 0
    assert "knows" in calibrate.render(measured)
    assert not any("does not help" in line for line in calibrate.lines(measured))
    learned.write(tmp_path)
    home = Reranking(Knows(), learned)
    assert home.fits(late=False)


def test_one_that_says_nothing_changes_little_and_is_said_to(
    searcher: Searcher, folder: Path, tmp_path: Path
) -> None:
    heard = _heard(searcher, Noise(), folder, tmp_path)
    learned = calibrate.calibration(heard, Noise(), NOTHING)
    assert abs(learned.rerank.weights[1]) < 1e-6
    measured = calibrate.measure(heard, "noise", NOTHING)
    before, after = (
        table(some, "")["all"]["hit1"].mean for some in (measured.packaged, measured.reranked)
    )
    assert after == pytest.approx(before, abs=0.05)


def test_too_few_questions_and_one_that_fails_are_said(
    searcher: Searcher, folder: Path, tmp_path: Path
) -> None:
    class Broken(Knows):
        def scores(self, question: str, texts: Sequence[str]) -> list[float]:
            raise RerankerFailed("status 503")

    heard = _heard(searcher, Knows(), folder, tmp_path)
    with pytest.raises(calibrate.TooFew, match="corpus starter"):
        calibrate.fit(heard[:5], NOTHING)
    with pytest.raises(calibrate.NotHeard, match="503"):
        _heard(searcher, Broken(), folder, tmp_path)
