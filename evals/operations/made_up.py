"""Documents and vectors made up from a seed, for measurements that need many of them.

The words are pronounceable nonsense drawn with Zipf frequencies, so that BM25 sees posting lists
of realistic lengths; the vectors lie in clusters, as embeddings of real texts do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind

_SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in ("a", "e", "i", "o", "u")]


def words(count: int, seed: int = 7) -> list[str]:
    """`count` distinct words of two to four syllables."""
    rng = np.random.default_rng(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        length = int(rng.integers(2, 5))
        made["".join(rng.choice(_SYLLABLES, size=length))] = None
    return list(made)


def sentences(
    count: int, vocabulary: list[str], seed: int, length: tuple[int, int] = (20, 70)
) -> Iterator[str]:
    """`count` texts whose words follow Zipf's law (exponent 1.1) over the vocabulary."""
    rng = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, len(vocabulary) + 1) ** 1.1
    edges = np.cumsum(weights / weights.sum())
    for _ in range(count):
        size = int(rng.integers(*length))
        picks = np.searchsorted(edges, rng.random(size), side="right").clip(max=len(vocabulary) - 1)
        yield " ".join(vocabulary[i] for i in picks)


def documents(count: int, clauses: int, seed: int = 7, edition: int = 0) -> Iterator[Document]:
    """`count` resolutions of `clauses` clauses each; another `edition` changes every text."""
    vocabulary = words(4000, seed)
    for number in range(1, count + 1):
        texts = list(sentences(clauses, vocabulary, seed + 1000 * number + edition))
        half = clauses // 2
        yield Document(
            id=f"made-res-{number}@2020",
            title=" ".join(texts[0].split()[:8]),
            kind=DocumentKind.RESOLUTION,
            edition=Edition(place="Nowhere", year=2020),
            number=str(number),
            body="made",
            sections=tuple(
                Section(
                    slug=slug,
                    heading=slug,
                    kind=kind,
                    clauses=tuple(
                        Clause(label=str(i), text=text) for i, text in enumerate(part, start=1)
                    ),
                )
                for slug, kind, part in (
                    ("considering", SectionKind.PREAMBLE, texts[:half]),
                    ("resolves", SectionKind.OPERATIVE, texts[half:]),
                )
                if part
            ),
        )


def vectors(
    count: int, dimension: int = 384, seed: int = 7, clusters: int = 200
) -> NDArray[np.float32]:
    """`count` unit vectors around `clusters` centres (cosine within a cluster about .8)."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((clusters, dimension), dtype=np.float32)
    made = centres[rng.integers(clusters, size=count)]
    made += 0.5 * rng.standard_normal((count, dimension), dtype=np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    return made
