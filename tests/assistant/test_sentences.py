"""Where a sentence ends: not behind 'Rév.', 'г.' or 'No.', in any of the six languages."""

from __future__ import annotations

import pytest

from assistant.grounding.sentences import over, split


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Resolution 7 (Rev. Oslo, 1990) lends boats. No. 5 of it counts lamps, cf. Art. 3.", 2),
        ("La Résolution 7 (Rév. Oslo, 1990) prête des bateaux. Voir le n°. 5, p. ex. les phares.", 2),
        ("La Resolución 7 (Rev. Oslo, 1990) presta barcas. El núm. 5 cuenta faros. Sr. Ruiz lee.", 3),
        ("Резолюция 7 (Пересм. Осло, 1990 г.) одалживает лодки. В 1991 г. Совет считает лампы.", 2),
        ("يعير القرار 7 القوارب. هل يعد المصابيح؟ نعم.", 3),
        ("第7号决议出借船只。它清点灯笼！第5号、第3.2段如此。", 3),
        ("The U.S. Government paid 3.5 per cent. J. Smith read it... and left!", 2),
        ("1. Lamps are lit. 2. Boats are lent.", 2),
    ],
)  # fmt: skip
def test_sentences_are_counted_right(text: str, count: int) -> None:
    found = split(text)
    assert len(found) == count, found
    assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_a_clause_comes_apart_at_its_points() -> None:
    text = "to lend: a) boats (Rev. Oslo, 1990); b) lamps of Art. 3; and c) books."
    assert split(text, parts=True) == [
        "to lend:", "a) boats (Rev. Oslo, 1990);", "b) lamps of Art. 3;", "and c) books.",
    ]  # fmt: skip


def test_what_goes_on_in_a_small_letter_is_not_over() -> None:
    assert not over("Lamps etc", "are lit")
    assert over("Lamps etc", "The boats")
    assert over("It was lit in 1990", "")
