"""What a sentence says of exact things, in six languages, in one form each.

Numbers with what they count, how often, months, how strongly, not, only, because, on condition: the
forms are lists of `exact.yaml` and, for months and units, Babel's. Where a language has no list for
a thing, nothing is said of it, and nobody is held to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml
from babel import Locale

_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200e\u200f]")
_FORMS = str.maketrans("أإآٱىةؤئё‑’–—٫", "اااايهويе-'--.")
_DIGITS = {ord(c): str(i % 10) for i, c in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_NUMBER = re.compile(
    r"(?<![\w.,])\d{1,3}(?:[,\u00a0\u202f ]\d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
)
_SPAN = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/]\s?((?:19|20)?\d\d)(?!\d)")
_ZH_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_ZH_NUMBER = re.compile(
    r"百分之(?P<share>[一二两三四五六七八九十百]+)"
    r"|第?(?P<count>[二两三四五六七八九十百]+|一(?=年|个月|次|周|天|项|名))"
    r"(?=个|年|月|次|种|名|项|届|天|周|倍|位|期|任|国|局|部门|语|小时|分钟|份|人)"
)
_TEN = re.compile(r" عشره?\b")
_ARTICLES = r"(?:^|\W)(?:{})\s*$"
PERCENT = "%"
OFTEN = "often"
"""Units of a share, and of a frequency."""
_PERCENT = re.compile(
    r"\s?(?:[%٪]|per ?cent\b|pour cent|por ciento|процент\w*|في المايه|بالمايه|在百分)", re.I
)
_TIMES = re.compile(r"\s?(?:times\b|fois\b|veces\b|раза?\b|مرات\b|次)")
_TERMS = re.compile(r"\s?(?:terms?\b|mandats?\b|mandatos?\b|срок\w*|ولايات|任(?!务|何)|个?任期)")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """`text` in small letters, without accents and Arabic marks, digits 0-9, one apostrophe."""
    folded = unicodedata.normalize("NFKC", text).translate(_DIGITS)
    spread = unicodedata.normalize(
        "NFD", _MARKS.sub("", folded).replace("й", "\0").replace("Й", "\0")
    )
    bare = "".join(c for c in spread if not unicodedata.combining(c) or c in "\u0654\u0655")
    again = unicodedata.normalize("NFC", bare).replace("\0", "й")
    return again.translate(_FORMS).casefold()


@dataclass(frozen=True)
class Words:
    """One language's patterns, compiled."""

    numbers: Mapping[str, int]
    vague: re.Pattern[str] | None
    often: Mapping[str, re.Pattern[str]]
    strength: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    negated: re.Pattern[str]
    only: re.Pattern[str]
    every: re.Pattern[str]
    cause: re.Pattern[str]
    waives: re.Pattern[str]
    but: re.Pattern[str]
    refers: re.Pattern[str]
    conditions: Mapping[str, re.Pattern[str]]
    units: tuple[tuple[re.Pattern[str], str], ...]
    months: tuple[tuple[re.Pattern[str], int], ...]


@cache
def _all() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        files("assistant.grounding").joinpath("exact.yaml").read_text("utf-8")
    )
    return found


@cache
def abbreviations() -> tuple[str, ...]:
    """Of all six languages, without their stop."""
    return tuple(dict.fromkeys(str(one) for one in _all()["abbreviations"]))


@cache
def words(language: str) -> Words | None:
    """The patterns of `language`; None where there are none."""
    raw = _all().get(language)
    if raw is None:
        return None
    return Words(
        numbers={plain(str(word)): int(value) for word, value in raw["numbers"].items()},
        vague=re.compile(_ARTICLES.format("|".join(raw["vague"]))) if raw["vague"] else None,
        often={str(k): re.compile(v) for k, v in raw["often"].items()},
        strength=tuple((re.compile(one["says"]), frozenset(one["as"])) for one in raw["strength"]),
        negated=re.compile(raw["not"]),
        only=re.compile(raw["only"]),
        every=re.compile(raw["all"]),
        cause=re.compile(raw["cause"]),
        waives=re.compile(raw["waives"]),
        but=re.compile(raw["but"]),
        refers=re.compile(raw["refers"]),
        conditions={str(k): re.compile(v) for k, v in raw["condition"].items()},
        units=tuple(_units(language)),
        months=tuple(_months(language)),
    )


