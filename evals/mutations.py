"""True sentences of official texts made false in one known way each: what grounding must catch."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

from assistant.grounding import Cited
from corpus.documents import Frozen

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


class Mutation(Frozen):
    """A sentence that is no longer borne out by the clause it cites, and what was done to it."""

    kind: str
    said: str
    cited: tuple[Cited, ...]


def sentence_of(clause: Cited, longest: int = 400) -> str:
    """Heading and first sentence of a clause: what a careful writer might say, word for word."""
    first = re.split(r"(?<=[;:])\\s|(?<=\w\.)\s", clause.text)[0]
    return f"{clause.heading} {first}"[:longest].rsplit(" ", 1)[0]


def mutations(clauses: Sequence[Cited], seed: int = 7) -> Iterator[Mutation]:
    """Every mutation that applies to each clause; deterministic for a seed."""
    chance = random.Random(seed)  # noqa: S311
    kinds: dict[str, Callable[[str], str | None]] = {
        "number": lambda said: _number(said, chance),
        "actor": lambda said: _actor(said, chance),
        "modality": _modality,
        "negation": _negation,
    }
    for clause in clauses:
        said = sentence_of(clause)
        for kind, change in kinds.items():
            changed = change(said)
            if changed is not None and changed != said:
                yield Mutation(kind=kind, said=changed, cited=(clause,))
        other = chance.choice(clauses)
        if other.heading != clause.heading and other.text != clause.text:
            merged = f"{clause.heading} {sentence_of(other)[len(other.heading) :].strip()}"
            yield Mutation(kind="merged clauses", said=merged, cited=(clause, other))
            yield Mutation(kind="wrong clause", said=said, cited=(other,))


def _number(said: str, chance: random.Random) -> str | None:
    found = list(re.finditer(r"\d+", said))
    if not found:
        return None
    match = chance.choice(found)
    return f"{said[: match.start()]}{int(match[0]) + chance.randint(1, 9)}{said[match.end() :]}"


def _actor(said: str, chance: random.Random) -> str | None:
    for actor in _ACTORS:
        if actor in said:
            new = chance.choice([other for other in _ACTORS if other not in said])
            return said.replace(actor, new, 1)
    return None


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
