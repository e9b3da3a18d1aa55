"""A message with slips of the keyboard, read as what was meant; nothing else of it is touched.

What words there are is learned from texts that are held: the digests and their translations, the
glossary, the words of asking that the caller knows, and the words of the index. A word that none of
them holds and that the encoder's vocabulary does not know as a whole word either is looked at:

- its letters stand without their marks (résolution, ещё, أ): the commonest spelling with them;
- one slip away (a letter changed, dropped, added, or two swapped: Damerau 1964) from a word that is
  held, two from a long common one: that word, if fitted weights (`spelling.json`, made by
  `advisor train spelling`) tell that a slip is likelier than a rare word. They weigh how common the
  word near by is, what kind of slip it would be, and how likely both are as sequences of letters
  by the encoder's unigram model;
- in Chinese, a character that sounds as another one which makes a known sequence there.

Names, numbers and short words are left alone: what the texts lack may be what is asked about.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple, Protocol

from anyascii import anyascii

from corpus.language.concepts import LANGUAGES, fold
from corpus.language.countries import countries
from corpus.language.tokens import analyse
from corpus.shelf.starter import packaged_digests
from corpus.shelf.translations import lines, originals
from indexing.glossary import concepts

WEIGHTS = "spelling.json"


class Letters(Protocol):
    """What the encoder knows of words from its pieces; see `indexing.encoder.Encoder`."""

    def knows(self, word: str) -> bool:
        """Whether a word is one piece."""
        ...

    def likelihood(self, word: str) -> float:
        """Log probability of a word by its pieces."""
        ...


Indexed = Callable[[Iterable[str]], Mapping[str, int]]
"""In how many passages of the index each stem stands."""


class Change(NamedTuple):
    """One stretch that is read otherwise than it was typed; `marks`: only its marks differ."""

    typed: str
    meant: str
    marks: bool


class Mended(NamedTuple):
    """A message as it is read, and what was changed in it."""

    text: str
    changes: tuple[Change, ...] = ()


SHORTEST = {"ar": 4, "ru": 6, "en": 6, "fr": 6, "es": 6}
"""Letters from which a word has hardly a neighbour that means something else."""

LONG = {"ar": 9, "ru": 10, "en": 10, "fr": 10, "es": 10}
"""Letters from which a common word is known through two slips."""

KEPT = {"ar": 2, "ru": 1, "en": 1, "fr": 1, "es": 1}
"""Letters at the beginning that are taken to be right: they are hardly ever typed wrong, and in
Arabic they are particles, which one letter turns into others."""

COMMON = 8
"""Times from which a word of the texts is common."""

SIGNALS = (
    "likelier", "letters", "often", "length", "swapped", "doubled", "dropped", "added", "changed",
    "two", "ending", "known stem", "asking",
)  # fmt: skip
"""What is known of a word as typed beside what it may be meant for; `spelling.json` weighs it."""

SCRIPTS = {"ar": "arabic", "ru": "cyrillic", "en": "latin", "fr": "latin", "es": "latin"}

WORD = re.compile(r"(?<![\w@/.])[^\W\d_]+(?![\w@/])")
_SENTENCE = re.compile(r"(?:^|[.!?:;«“\"(¿¡—–\n])\s*$")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|„[^“”]*[“”]")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN = ("en", "fr", "es")
_PREFIXES = ("وال", "بال", "كال", "فال", "ال", "و", "ف", "ب", "ل", "ك")
"""Particles that Arabic writes together with the word after them."""


class Vocabulary:
    """The words of one language.

    Attributes:
        counts: how often each word stands in the texts, in small letters.
        spelt: the commonest spelling of each word without its marks.
        asking: the common words, those of asking among them.
        common: those of them, without marks, that are known through two slips.
        capital: words that the texts write with a capital within a sentence.
    """

    def __init__(self, language: str, asking: frozenset[str]) -> None:
        """`asking`: words that questions are made of, beside those of the texts."""
        self.language = language
        self.counts: Counter[str] = Counter()
        self.capital: Counter[str] = Counter()
        for text in _texts(language):
            for found in WORD.finditer(text):
                word = found[0].casefold()
                self.counts[word] += 1
                if found[0][0].isupper() and not _SENTENCE.search(text[: found.start()]):
                    self.capital[word] += 1
        common = {word for word, times in self.counts.items() if times >= COMMON}
        for phrase in asking:
            for word in WORD.findall(phrase.casefold()):
                self.counts[word] += COMMON
                common.add(word)
        self.spelt: dict[str, str] = {}
        for word, _ in self.counts.most_common():
            self.spelt.setdefault(bare(word), word)
        for phrase in _names(language):
            for word in WORD.findall(phrase.casefold()):
                # The glossary leaves marks out: it spells only what the texts do not.
                if self.spelt.setdefault(bare(word), word) == word:
                    self.counts[word] += 1
        self.stems = Counter(stem for word in self.counts for stem in analyse(word, language))
        self.asking = common
        self.common = tuple(
            bare(word) for word in sorted(common) if len(word) >= LONG[language] - 1
        )
        self._by_part: dict[str, list[str]] = defaultdict(list)
        for word in self.spelt:
            if len(word) >= SHORTEST[language] - 1:
                for part in _parts(word):
                    self._by_part[part].append(word)

    def near(self, word: str) -> list[str]:
        """Words without marks that are one slip away from `word`, without marks too."""
        found = {other for part in _parts(word) for other in self._by_part.get(part, ())}
        kept = word[: KEPT[self.language]]
        return [o for o in sorted(found) if o.startswith(kept) and slips(word, o, 1) == 1]

    def marked(self, word: str) -> str | None:
        """A word as the texts spell it, that was typed without some marks; None if none is so."""
        if found := self.spelt.get(bare(word)):
            return found
        if self.language == "ar":
            for prefix in _PREFIXES:
                rest = word.removeprefix(prefix)
                if rest != word and len(rest) > 2 and (found := self.spelt.get(bare(rest))):
                    return prefix + found
            return (self.spelt.get("ال" + bare(word)) or "").removeprefix("ال") or None
        return None


def _texts(language: str) -> Iterator[str]:
    if language == "en":
        for packaged in packaged_digests():
            yield from (original.text for original in originals(packaged.digest.document))
    else:
        for kind in lines(language).values():
            yield from (line.text for line in kind.values())


def _names(language: str) -> Iterator[str]:
    """What subjects and countries are called."""
    for concept in (*countries(), *concepts()):
        yield from (p for p in concept.phrases.get(language, ()) if "*" not in p)
        yield from concept.terms if language == "en" else ()


def bare(word: str) -> str:
    """A word without the marks that people leave out; й is a letter, and no и with a mark."""
    if _CYRILLIC.search(word):
        return word.replace("ё", "е")
    return fold(word).replace("ؤ", "و").replace("ئ", "ي")


@lru_cache(maxsize=32)
def vocabulary(language: str, asking: frozenset[str] = frozenset()) -> Vocabulary:
    """The words of one of the six languages but Chinese; built once a process."""
    return Vocabulary(language, asking)


def mended(
    text: str,
    language: str,
    *,
    asking: Mapping[str, frozenset[str]] | None = None,
    letters: Letters | None = None,
    indexed: Indexed | None = None,
) -> Mended:
    """A message as it is meant.

    Args:
        text: the message as typed, in `language`; in another than the six it is left as it is.
        asking: by language, words that questions are made of.
        letters: of the encoder; without it no slip of letters is mended, as names could not be
            told from slips.
        indexed: of the index, where it is in `language`.
    """
    if language not in LANGUAGES:
        return Mended(text)
    if language == "zh":
        return _mended_sequences(text, letters)
    asking = asking or {}
    book = vocabulary(language, asking.get(language, frozenset()))
    others = [
        vocabulary(code, asking.get(code, frozenset()))
        for code in _LATIN
        if language in _LATIN and code != language
    ]
    loud = text.isupper()
    spare = bare(text) == text.casefold()  # whoever types no marks leaves them all out
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    changes: list[Change] = []
    made, end = [], 0
    for found in WORD.finditer(text):
        typed = found[0]
        word = typed.casefold()
        if any(start <= found.start() < stop for start, stop in quoted):
            continue
        begins = loud or bool(_SENTENCE.search(text[: found.start()]))
        meant = _marked(word, book, spare, letters)
        if meant is None and letters is not None and not any(bare(word) in o.spelt for o in others):
            meant = _slipped(word, typed[0].isupper() and not begins, book, letters, indexed)
        if meant is None or meant == word:
            continue
        cased = _as(typed, meant)
        changes.append(Change(typed, cased, bare(typed) == bare(cased)))
        made += [text[end : found.start()], cased]
        end = found.end()
    return Mended("".join([*made, text[end:]]), tuple(changes))


def _marked(word: str, book: Vocabulary, spare: bool, letters: Letters | None) -> str | None:
    """A word with the marks it was typed without; None where it is no word of the texts.

    Marks are added and never taken away. Where the message has marks, the writer meant none here,
    unless the letters are likelier with them; one on the last letter tells two forms of a verb
    apart.
    """
    found = book.marked(word)
    if found is None:
        return word if word in book.counts else None
    if found == word or len(word) < 3 or len(found) != len(word):
        return word
    if word in book.counts and not (spare and book.counts[found] >= 10 * book.counts[word]):
        return word
    if any(a != b and a != bare(a) and a != "ى" for a, b in zip(word, found, strict=True)):
        return word
    if book.language == "ar":
        # ى for ي at the end, or ي for ى, makes another word of a rare one.
        other = {word[-1], found[-1]} == {"ي", "ى"} and book.counts[found] < COMMON
        return word if other else found
    ending = -2 if word[-1] == "s" and len(word) <= _UNMISTAKABLE else -1
    last = word[ending:] != found[ending:]
    if not last and (letters is None or spare or len(word) >= _UNMISTAKABLE):
        return found
    if letters is None:
        return word
    likelier = letters.likelihood(found) - letters.likelihood(word)
    return found if likelier > (3.0 if last else 0.0) and (spare or not last) else word


_UNMISTAKABLE = 8
"""Letters from which a word that lacks a mark inside is hardly another word."""


def _slipped(
    word: str, name: bool, book: Vocabulary, letters: Letters, indexed: Indexed | None
) -> str | None:
    """What a word that no text holds is meant for; None where it stays."""
    if len(word) < SHORTEST[book.language] or letters.knows(word):
        return None
    best, least = None, weights()[SCRIPTS[book.language]]["least"]
    for other, row in considered(word, book, letters):
        sure = chance(row, book.language)
        if sure >= least and not (name and book.capital[other] < 2):
            best, least = other, sure
    if best is None and indexed is not None and not name:
        return _of_index(word, book, letters, indexed)
    return best


def considered(word: str, book: Vocabulary, letters: Letters) -> Iterator[tuple[str, list[float]]]:
    """What `word`, which is no word of `book`, may be meant for, each with its SIGNALS."""
    plain = bare(word)
    near = book.near(plain)
    if not near and len(plain) >= LONG[book.language]:
        kept = plain[: KEPT[book.language]]
        near = [o for o in book.common if o.startswith(kept) and slips(plain, o, 2) == 2]
    stems = set(analyse(word, book.language))
    for other in near:
        meant = book.spelt[other]
        if stems == set(analyse(meant, book.language)):
            continue  # two forms of one word: search takes them for the same
        yield (
            meant,
            _row(
                plain, other, letters.likelihood(word), letters.likelihood(meant),
                book.counts[meant],
                known=bool(stems) and all(book.stems[s] > (word in book.counts) for s in stems),
                asking=meant in book.asking,
            ),
        )  # fmt: skip


def _row(
    plain: str, other: str, typed: float, meant: float, often: int, *, known: bool, asking: bool
) -> list[float]:
    kinds = dict.fromkeys(SIGNALS[4:10], 0.0)
    kinds[_kind(plain, other)] = 1.0
    start = next((n for n, (a, b) in enumerate(zip(plain, other)) if a != b), len(plain))  # noqa: B905
    return [
        max(-15.0, min(20.0, meant - typed)) / 10,
        typed / len(plain) / 3,
        math.log(often) / 3,
        min(len(plain), 14) / 7,
        *kinds.values(),
        float(start >= len(plain) - 2),
        float(known),
        float(asking),
    ]


def _kind(plain: str, other: str) -> str:
    """Which slip makes `plain` of `other`."""
    if slips(plain, other, 1) > 1:
        return "two"
    if len(plain) == len(other):
        return "swapped" if sorted(plain) == sorted(other) else "changed"
    long, short = sorted((plain, other), key=len, reverse=True)
    at = next((n for n, (a, b) in enumerate(zip(long, short)) if a != b), len(short))  # noqa: B905
    if long[at] in (long[at - 1 : at] or "-"):
        return "doubled"
    return "dropped" if len(plain) < len(other) else "added"


def chance(row: list[float], language: str) -> float:
    """How likely the word meant is so, for a row of SIGNALS."""
    layer = weights()[SCRIPTS[language]]
    raw = layer["bias"] + sum(w * v for w, v in zip(layer["weights"], row, strict=True))
    return 1 / (1 + math.exp(-raw))


@lru_cache(maxsize=1)
def weights() -> dict[str, Any]:
    """By script: `weights` of the SIGNALS, `bias`, and the `least` chance that is believed."""
    made: dict[str, Any] = json.loads(files("indexing").joinpath(WEIGHTS).read_text("utf-8"))
    return made


def _of_index(word: str, book: Vocabulary, letters: Letters, indexed: Indexed) -> str | None:
    """The word of the index that is one slip from `word`, but never by its first letter."""
    language = book.language
    own = analyse(word, language)
    stems = {
        other: found[0]
        for other in _neighbours(word)
        if len(found := analyse(other, language)) == 1
    }
    held = indexed({*stems.values(), *own})
    if any(held.get(stem) for stem in own):
        return None
    best, least = None, weights()[SCRIPTS[language]]["least"]
    for other, stem in sorted(stems.items()):
        if not held.get(stem):
            continue
        row = _row(
            bare(word), bare(other), letters.likelihood(word), letters.likelihood(other),
            held[stem], known=False, asking=False,
        )  # fmt: skip
        if (sure := chance(row, language)) >= least:
            best, least = other, sure
    return best


def _as(typed: str, meant: str) -> str:
    """`meant` with the capitals of `typed`."""
    if typed.isupper() and len(typed) > 1:
        return meant.upper()
    return meant[:1].upper() + meant[1:] if typed[:1].isupper() else meant


def _parts(word: str) -> set[str]:
    """A word, and what is left of it without one letter."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def slips(one: str, other: str, most: int) -> int:
    """Letters changed, dropped, added or swapped with the next between two words (optimal string
    alignment); `most` + 1 where there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                least = min(least, last[j - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return row[-1]


def _neighbours(word: str) -> list[str]:
    """What one slip after the first letter makes of `word`, with the letters of its script."""
    alphabet = sorted(_ALPHABETS.get(unicodedata.name(word[0], "").split()[0], ""))
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    made = [left + right[1:] for left, right in cuts if right]
    made += [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
    made += [left + letter + right[1:] for left, right in cuts if right for letter in alphabet]
    made += [left + letter + right for left, right in cuts for letter in alphabet]
    return list(dict.fromkeys(one for one in made if one != word))


_ALPHABETS = {
    "LATIN": "abcdefghijklmnopqrstuvwxyz",
    "CYRILLIC": "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "ARABIC": "ابتثجحخدذرزسشصضطظعغفقكلمنهوية",
}


# --- Chinese ---------------------------------------------------------------------------------


class Sequences:
    """Sequences of one to four characters that the Chinese texts hold, digits as one zero.

    Attributes:
        counts: how often each stands there.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._by_gap: dict[str, set[str]] = defaultdict(set)
        for text in (*_texts("zh"), *_names("zh")):
            even = _even(text)
            for size in (1, 2, 3, 4):
                for at in range(len(even) - size + 1):
                    run = even[at : at + size]
                    if _HAN.search(run) and not re.search(r"[^\u3400-\u9fff0]", run):
                        self.counts[run] += 1
        for run in self.counts:
            if len(run) == 3 or (len(run) == 2 and self.counts[run] >= COMMON):
                for at in range(len(run)):
                    self._by_gap[run[:at] + "_" + run[at + 1 :]].add(run[at])

    def fitting(self, text: str, at: int) -> set[str]:
        """Characters that make a known sequence in place of the one at `at`."""
        found: set[str] = set()
        for size in (2, 3):
            for start in range(max(at - size + 1, 0), min(at, len(text) - size) + 1):
                run = text[start : start + size]
                found |= self._by_gap.get(run[: at - start] + "_" + run[at - start + 1 :], set())
        return found

    def bound(self, text: str, at: int) -> bool:
        """Whether the character at `at` makes a word with the one or two before or after it."""
        character = text[at]
        beside = {text[max(at - n, 0) : at] for n in (1, 2)}
        pairs = [(rest + character, rest) for rest in beside]
        pairs += [(character + rest, rest) for rest in {text[at + 1 : at + 1 + n] for n in (1, 2)}]
        for run, rest in pairs:
            times = self.counts[run] if rest else 0
            if times >= COMMON / 2 and times**2 >= BOUND[len(rest)] * (
                self.counts[rest] * self.counts[character]
            ):
                return True
        return False

    def weight(self, text: str, at: int) -> float:
        """How well the character at `at` sits among those beside it."""
        total = 0.0
        for size, share in ((2, 1.0), (3, 1.0), (4, 0.5)):
            for start in range(max(at - size + 1, 0), min(at, len(text) - size) + 1):
                total += share * math.log1p(self.counts[text[start : start + size]])
        return total


