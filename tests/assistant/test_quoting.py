"""Quotations are verbatim, whatever is cut out of them (P2)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.rendering.quoting import LONG, is_verbatim, shorten

_WORDS = st.lists(
    st.sampled_from("lantern harbour fee council Rev. (1) 2018 à 灯塔".split()), min_size=4
)
_UNITS = st.lists(st.tuples(_WORDS, st.sampled_from(["; ", ". ", ": ", "。", "؛ "])), min_size=1)


@given(units=_UNITS, question=st.sampled_from(["Who pays the harbour fee?", "", "灯塔"]))
def test_p2_a_shortened_quote_is_verbatim(
    units: list[tuple[list[str], str]], question: str
) -> None:
    text = "".join(" ".join(words) + end for words, end in units).strip()
    quote = shorten(text, question, longest=120)
    assert is_verbatim(quote, text)
    assert len(quote) <= max(len(text), 120)


def test_what_the_question_asks_for_is_kept() -> None:
    filler = "that the keepers shall meet in the tower every spring to count their oil; "
    text = filler * 12 + "that each harbour pays nine francs for its lantern; " + filler * 6
    quote = shorten(text.strip(), "How many francs does a harbour pay?")
    assert "nine francs" in quote
    assert "…" in quote
    assert len(quote) < LONG + 60


def test_a_short_clause_is_quoted_whole() -> None:
    assert shorten("to lend lanterns; and oil", "oil") == "to lend lanterns; and oil"


def test_p2_changed_or_reordered_words_are_not_verbatim() -> None:
    text = "to lend lanterns to small harbours; to count the oil"
    assert is_verbatim("to lend lanterns … to count", text)
    assert not is_verbatim("to count … to lend", text)
    assert not is_verbatim("to lend three lanterns", text)
    assert not is_verbatim(" … ", text)
