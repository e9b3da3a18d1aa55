"""Countries are found by their names in six languages, and what only looks like one is not."""

from __future__ import annotations

import pytest

from corpus.language.concepts import fold
from corpus.language.countries import countries, country_spans
from indexing.glossary import mentioned
from indexing.query import understand


def named(text: str, language: str) -> list[str]:
    return [country.code for *_, country in country_spans(fold(text), language)]


@pytest.mark.parametrize(
    ("text", "language", "codes"),
    [
        ("aux États-Unis et au Viêt Nam", "fr", ["US", "VN"]),
        ("¿Cuántas incubadoras hay en Viet Nam y en Perú?", "es", ["VN", "PE"]),
        ("كم عدد حاضنات الأعمال في فيتنام وبالعراق وللصين؟", "ar", ["VN", "IQ", "CN"]),
        (
            "Во Вьетнаме, в Колумбии, Украиной, Чили и Республике Корея",
            "ru",
            "VN CO UA CL KR".split(),
        ),
        ("索马里和越南", "zh", ["SO", "VN"]),
        ("Equatorial Guinea and the Republic of Korea", "en", ["GQ", "KR"]),
    ],
)
def test_names_in_any_language_and_form(text: str, language: str, codes: list[str]) -> None:
    assert named(text, language) == codes


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("المكتب القطري للمصرف المالي", "ar"),  # country office, bank, financial
        ("industries et chinoiseries", "fr"),
        ("кубический, индивидуальный", "ru"),
        ("Nigerians, Omani or Peruvian", "en"),
        ("Qui convoque la réunion ?", "fr"),
        ("¿Quién convoca la reunión?", "es"),
        ("примеры того, о чём говорит самое важное решение", "ru"),
        ("发展中国家和转型中国家的代表", "zh"),
    ],
)
def test_what_only_begins_like_a_name_is_none(text: str, language: str) -> None:
    assert named(text, language) == []


def test_a_foreign_question_is_searched_with_the_english_name() -> None:
    terms = [t for c in mentioned("Сколько инкубаторов во Вьетнаме?", "ru") for t in c.terms]
    assert {"Vietnam", "Viet Nam"} <= set(terms)
    said = understand("Какая программа есть в Албании?", "ru", countries=frozenset({"Albania"}))
    assert said.countries == ("Albania",)


def test_codes_are_of_countries() -> None:
    assert len({country.code for country in countries()}) == len(countries()) > 240
    assert not {"EU", "UN", "ZZ"} & {country.code for country in countries()}
