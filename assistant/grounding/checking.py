"""The verdict on one sentence: each rule that applies, then the alignment; one 'no' is enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.grounding import wording
from assistant.grounding.acts import broken_acts
from assistant.grounding.alignment import Rarity, coverage, sentences
from assistant.grounding.clause import Cited
from assistant.grounding.conditions import dropped
from assistant.grounding.facts import modal, told_as_facts
from assistant.grounding.joining import joined, statements
from assistant.grounding.vetoes import vetoes
from corpus.documents import Frozen

LEAST = 0.6
"""Share of a sentence's (rarity-weighted) content that must be in the cited text. Chosen on
sentences of PP-18 against the same sentences moved to another clause (docs/benchmarks.md)."""


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
    said: str,
    cited: Sequence[Cited],
    rarity: Rarity | None = None,
    least: float = LEAST,
    language: str = "en",
) -> Grounding:
    """Is `said` borne out by the clauses it cites, taken together?

    Args:
        said: one finished sentence of an answer, citation marks removed.
        cited: the clauses it cites; none means it is not borne out.
        rarity: weights of words, from the turn's passages.
        least: share of the content that must be covered.
        language: of `said`.
    """
    if not cited:
        return Grounding(grounded=False, score=0.0, reasons=("cites no clause",))
    weights = rarity or Rarity()
    evidence = [s for clause in cited for s in (clause.heading, *sentences(clause.text))]
    share, missing, _ = coverage(said, evidence, weights)
    reasons = list(dict.fromkeys(_broken(said, language, cited, weights)))
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


def _broken(said: str, language: str, cited: Sequence[Cited], weights: Rarity) -> Iterator[str]:
    for veto in vetoes(said, language, cited):
        yield veto.reason
    # One clause has one statement: who is told what, how strongly, must hold within one of them.
    for statement in statements(said) if len(cited) > 1 else [said]:
        nearest = _nearest(statement, cited, weights)
        yield from broken_acts(statement, nearest.heading, nearest.text)
        if verb := wording.verb_of_other_strength(statement, nearest.text):
            yield f"says '{verb}' more or less strongly than the clause"
        yield from _negation(statement, nearest)
        yield from told_as_facts(statement, nearest.heading, nearest.text)
        for condition in dropped(statement, nearest.text):
            yield f"leaves out the clause's condition '{condition}'"
    yield from joined(said, [f"{c.title} {c.heard}" for c in cited], weights, modal(said))


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
