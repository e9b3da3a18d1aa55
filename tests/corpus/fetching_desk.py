"""What the fetcher's tests share: a shelf, an entry and a report to fetch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from corpus.database import open_database, sqlite_url
from corpus.documents import DocumentKind, Edition
from corpus.fetching.policy import Policy
from corpus.fetching.report import EntryOutcome, FetchReport, Outcome
from corpus.fetching.texts import fetch
from corpus.shelf.catalogue_entries import CatalogueEntry
from corpus.shelf.register import Shelf
from tests.corpus.library_server import (
    Library,
)
from tests.corpus.making import pdf

PROSE = [
    "Lanterns along the quay are counted twice a year by the harbour office.",
    "Each lantern has a keeper, a spare wick and a line in the ledger.",
    "The ledger is read aloud at midsummer to whoever comes to listen.",
]


def report_pdf(mark: str = "first", padding: int = 0) -> bytes:
    """A small report; `padding` random bytes stand after its end, where readers ignore them."""
    rows = [("1 The lanterns", 14.0, True), *((line, 11.0, False) for line in PROSE)]
    rows += [(f"This is the {mark} printing of the report.", 11.0, False)]
    content = pdf([rows])
    # A stream object nobody refers to, inside the file, would do as well; comments are simpler.
    filler = b"\n".join(b"%" + os.urandom(30).hex().encode() for _ in range(padding // 62))
    return content[:9] + b"\n" + filler + b"\n" + content[9:] if filler else content


RESOLUTION = [
    ("RESOLUTION 900 (TALLINN, 2030)", 12.0, True),
    ("", 12.0, False),
    ("Lighthouses for lending libraries", 12.0, True),
    ("", 12.0, False),
    ("The Plenipotentiary Conference (Tallinn, 2030),", 11.0, False),
    ("", 12.0, False),
    ("considering", 11.0, False),
    ("", 12.0, False),
    ("a) that libraries by the sea are read in after dark;", 11.0, False),
    ("", 12.0, False),
    ("b) that readers come late by boat,", 11.0, False),
    ("", 12.0, False),
    ("resolves", 11.0, False),
    ("", 12.0, False),
    ("1 that every lending library by the sea keep a lighthouse lit;", 11.0, False),
    ("", 12.0, False),
    ("2 that a keeper lend no more than nine books to one reader.", 11.0, False),
]


def entry(url: str | None = None, landing: str | None = None, **more: Any) -> CatalogueEntry:
    values: dict[str, Any] = {
        "id": "lantern-report-2030",
        "kind": DocumentKind.REPORT,
        "title": "The lanterns of the quay",
        "edition": Edition(year=2030),
        "pdf_url": url,
        "landing_url": landing,
        "landing_basis": "seen" if landing else None,
        "as_of": "2030",
    }
    return CatalogueEntry(**(values | more))


class Desk:
    """A shelf, and a fetcher that may ask the library on loopback."""

    def __init__(self, home: Path, library: Library) -> None:
        self.home, self.library = home, library
        self.engine = open_database(sqlite_url(home / "advisor.db"))
        self.shelf = Shelf(self.engine, home / "files")
        self.shelf.files.mkdir(exist_ok=True)
        self.host = f"127.0.0.1:{library.port}"

    def policy(self, **more: Any) -> Policy:
        values: dict[str, Any] = {
            "hosts": frozenset({self.host}),
            "private_hosts": frozenset({self.host}),
            "pause": 0.0,
            "first_wait": 0.01,
            "longest_wait": 3.0,
            "file_seconds": 20.0,
            "page_seconds": 5.0,
        }
        return Policy(**(values | more))

    def fetch(self, *entries: CatalogueEntry, **more: Any) -> FetchReport:
        languages, collections = more.pop("languages", None), more.pop("collections", ())
        resolver = {"resolver": more.pop("resolver")} if "resolver" in more else {}
        report = fetch(
            entries,
            self.shelf,
            self.engine,
            actor="test",
            policy=self.policy(**more),
            languages=languages,
            collections=collections,
            **resolver,
        )
        self.nothing_half_written()
        return report

    def one(self, wanted: CatalogueEntry, **more: Any) -> EntryOutcome:
        report = self.fetch(wanted, **more)
        assert len(report.entries) == 1
        return report.entries[0]

    def nothing_half_written(self) -> None:
        """Every file kept is what its name says, and every document has its file."""
        import hashlib

        for path in self.shelf.files.iterdir():
            if path.is_file():
                assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
        for held in self.shelf.entries():
            assert held.source.file is not None
            assert (self.shelf.files / held.source.file).is_file()

    def partials(self) -> list[Path]:
        return list((self.shelf.files / ".partial").glob("*.part"))


def failed(outcome: EntryOutcome, code: str) -> None:
    assert outcome.outcome is Outcome.FAILED
    assert outcome.code == code, outcome.reason
    assert outcome.reason
    assert outcome.keys == ()
