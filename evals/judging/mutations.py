"""True sentences of official texts made false in one known way each: what grounding must catch.

And the other side: the same sentences in other words, or two of them joined truly, which must pass.
Every falsehood is one: an actor is not replaced by one whom the clause tells as well, and two
clauses with the same act and the same addressees are not merged, as what comes out is true.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from assistant.grounding import Cited
from assistant.grounding.acts import acts_of
from corpus.documents import Frozen
from corpus.language.actors import actors_in, addressed, widened

_ACTORS = (
    "Secretary-General",
    "ITU Council",
    "Director of the Telecommunication Development Bureau",
    "Director of the Telecommunication Standardization Bureau",
    "Director of the Radiocommunication Bureau",
    "Member States",
    "Sector Members",
)
_SWAPS = (
    (r"\bshall\b", "may"),
    (r"\bmay\b", "shall"),
    (r"\bshould\b", "must"),
    (r"^instructs\b", "invites"),
    (r"^invites\b", "instructs"),
    (r"^encourages\b", "instructs"),
    (r"^requests\b", "instructs"),
)
_VERB = re.compile(r"\b(shall|should|may|will|can|must|is|are|be|to)\b (?=[a-z]{3,})")
_TELLS = re.compile(r"(?:further |also )?(instructs|invites|encourages|requests|urges) (.+)")
_ADVERB = re.compile(r"(?:be|not|further|also)\b|[\w-]+ly\b")
_CONDITION = re.compile(
    r",? (?:up)?on request(?=[,;. ])|,? within (?:the |existing |available |current |its )+"
    r"(?:\w+ )?(?:resources|budget)(?=[,;. ])"
    r"|,? (?:subject to|provided that|unless|if) [^,;]{5,80}(?=[,;])"
    r"|,? (?:and )?(?:not including|excluding|without prejudice to) [^,;]{5,120}(?=[,;])"
)
"""Conditions and exceptions as they stand in clauses; written apart from the rule's own list."""
_LEAST = 8
"""Words of a sentence's own (without its heading) that are worth cutting in two."""


class Mutation(Frozen):
    """A sentence, what was done to it, and the clauses it cites."""

    kind: str
    said: str
    cited: tuple[Cited, ...]


def sentence_of(clause: Cited, longest: int = 400) -> str:
    """Heading and first sentence of a clause: what a careful writer might say, word for word."""
    first = re.split(r"(?<=[;:])\s|(?<=\w\.)\s", clause.text)[0]
    said = f"{clause.heading} {first}"
    return said if len(said) <= longest else said[:longest].rsplit(" ", 1)[0]


def mutations(clauses: Sequence[Cited], seed: int = 7) -> Iterator[Mutation]:
    """Every falsehood that can be made of each clause; deterministic for a seed."""
    chance = random.Random(seed)  # noqa: S311
    kinds: dict[str, Callable[[str], str | None]] = {
        "number": lambda said: _number(said, chance),
        "actor": lambda said: _actor(said, chance),
        "modality": _modality,
        "negation": _negation,
        "swapped actors": _swapped,
    }
    for clause in clauses:
        said = sentence_of(clause)
        for kind, change in kinds.items():
            changed = change(said)
            if changed is not None and changed != said:
                yield Mutation(kind=kind, said=changed, cited=(clause,))
        yield from _told_otherwise(clause)
        other = chance.choice(clauses)
        if other.text == clause.text or other.heading == clause.heading:
            continue
        own = _own(other)
        if _says_otherwise(clause, other):
            merged = f"{clause.heading} {own}"
            yield Mutation(kind="merged clauses", said=merged, cited=(clause, other))
        if min(len(_own(clause).split()), len(own.split())) >= _LEAST:
            spliced = f"{clause.heading} {_half(_own(clause))} {_half(own, second=True)}"
            yield Mutation(kind="spliced clauses", said=spliced, cited=(clause, other))
        yield Mutation(kind="wrong clause", said=said, cited=(other,))


def true_sentences(clauses: Sequence[Cited], seed: int = 7) -> Iterator[Mutation]:
    """What must pass: word for word, in other words, shortened, and two clauses truly joined."""
    chance = random.Random(seed)  # noqa: S311
    for clause in clauses:
        said = sentence_of(clause)
        yield Mutation(kind="word for word", said=said, cited=(clause,))
        if passive := _passive(clause):
            yield Mutation(kind="told in the passive", said=passive, cited=(clause,))
        if len(_own(clause).split()) > 2 * _LEAST:
            short = f"{clause.heading} {_half(_own(clause))}"
            yield Mutation(kind="shortened", said=short, cited=(clause,))
        other = chance.choice(clauses)
        if other.text != clause.text:
            both = f"{said.rstrip(' ,;.')}, and {sentence_of(other)}"
            yield Mutation(kind="two clauses, joined", said=both, cited=(clause, other))


