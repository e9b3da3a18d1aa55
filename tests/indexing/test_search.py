"""Search on a small corpus of the tests' own making, with the model-free embedder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.database import open_database, sqlite_url
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source, State
from indexing import search
from indexing.building.embedding import HashingEmbedder, Vectors
from indexing.building.passages import Filters
from indexing.building.sync import sync
from indexing.encoder import packaged_encoder
from indexing.judge import LEFT_OPEN
from indexing.search import Searcher
from indexing.signals import SIGNALS


def resolution(number: str, year: int, title: str, body: str = "pp", **texts: str) -> Document:
    """A resolution whose operative clauses are `texts` by section heading (_ for blank)."""
    sections = []
    for heading, text in texts.items():
        clauses = tuple(
            Clause(label=str(n), text=part) for n, part in enumerate(text.split("|"), start=1)
        )
        kind = SectionKind.PREAMBLE if heading == "considering" else SectionKind.OPERATIVE
        name = heading.replace("_", " ")
        sections.append(
            Section(slug=heading.replace("_", "-"), heading=name, kind=kind, clauses=clauses)
        )
    return Document(
        id=f"{body}-res-{number}@{year}",
        title=title,
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Testville", year=year),
        number=number,
        body=body,
        sections=tuple(sections),
    )


DOCUMENTS = (
    resolution(
        "901",
        2018,
        "Lighthouses for coastal villages",
        considering="that fog hides the coast of many islands|that lamps fail in winter",
        resolves="to keep every lighthouse lit at night, in all weathers|to paint towers white so that they can be seen by day",
        instructs_the_Secretary_General="to report on lamps to the Council every year",
    ),
    resolution(
        "902",
        2018,
        "Bicycle lanes in harbour towns",
        resolves="to widen the bicycle lanes near every harbour of the Union|"
        "to lend bicycles free of charge to sailors who stay less than a week",
        instructs_the_ITU_Council="to review the bicycle budget at each session",
    ),
    resolution("903", 2014, "Beehives on roofs", resolves="to keep two beehives on each roof"),
    resolution("903", 2018, "Beehives on roofs", resolves="to keep three beehives on each roof"),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def shelf(home: Path) -> Shelf:
    (home / "files").mkdir()
    shelf = Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")
    shelf.put(DOCUMENTS, Source.of("made.xml", b"made"), "test")
    sync(shelf, home, HashingEmbedder())
    return shelf


@pytest.fixture
def searcher(home: Path, shelf: Shelf) -> Iterator[Searcher]:
    searcher = Searcher(home, shelf, HashingEmbedder(), catalogue=Catalogue(()))
    yield searcher
    searcher.close()


def best(searcher: Searcher, question: str, **options: object) -> str:
    return searcher.search(question, language="en", **options).evidence[0].passage.addresses[0]  # type: ignore[arg-type]


def test_the_clause_that_says_it_comes_first(searcher: Searcher) -> None:
    assert (
        best(searcher, "how to lend a bicycle to sailors in port") == "pp-res-902@2018#resolves.2"
    )


def test_an_instrument_named_outweighs_what_the_arms_think(searcher: Searcher) -> None:
    result = searcher.search("What does Resolution 901 say about bicycles?", language="en")
    assert result.evidence[0].passage.document == "pp-res-901@2018"
    assert result.trace["query"]["named"] == ["pp-res-901@2018"]  # type: ignore[index]


def test_a_clause_named_is_found_without_a_word_of_it(searcher: Searcher) -> None:
    assert best(searcher, "Resolution 902, resolves 1?") == "pp-res-902@2018#resolves.1"


def test_whose_task_prefers_the_section_that_addresses_somebody(searcher: Searcher) -> None:
    found = best(searcher, "Who reports on lamps?")
    assert found == "pp-res-901@2018#instructs-the-Secretary-General.1"


def test_the_edition_in_force_comes_first_unless_another_is_named(home: Path, shelf: Shelf) -> None:
    searcher = Searcher(home, shelf, HashingEmbedder(), catalogue=_Editions())
    assert best(searcher, "How many beehives on a roof?").startswith("pp-res-903@2018")
    assert best(searcher, "beehives in Resolution 903 of 2014").startswith("pp-res-903@2014")
    searcher.close()


class _Editions(Catalogue):
    def __init__(self) -> None:
        super().__init__(())

    def superseded_by(self, document: str, held: object = None) -> str | None:
        return "pp-res-903@2018" if document == "pp-res-903@2014" else None


def test_filters_restrict(searcher: Searcher) -> None:
    result = searcher.search("beehives", filters=Filters(years=(2014,)), language="en")
    assert {e.passage.year for e in result.evidence} == {2014}


def test_a_withdrawn_document_is_gone_before_the_next_sync(
    searcher: Searcher, shelf: Shelf
) -> None:
    shelf.remove("pp-res-902@2018:en", "test")
    result = searcher.search("lend bicycles to sailors", language="en")
    assert all(e.passage.document != "pp-res-902@2018" for e in result.evidence)


def test_the_whole_shelf_is_read_again_only_when_it_changed(
    home: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")
    searcher = Searcher(home, here, HashingEmbedder(), catalogue=Catalogue(()))
    read = 0
    whole = Shelf._entries

    def entries(self: Shelf) -> object:
        nonlocal read
        read += self is here
        return whole(self)

    monkeypatch.setattr(Shelf, "_entries", entries)
    for _ in range(3):
        searcher.search("paint towers white", 1)
    assert read == 1
    shelf.set_state("pp-res-901@2018", State.WITHDRAWN, "test")  # as by another server
    for _ in range(2):
        found = searcher.search("paint towers white", 5).evidence
        assert found
        assert "pp-res-901@2018" not in {e.passage.document for e in found}
    assert read == 2
    searcher.close()


def test_p25_a_failed_arm_is_named_and_the_other_answers(home: Path, shelf: Shelf) -> None:
    class Broken(HashingEmbedder):
        def embed_queries(self, texts: Sequence[str]) -> Vectors:
            raise RuntimeError("no model")

    searcher = Searcher(home, shelf, Broken(), catalogue=Catalogue(()))
    result = searcher.search("lend bicycles to sailors", language="en")
    assert result.degraded == ("dense",)
    assert result.evidence[0].passage.addresses == ("pp-res-902@2018#resolves.2",)
    searcher.close()


def test_p25_the_judge_still_knows_the_clause_when_the_vectors_are_gone(
    home: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Zeros in the place of cosines are nothing the judge has ever seen."""
    encoder = packaged_encoder()
    if encoder is None:
        pytest.skip("the packaged encoder is not installed")
    sync(shelf, home, encoder)
    searcher = Searcher(home, shelf, encoder, catalogue=Catalogue(()))
    question = "lend bicycles to sailors"
    whole = searcher.search(question, language="en")

    def gone(*_: object) -> list[tuple[str, float]]:
        raise RuntimeError("no engine")

    monkeypatch.setattr(searcher._index.version().vectors, "query", gone)
    result = searcher.search(question, language="en")
    assert result.degraded == ("dense",)
    assert whole.enough
    assert result.enough
    assert result.evidence[0].passage.addresses == ("pp-res-902@2018#resolves.2",)
    searcher.close()


