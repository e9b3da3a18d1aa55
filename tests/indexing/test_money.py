"""A sum of money that a question asks for must be stated, in its currency where it names one."""

from __future__ import annotations

import pytest

from indexing.money import asks_for_money, states_money


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "What is the yearly salary of the harbour master?"),
        ("en", "How much do lighthouses pay for oil?"),
        ("en", "What is the ceiling in Swiss francs?"),
        ("fr", "Quel est le salaire du capitaine du port ?"),
        ("fr", "Combien les phares paient-ils ?"),
        ("es", "¿Cuál es el presupuesto del puerto?"),
        ("es", "¿Cuánto pagan los faros?"),
        ("ru", "Какова зарплата начальника порта?"),
        ("ar", "ما هو راتب مدير الميناء؟"),
        ("zh", "港长的年薪是多少？"),
    ],
)
def test_a_question_for_a_sum_is_known(language: str, question: str) -> None:
    assert asks_for_money(question, language)


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "How is the budget of the harbour approved?"),
        ("en", "How many lighthouses are there?"),
        ("en", "What are keepers told to do about fees?"),
        ("fr", "Comment le budget est-il adopté ?"),
        ("fr", "Combien de phares y a-t-il ?"),
        ("es", "¿Cuántos faros hay?"),
        ("ru", "Сколько маяков построено?"),
        ("ar", "كم عدد المنارات؟"),
        ("zh", "有多少座灯塔？"),
    ],
)
def test_other_questions_are_not(language: str, question: str) -> None:
    assert not asks_for_money(question, language)


def test_a_sum_is_stated_in_a_currency_or_as_a_share() -> None:
    asked = "How much do lighthouses pay?"
    assert states_money(asked, ["Oil for the lamps may cost CHF 12 million until 2031."])
    assert states_money(asked, ["A lighthouse pays one-sixteenth of the contributory unit."])
    assert states_money(asked, ["Keepers take part free of charge."])
    assert not states_money(asked, ["The budget for 2030 is approved by the Council."])


def test_a_currency_asked_for_must_be_the_text_s_too() -> None:
    asked = "What is the fee in Swiss francs?"
    assert not states_money(asked, ["A lighthouse pays one-sixteenth of the contributory unit."])
    assert states_money(asked, ["A lighthouse pays 3 975 francs a year."])
