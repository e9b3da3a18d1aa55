"""Are slips of the keyboard mended, and is nothing else? On messages of ours in six languages.

`evals/data/spelling` holds, by language, messages with slips beside what was meant, and right ones
with rare words and names. The first, third, fifth ... were tuned on; the others are the fresh half.
It was fresh once: .689 of the slips mended, 4 of
120 right ones changed, after which two rules were narrowed (two slips, and ى for ي).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

import yaml

from assistant.asking.forms import asked_with
from corpus.documents import Frozen
from indexing.encoder import packaged_encoder
from indexing.spelling import mended

if TYPE_CHECKING:
    from rich.console import Console

LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")


class Measured(Frozen):
    """One half of one language.

    Attributes:
        slips: messages with slips; `mended` of them are read word for word as meant, `partly` are
            nearer to it than they were.
        right: messages without; `changed` of them are read otherwise.
        misses: what was typed and how it was read, where that is not what was meant.
    """

    language: str
    half: str
    slips: int
    mended: int
    partly: int
    right: int
    changed: int
    misses: tuple[tuple[str, str], ...]
    milliseconds: float


def run(languages: Sequence[str] = LANGUAGES) -> list[Measured]:
    """Both halves of each language, without an index: by the shipped texts alone."""
    return [measure(code, half) for code in languages for half in ("tuned", "fresh")]


def measure(language: str, half: str) -> Measured:
    """One `half` ('tuned' or 'fresh') of the messages in a language."""
    path = files("evals") / "data" / "spelling" / f"{language}.yaml"
    held = yaml.safe_load(path.read_text("utf-8"))
    slips: list[tuple[str, str]] = held["slips"][half == "fresh" :: 2]
    right: list[str] = held["sound"][half == "fresh" :: 2]
    asking = {code: asked_with(code) for code in LANGUAGES}
    letters = packaged_encoder()

    def read(message: str) -> str:
        return mended(message, language, asking=asking, letters=letters).text

    read(slips[0][0])  # the vocabulary is built once a process
    started = time.perf_counter()
    pairs = [(typed, read(typed), meant) for typed, meant in slips]
    others = [(typed, read(typed), typed) for typed in right]
    spent = time.perf_counter() - started
    return Measured(
        language=language,
        half=half,
        slips=len(pairs),
        mended=sum(_same(got, meant) for _, got, meant in pairs),
        partly=sum(
            not _same(got, meant) and _apart(got, meant) < _apart(typed, meant)
            for typed, got, meant in pairs
        ),
        right=len(others),
        changed=sum(got != typed for typed, got, _ in others),
        misses=tuple(
            (typed, got) for typed, got, meant in (*pairs, *others) if not _same(got, meant)
        ),
        milliseconds=round(1000 * spent / (len(pairs) + len(others)), 2),
    )


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _apart(one: str, other: str) -> int:
    """Words (characters where there are none) that differ, place by place."""
    ours, theirs = one.casefold().split(), other.casefold().split()
    if len(ours) != len(theirs) or len(ours) < 3:
        ours, theirs = list(one), list(other)
    return sum(a != b for a, b in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs))


def render(measured: Sequence[Measured], console: Console, misses: bool = False) -> None:
    """The table, and with `misses` every message that was not read as meant."""
    from rich.table import Table

    table = Table("", "half", "mended", "partly", "right ones changed", "ms a message")
    for one in measured:
        table.add_row(
            one.language,
            one.half,
            f"{one.mended} of {one.slips}",
            str(one.partly),
            f"{one.changed} of {one.right}",
            str(one.milliseconds),
        )
    for half in ("tuned", "fresh"):
        of = [one for one in measured if one.half == half]
        slips, right = sum(o.slips for o in of), sum(o.right for o in of)
        table.add_row(
            "all",
            half,
            f"{sum(o.mended for o in of)} of {slips} ({sum(o.mended for o in of) / slips:.3f})",
            str(sum(o.partly for o in of)),
            f"{sum(o.changed for o in of)} of {right} ({sum(o.changed for o in of) / right:.4f})",
            "",
        )
    console.print(table)
    for one in measured if misses else ():
        for typed, got in one.misses:
            console.print(f"{one.language} {one.half}: {typed} -> {got}", markup=False)
