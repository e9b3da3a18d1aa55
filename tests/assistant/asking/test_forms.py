"""Each form of answer over a shelf of lanterns, without a model: readings are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import evals
from assistant.advisor import Advisor
from assistant.answers import Answer, Status
from assistant.asking import comparison, listing, overview, requests, standing, talk
from assistant.asking.boundaries import begins
from assistant.asking.forms import Form, Heads, Layer
from assistant.asking.parts import parts
from assistant.asking.reading import Reading, read
from assistant.asking.several import several
from assistant.phrases import LANGUAGES
from assistant.rendering.exports import docx, markdown
from assistant.rendering.text import as_text
from assistant.turn import Tools, Turn
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.language.countries import countries
from corpus.language.regions import Region
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.starter import packaged_digests
from corpus.shelf.translations import LANGUAGES as TRANSLATED
from corpus.shelf.translations import translated
from evals.training import boundaries
from tests.assistant.tiny import DOCUMENT, tiny_advisor, tiny_settings

DATA = Path(evals.__file__).parent / "data" / "forms"

CATALOGUE = Catalogue.load()


def review(country: str, text: str) -> Document:
    return Document(
        id=f"dip-{country.lower()}-2031",
        title=f"Lantern profile: {country}",
        kind=DocumentKind.COUNTRY_REVIEW,
        edition=Edition(year=2031),
        country=country,
        sections=(
            Section(
                slug="findings",
                heading="Findings",
                kind=SectionKind.BODY,
                clauses=(Clause(label="1", text=text),),
            ),
        ),
    )


OTHER = DOCUMENT.model_copy(
    update={"id": "pp-res-901@2030", "number": "901", "title": "Buoys for quiet harbours"}
)


@pytest.fixture
def advisor(tmp_path: Path) -> Advisor:
    documents = (
        DOCUMENT,
        OTHER,
        review("Kenya", "Kenya lit twelve lanterns."),
        review("Oman", "Oman trains lantern keepers."),
    )
    return tiny_advisor(tiny_settings(tmp_path), documents)


def asked(advisor: Advisor, text: str, language: str = "en") -> tuple[Turn, Tools]:
    tools = Tools(advisor.settings, advisor.shelf, advisor.searcher, advisor.catalogue)
    turn = Turn(id="t", asked=text, text=text, question=text, language=language)
    return turn, tools


def reading(text: str, form: Form, language: str = "en", **more: object) -> Reading:
    found = read(text, language, heads=None, embedder=None, catalogue=CATALOGUE)  # type: ignore[arg-type]
    return found.model_copy(update={"form": form, **more})


def answer_of(turn: Turn) -> Answer:
    return Answer(
        id="t",
        status=turn.status or Status.FAILED,
        language=turn.language,
        opening=turn.opening,
        claims=turn.claims,
        citations=turn.citations,
        notes=turn.notes,
        blocks=turn.blocks,
        table=turn.table,
        form=turn.form,
    )


def cited(turn: Turn) -> set[str]:
    return {address for claim in turn.claims for address in claim.addresses}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_overview_has_what_a_text_resolves_first_and_who_is_told_what(
    advisor: Advisor, language: str
) -> None:
    turn, tools = asked(advisor, "Resolution 900", language)
    made = overview.overview(turn, tools, reading("Resolution 900", Form.OVERVIEW, language))
    assert made.status is Status.ANSWERED
    assert made.claims[0].addresses == ("pp-res-900@2030#resolves.1",)
    assert "pp-res-900@2030#invites-member-states" in cited(made)
    assert [block.claims for block in made.blocks[:2]] == [(1, 2), (3,)]
    assert DOCUMENT.title in made.opening
    assert all(claim.addresses for claim in made.claims)


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_a_text_tells_an_addressee_stands_under_a_heading_in_the_askers_language(
    tmp_path: Path, language: str
) -> None:
    digests = (packaged.digest.document for packaged in packaged_digests())
    digest = next(d for d in digests if d.id == "pp-res-205@2018")
    other = translated(digest, language)
    assert other
    advisor = tiny_advisor(tiny_settings(tmp_path), (digest, other))
    text = "What does Resolution 205 instruct the Secretary-General to do?"
    turn, tools = asked(advisor, text, language)
    made = overview.overview(turn, tools, reading(text, Form.OVERVIEW))
    slug = "instructs-the-secretary-general"
    heading = next(section.heading for section in other.sections if section.slug == slug)
    assert [block.title.casefold() for block in made.blocks] == [heading.casefold()]


def test_an_overview_of_a_country_quotes_no_other_countrys_text(advisor: Advisor) -> None:
    kenya = next(c for c in countries() if c.code == "KE")
    turn, tools = asked(advisor, "Tell me about Kenya")
    made = overview.of_country(turn, tools, reading("Kenya", Form.OVERVIEW, countries=(kenya,)))
    assert cited(made) == {"dip-kenya-2031#findings.1"}


def test_of_a_country_that_nothing_is_held_on_that_is_said(advisor: Advisor) -> None:
    niger = next(c for c in countries() if c.code == "NE")
    turn, tools = asked(advisor, "Tell me about Niger")
    made = overview.of_country(turn, tools, reading("Niger", Form.OVERVIEW, countries=(niger,)))
    assert made.status is Status.NOT_IN_DOCUMENTS
    assert not made.claims
    assert "Niger" in made.notes[0]
    assert "Kenya" in made.notes[1]


def test_a_list_is_complete_over_the_shelf_and_says_how_many_were_read(advisor: Advisor) -> None:
    turn, tools = asked(advisor, "Which resolutions mention lanterns?")
    wanted = reading(
        "Which resolutions mention lanterns?",
        Form.LIST,
        topic="lanterns",
        kinds=(DocumentKind.RESOLUTION,),
    )
    made = listing.listing(turn, tools, wanted)
    assert {address.split("#")[0] for address in cited(made)} == {
        "pp-res-900@2030",
        "pp-res-901@2030",
    }
    assert made.table is not None
    assert len(made.table.rows) == 2
    assert "2" in made.opening
    assert any("2" in note for note in made.notes)


def test_counting_everything_cites_nothing(advisor: Advisor) -> None:
    turn, tools = asked(advisor, "How many documents are there?")
    wanted = reading("How many documents are there?", Form.COUNT, topic="")
    made = listing.listing(turn, tools, wanted)
    assert made.status is Status.ANSWERED
    assert "4" in made.opening
    assert not made.citations


def test_two_countries_stand_side_by_side(advisor: Advisor) -> None:
    two = tuple(c for c in countries() if c.code in ("KE", "OM"))
    turn, tools = asked(advisor, "Compare Kenya and Oman")
    made = comparison.comparison(
        turn, tools, reading("Kenya and Oman", Form.COMPARE, countries=two, topic="Kenya and Oman")
    )
    assert made.table is not None
    assert len(made.table.columns) == 2
    assert {"dip-kenya-2031#findings.1", "dip-oman-2031#findings.1"} <= cited(made)


def test_where_a_text_stands_is_a_fact_of_the_catalogue(advisor: Advisor) -> None:
    turn, tools = asked(advisor, "Is Resolution 205 in force?")
    made = standing.standing(turn, tools, reading("Is Resolution 205 in force?", Form.STANDING))
    assert made.status is Status.ANSWERED
    assert made.citations
    assert all(citation.is_catalogue for citation in made.citations)
    assert "Bucharest" in " ".join(claim.text for claim in made.claims)
    assert "not held" in " ".join(claim.text for claim in made.claims)


def test_a_draft_names_the_page_that_writes_it(advisor: Advisor) -> None:
    turn, tools = asked(advisor, "Write a note on Resolution 900")
    made = requests.draft(turn, tools, reading("Write a note on Resolution 900", Form.DRAFT))
    assert made.status is Status.ANSWERED
    assert made.page.startswith("pages/drafts?")
    assert made.claims


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_of_help_claims_nothing_of_texts(advisor: Advisor, language: str) -> None:
    turn, tools = asked(advisor, "?", language)
    made = talk.help_card(turn, tools, reading("help", Form.HELP, language))
    assert made.status is Status.NEEDS_CLARIFICATION
    assert not made.claims
    assert len(made.notes) >= 6
    assert "4" in " ".join(made.notes)


def test_an_opinion_is_declined_and_what_the_text_says_is_quoted(advisor: Advisor) -> None:
    turn, tools = asked(advisor, "Is Resolution 900 any good?")
    made = talk.opinion(turn, tools, reading("Is Resolution 900 any good?", Form.OPINION))
    assert made.status is Status.OUT_OF_SCOPE
    assert cited(made) == {"pp-res-900@2030#resolves.1", "pp-res-900@2030#resolves.2"}


def _of_lanterns(turn: Turn, tools: Tools) -> Turn:
    """Answers what is asked of lanterns, and nothing else."""
    if "lantern" in turn.text:
        return overview.overview(turn, tools, reading("Resolution 900", Form.OVERVIEW))
    return turn.having(status=Status.NOT_IN_DOCUMENTS, notes=("nothing",))


def test_parts_have_a_status_each(advisor: Advisor) -> None:
    turn, tools = asked(advisor, "both")
    parts = ("what of lanterns?", "what of whales?")
    made = several(turn, tools, parts, _of_lanterns, sure=True)
    assert made.status is Status.PARTLY_ANSWERED
    assert [block.status for block in made.blocks] == [Status.ANSWERED, Status.NOT_IN_DOCUMENTS]
    assert made.blocks[0].claims
    assert not made.blocks[1].claims
    assert made.blocks[1].notes == ("nothing",)


def test_what_may_be_one_question_is_answered_as_one_where_a_part_finds_nothing(
    advisor: Advisor,
) -> None:
    turn, tools = asked(advisor, "of lanterns, and where")
    made = several(turn, tools, ("of lanterns", "and where"), _of_lanterns, sure=False)
    assert made.status is Status.ANSWERED
    assert made.form == "overview"
    turn, tools = asked(advisor, "of whales, and where")
    made = several(turn, tools, ("of whales", "and where"), _of_lanterns, sure=False)
    assert made.status is Status.NOT_IN_DOCUMENTS


def test_every_export_shows_the_table_and_the_blocks(advisor: Advisor) -> None:
    from assistant.records.conversations import StoredTurn

    two = tuple(c for c in countries() if c.code in ("KE", "OM"))
    turn, tools = asked(advisor, "Compare Kenya and Oman")
    made = comparison.comparison(
        turn, tools, reading("Kenya and Oman", Form.COMPARE, countries=two, topic="Kenya and Oman")
    )
    answer = answer_of(made)
    stored = StoredTurn(
        id="t", conversation="c", number=1, at="2031-01-01T00:00:00Z", question="q", answer=answer
    )
    written = markdown("", [stored])
    assert "| --- |" in written
    assert "twelve lanterns" in written
    assert docx("", [stored])[:2] == b"PK"
    assert "twelve lanterns" in as_text(answer)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Tell me (a) who pays, (b) who audits and (c) when?", 3),
        ("1. Who pays? 2. Who audits?", 2),
        ("(أ) من يدفع؟ (ب) من يدقق؟", 2),
        ("What does resolves 2 say?", 0),
        ("I run a small firm. Can we join? What does it cost? Thanks.", 2),
        ("Who pays for the delegates and for the observers?", 0),
    ],
)
def test_signs_set_parts_off(text: str, count: int) -> None:
    assert len(parts(text)) == count


def test_what_tells_of_the_asker_goes_with_the_question_it_stands_before() -> None:
    assert parts("We are a hub in Oman. Who may join? We have no funds. Who pays? Thanks.") == (
        "We are a hub in Oman. Who may join?",
        "We have no funds. Who pays?",
    )


def test_another_question_is_told_from_more_of_the_same_on_messages_kept_back() -> None:
    kept = [message for message in boundaries.messages() if message.kept and message.written]
    several = [m for m in kept if m.begins]
    one = [m for m in kept if not m.begins]
    assert len(several) > 100
    assert len(one) > 100
    assert sum(bool(begins(m.text)) for m in several) / len(several) >= 0.4
    assert sum(bool(begins(m.text)) for m in one) / len(one) <= 0.1
    assert parts("Who edits the Journal, what does it publish and who pays for it?") == (
        "Who edits the Journal?",
        "what does it publish?",
        "and who pays for it?",
    )


def test_names_are_read_in_six_languages() -> None:
    for language, text in {
        "en": "regional initiatives for Africa",
        "fr": "initiatives régionales pour l'Afrique",
        "es": "iniciativas regionales para África",
        "ru": "региональные инициативы для Африки",
        "zh": "非洲区域性举措",
        "ar": "المبادرات الإقليمية لإفريقيا",
    }.items():
        found = reading(text, Form.LIST, language)
        assert found.regions == (Region.AFRICA,), text
        assert found.kinds == (DocumentKind.REGIONAL_INITIATIVE,), text


def test_the_subject_is_the_likeliest_stretch_of_words() -> None:
    heads = Heads(
        fingerprint="f",
        layers={"form": Layer(classes=("a", "b"), weights=((1.0,), (0.0,)), bias=(0.0, 0.0))},
        frame={"en": {"what": -2.0, "about": -2.0, "of": -0.2}},
    )
    assert heads.topic("what about lanterns of harbours?", "en") == "lanterns of harbours"
    assert heads.topic("what about", "en") == ""
    chances = heads.chances("form", np.array([1.0], dtype=np.float32))
    assert chances["a"] > chances["b"]
    assert sum(chances.values()) == pytest.approx(1)
