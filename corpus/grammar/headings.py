"""The headings of resolutions: 'recalling', 'resolves', 'instructs the Secretary-General'.

Which words open a preamble or an operative heading in the six official languages, and where a
heading ends that a converter ran together with the text around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus.documents import SectionKind
from corpus.grammar import heading_words as words_of

ENDS = (",", "،", ",", ":", ":")
# A heading and the words that prove it stand within so many characters.
_WINDOW = 1200
_MARK = r"(?P<label>(?:1|1\.1)[.)]?\s+(?=[^\W\d_])|\(?[ai]\)\s+(?=\w))"


class Found(NamedTuple):
    """A heading inside a text.

    Attributes:
        start: index at which the heading begins.
        end: index at which the text it governs begins.
        heading: the heading's words.
        labelled: a first label ('1', 'a)') follows at once.
    """

    start: int
    end: int
    heading: str
    labelled: bool


class Grammar:
    """The heading words of one language, compiled. Languages outside the six have none."""

    def __init__(self, language: str) -> None:
        none = r"(?!)"
        self.language = language
        before, after = words_of.BEFORE.get(language, ""), words_of.AFTER.get(language, "")
        flags = re.IGNORECASE
        address = words_of.ADDRESS.get(language, none)
        alone = words_of.ALONE.get(language, none)
        edge = "" if language in {"zh", "ar"} else r"(?!\w)"
        self.preamble = re.compile(words_of.PREAMBLE.get(language, none), flags)
        self.operative = re.compile(f"{before}(?:{address}|{alone}){edge}{after}", flags)
        self.address = re.compile(f"{before}(?:{address}){edge}{after}", flags)

    def kind(self, text: str) -> SectionKind | None:
        """Which part of a resolution a text that begins with these words would open."""
        text = text.strip()
        if self.preamble.match(text):
            return SectionKind.PREAMBLE
        if self.operative.match(text):
            return SectionKind.OPERATIVE
        return None

    def guess(self, text: str) -> SectionKind | None:
        """As `kind`, and by the verb's form where the verb is not known (English only)."""
        known = self.kind(text)
        if known or self.language != "en":
            return known
        verb = re.match(
            r"(?:(?:further|also)\s+)?(?P<verb>[a-z]+?(?P<end>ing|s))(?!\w)", text.strip()
        )
        if not verb or verb["verb"].endswith("ss"):
            return None
        return SectionKind.PREAMBLE if verb["end"] == "ing" else SectionKind.OPERATIVE

    def is_heading(self, text: str) -> bool:
        """Does a block of these words alone look like a heading (used where style is unknown)?"""
        text = text.strip().rstrip("".join(ENDS))
        if not text or len(text) > 420 or re.search(r"[;:;:]|[.。]$|\.\s", text):
            return False
        if text[0].isupper():
            return False
        words = len(text.split())
        preamble = self.preamble.match(text)
        if preamble:
            rest = text[preamble.end() :].strip()
            if self.language != "en":
                return words <= 4
            return not rest or (words <= 8 and _MODIFIER.fullmatch(rest) is not None)
        operative = self.operative.match(text)
        if not operative:
            return False
        if self.address.match(text) or self.language != "en":
            return words <= 60 and not _acts(text[operative.end() :])
        rest = text[operative.end() :].strip()
        told = _RESOLVES_TO.match(rest)
        return not rest or (told is not None and not _acts(rest[told.end() :]))


# What may follow a preamble gerund within its heading.
_MODIFIER = re.compile(
    r"(?:further|also|too|again|in particular|as well|with (?:\w+ )?\w+(?: and \w+)?|"
    r"that|of|to)(?:\s+(?:further|also|that))?",
    re.IGNORECASE,
)
_RESOLVES_TO = re.compile(
    r"to (?:instruct|invite|request|encourage|urge|call upon|authori[sz]e|charge|"
    r"appeal to|direct)\b",
    re.IGNORECASE,
)
# 'to' and the infinitive with which the governed text begins; 'to the', 'to a' are no infinitive.
_INFINITIVE = re.compile(
    r"(?:,)?\s(?=to (?!(?:the|a|an|all|its|their|his|her|this|that|these|those|each|any|both|no|"
    r"such|which|whom|be|date)\b)[a-z])"
)
_CITED = re.compile(r"\b(?:thereof|hereof|above|below|of this|of resolution)\b", re.IGNORECASE)
_COMPOUND = re.compile(
    r"\s*(?P<modifier>further|also|with (?:\w+ )?\w+(?: and \w+)?)\s+", re.IGNORECASE
)


def _acts(text: str) -> bool:
    """Does a heading's object already run on into what is to be done?"""
    return _INFINITIVE.search(text) is not None


