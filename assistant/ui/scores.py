"""Why a passage was found: the parts of its score, by the arm or rule they come from."""

from __future__ import annotations

from typing import Any

from indexing import ranking
from indexing.passages import Evidence, SearchResult

_ARMS = {
    "dense": ("dense", "expanded"),
    "lexical": ("lexical", "lexical_expanded"),
}
_RAW = {"dense": "raw_dense", "lexical": "raw_lexical"}


def hit(evidence: Evidence) -> dict[str, Any]:
    """A passage with its score in three parts: meaning (dense), words (lexical), structure."""
    weights = ranking.weights()
    parts = {
        name: weights.get(name, ranking.RULES.get(name, 0.0)) * value
        for name, value in evidence.signals.items()
        if not name.startswith("raw_")
    }
    arms = {arm: sum(parts.get(name, 0.0) for name in names) for arm, names in _ARMS.items()}
    listed = {name for names in _ARMS.values() for name in names}
    structure = {n: v for n, v in parts.items() if n not in listed and round(v, 4)}
    return {
        "passage": evidence.passage,
        "address": evidence.passage.addresses[0],
        "score": evidence.score,
        "dense": arms["dense"],
        "lexical": arms["lexical"],
        "structure": sum(structure.values()),
        "raw": {arm: evidence.signals.get(name) for arm, name in _RAW.items()},
        "signals": sorted(
            ((n, evidence.signals[n], parts[n]) for n in parts if round(evidence.signals[n], 4)),
            key=lambda part: -abs(part[2]),
        ),
    }


def understood(found: SearchResult | None) -> list[tuple[str, str]]:
    """What search made of the question, as (key of a phrase, value); empty ones left out."""
    if found is None:
        return []
    query = found.trace.get("query")
    said = query if isinstance(query, dict) else {}
    arms = found.trace.get("arms")
    rows = [
        ("st-language", said.get("language")),
        ("st-expansion", said.get("expansion")),
        ("st-actors", ", ".join(said.get("actors") or ())),
        ("st-intent", said.get("intent")),
        ("st-named", ", ".join(said.get("named") or ())),
        ("st-unresolved", ", ".join(said.get("unresolved") or ())),
        (
            "st-arms",
            ", ".join(f"{name} {count}" for name, count in arms.items())
            if isinstance(arms, dict)
            else "",
        ),
        ("st-degraded", ", ".join(found.degraded)),
        ("st-milliseconds", found.trace.get("milliseconds")),
        ("st-corpus", found.corpus_version),
    ]
    return [(key, str(value)) for key, value in rows if value not in (None, "")]
