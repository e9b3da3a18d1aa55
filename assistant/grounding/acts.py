"""Speech acts of instruments: who resolves, instructs or invites whom, and how strongly.

The acts are graded on purpose (a conference that invites does not instruct), so a sentence that
names one must name the one its clause performs. Acts of one grade stand in for each other.
English; acts in other languages are compared by assistant.writing.crossing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from assistant.grounding.wording import content_words
from corpus.language.actors import actors_in, addressed, mentions, widened


class Act(StrEnum):
    """What a conference does in a clause, by grade."""

    RESOLVES = "resolves"
    INSTRUCTS = "instructs"
    INVITES = "invites"
    URGES = "urges"
    AUTHORIZES = "authorizes"


_STEMS = {
    Act.RESOLVES: r"resolv(?:es?|ed|ing)|decid(?:es?|ed|ing)",
    Act.INSTRUCTS: r"instruct(?:s|ed|ing)?|direct(?:s|ed) (?=the|its|all|each)|charg(?:es|ed) with",
    Act.INVITES: r"invit(?:es?|ed|ing)|encourag(?:es?|ed|ing)|request(?:s|ed|ing)?|appeals to",
    Act.URGES: r"urg(?:es?|ed|ing)|call(?:s|ed)? (?:up)?on",
    Act.AUTHORIZES: r"authori[sz](?:es?|ed|ing)",
}
_ANY = {act: re.compile(rf"\b(?:{stems})\b", re.IGNORECASE) for act, stems in _STEMS.items()}
# A sentence performs an act in the present ("instructs X to") or tells of it ("X is invited to",
# "the conference decided"); an infinitive or a noun ("to invite experts", "requests from") is not
# the sentence's own act.
_ACTIVE = (
    r"resolves|resolved|decides|decided|instructs|invites|encourages|urges|calls (?:up)?on"
    r"|requests(?! (?:for|from|of|by|to be))|authori[sz]es"
)
_PASSIVE = (
    r"(?:is|are|was|were|been|be)(?: also| further| hereby)? "
    r"(?P<done>instructed|invited|encouraged|requested|urged|authori[sz]ed|called (?:up)?on)"
)
_SAID = re.compile(rf"\b(?:(?P<does>{_ACTIVE})|{_PASSIVE})\b", re.IGNORECASE)
_ENDS = re.compile(
    r"[:(]|,? (?:to|that|with|on|in|upon|by|through|within|under|as|from|taking|pursuant|based"
    r"|consistent|after|before|when|where|while|for|at)\b",
    re.IGNORECASE,
)
"""Where the names of those addressed end."""
_CONTINUES = re.compile(
    r"(?: further| also)? to (instruct|invite|encourage|request|urge|authori[sz]e)\b", re.IGNORECASE
)
_OWN_RESOLVE = re.compile(r"\b(?:resolv|decid)(?:es?|ed|ing) (?:to|that|on)\b", re.IGNORECASE)
"""A clause's own deciding; "resolves 10 above" only points at one."""

_SPEAKS = re.compile(
    r"\b(?:resolution|decision|recommendation|conference|text|clause|which|who)\b", re.I
)
"""Where one of these stands before a verb, it may be its subject."""

_NEAR = 90
"""Characters behind a clause's own verb within which whom it addresses must stand."""


_POINTS = re.compile(r"\s*(?:\d|above|below|[a-z]\)|and \d|$|[.,;])", re.IGNORECASE)
"""What follows where "resolves" names a section ("in line with resolves 3 above")."""
_NUMBERED = re.compile(r"\s\d+(?:\.\d+)*\b(?! (?:Member|members))")
"""In "as said in instructs SG 4", a clause is named, not an act."""


class Said(NamedTuple):
    """An act as a sentence tells it: which, its addressees, and whether it is resolved to do it.

    Attributes:
        whom: the words that name the addressees; '' where the form does not tell them apart.
    """

    act: Act
    actors: tuple[str, ...]
    whom: str = ""
    resolved: bool = False


@lru_cache(maxsize=4096)
def acts_said(text: str) -> tuple[Said, ...]:
    """The acts that `text` says are performed, in order."""
    return tuple(_acts(text))


