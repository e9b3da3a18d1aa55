"""What looks wrong in a text that was read is said, and nothing is said of a sound one."""

from __future__ import annotations

import pytest

from corpus.reading.child import read_content
from corpus.reading.doubts import doubts

SENTENCES = (
    "The ferrymen decided that each landing keeps a list of its boats and of those who row them.",
    "A ferryman who crosses at night lights a lamp before he casts off, so that others see him.",
    "The chain is lowered in spring by the elder of the keepers and raised by the younger one.",
    "Whoever brings cattle pays a tenth more, unless the river is low by the word of the council.",
)
SOUND = [
    f"{SENTENCES[n % 4]} {SENTENCES[(n + 1) % 4]} It is so in landing {n * n + 3}, says the list."
    for n in range(24)
]


def told(paragraphs: list[str]) -> str:
    text = "Rules of the ferries\n\n" + "\n\n".join(paragraphs)
    (document,) = read_content(text.encode(), "ferries.txt")
    return "; ".join(doubts(document))


def test_nothing_is_doubted_in_a_sound_text() -> None:
    assert told(SOUND) == ""


@pytest.mark.parametrize(
    ("paragraphs", "said"),
    [
        ([f"{x[:80]} Page {n} of 24 {x[80:]}" for n, x in enumerate(SOUND, 1)], "pages or lines"),
        ([x.replace(" and ", f" and {n} ", 1) for n, x in enumerate(SOUND, 7)], "pages or lines"),
        (
            [x.replace(" and ", f" and {5 * n} ", 1) for n, x in enumerate(SOUND, 1)],
            "pages or lines",
        ),
        ([x.replace(" ", "") for x in SOUND], "run together"),
        ([" ".join(x[:120].replace(" ", "")) for x in SOUND], "stand apart"),
        ([x.replace("ferry", "fer- ry").replace("river", "ri- ver") for x in SOUND], "hyphen"),
        ([SOUND[1]] * 30, "word for word"),
        ([f"\\textbf{{Note}} {x}" for x in SOUND], "marks of its format"),
        ([f"[[Boat|boats]] {x}" for x in SOUND], "marks of its format"),
        ([f"{{{{cite web}}}} {x}" for x in SOUND], "marks of its format"),
    ],
)
def test_what_looks_wrong_is_named(paragraphs: list[str], said: str) -> None:
    assert said in told(paragraphs)
