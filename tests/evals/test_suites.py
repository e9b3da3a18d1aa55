"""A suite is YAML a policy officer can write; what is wrong with it is said with item and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answers import Status
from evals.suites.suite import BadSuite, load_suite


def write(folder: Path, text: str) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_items_may_be_a_list_or_stand_under_a_title(tmp_path: Path) -> None:
    item = "{id: A, question: Who reports, gold: ['pp-res-900@2030#resolves.2']}"
    listed = load_suite(write(tmp_path, f"- {item}\n"))
    titled = load_suite(write(tmp_path, f"title: Reports\nitems:\n- {item}\n"))
    assert listed.items == titled.items
    assert titled.title == "Reports"


def test_gold_is_an_address_or_its_three_parts(tmp_path: Path) -> None:
    suite = load_suite(
        write(
            tmp_path,
            "- id: A\n  question: Who?\n  gold:\n"
            "  - pp-res-900@2030#resolves.2\n"
            "  - {document: pp-res-901@2030, section: noting, label: null}\n"
            "  - {document: pp-res-902@2030, section: resolves, label: 3}\n",
        )
    )
    assert suite.items[0].gold == (
        "pp-res-900@2030#resolves.2",
        "pp-res-901@2030#noting",
        "pp-res-902@2030#resolves.3",
    )


def test_each_translation_is_an_item_in_its_language(tmp_path: Path) -> None:
    suite = load_suite(
        write(
            tmp_path,
            "- id: A\n  question: Who?\n  gold: [pp-res-900@2030#resolves.2]\n"
            "  translations: {fr: Qui donc, zh: 谁}\n",
        )
    )
    assert [(i.id, i.language, i.question) for i in suite.items] == [
        ("A", "en", "Who?"),
        ("A/fr", "fr", "Qui donc"),
        ("A/zh", "zh", "谁"),
    ]


def test_what_is_expected_follows_from_answerable_unless_said(tmp_path: Path) -> None:
    suite = load_suite(
        write(
            tmp_path,
            "- {id: A, question: Who reports, answerable: false}\n"
            "- {id: B, question: A poem, answerable: false, expect: [out_of_scope]}\n",
        )
    )
    assert Status.NOT_IN_DOCUMENTS in suite.items[0].expected
    assert suite.items[1].expected == (Status.OUT_OF_SCOPE,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no items"),
        ("- just text", "not a mapping"),
        ("- {id: A, question: Who}", "gold"),
        ("- {id: A, question: Who reports, gold: ['not an address!']}", "not an address"),
        ("- {question: Who reports, answerable: false}", "id"),
        ("- {id: A, question: Who reports, answerable: false, colour: red}", "colour"),
        (
            "- {id: A, question: Who reports, answerable: false}\n"
            "- {id: A, question: Why, answerable: false}",
            "two items",
        ),
        ("- {id: A, question: [", "YAML"),
    ],
)
def test_a_bad_suite_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadSuite) as caught:
        load_suite(write(tmp_path, text))
    assert said in caught.value.message


@pytest.mark.shared
def test_the_library_s_questions_are_a_suite_as_they_stand(shared: Path) -> None:
    suite = load_suite(shared / "gold" / "pp18_dev.yaml")
    assert len([item for item in suite.items if item.language == "en"]) == 102
    assert {item.language for item in suite.items} == {"ar", "en", "es", "fr", "ru", "zh"}
