"""A sentence beside its clauses, as numbers: what a learned judge of meaning looks at.

Each word of the sentence looks for its counterpart in the clauses by its vector in context, so that
other words and other languages count; then what the clauses say around a negation, a condition or a
number of theirs is compared with what the sentence says there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.grounding import bodies
from assistant.grounding.clause import Cited
from assistant.grounding.encoder import Array, Encoded
from assistant.grounding.exact import Said, said
from corpus.language.references import find_references
from corpus.language.tokens import analyse

NAMES = (
    "bias", "mean", "content", "worst", "worst3", "low", "best_alone", "lost_alone", "pooled",
    "back", "back_best", "order", "negation_near", "negation_only_ours", "condition_near",
    "cause", "every", "only", "corrects", "clauses",
    "clause_length", "alike", "bodies_order", "modal_gap",
    "ar", "es", "fr", "ru", "zh",
)  # fmt: skip
_NEAR = 7
"""Tokens on either side of a clause's negation, condition or number that belong to it."""
_SMALL = 0.25
"""What a function word counts beside a word of content."""


@dataclass(frozen=True)
class Pair:
    """A sentence and its clauses, read: what features and a judge are computed from."""

    text: str
    language: str
    cited: tuple[Cited, ...]
    ours: Encoded
    heard: tuple[Encoded, ...]


def heard_of(clause: Cited) -> str:
    """A clause as it is read beside a sentence."""
    return f"{clause.heading}: {clause.text}" if clause.heading else clause.text


def features(pair: Pair, common: Array) -> NDArray[np.float64]:
    """One number for each of NAMES.

    Args:
        pair: read by one encoder.
        common: mean of that encoder's token vectors; without it all words look alike.
    """
    ours, weights = _words(pair.ours, pair.language, common)
    clauses = [_centred(one.vectors, common) for one in pair.heard]
    found = dict.fromkeys(NAMES, 0.0)
    found["bias"] = 1.0
    if not len(ours) or not any(map(len, clauses)):
        return np.array(list(found.values()))
    sims: list[NDArray[np.floating[Any]]] = [
        ours @ one.T if len(one) else np.zeros((len(ours), 1)) for one in clauses
    ]
    best = np.max([one.max(axis=1) for one in sims], axis=0)
    alone = [float(np.average(one.max(axis=1), weights=weights)) for one in sims]
    heavy = best[weights > _SMALL] if (weights > _SMALL).any() else best
    ranked = np.sort(heavy)
    found["mean"] = float(np.average(best, weights=weights))
    found["content"] = float(heavy.mean())
    found["worst"] = float(ranked[0])
    found["worst3"] = float(ranked[:3].mean())
    found["low"] = float((heavy < 0.45).mean())
    found["best_alone"] = max(alone)
    found["lost_alone"] = found["mean"] - max(alone)
    found["pooled"] = max(float(pair.ours.pooled @ one.pooled) for one in pair.heard)
    back = [one.max(axis=0) for one in sims]
    found["back"] = float(np.concatenate(back).mean())
    found["back_best"] = max(_best_run(one) for one in back)
    found["order"] = _order(sims[int(np.argmax(alone))], weights)
    mine = said(pair.text, pair.language)
    theirs = [said(heard_of(c), c.language) for c in pair.cited]
    negated = mine.negations
    # 'Only in exceptional cases' says what 'not, except ...' says.
    found["negation_near"] = 0.0 if negated or mine.only else _near_negation(pair, back)
    found["negation_only_ours"] = float(bool(negated) and not any(t.negations for t in theirs))
    found["condition_near"] = _near_condition(pair, back, mine)
    found["cause"] = float(mine.cause and not any(t.cause for t in theirs))
    found["every"] = float(mine.every and not any(t.every for t in theirs))
    found["only"] = float(mine.only and not any(t.only for t in theirs))
    found["corrects"] = float(mine.corrects)
    found["clauses"] = float(len(pair.cited))
    found["clause_length"] = float(np.log1p(sum(map(len, clauses))))
    found["alike"] = float(all(c.language == pair.language for c in pair.cited))
    found["bodies_order"] = _bodies_order(pair)
    found["modal_gap"] = float(bool(mine.strengths) and not any(t.strengths for t in theirs))
    if pair.language in found:
        found[pair.language] = 1.0
    return np.array([found[name] for name in NAMES])


def _centred(rows: Array, common: Array) -> Array:
    moved = np.asarray(rows, np.float32) - common
    norms = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.maximum(norms, 1e-6), np.float32)


