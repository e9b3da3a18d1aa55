"""How much of a sentence's content is in the text it cites, weighted by how rare each word is.

The measure: rarity-weighted share of the sentence's content words covered by the (at most three)
sentences of the evidence that cover most. On WiCE's dev claims (349, supported against the rest)
it ranks with AUC .78, where plain token recall has .74; `advisor bench grounding` prints both.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from assistant.grounding.sentences import split
from assistant.grounding.wording import content_words

SENTENCES = 3
"""One sentence of an answer rests on few of its source: more would let scattered words add up."""
_ITEM = 4
"""Content words up to which a part of an enumeration is no sentence of its own."""


class Rarity:
    """Weight of a word: the rarer in the texts at hand, the more it must be accounted for."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """`texts`: what was retrieved for the turn; without any, every word weighs the same."""
        self._counts: Counter[str] = Counter()
        self._texts = 0
        for text in texts:
            self._counts.update(set(content_words(text)))
            self._texts += 1

    def weight(self, stem: str) -> float:
        """At least 1 for a word never seen; falls towards 0.3 for one in every text."""
        if not self._texts:
            return 1.0
        return 0.3 + math.log((1 + self._texts) / (1 + self._counts[stem])) / math.log(
            1 + self._texts
        )


def sentences(text: str) -> list[str]:
    """Sentences and list items of a clause; items of a few words each stay with the one before."""
    parts: list[str] = []
    listing = False
    for part in split(text, parts=True):
        short = len(content_words(part)) <= _ITEM
        if short and parts and (listing or parts[-1].endswith(":")):
            parts[-1] = f"{parts[-1]} {part}"
            listing = True
        else:
            parts.append(part)
            listing = short
    return parts


def coverage(
    said: str, evidence: Sequence[str], rarity: Rarity
) -> tuple[float, tuple[str, ...], tuple[int, ...]]:
    """(share covered 0..1, stems not covered, indexes of the sentences used).

    Args:
        said: the sentence to be borne out.
        evidence: sentences of the cited text.
        rarity: weight of each word.
    """
    left = set(content_words(said))
    total = sum(rarity.weight(stem) for stem in left)
    if not total:
        return 1.0, (), ()
    held = [set(content_words(sentence)) for sentence in evidence]
    used: list[int] = []
    covered = 0.0
    for _ in range(min(SENTENCES, len(held))):
        gains = [sum(rarity.weight(stem) for stem in words & left) for words in held]
        best = max(range(len(held)), key=gains.__getitem__)
        if gains[best] <= 0:
            break
        covered += gains[best]
        left -= held[best]
        used.append(best)
    missing = sorted(left, key=lambda stem: -rarity.weight(stem))
    return covered / total, tuple(missing), tuple(used)