def _own(clause: Cited) -> str:
    return sentence_of(clause)[len(clause.heading) :].strip()


def _half(text: str, second: bool = False) -> str:
    words = text.split()
    middle = len(words) // 2
    return " ".join(words[middle:] if second else words[:middle])


def _says_otherwise(clause: Cited, other: Cited) -> bool:
    """Whether what `other` says is false under the heading of `clause`."""
    ours, theirs = addressed(clause.heading)[1], widened(addressed(other.heading)[1])
    same = acts_of(clause.heading) & acts_of(other.heading)
    return not (same and set(ours) <= theirs and bool(ours) == bool(theirs))


def _told_otherwise(clause: Cited) -> Iterator[Mutation]:
    """One whom the conference addresses speaks for it; a wish is a fact; a condition is gone."""
    said, own = sentence_of(clause), _own(clause)
    without = _CONDITION.sub("", said, count=1)
    if len(without) < len(said) and len(without.split()) > _LEAST:
        yield Mutation(kind="dropped condition", said=without, cited=(clause,))
    match = _TELLS.match(clause.heading)
    if not match or not own.startswith("to ") or not actors_in(match[2]):
        return
    whom = _whom(match[2])
    whom = whom[:1].upper() + whom[1:]
    yield Mutation(kind="addressee speaks", said=f"{whom} {match[1]} {own}", cited=(clause,))
    done = own.removeprefix("to ")
    if _ADVERB.match(done) is None:
        yield Mutation(kind="told as done", said=f"{whom} {done}", cited=(clause,))


def _whom(addressed_to: str) -> str:
    """Those a heading addresses, without whom they are to work with."""
    return re.split(r", (?:in|with|within|each)\b", addressed_to)[0]


def _passive(clause: Cited) -> str | None:
    """'instructs X to do' as 'Under <document>, X is instructed to do', as people report it."""
    match = re.match(
        r"(?:further |also )?(instruct|invite|encourage|request)s (.+)", clause.heading
    )
    own = _own(clause)
    if not match or not own.startswith("to "):
        return None
    done = match[1] + ("d" if match[1].endswith("e") else "ed")
    verb = "are" if re.search(r"s\b(?! of)|Members|Directors|States", match[2]) else "is"
    whom = _whom(match[2])
    return f"Under that resolution, {whom} {verb} {done} {own}"


def _number(said: str, chance: random.Random) -> str | None:
    found = list(re.finditer(r"\d+", said))
    if not found:
        return None
    match = chance.choice(found)
    return f"{said[: match.start()]}{int(match[0]) + chance.randint(1, 9)}{said[match.end() :]}"


def _actor(said: str, chance: random.Random) -> str | None:
    for actor in _ACTORS:
        if actor in said:
            # Not one who is told as well, alone or as one of "the Directors of the Bureaux".
            told = widened(actors_in(said))
            others = [o for o in _ACTORS if o not in said and not set(actors_in(o)) & told]
            return said.replace(actor, chance.choice(others), 1) if others else None
    return None


def _swapped(said: str) -> str | None:
    """Two actors of one sentence change places: 'X is to report to Y' with Y reporting to X."""
    found = sorted((said.find(actor), actor) for actor in _ACTORS if said.count(actor) == 1)
    if len(found) < 2:
        return None
    (_, one), (_, other) = found[:2]
    between = said[found[0][0] + len(one) : found[1][0]]
    if re.fullmatch(r"[\s,]*(?:and|or)?(?: the)? *", between):
        return None  # "Member States and Sector Members": the order says nothing
    return said.replace(one, "\0").replace(other, one).replace("\0", other)


def _modality(said: str) -> str | None:
    for pattern, new in _SWAPS:
        if re.search(pattern, said):
            return re.sub(pattern, new, said, count=1)
    return None


def _negation(said: str) -> str | None:
    if re.search(r"\bnot ", said):
        return re.sub(r"\bnot ", "", said, count=1)
    match = _VERB.search(said)
    if not match:
        return None
    place = match.start() if match[1] == "to" else match.end()
    return f"{said[:place]}not {said[place:]}"
