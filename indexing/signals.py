"""What is known of a question's candidates: how the arms found them, and how their words meet.

The judge (`indexing.judge`) weighs these; training computes them with the same functions. All are
of the question and the passage as wholes, in any language; nothing here knows a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.documents import SectionKind
from indexing.building.passages import Passage
from indexing.late import NAMES, interaction
from indexing.tokens import Read

Floats = NDArray[np.float32]

ARMS = ("dense", "lexical", "lexical_raw")
"""Cosine; BM25 beside the best one's; BM25 over 20."""

GAPS = ("late_gap", "body_gap", "dense_gap", "support")
"""Distances below the best candidate's: late interaction, the same of the clause alone, cosine,
and how well the passage's document is found (mean of its three best)."""

PLACES = ("operative", "preamble", "annex", "about", "length")
"""Where the clause stands; `about`: a digest's remarks on the document as a whole; `length`: log of
the clause's characters."""

SIGNALS = (*NAMES, *ARMS, *GAPS, *PLACES)
"""Columns of `of_candidates`, in order."""


TRANSLATED = 12
"""Likeliest candidates that are read in the asker's language too, where a translation is held:
more take time (each has to be encoded the first time) and bring nothing."""

Translations = Callable[[Sequence[Passage]], Mapping[str, Read]]
"""Of some passages, those that are held in the asker's language, by tokens, by the passage's id."""


def in_own_language(
    asked: Read, passages: Sequence[Passage], reads: Sequence[Read], translations: Translations
) -> list[Read]:
    """The reads of `passages`, in the asker's language for those of the likeliest that are held in
    it and meet the question better there."""
    unit = asked.tokens.unit()

    def met(read: Read) -> float:
        return float(interaction(asked.tokens, unit, read.tokens, read.head)[0])

    found = [met(read) for read in reads]
    likeliest = np.argsort(np.negative(found), kind="stable")[:TRANSLATED]
    held = translations([passages[row] for row in likeliest])
    chosen = list(reads)
    for row in likeliest:
        other = held.get(passages[row].id)
        if other is not None and met(other) > found[row]:
            chosen[row] = other
    return chosen


def of_candidates(
    asked: Read | None,
    passages: Sequence[Passage],
    reads: Sequence[Read] | None,
    dense: Sequence[float],
    lexical: Sequence[float],
) -> Floats:
    """(n, len(SIGNALS)) float32, a row a candidate.

    In: the question by its tokens and the passages by theirs (None: no encoder, zeros then);
    cosine and BM25 score of each candidate, 0 where its arm did not look at it.
    """
    late = np.zeros((len(passages), len(NAMES)), dtype=np.float32)
    if asked is not None and reads is not None:
        unit = asked.tokens.unit()
        for row, read in enumerate(reads):
            late[row] = interaction(asked.tokens, unit, read.tokens, read.head)
    cosine = np.asarray(dense, dtype=np.float32)
    words = np.asarray(lexical, dtype=np.float32)
    most = max(float(words.max(initial=0.0)), 1e-6)
    found = late[:, 0] if reads is not None else cosine
    gaps = [
        late[:, 0] - late[:, 0].max(initial=-1.0),
        late[:, 1] - late[:, 1].max(initial=-1.0),
        cosine - cosine.max(initial=-1.0),
        _support([p.key for p in passages], found),
    ]
    places = [
        (
            float(p.section_kind is SectionKind.OPERATIVE),
            float(p.section_kind is SectionKind.PREAMBLE),
            float(p.section_kind is SectionKind.ANNEX),
            float(p.is_digest and p.section == "title"),
            float(np.log1p(len(p.text))) / 8,
        )
        for p in passages
    ]
    return np.concatenate(
        [
            late,
            cosine[:, None],
            (words / most)[:, None],
            (words / 20)[:, None],
            np.stack(gaps, axis=1).reshape(len(passages), len(GAPS)),
            np.asarray(places, dtype=np.float32).reshape(len(passages), len(PLACES)),
        ],
        axis=1,
    ).astype(np.float32)


def as_wholes(asked: Read, reads: Sequence[Read]) -> list[float]:
    """Cosine of the question with each passage, their vectors made of those of their tokens.

    Close to the encoder's own (it weighs tokens by their lengths, which are not kept): what stands
    for it where passages are indexed by another embedder.
    """
    question = _whole(asked)
    return [float(question @ _whole(read)) for read in reads]


def _whole(read: Read) -> Floats:
    if not len(read.tokens.ids):
        return np.zeros(read.tokens.vectors.shape[1], dtype=np.float32)
    mean = read.tokens.unit().mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-6), dtype=np.float32)


def _support(keys: Sequence[str], found: Floats) -> Floats:
    """How well each candidate's document is found: the mean of its three best, less the best's."""
    held: defaultdict[str, list[float]] = defaultdict(list)
    for key, value in zip(keys, found, strict=True):
        held[key].append(float(value))
    floor = float(found.min(initial=0.0))
    means = {
        key: sum(sorted([*values, floor, floor], reverse=True)[:3]) / 3
        for key, values in held.items()
    }
    best = max(means.values(), default=0.0)
    return np.array([means[key] - best for key in keys], dtype=np.float32)
