"""`advisor bench search`: time, disk and memory of the index beside plain Chroma and plain bm25s.

Texts and vectors are made up (evals.operations.made_up), so that embedding is not what is measured;
the three systems hold the same ones and are asked the same questions. Each is queried in a process
of its own, which reports how much memory opening and asking took. Ratios within one run are what
counts: absolute times are those of the machine and of what else it was doing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from corpus.database import open_database, sqlite_url
from corpus.documents import Frozen
from corpus.shelf.register import Shelf, Source
from evals.operations.made_up import documents, sentences, vectors, words
from indexing.building.embedding import Vectors
from indexing.building.sync import sync
from indexing.building.versions import open_current

SYSTEMS = ("chroma", "bm25s", "ours: vectors", "ours: lexical", "ours: both")
CLAUSES = 100
QUERIES = 64
K = 50
THREADS = 8
SEED = 7


class Speed(Frozen):
    """One system at one size.

    Attributes:
        build: seconds; disk, memory: MB; memory is what opening and asking added.
        p50, p95: milliseconds of one query alone; p50_8, p95_8: of one among eight at once.
    """

    system: str
    passages: int
    build: float
    disk: float
    memory: float
    p50: float
    p95: float
    p50_8: float
    p95_8: float


class SpeedReport(Frozen):
    """All systems at all sizes."""

    rows: tuple[Speed, ...]

    def ratio(self, passages: int) -> float:
        """p50 of both arms and the fetched passages, over the slower plain arm."""
        p50 = {row.system: row.p50 for row in self.rows if row.passages == passages}
        return p50["ours: both"] / max(p50["chroma"], p50["bm25s"])


class Prepared:
    """An `Embedder` that hands out made-up vectors in order: the cost of embedding, taken out."""

    name, fingerprint, note = "made-up", "made-up:1", ""

    def __init__(self, made: Vectors) -> None:
        self._made, self._next = made, 0
        self.dimension = made.shape[1]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """The next vectors."""
        start, self._next = self._next, self._next + len(texts)
        return self._made[start : self._next]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The first vectors."""
        return self._made[: len(texts)]


def search_speed(sizes: Sequence[int]) -> SpeedReport:
    """Build and query each system at each size (rounded up to whole documents)."""
    rows: list[Speed] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="advisor-speed-") as folder:
            rows += _at(max(1, -(-size // CLAUSES)), Path(folder))
    return SpeedReport(rows=tuple(rows))


def render(report: SpeedReport) -> str:
    """A Markdown table and the ratio the project aims at (1.3)."""
    lines = [
        "| passages | system | build s | disk MB | memory MB | p50 ms | p95 ms | 8: p50 | 8: p95 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for r in report.rows:
        lines.append(
            f"| {r.passages} | {r.system} | {r.build:.1f} | {r.disk:.0f} | {r.memory:.0f} "
            f"| {r.p50:.1f} | {r.p95:.1f} | {r.p50_8:.1f} | {r.p95_8:.1f} |"
        )
    for size in dict.fromkeys(r.passages for r in report.rows):
        lines.append(
            f"\n{size} passages: both arms cost {report.ratio(size):.2f} x the slower plain arm."
        )
    return "\n".join(lines)


def _at(count: int, folder: Path) -> list[Speed]:
    home, total = folder / "ours", count * CLAUSES
    shelf = Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")
    source = Source(name="made up", sha256="0" * 64)
    texts: list[str] = []
    for document in documents(count, CLAUSES, SEED):
        shelf.put([document], source, "bench")
        texts += [clause.text for _, clause in document.clauses()]
    made = vectors(total, seed=SEED)
    built = {
        "ours": _timed(lambda: sync(shelf, home, Prepared(made))),
        "chroma": _timed(lambda: _plain_chroma(folder / "chroma", texts, made)),
        "bm25s": _timed(lambda: _plain_bm25s(folder / "bm25s", texts)),
    }
    # The cache of vectors is needed by sync only; what is compared is what a search reads.
    (home / "index" / "embeddings.sqlite").unlink(missing_ok=True)
    rows = []
    for system in SYSTEMS:
        place = system.partition(":")[0]
        answer = subprocess.run(
            [sys.executable, "-m", "evals.operations.search_speed", system, str(folder / place)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        disk = _megabytes(folder / place / ("index" if place == "ours" else ""))
        rows.append(
            Speed(
                system=system,
                passages=total,
                build=built[place],
                disk=disk,
                **json.loads(answer.splitlines()[-1]),
            )
        )
    shutil.rmtree(folder, ignore_errors=True)
    return rows


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _plain_chroma(folder: Path, texts: list[str], made: Vectors) -> None:
    """Chroma as its documentation shows it, with cosine distance."""
    client: Any = _client(folder)
    collection = client.create_collection(
        "plain", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
    )
    for start in range(0, len(texts), 1000):
        end = min(start + 1000, len(texts))
        collection.add(
            ids=[str(i) for i in range(start, end)],
            embeddings=made[start:end],
            documents=texts[start:end],
        )
    client.close()


def _plain_bm25s(folder: Path, texts: list[str]) -> None:
    """bm25s as its documentation shows it."""
    import bm25s

    engine = bm25s.BM25()
    engine.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
    engine.save(str(folder), show_progress=False)


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _megabytes(folder: Path) -> float:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6


def _resident() -> float:
    """Resident memory of this process in MB, without files mapped (Linux: RssAnon)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _asker(system: str, folder: Path) -> Callable[[str, Vectors], object]:
    """Open one system; returns what asks it one question."""
    if system == "chroma":
        collection = _client(folder).get_collection("plain", embedding_function=None)
        return lambda text, vector: collection.query(query_embeddings=[vector], n_results=K)
    if system == "bm25s":
        import bm25s

        engine = bm25s.BM25.load(str(folder), mmap=True)
        return lambda text, vector: engine.retrieve(
            bm25s.tokenize([text], show_progress=False), k=K, show_progress=False
        )
    version = open_current(folder)
    if system == "ours: vectors":
        return lambda text, vector: version.vectors.query(vector, K)
    if system == "ours: lexical":
        return lambda text, vector: version.lexical.query(text, "en", K)

    def both(text: str, vector: Vectors) -> object:
        dense = version.vectors.query(vector, K)
        lexical = version.lexical.query(text, "en", K)
        return version.passages([name for name, _ in (*dense[:10], *lexical[:10])])

    return both


def _measure(system: str, folder: Path) -> dict[str, float]:
    import bm25s  # noqa: F401  (so that importing is not counted as memory of the index)
    import chromadb  # noqa: F401
    import langchain_chroma  # noqa: F401

    texts = list(sentences(QUERIES, words(4000, SEED), SEED + 1, (6, 14)))
    asked = vectors(QUERIES, seed=SEED + 2)
    before = _resident()
    ask = _asker(system, folder)
    ask(texts[0], asked[0])

    def once(number: int) -> float:
        return _timed(lambda: ask(texts[number], asked[number])) * 1000

    alone = [once(i) for i in range(QUERIES)]
    with ThreadPoolExecutor(THREADS) as pool:
        crowd = list(pool.map(once, [*range(QUERIES)] * 3))
    return {
        "memory": _resident() - before,
        "p50": float(np.percentile(alone, 50)),
        "p95": float(np.percentile(alone, 95)),
        "p50_8": float(np.percentile(crowd, 50)),
        "p95_8": float(np.percentile(crowd, 95)),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(sys.argv[1], Path(sys.argv[2]))) + "\n")
