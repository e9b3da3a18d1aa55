"""Why a passage was found: its chance to answer, and the signals that made it."""

from __future__ import annotations

from typing import Any

from indexing.building.passages import Evidence, SearchResult

_SHOWN = ("dense", "lexical", "late")


def hit(evidence: Evidence) -> dict[str, Any]:
    """A passage with its chance to answer, and what its arms and late interaction say of it."""
    return {
        "passage": evidence.passage,
        "address": evidence.passage.addresses[0],
        "score": evidence.score,
        **{name: evidence.signals.get(name, 0.0) for name in _SHOWN},
        "signals": sorted(
            ((name, value) for name, value in evidence.signals.items() if round(value, 4)),
            key=lambda part: -abs(part[1]),
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
