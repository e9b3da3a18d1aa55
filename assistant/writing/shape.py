"""Whether a written sentence is one at all, and whether it says what its clause ties together.

A model that breaks a long sentence over two lines leaves halves; one that wants to begin with the
question ("The legal basis for joining online is that ...") ties the question's words to a clause
that has each of them somewhere and says nothing of the kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.grounding import Cited
from assistant.grounding.wording import content_words

_NAME_WITH_A_SMALL_LETTER = re.compile(r"[a-z]{1,2}-?[A-Z]|e-[a-z]")
_RESOLVES_A_THING = re.compile(
    r"\b(?:resolution|decision|recommendation) \d[^.;]{0,40}?\b(?:resolves|decides) "
    r"(?:the (?!following)|an? |its |their )",
    re.IGNORECASE,
)
"""'Resolution 7 resolves the effect of ...': a point of a list, cut from what is resolved on it."""
_REASONS = re.compile(
    r"(?:this (?:is because|means|implies|shows)|therefore|thus|hence|as a result|consequently"
    r"|for this reason)\b|(?:so|accordingly),",
    re.IGNORECASE,
)
"""A conclusion of the model's own: no clause draws it."""
_FRAME = re.compile(
    r"(?:The|A|An|One|This|That) (?P<what>.{6,160}?) (?:is|are|was|were) (?:that|to)\b"
)
_ROOM = 2
"""How many times its own length the words of a frame may be spread over in the clause."""


def half_a_sentence(text: str) -> bool:
    """Whether `text` begins in the middle, or says of a thing that it is resolved (English)."""
    begins = text[:1].islower() and not _NAME_WITH_A_SMALL_LETTER.match(text)
    return begins or bool(_RESOLVES_A_THING.search(text))


def concludes(text: str) -> bool:
    """Whether a sentence begins as a conclusion from what stands before it (English)."""
    return bool(_REASONS.match(text))


def only_the_heading(text: str, heading: str, instrument: str) -> bool:
    """Whether a sentence says nothing that is not in the heading and the name of its text."""
    return set(content_words(text)) <= set(content_words(f"{heading} {instrument}"))


def loose_frame(text: str, clauses: Sequence[Cited]) -> str:
    """What 'The <what> is that ...' begins with, where no clause has those words together; or ''.

    Args:
        text: one sentence in English.
        clauses: that bear the sentence out by their words.
    """
    match = _FRAME.match(text)
    words = set(content_words(match["what"])) if match else set()
    if match is None or len(words) < 2:
        return ""
    room = _ROOM * len(words) + 1
    for clause in clauses:
        held = content_words(f"{clause.title} {clause.heading} {clause.text}")
        if any(words <= set(held[at : at + room]) for at in range(len(held))):
            return ""
    return match["what"]
