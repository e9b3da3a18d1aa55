"""Conditions a clause sets, which a sentence that tells of it may not leave out.

"Should support Member States, upon request" is another promise without the request; "focus on
cybersecurity, not including national defence" is another mandate without the exception. What only
softens ("as appropriate", "within its mandate") may go.

English, as the rest of the deterministic layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.grounding.sentences import split
from assistant.grounding.wording import content_words

_KINDS = {
    "request": (
        r"\b(?:up)?on (?:their |its )?request\b|\bat (?:the|their|its) request\b|\bif requested\b",
        r"\brequest",
    ),
    "means": (
        r"\bwithin (?:the )?(?:limits? of )?(?:the |its |their |existing |available |allocated |"
        r"budgetary |financial |current )*(?:resources|budgets?|constraints|appropriations)\b"
        r"|\bsubject to (?:the )?(?:availability|available|budget\w*|resources)\b",
        r"\b(?:within|existing|available|allocated|subject to|limit\w*|if|where|as far as)\b.{0,60}"
        r"\b(?:resources?|constraints?|budget\w*|funds?|appropriations?|means|limits?)\b",
    ),
    "condition": (
        r"\b(?:if|unless|provided that|on condition that|only (?:if|when|where|after)"
        r"|subject to)\b",
        r"\b(?:if|unless|provided|condition\w*|only|subject to|when|where|once|after)\b",
    ),
    "exception": (
        r"\b(?:not including|excluding|except(?: for| where| when)?|with the exception of"
        r"|without prejudice to)\b",
        r"\b(?:not|no|exclud\w+|except\w*|without|unless|other than)\b",
    ),
    "voluntary": (r"\bon a voluntary basis\b|\bvoluntarily\b", r"\bvoluntar"),
}
_CONDITIONS = {
    kind: (re.compile(sets, re.IGNORECASE), re.compile(keeps, re.IGNORECASE))
    for kind, (sets, keeps) in _KINDS.items()
}
_IDLE = re.compile(r"\b(?:if any|if (?:necessary|appropriate|possible|needed|applicable))\b", re.I)
"""Conditions that set none."""
_WORDS = 6
"""Content words on either side of a condition by which one sees whether a sentence tells of what
it bears on."""
_TOLD = 0.5
"""Share of these that such a sentence holds."""


def dropped(said: str, text: str) -> Iterator[str]:
    """The conditions of `text` that bear on what `said` tells of, and that it leaves out.

    Args:
        said: a sentence.
        text: the clause its content comes from.

    Yields:
        Each condition as the clause words it.
    """
    held = set(content_words(said))
    for sets, keeps in _CONDITIONS.values():
        if keeps.search(said):
            continue
        for match in sets.finditer(text):
            if not _IDLE.match(text, match.start()) and _bears(text, match, held):
                yield match[0]
                break


def _bears(text: str, match: re.Match[str], held: set[str]) -> bool:
    """Whether the words around a condition are mostly words of the sentence."""
    # It bears on the part of the clause that it stands in.
    begins = split(text[: match.start()] + "|", parts=True)[-1].rstrip("|")
    ends = split("|" + text[match.end() :], parts=True)[0].lstrip("|")
    before, after = content_words(begins)[-_WORDS:], content_words(ends)[:_WORDS]
    near = [*before, *after]
    return bool(near) and sum(stem in held for stem in near) >= _TOLD * len(near)
