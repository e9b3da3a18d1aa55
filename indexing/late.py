"""Late interaction: how much of a question a passage says, token by token.

For each token of the question the best cosine with a token of the passage (MaxSim: Khattab and
Zaharia, ColBERT, 2020), weighted by how rare the token is. Beside the mean, which search ranks by,
the judge looks at what a mean hides: the rare tokens that nothing in the passage meets, how much
of the passage the question speaks of, and what the clause itself says apart from its title.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from indexing.encoder import Tokens

Floats = NDArray[np.float32]

NAMES = ("late", "late_body", "least", "unmet", "met", "back", "head")
"""What `interaction` tells, in order: weighted mean of the best cosines; the same with the tokens
of the clause alone; the mean over the worst met fifth; the share of weight met at less than .5
and at .7 or more; how much of the clause's tokens meets the question; the mean over title and
headings."""


@cache
def rarity() -> Floats:
    """Weight (0..1) of every token of the vocabulary, from `rarity.npz`.

    log(1 + n / (1 + texts that hold it)) over the passages and questions of training, divided by
    the largest: 1 for a token never seen.
    """
    with np.load(str(files("indexing").joinpath("rarity.npz"))) as held:
        weights = np.ones(int(held["words"]), dtype=np.float32)
        weights[held["ids"]] = held["weights"].astype(np.float32)
    return weights


def interaction(question: Tokens, asked: Floats, passage: Tokens, head: int) -> Floats:
    """The figures of NAMES for one passage.

    In: the question's tokens and their unit vectors; the passage's tokens, of which the first
    `head` are title, heading and chapeau. Out: (len(NAMES),) float32; zeros where either is empty.
    """
    if not len(question.ids) or not len(passage.ids):
        return np.zeros(len(NAMES), dtype=np.float32)
    weights = rarity()[question.ids]
    close = asked @ passage.unit().T
    best = close.max(axis=1)
    head = min(head, len(passage.ids) - 1)
    body = close[:, head:].max(axis=1)
    title = close[:, :head].max(axis=1) if head else np.zeros_like(body)
    total = float(weights.sum())
    order = np.argsort(body)
    worst = order[: max(1, len(order) // 5)]
    back = close[:, head:].max(axis=0)
    of = rarity()[passage.ids[head:]]
    return np.array(
        [
            float(weights @ best) / total,
            float(weights @ body) / total,
            float(weights[worst] @ best[worst]) / float(weights[worst].sum()),
            float(weights @ (best < 0.5)) / total,
            float(weights @ (best >= 0.7)) / total,
            float(of @ back) / float(of.sum()),
            float(weights @ title) / total,
        ],
        dtype=np.float32,
    )


def unmet(question: Tokens, asked: Floats, passage: Tokens) -> Floats:
    """What of a question a passage leaves open: (d,) the sum of its tokens' unit vectors, each by
    its rarity and by how far it is from being met.

    How much is left open `interaction` tells, this what: a penalty that is asked for, a date.
    In: as for `interaction`. Zeros where either is empty.
    """
    if not len(question.ids) or not len(passage.ids):
        return np.zeros(asked.shape[1], dtype=np.float32)
    weights = rarity()[question.ids]
    best = (asked @ passage.unit().T).max(axis=1)
    return np.asarray((weights * (1 - best)) @ asked / weights.sum(), dtype=np.float32)
