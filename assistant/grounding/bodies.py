"""Who is spoken of in a sentence: bodies and groups, in six languages, the longest name first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from assistant.grounding.exact import plain

HOLDS: dict[str, tuple[str, ...]] = {
    "bureaux": ("bdt", "tsb", "br"),
    "membership": ("member-states", "sector-members", "associates", "academia"),
    "stakeholders": (
        "member-states",
        "sector-members",
        "associates",
        "academia",
        "private-sector",
    ),
    "developing": ("ldc", "sids", "lldc", "transition"),
    "advisory-group": ("tsag", "tdag", "rag"),
    "advisory-states": ("advisory-group", "member-states"),
}
"""Whom a name takes in: what is said of all is said of each."""

ADDRESSED = frozenset(
    """secretary-general deputy general-secretariat bdt tsb br bureaux council council-group
    advisory-states advisory-group member-states sector-members associates academia membership
    plenipotentiary study-groups wtdc wtsa wrc ra itu-d itu-t itu-r regional-offices radio-board
    un-secretary-general un-general-assembly stakeholders
    security-council ecosoc undp wto wipo unesco icao health world-bank oecd igf
    tsag tdag rag""".split()
)
"""Those a conference can tell to do something; the others things are done for."""

SUBJECTS = ADDRESSED | {"manufacturers", "operators", "organizations"}
"""Those and some who act by a clause without being told by it."""


class Named(NamedTuple):
    """A name in a text's plain form."""

    body: str
    start: int
    end: int


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    raw = yaml.safe_load(files("assistant.grounding").joinpath("bodies.yaml").read_text("utf-8"))
    return tuple((str(body), re.compile(names)) for body, names in raw.items())


@lru_cache(maxsize=8192)
def named(text: str) -> tuple[Named, ...]:
    """Every body and group named, in order; of names that overlap the longest counts."""
    known = plain(text)
    found = [
        Named(body, *match.span())
        for body, pattern in _patterns()
        for match in pattern.finditer(known)
    ]
    found.sort(key=lambda one: (one.start - one.end, one.start))
    kept: list[Named] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


def bodies(text: str) -> tuple[str, ...]:
    """Ids, in order of first mention."""
    return tuple(dict.fromkeys(one.body for one in named(text)))


def widened(found: Iterable[str]) -> frozenset[str]:
    """With all whom a name takes in, and with the name that takes in all of its parts."""
    wide: set[str] = set()
    for body in found:
        wide.update((body, *HOLDS.get(body, ())))
    for body, parts in (("bureaux", HOLDS["bureaux"]), ("membership", HOLDS["membership"][:2])):
        if set(parts) <= wide:
            wide.add(body)
    return frozenset(wide)