def search(grammar: Grammar, text: str, preamble: bool, start: int = 0) -> Iterator[Found]:
    """Headings run together with the text before them, leftmost first.

    Only English word order is known; other languages yield a heading only at a text's end.

    Args:
        grammar: of the text's language.
        text: one clause as the file gives it.
        preamble: the clause stands in the preamble, where gerunds are headings too.
        start: index from which to look.
    """
    for place in re.finditer(r"(?<=[,;.:،;,。:])\s+(?=\S)", text):
        at = place.end()
        if at < start:
            continue
        found = _heading_at(grammar, text, at, preamble)
        if found:
            yield found


def _heading_at(grammar: Grammar, text: str, at: int, preamble: bool) -> Found | None:
    rest = text[at : at + _WINDOW]
    if preamble and (gerund := grammar.preamble.match(rest)):
        return _gerund(grammar, text, at, gerund.end())
    verb = grammar.operative.match(rest)
    if not verb or rest[0].isupper():
        return None
    if rest[-1] not in ",.;:" and grammar.is_heading(rest):
        return Found(at, len(text), rest.strip().rstrip(","), False)
    if grammar.language != "en":
        return None
    return _operative(grammar, text, at, verb.end(), preamble)


def _gerund(grammar: Grammar, text: str, at: int, length: int) -> Found | None:
    """A preamble heading inside a text: alone at its end, or compound ('noting also that ...')."""
    rest = text[at : at + _WINDOW]
    if rest[0].isupper():
        return None
    if rest[-1] not in ",.;:" and grammar.is_heading(rest):
        return Found(at, len(text), rest.strip().rstrip(","), False)
    label = re.match(r"\s+" + _MARK, rest[length:])
    if label:
        return Found(at, at + length + label.start("label"), rest[:length], True)
    compound = _COMPOUND.match(rest[length:])
    if not compound or grammar.language != "en":
        return None
    end = length + compound.end()
    if not re.match(r"(?:that|the|its|their|an?|with|Resolution|Decision)\b", rest[end:]):
        return None
    return Found(at, at + end, rest[:end].strip(), bool(re.match(_MARK, rest[end:])))


def _operative(grammar: Grammar, text: str, at: int, length: int, preamble: bool) -> Found | None:
    rest = text[at : at + _WINDOW]
    label = re.search(r"\s" + _MARK, rest[: length + 420])
    tail = rest[length:]
    to = _RESOLVES_TO.match(tail.lstrip())
    standalone = _STANDALONE.match(text, at)
    if standalone and (standalone["heading3"] or not to):
        return _alone(text, at, preamble)
    if grammar.address.match(rest) or to:
        begin = length + (len(tail) - len(tail.lstrip()) + to.end() if to else 0)
        return _addressed(text, at, begin, label)
    if label and label.start() <= length + 1:
        return Found(at, at + label.start("label"), rest[:length].strip(), True)
    return _alone(text, at, preamble)


def _addressed(text: str, at: int, begin: int, label: re.Match[str] | None) -> Found | None:
    """'instructs the Director of X, in consultation with Y' up to the infinitive or first label."""
    rest = text[at : at + _WINDOW]
    infinitive = _INFINITIVE.search(rest, begin)
    ends = [m for m in (infinitive, label) if m and m.start() >= begin]
    if not ends:
        return None
    first = min(ends, key=lambda m: m.start())
    heading = rest[: first.start()].strip().rstrip(",").strip()
    object_ = heading[begin:]
    if not object_.strip() or len(heading) > 420:
        return None
    if re.search(r"[;:]|\.\s", object_) or _CITED.search(object_):
        return None
    labelled = first is label
    end = label.start("label") if labelled and label else first.end()
    return Found(at, at + end, heading, labelled)


_STANDALONE = re.compile(
    r"(?P<heading>(?:(?:further|also)\s+)?(?:resolves|decides|recommends|declares|agrees)"
    r"(?:\s+(?:further|also))?)\s+(?=(?:to|that)\s)"
    r"|(?P<heading2>confirms)\s+(?=the\s)"
    r"|(?P<heading3>continues to (?:invite|encourage|support|request))\s+"
    r"|(?P<heading4>expresses (?:its|the) (?:\w+ ){1,5}?\w+)\s+(?=(?:to|for)\s)"
)


def _alone(text: str, at: int, preamble: bool) -> Found | None:
    """'resolves to ...', 'confirms the ...': a verb without an addressee."""
    match = _STANDALONE.match(text, at)
    if not match:
        return None
    heading = next(group for group in match.groups() if group)
    if preamble and "resolves" not in heading and "decides" not in heading:
        return None
    return Found(at, match.end(), heading, False)
