"""What a clause says in other words: plain English and official English for the same thing.

People ask about cheap phones; the texts speak of affordable devices. `synonyms.yaml` holds sets of
such words. They tell the clauses of one text apart, where all that search knows of is shared; they
are never used to find texts, as general words occur in all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from indexing.analysis import analyse

LIKE = 0.7
"""What a synonym counts beside the word itself."""


@cache
def synonyms() -> Mapping[str, frozenset[str]]:
    """By stem of an English word, the stems of every word that may be said for it (itself too)."""
    raw = yaml.safe_load(files("assistant").joinpath("synonyms.yaml").read_text("utf-8"))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for line in raw:
        together = set(analyse(str(line), "en"))
        for stem in together:
            found[stem] |= together
    return {stem: frozenset(together) for stem, together in found.items()}


def ways(stem: str) -> dict[frozenset[str], float]:
    """Ways of saying an English word: sets of stems a text must hold, with what each counts."""
    others = {frozenset((other,)): LIKE for other in synonyms().get(stem, ()) if other != stem}
    return {frozenset((stem,)): 1.0, **others}
