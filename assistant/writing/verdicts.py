"""May this sentence be shown? Form first, then grounding in the clauses it cites (P1, P2, P3, P9).

A sentence in the language of its clauses is judged by `assistant.grounding`, by rule, so the same
sentence always gets the same verdict; only where it has words that the clause has not, the model
is asked as well. A sentence in another language cannot be aligned word
by word; it must keep every rule that crosses languages and the model itself must answer yes when
asked, in a request of its own, whether the clause says it. A sentence whose id was forgotten, or is
a wrong one, is shown where one clause alone bears it out by rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.citations import instrument
from assistant.grounding import Cited, Rarity, ground
from assistant.grounding.addressing import speaks_to_reader
from assistant.grounding.alignment import coverage, sentences
from assistant.grounding.check import Sentence, check
from assistant.grounding.check import Verdict as Judgement
from assistant.grounding.meaning import Meaning
from assistant.grounding.wording import content_words, numbers
from assistant.writing.crossing import broken_across
from assistant.writing.evidence import Item
from assistant.writing.naming import strange_names, without_actors
from assistant.writing.parsing import Written
from assistant.writing.shape import (
    concludes,
    half_a_sentence,
    loose_frame,
    only_the_heading,
)
from assistant.writing.subjects import says_nothing, with_subject
from corpus.documents import Frozen
from corpus.language.letters import reads_as
from corpus.language.references import find_references
from corpus.language.tokens import analyse
from corpus.tampering.characters import visible

LEAST = 0.7
"""Share of a written sentence's content that must stand in the clause. Above grounding's own bar:
a free writer adds words where an altered quotation does not."""

MOST_ADDED = 3
"""Content words the clause does not hold, up to which the model is asked whether they say the same
in other words. With none the rules alone let the sentence pass; with more it is withheld."""

_ECHO = 0.7
"""Share of a sentence's words that, all of the question's, make it an echo of the question."""

_SEGMENT = re.compile(r"[;:,.!?]\s|\b(?:and|while|which|whereas|because|but)\b")
_HALF = 0.5
"""Share of each part of a sentence that must stand in the clause: nothing new may hide behind a
long quotation."""

_FRAME = frozenset(
    "state say provid note mention accord set out document text claus section includ also "
    "address decid paragraph respect specif".split()
)
"""Stems of words that only introduce what a clause says."""

LONGEST = 700

_FORBIDDEN = (
    ("a link", re.compile(r"https?:|www\.|\]\s*\(|\bdata:|javascript:|mailto:", re.IGNORECASE)),
    ("markup", re.compile(r"<\s*[/!a-z?]|&(?:#\w+|[a-z]{2,8});|!\[|\{\{|\$\{|```", re.IGNORECASE)),
    ("an address", re.compile(r"\S@\S|#[a-z][\w-]*\.\w|\w@\d{4}")),
    ("a mark of the prompt", re.compile(r"<<|>>|\bNO_ANSWER\b|\bMISSING:|\bE\d{1,3}\b|\(link\)")),
    ("talk about itself", re.compile(
        r"\b(?:as an ai|language model|system prompt|my instructions|the evidence|the user|"
        r"(?:the|this|each) extracts?|l['’]extra(?:ct|it)|el extracto)\b", re.I
    )),
)  # fmt: skip
_DOMAIN = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)

Entails = Callable[[str, Sequence[str]], bool]
"""(statement, texts) -> whether the model says that the texts bear the statement out."""


class Verdict(Frozen):
    """On one sentence; goes into the trace whole.

    Attributes:
        text: what is shown, or would have been.
        shown: whether it may be.
        addresses: clauses that bear it out, the fewest that do, in the order cited.
        unknown: ids cited that name no evidence; removed.
        language: of the sentence.
        reasons: why it is withheld; empty when it is shown.
        score: grounding's share of content covered.
        by: `rules`, or `rules and model` across languages; `meaning`, where it is judged so.
        unsure: meaning leaves it open, and `addresses` are those to ask another judge about.
    """

    text: str
    shown: bool
    addresses: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    language: str = "en"
    reasons: tuple[str, ...] = ()
    score: float = 0.0
    by: str = "rules"
    unsure: bool = False


def judge(
    written: Written,
    items: Sequence[Item],
    language: str,
    rarity: Rarity,
    entails: Entails | None = None,
    entails_across: Entails | None = None,
    question: str = "",
) -> Verdict:
    """The verdict on one finished sentence of an answer in `language`.

    Args:
        written: the sentence with the ids it cites.
        items: the evidence of this turn.
        rarity: weights of words, from the turn's passages.
        entails: asks the model whether a few other words mean the same.
        entails_across: the same across languages; without it no sentence passes there.
        question: that is answered; said again across languages it is no answer.
    """
    verdict = _as_cited(written, items, language, rarity, entails, entails_across, question)
    if verdict.shown or (written.ids and not {item.id for item in items} & set(written.ids)):
        return verdict  # one that cites nothing but what does not exist stays withheld
    # The id was forgotten or is a wrong one; the bar is the same, and no model is asked.
    return _attributed(written, items, language, rarity) or verdict


def _as_cited(
    written: Written,
    items: Sequence[Item],
    language: str,
    rarity: Rarity,
    entails: Entails | None = None,
    entails_across: Entails | None = None,
    question: str = "",
) -> Verdict:
    """The verdict by the clauses that the sentence itself cites."""
    known = {item.id: item for item in items}
    unknown = tuple(id for id in written.ids if id not in known)
    cited = [known[id] for id in written.ids if id in known]
    text = visible(written.text)
    if cited and cited[0].language == language == "en":
        text = with_subject(text, instrument(cited[0].found.document))
    base = Verdict(text=text, shown=False, unknown=unknown, language=language)
    if reasons := _malformed(text, cited):
        return base.model_copy(update={"reasons": reasons})
    if strange := _strange_numbers(text, cited):
        return base.model_copy(update={"reasons": strange})
    if not reads_as(text, language):
        # In the clause's own language its quotation serves the reader better; and a sentence of a
        # third one is no restatement, whatever it was copied from.
        return base.model_copy(update={"reasons": ("is not in the asker's language",)})
    of_same = [item for item in cited if item.language == language]
    if of_same:
        return _alike(base, of_same, rarity, entails)
    if question and _echoes(text, question, language):
        return base.model_copy(update={"reasons": ("says the question again",)})
    return _across(base, cited, entails_across)


def judge_by_meaning(
    written: Written,
    items: Sequence[Item],
    language: str,
    meaning: Meaning,
    judged: bool = False,
) -> Verdict:
    """The verdict on one finished sentence by the check that knows meaning.

    Args:
        written: the sentence with the ids it cites.
        items: the evidence of this turn.
        language: of the answer.
        meaning: what tells whether clauses bear a sentence out.
        judged: another judge will be asked about what it leaves open.

    Raises:
        BadEmbedder: the encoder behind `meaning` cannot run.
    """
    known = {item.id: item for item in items}
    unknown = tuple(id for id in written.ids if id not in known)
    cited = [known[id] for id in written.ids if id in known]
    text = visible(written.text)
    if cited and cited[0].language == language == "en":
        text = with_subject(text, instrument(cited[0].found.document))
    base = Verdict(text=text, shown=False, unknown=unknown, language=language, by="meaning")
    if written.ids and not cited:
        return base.model_copy(update={"reasons": ("cites no evidence of this turn",)})
    reasons = [r for r in _malformed(text, cited) if not r.startswith("cites no evidence")]
    if not reads_as(text, language):
        reasons.append("is not in the asker's language")
    if reasons:
        return base.model_copy(update={"reasons": tuple(reasons)})
    # A sentence whose id was forgotten is held to each clause alone.
    sets = _fewest(cited) if cited else [[item] for item in items]
    found = check(
        [
            Sentence(text=text, language=language, cited=tuple(item.held for item in some))
            for some in sets
        ],
        meaning,
        judged,
    )
    for wanted in (Judgement.BORNE_OUT, Judgement.UNSURE):
        fit = [(one, some) for one, some in zip(found, sets, strict=True) if one.verdict is wanted]
        if not fit:
            continue
        if cited and wanted is Judgement.BORNE_OUT:
            one, some = fit[0]
        else:
            one, some = max(fit, key=lambda pair: pair[0].score)
        shown = wanted is Judgement.BORNE_OUT
        return base.model_copy(
            update={
                "shown": shown,
                "unsure": not shown and judged,
                "addresses": tuple(item.cited.address for item in some),
                "score": one.score,
                "reasons": () if shown else one.reasons,
            }
        )
    last = found[-1]
    return base.model_copy(update={"reasons": last.reasons, "score": last.score})


def _attributed(
    written: Written, items: Sequence[Item], language: str, rarity: Rarity
) -> Verdict | None:
    """The verdict on a sentence by the one clause that alone bears it out by rule, if any does."""
    for item in items:
        if item.language == language and item.id not in written.ids:
            marked = written.model_copy(update={"ids": (item.id,)})
            verdict = _as_cited(marked, items, language, rarity)
            if verdict.shown:
                unknown = set(written.ids) - {one.id for one in items}
                return verdict.model_copy(update={"unknown": tuple(sorted(unknown))})
    return None


def _malformed(text: str, cited: Sequence[Item]) -> tuple[str, ...]:
    reasons = [f"contains {what}" for what, pattern in _FORBIDDEN if pattern.search(text)]
    reasons += speaks_to_reader(text)
    held = " ".join(item.found.clause.text for item in cited).casefold()
    if any(match[0].casefold() not in held for match in _DOMAIN.finditer(text)):
        reasons.append("contains a name of a site or file that the clause does not")
    if text.rstrip('"”’»').endswith(("?", "؟", "？")):
        reasons.append("is a question")
    if half_a_sentence(text):
        reasons.append("is not a whole sentence")
    if concludes(text):
        reasons.append("draws a conclusion of its own")
    if says_nothing(text) or any(
        only_the_heading(text, item.found.section.heading, instrument(item.found.document))
        for item in cited
    ):
        reasons.append("says no more than its heading")
    if len(text) > LONGEST:
        reasons.append("is too long to be one sentence")
    if not cited:
        reasons.append("cites no evidence of this turn")
    return tuple(reasons)


def _echoes(text: str, question: str, language: str) -> bool:
    """Whether a sentence has hardly a word that the question has not."""
    words, asked = set(analyse(text, language)), set(analyse(question, language))
    return len(words & asked) >= _ECHO * len(words)


def _strange_numbers(text: str, cited: Sequence[Item]) -> tuple[str, ...]:
    """Numbers that stand in the clauses only as the instrument's own: '209 firms took part'.

    Grounding lets a sentence name its instrument, by number and year; outside of such a name only
    the clause itself, its heading and its label bear a number out, and the year of its edition.
    """
    for reference in find_references(text):
        text = text.replace(reference.text, " ")
    held = numbers(" ".join(f"{item.found.section.heading} {_own(item)}" for item in cited))
    held |= numbers(" ".join(str(item.found.document.edition) for item in cited))
    return tuple(f"the number {n} is not in the clause" for n in sorted(numbers(text) - held))


def _own(item: Item) -> str:
    return f"{item.found.clause.label or ''} {item.found.clause.text}".replace("-", " ")


def _alike(
    base: Verdict, cited: Sequence[Item], rarity: Rarity, entails: Entails | None
) -> Verdict:
    """Sentence and clauses in one language: the rules; and the model, where words were added."""
    if len(content_words(base.text)) < 2 and base.language in ("en", "es", "fr"):
        return base.model_copy(update={"reasons": ("says too little to be checked",)})
    close: list[tuple[list[str], Sequence[Item], float]] = []
    for chosen in _fewest(cited):
        clauses = [item.cited for item in chosen]
        grounding = ground(base.text, clauses, rarity, LEAST, base.language)
        names = strange_names(base.text, clauses)
        if not grounding.grounded or names:
            continue
        if part := _unborne_part(base.text, clauses, rarity):
            grounding = grounding.model_copy(
                update={"reasons": (f"the clause does not hold this part: {part}",)}
            )
            continue
        if base.language == "en" and (frame := loose_frame(base.text, clauses)):
            reason = f"the clause does not tie these words together: {frame}"
            grounding = grounding.model_copy(update={"reasons": (reason,)})
            continue
        said = set(content_words(without_actors(base.text)))
        named = content_words(
            " ".join(
                f"{c.title} {instrument(i.found.document)}"
                for i, c in zip(chosen, clauses, strict=True)
            )
        )
        added = [s for s in grounding.missing if s in said and s not in _FRAME | set(named)]
        if not added:
            return _passed(base, chosen, grounding.score)
        close.append((added, chosen, grounding.score))
    if not close:
        reasons = (*grounding.reasons, *(f"the clause does not name {name}" for name in names))
        return base.model_copy(update={"reasons": reasons, "score": grounding.score})
    added, nearest, score = min(close, key=lambda one: len(one[0]))
    base = base.model_copy(update={"by": "rules and model", "score": score})
    if len(added) <= MOST_ADDED and entails is not None and entails(base.text, _texts(nearest)):
        return _passed(base, nearest, score)
    return base.model_copy(update={"reasons": (f"adds to the clause: {', '.join(added)}",)})


def _unborne_part(said: str, clauses: Sequence[Cited], rarity: Rarity) -> str:
    """The first part of a sentence whose content is mostly not in the clauses; '' for none."""
    evidence = [s for c in clauses for s in (c.heading, c.title, *sentences(c.text))]
    for part in _SEGMENT.split(said):
        if len(content_words(part)) > 1 and coverage(part, evidence, rarity)[0] < _HALF:
            return part.strip()
    return ""


def _across(base: Verdict, cited: Sequence[Item], entails: Entails | None) -> Verdict:
    """Sentence in another language than its clauses: rules that cross languages, then the model."""
    base = base.model_copy(update={"by": "rules and model"})
    clauses = [item.cited for item in cited]
    # The share of content is not asked for: no word of the sentence can be in the clause.
    broken = [*ground(base.text, clauses, None, 0.0, base.language).reasons]
    broken += broken_across(base.text, base.language, clauses)
    broken += [f"the clause does not name {n}" for n in strange_names(base.text, clauses, True)]
    if broken:
        return base.model_copy(update={"reasons": tuple(dict.fromkeys(broken))})
    if entails is None:
        return base.model_copy(update={"reasons": ("cannot be checked across languages",)})
    if not entails(base.text, _texts(cited)):
        return base.model_copy(update={"reasons": ("the model does not find it in the clause",)})
    return _passed(base, cited, 0.0)


def _fewest(cited: Sequence[Item]) -> list[list[Item]]:
    """Each clause alone, then all but one, then all: a citation that adds nothing is not shown."""
    alone = [[item] for item in cited]
    if len(cited) == 1:
        return alone
    but_one = [[i for i in cited if i is not left] for left in cited] if len(cited) > 2 else []
    return [*alone, *but_one, list(cited)]


def _texts(items: Sequence[Item]) -> list[str]:
    return [item.cited.heard for item in items]


def _passed(base: Verdict, chosen: Sequence[Item], score: float) -> Verdict:
    addresses = tuple(item.cited.address for item in chosen)
    return base.model_copy(update={"shown": True, "addresses": addresses, "score": score})
