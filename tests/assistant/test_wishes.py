"""Wishes in the chat: understood in six languages, and never taken for an ordinary question."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.answers import Status
from assistant.drafting.kinds import DraftKind
from assistant.phrases import LANGUAGES
from assistant.screening import judge
from assistant.wishes import Wish, begins, country, wish
from corpus.catalogue import Catalogue
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from tests.assistant.tiny import tiny_advisor, tiny_settings
from tests.conftest import ROOT

HELD = frozenset({"Rwanda", "Kenya", "Albania", "pp-res-71@2014", "pp-res-71@2018"})
CATALOGUE = Catalogue.load()

DRAFTS = [
    ("en", "Draft a briefing note on youth entrepreneurship.", DraftKind.BRIEFING_NOTE),
    ("en", "Please write talking points about incubators", DraftKind.TALKING_POINTS),
    ("en", "Could you draft a reply to a Member State on SMEs?", DraftKind.REPLY),
    ("en", "Prepare an outline of a contribution on digital skills", DraftKind.CONTRIBUTION),
    ("en", "draft a section of a country review on skills", DraftKind.REVIEW_SECTION),
    (
        "fr",
        "Rédigez une note d’information sur l’entrepreneuriat des jeunes",
        DraftKind.BRIEFING_NOTE,
    ),
    ("es", "Redacta puntos de intervención sobre emprendimiento juvenil", DraftKind.TALKING_POINTS),
    ("ru", "Подготовьте справку о молодёжном предпринимательстве", DraftKind.BRIEFING_NOTE),
    ("zh", "请起草一份关于青年创业的简报", DraftKind.BRIEFING_NOTE),
    ("ar", "اكتب مذكرة إحاطة عن ريادة الأعمال لدى الشباب", DraftKind.BRIEFING_NOTE),
]
REVIEWS = [
    ("en", "Start a review of Kenya"),
    ("en", "Please begin a new innovation ecosystem review for Kenya."),
    ("fr", "Commencez une revue de l’écosystème d’innovation du Kenya"),
    ("es", "Inicia una revisión del ecosistema de innovación de Kenya"),
    ("ru", "Начни обзор инновационной экосистемы Кении"),
    ("zh", "开始对肯尼亚的创新生态系统评估"),
    ("ar", "ابدأ استعراض منظومة الابتكار في كينيا"),
]
COMPARISONS = [
    ("en", "Compare Rwanda and Kenya"),
    ("fr", "Comparez le Rwanda et le Kenya"),
    ("es", "Compara Ruanda y Kenia"),
    ("ru", "Сравни Руанду и Кению"),
    ("zh", "比较卢旺达和肯尼亚"),
    ("ar", "قارن بين رواندا وكينيا"),
]
MANDATES = [
    ("en", "What is the mandate for accelerator programmes?", "accelerator programmes"),
    ("en", "Show me the mandate trail for youth", "youth"),
    ("fr", "Quel est le mandat pour les incubateurs ?", "les incubateurs"),
    ("es", "¿Cuál es el mandato para las incubadoras?", "las incubadoras"),
    ("ru", "Покажи мандат на поддержку инкубаторов", "поддержку инкубаторов"),
    ("zh", "关于孵化器的授权是什么？", "孵化器"),
    ("ar", "ما هي الولاية بشأن الحاضنات؟", "الحاضنات"),
]
ORDINARY = [
    ("en", "Who drafted the youth text when it was new in Busan?"),
    ("en", "Compare what academia and SMEs pay to be members."),
    ("en", "What did the country review of Kenya start with?"),
    ("en", "Which mandate does BDT have for incubators?"),
    ("en", "How do Rwanda and Kenya compare on skills?"),
    ("en", "Compare Rwanda and Atlantis"),
    ("en", "Write a note"),
    ("en", "Which resolution asks the Director to prepare a report on innovation?"),
    ("fr", "Qui a rédigé la note sur la jeunesse ?"),
    ("es", "¿Qué mandato tiene la BDT para las incubadoras?"),
    ("ru", "Кто начал обзор Кении?"),
    ("zh", "谁负责起草关于青年的报告？"),
    ("ar", "من كتب المذكرة عن الشباب؟"),
]


@pytest.mark.parametrize(("language", "text", "kind"), DRAFTS)
def test_a_draft_is_asked_for(language: str, text: str, kind: DraftKind) -> None:
    wished = wish(text, language, HELD, CATALOGUE)
    assert wished is not None
    assert (wished.wish, wished.kind) == (Wish.DRAFT, kind)
    assert wished.topic
    assert judge(text, text) == "", "it is not refused before it is understood"


@pytest.mark.parametrize(("language", "text"), REVIEWS)
def test_a_review_is_asked_for(language: str, text: str) -> None:
    wished = wish(text, language, HELD, CATALOGUE)
    assert wished is not None
    assert (wished.wish, wished.topic) == (Wish.REVIEW, "Kenya")
    assert judge(text, text) == ""


@pytest.mark.parametrize(("language", "text"), COMPARISONS)
def test_a_comparison_is_asked_for(language: str, text: str) -> None:
    wished = wish(text, language, HELD, CATALOGUE)
    assert wished is not None
    assert (wished.wish, wished.countries) == (Wish.COMPARE, ("Rwanda", "Kenya"))
    assert judge(text, text) == ""


@pytest.mark.parametrize(("language", "text", "topic"), MANDATES)
def test_a_mandate_is_asked_for(language: str, text: str, topic: str) -> None:
    wished = wish(text, language, HELD, CATALOGUE)
    assert wished is not None
    assert (wished.wish, wished.topic) == (Wish.MANDATE, topic)


def test_editions_are_compared_by_number_and_year() -> None:
    for text in (
        "Compare the 2014 and 2018 editions of Resolution 71",
        "Compare Resolution 71 (Rev. Busan, 2014) and Resolution 71 (Rev. Dubai, 2018)",
    ):
        wished = wish(text, "en", HELD, CATALOGUE)
        assert wished is not None, text
        assert wished.documents == ("pp-res-71@2014", "pp-res-71@2018")


@pytest.mark.parametrize(("language", "text"), ORDINARY)
def test_an_ordinary_question_is_none(language: str, text: str) -> None:
    assert wish(text, language, HELD, CATALOGUE) is None


def questions() -> list[tuple[str, str]]:
    """Every question of the evaluation suites, with its language."""
    found = []
    for path in sorted((ROOT / "evals" / "data" / "suites").glob("*.yaml")):
        for item in yaml.safe_load(path.read_text("utf-8")).get("items", []):
            asked = item.get("turns") or [item.get("question")]
            found += [(item.get("language", "en"), text) for text in asked if text]
    return found


def test_no_question_of_the_suites_is_taken_for_a_wish() -> None:
    asked = questions()
    assert len(asked) > 150
    every = HELD | {entry.id for entry in CATALOGUE.entries} | set(COUNTRIES)
    taken = [
        (language, text)
        for language, text in asked
        for spoken in dict.fromkeys((language, *LANGUAGES))
        if wish(text, spoken, every, CATALOGUE) is not None
    ]
    assert taken == []


COUNTRIES = [
    country(name, "en") for name in ("Rwanda", "Kenya", "Georgia", "Mali", "Oman", "India")
]


def test_no_gold_question_is_taken_for_a_wish(shared: Path) -> None:
    raw = yaml.safe_load((shared / "gold" / "pp18_dev.yaml").read_text("utf-8"))
    items = raw["items"] if isinstance(raw, dict) and "items" in raw else raw
    texts = [str(item["question"]) for item in items if "question" in item]
    assert len(texts) > 20
    assert [t for t in texts if any(wish(t, lang, HELD, CATALOGUE) for lang in LANGUAGES)] == []


def test_most_messages_cost_nothing() -> None:
    assert not begins("Who reports to the Council on innovation?", "en")
    assert not begins("x" * 5000, "en")


def review_of(place: str, text: str) -> Document:
    return Document(
        id=f"review-{place.lower()}",
        title=f"Review of {place}",
        kind=DocumentKind.COUNTRY_REVIEW,
        edition=Edition(year=2020),
        country=place,
        sections=(
            Section(
                slug="findings",
                heading="Findings",
                kind=SectionKind.BODY,
                clauses=(Clause(label="1", text=text),),
            ),
        ),
    )


def test_the_chat_answers_a_wish_with_clauses_and_a_page(tmp_path: Path) -> None:
    from tests.assistant.tiny import DOCUMENT

    documents = (
        DOCUMENT,
        review_of("Rwanda", "The national strategy of Rwanda is clear."),
        review_of("Kenya", "The national strategy of Kenya is young."),
    )
    advisor = tiny_advisor(tiny_settings(tmp_path, questions_per_minute=0), documents)
    compared = advisor.ask("Compare Rwanda and Kenya")
    assert compared.page.startswith("pages/comparisons?what=countries&country=Rwanda")
    assert {c.document for c in compared.citations} == {"review-rwanda", "review-kenya"}
    assert compared.status is Status.ANSWERED
    draft = advisor.ask("Draft a note on lantern laboratories")
    assert draft.page == "pages/drafts?kind=briefing-note&topic=lantern+laboratories"
    assert draft.claims
    assert all(claim.addresses for claim in draft.claims)
    review = advisor.ask("Start a review of Zambia")
    assert review.page == "pages/reviews?country=Zambia"
    assert review.status is Status.NOT_IN_DOCUMENTS
    plain = advisor.ask("Who lends lanterns to small harbours?")
    assert plain.page == ""
    assert "advise" not in {
        k for k, v in plain.trace.items() if isinstance(v, dict) and "wish" in v
    }
