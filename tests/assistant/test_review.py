"""An ecosystem review: kept line by line, judged by people only, never averaged, its papers."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from docx import Document as read_docx

from assistant.advice.review import findings, framework
from assistant.advice.review.evidence import EvidenceFiles, extracts
from assistant.advice.review.invitations import Invitations, UnknownInvitation
from assistant.advice.review.model import About, Answer, Confirmed, Kind, Review
from assistant.advice.review.papers import Paper, PaperFormat, report, written
from assistant.advice.review.picture import described, picture
from assistant.advice.review.record import BadContribution, UnknownReview
from assistant.advice.review.shelf_help import gather
from assistant.advice.review.store import Reviews
from assistant.advice.review.workshop import agenda
from assistant.phrases import LANGUAGES, say
from assistant.rendering.blocks import Table
from corpus.addresses import Address
from corpus.database import open_database
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from tests.assistant.plain_search import Held, WordSearch

SVG = "{http://www.w3.org/2000/svg}"


class Desk:
    """A review with three stakeholders who see things differently."""

    def __init__(self, url: str) -> None:
        engine = open_database(url)
        self.reviews, self.evidence = Reviews(engine), EvidenceFiles(engine)
        self.invitations = Invitations(engine)
        self.id = self.reviews.begin(
            About(title="Ruritania's ecosystem", country="Ruritania", purpose="A mission"), "ana"
        ).id
        self.people = {
            name: self.reviews.add_stakeholder(self.id, name, group, owner="ana")
            for name, group in (("Ida", "entrepreneurs"), ("Bo", "finance"), ("Cy", "public"))
        }

    def say(self, who: str, question: str, text: str, reads: str = "open") -> int:
        value = {"text": text, "reads": reads}
        person = self.people[who].id
        return self.reviews.write(
            self.id, Kind.ANSWER, question, value, stakeholder=person, owner="ana"
        )

    def judge(self, who: str, pillar: str, level: int | None, reason: str = "") -> None:
        value = {"level": level, "reason": reason}
        person = self.people[who].id
        self.reviews.write(self.id, Kind.JUDGEMENT, pillar, value, stakeholder=person, owner="ana")

    def put(self, kind: Kind, key: str, **value: Any) -> int:
        return self.reviews.write(self.id, kind, key, value, owner="ana")

    @property
    def now(self) -> Review:
        return self.reviews.get(self.id, "ana")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(f"sqlite:///{tmp_path / 'reviews.db'}")


def section(heading: str, *texts: str, kind: SectionKind = SectionKind.OPERATIVE) -> Section:
    return Section(
        slug=heading.lower().replace(" ", "-"),
        heading=heading,
        kind=kind,
        clauses=tuple(Clause(label=str(n), text=text) for n, text in enumerate(texts, 1)),
    )


@pytest.fixture
def held(tmp_path: Path) -> Held:
    shelf = Shelf(open_database(f"sqlite:///{tmp_path / 'shelf.db'}"), tmp_path)
    body = SectionKind.BODY
    instrument = Document(
        id="pp-res-903@2018",
        title="Funding of workshops",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Dubai", year=2018),
        body="pp",
        number="903",
        sections=(
            section("recalling", "investment of old", kind=SectionKind.PREAMBLE),
            section(
                "invites Member States",
                "to support financing of innovation and start-ups by new funds",
                "to report to the Council on funding and investment of innovation",
            ),
        ),
    )

    def review_of(country: str, text: str) -> Document:
        return Document(
            id=f"review-{country.lower()}",
            title=f"Review of {country}",
            kind=DocumentKind.COUNTRY_REVIEW,
            edition=Edition(year=2020),
            country=country,
            is_digest=True,
            sections=(section("Findings", text, kind=body),),
        )

    shelf.put(
        [
            instrument,
            review_of("Zenda", "Zenda gave grants for financing of start-ups early."),
            review_of("Ruritania", "Investment in innovation of Ruritania was low."),
        ],
        Source(name="made up", sha256="0"),
        "test",
    )
    return Held(shelf, WordSearch(shelf), Catalogue.load())


def test_what_is_written_stands_and_every_version_can_be_read_again(desk: Desk) -> None:
    first = desk.say("Ida", "vision-1", "No vision.")
    person = desk.people["Ida"].id
    longer = desk.say("Ida", "vision-1", "No vision. Nobody asked us.")
    assert longer == first, "typing on goes on in the same line"
    second = desk.say("Ida", "vision-1", "There is one now.", "strength")
    assert second > first
    assert desk.say("Ida", "vision-1", "There is one now.", "strength") == second
    before = desk.reviews.get(desk.id, "ana", version=first)
    assert before.answers[person, "vision-1"].text == "No vision. Nobody asked us."
    desk.say("Ida", "vision-1", "")
    undone = desk.reviews.undo(desk.id, desk.now.version, "ana")
    assert undone.answers[person, "vision-1"].text == "There is one now."
    assert len(desk.reviews.history(desk.id, "ana")) == 5


def test_a_cut_process_loses_nothing(tmp_path: Path) -> None:
    """Every answer is in the database when `write` returns: another process sees it."""
    url = f"sqlite:///{tmp_path / 'reviews.db'}"
    desk = Desk(url)
    desk.say("Bo", "capital-1", "Loans are too large.")
    other = Reviews(open_database(url))
    kept = other.get(desk.id, "ana")
    assert kept.answers[desk.people["Bo"].id, "capital-1"].text == "Loans are too large."


def test_nothing_is_computed_that_nobody_said(desk: Desk) -> None:
    for who, level in (("Ida", 1), ("Bo", 5), ("Cy", 3)):
        desk.judge(who, "capital", level)
    review = desk.now
    spread = findings.spread(review, "capital")
    assert (spread.low, spread.high, spread.apart) == (1, 5, True)
    assert [j.level for _, j in spread.judged] == [1, 5, 3]
    assert findings.confirmed(review, "capital") is None
    assert findings.strong(review) == findings.weak(review) == []
    assert "3" not in re.findall(r"Confirmed level: (\d)", described(review, "en"))
    desk.put(Kind.CONFIRMED, "capital", level=2, reason="after the workshop")
    assert findings.weak(desk.now) == ["capital"]
    assert findings.disputed(desk.now)[0].pillar == "capital", "confirming hides no disagreement"


def test_refusals(desk: Desk) -> None:
    with pytest.raises(framework.OutOfFrame, match="scale"):
        desk.judge("Ida", "capital", 6)
    with pytest.raises(framework.OutOfFrame):
        desk.say("Ida", "capital-9", "x")
    with pytest.raises(BadContribution, match="characters"):
        desk.say("Ida", "capital-1", "x" * 9000)
    with pytest.raises(UnknownReview):
        desk.reviews.get(desk.id, "ben")
    with pytest.raises(UnknownReview):
        desk.reviews.write(
            desk.id, Kind.ANSWER, "vision-1", {"text": "x"}, stakeholder="nobody", owner="ana"
        )
    with pytest.raises(framework.OutOfFrame):
        desk.reviews.add_stakeholder(desk.id, "Dee", "aliens", owner="ana")
    assert desk.reviews.all("ben") == []


def test_an_invitation_opens_ones_own_part_and_nothing_else(desk: Desk) -> None:
    desk.say("Bo", "capital-1", "a secret of the bank")
    token = desk.invitations.invite(desk.id, desk.people["Ida"].id, "ana")
    part = desk.invitations.open(token)
    assert part.stakeholder.name == "Ida"
    assert "secret" not in part.model_dump_json()
    newer = desk.invitations.invite(desk.id, desk.people["Ida"].id, "ana")
    with pytest.raises(UnknownInvitation):
        desk.invitations.open(token)
    desk.invitations.revoke(desk.id, desk.people["Ida"].id, "ana")
    with pytest.raises(UnknownInvitation):
        desk.invitations.open(newer)
    with pytest.raises(UnknownReview):
        desk.invitations.invite(desk.id, desk.people["Ida"].id, "ben")


def test_a_stakeholder_can_have_their_words_back(desk: Desk) -> None:
    desk.say("Bo", "capital-1", "Loans are too large.")
    desk.evidence.add_text(
        desk.id, desk.people["Bo"].id, "capital", "", "Of 41 banks 3 lend.", "ana"
    )
    desk.reviews.remove_stakeholder(desk.id, desk.people["Bo"].id, "ana")
    assert not desk.now.answers
    assert not desk.now.evidence
    assert all("Loans" not in str(c.value) for c in desk.reviews.history(desk.id, "ana"))


def test_evidence_is_quoted_verbatim_or_not_at_all(desk: Desk) -> None:
    bo = desk.people["Bo"].id
    words = "Banks lend late.\n\nThe smallest loan to a new firm is five million crowns."
    desk.evidence.add_text(desk.id, bo, "capital", "Survey", words, "ana")
    texts = desk.evidence.texts(desk.id, "ana")
    (found,) = extracts(texts, "How small is a loan to a new firm?")
    assert found.text == "The smallest loan to a new firm is five million crowns."
    assert extracts(texts, "weather in spring") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_heat_map_never_speaks_by_colour_alone(desk: Desk, language: str) -> None:
    desk.judge("Ida", "talent", 4)
    desk.judge("Bo", "talent", 2)
    drawn = picture(desk.now, language)
    root = ET.fromstring(drawn)
    told = "".join(root.find(f"{SVG}desc").itertext())  # type: ignore[union-attr]
    assert framework.pillar_name("talent", language) in told
    numbers = [t.text for t in root.iter(f"{SVG}text") if t.get("class") == "n"]
    assert numbers == ["4", "2"]
    patterns = {p.get("id") for p in root.iter(f"{SVG}pattern")}
    assert {"l1", "l2", "l3", "l4", "l5"} == patterns


def full(desk: Desk) -> Review:
    """A review with something of everything."""
    bo = desk.people["Bo"].id
    desk.say("Bo", "capital-1", "Loans are too large <b>for us</b>.", "gap")
    desk.say("Ida", "talent-1", "Good developers & designers.", "strength")
    desk.say("Cy", "policy-2", "Consultations come late.")
    desk.judge("Bo", "capital", 1, "few products")
    desk.judge("Cy", "capital", 4, "new fund")
    desk.judge("Ida", "talent", 4)
    desk.put(Kind.CONFIRMED, "talent", level=4)
    desk.put(Kind.ACTION, "a", text="Found an angel network", pillar="capital", who="Bank of Zenda")
    desk.put(
        Kind.ACTION,
        "b",
        text="to support financing of innovation and start-ups by new funds",
        pillar="policy",
        source="pp-res-903@2018#invites-member-states.1",
    )
    desk.put(Kind.QUESTION, "q", text="Who reaches the islands?")
    desk.evidence.add_text(
        desk.id, bo, "capital", "Survey", "A loan to a firm is five million crowns.", "ana"
    )
    return desk.now


def paper(desk: Desk, held: Held, kind: Paper, language: str = "en") -> dict[PaperFormat, str]:
    made = report(kind, desk.now, desk.evidence.texts(desk.id, "ana"), held, language)
    return {f: written(made, f).decode() for f in (PaperFormat.MARKDOWN, PaperFormat.HTML)} | {
        PaperFormat.DOCX: "\n".join(words_of(written(made, PaperFormat.DOCX)))
    }


def words_of(content: bytes) -> list[str]:
    """Every paragraph of a Word file, tables and footnotes included."""
    file = read_docx(io.BytesIO(content))
    words = [p.text for p in file.paragraphs]
    words += [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        notes = ET.fromstring(package.read("word/footnotes.xml"))
    return [*words, *("".join(n.itertext()) for n in notes)]


def test_the_profile_holds_what_was_said_and_marks_what_was_not(desk: Desk, held: Held) -> None:
    full(desk)
    for told in paper(desk, held, Paper.PROFILE).values():
        assert "Judgements run from 1 to 4" in told
        assert "to be completed" in told
        assert "Found an angel network" in told
        assert "Who reaches the islands?" in told
        assert "Bank of Zenda" in told
        assert "by new funds" in told, "the relevant instrument"
        assert "Zenda gave grants" in told, "a lesson of another country"
        assert "Investment in innovation of Ruritania was low" in told, "what is known already"
        assert "Private source of this review: Survey" in told
        assert "report to the Council" not in told
        assert "Ida" not in told, "people are named by their group only"
    assert "<b>for us</b>" not in paper(desk, held, Paper.PROFILE)[PaperFormat.HTML]
    desk.put(Kind.ABOUT, "", title="R", country="Ruritania", names=True)
    assert "Ida" in paper(desk, held, Paper.PROFILE)[PaperFormat.MARKDOWN]


def test_every_footnote_of_the_papers_resolves(desk: Desk, held: Held) -> None:
    full(desk)
    for kind in (Paper.PROFILE, Paper.ROADMAP):
        made = report(kind, desk.now, desk.evidence.texts(desk.id, "ana"), held)
        content = written(made, PaperFormat.DOCX)
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            body = package.read("word/document.xml").decode()
            notes = package.read("word/footnotes.xml").decode()
        called = re.findall(r'w:footnoteReference w:id="(\d+)"', body)
        there = re.findall(r'w:footnote w:id="([1-9]\d*)"', notes)
        assert called == there != []
        for address in re.findall(r"\[([a-z0-9-]+(?:@\d+)?#[^\]]+)\]", notes):
            held.shelf.clause(Address.parse(address))


def test_the_roadmap_has_who_and_when_or_a_gap(desk: Desk, held: Held) -> None:
    full(desk)
    told = paper(desk, held, Paper.ROADMAP)[PaperFormat.MARKDOWN]
    row = next(line for line in told.splitlines() if "angel network" in line)
    assert "Bank of Zenda" in row
    assert "to be completed: by when" in row
    quoted = next(line for line in told.splitlines() if "by new funds" in line)
    assert re.search(r"”\[\^\d+\]", quoted), "quoted from its clause, with a footnote"
    desk.put(
        Kind.ACTION, "b", text="words that no clause has", pillar="policy",
        source="pp-res-903@2018#invites-member-states.1",
    )  # fmt: skip
    told = paper(desk, held, Paper.ROADMAP)[PaperFormat.MARKDOWN]
    rows = [line for line in told.splitlines() if line.startswith("| **")]
    assert not any("words that no clause has" in row for row in rows)
    assert any("not found as quoted" in row for row in rows)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kit_is_prefilled_in_six_languages_without_private_evidence(
    desk: Desk, held: Held, language: str
) -> None:
    full(desk)
    desk.put(Kind.WORKSHOP, "", date="3 May", place="Hall", starts="09:30", minutes=200)
    for told in paper(desk, held, Paper.KIT, language).values():
        plain = told.replace("\\", "")
        assert say(language, "kit-agenda") in plain
        assert "Loans are too large" in plain
        assert "five million" not in plain, "the kit is handed round a room"
        assert "3 May" in plain
    slots = agenda(desk.now, language)
    assert slots[0].starts == "09:30"
    assert sum(slot.minutes for slot in slots) == 200
    names = [slot.what for slot in slots]
    assert names.index(framework.pillar_name("capital", language)) == 2, "disputed first"


def test_the_kit_names_people_only_where_that_was_chosen(desk: Desk, held: Held) -> None:
    full(desk)
    people = [p.name for p in desk.now.stakeholders if p.name]
    assert people
    for names in (False, True):
        desk.put(Kind.ABOUT, "", **{**desk.now.about.model_dump(), "names": names})
        for told in paper(desk, held, Paper.KIT).values():
            assert any(name in told for name in people) is names


def test_what_people_called_neither_stands_under_neither(desk: Desk, held: Held) -> None:
    full(desk)
    desk.say("Ida", "talent-1", "Talent leaves after a year")
    table = next(
        block
        for block in report(Paper.KIT, desk.now, (), held).blocks
        if isinstance(block, Table) and "Talent leaves" in str(block)
    )
    row = next(row for row in table.rows if "Talent leaves" in str(row))
    assert [("Talent leaves" in str(one)) for one in row] == [False, False, False, True]


def test_arabic_papers_run_right_to_left(desk: Desk, held: Held) -> None:
    full(desk)
    made = report(Paper.KIT, desk.now, (), held, "ar")
    with zipfile.ZipFile(io.BytesIO(written(made, PaperFormat.DOCX))) as package:
        body = package.read("word/document.xml").decode()
    assert "<w:bidi/>" in body
    assert "<w:bidiVisual/>" in body
    assert "<w:rtl/>" in body
    assert 'dir="rtl"' in written(made, PaperFormat.HTML).decode()


def test_the_shelf_helps_by_pillar(held: Held) -> None:
    helps = gather("Ruritania", held)
    capital = helps["capital"]
    assert [q.address for q in capital.instruments] == ["pp-res-903@2018#invites-member-states.1"]
    assert {q.country for q in capital.lessons} == {"Zenda"}
    assert {q.country for q in capital.known} == {"Ruritania"}


def test_every_question_has_words_in_six_languages() -> None:
    for language in LANGUAGES:
        asked = {framework.asks(q, language) for q in framework.QUESTIONS}
        good = {framework.good(q, language) for q in framework.QUESTIONS}
        assert len(asked | good) == 2 * len(framework.QUESTIONS)


def test_defaults_are_silence() -> None:
    assert Answer().text == ""
    assert Confirmed().level is None
