"""BM25 over the passages (bm25s, memory-mapped), each analysed in its own language.

k1 = 1.2 and b = 0.4 (Lucene's variant) suit clauses, whose length says little about them; on
SciFact they stay within .01 of the published nDCG@10 (docs/benchmarks.md).
"""

from __future__ import annotations

import logging
import threading
from array import array
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from corpus.language.tokens import analyse, analyse_query
from indexing.building.passages import Filters, Passage
from indexing.building.records import Records

K1 = 1.2
B = 0.4


def lexical_text(passage: Passage) -> str:
    """What BM25 reads: title, heading, chapeau and text."""
    return f"{passage.title} {passage.section_heading} {passage.context} {passage.text}"


def build_lexical(passages: Iterable[Passage], folder: Path) -> int:
    """Build the index of `passages`, in their order, in `folder` (made here).

    Returns the number of passages; for none, the folder stays empty.
    """
    return write_lexical(((lexical_text(p), p.language) for p in passages), folder)


def write_lexical(texts: Iterable[tuple[str, str]], folder: Path) -> int:
    """The same for (text, language) pairs; documents without words are kept as empty."""
    import bm25s

    logging.getLogger("bm25s").setLevel(logging.WARNING)
    folder.mkdir(parents=True)
    vocabulary: dict[str, int] = {}
    # Four bytes a token: a list of Python integers would take nine times that.
    documents = [
        array("i", (vocabulary.setdefault(t, len(vocabulary)) for t in analyse(text, language)))
        for text, language in texts
    ]
    if not documents:
        return 0
    if not vocabulary:  # bm25s cannot hold an empty vocabulary
        vocabulary[""] = 0
        documents[0] = array("i", [0])
    engine = bm25s.BM25(k1=K1, b=B, method="lucene", backend="numpy")
    engine.index((documents, vocabulary), show_progress=False, create_empty_token=False)
    engine.save(str(folder), show_progress=False)
    return len(documents)


_LOADING = threading.Lock()
"""NumPy reads the heads of its files with `ast`, which before Python 3.11.8 fails now and then in
two threads at once (github.com/python/cpython, issue 106905: "recursion depth mismatch")."""


class LexicalArm:
    """Queries one built index."""

    def __init__(self, folder: Path, records: Records) -> None:
        """Open `folder`, whose rows are those of `records`.

        Raises:
            OSError, ValueError, KeyError: not such a folder.
        """
        self._records = records
        self._engine: Any = None
        self.count = 0
        if records.count:
            import bm25s

            with _LOADING:
                self._engine = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)
            self.count = int(self._engine.scores["num_docs"])

    def query(
        self,
        text: str,
        language: str,
        k: int,
        filters: Filters | None = None,
        without: Collection[str] = (),
    ) -> list[tuple[str, float]]:
        """Passage ids with BM25 scores, best first, scores > 0 only.

        In: a question and its ISO 639-1 language, how many passages at most, what restricts the
        search, and the shelf keys to leave out.
        """
        return self.query_tokens(analyse_query(text, language), k, filters, without)

    def query_tokens(
        self,
        tokens: Collection[str],
        k: int,
        filters: Filters | None = None,
        without: Collection[str] = (),
    ) -> list[tuple[str, float]]:
        """The same for tokens already analysed (`analysis.analyse`); repeats weigh more."""
        if self._engine is None:
            return []
        known = self._engine.get_tokens_ids(list(tokens))
        if not known or k < 1:
            return []
        scores = self._engine.get_scores_from_ids(known)
        mask = self._records.mask(filters, without)
        if mask is not None:
            scores = np.where(mask, scores, 0)
        rows = _top(scores, k)
        names = self._records.ids(rows.tolist())
        return [(name, float(scores[row])) for name, row in zip(names, rows, strict=True)]

    def passages_with(self, tokens: Collection[str]) -> dict[str, int]:
        """In how many passages each token (as analysed) stands; 0 where in none."""
        if self._engine is None:
            return dict.fromkeys(tokens, 0)
        starts, rows = self._engine.scores["indptr"], self._engine.vocab_dict
        return {
            token: int(starts[row + 1] - starts[row]) if (row := rows.get(token)) is not None else 0
            for token in tokens
        }


def _top(scores: Any, k: int) -> Any:
    """Rows of the k highest scores above 0, best first; ties by row, so that runs repeat."""
    if k < len(scores):
        # Ties at the edge are settled by row: take everything from the k-th score up.
        edge = max(float(np.partition(scores, len(scores) - k)[len(scores) - k]), 0.0)
        rows = np.flatnonzero(scores >= edge) if edge > 0 else np.flatnonzero(scores)
    else:
        rows = np.flatnonzero(scores)
    order = np.lexsort((rows, -scores[rows]))
    return rows[order][:k]
