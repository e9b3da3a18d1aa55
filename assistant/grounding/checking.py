"""The verdict on one sentence: each rule that applies, then the alignment; one 'no' is enough."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.grounding import wording
from assistant.grounding.acts import Act, acts_said, broken_acts
from assistant.grounding.alignment import Rarity, coverage, sentences
from assistant.grounding.clause import Cited
from assistant.grounding.conditions import dropped
from assistant.grounding.facts import told_as_facts
from assistant.grounding.joining import joined, statements
from corpus.documents import Frozen
from corpus.language.actors import actors_in, addressed, mentions, widened
from corpus.language.references import find_references

LEAST = 0.6
"""Share of a sentence's (rarity-weighted) content that must be in the cited text. Chosen on
sentences of PP-18 against the same sentences moved to another clause (docs/benchmarks.md)."""

_VERB = re.compile(rf"\b({wording.TO_BE_DONE}|reports?|submits?)\b", re.IGNORECASE)


class Grounding(Frozen):
    """What was found.

    Attributes:
        grounded: every rule holds and enough of the content is in the cited text.
        score: share of the content covered, 0..1, halved by each rule that is broken; for curves.
        reasons: rules broken, in words a reader of the trace understands.
        missing: stems of the sentence that the cited text does not hold, rarest first.
    """

    grounded: bool
    score: float
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def ground(
    said: str, cited: Sequence[Cited], rarity: Rarity | None = None, least: float = LEAST
) -> Grounding:
    """Is `said` borne out by the clauses it cites, taken together?

    Args:
        said: one finished sentence of an answer, citation marks removed.
        cited: the clauses it cites; none means it is not borne out.
        rarity: weights of words, from the turn's passages.
        least: share of the content that must be covered.
    """
    if not cited:
        return Grounding(grounded=False, score=0.0, reasons=("cites no clause",))
    weights = rarity or Rarity()
    evidence = [s for clause in cited for s in (clause.heading, *sentences(clause.text))]
    share, missing, _ = coverage(said, evidence, weights)
    reasons = list(dict.fromkeys(_broken(said, cited, weights)))
    if share < least:
        reasons.append(f"only {share:.0%} of its content is in the cited text")
    score = share * 0.5 ** sum(not reason.startswith("only ") for reason in reasons)
    return Grounding(grounded=not reasons, score=score, reasons=tuple(reasons), missing=missing[:8])


def _nearest(said: str, cited: Sequence[Cited], weights: Rarity) -> Cited:
    """The clause that covers most of what the sentence says: its predicate comes from there.

    Words of any heading are left out: whom one clause tells may be mentioned by another.
    """
    if len(cited) == 1:
        return cited[0]
    framing = {stem for c in cited for stem in wording.content_words(c.heading)}
    rest = [stem for stem in set(wording.content_words(said)) if stem not in framing]

    def covered(clause: Cited) -> float:
        held = set(wording.content_words(clause.text))
        return sum(weights.weight(stem) for stem in rest if stem in held)

    return max(cited, key=lambda c: (covered(c), coverage(said, [c.heard], weights)[0]))


def _broken(said: str, cited: Sequence[Cited], weights: Rarity) -> Iterator[str]:
    together = " ".join(f"{c.heard} {c.title} {c.document}" for c in cited)
    yield from _numbers(said, together)
    yield from _instruments(said, cited, together)
    yield from _actors(said, together)
    if not wording.modality_borne_out(said, " ".join(c.heard for c in cited)):
        yield "says more or less strongly than the clause that it is to be done"
    if not wording.scope_borne_out(said, together):
        yield "says 'only' or 'all' where the clause does not"
    # One clause has one statement: who is told what, how strongly, must hold within one of them.
    for statement in statements(said) if len(cited) > 1 else [said]:
        nearest = _nearest(statement, cited, weights)
        yield from broken_acts(statement, nearest.heading, nearest.text)
        yield from _told_another(statement, nearest)
        if not wording.modality_borne_out(statement, nearest.heard):
            yield "takes its strength from another clause than its content"
        elif verb := wording.verb_of_other_strength(statement, nearest.text):
            yield f"says '{verb}' more or less strongly than the clause"
        yield from _negation(statement, nearest)
        yield from told_as_facts(statement, nearest.heading, nearest.text)
        for condition in dropped(statement, nearest.text):
            yield f"leaves out the clause's condition '{condition}'"
    yield from joined(said, [f"{c.title} {c.heard}" for c in cited], weights, _binding(said))


def _binding(statement: str) -> bool:
    """Whether a sentence says who must, should, may or is invited to do something."""
    return bool(wording.modalities(statement) or acts_said(statement) or _told(statement))


def _numbers(said: str, heard: str) -> Iterator[str]:
    there = wording.numbers(heard) | wording.numbers(heard.replace("@", " ").replace("-", " "))
    for number in sorted(wording.numbers(said) - there):
        yield f"the number {number} is not in the cited text"
    for month in sorted(wording.months(said) - wording.months(heard)):
        yield f"{month} is not in the cited text"
    for often in sorted(wording.frequencies(said)):
        if not re.search(rf"\b(?:{_FREQUENCY_WORDS[often]})\b", heard, re.IGNORECASE):
            yield f"how often ({often}) is not in the cited text"


_FREQUENCY_WORDS = {
    "year": r"annual(?:ly)?|yearly|year|annually",
    "2year": r"biennial(?:ly)?|biennium|two years",
    "4year": r"quadrennial(?:ly)?|four years",
    "month": r"month(?:ly)?",
    "quarter": r"quarter(?:ly)?",
    "week": r"week(?:ly)?",
    "day": r"dai?ly|day",
}


def _instruments(said: str, cited: Sequence[Cited], heard: str) -> Iterator[str]:
    there = find_references(heard)
    for named in find_references(said):
        if any(named.matches(clause.document) for clause in cited):
            continue
        if not any(
            (named.type, named.number) == (known.type, known.number)
            and named.year in (None, known.year)
            for known in there
        ):
            yield f"{named.text} is not in the cited text"


def _actors(said: str, heard: str) -> Iterator[str]:
    there = widened(actors_in(heard))
    for actor in actors_in(said):
        if actor not in there and actor not in _NOT_DEMANDED:
            yield f"the cited text does not speak of: {actor}"


def _told_another(said: str, nearest: Cited) -> Iterator[str]:
    told = widened(addressed(nearest.heading)[1])
    for actor in _told(said):
        if told and actor not in told and actor not in _NOT_DEMANDED and not _does(nearest, actor):
            yield f"the clause tells {', '.join(sorted(told))}, not {actor}"


def _told(said: str) -> tuple[str, ...]:
    """Whom a sentence says is to act: 'X must ...', 'X is invited to ...', 'instructs X to ...'."""
    for one in acts_said(said):
        if one.act is not Act.RESOLVES:
            return one.actors
    verb = _VERB.search(said)
    return actors_in(said[: verb.start()])[:1] if verb else ()


_NOT_DEMANDED = frozenset({"plenipotentiary", "sectors", "membership", "all"})
"""Whole bodies that a sentence may name as the frame ('the conference instructs ...')."""


def _does(clause: Cited, actor: str) -> bool:
    """Whether the clause itself says that `actor` is to do something ('that the Council shall')."""
    for match in _VERB.finditer(clause.text):
        before = clause.text[max(0, match.start() - 60) : match.start()]
        for one in widened([actor]):
            span = mentions(before, one)
            if span and not _OBJECT.search(before[: span[0]]) and len(before) - span[1] < 25:
                return True
    return False


_OBJECT = re.compile(r"\b(?:to|by|of|for|with|from|through)(?: the| all)?\s*$", re.IGNORECASE)
"""What stands before a body that is spoken of but not told to act ('report to the Council')."""


def _negation(said: str, nearest: Cited) -> Iterator[str]:
    """A word negated on one side must not stand un-negated on the other."""
    heard = nearest.heard
    said_not, heard_not = wording.negations(said), wording.negations(heard)
    said_all, heard_all = set(wording.content_words(said)), set(wording.content_words(heard))
    ours, theirs = frozenset().union(*said_not), frozenset().union(*heard_not)
    for words in said_not:
        if not words & theirs and words & heard_all:
            yield f"negates '{sorted(words & heard_all)[0]}', which the clause does not"
            return
    for words in heard_not:
        if words and words <= said_all and not words & ours:
            yield f"leaves out the clause's negation of '{sorted(words)[0]}'"
            return
    if said_not and not wording.has_negation(heard):
        yield "negates what the clause does not negate"
