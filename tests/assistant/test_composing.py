"""Drafts by a chat model: a sentence the clauses do not bear out never reaches the draft."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from assistant.advice.comparing import compare_editions
from assistant.advice.drafting.composing import Writes
from assistant.advice.drafting.draft import BadDraft, Brief, Nature
from assistant.advice.drafting.exporting import checked, docx, markdown
from assistant.advice.drafting.kinds import DraftKind
from assistant.advice.drafting.templates import From, headings, source_of
from assistant.advice.drafting.writing import draft
from assistant.advice.mandates.changes import changes, marked
from assistant.advice.mandates.charges import mandate
from assistant.writing.streaming import Budget
from corpus.database import open_database
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from tests.assistant.plain_search import Held, WordSearch

BDT = "instructs the Director of the Telecommunication Development Bureau"


def resolution(year: int, *duties: str) -> Document:
    return Document(
        id=f"pp-res-71@{year}",
        title="Beekeeping for innovation",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place={2014: "Busan", 2018: "Dubai"}[year], year=year, revised=True),
        body="pp",
        number="71",
        sections=(
            Section(
                slug="instructs-the-director-of-the-telecommunication-development-bureau",
                heading=BDT,
                kind=SectionKind.OPERATIVE,
                clauses=tuple(Clause(label=str(n), text=t) for n, t in enumerate(duties, 1)),
            ),
        ),
    )


def held(tmp_path: Path, *documents: Document) -> Held:
    shelf = Shelf(open_database(f"sqlite:///{tmp_path / 'shelf.db'}"), tmp_path)
    shelf.put(list(documents), Source(name="made up", sha256="0"), "test")
    return Held(shelf, WordSearch(shelf), Catalogue.load())


NOW = resolution(
    2018,
    "to support beekeeping laboratories in developing countries every two years",
    "to report on beekeeping to the ITU Council",
)


@dataclass
class Chunk:
    content: str
    response_metadata: dict[str, Any] = field(default_factory=dict)


class Model:
    """Says what it is told to say, in pieces, as a chat model's stream does."""

    def __init__(self, said: str) -> None:
        self.said, self.heard = said, ""

    def stream(self, messages: Sequence[Any]) -> Iterator[Chunk]:
        self.heard += " ".join(str(m.content) for m in messages)
        for start in range(0, len(self.said), 7):
            yield Chunk(self.said[start : start + 7])
        yield Chunk("", {"finish_reason": "stop"})


def writes(model: Any) -> Writes:
    return Writes(model, Budget(20, 10), lambda *_: False)


BRIEF = Brief(kind=DraftKind.TALKING_POINTS, topic="beekeeping", written=True)


def test_only_what_the_clauses_bear_out_is_written(tmp_path: Path) -> None:
    advisor = held(tmp_path, NOW)
    model = Model(
        "The Director is to support beekeeping laboratories in developing countries every two "
        "years [E2]. The Director is to support beekeeping laboratories every five years [E2]. "
        "Member States must pay for the beekeeping laboratories [E2]. "
        "See https://evil.example for more [E2]. MISSING: nothing"
    )
    made = draft(BRIEF, advisor, writes(model))
    sentences = made.section("offer").sentences
    written = [s for s in sentences if s.nature is Nature.WRITTEN]
    assert [s.text for s in written] == [
        "The Director is to support beekeeping laboratories in developing countries every two "
        "years."
    ]
    assert written[0].source.endswith(".1")
    gaps = [s.text for s in sentences if s.nature is Nature.GAP]
    assert gaps[0].startswith("[to be completed: 3 statement(s)")
    told = markdown(made, advisor)
    assert "five years" not in told
    assert "evil" not in told
    assert "written by a chat model" in told
    with zipfile.ZipFile(io.BytesIO(docx(made, advisor))) as package:
        assert written[0].source in package.read("word/footnotes.xml").decode()
    assert "pp-res-71" not in model.heard, "the model never sees an address"


def test_a_written_sentence_falls_when_its_clause_changes(tmp_path: Path) -> None:
    advisor = held(tmp_path, NOW)
    said = "The Director is to report on beekeeping to the ITU Council [E1]."
    made = draft(BRIEF, advisor, writes(Model(said)))
    assert any(s.nature is Nature.WRITTEN for s in made.section("offer").sentences)
    assert checked(made, advisor) == made
    other = resolution(2018, "to support beekeeping", "to report on beekeeping to nobody at all")
    advisor.shelf.put([other], Source(name="other", sha256="1"), "test")
    assert "report on beekeeping to the ITU Council" not in markdown(made, advisor)


@pytest.mark.parametrize("said", ["", "NO_ANSWER", "No idea without any mark."])
def test_a_model_that_writes_nothing_leaves_the_quotations(tmp_path: Path, said: str) -> None:
    made = draft(BRIEF, held(tmp_path, NOW), writes(Model(said)))
    assert {s.nature for s in made.section("offer").sentences} == {Nature.QUOTE}


def test_a_model_that_breaks_leaves_the_quotations(tmp_path: Path) -> None:
    class Broken:
        def stream(self, messages: Sequence[Any]) -> Iterator[Chunk]:
            raise ValueError("no model here")
            yield Chunk("")

    made = draft(BRIEF, held(tmp_path, NOW), writes(Broken()))
    assert {s.nature for s in made.section("offer").sentences} == {Nature.QUOTE}


def test_headings_of_templates() -> None:
    assert headings("t.md", b"# One\ntext\n### Two ##\n    # code\n") == ("One", "Two")
    from docx import Document as Word

    file = Word()
    file.add_heading("Background", 1)
    file.add_paragraph("text")
    file.add_heading("Plans", 2)
    out = io.BytesIO()
    file.save(out)
    assert headings("t.docx", out.getvalue()) == ("Background", "Plans")
    for bad in (b"no heading", b"PK\x03\x04 not a word file", b"\xff\xfe\x00"):
        with pytest.raises(BadDraft):
            headings("t", bad)
    assert source_of("Mandat et base légale") is From.VERDICT
    assert source_of("What BDT must do") is From.BDT
    assert source_of("Drones") is From.SEARCH
    with pytest.raises(BadDraft, match="headings"):
        Brief(kind=DraftKind.TEMPLATE, topic="x") and draft(
            Brief(kind=DraftKind.TEMPLATE, topic="x"), _nothing()
        )


def _nothing() -> Any:
    import tempfile

    return held(Path(tempfile.mkdtemp()), NOW)


def test_what_each_edition_changed_is_told_word_by_word(tmp_path: Path) -> None:
    old = resolution(
        2014,
        "to support beekeeping laboratories in developing countries every four years",
        "to report on beekeeping to the ITU Council",
    )
    advisor = held(tmp_path, old, NOW)
    steps = changes(mandate("beekeeping", advisor), advisor)
    step = next(s for s in steps if (s.old, s.new) == (old.id, NOW.id))
    (change,) = step.changes
    assert "[-four-]" in marked(change)
    assert "{+two+}" in marked(change)
    unheld = [s for s in steps if s.note]
    assert all("not held" in s.note for s in unheld)
    table = compare_editions(advisor.shelf, old.id, NOW.id)
    (row,) = table.rows
    assert row.name == "reworded"
    assert [cell[0].text.split()[-2] for cell in row.cells] == ["four", "two"]
