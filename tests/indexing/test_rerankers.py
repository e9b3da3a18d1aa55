"""Others' judges: a real CrossEncoder, a real endpoint, what search makes of them, and failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.database import open_database, sqlite_url
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from indexing import judge, rerankers, search
from indexing.building.embedding import HashingEmbedder
from indexing.building.sync import sync
from indexing.errors import BadReranker
from indexing.rerankers import (
    CALIBRATION,
    RERANKER,
    Calibration,
    CrossEncoderReranker,
    EndpointReranker,
    Regression,
    Reranker,
    RerankerFailed,
    Reranking,
)
from indexing.search import Searcher
from tests.indexing import made_judge
from tests.indexing.conftest import resolution
from tests.indexing.rerank_server import RerankServer, Speaks, as_cohere, as_jina, as_tei
from tests.indexing.tiny_cross_encoder import write_cross_encoder

TEXTS = ["bread is baked in the morning", "the keeper lights the lamp", "the lamp is lit"]
QUESTION = "who lights the lamp"
SHARED = [1.0, 3.0, 2.0]
"""Words of each text that the question has too."""


@pytest.fixture
def server() -> Iterator[RerankServer]:
    with RerankServer().running() as running:
        yield running


class Said:
    """A reranker that says what it is told to."""

    name = "told"
    fingerprint = "told:1"
    at_once = 1

    def __init__(self, say: dict[str, float] | Exception, late: bool = False) -> None:
        """`late`: it says nothing before `go` is set."""
        self.say = say
        self.go = threading.Event()
        if not late:
            self.go.set()
        self.asked: list[tuple[str, list[str]]] = []

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, list(texts)))
        self.go.wait(30)
        if isinstance(self.say, Exception):
            raise self.say
        known = self.say
        return [
            next((score for words, score in known.items() if words in text), -5.0) for text in texts
        ]


def calibrated(reranker: Reranker, late: bool = False, **changes: object) -> Calibration:
    """That the reranker decides, whatever the packaged judge thinks."""
    made = Calibration(
        fingerprint=reranker.fingerprint,
        name=reranker.name,
        judge=made_judge.FINGERPRINT,
        late=late,
        made_at="2030-01-01",
        questions=50,
        rerank=Regression(weights=(0.1, 1.0, 0.0), intercept=0.0),
        answer=Regression(weights=(1.0, *[0.0] * (len(judge.TOGETHER) - 1)), intercept=0.0),
        threshold=0.5,
    )
    return made.model_copy(update=changes)


# -- a CrossEncoder ------------------------------------------------------------------------------


def test_a_cross_encoder_from_a_folder_scores_each_text_before_any_sigmoid(tmp_path: Path) -> None:
    write_cross_encoder(tmp_path / "one")
    reranker = CrossEncoderReranker(str(tmp_path / "one"))
    together = reranker.scores(QUESTION, TEXTS)
    assert len(together) == len(set(together)) == 3
    alone = [reranker.scores(QUESTION, [text])[0] for text in TEXTS]
    assert together == pytest.approx(alone, abs=1e-4)
    squeezed = reranker._model.predict([(QUESTION, text) for text in TEXTS])
    assert 1 / (1 + np.exp(-np.array(together))) == pytest.approx(squeezed, abs=1e-4)


def test_other_weights_are_another_fingerprint(tmp_path: Path) -> None:
    write_cross_encoder(tmp_path / "a" / "same", seed=1)
    write_cross_encoder(tmp_path / "b" / "same", seed=2)
    first, again, other = (
        CrossEncoderReranker(str(tmp_path / where / "same")).fingerprint for where in "aab"
    )
    assert first == again != other


def test_what_is_no_reranker_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(BadReranker, match="RERANKER_MODEL"):
        CrossEncoderReranker(str(tmp_path / "nothing"))
    write_cross_encoder(tmp_path / "classes", labels=3)
    with pytest.raises(BadReranker, match="3 classes"):
        CrossEncoderReranker(str(tmp_path / "classes"))


# -- an endpoint ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("speaks", "wants", "model"),
    [(as_jina, "documents", "jina"), (as_cohere, "documents", "cohere"), (as_tei, "texts", None)],
)
def test_each_shape_of_answer_is_read_in_the_order_of_the_texts(
    server: RerankServer, speaks: Speaks, wants: str, model: str | None
) -> None:
    server.speaks, server.wants = speaks, wants
    reranker = EndpointReranker(server.url, model, "a-key")
    assert reranker.scores(QUESTION, TEXTS) == SHARED
    assert len(server.requests) == 1
    (asked,) = server.requests
    assert (asked["query"], asked[wants]) == (QUESTION, TEXTS)
    assert asked.get("model") == model
    assert server.keys == ["Bearer a-key"]


@pytest.mark.parametrize(("wants", "model"), [("documents", None), ("texts", "a-model")])
def test_an_endpoint_that_wants_the_other_request_is_found_out_once(
    server: RerankServer, wants: str, model: str | None
) -> None:
    server.wants = wants
    reranker = EndpointReranker(server.url, model)
    assert reranker.scores(QUESTION, TEXTS) == SHARED
    assert reranker.scores(QUESTION, TEXTS) == SHARED
    assert [wants in asked for asked in server.requests] == [False, True, True]
    assert server.keys == [None] * 3


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"{}",
        b"7",
        b"[7]",
        b'[{"index": 0, "score": 1}]',
        b'[{"index": 0, "score": 1}, {"index": 1, "score": 1}, {"index": 1, "score": 1}]',
        b'[{"index": 0, "score": 1}, {"index": 1, "score": 1}, {"index": 3, "score": 1}]',
        b'{"results": [{"index": 0}, {"index": 1}, {"index": 2}]}',
        b'{"results": [{"index": "0", "relevance_score": 1}]}',
    ],
)
def test_half_an_answer_is_none(server: RerankServer, answer: bytes) -> None:
    server.raw = answer
    with pytest.raises(RerankerFailed):
        EndpointReranker(server.url).scores(QUESTION, TEXTS)


@pytest.mark.parametrize("status", [301, 400, 401, 429, 500, 503])
def test_an_error_of_the_endpoint_is_a_failure_that_tells_no_secret(
    server: RerankServer, status: int
) -> None:
    server.status = status
    with pytest.raises(RerankerFailed, match=str(status)) as failure:
        EndpointReranker(server.url, key="a-secret").scores(QUESTION, TEXTS)
    assert "secret" not in str(failure.value)
    assert "127.0.0.1" not in str(failure.value)


def test_an_endpoint_that_is_away_or_silent_is_a_failure(server: RerankServer) -> None:
    with pytest.raises(RerankerFailed, match="ConnectError"):
        EndpointReranker("http://127.0.0.1:9/rerank").scores(QUESTION, TEXTS)
    server.stalls = True
    start = time.monotonic()
    with pytest.raises(RerankerFailed, match="Timeout"):
        EndpointReranker(server.url, seconds=0.3).scores(QUESTION, TEXTS)
    assert time.monotonic() - start < 20


@pytest.mark.parametrize("url", ["rerank", "ftp://host/x", "http://", "http://[bad"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadReranker, match="RERANKER_URL"):
        EndpointReranker(url)


# -- patience ------------------------------------------------------------------------------------


def test_one_that_is_late_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Said({"lamp": 1.0}, late=True)
    reranking = Reranking(slow, None, 0.1)
    for _ in range(3):
        with pytest.raises(RerankerFailed):
            reranking.scores(QUESTION, TEXTS)
    assert len(slow.asked) <= 1
    slow.go.set()
    patient = Reranking(slow, None)
    assert patient.scores(QUESTION, TEXTS) == [-5.0, 1.0, 1.0]
    monkeypatch.setattr(patient, "_rests_until", time.monotonic() + 60)
    with pytest.raises(RerankerFailed, match="a moment ago"):
        patient.scores(QUESTION, TEXTS)


def test_an_engine_still_at_work_is_given_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rerankers, "REST", 0.0)
    busy = Said({}, late=True)
    reranking = Reranking(busy, None, 0.1)
    before = threading.active_count()
    for _ in range(4):
        with pytest.raises(RerankerFailed, match="over"):
            reranking.scores(QUESTION, TEXTS)
    assert threading.active_count() <= before + 1
    busy.go.set()
    monkeypatch.setattr(reranking, "_seconds", 10.0)
    assert reranking.scores(QUESTION, TEXTS) == [-5.0] * 3
    assert len(busy.asked) == 2


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_a_failure(value: float) -> None:
    with pytest.raises(RerankerFailed):
        Reranking(Said({"lamp": value}), None).scores(QUESTION, TEXTS)


# -- calibration ---------------------------------------------------------------------------------


def test_a_calibration_comes_back_as_it_was_written(tmp_path: Path) -> None:
    assert Calibration.read(tmp_path) is None
    made = calibrated(Said({}))
    made.write(tmp_path)
    assert Calibration.read(tmp_path) == made
    (tmp_path / CALIBRATION).write_text("{}")
    assert Calibration.read(tmp_path) is None


def test_only_a_calibration_of_this_reranker_and_this_judge_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made_judge.put(monkeypatch)
    one = Said({})
    assert Reranking(one, calibrated(one)).fits(late=False)
    assert not Reranking(one, calibrated(one)).fits(late=True)
    for calibration, why in (
        (None, "never calibrated"),
        (calibrated(one, fingerprint="other"), "another one"),
        (calibrated(one, judge="older"), "another version"),
    ):
        reranking = Reranking(one, calibration)
        assert why in reranking.lacks
        assert not reranking.fits(late=False)


def test_chances_follow_the_scores_and_the_rest_stays_below() -> None:
    learned = np.array([0.9, 0.8, 0.7, 0.6])
    looked = np.array([0, 2])
    model = {"weights": [0.5, 2.0, 0.1], "intercept": -1.0}
    found = judge.reranked(learned, looked, np.array([-2.0, 2.0]), model)
    expected = 1 / (1 + np.exp(-(0.5 * np.log(0.7 / 0.3) + 2 * 2.0 + 0.1 * 0 - 1)))
    assert found[2] == pytest.approx(expected)
    assert found[2] > found[0]
    assert max(found[1], found[3]) <= found[0]


# -- in search -----------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "files").mkdir()
    held = Shelf(open_database(sqlite_url(tmp_path / "advisor.db")), tmp_path / "files")
    documents = [
        resolution(
            1,
            "to keep every lighthouse of the coast lit at night, in all weathers",
            "to paint the towers white, so that they can be seen by day",
        ),
        resolution(2, "to lend bicycles to sailors who stay in port", title="Bicycles", body="pp"),
    ]
    held.put(documents, Source.of("made.xml", b"made"), "test")
    sync(held, tmp_path, HashingEmbedder())
    return held


@pytest.fixture
def open_search(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> Iterator[_Opening]:
    made_judge.put(monkeypatch)
    monkeypatch.setattr(search, "packaged_encoder", lambda: None)
    opening = _Opening(tmp_path, shelf)
    yield opening
    for searcher in opening.opened:
        searcher.close()


class _Opening:
    def __init__(self, home: Path, shelf: Shelf) -> None:
        self.home, self.shelf = home, shelf
        self.opened: list[Searcher] = []

    def __call__(self, reranking: Reranking | None) -> Searcher:
        searcher = Searcher(
            self.home,
            self.shelf,
            HashingEmbedder(),
            catalogue=Catalogue(()),
            reranking=reranking,
        )
        self.opened.append(searcher)
        return searcher


ASKED = "which lighthouse is lit at night"


def test_a_calibrated_reranker_orders_and_decides(open_search: _Opening) -> None:
    told = Said({"towers": 4.0})
    searcher = open_search(Reranking(told, calibrated(told)))
    result = searcher.search(ASKED, language="en")
    assert "towers" in result.evidence[0].passage.text
    assert result.evidence[0].signals[RERANKER] == 4.0
    assert result.evidence[0].score > 0.9
    assert result.enough
    assert result.degraded == ()
    assert result.trace[RERANKER] == "told"
    ((question, texts),) = told.asked
    assert question == ASKED
    assert any("Bicycles" in text and "sailors" in text for text in texts)  # with their titles


def test_a_reranker_that_sees_no_answer_has_the_question_refused(open_search: _Opening) -> None:
    told = Said({})
    alone = open_search(None).search(ASKED, language="en")
    both = open_search(Reranking(told, calibrated(told))).search(ASKED, language="en")
    assert alone.enough
    assert not both.enough


@pytest.mark.parametrize("trouble", ["fails", "late", "short"])
def test_p25_a_reranker_that_fails_is_named_and_the_packaged_judge_decides(
    open_search: _Opening, trouble: str
) -> None:
    told = Said(RuntimeError("out of memory"))
    if trouble == "late":
        told = Said({"towers": 4.0}, late=True)
    if trouble == "short":
        told.scores = lambda question, texts: [1.0]  # type: ignore[method-assign]
    alone = open_search(None).search(ASKED, language="en")
    result = open_search(Reranking(told, calibrated(told), 0.1)).search(ASKED, language="en")
    assert result.degraded == (RERANKER,)
    assert result.evidence == alone.evidence
    assert (result.enough, result.answerable) == (alone.enough, alone.answerable)
    assert RERANKER not in result.trace


def test_without_a_calibration_it_is_never_asked(open_search: _Opening) -> None:
    told = Said({"towers": 4.0})
    alone = open_search(None).search(ASKED, language="en")
    result = open_search(Reranking(told, None)).search(ASKED, language="en")
    assert result.evidence == alone.evidence
    assert result.degraded == ()
    assert told.asked == []


def test_what_a_question_names_still_comes_first(open_search: _Opening) -> None:
    told = Said({"towers": 4.0, "sailors": 0.0})
    searcher = open_search(Reranking(told, calibrated(told)))
    result = searcher.search("What does Resolution 2 say about towers?", language="en")
    assert result.named == ("pp-res-2@2020",)
    assert result.evidence[0].passage.document == "pp-res-2@2020"


def test_a_real_endpoint_takes_part_in_search(open_search: _Opening, server: RerankServer) -> None:
    server.speaks, server.wants = as_cohere, "documents"
    reranker = EndpointReranker(server.url, "a-model")
    searcher = open_search(Reranking(reranker, calibrated(reranker)))
    assert searcher.search(ASKED, language="en").evidence[0].signals[RERANKER] >= 1
    server.status = 503
    assert searcher.search(ASKED, language="en").degraded == (RERANKER,)
