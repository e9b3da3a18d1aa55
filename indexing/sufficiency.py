"""Does the evidence carry an answer? A score in 0..1 with its reasons; no model needed.

Similarity alone cannot tell: questions that the texts do not answer are close to texts that
nearly do. So the question's own demands are checked as well: a number asked for must stand in the
evidence, a name must occur in it, and an instrument named must be held. Weights stand in
`sufficiency.json` with how they were learned.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import Any

from indexing.analysis import analyse
from indexing.glossary import fold
from indexing.passages import Evidence, SearchResult

FEATURES = ("similarity", "lexical", "missing", "missing_name", "no_value", "unresolved", "agree")

_LOOKED_AT = 5
"""Passages of the evidence that must carry the answer."""

_NUMBER_WORD = (
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|half|"
    r"third|quarter|annual\w*|yearly|monthly)\b"
)
_VALUE = {
    "number": re.compile(_NUMBER_WORD),
    "frequency": re.compile(
        _NUMBER_WORD + r"|\b(?:every|each|regular\w*|once|twice|periodic\w*|ongoing|session\w*)\b"
    ),
    "date": re.compile(
        r"\b(?:19|20)\d\d\b|\b(?:january|february|march|april|may|june|july|august|september|"
        r"october|november|december)\b|\bday|\bwhen|\bonly (?:if|where)|\bbefore|\bafter|\buntil"
    ),
}
_REFERENCE = re.compile(
    r"\b(?:resolutions?|decisions?|recommendations?|res\.|dec\.)\s+\d+(?:\s*\([^)]*\))?", re.I
)
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
    raw = _parameters()
    total = raw["bias"] + sum(raw["weights"].get(name, 0.0) * row[name] for name in FEATURES)
    reasons = tuple(
        name for name in ("missing_name", "no_value", "unresolved", "missing") if row[name] > 0.34
    )
    return 1 / (1 + math.exp(-total)), reasons


def threshold() -> float:
    """Score below which the evidence is not taken to answer."""
    return float(_parameters()["threshold"])


def features(result: SearchResult, question: str) -> dict[str, float]:
    """What the score is made of; see FEATURES. `result` must hold evidence."""
    evidence = result.evidence[:_LOOKED_AT]
    asked: Any = result.trace.get("query", {})
    language = str(asked.get("language", "en"))
    read = " ".join(
        f"{e.passage.title} {e.passage.section_heading} {e.passage.text}" for e in evidence
    )
    return {
        "similarity": _best(evidence, "raw_dense", "raw_expanded"),
        "lexical": _best(evidence, "raw_lexical_expanded", "raw_lexical") / 20,
        "agree": sum(e.signals.get("document", -1.0) > -0.15 for e in evidence) / len(evidence),
        "missing": _missing(question, read, language),
        "missing_name": _missing_names(question, evidence, read, asked),
        "no_value": _no_value(str(asked.get("quantity", "")), evidence),
        "unresolved": float(bool(asked.get("unresolved"))),
    }


def _best(evidence: tuple[Evidence, ...], *names: str) -> float:
    return max((e.signals.get(name, 0.0) for e in evidence for name in names), default=0.0)


def _missing(question: str, read: str, language: str) -> float:
    """Share of the question's words that the evidence does not hold (same language only)."""
    if language != "en":
        return 0.3  # what English questions have on average: says nothing either way
    wanted = set(analyse(question, "en"))
    return len(wanted - set(analyse(read, "en"))) / len(wanted) if wanted else 0.0


def _missing_names(
    question: str, evidence: tuple[Evidence, ...], read: str, asked: dict[str, Any]
) -> float:
    """Share of the names and numbers in the question that the evidence lacks."""
    bare = _REFERENCE.sub(" ", question)
    for said in asked.get("references", []):  # in other languages, as the question wrote them
        bare = bare.replace(said, " ")
    names = {n for n in _NAME.findall(bare) if n}
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
    pattern = _VALUE.get(quantity)
    if pattern is None:
        return 0.0
    texts = [_REFERENCE.sub(" ", fold(e.passage.text)) for e in evidence[:3]]
    # Years and edition marks are no answer to "how many".
    if quantity == "number":
        texts = [re.sub(r"\b(?:19|20)\d\d(?:-20\d\d)?\b|\(.*?\)", " ", text) for text in texts]
    return 1.0 - sum(bool(pattern.search(text)) for text in texts) / len(texts)


@cache
def _parameters() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads(
        files("indexing").joinpath("sufficiency.json").read_text("utf-8")
    )
    return raw
