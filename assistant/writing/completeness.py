"""Is the whole question answered? The model's own word on it, believed only against itself.

A model may say that something is missing: then the answer is `partly_answered`, as it is where the
model was cut off. What it names as missing is shown only in the question's own words: it is no
place to say new things. Sentences withheld are counted in a note; they say nothing of the question.
"""

from __future__ import annotations

import re

from assistant.answers import Status
from corpus.documents import Frozen
from corpus.language.tokens import analyse
from corpus.tampering.characters import visible

_NOTHING = re.compile(
    r"\W*(?:nothing|none|n/?a|rien|nada|ничего|нет|无|没有|لا شيء)\b.*", re.IGNORECASE | re.DOTALL
)
_HEAD = re.compile(r"^\s*MISSING:\s*", re.IGNORECASE)
_LONGEST = 160


class Completeness(Frozen):
    """`answered` or `partly_answered`, and what is missing in words fit to be shown ('' if not)."""

    status: Status
    missing: str = ""


def completeness(question: str, language: str, missing: str, cut: bool) -> Completeness:
    """Judge one written answer.

    Args:
        question: standalone.
        language: of the question.
        missing: what the model wrote from `MISSING:` on; '' if it wrote no such line.
        cut: the stream ended before the model had finished.
    """
    named = visible(_HEAD.sub("", missing)).rstrip(" .")
    lacking = bool(named) and not _NOTHING.fullmatch(named)
    if not lacking:
        return Completeness(status=Status.PARTLY_ANSWERED if cut else Status.ANSWERED)
    known = set(analyse(question, language))
    words = analyse(named, language)
    harmless = bool(words) and all(word in known for word in words) and len(named) <= _LONGEST
    plain = not re.search(r"[<>\[\]{}#@/\\]|\d", named)
    return Completeness(status=Status.PARTLY_ANSWERED, missing=named if harmless and plain else "")
