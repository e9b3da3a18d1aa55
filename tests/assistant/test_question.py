"""Follow-ups become standalone questions without a model, in six languages."""

from __future__ import annotations

import pytest

from assistant.answers import Status
from assistant.asking.question import followed, read
from assistant.turn import Carried, Past, Turn
from corpus.language.actors import addressed


def past(question: str, language: str) -> Past:
    return Past(question=question, language=language, status=Status.ANSWERED)


@pytest.mark.parametrize(
    ("language", "before", "then", "expected"),
    [
        (
            "en",
            "What must the Director of BDT do on buoys?",
            "and Member States?",
            "What must Member States do on buoys?",
        ),
        (
            "fr",
            "Que demande-t-on au Secrétaire général sur les bouées ?",
            "et les États Membres ?",
            "Que demande-t-on aux États Membres sur les bouées ?",
        ),
        (
            "ru",
            "Что поручено Директору БРЭ в области буёв?",
            "а государствам-членам?",
            "Что поручено государствам-членам в области буёв?",
        ),
        (
            "ar",
            "ماذا يكلف القرار 205 الأمين العام؟",
            "والدول الأعضاء؟",
            "ماذا يكلف القرار 205 الدول الأعضاء؟",
        ),
        ("zh", "第206号决议责成秘书长做什么？", "那成员国呢？", "第206号决议责成成员国做什么？"),
    ],
)
def test_another_actor_is_asked_the_same(
    language: str, before: str, then: str, expected: str
) -> None:
    reading = read(then, language, past(before, language))
    assert reading.kind == "other-actor"
    assert reading.question == expected


def test_topic_and_instrument_are_carried_along() -> None:
    reading = read(
        "Who audits the books?",
        "en",
        past("Where does the profit from lantern fairs go?", "en"),
        "Resolution 900 (Portville, 2030)",
    )
    assert reading.kind == "follow-up"
    assert "lantern" in reading.question
    assert "Resolution 900" in reading.question


def test_they_are_the_actors_of_the_question_before() -> None:
    reading = read("May they vote?", "en", past("Which fairs are closed to academia?", "en"))
    assert "academia" in reading.question
    other = read("And what do fishers say of it?", "en", past("What may academia do?", "en"))
    assert other.kind == "follow-up"


def test_which_other_leans_on_the_question_before() -> None:
    before = past("What was the lantern toolkit made from?", "en")
    assert "lantern" in read("Which other UN bodies helped in making it?", "en", before).question
    assert "lantern" in read("Which other harbour masters helped then?", "en", before).question


def test_with_a_subject_and_the_instrument_the_earlier_topic_is_dropped() -> None:
    reading = read(
        "and for small islands, why is connecting them so hard?",
        "en",
        past("What does Resolution 900 keep under review?", "en"),
        "Resolution 900 (Portville, 2030)",
    )
    assert "review" not in reading.question
    assert reading.question.endswith("(Resolution 900 (Portville, 2030))")


def test_another_instrument_is_asked_the_same() -> None:
    reading = read("and Resolution 209?", "en", past("What does Resolution 205 want?", "en"))
    assert reading.question == "What does Resolution 209 want?"


@pytest.mark.parametrize(
    ("earlier", "turn", "language", "asked"),
    [
        ("What does Resolution 77 (Rev. Bucharest, 2022) resolve?", "And the 2018 edition?", "en",
         "What does Resolution 77 (2018) resolve?"),
        ("Que décide la Résolution 77 ?", "et l'édition de 2014 ?", "fr",
         "Que décide la Résolution 77 (2014) ?"),
        ("第77号决议（2022年，布加勒斯特）作出什么决议？", "那2018年版呢？", "zh",
         "第77号决议 (2018)作出什么决议？"),
    ],
)  # fmt: skip
def test_another_edition_is_asked_the_same(
    earlier: str, turn: str, language: str, asked: str
) -> None:
    before = Past(question=earlier, language=language, status=Status.ANSWERED)
    assert read(turn, language, before).question == asked


def test_another_subject_is_asked_the_same() -> None:
    before = Past(question="Who reports on whale oil?", language="en", status=Status.ANSWERED)

    def topic(text: str) -> str:
        return "whale oil" if "whale" in text else ""

    asked = read("And what about lamps?", "en", before, topic=topic)
    assert (asked.question, asked.kind) == ("Who reports on lamps?", "other-topic")
    # "And the price?" may ask of whale oil.
    assert read("And the price?", "en", before, topic=topic).kind == "follow-up"


def test_a_question_with_its_own_subject_is_left_alone() -> None:
    text = "Which text sets the fees of small island fishing cooperatives?"
    assert read(text, "en", past("What is the lantern fund for?", "en")).question == text


def test_a_follow_up_to_nothing_is_dangling() -> None:
    assert read("and for small islands?", "en", None).kind == "dangling"
    assert read("What is the lantern fund for?", "en", None).kind == "standalone"


@pytest.mark.parametrize(
    ("heading", "verb", "actors"),
    [
        ("instructs the Secretary-General, in consultation with the ITU Council", "instructs",
         ("secretary-general",)),
        ("resolves to instruct the Directors of the three Bureaux", "instructs", ("bureaux",)),
        ("further invites Member States and Sector Members", "invites",
         ("member-states", "sector-members")),
        ("resolves", "resolves", ()),
        ("considering", "", ()),
    ],
)  # fmt: skip
def test_a_heading_says_who_is_told(heading: str, verb: str, actors: tuple[str, ...]) -> None:
    assert addressed(heading) == (verb, actors)


def test_a_question_asked_again_carries_nothing() -> None:
    question = "Which lantern laboratories are supported in a harbour?"
    assert read(question, "en", past(question, "en")).question == question


SHOWN = frozenset({"pp-res-900@2030"})


@pytest.mark.parametrize(
    ("kind", "documents"),
    [
        ("follow-up", SHOWN),
        ("other-actor", SHOWN),
        ("other-text", frozenset()),
        ("new-topic", frozenset()),
        ("standalone", frozenset()),
    ],
)
def test_a_follow_up_goes_on_about_the_texts_just_shown(
    kind: str, documents: frozenset[str]
) -> None:
    shown = past("What about lanterns?", "en").model_copy(
        update={"addresses": ("pp-res-900@2030#resolves.1", "pp-res-900@2030#resolves.2")}
    )
    refused = shown.model_copy(
        update={"status": Status.OUT_OF_SCOPE, "addresses": ("pp-res-1@2030#resolves",)}
    )
    question = "Who pays? (Resolution 900)"
    turn = Turn(
        id="t",
        asked="And who pays?",
        text="And who pays?",
        question=question,
        carried=Carried(question=question, kind=kind),
    )
    assert followed(turn.having(past=(shown, refused))) == documents
    assert followed(turn) == frozenset()
    assert followed(turn.having(past=(past("What about lanterns?", "en"),))) == frozenset()
