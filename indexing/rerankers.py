"""Others' judges: a reranker is asked of the likeliest candidates, and what it says is calibrated.

Three kinds share one small face (`Reranker`): any sentence-transformers CrossEncoder, a rerank
endpoint as Jina, Cohere and Text Embeddings Inference speak it, and the configured chat model
(`assistant.asking.chat_judge`, which is handed in: imports run one way). Scores of different models
mean different things, so none is used as it is: `advisor train calibrate` learns on the shipped
questions how much each says (`Calibration`), and without that the packaged judge goes on alone. A
reranker that fails or is late is left out of that question, and search says so (P25).
"""

from __future__ import annotations

import hashlib
import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx
import numpy as np
import structlog
from numpy.typing import NDArray
from pydantic import ValidationError

from corpus.documents import Frozen
from indexing import judge
from indexing.building.embedding import model_fingerprint
from indexing.errors import BadReranker

Floats = NDArray[np.float64]

RERANKER = "reranker"
"""Its name among the arms of search, the signals of a passage and in traces."""

CALIBRATION = "reranker.json"
"""File of the data directory."""

SECONDS = 10.0
"""A reranker may take for one question, unless ADVISOR_RERANKER_TIMEOUT says otherwise."""

REST = 30.0
"""Seconds in which one that was late is not asked again: nobody waits for it at each question."""

log = structlog.get_logger(__name__)


class RerankerFailed(Exception):
    """Of one question; never leaves search, which goes on with the packaged judge.

    The message is for logs: names and codes, no addresses and no keys.
    """


class Reranker(Protocol):
    """Tells how well texts answer a question. Safe to call from many threads.

    Attributes:
        name: as configured, for people.
        fingerprint: changes whenever the scores would.
        at_once: questions it works on side by side.
    """

    name: str
    fingerprint: str
    at_once: int

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """A number for each text, in order, higher is better, on whatever scale.

        Raises:
            RerankerFailed: it could not be asked, or its answer is not whole.
        """
        ...


