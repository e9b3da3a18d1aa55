"""May a sentence be shown, by the clauses it cites? By rule where it is surer, then by meaning."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from assistant.grounding.checking import ground
from assistant.grounding.clause import Cited
from assistant.grounding.meaning import Judged, Meaning, Sentence
from assistant.grounding.vetoes import vetoes
from corpus.documents import Frozen


class Verdict(StrEnum):
    """What the check says of a sentence."""

    BORNE_OUT = "borne out"
    UNSURE = "unsure"
    NOT = "not borne out"


class Checked(Frozen):
    """What was found of one sentence.

    Attributes:
        verdict: UNSURE where the judge of meaning leaves it open: without another judge that is
            a no.
        score: probability by meaning, 0..1; 0 where a rule refuses for good.
        reasons: why it is not borne out, in words; of rules first.
        kinds: the same in a word each, for tables.
    """

    verdict: Verdict
    score: float
    reasons: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


LEFT_TO_A_JUDGE = frozenset(
    {"addressee", "strength", "negation", "scope", "cause", "condition", "recipient"}
)
"""Rules whose no is not final where another judge is asked. They compare names and verbs, and
sentences true to their clauses break them now and then; of numbers, frequencies and editions that
was not seen on the tuned sentences."""


def check(sentences: Sequence[Sentence], meaning: Meaning, judged: bool = False) -> list[Checked]:
    """Each sentence held to its own clauses.

    Args:
        sentences: finished sentences, citation marks removed, each with at least one clause.
        meaning: the judge of meaning, asked once for all that no rule refuses for good.
        judged: another judge will be asked: what lies between `low` and `sure`, and what breaks a
            single rule of LEFT_TO_A_JUDGE, is then UNSURE.
    """
    broken = [vetoes(one.text, one.language, one.cited) for one in sentences]
    final = [_final({veto.kind for veto in some}, judged) for some in broken]
    kept = [one for one, no in zip(sentences, final, strict=True) if not no]
    scores = iter(meaning.probabilities(kept) if kept else ())
    found: list[Checked] = []
    for one, some, no in zip(sentences, broken, final, strict=True):
        checked = (
            Checked(verdict=Verdict.NOT, score=0.0)
            if no
            else _by_meaning(next(scores), one.language, meaning, judged)
        )
        if some:
            open_still = not no and checked.score >= meaning.low
            checked = Checked(
                verdict=Verdict.UNSURE if open_still else Verdict.NOT,
                score=checked.score,
                reasons=tuple(veto.reason for veto in some),
                kinds=tuple(dict.fromkeys(veto.kind for veto in some)),
            )
        found.append(checked)
    return found


def _final(kinds: set[str], judged: bool) -> bool:
    """Whether the rules of these kinds refuse a sentence whatever anybody says."""
    return bool(kinds) and not (judged and len(kinds) == 1 and kinds <= LEFT_TO_A_JUDGE)


def _by_meaning(one: Judged, language: str, meaning: Meaning, judged: bool) -> Checked:
    score = one.probability
    if one.left_out:
        reason = f"leaves out a {one.left_out} of the clause"
        # What is left out makes the probability small as well: it says nothing more.
        asked = judged and one.left_out in LEFT_TO_A_JUDGE
        return Checked(
            verdict=Verdict.UNSURE if asked else Verdict.NOT,
            score=score,
            reasons=(reason,),
            kinds=(one.left_out,),
        )
    least = meaning.sure if judged else meaning.least(language)
    if score >= least:
        return Checked(verdict=Verdict.BORNE_OUT, score=score)
    open_still = score >= (meaning.low if judged else meaning.low * least)
    return Checked(
        verdict=Verdict.UNSURE if open_still else Verdict.NOT,
        score=score,
        reasons=(f"the clause does not say so, as far as its meaning can be told ({score:.2f})",),
        kinds=("meaning",),
    )


def by_words(one: Sentence) -> Checked:
    """The same without a judge of meaning: by the words of sentence and clauses, where both are in
    one language; across languages words tell nothing, and the sentence is not borne out."""
    if any(clause.language != one.language for clause in one.cited):
        reason = "cannot be checked across languages without a judge of meaning"
        return Checked(verdict=Verdict.NOT, score=0.0, reasons=(reason,), kinds=("language",))
    found = ground(one.text, one.cited, language=one.language)
    return Checked(
        verdict=Verdict.BORNE_OUT if found.grounded else Verdict.NOT,
        score=found.score,
        reasons=found.reasons,
        kinds=() if found.grounded else ("words",),
    )


__all__ = ["Checked", "Cited", "Sentence", "Verdict", "by_words", "check"]