def _words(read: Encoded, language: str, common: Array) -> tuple[Array, NDArray[np.float64]]:
    """Vectors of words (of tokens in Chinese) and what each counts; an instrument's name is left
    out: whether it is the right one is a matter of rule."""
    spans = [(one.start, one.end) for one in find_references(read.text)]
    rows, weights = [], []
    for start, end, tokens in _grouped(read, language):
        if any(a <= start < b for a, b in spans):
            continue
        word = read.text[start:end]
        if not any(c.isalnum() for c in word):
            continue
        rows.append(np.mean(read.vectors[tokens], axis=0, dtype=np.float32))
        weights.append(_weight(word, language))
    if not rows:
        return np.zeros((0, len(common)), np.float32), np.zeros(0)
    return _centred(np.stack(rows), common), np.array(weights)


def _weight(word: str, language: str) -> float:
    if language == "zh":
        return 1.0 if len(word) > 1 or word.isdigit() else 0.5
    return 1.0 if analyse(word, language) else _SMALL


def _grouped(read: Encoded, language: str) -> list[tuple[int, int, list[int]]]:
    """(start, end, tokens) of each word: tokens that touch, parted at marks."""
    found: list[tuple[int, int, list[int]]] = []
    for n, (start, end) in enumerate(read.spans):
        part = read.text[start:end]
        touches = (
            found
            and language != "zh"
            and found[-1][1] == start
            and part[:1].isalnum()
            and read.text[start - 1 : start].isalnum()
        )
        if touches:
            first, _, tokens = found[-1]
            found[-1] = (first, end, [*tokens, n])
        else:
            found.append((start, end, [n]))
    return found


def _best_run(back: Array, size: int = 12) -> float:
    """How well the best covered stretch of a clause is covered."""
    if len(back) <= size:
        return float(back.mean())
    sums = np.cumsum(np.concatenate([[0.0], back]))
    return float((sums[size:] - sums[:-size]).max() / size)


def _order(sims: NDArray[np.floating[Any]], weights: NDArray[np.float64]) -> float:
    """Share of neighbouring words of content whose counterparts stand in the same order."""
    places = [int(row.argmax()) for row, weight in zip(sims, weights, strict=True) if weight > 0.5]
    steps = [b >= a for a, b in pairwise(places)]
    return float(np.mean(steps)) if steps else 1.0


def _around(read: Encoded, at: int, back: Array, after: int = _NEAR, before: int = 2) -> float:
    """How well the tokens near the character `at` are covered by the sentence."""
    place = next((n for n, (_, end) in enumerate(read.spans) if end > at), None)
    if place is None:
        return 0.0
    some = back[max(0, place - before) : place + 1 + after]
    return float(some.mean()) if len(some) else 0.0


_STRONG = re.compile(
    r"\b(?:not|never|neither|nor|cannot|without|refrain\w*|no)\b(?! (?:later|less|more|fewer|only))"
)


def _near_negation(pair: Pair, back: Sequence[Array]) -> float:
    found = [0.0]
    for clause, read, covered in zip(pair.cited, pair.heard, back, strict=True):
        if clause.language == "en":
            found += [
                _around(read, m.start(), covered) for m in _STRONG.finditer(read.text.lower())
            ]
    return max(found)


_CONDITIONS = {
    kind: re.compile(pattern)
    for kind, pattern in {
        "request": r"\b(?:up)?on (?:their |its )?request\b|at (?:the|their) request"
        r"|if (?:they )?so request\w*|if requested",
        "means": r"\bwithin (?:the )?(?:limits? of )?(?:\w+ ){0,2}"
        r"(?:resources|budgets?|appropriations)|subject to (?:the )?(?:availab\w+|budget\w*)",
        "condition": r"\b(?:if|unless|provided that|on condition that|only (?:if|when|where|after)"
        r"|subject to|until|mutually agreed)\b"
        r"(?! (?:any|necessary|appropriate|possible|needed))",
        "exception": r"\b(?:not including|excluding|except|without prejudice|although"
        r"|exceptional)\b",
        "voluntary": r"\bvoluntar\w+",
    }.items()
}
"""Conditions as English clauses set them; kinds are those of `exact.yaml`."""


def _near_condition(pair: Pair, back: Sequence[Array], mine: Said) -> float:
    """How well the sentence covers what stands before a condition that it does not name."""
    found = [0.0]
    for clause, read, covered in zip(pair.cited, pair.heard, back, strict=True):
        if clause.language != "en":
            continue
        for kind, pattern in _CONDITIONS.items():
            if kind not in mine.conditions:
                found += [
                    _around(read, match.start(), covered, after=6, before=6)
                    for match in pattern.finditer(read.text.lower())
                ]
    return max(found)


def _bodies_order(pair: Pair) -> float:
    """1 where two bodies both know stand in another order than in every clause."""
    ours = [b for b in bodies.bodies(pair.text) if b in bodies.ADDRESSED and b != "plenipotentiary"]
    if len(ours) < 2:
        return 0.0
    for clause in pair.cited:
        there = list(bodies.bodies(heard_of(clause)))
        both = [body for body in ours if body in there]
        if len(both) >= 2 and [b for b in there if b in both] == both:
            return 0.0
    return 1.0
