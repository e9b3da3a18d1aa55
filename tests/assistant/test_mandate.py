"""The mandate trail on the real shelf's instruments, and its picture and text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from assistant.advice.mandates.charges import Verdict, Why, mandate
from assistant.advice.mandates.picture import picture
from assistant.advice.mandates.text import markdown
from assistant.advice.topics import in_english, topic
from corpus.database import open_database
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from tests.assistant.plain_search import Held, WordSearch

QUESTIONS = Path(__file__).parent / "data" / "mandates.yaml"


@pytest.fixture(scope="module")
def held(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Held:
    from corpus.reading.files import read
    from corpus.shelf.starter import load_starter

    home = tmp_path_factory.mktemp("mandate")
    shelf = Shelf(open_database(f"sqlite:///{home / 'shelf.db'}"), home)
    shelf.put(
        read(shared / "itu" / "pp18_final_acts_akn.xml"), Source(name="acts", sha256="0"), "test"
    )
    load_starter(shelf)
    return Held(shelf, WordSearch(shelf), Catalogue.load())


@pytest.mark.shared
def test_innovation(held: Held) -> None:
    trail = mandate("innovation", held)
    found = {i.document for i in trail.instruments}
    assert found >= {f"pp-res-{n}@2018" for n in (205, 209, 198, 139, 71, 169)}
    assert found >= {"wtdc-res-90@2022", "wtdc-res-17@2017"}
    by_address = {d.address: d for d in trail.duties}
    bdt = "pp-res-205@2018#instructs-the-director-of-the-telecommunication-development-bureau.1"
    assert by_address[bdt].actors == ("bdt",)
    assert by_address[bdt].verb == "instructs"
    assert by_address["pp-res-205@2018#invites-member-states.4"].actors == ("member-states",)
    assert ("pp-res-205@2018", "pp-res-198@2018") in {(x.source, x.target) for x in trail.links}
    first = trail.instruments[0]
    assert (first.document, first.why) == ("pp-res-205@2018", Why.TITLE)
    assert [e.year for e in first.editions][:1] == [2018]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("asked", "actor"),
    [
        ("l'innovation", None),
        ("la innovación", None),
        ("الابتكار", None),
        ("创新", None),
        ("инновации", None),
        ("Quel est le mandat du BDT en matière d'innovation ?", "bdt"),
        ("ما ولاية مكتب تنمية الاتصالات بشأن الابتكار؟", "bdt"),
        ("Какой мандат у БРЭ в области инноваций?", "bdt"),
    ],
)
def test_innovation_is_found_in_every_language(held: Held, asked: str, actor: str | None) -> None:
    trail = mandate(asked, held)
    found = {i.document for i in trail.instruments}
    assert found >= {f"pp-res-{n}@2018" for n in (205, 209, 198, 139, 71, 169)}
    assert "wtdc-res-90@2022" in found
    assert (trail.topic, trail.actor) == (asked, actor)


@pytest.mark.shared
def test_verdicts(held: Held) -> None:
    partly = mandate("Does BDT have a mandate to run an accelerator programme?", held)
    assert partly.verdict is Verdict.IN_PART
    assert any(d.address == "pp-res-205@2018#resolves.2" for d in partly.deciding)
    assert (
        mandate("Does BDT have a mandate to collect ICT statistics?", held).verdict is Verdict.YES
    )
    nothing = mandate("Does BDT have a mandate to launch moon rockets?", held)
    assert nothing.verdict is Verdict.NO
    assert not nothing.deciding


@pytest.mark.shared
@pytest.mark.slow
def test_questions(held: Held) -> None:
    """Of 25 questions made from the facts, at least nine in ten have actor and clause right."""
    rows = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    assert len(rows) == 25
    met = [row for row in rows if _met(row, held)]
    assert len(met) >= 0.9 * len(rows), [row["topic"] for row in rows if row not in met]


def _met(row: dict[str, object], held: Held) -> bool:
    trail = mandate(str(row["topic"]), held)
    clauses: Sequence[str] = row["clauses"]  # type: ignore[assignment]
    return any(
        duty.address in clauses and (not row["actor"] or row["actor"] in duty.actors)
        for duty in (*trail.duties[:10], *trail.deciding)
    )


@pytest.mark.shared
def test_picture_and_text(held: Held) -> None:
    trail = mandate("innovation <script>alert(1)</script>", held)
    drawn = picture(trail)
    root = ET.fromstring(drawn)
    assert root.get("role") == "img"
    assert "<script" not in drawn
    assert "href" not in drawn
    told = markdown(trail)
    assert re.search(r"(?<!\\)<script", told) is None
    assert all(duty.address in told for duty in trail.deciding)


def test_topics_of_other_languages_are_read_in_english() -> None:
    assert in_english("youth entrepreneurship") == ("youth entrepreneurship", frozenset())
    assert in_english("innovation")[0] == "innovation"
    words, actors = in_english("¿Tiene la BDT un mandato sobre las pequeñas y medianas empresas?")
    assert "small and medium enterprises" in words
    assert actors == {"bdt"}
    assert topic(in_english("инновации")[0]).names("to foster innovation")
    assert in_english("квазары и пульсары")[0] == "квазары и пульсары"  # known to no glossary


def test_topics() -> None:
    accelerator = topic("Does BDT have a mandate to run an accelerator programme?")
    assert accelerator.names("to help start-up accelerators")
    assert not accelerator.names("to accelerate growth")
    assert accelerator.near("to foster innovation")
    both = topic("youth entrepreneurship")
    assert both.names("young people as entrepreneurs")
    assert not both.names("youth in sport")
