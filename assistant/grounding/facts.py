"""What a clause only asks for, awaits or asks about, told as a fact.

"Sector Members collaborate" where they are invited to; "the registry is operational" where the
clause waits until that is confirmed. English, as the rest of the deterministic layer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.grounding.acts import Act, acts_of, acts_said
from assistant.grounding.wording import TO_BE_DONE, content_words, modalities
from corpus.language.actors import actors_in, addressed, mentions, widened

_VERB = re.compile(
    rf"\b(?:{TO_BE_DONE})\b"
    r"|\b(?:expected|meant|supposed|tasked|due|charged|entrusted) (?:to|with)\b"
    r"|\b(?:task|duty|duties|role|responsib\w+|mandate|job)\b",
    re.IGNORECASE,
)
"""The same with those of no particular strength."""

_BEFORE = re.compile(r"(?:the )?(?:directors? of (?:the )?)?", re.IGNORECASE)
"""What stands before a body that a sentence begins with."""
_INSTRUMENT = re.compile(
    r"(?:(?:the|this) )?(?:[\w-]+ )?(?:resolution|decision|recommendation)\b", re.IGNORECASE
)
_ASKED = re.compile(
    r"to (?:[\w-]+ly |further |also )*(?!(?:the|its|all|this|each|such)\b)([a-z-]{3,})"
)
_VERB_STEM = 6
"""A clause that asks for something, and by how much of its verb that is known in a sentence."""

_TOLD_SO = frozenset({"report", "submit"})
"""Verbs by which people tell a duty as it stands ('X reports to the Council each year')."""

_DUTY = re.compile(r"\b(?:is|are) to (?!be (?:invited|encouraged|asked|requested))", re.IGNORECASE)

_AWAITS = re.compile(
    r"\b(?:until|till|unless|whether|if|once|when|whenever|as soon as|in case|before"
    r"|(?:confirm|ensure|verif|decid|determin)\w* (?:that|when))\b[^,;:.]{0,40}$",
    re.IGNORECASE,
)
"""What stands before that which a clause only awaits, asks about or wants to be ensured."""
_EARLY = 6
"""Words of a sentence among which its verb is looked for."""
_TOGETHER = 0.8
"""Share of a sentence's words that stand together in the clause where it is taken from there."""


def modal(said: str) -> bool:
    """Whether a sentence says at all that something is to be done, may be, or was asked for."""
    return bool(modalities(said) or acts_said(said) or _VERB.search(said))


def told_as_facts(said: str, heading: str, text: str) -> Iterator[str]:
    """In words, what `said` tells as done or due where the clause does not go so far.

    Args:
        said: a sentence, or one statement of it.
        heading: of the section of the clause that the content comes from.
        text: of that clause.
    """
    if whose := _done(said, heading, text):
        yield f"tells as done what the clause asks of: {whose}"
    own = acts_of(heading) - {Act.RESOLVES}
    invited = own == {Act.INVITES} and all(one.act is not Act.INVITES for one in acts_said(said))
    if invited and _DUTY.search(said) and not _DUTY.search(text):
        yield "tells as a duty what the clause only invites to"
    if not modal(said) and _awaited(said, text):
        yield "tells as a fact what the clause only awaits or asks about"


def _done(said: str, heading: str, text: str) -> str:
    """Of whom the clause asks what `said` tells as done; '' for nobody."""
    asked = _ASKED.match(text)
    if asked is None:
        wished = Act.RESOLVES in acts_of(heading) and text.startswith("that ") and not modal(said)
        return "somebody" if wished and _bare(said, text) else ""
    if asked[1] in _TOLD_SO:
        return ""
    verb = re.escape(asked[1][:_VERB_STEM])
    if re.match(rf"{verb}\w*s\b", said, re.IGNORECASE) and not acts_said(said):
        return "somebody"  # 'Facilitates cooperation': not even a subject
    done = re.search(rf"\b{verb}", said, re.IGNORECASE)
    if modal(said[: done.start()] if done else said):
        return ""
    if done and _INSTRUMENT.match(said):
        return "somebody" if acts_of(heading) else ""
    for actor in actors_in(said)[:1]:
        span = mentions(said, actor)
        begins = span is not None and _BEFORE.fullmatch(said[: span[0]])
        if begins and actor in widened(addressed(heading)[1]):
            return actor
    return ""


def _bare(said: str, text: str) -> bool:
    """Whether 'that ITU-D continue to lead' is told as 'ITU-D continues to lead'."""
    there = set(re.findall(r"[a-z]+", text.lower()))
    early = re.findall(r"[a-z]+", said.lower())[:_EARLY]
    bare = {w.removesuffix("s") for w in early if w.endswith("s") and w not in there} - _TOLD_SO
    return bool(bare & there)


def _awaited(said: str, text: str) -> bool:
    """Whether the words of `said` stand together behind 'until', 'whether', 'ensure that' ..."""
    wanted = set(content_words(said))
    words = [(m.start(), content_words(m[0])) for m in re.finditer(r"[^\W_]+", text)]
    held = [(start, stems[0]) for start, stems in words if stems]
    size = len(wanted) + 2
    for at in range(len(held)):
        if held[at][1] not in wanted:
            continue
        near = {stem for _, stem in held[at : at + size]}
        if len(near & wanted) >= _TOGETHER * len(wanted):
            before = text[: held[at][0]]
            return bool(_AWAITS.search(before)) and not _AWAITS.search(said.rstrip(" .") + " ")
    return False