def _acts(text: str) -> Iterator[Said]:
    before = 0
    for match in _SAID.finditer(text):
        rest = text[match.end() :]
        if _POINTS.match(rest) and match["does"]:
            continue
        if match["done"]:
            yield Said(_act(match["done"]), actors_in(text[before : match.start()])[-1:])
        else:
            act, resolved = _act(match["does"]), False
            if inner := _CONTINUES.match(rest):  # "resolves to instruct X to ..."
                act, resolved, rest = _act(inner[1]), True, rest[inner.end() :]
            whom = _ENDS.split(rest, maxsplit=1)[0]
            if _NUMBERED.search(whom):
                continue
            actors = () if act is Act.RESOLVES else addressed(f"instructs {whom}")[1]
            yield Said(act, actors, whom, resolved)
        before = match.end()


def _act(verb: str) -> Act:
    return next(act for act, pattern in _ANY.items() if pattern.match(f"{verb} the"))


@lru_cache(maxsize=4096)
def acts_of(heading: str) -> frozenset[Act]:
    """The acts a section heading names: {resolves, instructs} of 'resolves to instruct ...'."""
    return frozenset(act for act, pattern in _ANY.items() if pattern.search(heading))


def broken_acts(said: str, heading: str, text: str) -> Iterator[str]:
    """What `said` tells of acts that the clause under `heading` does not bear out, in words.

    Args:
        said: a sentence, or one statement of it.
        heading: of the section of the clause that the content comes from.
        text: of that clause.
    """
    there = acts_of(heading)
    own = there - {Act.RESOLVES} or there  # of "resolves to instruct": it instructs
    told_of = acts_said(said)
    if wrong := _acts_itself(said, text):
        yield wrong
    for one in told_of:
        if one.act is Act.RESOLVES and any(other.act in own for other in told_of):
            continue
        named = one.act in own
        if one.resolved and not (named or Act.RESOLVES in there or _OWN_RESOLVE.search(text)):
            yield f"says 'resolves' where the clause {', '.join(sorted(own)) or 'does not'}"
        elif not named and not _towards(text, one):
            yield f"says '{one.act.value}' where the clause {', '.join(sorted(own)) or 'does not'}"
        elif named and not _addressed_to(one, heading, text) and not _towards(text, one):
            yield f"says that another is told than the clause: {heading[:60]}"


def _acts_itself(said: str, text: str) -> str:
    """'The Council requests that ...': one whom the conference addresses does not speak for it.

    '' unless a sentence begins with such a body as the one that resolves, instructs or invites,
    and the clause itself does not tell so.
    """
    first = _SAID.search(said)
    if first is None or not first["does"] or _SPEAKS.search(said, 0, first.start()):
        return ""
    for actor in actors_in(said[: first.start()])[:1]:
        if actor != "plenipotentiary" and not _towards(text, Said(_act(first["does"]), (actor,))):
            return f"says that {actor} {first['does']}, which is the conference's to do"
    return ""


def _addressed_to(one: Said, heading: str, text: str) -> bool:
    """Whether those the sentence names are among those the heading addresses."""
    if one.act is Act.RESOLVES:
        return True
    told = widened(addressed(heading)[1])
    if told:
        return set(one.actors) - {"plenipotentiary"} <= told
    # Somebody without a place in the list of actors: compared by the words of the name.
    named, there = set(content_words(one.whom)), set(content_words(f"{heading} {text}"))
    return not (one.actors and named) or 2 * len(named & there) >= len(named)


def _towards(text: str, one: Said) -> bool:
    """Whether the clause itself performs the act, on those the sentence names (if it names any)."""
    pattern = _OWN_RESOLVE if one.act is Act.RESOLVES else _ANY[one.act]
    for match in pattern.finditer(text):
        behind = text[match.end() : match.end() + _NEAR]
        before = text[max(0, match.start() - _NEAR) : match.start()]
        if not one.actors or any(
            mentions(part, actor) for part in (behind, before) for actor in widened(one.actors)
        ):
            return True
    return False
