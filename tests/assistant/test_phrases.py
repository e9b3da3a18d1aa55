"""Fixed phrases: the same keys, the same names to fill in, in all six languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from assistant import phrases
from corpus.language.terms import terms
from corpus.shelf.translations import LANGUAGES as TRANSLATED
from corpus.shelf.translations import lines

FILES = sorted(p.name for p in (phrases.LOCALES / "en" / "LC_MESSAGES").glob("*.po"))


def _messages(language: str, name: str) -> dict[str, tuple[str, ...]]:
    path: Path = phrases.LOCALES / language / "LC_MESSAGES" / name
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    found: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if message.id:
            plural = isinstance(message.id, tuple | list)
            key = message.id[0] if plural else str(message.id)
            forms = message.string if isinstance(message.string, tuple | list) else [message.string]
            found[key] = tuple(str(form) for form in forms)
    return found


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", phrases.LANGUAGES)
def test_p30_every_language_has_every_key_and_its_values(language: str, name: str) -> None:
    english, other = _messages("en", name), _messages(language, name)
    assert other.keys() == english.keys()
    for key, forms in other.items():
        assert all(form.strip() for form in forms), key
        wanted = set(re.findall(r"{(\w+)}", " ".join(english[key])))
        said = set(re.findall(r"{(\w+)}", " ".join(forms)))
        assert said == wanted, key


@pytest.mark.parametrize(
    ("language", "number", "text"),
    [("ru", 1, "документа"), ("ru", 5, "документов"), ("ar", 2, "نصين"), ("fr", 2, "textes")],
)
def test_numbers_take_the_plural_of_their_language(language: str, number: int, text: str) -> None:
    assert text in phrases.count(language, "opening-texts", number)


def test_lists_are_joined_as_the_language_does() -> None:
    assert phrases.listed("en", ["a", "b", "c"]) == "a, b and c"
    assert phrases.listed("fr", ["a", "b"]) == "a et b"


def test_an_unknown_key_is_an_error_and_an_unknown_language_is_english() -> None:
    with pytest.raises(KeyError):
        phrases.say("en", "no-such-key")
    assert phrases.say("pl", "failed") == phrases.say("en", "failed")


def test_every_audited_action_has_its_words() -> None:
    from assistant.people.audit import Action

    for language in phrases.LANGUAGES:
        told = [phrases.say(language, f"ui-audit-{action}") for action in Action]
        assert len(set(told)) == len(Action), language


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("language", TRANSLATED)
def test_screens_say_itu_terms_as_the_texts_on_the_shelf_do(language: str, name: str) -> None:
    english, other = _messages("en", name), _messages(language, name)
    broken = [
        (key, term.english)
        for key, forms in english.items()
        for term in terms()
        if not term.headings
        and term.in_english(forms[0])
        and term.names[0].casefold() not in other[key][-1].casefold()
        and not term.used_in(other[key][-1], language)
    ]
    assert not broken


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_pillars_of_a_review_are_named_as_on_the_shelf(language: str) -> None:
    pillars = {
        "vision": "vision-strategy",
        "talent": "talent-champions",
        "infrastructure": "infrastructure-programmes",
        "capital": "capital-resources",
        "markets": "markets-networks",
        "culture": "culture-communities",
        "policy": "policy-regulation",
    }
    shelf = lines(language)["heading"]
    for pillar, slug in pillars.items():
        held = shelf[f"itu-innovation-framework#{slug}"].text
        assert phrases.say(language, f"review-pillar-{pillar}") == held


@pytest.mark.parametrize("name", FILES)
def test_chinese_is_set_without_spaces_beside_its_characters(name: str) -> None:
    beside = re.compile(
        r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef] | [\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
    )
    assert not [
        (key, form)
        for key, forms in _messages("zh", name).items()
        for form in forms
        if beside.search(form)
    ]


@pytest.mark.parametrize("name", FILES)
def test_french_phrases_have_one_apostrophe(name: str) -> None:
    assert not [key for key, forms in _messages("fr", name).items() if "'" in "".join(forms)]