def _even(text: str) -> str:
    """A text whose numbers are each one zero, so that "第205号" is every number."""
    return re.sub(r"\d+", "0", text)


@lru_cache(maxsize=1)
def sequences() -> Sequences:
    """The sequences of the Chinese texts; built once a process."""
    return Sequences()


SITS = 1.7
"""How much better a character must sit than the one typed, which sounds alike."""

BOUND = {1: 0.03, 2: 0.1}
"""How much a character must belong to the one or the two beside it (the square of how often they
stand together, by how often each stands anywhere) to be a word with them and no neighbour."""


@lru_cache(maxsize=8192)
def _sound(character: str) -> str:
    return anyascii(character).strip().casefold()


def _mended_sequences(text: str, letters: Letters | None) -> Mended:
    book = sequences()
    numbers = [(m.start(), m.end()) for m in re.finditer(r"\d+", text)]
    even, places, at = [], [], 0
    while at < len(text):
        number = next((e for s, e in numbers if s == at), None)
        even.append("0" if number else text[at])
        places.append(at)
        at = number or at + 1
    run = "".join(even)
    changes: list[tuple[int, Change]] = []
    last = -2
    for at, typed in enumerate(run):
        if not _HAN.fullmatch(typed) or at - last < 2:
            continue
        pairs = [run[start : start + 2] for start in (at - 1, at) if 0 <= start < len(run) - 1]
        if any(book.counts[pair] for pair in pairs) or (
            letters is not None and any(_HAN.fullmatch(p) and letters.knows(p) for p in pairs)
        ):
            continue
        best, meant = 0.0, ""
        now = book.weight(run, at)
        for other in sorted(book.fitting(run, at) - {typed, "0"}):
            tried = run[:at] + other + run[at + 1 :]
            if _sound(other) != _sound(typed) or not book.bound(tried, at):
                continue
            gain = book.weight(tried, at) - now
            if gain >= SITS and gain > best:
                best, meant = gain, other
        if meant:
            around = slice(max(at - 1, 0), at + 2)
            old, run, last = run, run[:at] + meant + run[at + 1 :], at
            changes.append((places[at], Change(old[around], run[around], False)))
    made = list(text)
    for place, _ in changes:
        made[place] = run[places.index(place)]
    return Mended("".join(made), tuple(change for _, change in changes))
