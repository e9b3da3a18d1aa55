"""What is asked for in the chat and is not a question: a draft, a comparison, a review, a mandate.

Deterministic rules in six languages (`wishes.yaml`). They hold for a request that begins with what
to do and names a kind of document, two things that can be laid side by side, a review, or a
mandate trail. Anything else is a question and goes its ordinary way.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from importlib.resources import files

import yaml
from babel import Locale

from assistant.drafting.kinds import DraftKind
from assistant.phrases import LANGUAGES
from corpus.catalogue import Catalogue
from corpus.documents import Frozen

_LONGEST = 400
"""Characters of a wish; what is longer tells more than one can act upon by rule."""


_LONGEST_TOPIC = 80
"""Characters of what a mandate is for; a longer one is a question with conditions of its own."""


class Wish(StrEnum):
    """Closed list of what is asked for."""

    DRAFT = "draft"
    COMPARE = "compare"
    REVIEW = "review"
    MANDATE = "mandate"


class Wished(Frozen):
    """A wish.

    Attributes:
        topic: what a draft or a mandate is about; a review's country.
        kind: of draft.
        countries, documents: what to compare; one of the two, never both.
    """

    wish: Wish
    topic: str = ""
    kind: DraftKind = DraftKind.BRIEFING_NOTE
    countries: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()


def wish(text: str, language: str, held: frozenset[str], catalogue: Catalogue) -> Wished | None:
    """The wish a message is, or None for an ordinary question.

    Args:
        text: as typed, visible characters only.
        language: of the message; English is understood in any.
        held: countries (English short names) of which a review is on the shelf, and ids of
            documents: only what is held can be compared.
        catalogue: resolves instruments that are named.
    """
    if len(text) > _LONGEST or "\n" in text.strip():
        return None
    for spoken in dict.fromkeys((language, "en")):
        if spoken not in LANGUAGES:
            continue
        rules = _rules(spoken)
        for kind, pattern in rules.drafts:
            if found := pattern.fullmatch(text):
                topic = _trimmed(found["topic"])
                if topic:
                    return Wished(wish=Wish.DRAFT, kind=kind, topic=topic)
        for pattern in rules.mandates:
            found = pattern.fullmatch(text)
            if found and len(found["topic"]) <= _LONGEST_TOPIC:
                return Wished(wish=Wish.MANDATE, topic=_trimmed(found["topic"]))
        for pattern in rules.reviews:
            if found := pattern.fullmatch(text):
                where = _trimmed(found["topic"])
                return Wished(wish=Wish.REVIEW, topic=country(where, spoken) or where)
        for pattern in rules.comparisons:
            found = pattern.fullmatch(text)
            if found and (wished := _compared(found["topic"], spoken, held, catalogue)):
                return wished
    return None


def begins(text: str, language: str) -> bool:
    """Whether a message might be a wish at all; cheap, and asked of every message."""
    if len(text) > _LONGEST or "\n" in text.strip():
        return False
    spoken = [code for code in dict.fromkeys((language, "en")) if code in LANGUAGES]
    patterns = [
        pattern
        for rules in map(_rules, spoken)
        for pattern in (
            *(p for _, p in rules.drafts),
            *rules.comparisons,
            *rules.reviews,
            *rules.mandates,
        )
    ]
    return any(pattern.fullmatch(text) for pattern in patterns)


def country(name: str, language: str) -> str:
    """The English short name of a country named in `language`; '' for none."""
    return _countries(language).get(_folded(name), "")


class _Rules(Frozen):
    drafts: tuple[tuple[DraftKind, re.Pattern[str]], ...]
    comparisons: tuple[re.Pattern[str], ...]
    reviews: tuple[re.Pattern[str], ...]
    mandates: tuple[re.Pattern[str], ...]


@cache
def _rules(language: str) -> _Rules:
    raw = yaml.safe_load(files("assistant").joinpath("wishes.yaml").read_text("utf-8"))[language]

    def made(pattern: str, **named: str) -> re.Pattern[str]:
        for name, value in named.items():
            pattern = pattern.replace(f"<{name}>", f"(?:{value})")
        pattern = pattern.replace("<please>", f"(?:{raw['please']})?")
        pattern = pattern.replace("<topic>", r"(?P<topic>\S.*?)")
        return re.compile(rf"\s*{pattern}\s*[.!?؟。？！]*\s*", re.I | re.S)

    return _Rules(
        drafts=tuple(
            (DraftKind(kind), made(pattern, document=words))
            for kind, words in raw["documents"].items()
            for pattern in raw["draft"]
        ),
        comparisons=tuple(made(pattern) for pattern in raw["compare"]),
        reviews=tuple(made(pattern) for pattern in raw["review"]),
        mandates=tuple(made(pattern) for pattern in raw["mandate"]),
    )


def _compared(
    named: str, language: str, held: frozenset[str], catalogue: Catalogue
) -> Wished | None:
    """Two or more countries with reviews, or two documents on the shelf; else None."""
    places = [country(part, language) for part in _parts(named, language)]
    if len(set(places)) >= 2 and all(place in held for place in places):
        return Wished(wish=Wish.COMPARE, countries=tuple(dict.fromkeys(places)))
    documents = _documents(named, held, catalogue)
    if len(documents) == 2:
        return Wished(wish=Wish.COMPARE, documents=documents)
    return None


def _parts(named: str, language: str) -> list[str]:
    joined = _JOINS[language]
    return [part.strip() for part in re.split(joined, named, flags=re.I) if part.strip()]


_JOINS = {
    "en": r"\s*,\s*(?:and\s+)?|\s+(?:and|with|to|versus|vs\.?)\s+",
    "fr": r"\s*,\s*|\s+(?:et|avec|à)\s+",
    "es": r"\s*,\s*|\s+(?:y|e|con)\s+",
    "ru": r"\s*,\s*|\s+(?:и|с|со)\s+",
    "zh": r"\s*[、，,和与跟]\s*",
    "ar": r"\s*،\s*|\s+و\s*(?=\S)|\s+مع\s+",
}


def _documents(named: str, held: frozenset[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Two documents on the shelf that are named outright, or by one number and two years."""
    found: list[str] = []
    references = catalogue.resolve(named)
    for reference in references:
        known = [id for id in reference.documents if id in held]
        known += sorted((id for id in held if reference.matches(id)), reverse=True)
        found += [id for id in known[:1] if id not in found]
    years = sorted(set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", named)))
    if len({(r.type, r.number) for r in references}) == 1 and len(years) == 2:
        works = {id.partition("@")[0] for id in held if references[0].matches(id)} or {
            id.partition("@")[0] for id in found
        }
        dated = [f"{work}@{year}" for work in sorted(works) for year in years]
        pairs = list(zip(dated[::2], dated[1::2], strict=True))
        return next((pair for pair in pairs if set(pair) <= held), ())
    return tuple(found)


@cache
def _countries(language: str) -> dict[str, str]:
    """English short names by the folded name in a language (CLDR, by Babel)."""
    english = Locale("en").territories
    found = {}
    for code, name in Locale(language).territories.items():
        if len(code) == 2 and code.isalpha():
            for form in _forms(name, language):
                found[form] = english[code]
    return found


def _forms(name: str, language: str) -> set[str]:
    """A name as lists give it, and as it stands after a preposition, as far as rules can tell."""
    forms = {_folded(name), _folded(re.sub(r"\s*\(.*?\)", "", name))}
    if language == "ru":  # Руанда: Руанды, Руанду, Руанде; Тунис: Туниса, Тунису, Тунисе
        for form in list(forms):
            stem = form[:-1] if form[-1] in "аяй" else form
            forms |= {stem + end for end in ("ы", "и", "у", "ю", "е", "а", "я", "ой", "ией", "ии")}
    if language == "ar":
        forms |= {f"ل{form}" for form in list(forms)} | {f"ب{form}" for form in list(forms)}
    return forms


def _folded(name: str) -> str:
    bare = re.sub(r"^(?:the|le|la|les|l['’]|el|los|las)\s*(?=\S)", "", name.strip(), flags=re.I)
    return " ".join(bare.casefold().replace("’", "'").split())


def _trimmed(text: str) -> str:
    return text.strip(" \t.,;:!?؟。？！«»\"'“”")
