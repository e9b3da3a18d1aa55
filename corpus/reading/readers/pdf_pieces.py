"""pypdf's text pieces in page coordinates, with the style of their fonts.

pypdf calls its visitors in drawing order with raw matrices; this turns them into upright pieces
measured from the top of the page. `corpus.reading.readers.pdf_lines` joins them into lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

try:  # pypdf's own metrics; not public, so a release that moves them only costs us accuracy
    from pypdf.generic._font import Font
except ImportError:  # pragma: no cover
    Font = None  # type: ignore[assignment,misc]

_BOLD_NAME = re.compile(r"bold|black|heavy|semibd|demi", re.I)
_ITALIC_NAME = re.compile(r"italic|oblique|slanted", re.I)
_ITALIC_FLAG, _FORCE_BOLD_FLAG = 1 << 6, 1 << 18  # ISO 32000-1, table 123


class Piece(NamedTuple):
    """What pypdf reported at one place; points, y down from the top of the page.

    `ends_line` and `guessed_space` are pypdf's opinions: that the line ends after the piece, and
    that a space goes before it although none was drawn.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    italic: bool
    ends_line: bool
    guessed_space: bool


def pieces_of(page: pypdf.PageObject) -> tuple[float, float, list[Piece]]:
    """Width and height of a page in points, and its text pieces in drawing order.

    A page whose text mostly runs sideways (a wide table) is turned upright; stray sideways
    text (stamps, watermarks) is left out. Raises what pypdf raises on damaged content.
    """
    collector = _Collector()
    page.extract_text(visitor_text=collector.text, visitor_operand_before=collector.operand)
    return collector.upright(page)


class _Face(NamedTuple):
    """A font: widths in 1/1000 em by character, of any other, the codes of a space, its style."""

    widths: dict[str, float]
    default: float
    spaces: frozenset[bytes]
    bold: bool
    italic: bool