def test_every_signal_is_in_the_evidence_and_the_trace_says_what_was_asked(
    searcher: Searcher,
) -> None:
    result = searcher.search("Why are small islands in fog?", language="en")
    signals = result.evidence[0].signals
    assert set(signals) == {*SIGNALS, LEFT_OPEN}
    assert result.trace["query"]["text"] == "Why are small islands in fog?"  # type: ignore[index]
    assert result.documents[0] == "pp-res-901@2018"


def test_it_is_surer_of_an_answer_than_of_what_no_text_says(searcher: Searcher) -> None:
    good = searcher.search("Must every lighthouse be kept lit at night?", language="en")
    bad = searcher.search(
        "Which airline flies the Council to Zanzibar, at what fare?", language="en"
    )
    assert 0 <= bad.answerable < good.answerable <= 1
    assert good.evidence[0].score > bad.evidence[0].score


def test_without_token_vectors_the_arms_alone_are_judged(
    home: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "packaged_encoder", lambda: None)
    searcher = Searcher(home, shelf, HashingEmbedder(), catalogue=Catalogue(()))
    result = searcher.search("lend bicycles to sailors", language="en")
    assert not result.late
    assert result.evidence[0].passage.addresses == ("pp-res-902@2018#resolves.2",)
    searcher.close()
