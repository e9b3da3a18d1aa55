"""Slips of the keyboard are mended in six languages; names, rare words and quotations stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from corpus.language.tokens import analyse
from evals.benches.spelling import LANGUAGES, measure
from indexing.encoder import packaged_encoder
from indexing.spelling import SIGNALS, mended, slips, weights

HELD = "fellowships keepers lighthouse conformity breakdown regulation report"


def indexed(stems: Iterable[str]) -> Mapping[str, int]:
    """An index that holds some words, five times each."""
    known = set(analyse(HELD, "en"))
    return {stem: 5 * (stem in known) for stem in stems}


def _read(text: str, language: str) -> str:
    return mended(text, language, letters=packaged_encoder()).text


@pytest.mark.parametrize("slip", ["fellowhsips", "felowships", "felllowships"])
def test_a_slip_is_read_as_the_word_of_the_index(slip: str) -> None:
    read = mended(
        f"What does the yearly {slip} report show?",
        "en",
        letters=packaged_encoder(),
        indexed=indexed,
    )
    assert read.text == "What does the yearly fellowships report show?"
    assert [(c.typed, c.meant, c.marks) for c in read.changes] == [(slip, "fellowships", False)]


@pytest.mark.parametrize(
    "question",
    [
        "Which lantern holds?",  # unknown, and nobody's neighbour
        "Does the firm Fellowshaps take part?",  # a name
        "Is the reporr short?",  # too short to be sure
        "Who are the zellowships?",  # not the first letter
        "What do fellowships cost?",  # known
        'Who wrote "felowships for all"?',  # quoted
        "Where is felowships@example.org read?",  # an address
    ],
)
def test_what_may_be_meant_is_left_alone(question: str) -> None:
    read = mended(question, "en", letters=packaged_encoder(), indexed=indexed)
    assert (read.text, read.changes) == (question, ())


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("fr", "que dit la resolution sur le numerique", "que dit la résolution sur le numérique"),
        ("es", "que dice la RESOLUCION", "que dice la RESOLUCIÓN"),
        ("ar", "ما هي الدول الاعضاء", "ما هي الدول الأعضاء"),
        (
            "fr",
            "Quel gouvernment finance l'innovation ?",
            "Quel gouvernement finance l'innovation ?",
        ),
        ("ru", "Кто оплачивает регионалные отделения?", "Кто оплачивает региональные отделения?"),
        ("ar", "ماذا تقول التوصايت؟", "ماذا تقول التوصيات؟"),
        ("zh", "第205号决义", "第205号决议"),
        ("zh", "密书长做什么？", "秘书长做什么？"),
    ],
)
def test_marks_and_slips_are_mended_by_the_texts_of_the_language(
    language: str, typed: str, meant: str
) -> None:
    assert _read(typed, language) == meant
    assert _read(meant, language) == meant  # read again, it is as it was


def test_no_mark_is_taken_away_and_a_writer_who_types_them_is_believed() -> None:
    assert _read("L'ARCEP participe-t-elle à l'alliance ?", "fr").endswith("l'alliance ?")
    assert "participe-" in _read("L'ARCEP participe-t-elle à l'alliance ?", "fr")
    assert _read("un hôtel télémédecine", "fr") == "un hôtel télémédecine"


def test_without_the_encoder_only_marks_are_mended() -> None:
    assert (
        mended("la decisión sobre recomendacones", "es").text == "la decisión sobre recomendacones"
    )
    assert mended("la decision", "es").text == "la decisión"


def test_another_language_than_the_six_is_left_alone() -> None:
    assert _read("Was beschliesst die Konferrenz?", "de") == "Was beschliesst die Konferrenz?"


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("abc", "abc", 0),
        ("abc", "acb", 1),
        ("abc", "abbc", 1),
        ("abc", "xyc", 2),
        ("abc", "xyz", 3),
    ],
)
def test_slips_are_counted_up_to_two(one: str, other: str, apart: int) -> None:
    assert slips(one, other, 2) == apart


def test_the_weights_are_of_the_signals_the_code_has() -> None:
    made = weights()
    assert made["signals"] == list(SIGNALS)
    assert all(len(made[s]["weights"]) == len(SIGNALS) for s in ("arabic", "cyrillic", "latin"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_slips_are_mended_and_hardly_a_right_message_is_changed(language: str) -> None:
    halves = [measure(language, half) for half in ("tuned", "fresh")]
    assert sum(half.mended for half in halves) >= 17, halves  # of 30
    assert sum(half.changed for half in halves) <= 1, halves  # of 40
