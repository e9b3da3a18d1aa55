"""Clauses that a test makes up, looked up as those of a shelf are."""

from __future__ import annotations

from collections.abc import Mapping

from evals.suites.metrics import ClauseText


def held(clauses: Mapping[str, str], **translated: Mapping[str, str]) -> ClauseText:
    """A lookup of `clauses` by address; of `translated`, by language, where they are held so."""

    def text(address: str, language: str = "en") -> str | None:
        return translated.get(language, {}).get(address) or clauses.get(address)

    return text
