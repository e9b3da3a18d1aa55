"""Labels of clauses: reading '1.2', 'a)', '(ii)' and deciding which level of a list they are.

The written label of a clause is a path, as addresses use it: `4`, `4.1`, `4.ii`, `a.i`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ROMAN = re.compile(r"(?=[ivxlc])l?x{0,3}(?:ix|iv|v?i{0,3})")

_INSERTED = {
    "bis": "bis", "ter": "ter", "quater": "quater", "quinquies": "quinquies", "sexies": "sexies",
    "septies": "septies", "octies": "octies", "novies": "novies", "decies": "decies",
    "бис": "bis", "тер": "ter", "кватер": "quater", "مكررا": "bis", "مكررًا": "bis", "مكرر": "bis",
    "之一": "bis", "之二": "bis", "之三": "ter", "之四": "quater", "之五": "quinquies",
}  # fmt: skip
INSERTED = "|".join(_INSERTED)
"""What follows the number of a provision that was put in between two others, as in '2 bis'."""
_PUT_IN = rf"(?:{INSERTED})(?![^\W\d_])(?!\s*\d)"
# '2 bis', '2bis', '2-bis', '2(bis)'; Chinese and Arabic have other words, in the same place.
AFTER_NUMBER = rf"(?:\s?[-–(]?\s?(?P<{{name}}>{_PUT_IN})\)?)?"

LABEL = (
    r"(?:§\s*)?(?:"
    rf"(?P<dotted>\d{{1,3}}(?:\.\d{{1,2}}){{1,3}}){AFTER_NUMBER.format(name='in_dotted')}[.)]?"
    rf"|\(?(?P<number>\d{{1,3}}){AFTER_NUMBER.format(name='in_number')}(?P<close>[.)])?"
    rf"|\(?(?P<letter>[^\W\d_]{{1,5}}?)\s?(?P<in_letter>{_PUT_IN})?\s?\)"
    rf"(?:\s?(?P<behind>{_PUT_IN}))?"
    r")"
)
LEADING = re.compile(LABEL + r"(?:\s+|$)", re.IGNORECASE)


class Token(NamedTuple):
    """A label as printed.

    Attributes:
        style: 'dotted', 'number' or 'letter' (letters and roman numerals look alike).
        value: without brackets, in lower case and ASCII digits: '1.2', '10', 'iv'.
        closed: a bracket or full stop follows a number ('10)'), so it is surely a label.
        inserted: 'bis', 'ter', ... where it was put in behind the label of that value.
    """

    style: str
    value: str
    closed: bool
    inserted: str = ""


class Level(NamedTuple):
    """An open level of a list: its style ('number', 'letter', 'roman'), place and path."""

    style: str
    place: int
    path: str


def read_token(match: re.Match[str]) -> Token:
    """Token of a match of `LABEL`."""
    put_in = next(
        (match[n] for n in ("in_dotted", "in_number", "in_letter", "behind") if match[n]), ""
    )
    inserted = inserted_name(put_in)
    if match["dotted"]:
        return Token("dotted", _ascii(match["dotted"]), True, inserted)
    if match["number"]:
        closed = bool(match["close"] or inserted)
        return Token("number", str(int(_ascii(match["number"]))), closed, inserted)
    value = match["letter"].casefold()
    # Other alphabets count as a, b, c, so that a clause has one label in every language.
    place = 0 if value.isascii() else letter(value)
    return Token("letter", chr(96 + place) if 0 < place <= 26 else value, True, inserted)


def inserted_name(word: str | None) -> str:
    """'bis' for 'bis', 'BIS', 'бис', '之二', ...; '' for nothing."""
    return _INSERTED.get((word or "").casefold(), "")


def split_label(text: str) -> tuple[Token | None, str]:
    """The label a text begins with, and the words behind it."""
    match = LEADING.match(text)
    if not match:
        return None, text
    token = read_token(match)
    if token.style == "letter" and not _is_list_letter(token.value):
        return None, text
    return token, text[match.end() :].strip()


def roman(value: str) -> int:
    """Value of a roman numeral in lower case up to 89; 0 where it is none."""
    if not _ROMAN.fullmatch(value):
        return 0
    total = 0
    for this, after in zip(value, [*value[1:], ""], strict=True):
        number = _ROMAN_DIGITS[this]
        total += -number if number < _ROMAN_DIGITS.get(after, 0) else number
    return total


def letter(value: str) -> int:
    """Place of a list letter: a=1 ... z=26, aa=27, bb=28; in other alphabets from its first."""
    if len(value) == 2 and value[0] == value[1] and value.isascii():
        return 26 + ord(value[0]) - 96
    if len(value) != 1:
        return 0
    if value.isascii():
        return ord(value) - 96
    for alphabet in ("абвгдежзиклмнопрстуфхцчшщэюя", "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ"):
        if value in alphabet:
            return alphabet.index(value) + 1
        if value in "أإآ" and alphabet.startswith("ا"):
            return 1
    return 0


def _is_list_letter(value: str) -> bool:
    return bool(letter(value) or roman(value))


def _ascii(digits: str) -> str:
    return "".join(c if c == "." else str(unicodedata.digit(c)) for c in digits)


class Numbering:
    """The open levels of one section's list; says what may come next and names what came."""

    def __init__(self) -> None:
        self.levels: list[Level] = []

    def expects(self, token: Token, chapeau: bool) -> bool:
        """Is this label the very next of an open level, or the first below a chapeau?

        `chapeau` says that the clause so far ends with a colon, or introduces a list some other
        way, so that a list may begin below it.
        """
        return self._next(token, chapeau) is not None

    def accept(self, token: Token, chapeau: bool) -> str:
        """Open or continue a level with this label and return the clause's written label."""
        found = self._next(token, chapeau)
        if found is None:
            found = self._best_guess(token)
        self.levels = found
        return found[-1].path

    def repeats(self, token: Token) -> bool:
        """Does this label begin its list anew, so that a heading must have come between?"""
        first = token.value in {"1", "a"} and not token.inserted
        return first and any(level.style in {"number", "letter"} for level in self.levels)

    def _next(self, token: Token, chapeau: bool) -> list[Level] | None:
        if token.inserted:
            return self._next_inserted(token)
        if token.style == "dotted":
            return self._next_dotted(token)
        readings = _readings(token)
        if chapeau:
            for style, place in readings:
                if place == 1 and not any(lv.style == style for lv in self.levels):
                    return self._below(style, place, token.value)
        for depth in range(len(self.levels) - 1, -1, -1):
            level = self.levels[depth]
            for style, place in readings:
                if level.style == style and level.place + 1 == place:
                    return self._at(depth, style, place, token.value)
        if not self.levels:
            for style, place in readings:
                if place == 1:
                    return self._below(style, place, token.value)
        return None

    def _next_inserted(self, token: Token) -> list[Level] | None:
        """'1 bis' comes behind 1, or behind another that was put in there."""
        readings = [("dotted", _last(token.value))] if token.style == "dotted" else _readings(token)
        value = f"{token.value}-{token.inserted}"
        for depth in range(len(self.levels) - 1, -1, -1):
            level = self.levels[depth]
            for style, place in readings:
                same = level.style == style and level.place == place
                if same and style == "dotted":
                    same = level.path.partition("-")[0] == token.value
                if same:
                    path = value if style == "dotted" else _join(self.levels[:depth], value)
                    return [*self.levels[:depth], Level(style, place, path)]
        return None

    def _next_dotted(self, token: Token) -> list[Level] | None:
        parent, _, last = token.value.rpartition(".")
        place = int(last)
        for depth in range(len(self.levels) - 1, -1, -1):
            level = self.levels[depth]
            if level.path == parent and place == 1:
                return [*self.levels[: depth + 1], Level("dotted", place, token.value)]
            same = level.style == "dotted" and level.path.rpartition(".")[0] == parent
            if same and level.place + 1 == place:
                return [*self.levels[:depth], Level("dotted", place, token.value)]
        return None

    def _best_guess(self, token: Token) -> list[Level]:
        """A label out of sequence: keep its own level if one is open, else stand below."""
        if token.inserted:
            value = f"{token.value}-{token.inserted}"
            plain = self._best_guess(token._replace(inserted=""))
            above = plain[:-1]
            path = value if token.style == "dotted" else _join(above, value)
            return [*above, plain[-1]._replace(path=path)]
        if token.style == "dotted":
            parent = token.value.rpartition(".")[0]
            above = [level for level in self.levels if parent.startswith(level.path)]
            return [*above, Level("dotted", _last(token.value), token.value)]
        readings = _readings(token)
        for depth, level in enumerate(self.levels):
            for style, place in readings:
                if level.style == style and (place > level.place or depth == 0):
                    return self._at(depth, style, place, token.value)
        style, place = readings[0]
        if style == "number":
            return [Level(style, place, token.value)]
        return self._below(style, place, token.value)

    def _at(self, depth: int, style: str, place: int, value: str) -> list[Level]:
        above = self.levels[:depth]
        return [*above, Level(style, place, _join(above, value))]

    def _below(self, style: str, place: int, value: str) -> list[Level]:
        return [*self.levels, Level(style, place, _join(self.levels, value))]


def _last(value: str) -> int:
    return int(value.rpartition(".")[2])


def _join(above: list[Level], value: str) -> str:
    return f"{above[-1].path}.{value}" if above else value


def _readings(token: Token) -> list[tuple[str, int]]:
    """Ways to read a label, likeliest first: 'i' is the roman one before it is the ninth letter."""
    if token.style == "number":
        return [("number", int(token.value))]
    as_letter, as_roman = letter(token.value), roman(token.value)
    readings = [("letter", as_letter)] if as_letter else []
    if as_roman:
        first = token.value[0] == "i" or not as_letter
        readings.insert(0 if first else len(readings), ("roman", as_roman))
    return readings
