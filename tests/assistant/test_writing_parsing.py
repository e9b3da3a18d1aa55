"""Sentences out of a stream: the same however it is cut, and never one that is not finished."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.writing.parsing import Splitter, Written

ANSWERS = [
    "Resolution 901 (Rev. Tallinn, 2031) invites No. 5 of the Members to rest [E1]. It ends. [E2]",
    "- **Pears** are sold at 3.5 francs [E1, E2].\n2. They keep well. [1][E3]\nMISSING: nothing\n",
    "Les poires, c.-à-d. les fruits, sont vendues [E1] ! Voilà [E2].",
    "各成员国可以出售梨[E1]。理事会每年审议【E2】。",
    "يجوز للدول بيع الكمثرى [E1]. هل هذا كل شيء؟ [E2]",
    "One (E1). Two (E2, E3)! Three [E4] and four [E5].",
    "[E1] Resolution 7 rests. It wakes.\n[E2] Two, see No. 3; three [E3]. [E4] Four\nMISSING: five\n",
    "- [E2] Pears keep;\n- [E1] No, plums do not.",
    "Yes, the Council may rest; [E1] Pears keep, [E2] too [E3].\nOui, il dort [E4].",
    "Pears keep.\n[END: E1]\n\nPlums do not.\n\n[id E2, E3]",
    "The Council is asked, in good years\nto sell its pears. [E1]\nPlums too\nIt rests [E2].",
]


def whole(text: str, size: int = 10_000) -> list[Written]:
    splitter = Splitter()
    found: list[Written] = []
    for start in range(0, len(text), size):
        found += splitter.feed(text[start : start + size])
    return [*found, *splitter.finish()]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_chunks_do_not_matter(answer: str, size: int) -> None:
    assert whole(answer, size) == whole(answer)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (0, [("Resolution 901 (Rev. Tallinn, 2031) invites No. 5 of the Members to rest.", ("E1",)),
             ("It ends.", ("E2",))]),
        (1, [("Pears are sold at 3.5 francs.", ("E1", "E2")), ("They keep well.", ("E1", "E3")),
             ("MISSING: nothing", ())]),
        (3, [("各成员国可以出售梨。", ("E1",)), ("理事会每年审议。", ("E2",))]),
        (4, [("يجوز للدول بيع الكمثرى.", ("E1",)), ("هل هذا كل شيء؟", ("E2",))]),
        (5, [("One.", ("E1",)), ("Two!", ("E2", "E3")), ("Three and four.", ("E4", "E5"))]),
        (6, [("Resolution 7 rests.", ("E1",)), ("It wakes.", ("E1",)),
             ("Two, see No. 3; three.", ("E2", "E3")), ("Four", ("E4",)),
             ("MISSING: five", ("E4",))]),
        (7, [("Pears keep.", ("E2",)), ("Plums do not.", ("E1",))]),
        (8, [("The Council may rest.", ("E1",)), ("Pears keep, too.", ("E2", "E3")),
             ("Il dort.", ("E4",))]),
        (9, [("Pears keep.", ("E1",)), ("Plums do not.", ("E2", "E3"))]),
        (10, [("The Council is asked, in good years to sell its pears.", ("E1",)),
              ("Plums too", ()), ("It rests.", ("E2",))]),
    ],
)  # fmt: skip
def test_sentences_and_their_ids(answer: int, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(one.text, one.ids) for one in whole(ANSWERS[answer])] == expected


def test_nothing_is_handed_on_before_its_end_is_certain() -> None:
    splitter = Splitter()
    assert not list(splitter.feed("The Council rests"))
    assert not list(splitter.feed("."))
    assert not list(splitter.feed(" [E"))
    assert [one.ids for one in splitter.feed("2] Then")] == [("E2",)]
    assert splitter.unfinished
    assert not list(splitter.finish())


@given(st.text(alphabet="ab .!?\n[]E12()-*。（", max_size=120), st.integers(1, 9))
@example("1?\n[", 1)
@example("Ask.\n[E1] Then.", 1)
def test_any_text_in_any_chunks_gives_the_same_and_loses_no_word(text: str, size: int) -> None:
    found = whole(text, size)
    assert found == whole(text)
    for one in found:
        assert one.raw in text
        assert "[E1]" not in one.text