class _Collector:
    """pypdf's visitors: gathers text pieces with their combined matrices."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, tuple[float, ...], float, float, bool, bool, bool]] = []
        self._word_space = self._letter_space = 0.0
        self._saved: list[tuple[float, float]] = []
        self._faces: dict[int, _Face] = {}
        self._kerning = 0.0
        self._first: bytes | None = None
        self._rise = self._shown_rise = self._advance = 0.0
        self._place: tuple[float, ...] = ()

    def operand(self, operator: bytes, operands: Any, _cm: Any, _tm: Any) -> None:
        """Remembers what moves the pen beside the glyphs (Tw, Tc, TJ, Ts), and the first glyph."""
        if operator == b"q":
            self._saved.append((self._word_space, self._letter_space))
        elif operator == b"Q" and self._saved:
            self._word_space, self._letter_space = self._saved.pop()
        elif not operands:
            return
        elif operator in (b"Tw", b"Tc") and isinstance(operands[0], int | float):
            if operator == b"Tw":
                self._word_space = float(operands[0])
            else:
                self._letter_space = float(operands[0])
        elif operator == b"Ts" and isinstance(operands[0], int | float):
            self._rise = float(operands[0])
        elif operator in (b"Tj", b"TJ"):
            shown = operands[0] if operator == b"TJ" else operands[:1]
            for part in shown if isinstance(shown, list) else []:
                if isinstance(part, bytes):
                    if self._first is None:
                        self._first, self._shown_rise = bytes(part[:2]), self._rise
                elif isinstance(part, int | float):
                    self._kerning -= float(part)

    def text(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        """Takes one piece of text, in drawing order."""
        kerning, first = self._kerning, self._first
        self._kerning, self._first = 0.0, None
        if not text:
            return
        face = self._font(font)
        # pypdf adds a space before a piece where it guesses a gap: the pen tells better (_lines).
        guessed = (
            text[0] == " "
            and first is not None
            and bool(face.spaces)
            and first not in face.spaces
            and first[:1] not in face.spaces
        )
        if guessed:
            text = text[1:]
        width = self._word_space * text.count(" ") + self._letter_space * len(text)
        width += kerning * size / 1000 + sum(
            face.widths.get(char, face.default) * size / 1000 for char in text.rstrip("\n")
        )
        place = (*tm, *cm)
        # pypdf tells where the line's text began, also for pieces that follow in another font.
        advance = self._advance if place == self._place else 0.0
        matrix = _multiply((1.0, 0.0, 0.0, 1.0, advance, self._shown_rise), _multiply(tm, cm))
        self._place, self._advance = place, advance + width
        if text.endswith("\n"):
            self._place = ()
        slanted = abs(matrix[2]) > 0.1 * abs(matrix[3]) > 0 and abs(matrix[1]) < 1e-3
        self._pieces.append((text, matrix, size, width, face.bold, face.italic or slanted, guessed))

    def upright(self, page: pypdf.PageObject) -> tuple[float, float, list[Piece]]:
        """Page width and height, and the pieces that read in the page's main direction.

        A page whose text mostly runs sideways (a wide table) is turned; stray sideways text
        (stamps, watermarks) is left out.
        """
        turns = Counter[int]()
        for text, matrix, *_ in self._pieces:
            if text.strip():
                turns[_quarter_turns(matrix)] += len(text)
        turn = turns.most_common(1)[0][0] if turns else (int(page.rotation) // 90) % 4
        box = page.mediabox
        left, bottom = float(box.left), float(box.bottom)
        wide, high = float(box.width), float(box.height)
        if turn % 2:
            wide, high = high, wide
        pieces = []
        for text, matrix, size, width, bold, italic, guessed in self._pieces:
            if text.strip() and _quarter_turns(matrix) != turn:
                continue
            a, b, c, d, e, f = matrix
            e, f = e - left, f - bottom
            x, y = {
                0: (e, high - f),
                1: (f, e),
                2: (wide - e, f),
                3: (wide - f, high - e),
            }[turn]
            along = (a * a + b * b) ** 0.5
            across = (c * c + d * d) ** 0.5
            pieces.append(
                Piece(
                    text.replace("\n", " "),
                    round(x, 2),
                    round(x + width * along, 2),
                    round(y, 2),
                    round(size * across, 1),
                    bold,
                    italic,
                    text.endswith("\n"),
                    guessed,
                )
            )
        return wide, high, pieces

    def _font(self, resource: Any) -> _Face:
        if not isinstance(resource, DictionaryObject):
            return _Face({}, 500.0, frozenset(), False, False)
        key = id(resource)
        if key not in self._faces:
            self._faces[key] = _Face(*_widths(resource), *_style(resource))
        return self._faces[key]


def _widths(resource: DictionaryObject) -> tuple[dict[str, float], float, frozenset[bytes]]:
    """Width of each character the font can show, and of any other, in 1/1000 em; space codes."""
    try:
        font = Font.from_font_resource(resource)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return {}, 500.0, frozenset()
    raw = dict(font.character_widths)
    default = float(raw.pop("default", 500))
    widths = {font.character_map.get(code, code): float(width) for code, width in raw.items()}
    spaces: set[bytes] = set()
    if isinstance(font.encoding, dict):
        for number, char in font.encoding.items():
            shown = font.character_map.get(char, char)
            if chr(number) in raw:
                widths[shown] = float(raw[chr(number)])
            if shown.isspace() and number < 256:
                spaces.add(bytes([number]))
    elif "16" in font.encoding:
        spaces = {
            code.encode("utf-16-be")
            for code, shown in font.character_map.items()
            if shown.isspace() and len(code) == 1
        }
    widths = {char: width for char, width in widths.items() if width > 0}
    average = sum(widths.values()) / len(widths) if widths else default
    return widths, average, frozenset(spaces)


def is_bold_name(name: str) -> bool:
    """Whether a font's name says that it is bold."""
    return bool(_BOLD_NAME.search(name))


def _style(font: DictionaryObject) -> tuple[bool, bool]:
    """Bold and italic of a font resource, by its name and its descriptor (ISO 32000-1, 9.8)."""
    name = str(font.get("/BaseFont", ""))
    descendants = font.get("/DescendantFonts")
    if descendants is not None and len(descendants.get_object()):
        font = descendants.get_object()[0].get_object()
    descriptor = font.get("/FontDescriptor")
    details = descriptor.get_object() if descriptor is not None else {}
    flags, weight, angle = (
        _number(details.get(key)) for key in ("/Flags", "/FontWeight", "/ItalicAngle")
    )
    bold = is_bold_name(name) or bool(int(flags) & _FORCE_BOLD_FLAG) or weight >= 600
    italic = bool(_ITALIC_NAME.search(name)) or bool(int(flags) & _ITALIC_FLAG) or angle != 0
    return bold, italic


def _number(value: Any) -> float:
    value = value.get_object() if value is not None and hasattr(value, "get_object") else value
    return float(value) if isinstance(value, int | float) else 0.0


def _multiply(left: Sequence[float], right: Sequence[float]) -> tuple[float, ...]:
    a, b, c, d, e, f = left
    g, h, i, j, k, m = right
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def _quarter_turns(matrix: Sequence[float]) -> int:
    """Direction of the text in quarter turns counter-clockwise: 0 reads left to right."""
    a, b = matrix[0], matrix[1]
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3
