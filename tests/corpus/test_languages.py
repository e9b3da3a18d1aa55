from __future__ import annotations

import pytest

from corpus.language.letters import detect_language, dominant_script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What must the Director report?", "en"),
        ("And for small islands?", "en"),
        ("Quelle résolution parle des femmes ?", "fr"),
        ("et pour les petites îles ?", "fr"),
        ("¿Qué dice la Resolución 205?", "es"),
        ("Estrategia de innovación", "es"),
        ("Что решила конференция?", "ru"),
        ("ماذا قرر المؤتمر؟", "ar"),
        ("决议对创新有何规定？", "zh"),
        ("第205号决议 ITU-D Study Group 1 与创新", "zh"),
        ("Albania", "en"),
        ("205", "en"),
        ("", "en"),
    ],
)
def test_short_texts_are_in_one_of_the_six_languages(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_long_texts_may_be_in_other_languages() -> None:
    german = "Die Verwaltung fördert junge Unternehmen und prüft jedes Jahr, was daraus wurde. " * 4
    ukrainian = "Країна розвиває цифрові послуги і щороку звітує про те, що вдалося зробити. " * 4
    assert detect_language(german) == "de"
    assert detect_language(ukrainian) == "uk"


def test_script_names() -> None:
    assert dominant_script("отчёт 2020") == "cyrillic"
    assert dominant_script("12:30") is None
