"""Raised figures: the mark of a note, a power or a unit, and never a digit of the number before.

'30' with a raised '2' was printed as a share of 30 with note 2; glued together it would be quoted
as 302. Readers of formats that say what is raised put it between two marks (`raised`); `settled`
then knows the whole text, and so which figures have a note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from corpus.grammar.resolutions import Block

P = TypeVar("P", bound=Block)

_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_MARKED = re.compile(f"\\s?{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_NOTE_MARK = re.compile(r"[\[(]?(\d{1,3}|\*{1,3}|[†‡§])[\])]?[.,]?")
_BODY = re.compile(f"\\s*{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}\\s*(?=\\S)")
_UNIT = re.compile(
    r"(?:(?<![^\W\d_])(?:[kcmdhnµμ]?m|ft|yd|mi|sec|s|км|см|мм|м|كم|م|公里|米|千米))$"
)
_LETTER = re.compile(r"(?:^|[\W\d_])[^\W\d_]$")  # of a formula
_POWER = re.compile(r"(?<![\d.,])10$")
_SUPERSCRIPT = str.maketrans("0123456789+-–−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")


def raised(text: str) -> str:
    """`text` marked as raised; nothing for blanks. Other marks inside it are dropped."""
    inner = without_marks(text).strip()
    return f"{_OPEN}{inner}{_CLOSE}" if inner else ""


def without_marks(text: str) -> str:
    """`text` with raised figures run in, as if nothing had been raised."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def raised_beside(before: str, figures: str) -> str | None:
    """How raised figures are written behind a unit, number, word or sign; None behind a blank.

    Args:
        before: the text they stand behind.
        figures: digits, perhaps with a sign.
    """
    if not re.fullmatch(r"[+\-–−]?\d+", figures):
        return None
    if _UNIT.search(before) and figures.lstrip("+-–−") in ("1", "2", "3"):
        return figures.translate(_SUPERSCRIPT)
    if _POWER.search(before):
        return f"^{figures}"
    if _LETTER.search(before):
        return figures.translate(_SUPERSCRIPT)
    return f"[{figures}]" if before[-1:].strip() else None


def settled(parts: Sequence[P], notes: dict[str, str] | None = None) -> list[P]:
    """`parts` with every raised figure written so that it says what it said in print.

    A paragraph that opens with a raised mark which the text before refers to is the body of that
    note: it goes to the clause that refers to it. A figure after a unit stays raised ('km²'), one
    after 10 is a power ('10^6'), letters are run in ('1st', 'n°'); a note whose body is not in the
    file keeps its mark in brackets ('30[2]').

    Args:
        parts: of one file, in reading order.
        notes: bodies by mark, where the file's own markup gave them.
    """
    bodies = dict(notes or {})
    kept: list[P] = []
    seen: set[str] = set()
    for part in parts:
        opens = _BODY.match(part.text)
        mark = _note_mark(opens[1]) if opens else None
        if opens and mark and mark in seen and mark not in bodies:
            bodies[mark] = _written(part.text[opens.end() :], {}, [])
            continue
        seen.update(filter(None, (_note_mark(m[1]) for m in _MARKED.finditer(part.text))))
        kept.append(part)
    done = []
    for part in kept:
        if _OPEN not in part.text and not any(_OPEN in note for note in part.footnotes):
            done.append(part)
            continue
        used: list[str] = []
        text = _written(part.text, bodies, used)
        own = tuple(_written(note, {}, []) for note in part.footnotes)
        done.append(part.model_copy(update={"text": text, "footnotes": own + tuple(used)}))
    return done


def _note_mark(content: str) -> str | None:
    match = _NOTE_MARK.fullmatch(content.strip())
    return match[1] if match else None


def _written(text: str, bodies: dict[str, str], used: list[str]) -> str:
    """The text with its marks written out; those of notes go, their bodies are added to `used`."""
    out: list[str] = []
    place = 0
    for match in _MARKED.finditer(text):
        out.append(text[place : match.start()])
        place = match.end()
        before = "".join(out)
        content, blank = match[1], match[0][:1].isspace()
        mark = _note_mark(content)
        figures = re.fullmatch(r"[+\-–−]?\d+", content) is not None
        if figures and _UNIT.search(before) and content.lstrip("+-–−") in ("1", "2", "3"):
            out.append(content.translate(_SUPERSCRIPT))
        elif mark is not None and mark in bodies:
            used.append(bodies[mark])
        elif len(content) > 20 and " " in content:
            used.append(re.sub(r"^(?:\d{1,2}|\*{1,3})[.)]?\s*(?=\S)", "", content))  # a note itself
        elif figures and _POWER.search(before):
            out.append(f"^{content}")
        elif figures and _LETTER.search(before):
            out.append(content.translate(_SUPERSCRIPT))  # a letter of a formula: x²
        elif figures and before:
            out.append(f"[{content}]" if before[-1] != " " else f"{content} ")
        elif not before:
            out.append(f"{content} " if mark else content)
        else:
            out.append(f" {content}" if blank else content)
    out.append(text[place:])
    return re.sub(r"(?<=\S) +(?=[,.;:]( |$))", "", " ".join("".join(out).split()))
