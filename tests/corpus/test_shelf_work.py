"""Holdings beside the shelf, reading again, and the health of the shelf."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from corpus.database import open_database, sqlite_url
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.fetching.state import FetchState, PastOutcome
from corpus.reading.files import read
from corpus.shelf import rereading
from corpus.shelf.adding import add_files
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.catalogue_entries import CatalogueEntry
from corpus.shelf.holdings import Held, holdings
from corpus.shelf.register import Shelf, Source, State
from corpus.shelf.rereading import Change, reread
from corpus.work.health import health
from corpus.work.jobs import Jobs
from corpus.work.worker import run_jobs
from tests.corpus.making import pdf

PROSE = "Lanterns along the quay are counted twice a year by the harbour office, says the ledger."


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(sqlite_url(tmp_path / "advisor.db"))


@pytest.fixture
def shelf(engine: Engine, tmp_path: Path) -> Shelf:
    (tmp_path / "files").mkdir()
    return Shelf(engine, tmp_path / "files")


def document(year: int, *, digest: bool = False, number: str = "7", **more: Any) -> Document:
    values: dict[str, Any] = {
        "id": f"pp-res-{number}@{year}",
        "title": 'Of "sections":, braces } and lanterns',
        "kind": DocumentKind.RESOLUTION,
        "edition": Edition(place="Bergen", year=year),
        "number": number,
        "body": "pp",
        "is_digest": digest,
        "sections": (
            Section(
                slug="resolves",
                heading="resolves",
                kind=SectionKind.OPERATIVE,
                clauses=(Clause(label="1", text=PROSE),),
            ),
        ),
    }
    return Document(**(values | more))


def put(shelf: Shelf, *documents: Document) -> None:
    shelf.put(documents, Source(name="made up", sha256="0" * 64), "test")


def entry(year: int, number: str = "7", **more: Any) -> CatalogueEntry:
    return CatalogueEntry(
        id=f"pp-res-{number}@{year}",
        kind=DocumentKind.RESOLUTION,
        title="Lanterns",
        body="pp",
        number=number,
        edition=Edition(place="Bergen", year=year),
        as_of="2031",
        **more,
    )


def test_holdings_say_whether_what_supersedes_is_here(shelf: Shelf) -> None:
    catalogue = Catalogue(
        [entry(2022), entry(2026), entry(2030), entry(2022, "8"), entry(2026, "8", abrogated=True)]
    )

    def currency() -> dict[str, str]:
        return {h.entry.id: h.currency for h in holdings(shelf, catalogue)}

    assert currency()["pp-res-7@2030"] == "in force"
    assert currency()["pp-res-7@2022"] == "superseded by pp-res-7@2030 (known, not held)"
    assert currency()["pp-res-8@2026"] == "abrogated"

    put(shelf, document(2026))
    assert currency()["pp-res-7@2022"] == (
        "superseded by pp-res-7@2026 (held), itself by pp-res-7@2030 (known, not held)"
    )
    assert currency()["pp-res-7@2026"] == "superseded by pp-res-7@2030 (known, not held)"

    put(shelf, document(2030, digest=True))
    assert currency()["pp-res-7@2022"] == "superseded by pp-res-7@2030 (digest held)"
    put(shelf, document(2030))
    found = {h.entry.id: h for h in holdings(shelf, catalogue)}
    assert found["pp-res-7@2022"].currency == "superseded by pp-res-7@2030 (held)"
    assert found["pp-res-7@2030"].held is Held.OFFICIAL

    shelf.set_state("pp-res-7@2030", State.WITHDRAWN, "test")
    assert currency()["pp-res-7@2026"] == "superseded by pp-res-7@2030 (known, not held)"


def test_what_may_have_been_revised_is_not_called_in_force(shelf: Shelf) -> None:
    [held] = holdings(shelf, Catalogue([entry(2022, uncertain=True)]))
    assert held.currency == "latest edition known"


def test_the_health_of_the_shelf(shelf: Shelf, engine: Engine, tmp_path: Path) -> None:
    put(
        shelf,
        document(2022),
        document(2022, digest=True),
        document(2026, language="fr"),
        document(2030, number="9"),
    )
    report = document(2030).model_copy(
        update={"id": "lanterns", "kind": DocumentKind.REPORT, "edition": Edition()}
    )
    put(shelf, report)
    shelf.set_state("pp-res-9@2030", State.WITHDRAWN, "test")
    (tmp_path / "empty.pdf").write_bytes(b"")
    jobs = Jobs(engine)
    jobs.enqueue([tmp_path / "empty.pdf"], actor="a")
    run_jobs(jobs, shelf)
    FetchState(engine).keep_outcome(
        PastOutcome(
            entry="pp-res-7@2026", language="en", outcome="failed", code="robots", reason="No."
        )
    )
    found = health(shelf, engine)
    assert found.documents == 5
    assert found.kinds == {"report": 1, "resolution": 2}
    assert found.years == {"2022": 1, "2026": 1, "none": 1}
    assert found.languages == {"en": 2, "fr": 1}
    assert found.states == {"official": 3, "stepped back": 1, "withdrawn": 1}
    assert found.jobs["failed"] == 1
    assert {(t.what, t.where, t.code) for t in found.troubles} == {
        ("pp-res-7@2026 (en)", "fetch", "robots"),
        ("empty.pdf", "job", "empty-file"),
    }


def test_an_empty_shelf_is_healthy(shelf: Shelf, engine: Engine) -> None:
    found = health(shelf, engine)
    assert (found.documents, found.kinds, found.troubles, found.newest) == (0, {}, (), "")


def _add(shelf: Shelf, folder: Path, name: str = "lanterns.pdf", work: str | None = None) -> str:
    rows = [("1 Lanterns", 14.0, True), (PROSE, 11.0, False), (f"The {name} note.", 11.0, False)]
    (folder / name).write_bytes(pdf([rows]))
    report = add_files(shelf, [folder / name], actor="ada", work=work)
    assert report.failed == 0
    return report.files[0].documents[0]


def test_reading_again_with_the_same_reader_changes_nothing(shelf: Shelf, tmp_path: Path) -> None:
    first = _add(shelf, tmp_path)
    second = _add(shelf, tmp_path, "wicks.pdf", work="wicks-2030")
    before = shelf.live()
    assert {r.key: r.change for r in reread(shelf, actor="b")} == {
        f"{first}:en": Change.UNCHANGED,
        f"{second}:en": Change.UNCHANGED,
    }
    assert shelf.live() == before
    assert len(shelf.history()) == 2


def test_a_better_reader_replaces_and_says_what_changed(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = _add(shelf, tmp_path, work="wicks-2030")
    source = shelf.entries()[0].source

    def better(path: Path, **options: Any) -> list[Document]:
        [found] = read(path, **options)
        section = found.sections[0]
        told = tuple(c.model_copy(update={"text": f"{c.text} Mended."}) for c in section.clauses)
        more = Clause(label="99", text="A clause that was overlooked.")
        section = section.model_copy(update={"clauses": (*told, more)})
        return [found.model_copy(update={"sections": (section, *found.sections[1:])})]

    monkeypatch.setattr(rereading, "read", better)
    before = shelf.live()
    [planned] = reread(shelf, actor="b", dry_run=True)
    assert shelf.live() == before
    [done] = reread(shelf, [work], actor="b")
    assert done == planned
    assert (done.key, done.change, done.added, done.removed) == (f"{work}:en", Change.CHANGED, 1, 0)
    assert done.reworded == done.clauses_before
    [held] = shelf.entries()
    assert (held.id, held.source, held.added_by) == (work, source, "b")
    assert shelf.live() != before


def test_what_no_longer_reads_stays_as_it_was(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from corpus.errors import GarbledText

    _add(shelf, tmp_path)
    before = shelf.live()

    def worse(path: Path, **options: Any) -> list[Document]:
        raise GarbledText("The letters are wrong.")

    monkeypatch.setattr(rereading, "read", worse)
    [done] = reread(shelf, actor="b")
    assert (done.change, done.reason) == (Change.FAILED, "The letters are wrong.")
    assert shelf.live() == before


def test_reading_again_does_not_restore_what_was_withdrawn(shelf: Shelf, tmp_path: Path) -> None:
    name = _add(shelf, tmp_path)
    shelf.set_state(name, State.WITHDRAWN, "test")
    assert reread(shelf, actor="b") == []
    assert shelf.live() == {}


def test_a_document_whose_file_was_not_kept_says_so_when_asked_for(shelf: Shelf) -> None:
    put(shelf, document(2022))
    assert reread(shelf, actor="b") == []
    [done] = reread(shelf, ["pp-res-7@2022"], actor="b")
    assert done.change is Change.NO_FILE


def test_two_files_of_one_language_do_not_replace_each_other(shelf: Shelf, tmp_path: Path) -> None:
    for name in ("a-note.pdf", "text.pdf"):
        (tmp_path / name).write_bytes(pdf([[(PROSE, 11.0, False), (f"From {name}.", 11.0, False)]]))
    names = [tmp_path / "a-note.pdf", tmp_path / "text.pdf"]
    report = add_files(shelf, names, actor="a", work="lanterns-2030")
    assert [outcome.code for outcome in report.files] == ["same-text-twice"] * 2
    assert "a-note.pdf and text.pdf" in (report.files[0].error or "")
    assert shelf.entries() == []
