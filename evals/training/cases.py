"""Questions with their candidates and signals, as search would give them, without an index.

Everything that decides is search's own (`indexing.search`, `indexing.signals`); only the arms are
plain here: exact cosines over all passages, BM25 over the same texts. So a fold's encoder can be
tried in minutes, and nothing has to be indexed for it.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.language.tokens import analyse, analyse_query
from corpus.shelf.catalogue import Catalogue
from evals.training.data import Asked
from indexing.building.chunking import embedded_head, embedded_text
from indexing.building.lexical import K1, B, lexical_text
from indexing.building.passages import Filters, Passage
from indexing.encoder import Encoder, Tokens
from indexing.late import NAMES, unmet
from indexing.query import Query, understand
from indexing.search import DENSE, LEXICAL, NAMED, named_documents, ruled, without_names
from indexing.signals import SIGNALS, Translations, in_own_language, of_candidates
from indexing.tokens import Read
from indexing.translated import by_place

Floats = NDArray[np.float64]
EVERYTHING = Filters()


class Case:
    """One question over one corpus.

    Attributes:
        passages: candidates; `signals`: their rows; `right`: which of them may be cited.
        tokens: the question's, how many; `read`: the question by its tokens.
    """

    def __init__(
        self,
        asked: Asked,
        query: Query,
        named: frozenset[str],
        held: frozenset[str],
        passages: Sequence[Passage],
        reads: Sequence[Read],
        signals: NDArray[np.float32],
        read: Read,
    ) -> None:
        self.asked, self.query, self.named, self.held = asked, query, named, held
        self.passages, self.reads, self.signals, self.read = passages, reads, signals, read
        self.tokens = len(read.tokens.ids)
        self.right = np.array([bool(asked.right & set(p.addresses)) for p in passages])

    def after_rules(self, chances: Iterable[float], catalogue: Catalogue) -> Floats:
        """The chances after what the question says outright, as search has it."""
        return np.array(
            [
                ruled(float(chance), p, self.query, self.named, self.held, EVERYTHING, catalogue)
                for chance, p in zip(chances, self.passages, strict=True)
            ]
        )

    def without_tokens(self) -> Case:
        """The same question where there is no encoder: the arms are all that is known."""
        signals = self.signals.copy()
        signals[:, : len(NAMES)] = 0
        for name in ("late_gap", "body_gap"):
            signals[:, SIGNALS.index(name)] = 0
        return Case(
            self.asked, self.query, self.named, self.held, self.passages, self.reads, signals,
            self.read,
        )  # fmt: skip

    def unmet(self, place: int) -> Floats:
        """What the candidate at `place` leaves open of the question (`indexing.late.unmet`)."""
        unit = self.read.tokens.unit()
        return np.asarray(unmet(self.read.tokens, unit, self.reads[place].tokens), dtype=np.float64)

    def ranked(self, chances: Floats) -> list[str]:
        """Addresses, likeliest first, each once."""
        order = np.argsort(-chances, kind="stable")
        return list(dict.fromkeys(a for n in order for a in self.passages[n].addresses))


class Corpus:
    """Passages of one corpus, encoded by one encoder, with a plain BM25 beside."""

    def __init__(
        self,
        name: str,
        passages: Sequence[Passage],
        encoder: Encoder,
        translations: Mapping[str, Sequence[Passage]] = {},
    ) -> None:
        """Encodes every passage; `translations`: the same passages in other languages."""
        import bm25s

        self.name, self.passages, self._encoder = name, list(passages), encoder
        texts = [embedded_text(p) for p in passages]
        self._vectors, tokens = encoder.read_passages(texts)
        self._reads = [
            Read(t, encoder.count(embedded_head(p))) for p, t in zip(passages, tokens, strict=True)
        ]
        vocabulary: dict[str, int] = {}
        documents = [
            [
                vocabulary.setdefault(t, len(vocabulary))
                for t in analyse(lexical_text(p), p.language)
            ]
            for p in passages
        ]
        self._words: Any = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
        self._words.index((documents, vocabulary), show_progress=False, create_empty_token=False)
        self._translations = {
            language: self._by_place(held) for language, held in translations.items()
        }
        self._held = frozenset(p.document for p in passages)
        self._countries = frozenset(p.country for p in passages if p.country)

    def _by_place(self, passages: Sequence[Passage]) -> dict[tuple[str, ...], Read]:
        first = by_place(passages)
        _, tokens = self._encoder.read_passages([embedded_text(p) for p in first.values()])
        return {
            place: Read(read, self._encoder.count(embedded_head(passage)))
            for (place, passage), read in zip(first.items(), tokens, strict=True)
        }

    def _into(self, language: str) -> Translations:
        held = self._translations.get(language, {})

        def read(found: Sequence[Passage]) -> Mapping[str, Read]:
            return {p.id: held[p.addresses] for p in found if p.addresses in held}

        return read

    @property
    def tokens(self) -> list[Tokens]:
        """Of every passage."""
        return [read.tokens for read in self._reads]

    def cases(self, questions: Sequence[Asked], catalogue: Catalogue) -> list[Case]:
        """A case for each question over this corpus."""
        mine = [q for q in questions if q.corpus == self.name]
        queries = [understand(q.question, q.language, catalogue, self._countries) for q in mine]
        named = [named_documents(query, self._held) for query in queries]
        texts = [without_names(q) if n else q.text for q, n in zip(queries, named, strict=True)]
        vectors, tokens = self._encoder.read_queries(texts)
        return [
            self._case(asked, query, names, vector, Read(read, 0))
            for asked, query, names, vector, read in zip(
                mine, queries, named, vectors, tokens, strict=True
            )
        ]

    def _case(
        self,
        asked: Asked,
        query: Query,
        named: frozenset[str],
        vector: NDArray[np.float32],
        read: Read,
    ) -> Case:
        cosines = self._vectors @ vector
        inside = np.array([p.document in named for p in self.passages])
        dense = _best(cosines, DENSE) | (_best(np.where(inside, cosines, -9.0), NAMED, -8.0))
        known = self._words.get_tokens_ids(analyse_query(query.text, query.language))
        scores = self._words.get_scores_from_ids(known) if known else np.zeros(len(self.passages))
        lexical = _best(scores, LEXICAL, 0.0) | _best(np.where(inside, scores, 0.0), NAMED, 0.0)
        found = list(dict.fromkeys([*dense, *lexical]))
        floor = min(dense.values())
        passages = [self.passages[n] for n in found]
        reads = in_own_language(
            read, passages, [self._reads[n] for n in found], self._into(query.language)
        )
        signals = of_candidates(
            read,
            passages,
            reads,
            [dense.get(n, floor) for n in found],
            [lexical.get(n, 0.0) for n in found],
        )
        return Case(asked, query, named, self._held, passages, reads, signals, read)


def _best(scores: NDArray[Any], most: int, above: float = -2.0) -> dict[int, float]:
    order = np.argsort(-scores, kind="stable")[:most]
    return {int(n): float(scores[n]) for n in order if scores[n] > above}


def kept(path: Path, make: Any) -> Any:
    """What `make()` gives, kept in `path`: a run that was stopped goes on from there.

    The file is written and read by the trainer on its own machine only.
    """
    if path.is_file():
        return pickle.loads(path.read_bytes())  # noqa: S301
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(made))
    return made


def rarity_of(texts: Iterable[Sequence[int]], words: int) -> NDArray[np.float32]:
    """Weight (0..1) of each of `words` tokens: log(1 + n / (1 + texts that hold it)), scaled.

    In: the token ids of `n` texts, passages and questions alike, so that the words of asking weigh
    little in each language.
    """
    held = np.zeros(words)
    count = 0
    for ids in texts:
        held[np.unique(np.asarray(ids, dtype=np.int64))] += 1
        count += 1
    weights = np.log1p(count / (1 + held))
    return np.asarray(weights / weights.max(), dtype=np.float32)


def write_rarity(weights: NDArray[np.float32], file: Path) -> None:
    """Keep the weights that are not 1 (`indexing.late.rarity` reads them)."""
    ids = np.flatnonzero(weights < 1).astype(np.int32)
    np.savez_compressed(
        file, words=np.int64(len(weights)), ids=ids, weights=weights[ids].astype(np.float16)
    )
