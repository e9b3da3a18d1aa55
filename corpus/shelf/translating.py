"""What is wrong with the translations of the digests, as far as it can be counted.

Missing or outdated lines, numbers that differ, names that were lost or bent, terms that break the
glossary. Whether a sentence means the same is for readers to say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from corpus.documents import Document, Frozen
from corpus.language.terms import terms
from corpus.shelf.translations import LANGUAGES, Line, Original, fingerprint, lines, originals
from corpus.tampering.commands import command_in


class Wrong(StrEnum):
    """What may be wrong with a line."""

    MISSING = "missing"
    OUTDATED = "outdated"
    IDLE = "idle"
    NUMBER = "number"
    NAME = "name"
    TERM = "term"
    COMMAND = "command"


class Finding(Frozen):
    """Something wrong with one line: where, in which language, what, and the words of it."""

    language: str
    place: str
    wrong: Wrong
    detail: str


def check(digests: Iterable[Document], languages: Iterable[str] = LANGUAGES) -> list[Finding]:
    """Everything wrong with the shipped translations of `digests`, by language and place."""
    every = list(digests)
    return [finding for language in languages for finding in _check(every, language)]


def _check(digests: list[Document], language: str) -> Iterator[Finding]:
    held = lines(language)
    used: set[tuple[str, str]] = set()
    for digest in digests:
        for original in originals(digest):
            used.add((original.kind, original.place))
            yield from line_faults(original, held[original.kind].get(original.place), language)
    for kind, of_kind in held.items():
        for place in of_kind:
            if (kind, place) not in used:
                yield Finding(
                    language=language, place=place, wrong=Wrong.IDLE, detail=f"no such {kind}"
                )


def line_faults(original: Original, line: Line | None, language: str) -> Iterator[Finding]:
    """What is wrong with one line; nothing where all is well."""

    def found(wrong: Wrong, detail: str) -> Finding:
        return Finding(language=language, place=original.place, wrong=wrong, detail=detail)

    if line is None or not line.text.strip():
        yield found(Wrong.MISSING, f"{original.kind}: {original.text[:60]}")
        return
    if line.of != fingerprint(original.text):
        yield found(Wrong.OUTDATED, f"the English is now: {original.text[:60]}")
        return
    for number in _numbers_apart(original.text, line.text, language):
        yield found(Wrong.NUMBER, number)
    for name in _names_apart(original.text, line.text, language):
        yield found(Wrong.NAME, name)
    if said := command_in(line.text):
        yield found(Wrong.COMMAND, said)
    for term in terms():
        if term.headings != (original.kind == "heading") or not term.in_english(original.text):
            continue
        named = term.names[0].casefold() in line.text.casefold()  # kept as part of a name
        if not named and not term.used_in(line.text, language):
            yield found(Wrong.TERM, f"{term.english}: {term.forms[language][0]}")


_MONTHS = {
    name: number
    for number, names in enumerate(
        "january february march april may june july august september october november "
        "december".split(),
        1,
    )
    for name in (names,)
}
_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_WORDS |= {"twice": 2, "half": 2, "fifteen": 15, "eighteen": 18, "twenty": 20, "thirty": 30}
_SCALE = {
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "万": 10**4, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f\u066c ]\d{3}(?!\d))*(?:[.,\u066b]\d+)?")
_SCALED = re.compile(rf"({_NUMBER.pattern})\s*(thousand|million|billion|trillion|万亿|万|亿)")


def _numbers_apart(english: str, text: str, language: str) -> Iterator[str]:
    """Numbers of one that the other lacks, in the one's own writing."""
    wanted, held = Counter(_numbers(english)), Counter(_numbers(text))
    said = _also_said(english)
    one, other = _scaled(english), _scaled(text)
    same = {number for value in one.keys() & other.keys() for number in one[value] | other[value]}
    for value in (wanted - held).keys() - same:
        yield f"{value} is missing"
    for value in held.keys() - wanted.keys() - same - said:
        yield f"{value} is not in the English"


def _numbers(text: str) -> list[str]:
    """Every run of digits, thousands joined and the decimal sign a full stop."""
    found = []
    for match in _NUMBER.finditer(text):
        whole = re.sub(r"[.,\u00a0\u202f\u066c ](?=\d{3}(?!\d))", "", match.group())
        found.append(re.sub(r"[,\u066b]", ".", whole))
    return found


def _also_said(english: str) -> set[str]:
    """Numbers that an English text says in words: its months and its small numbers."""
    words = re.findall(r"[a-z]+", english.lower())
    return {str(n) for w in words if (n := _MONTHS.get(w) or _WORDS.get(w)) is not None}


def _scaled(text: str) -> dict[int, set[str]]:
    """Numbers as written by value, of '10 million' and '1000万', which share no digits."""
    found: dict[int, set[str]] = {}
    for match in _SCALED.finditer(text):
        number = _numbers(match[1])[0]
        if number.count(".") < 2:
            found.setdefault(round(float(number) * _SCALE[match[2]]), set()).add(number)
    return found


_LATIN = re.compile(r"(?<![\w])[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
_ODD = re.compile(r"(?=\w{5})\w*(?:[a-z][A-Z]|[A-Za-z]\d|\d[A-Za-z])")
"""Of names proper; what has up to four letters (IoT) is an abbreviation, which is translated."""


def _names_apart(english: str, text: str, language: str) -> Iterator[str]:
    """Names that only Latin letters write: those lost, and in other scripts those bent."""
    here = {name.casefold() for name in _LATIN.findall(english)}
    there = {name.casefold() for name in _LATIN.findall(text)}
    for name in dict.fromkeys(_LATIN.findall(english)):
        if _ODD.search(name) and not _kept(name, there, text):
            yield f"{name} is missing"
    if language in ("ar", "ru", "zh"):
        parts = {part for name in here for part in name.split("-")} | here
        for name in dict.fromkeys(_LATIN.findall(text)):
            own = {name.casefold(), *name.casefold().split("-")}
            if len(name) > 1 and not own & parts and name.casefold() not in english.casefold():
                yield f"{name} is not in the English"


def _kept(name: str, there: set[str], text: str) -> bool:
    if name.casefold() in there or name.casefold() in text.casefold():
        return True
    # 'RI5' may be said as 'initiative 5', 'PP-18' as the conference's name in the language with
    # its year: the digits are then what must stay, and `_numbers_apart` looks at them.
    return any(character.isdigit() for character in name)


def summary(findings: Iterable[Finding]) -> Mapping[str, Counter[str]]:
    """How many of each sort, by language."""
    counted: dict[str, Counter[str]] = {}
    for finding in findings:
        counted.setdefault(finding.language, Counter())[finding.wrong.value] += 1
    return counted
