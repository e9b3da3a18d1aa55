"""The numbers that Word writes before paragraphs by itself, and which stand in no text.

After ECMA-376, part 1, 17.9: a paragraph (or its style) names a list and a level; the level gives
a format, a pattern such as '%1.%2' and a start; a level starts anew after one above it has moved.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LETTERS = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщэюя",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ",
    "arabicAlpha": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "arabicAbjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
}
_CHINESE = "一二三四五六七八九十"


class _Level(NamedTuple):
    form: str
    pattern: str
    start: int
    legal: bool
    indent: int | None


class Numbers:
    """Counts through one DOCX; ask for its paragraphs in their order, each once."""

    def __init__(self, opened: Any) -> None:
        """`opened` is what `docx.Document` gives."""
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        self._counts: defaultdict[str, dict[int, int]] = defaultdict(dict)
        part = _numbering(opened)
        if part is not None:
            self._read(part)

    def before(self, paragraph: Any) -> str:
        """What Word writes before this paragraph (of python-docx), '' for nothing or a bullet."""
        number, depth = _list_of(paragraph)
        if number is None or number not in self._lists:
            return ""
        series, levels = self._lists[number]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts[series]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [n for n in counts if n > depth]:
            del counts[deeper]
        for higher in range(depth):  # a list that begins below its first level
            counts.setdefault(higher, levels[higher].start if higher in levels else 1)
        if level.form in ("bullet", "none"):
            return ""

        def written(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            form = levels[place].form if place in levels else "decimal"
            return _written(counts.get(place, 1), "decimal" if level.legal else form)

        return re.sub(r"%([1-9])", written, level.pattern).strip()

    def indent(self, paragraph: Any) -> int | None:
        """How far in, in twentieths of a point, an item of a list stands; None for no item."""
        number, depth = _list_of(paragraph)
        if number is None or number not in self._lists:
            return None
        level = self._lists[number][1].get(depth)
        said = (_left(owner.find(f"{_W}pPr/{_W}ind")) for owner in _owners(paragraph))
        shown = next((left for left in said if left is not None), level and level.indent)
        return depth * 360 if shown is None else shown

    def _read(self, root: Any) -> None:
        abstract = {each.get(f"{_W}abstractNumId"): each for each in root.iter(f"{_W}abstractNum")}
        for number in root.iter(f"{_W}num"):
            named = number.find(f"{_W}abstractNumId")
            series = named.get(f"{_W}val") if named is not None else None
            if series not in abstract:
                continue
            levels = {
                int(each.get(f"{_W}ilvl", "0")): _level(each)
                for each in abstract[series].iter(f"{_W}lvl")
            }
            id = number.get(f"{_W}numId")
            changed = False
            for override in number.iter(f"{_W}lvlOverride"):
                depth = int(override.get(f"{_W}ilvl", "0"))
                own = override.find(f"{_W}lvl")
                if own is not None:
                    levels[depth] = _level(own)
                start = override.find(f"{_W}startOverride")
                if start is not None and depth in levels:
                    levels[depth] = levels[depth]._replace(start=int(start.get(f"{_W}val", "1")))
                    changed = True
            # Lists over one abstract list go on counting, unless one says where it starts.
            self._lists[id] = (f"{series}/{id}" if changed else str(series), levels)


def _numbering(opened: Any) -> Any | None:
    for relation in opened.part.rels.values():
        if not relation.is_external and relation.reltype.endswith("/numbering"):
            return relation.target_part.element
    return None


def _level(element: Any) -> _Level:
    def value(name: str, otherwise: str) -> str:
        found = element.find(f"{_W}{name}")
        return otherwise if found is None else str(found.get(f"{_W}val", otherwise))

    return _Level(
        form=value("numFmt", "decimal"),
        pattern=value("lvlText", ""),
        start=int(value("start", "1")),
        legal=element.find(f"{_W}isLgl") is not None,
        indent=_left(element.find(f"{_W}pPr/{_W}ind")),
    )


def _left(indent: Any) -> int | None:
    """What an element `ind` says of the left edge (the right one in Arabic); None for nothing."""
    if indent is None:
        return None
    value = indent.get(f"{_W}start", indent.get(f"{_W}left", ""))
    return int(value) if re.fullmatch(r"-?\d{1,6}", value) else None


def _owners(paragraph: Any) -> list[Any]:
    """The paragraph and its styles, nearest first: whose properties hold for it."""
    owners = [paragraph._p]
    style = paragraph.style
    while style is not None:
        owners.append(style.element)
        style = style.base_style
    return owners


def _list_of(paragraph: Any) -> tuple[str | None, int]:
    """Id of the list a paragraph belongs to, and its level from 0; (None, 0) for none."""
    number: str | None = None
    depth: int | None = None
    for owner in _owners(paragraph):
        properties = owner.find(f"{_W}pPr/{_W}numPr")
        if properties is None:
            continue
        found, level = properties.find(f"{_W}numId"), properties.find(f"{_W}ilvl")
        if depth is None and level is not None:
            depth = int(level.get(f"{_W}val", "0"))
        if found is not None:
            number = found.get(f"{_W}val")
            break
    return (None if number == "0" else number), depth or 0


def _written(count: int, form: str) -> str:
    if count < 1:
        return str(count)
    if form in ("lowerRoman", "upperRoman"):
        text, rest = "", count
        for worth, sign in _ROMAN:
            text += sign * (rest // worth)
            rest %= worth
        return text if form == "lowerRoman" else text.upper()
    if form in _LETTERS:
        letters = _LETTERS[form]
        turns, place = divmod(count - 1, len(letters))
        return letters[place] * (turns + 1)
    if form.startswith(("chinese", "ideograph", "taiwanese", "japanese")) and count <= 19:
        tens, ones = divmod(count, 10)
        if count <= 10:
            return _CHINESE[count - 1]
        return "十" * tens + (_CHINESE[ones - 1] if ones else "")
    return f"{count:02d}" if form == "decimalZero" else str(count)