def _units(language: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """Words for years, months, weeks, days and hours behind a number."""
    patterns = Locale(language)._data["unit_patterns"]
    for unit in ("year", "month", "week", "day", "hour"):
        held = patterns[f"duration-{unit}"]
        forms = {
            plain(form.replace("{0}", "")).strip()
            for form in held.get("long", held["short"]).values()
            if "{0}" in form
        } - {""}
        known = "|".join(sorted((re.escape(form) for form in forms), key=len, reverse=True))
        tail = r"\w{0,3}" if language in ("ru", "ar") else ""
        adjective = r"(?:(?:calendar|working|full|more|full) )?" if language == "en" else ""
        yield (
            re.compile(
                rf"[\s-]?(?:个)?{adjective}(?:{known}){tail}" + (r"\b" if language != "zh" else "")
            ),
            unit,
        )


def _months(language: str) -> Iterator[tuple[re.Pattern[str], int]]:
    months = Locale(language).months
    for number in range(1, 13):
        forms = {plain(months[form]["wide"][number]) for form in ("format", "stand-alone")}
        for form in forms:
            if language == "zh":
                yield re.compile(rf"(?<!\d){number}月(?!份?内)"), number
            elif form in ("may", "mars", "март", "mai", "mayo"):
                yield re.compile(rf"(?<=\d )\b{form}\b|\b{form}\b(?= \d)"), number
            else:
                yield re.compile(rf"\b{re.escape(form)}\b"), number


@dataclass(frozen=True)
class Count:
    """A number as a text has it: its value, what it counts where known, and where it stands.

    `loose` marks 'the two', 'both', 'these three': a way to point at things, which counts none.
    """

    value: str
    unit: str
    start: int
    end: int
    loose: bool = False


@dataclass(frozen=True)
class Said:
    """Exact things of one text; offsets are those of `text`, its plain form."""

    text: str
    counts: tuple[Count, ...] = ()
    times: tuple[Count, ...] = ()
    months: frozenset[int] = frozenset()
    strengths: tuple[frozenset[str], ...] = ()
    negations: tuple[int, ...] = ()
    only: bool = False
    every: bool = False
    cause: bool = False
    waives: bool = False
    corrects: bool = False
    conditions: frozenset[str] = field(default_factory=frozenset)

    @property
    def often(self) -> frozenset[str]:
        """How often, whatever is meant."""
        return frozenset(count.value for count in self.times)

    @property
    def values(self) -> frozenset[str]:
        """Numbers, whatever they count; of a span of time the same in smaller units as well."""
        return frozenset(
            value for count in self.counts for value in (count.value, *(v for v, _ in same(count)))
        )


_SMALLER = {"week": ("day", 7), "year": ("month", 12)}


def same(count: Count) -> tuple[tuple[str, str], ...]:
    """(value, unit) of the same time in the next smaller unit and in the next larger one; of a span
    of calendar years, how many they are."""
    if count.unit == "span":
        first, last = count.value.split("-")
        return ((str((int(last) - int(first[2:])) % 100 + 1), "year"),)
    if not count.value.isdigit():
        return ()
    value = int(count.value)
    found = [(str(value * n), unit) for of, (unit, n) in _SMALLER.items() if of == count.unit]
    found += [
        (str(value // n), of)
        for of, (unit, n) in _SMALLER.items()
        if unit == count.unit and not value % n
    ]
    return tuple(found)


@lru_cache(maxsize=4096)
def said(text: str, language: str) -> Said:
    """Exact things of `text`; of a language without lists, its digits alone."""
    known = plain(text)
    held = words(language)
    if held is None:
        return Said(text=known, counts=tuple(_counts(known, None, language)))
    negations = tuple(match.start() for match in held.negated.finditer(known))
    return Said(
        text=known,
        counts=tuple(_shared(known, list(_counts(known, held, language)))),
        times=tuple(_often(known, held)),
        months=frozenset(number for pattern, number in held.months if pattern.search(known)),
        strengths=tuple(kinds for pattern, kinds in held.strength if pattern.search(known)),
        negations=negations,
        only=bool(held.only.search(known)),
        every=bool(held.every.search(known)),
        cause=bool(held.cause.search(known)),
        waives=bool(held.waives.search(known)),
        corrects=bool(negations) and bool(held.but.search(known, negations[0])),
        conditions=frozenset(
            kind for kind, pattern in held.conditions.items() if pattern.search(known)
        ),
    )


def _often(text: str, held: Words) -> Iterator[Count]:
    """How often, the narrowest first: 'twice a year' is no 'year'."""
    for how, pattern in held.often.items():
        for match in pattern.finditer(text):
            yield Count(how, OFTEN, *match.span())
        text = pattern.sub(lambda match: " " * len(match[0]), text)


def refers_back(text: str, language: str) -> bool:
    """Whether a sentence begins with a word that stands for something said before it."""
    held = words(language)
    return bool(held and held.refers.match(plain(text).lstrip(" \"«“'(")))


def _counts(text: str, held: Words | None, language: str) -> Iterator[Count]:
    years: list[tuple[int, int]] = []
    taken: list[tuple[int, int]] = []  # 'per cent' behind a number: no hundred
    for match in _SPAN.finditer(text):
        yield Count(f"{match[1]}-{match[2][-2:]}", "span", *match.span())
        end = match[2] if len(match[2]) == 4 else f"{match[1][:2]}{match[2]}"
        yield Count(match[1], "", match.start(1), match.end(1))
        yield Count(end, "", match.start(2), match.end(2))
        years.append(match.span())
    for match in (_DOTTED if language == "es" else _NUMBER).finditer(text):
        if any(start <= match.start() < end for start, end in years):
            continue
        if many := _MANY.match(text, match.end()):
            taken.append(many.span())
            whole = _times(_even(match[0]), _WORTH[str(many.lastgroup)])
            yield Count(whole, _unit(text, many.end(), held), match.start(), many.end())
            continue
        unit = "" if _is_date(match[0]) else _unit(text, match.end(), held)
        if share := _PERCENT.match(text, match.end()):
            taken.append(share.span())
        written = match[0]
        if language == "es" and re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", written):
            written = written.replace(".", "")
        yield Count(_even(written), unit, *match.span())
    if language == "zh":
        for match in _ZH_NUMBER.finditer(text):
            if worth := _chinese(match["share"] or match["count"]):
                unit = PERCENT if match["share"] else _unit(text, match.end(), held)
                yield Count(str(worth), unit, *match.span())
        return
    if held is None:
        return
    teens: tuple[int, int] | None = None
    for match in re.finditer(r"[^\W\d_]+", text):
        value = held.numbers.get(match[0])
        if value is None and language == "ar":
            value = held.numbers.get(re.sub(r"^(?:و|ف|ب|ل|ك)?(?:ال)?", "", match[0]))
        if value is None or any(start <= match.start() < end for start, end in taken):
            continue
        unit = _unit(text, match.end(), held)
        if unit == PERCENT and (share := _PERCENT.match(text, match.end())):
            taken.append(share.span())
        if language == "ar" and value == 10 and teens and match.start() - teens[1] < 3:
            value += teens[0]
        teens = (value, match.end()) if value < 10 else None
        if language == "ar" and teens and _TEN.match(text, match.end()):
            continue
        if value == 1 and not unit:
            continue
        before = text[max(0, match.start() - 12) : match.start()]
        if value == 100 and before.endswith("في "):
            continue  # 'in the hundred': per cent
        loose = not unit and value < 5 and bool(held.vague and held.vague.search(before))
        yield Count(str(value), unit, *match.span(), loose=loose)


_OR = re.compile(r"\s*(?:-|to|or|and|a|ou|et|y|o|u|или|и|до|至|到|或|او|الي|و)\s*")


def _shared(text: str, counts: list[Count]) -> Iterator[Count]:
    """In 'two or three years' both are years."""
    counts.sort(key=lambda count: count.start)
    for place, count in enumerate(counts):
        after = counts[place + 1] if place + 1 < len(counts) else None
        if (
            not count.unit
            and after
            and after.unit != "span"
            and _OR.fullmatch(text, count.end, after.start)
        ):
            count = replace(count, unit=after.unit)
        yield count


_DOTTED = re.compile(rf"\d{{1,3}}(?:\.\d{{3}}(?!\d))+(?:,\d+)?|{_NUMBER.pattern}")
"""In Spanish a full stop parts thousands."""
_MANY = re.compile(
    r"[\s-]?(?:(?P<thousand>thousand\b|mille\b|mil\b(?! mill)|тыс\w*|(?:ال)?الاف|الف\b|千)"
    r"|(?P<ten>万)|(?P<billion>billions?\b|milliards?\b|mil millones\b|млрд|миллиард\w*"
    r"|مليار\w*|十亿)|(?P<hundred>亿)"
    r"|(?P<million>millions?\b|millon(?:es)?\b|млн|миллион\w*|مليون\w*|ملايين|百万))"
)
_WORTH = {"thousand": 10**3, "ten": 10**4, "million": 10**6, "hundred": 10**8, "billion": 10**9}


def _times(value: str, worth: int) -> str:
    """'4.7' times a million is '4700000'."""
    whole, _, part = value.partition(".")
    return f"{round(float(f'{whole}.{part or 0}') * worth)}"


def _even(written: str) -> str:
    joined = re.sub(r"[,\u00a0\u202f ](?=\d{3}(?!\d))", "", written).replace(",", ".")
    return joined.rstrip("0").rstrip(".") if "." in joined else joined.lstrip("0") or "0"


def _unit(text: str, at: int, held: Words | None) -> str:
    if _PERCENT.match(text, at):
        return PERCENT
    if _TIMES.match(text, at):
        return "times"
    if _TERMS.match(text, at):
        return "term"
    for pattern, unit in held.units if held else ():
        if pattern.match(text, at):
            return unit
    return ""


def _is_date(written: str) -> bool:
    return len(written) == 4 and written[:2] in ("19", "20")


def _chinese(written: str) -> int:
    """'二十五' is 25; hundreds are not needed here."""
    if written == "百":
        return 100
    if "十" in written:
        tens, _, ones = written.partition("十")
        return 10 * _ZH_DIGITS.get(tens, 1) + _ZH_DIGITS.get(ones, 0)
    return _ZH_DIGITS.get(written[-1], 0)
