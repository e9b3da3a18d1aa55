"""How likely is it that clauses bear a sentence out, by meaning: three ways, one setting.

`learned` (the default) is a small head over features of the packaged encoder's token vectors;
its weights were fitted by `advisor train entailment` and name the encoder they were fitted with.
Any other name is a cross-encoder of natural language inference, by hub name or folder. Where
neither can run there is no meaning to go by, and sentences are compared by their words.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import structlog

from assistant.grounding.clause import Cited
from assistant.grounding.encoder import Array, NoTokenVectors, TokenEncoder, load_encoder
from assistant.grounding.features import NAMES, Pair, features, heard_of
from corpus.documents import Frozen

log = structlog.get_logger(__name__)

LEARNED = "learned"
WORDS = "words"
FITTED = "entailment.json"
"""Weights of the learned head; a file of this name under `models/` of the data directory, fitted
there, takes the place of the packaged one."""


class Sentence(Frozen):
    """What is to be borne out: a sentence, its language, its clauses."""

    text: str
    language: str
    cited: tuple[Cited, ...]


class Judged(NamedTuple):
    """Probability that the clauses bear a sentence out, and what of theirs it leaves out: '' or
    `negation`, where it says what a clause denies and nothing in it denies."""

    probability: float
    left_out: str = ""


class Meaning(Protocol):
    """A judge of meaning.

    Attributes:
        name: for traces.
        least: probability from which it alone bears a sentence out, by the sentence's language.
        low, sure: below `low` nothing else can bear it out; from `sure` on nothing more is asked.
    """

    name: str
    low: float
    sure: float

    def least(self, language: str) -> float:
        """Probability from which a sentence in `language` is borne out without another judge."""
        ...

    def probabilities(self, sentences: Sequence[Sentence]) -> list[Judged]:
        """For each sentence, in order."""
        ...


class Fitted(Frozen):
    """Weights of the learned head.

    Attributes:
        encoder: fingerprint of the embedding model whose vectors it reads.
        names: features, in order; `mean` and `scale` standardise them, `weights` add them up.
        common: mean token vector of that encoder.
        least: by language; `low` and `sure` as of Meaning.
    """

    encoder: str
    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    common: tuple[float, ...]
    least: dict[str, float]
    low: float
    sure: float

    def probability(self, row: Any) -> float:
        """Of one row of features."""
        standard = (np.asarray(row) - np.array(self.mean)) / np.array(self.scale)
        return float(1.0 / (1.0 + np.exp(-float(standard @ np.array(self.weights)) - self.bias)))


class Head:
    """The learned head over an encoder."""

    name = LEARNED

    def __init__(self, encoder: TokenEncoder, fitted: Fitted) -> None:
        """`fitted` with `encoder`, or one alike."""
        self._encoder, self._fitted = encoder, fitted
        self._common: Array = np.array(fitted.common, np.float32)
        self._read: dict[str, Any] = {}
        self.low, self.sure = fitted.low, fitted.sure

    def least(self, language: str) -> float:
        """See Meaning."""
        return self._fitted.least.get(language, max(self._fitted.least.values()))

    def probabilities(self, sentences: Sequence[Sentence]) -> list[Judged]:
        """See Meaning. A clause is read once for all sentences on it."""
        texts = [
            text for one in sentences for text in (one.text, *(heard_of(c) for c in one.cited))
        ]
        new = [text for text in dict.fromkeys(texts) if text not in self._read]
        if len(self._read) > _MOST_READ:
            self._read.clear()
            new = list(dict.fromkeys(texts))
        self._read.update(zip(new, self._encoder.encode(new), strict=True) if new else ())
        return [self._judged(one) for one in sentences]

    def _judged(self, one: Sentence) -> Judged:
        pair = Pair(
            text=one.text,
            language=one.language,
            cited=one.cited,
            ours=self._read[one.text],
            heard=tuple(self._read[heard_of(c)] for c in one.cited),
        )
        row = features(pair, self._common)
        denied = row[NAMES.index("negation_near")] >= DENIED
        return Judged(self._fitted.probability(row), "negation" if denied else "")


DENIED = 0.2
"""How well a sentence without a negation may cover what a clause denies. Of 209 true sentences of
the tuned half 3 go over it, of 38 false ones that no other rule catches 10."""

_MOST_READ = 2000
"""Texts whose vectors are held: some 100 MB."""


class CrossEncoder:
    """Any cross-encoder of natural language inference, through sentence-transformers."""

    low, sure = 0.2, 0.98

    def __init__(self, name: str) -> None:
        """Load it. Raises OSError or ValueError if there is no such model here."""
        from sentence_transformers import CrossEncoder as Loaded

        self.name = name
        self._model: Any = Loaded(name)
        labels = getattr(self._model.model.config, "id2label", {}) or {}
        named = {str(label).lower(): int(index) for index, label in labels.items()}
        self._place = next((n for label, n in named.items() if label.startswith("entail")), None)

    def least(self, language: str) -> float:
        """See Meaning."""
        return 0.5

    def probabilities(self, sentences: Sequence[Sentence]) -> list[Judged]:
        """See Meaning."""
        pairs = [(" ".join(heard_of(c) for c in one.cited), one.text) for one in sentences]
        raw = np.asarray(self._model.predict(pairs, convert_to_numpy=True, show_progress_bar=False))
        if raw.ndim == 1 or raw.shape[1] == 1:
            flat = raw.reshape(-1)
            inside = (flat >= 0).all() and (flat <= 1).all()
            return [Judged(float(p)) for p in (flat if inside else 1 / (1 + np.exp(-flat)))]
        shares = np.exp(raw - raw.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        place = self._place if self._place is not None else _ENTAILMENT
        return [Judged(float(row[place])) for row in shares]


_ENTAILMENT = 1
"""Place of entailment where a model names no labels: sentence-transformers' own NLI models order
them contradiction, entailment, neutral."""


def packaged() -> Fitted | None:
    """The weights that ship with the program; None where they are missing."""
    held = files("assistant.grounding").joinpath(FITTED)
    return Fitted.model_validate_json(held.read_text("utf-8")) if held.is_file() else None


@lru_cache(maxsize=4)
def load_meaning(choice: str, embedding_model: str, home: Path) -> Meaning | None:
    """The judge of meaning that `choice` names, loaded once; None where words must do.

    Args:
        choice: `learned`, `words`, or a cross-encoder's name or folder.
        embedding_model: as EMBEDDING_MODEL names it: whose vectors the learned head reads.
        home: data directory; weights fitted there come first.
    """
    if choice == WORDS:
        return None
    if choice != LEARNED:
        return CrossEncoder(choice)
    own = home / "models" / FITTED
    fitted = Fitted.model_validate_json(own.read_text("utf-8")) if own.is_file() else packaged()
    if fitted is None:
        return None
    try:
        encoder = load_encoder(embedding_model)
    except NoTokenVectors:
        return None
    if encoder.fingerprint != fitted.encoder or fitted.names != NAMES:
        log.warning("entailment-not-fitted", fitted=fitted.encoder, used=encoder.fingerprint)
        return None
    return Head(encoder, fitted)


def save(fitted: Fitted, path: Path) -> None:
    """Write weights, four figures each."""
    raw = fitted.model_dump()
    for name in ("mean", "scale", "weights", "common"):
        raw[name] = [float(f"{value:.4g}") for value in raw[name]]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
