"""What a sentence commits itself to, read off its words: numbers, modality, negation.

English but for digits. What is exact in all six languages is compared by `vetoes.py`.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Any

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_NUMBER_WORDS = {word: str(value) for value, word in enumerate(_UNITS)} | {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6",
    "seventh": "7", "eighth": "8", "ninth": "9", "tenth": "10", "twice": "2", "half": "50",
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "hundred": "100", "dozen": "12",
}  # fmt: skip
_VAGUE = frozenset({"one", "first", "second"})
"""Words that seldom count anything ('one of them', 'second, ...'): never demanded of a clause."""
_DIGITS = re.compile(r"\d{1,3}(?:[,\u00a0\u202f ]\d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_SPAN = re.compile(r"\b((?:19|20)\d\d)\s?[-–/]\s?((?:19|20)?\d\d)\b")
"""A span of years is one number more: that both its ends occur somewhere does not bear it out."""
_DIGIT_FORMS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}


def numbers(text: str) -> frozenset[str]:
    """Numbers in one form: '1 250', '1,250' and '1250' are '1250'; 'five' and 'fifth' are '5'."""
    plain = text.translate(_DIGIT_FORMS)
    found = {_digits(match[0]) for match in _DIGITS.finditer(plain)}
    found |= {f"{start}-{end[-2:]}" for start, end in _SPAN.findall(plain)}
    for word in re.findall(r"[a-z]+", plain.lower()):
        if word in _NUMBER_WORDS and word not in _VAGUE:
            found.add(_NUMBER_WORDS[word])
    return frozenset(found)


def _digits(written: str) -> str:
    joined = re.sub(r"[,\u00a0\u202f ](?=\d{3}(?!\d))", "", written).replace(",", ".")
    return joined.rstrip("0").rstrip(".") if "." in joined else joined.lstrip("0") or "0"


TO_BE_DONE = (
    r"shall|must|should|may|might|will|ought to|ha(?:s|ve) to|(?:is|are|be) (?:to|instructed|"
    r"invited|requested|encouraged|urged|required|asked|called|allowed|authorized)"
)
"""Ways to say that something is to be done, of any strength: a pattern without groups."""


class Modality(StrEnum):
    """How strongly something is said to be done."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    INVITED = "invited"


_MODAL = {
    Modality.MUST: re.compile(
        r"\b(shall|must|(?:is|are|be|been|was|were) (?:required|obliged|instructed|directed|bound)|"
        r"ha(?:s|ve) to|instructs?|mandatory|obligatory|compulsory|oblig(?:es|ed))\b", re.I
    ),
    Modality.SHOULD: re.compile(
        r"\b(should|ought to|recommend\w*|urge[sd]?|call(?:s|ed) upon)\b", re.I
    ),
    Modality.MAY: re.compile(
        r"\b(may(?! \d)|might|(?:is|are|be) (?:allowed|permitted|free|entitled|authori[sz]ed) to|"
        r"at (?:its|their) discretion|optional(?:ly)?|authorizes?)\b"
    ),
    Modality.INVITED: re.compile(
        r"\b(invites?|invited|encourages|encouraged|requests|requested|appeals to)\b", re.I
    ),
}  # fmt: skip


def modalities(text: str) -> frozenset[Modality]:
    """The strengths expressed anywhere in `text`; empty when all is neutral."""
    return frozenset(kind for kind, pattern in _MODAL.items() if pattern.search(text))


_MODAL_VERB = re.compile(
    r"\b(?P<modal>shall|must|should|ought to|may(?! \d)|might)\b (?P<rest>(?:[a-z]+\W+){0,4}[a-z]+)"
)
_OF = {
    "shall": Modality.MUST, "must": Modality.MUST, "should": Modality.SHOULD,
    "ought to": Modality.SHOULD, "may": Modality.MAY, "might": Modality.MAY,
}  # fmt: skip


def _verbs(text: str) -> dict[str, set[Modality]]:
    """Stem of the first content word behind each modal, with the strengths it is said in."""
    found: dict[str, set[Modality]] = {}
    for match in _MODAL_VERB.finditer(text):
        if behind := content_words(match["rest"]):
            found.setdefault(behind[0], set()).add(_OF[match["modal"]])
    return found


def verb_of_other_strength(said: str, heard: str) -> str:
    """The stem of a verb that `said` has with another modal than `heard` ever has; '' for none."""
    there = _verbs(heard)
    for stem, strengths in _verbs(said).items():
        if stem in there and not strengths & there[stem]:
            return stem
    return ""


_NOT = re.compile(
    r"\b(not|no|never|neither|nor|cannot|refus\w+|prohibit\w*|forbid\w*|forbidden|declin\w+|"
    r"reject\w*|abolish\w*|cease[sd]?)\b|n't\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:'t)?")
_REACH = 5
"""Words after a negation that it can bear on; longer reaches pair it with the wrong verb."""
_SMALL = frozenset(
    """
    a an and any are as at be been being but by can could did do does for from had has have if in
    into is it its may might must of on only or per shall should so such than that the their them
    then there these they this those to upon was were when where which who will with would also
    each every all more most other further both under over about
    """.split()
)


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


@lru_cache(maxsize=4096)
def content_words(text: str) -> tuple[str, ...]:
    """Stems of the words that carry meaning, in order, negations left out."""
    words = [word.casefold() for word in _WORD.findall(text.replace("’", "'"))]
    kept = [w for w in words if w not in _SMALL and not _NOT.fullmatch(w)]
    return tuple(_stemmer().stemWords(kept))


def negations(text: str) -> tuple[frozenset[str], ...]:
    """For each negation in `text`, the stems of the (at most two) content words close behind it."""
    words = [word.casefold() for word in _WORD.findall(text.replace("’", "'"))]
    found = []
    for place, word in enumerate(words):
        if _NOT.fullmatch(word) or word.endswith("n't"):
            ahead = [w for w in words[place + 1 : place + 1 + _REACH] if w not in _SMALL][:2]
            found.append(frozenset(_stemmer().stemWords(ahead)))
    return tuple(found)


def negated(text: str) -> frozenset[str]:
    """Stems of the content words that stand close behind a negation."""
    return frozenset().union(*negations(text))


def has_negation(text: str) -> bool:
    """Whether anything in `text` negates."""
    return _NOT.search(text) is not None
