"""Topics of the unit's work: which words a mandate for one may be written in.

The families are data (`topics.yaml`). A topic no family knows stands for its own words.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from corpus.documents import Frozen
from corpus.language.letters import detect_language
from corpus.language.tokens import analyse
from indexing.glossary import actors, concepts, mentioned

_ASKING = frozenset(
    analyse(
        "does do has have had is are was were can could should may must be being give gives given "
        "mandate mandated mandates mandating topic activity activities run running operate carry "
        "out itu bdt tsb br union sector bureau director council secretary general programme "
        "program programmes work task tasked responsible responsibility which instrument "
        "resolution resolutions who what why when how instructed invited instruct invite legal "
        "basis under telecommunication ict technology information communication about concerning "
        "regarding member state states members support supporting help helping own organize set "
        "up any itu-d itu-t itu-r required asked told allowed entitled authorized",
        "en",
    )
)
_FEW = 3
_SLACK = 6
"""Words that may stand between those of a phrase: 'collect ... statistics'."""


class Topic(Frozen):
    """What a mandate is looked for.

    Attributes:
        asked: the topic or activity as the asker put it.
        words: one regular expression a family the topic falls under; all must be met.
        broader, related: regular expressions of what holds it as a part, of title neighbours.
        tokens: stems of the asker's own words, without words of asking and of every ITU text.
        whole: the families say all there is to the topic; else its own words must be met too.
    """

    asked: str
    words: tuple[str, ...] = ()
    broader: str = ""
    related: str = ""
    tokens: tuple[str, ...] = ()
    whole: bool = False

    def names(self, text: str) -> bool:
        """True if a text names the topic itself."""
        if self.whole:
            return all(_met(words, text) for words in self.words)
        return bool(self.tokens) and _within(self.tokens, stemmed(text))

    def near(self, text: str) -> bool:
        """True if a text names something that holds the topic as a part."""
        return _met(self.broader, text) or self.touches(text)

    def touches(self, text: str) -> bool:
        """True if a text names the topic or a part of it: 'youth' of 'youth entrepreneurship'."""
        return self.names(text) or any(_met(words, text) for words in self.words)

    def neighbours(self, title: str) -> bool:
        """True if a title names a neighbour of the topic."""
        return _met(self.related, title)

    def share(self, text: str) -> float:
        """Share of the asker's own words in the text, 0 to 1."""
        held = set(stemmed(text))
        return sum(t in held for t in self.tokens) / len(self.tokens) if self.tokens else 0.0


def topic(asked: str) -> Topic:
    """The topic of a question or a few words; families whose words it uses widen it."""
    tokens = tuple(dict.fromkeys(t for t in stemmed(asked) if t not in _ASKING))
    hit = [family for family in _families() if _met(family["words"], asked)]
    rest = asked
    for family in hit:
        rest = re.sub(family["words"], " ", rest, flags=re.I)
    left = [t for t in stemmed(rest) if t not in _ASKING]
    return Topic(
        asked=asked.strip(),
        words=tuple(family["words"] for family in hit),
        broader="|".join(family["broader"] for family in hit if family["broader"]),
        related="|".join(family["related"] for family in hit if family["related"]),
        tokens=tokens,
        whole=bool(hit) and not left,
    )


def in_english(asked: str) -> tuple[str, frozenset[str]]:
    """A topic or question as the English texts have it, and the actors it names.

    Questions in the five other languages are read by the glossary: the first term of each concept.
    What it does not know, and what is English, stays as it is (with no actors: `actors_in` reads
    those of English).
    """
    language = detect_language(asked)
    few = asked.isascii() and len(asked.split()) <= _FEW  # too little to tell languages apart
    if language == "en" or (few and topic(asked).words):
        return asked, frozenset()
    said = [c for c in mentioned(asked, language) if not c.actor]
    known = [c for c in said if c in concepts()] or said
    terms = dict.fromkeys(c.terms[0] for c in known)
    return " ".join(terms) or asked, actors(asked, language)


@lru_cache(maxsize=30_000)
def stemmed(text: str) -> tuple[str, ...]:
    """Stems of an English text, in order; a hyphened word counts as its parts."""
    return tuple(analyse(re.sub(r"(?<=\w)[-‑/](?=\w)", " ", text), "en"))


def _met(pattern: str, text: str) -> bool:
    return bool(pattern) and re.search(pattern, text, re.I) is not None


@cache
def _families() -> tuple[dict[str, str], ...]:
    raw = yaml.safe_load((files("assistant.advice") / "topics.yaml").read_text(encoding="utf-8"))
    return tuple(
        {key: _pattern(family[key]) for key in ("words", "broader", "related")} for family in raw
    )


def _pattern(phrases: list[str]) -> str:
    """One expression that meets any of the phrases; '' for none."""
    made = (re.escape(phrase).replace(r"\*", r"\w*").replace(r"\-", "[-‑]") for phrase in phrases)
    joined = "|".join(rf"(?<!\w){phrase}(?!\w)" for phrase in made)
    return f"(?:{joined})" if joined else ""


def _within(phrase: tuple[str, ...], stems: tuple[str, ...]) -> bool:
    """True if the stems of the phrase stand in `stems` within a short stretch, in any order."""
    wanted, reach = set(phrase), len(phrase) + _SLACK
    if not wanted <= set(stems):
        return False
    if len(wanted) == 1:
        return True
    return any(wanted <= set(stems[start : start + reach]) for start in range(len(stems)))
