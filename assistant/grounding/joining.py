"""Does one clause bear out each statement of a sentence, or were two clauses joined into one?

Words that are all cited can still say what no clause says: the actor of one with the action of
another. So each statement of a sentence (what lies between coordinations) must be covered by one
clause about as well as by all the cited ones together. A sentence may cite several clauses where
each of its statements rests on one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.grounding.alignment import Rarity
from assistant.grounding.sentences import split
from assistant.grounding.wording import content_words

MOST_LOST_BINDING, MOST_LOST = 0.1, 0.6
"""Share of what the cited clauses hold of a statement, all together, that its best single clause
may lack: in sentences of who is told what, and in others (facts may be put together from several
sources; duties may not). Chosen on true sentences that rest on two clauses and on WiCE's
supported claims (docs/benchmarks.md)."""

_SHORT = 3
"""Content words below which a part is no statement of its own."""

_VERBS = r"is|are|shall|should|must|may|will|has to|have to"
_PARTS = re.compile(
    r";\s+|,?\s+(?:while|whereas)\s+"
    # "and" begins a statement where a verb of its own follows, or somebody who is to do something.
    r"|,?\s+and\s+(?=(?:also |further |then )?(?:to|that|invites|instructs|encourages|requests"
    r"|urges|resolves|decides|recommends|confirms|endorses|approves|adopts|notes"
    rf"|{_VERBS})\b)"
    rf"|,\s+and\s+(?=(?:[\w-]+ ){{1,10}}?(?:{_VERBS})\b)",
    re.IGNORECASE,
)


def statements(said: str) -> list[str]:
    """The coordinated parts of a sentence; one too short to state anything stays with the last."""
    parts: list[str] = []
    for part in (one for sentence in split(said) for one in _PARTS.split(sentence)):
        if parts and (len(content_words(part)) < _SHORT or len(content_words(parts[-1])) < _SHORT):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts


def lost(statement: str, clauses: Sequence[str], rarity: Rarity) -> float:
    """Share (0 .. 1) of what `clauses` hold of `statement` together that the best one lacks."""
    wanted = set(content_words(statement))
    held = [wanted & set(content_words(clause)) for clause in clauses]
    union = set().union(*held)
    total = sum(rarity.weight(stem) for stem in union)
    if not total:
        return 0.0
    best = max(sum(rarity.weight(stem) for stem in words) for words in held)
    return 1.0 - best / total


def joined(said: str, clauses: Sequence[str], rarity: Rarity, binding: bool) -> Iterator[str]:
    """In words, each statement that no single clause bears out while several together seem to.

    Args:
        said: a sentence.
        clauses: what each cited clause holds: title, heading and text.
        rarity: weight of each word.
        binding: whether the sentence says who is told, allowed or invited to do what.
    """
    if len(clauses) < 2:
        return
    most = MOST_LOST_BINDING if binding else MOST_LOST
    for statement in statements(said):
        if lost(statement, clauses, rarity) > most:
            yield f"joins what different clauses say: {statement.strip()[:80]}"