class CrossEncoderReranker:
    """Any sentence-transformers CrossEncoder, by hub name or folder."""

    at_once = 1  # it uses every core, or the whole GPU, for one

    def __init__(self, name: str) -> None:
        """Load it on whatever device sentence-transformers finds.

        Raises:
            BadReranker: there is no such model here and none could be fetched, or it sorts texts
                into classes instead of giving one score.
        """
        from sentence_transformers import CrossEncoder
        from torch import nn

        # Its bar "Loading weights" would land in the middle of ours.
        import_module("transformers.utils.logging").disable_progress_bar()
        try:
            self._model = CrossEncoder(name)
            labels = int(self._model.num_labels)
        except (OSError, ValueError, KeyError) as error:
            raise BadReranker(
                f"The reranker '{name}' could not be loaded. Set RERANKER_MODEL to a "
                "sentence-transformers CrossEncoder's name or folder, or to chat."
            ) from error
        if labels != 1:
            raise BadReranker(
                f"The model '{name}' sorts pairs into {labels} classes; a reranker gives one score."
            )
        # Its number before a sigmoid flattens the ends.
        self._plain = nn.Identity()
        self.name = name
        self.fingerprint = model_fingerprint(name, self._model)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See Reranker."""
        try:
            found = self._model.predict(
                [(question, text) for text in texts],
                activation_fn=self._plain,
                show_progress_bar=False,
            )
        except Exception as error:  # whatever an engine raises, the packaged judge goes on
            raise RerankerFailed(type(error).__name__) from error
        return [float(one) for one in np.asarray(found).reshape(-1)]


class EndpointReranker:
    """A rerank endpoint; which of the two requests it takes is tried, and then remembered.

    Jina, Cohere, vLLM and others want `documents` and name a model; Text Embeddings Inference wants
    `texts` and serves one model. Answers are a list or hold one as `results` (`data`), whose items
    give an `index` and a `relevance_score` (`score`).
    """

    at_once = 8

    def __init__(
        self, url: str, model: str | None = None, key: str | None = None, seconds: float = SECONDS
    ) -> None:
        """Nothing is sent; `url` is that of the endpoint itself, `key` a bearer token.

        Raises:
            BadReranker: `url` is not an http(s) address.
        """
        try:
            parts = urlsplit(url)
            host = parts.hostname if parts.scheme in ("http", "https") else None
        except ValueError:
            host = None
        if not host:
            raise BadReranker("RERANKER_URL is not an address like https://host/rerank.")
        self._url, self._model = url, model
        self._client = httpx.Client(
            timeout=seconds, headers={"Authorization": f"Bearer {key}"} if key else {}
        )
        self._documents_first = bool(model)
        self.name = f"{model or 'reranker'} at {host}"
        digest = hashlib.sha256(f"{url}\0{model or ''}".encode()).hexdigest()
        self.fingerprint = f"url:{digest[:16]}"

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """See Reranker."""
        first = self._documents_first
        answer = self._ask(question, texts, first)
        if answer.status_code in (400, 404, 422):  # it wants the other words
            other = self._ask(question, texts, not first)
            if other.is_success:
                answer, self._documents_first = other, not first
        if not answer.is_success:
            raise RerankerFailed(f"status {answer.status_code}")
        try:
            return told(answer.json(), len(texts))
        except ValueError as error:
            raise RerankerFailed("its answer is not JSON") from error

    def _ask(self, question: str, texts: Sequence[str], documents: bool) -> httpx.Response:
        body: dict[str, Any] = {"query": question}
        if documents:
            body |= {"documents": list(texts), "top_n": len(texts)}
            body |= {"model": self._model} if self._model else {}
        else:
            body |= {"texts": list(texts), "raw_scores": True, "truncate": True}
        try:
            return self._client.post(self._url, json=body)
        except httpx.HTTPError as error:
            raise RerankerFailed(type(error).__name__) from error


def told(answer: object, count: int) -> list[float]:
    """The scores of `count` texts in an endpoint's answer, in the order of the texts.

    Raises:
        RerankerFailed: it has another shape, or not exactly one number for each text.
    """
    rows = answer.get("results", answer.get("data")) if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        raise RerankerFailed("its answer has no list of results")
    found: dict[int, float] = {}
    for row in rows:
        if not isinstance(row, dict):
            raise RerankerFailed("a result has no index")
        index, score = row.get("index"), row.get("relevance_score", row.get("score"))
        if not isinstance(index, int) or not isinstance(score, int | float) or index in found:
            raise RerankerFailed("a result has no index and score of its own")
        found[index] = float(score)
    if sorted(found) != list(range(count)):
        raise RerankerFailed(f"{len(found)} scores for {count} texts")
    return [found[n] for n in range(count)]


class Regression(Frozen):
    """Weights of a logistic regression over columns in a known order."""

    weights: tuple[float, ...]
    intercept: float


class Calibration(Frozen):
    """What a reranker's scores are worth beside the packaged judge's chances.

    Attributes:
        fingerprint, name: of the reranker it was learned for.
        judge, late: fingerprint of the packaged judge beside it, and whether with token vectors.
        made_at: day; `questions`: how many it was learned on.
        rerank: over `indexing.judge.RERANKED`.
        answer, threshold: over `indexing.judge.TOGETHER`, once the chances are the reranker's.
    """

    fingerprint: str
    name: str
    judge: str
    late: bool
    made_at: str
    questions: int
    rerank: Regression
    answer: Regression
    threshold: float

    @classmethod
    def read(cls, home: Path) -> Calibration | None:
        """That of a data directory; None where there is none or it cannot be read."""
        path = home / CALIBRATION
        if not path.is_file():
            return None
        try:
            found = cls.model_validate_json(path.read_text(encoding="utf-8"))
        except (ValidationError, OSError, UnicodeDecodeError) as error:
            log.warning("calibration-not-read", error=type(error).__name__)
            return None
        right = (len(judge.RERANKED), len(judge.TOGETHER))
        return found if (len(found.rerank.weights), len(found.answer.weights)) == right else None

    def write(self, home: Path) -> Path:
        """Put it into a data directory, whole or not at all; returns its path."""
        path = home / CALIBRATION
        beside = path.with_suffix(".new")
        beside.write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
        beside.replace(path)
        return path

    def lacks(self, reranker: Reranker) -> str:
        """Why it says nothing of `reranker` ('' where it does), in words for the operator."""
        if self.fingerprint != reranker.fingerprint:
            return f"it was calibrated for another one ({self.name})"
        if self.judge != judge.fingerprint():
            return "it was calibrated beside another version of the packaged judge"
        return ""


class Again(NamedTuple):
    """What a reranker made of one question's candidates.

    Attributes:
        learned: chances of all candidates; `scores`: as it gave them, by place of the candidate.
        made: what takes the place of the packaged judge's parameters of that name.
    """

    learned: Floats
    scores: dict[int, float]
    made: dict[str, Any]


class Reranking:
    """A reranker with its calibration, and the patience of search."""

    def __init__(
        self, reranker: Reranker, calibration: Calibration | None, seconds: float = SECONDS
    ) -> None:
        """Without a calibration that was made for it, the reranker is never asked."""
        self._reranker, self._seconds = reranker, seconds
        self.name = reranker.name
        self.lacks = "it was never calibrated"
        if calibration is not None:
            self.lacks = calibration.lacks(reranker)
        self._calibration = None if self.lacks else calibration
        self._places = threading.BoundedSemaphore(reranker.at_once)
        self._rests_until = 0.0

    def fits(self, late: bool) -> bool:
        """Whether it is to be asked, where the packaged judge has token vectors or (not) so."""
        return self._calibration is not None and self._calibration.late is late

    def again(
        self, question: str, texts: Sequence[str], learned: Floats, looked: NDArray[np.int64]
    ) -> Again:
        """Weigh `learned` again: `texts` are those of the candidates at the places `looked`.

        Raises:
            RerankerFailed: it failed, was late, or was late a moment ago.
        """
        assert self._calibration is not None
        known = self._calibration
        scores = np.array(self.scores(question, texts))
        return Again(
            learned=judge.reranked(learned, looked, scores, known.rerank.model_dump()),
            scores={int(n): float(score) for n, score in zip(looked, scores, strict=True)},
            made={"answer": known.answer.model_dump(), "threshold": known.threshold},
        )

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """The reranker's own, in time.

        Raises:
            RerankerFailed: as `again`; or there is not one finite number for each text.
        """
        start = time.monotonic()
        if start < self._rests_until:
            raise RerankerFailed("it was late a moment ago")
        if not self._places.acquire(timeout=self._seconds):
            raise self._late()
        said: queue.SimpleQueue[list[float] | Exception] = queue.SimpleQueue()
        work = self._work(question, list(texts), said)
        threading.Thread(target=work, daemon=True).start()
        left = max(self._seconds - (time.monotonic() - start), 0.0)
        try:
            found = said.get(timeout=left)
        except queue.Empty:
            raise self._late() from None
        if isinstance(found, RerankerFailed):
            raise found
        if isinstance(found, Exception):
            raise RerankerFailed(type(found).__name__) from found
        if len(found) != len(texts) or not all(map(math.isfinite, found)):
            raise RerankerFailed(f"{len(found)} scores for {len(texts)} texts, or not numbers")
        return found

    def _work(
        self, question: str, texts: list[str], said: queue.SimpleQueue[list[float] | Exception]
    ) -> Callable[[], None]:
        """In a thread: nothing can stop an engine at work, so its place is kept till it ends."""

        def work() -> None:
            try:
                said.put(self._reranker.scores(question, texts))
            except Exception as error:  # whatever it raises, search goes on
                said.put(error)
            finally:
                self._places.release()

        return work

    def _late(self) -> RerankerFailed:
        self._rests_until = time.monotonic() + REST
        return RerankerFailed(f"over {self._seconds:g} s")
