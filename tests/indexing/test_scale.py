"""A thousand documents: memory stays bounded, and one changed document costs one document."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind

DOCUMENTS = 1000
CLAUSES = 20

WORDS = [
    first + last
    for first in "lan har quay led mid keep wick win boat sal tor ven mar dol".split()
    for last in "tern bour er ing summer light let dow house ty an ish ock el".split()
]


def made(number: int, mark: str = "") -> Document:
    """A resolution of the usual size: some 20 clauses of some 40 words."""
    dice = random.Random(number)
    clauses = tuple(
        Clause(
            label=str(label),
            text=f"{' '.join(dice.choices(WORDS, k=dice.randint(15, 65)))} {mark}".strip() + ".",
        )
        for label in range(1, CLAUSES + 1)
    )
    half = CLAUSES // 2
    return Document(
        id=f"made-res-{number}@2031",
        title=f"Lantern keeping in harbour {number}",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Bergen", year=2031),
        number=str(number),
        body="made",
        sections=(
            Section(
                slug="considering",
                heading="considering",
                kind=SectionKind.PREAMBLE,
                clauses=clauses[:half],
            ),
            Section(
                slug="resolves",
                heading="resolves",
                kind=SectionKind.OPERATIVE,
                clauses=clauses[half:],
            ),
        ),
    )


CHILD = """
import json, sys, time
from pathlib import Path
from corpus.database import open_database, sqlite_url
from corpus.shelf.register import Shelf, Source
from indexing.building.embedding import HashingEmbedder
from indexing.building.sync import sync
from tests.indexing.test_scale import made
home, count, mark = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
shelf = Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")
source = Source(name="made up", sha256="0" * 64)
def peak():
    # Not getrusage: its peak is inherited from the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024
if mark:
    shelf.put([made(count // 2, mark)], source, "test")
else:
    for start in range(0, count, 100):
        shelf.put([made(n) for n in range(start, min(count, start + 100))], source, "test")
before = peak()
began = time.monotonic()
report = sync(shelf, home, HashingEmbedder())
print(json.dumps({
    "before": before, "after": peak(), "seconds": time.monotonic() - began,
    "embedded": report.embedded, "passages": report.passages, "changed": report.changed,
    "added": len(report.added), "removed": len(report.removed),
}))
"""


def synced(home: Path, count: int, mark: str = "") -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(home), str(count), mark],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_documents_sync_with_bounded_memory(tmp_path: Path) -> None:
    small = synced(tmp_path / "small", DOCUMENTS // 10)
    large = synced(tmp_path / "large", DOCUMENTS)
    assert large["added"] == DOCUMENTS
    assert large["embedded"] == large["passages"] > 5 * DOCUMENTS

    # Ten times the documents may not take ten times the memory: what grows is Chroma's graph
    # and the word counts of the lexical index, never the texts or the documents.
    vectors = large["passages"] * 256 * 4 / 1024**2
    assert large["after"] - small["after"] < 120 + 3 * vectors
    assert large["after"] < 600

    again = synced(tmp_path / "large", DOCUMENTS, "rekindled")
    assert again["changed"] == [f"made-res-{DOCUMENTS // 2}@2031:en"]
    assert (again["added"], again["removed"]) == (0, 0)
    assert 0 < again["embedded"] <= 2 * large["passages"] / DOCUMENTS
    assert again["after"] < 600
    assert again["seconds"] < large["seconds"]
