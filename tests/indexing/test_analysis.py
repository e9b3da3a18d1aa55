from __future__ import annotations

import pytest

from corpus.language.tokens import analyse, analyse_query


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "fostering innovations", "innovation fosters"),
        ("fr", "les écosystèmes nationaux", "écosystème national"),
        ("es", "las instituciones públicas", "institución pública"),
        ("ru", "развивающимся странам", "развивающиеся страны"),
        ("ar", "القرارات", "قرارات"),
        ("ar", "أسواق", "اسواق"),
    ],
)
def test_forms_of_a_word_meet(language: str, one: str, other: str) -> None:
    assert set(analyse(one, language)) & set(analyse(other, language))


def test_every_form_meets_where_all_words_inflect() -> None:
    assert set(analyse("развивающимся странам", "ru")) == set(analyse("развивающиеся страны", "ru"))


def test_chinese_becomes_pairs_of_characters() -> None:
    assert analyse("创新政策", "zh") == ["创新", "新政", "政策"]


def test_numbers_stay_whole_and_arabic_digits_are_the_same_numbers() -> None:
    assert "205" in analyse("Resolution 205", "en")
    assert "205" in analyse("القرار ٢٠٥", "ar")


def test_names_with_a_letter_or_number_behind_a_hyphen_are_one_token() -> None:
    assert "itud" in analyse("the ITU-D sector", "en")
    assert "itud" not in analyse("the ITU-T sector", "en")
    assert "wtdc17" in analyse("WTDC-17", "en")


def test_function_words_are_dropped() -> None:
    assert analyse("what is it that they should have", "en") == []
    assert analyse("", "en") == []


def test_a_question_in_another_language_keeps_names_and_english_terms() -> None:
    tokens = analyse_query("¿Qué dice la Resolución 205 sobre start-ups?", "es")
    assert "205" in tokens
    assert len(tokens) == len(set(tokens))
    assert set(analyse("startups ecosystem", "en")) & set(analyse_query("ecosystem 创新", "zh"))


def test_an_unknown_language_is_folded_only() -> None:
    assert analyse("MAENDELEO ya ubunifu", "sw") == ["maendeleo", "ya", "ubunifu"]
