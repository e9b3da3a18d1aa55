"""Names in a written sentence that no cited clause holds: bodies, countries, firms, acronyms (P2).

English and the other Latin-script languages mark names by capitals; acronyms are seen in any
script. A name that `corpus.language.actors` knows is left to grounding, which compares actors, not
words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.grounding import Cited
from corpus.language.actors import actors_in, mentions

_NAME = re.compile(r"(?<![\w'’-])[A-ZÀ-Þ][\w'’]*(?:-[\w'’]+)*")
_ACRONYM = re.compile(r"(?<![A-Za-z\d])([A-Z][A-Z\d]+(?:-[A-Z\d]+)*)s?(?![A-Za-z\d])")
_PEOPLE = re.compile(r"(?:ian|ean|an|ese|ish|i)$")
"""Endings of the words for a country's people and things: 'Palestinian' of Palestine."""
_COMMON = frozenset(
    "itu resolution decision recommendation union conference annex i uit resolucion resolution "
    "decision recomendacion recommandation annexe anexo conference conferencia мсэ".split()
)
"""What every instrument is called by; numbers and editions are compared by grounding."""
_BEGINS = frozenset(
    """the a an this these that those it its they their there in on at to of for from by with under
    within as according each every all any both if when while where also furthermore additionally
    moreover however specifically finally meanwhile together and or no not only one some such
    whether further after before during until since through per among between other""".split()
)
"""Words an English sentence may begin with that name nothing; any other must be in the clause."""
_STEM = 5
_ROOT = 4


def strange_names(said: str, cited: Sequence[Cited], across: bool = False) -> list[str]:
    """Names in `said` that stand in no cited clause, heading or title.

    Args:
        said: the sentence.
        cited: its clauses.
        across: the clauses are in another language: a name counts as held when a word of theirs
            begins alike, accents aside.
    """
    heard = _bare(" ".join(f"{c.heard} {c.title}" for c in cited))
    words = set(re.findall(r"\w+", heard))
    initials = _initials(" ".join(f"{c.heading} {c.text} {c.title}" for c in cited))
    rest = without_actors(said)
    strange: list[str] = []
    for match in _NAME.finditer(rest):
        name = match[0]
        acronym = bool(_ACRONYM.fullmatch(name))
        first = not rest[: match.start()].strip(" \"“«'‘¿¡(")
        bare = _bare(re.sub(r"['’]s$", "", name))
        if bare in _COMMON or (first and not acronym and (across or bare in _BEGINS)):
            continue
        parts = re.findall(r"\w+", bare)
        if all(_held(part, words, across and not acronym) for part in parts):
            continue
        if not acronym and len(parts) == 1 and _of_a_country(bare, words):
            continue
        if acronym and bare in initials:
            continue
        strange.append(name)
    for match in _ACRONYM.finditer(rest):
        bare = _bare(match[1])
        if bare in _COMMON or bare in initials:
            continue
        # "ITU-T" is one name: that "ITU" and a "T" stand somewhere does not hold it.
        if not re.search(rf"(?<!\w){re.escape(bare.removesuffix('s'))}s?(?!\w)", heard):
            strange.append(match[1])
    return list(dict.fromkeys(strange))


def _held(part: str, words: set[str], loosely: bool) -> bool:
    if part in words or part.rstrip("s") in words or f"{part}s" in words:
        return True
    stem = part[:_STEM] if loosely else ""
    return len(stem) >= 4 and any(word.startswith(stem[:4]) for word in words)


def _of_a_country(part: str, words: set[str]) -> bool:
    """Whether `part` is the adjective of a country's name among `words`: the same but for the end.

    Niger is no Nigeria, though "Nigerian" begins with it.
    """
    root = _PEOPLE.sub("", part)
    return len(root) >= _ROOT and any(
        word.startswith(root) and len(word) - len(root) <= 2 and word not in (part, "niger")
        for word in words
    )


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text).replace("\u2010", "-")
    return "".join(c for c in spread if not unicodedata.combining(c)).casefold()


def _initials(text: str) -> set[str]:
    """First letters of runs of capitalised words: 'World Trade Point' holds the name WTP."""
    found: set[str] = set()
    for run in re.findall(r"(?:[A-Z][\w-]+(?: (?:and|of|the|for|on|de|des|y))* ?){2,}", text):
        found.add("".join(word[0] for word in re.findall(r"[A-Z][\w]*", run)).casefold())
    return found


def without_actors(said: str) -> str:
    """`said` with each body that `corpus.language.actors` knows put as a mark."""
    for actor in actors_in(said):
        while span := mentions(said, actor):
            said = f"{said[: span[0]]}~{said[span[1] :]}"
    return said
