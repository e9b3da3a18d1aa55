"""`advisor bench sizing`: memory, disk and cost for 10^4 to 10^8 passages, from measured figures.

What a passage takes is the slope between two measured sizes; what a server takes beside is
measured too. The rest is arithmetic, with the prices and limits below as its only assumptions.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from corpus.documents import Frozen
from evals.operations.made_up import sentences, words
from evals.operations.search_speed import Speed, search_speed
from indexing.building.embedding import load_embedder

SIZES = (10**4, 10**5, 10**6, 10**7, 10**8)
NODE_GIB = 64.0
"""Memory of the largest single node one would rent without thinking twice."""

SLOW_MS = 200.0
"""A lexical query alone above this is felt; the arm should move then."""


class Prices(Frozen):
    """US dollars a month: assumptions, to be replaced by one's own (`--memory-price` ...)."""

    memory: float = 3.0
    disk: float = 0.10
    core: float = 15.0


class Measured(Frozen):
    """The figures everything is computed from.

    Attributes:
        rows: of `advisor bench search`, at two sizes at least.
        server: MiB of a server that has answered, with its embedding model, over a small corpus.
        embedded: passages embedded a second on one core. embedder: by which model.
    """

    rows: tuple[Speed, ...]
    server: float
    embedded: float
    embedder: str


class Need(Frozen):
    """What one size needs. Bytes in GiB, times in milliseconds and hours, cost in USD a month."""

    passages: int
    index_disk: float
    vectors_memory: float
    lexical_disk: float
    lexical_ms: float
    hours: float
    nodes: int
    cost: float


def measure(sizes: Sequence[int], server: float, model: str) -> Measured:
    """Measure here and now; takes minutes for 10^5 passages."""
    embedder = load_embedder(model)
    texts = list(sentences(16, words(4000, 7), 7))
    embedder.embed_passages(texts)
    # Processor time, and the least of several: what else the machine does counts for little.
    times = []
    for _ in range(6):
        began = time.process_time()
        embedder.embed_passages(texts)
        times.append(time.process_time() - began)
    rate = len(texts) / min(times)
    return Measured(
        rows=search_speed(sizes).rows,
        server=server,
        embedded=round(rate, 1),
        embedder=embedder.name,
    )


def needs(found: Measured, prices: Prices) -> list[Need]:
    """What each of `SIZES` needs, by the slopes of what was measured."""
    index_disk = _slope(found.rows, "ours: both", "disk")
    vectors_memory = _slope(found.rows, "ours: vectors", "memory")
    lexical_disk = _slope(found.rows, "bm25s", "disk")
    lexical_ms = _slope(found.rows, "ours: lexical", "p50")
    made = []
    for size in SIZES:
        memory = vectors_memory * size / 1024
        # The live version and the one built beside it.
        disk = 2 * index_disk * size / 1024
        nodes = max(1, -(-int(memory * 1.5) // int(NODE_GIB)))
        served = found.server / 1024 * 2
        made.append(
            Need(
                passages=size,
                index_disk=index_disk * size / 1024,
                vectors_memory=memory,
                lexical_disk=lexical_disk * size / 1024,
                lexical_ms=lexical_ms * size,
                hours=size / found.embedded / 3600,
                nodes=nodes,
                cost=prices.memory * (memory * 1.5 + served)
                + prices.disk * disk
                + prices.core * (2 + 2 * nodes),
            )
        )
    return made


def render(found: Measured, prices: Prices) -> str:
    """docs/sizing.md."""
    table = needs(found, prices)
    sizes = sorted({row.passages for row in found.rows})
    per_node = int(NODE_GIB / 1.5 * 1024 / _slope(found.rows, "ours: vectors", "memory"))
    moves = int(SLOW_MS / max(_slope(found.rows, "ours: lexical", "p50"), 1e-12))
    lines = [
        "# Sizing",
        "",
        "Written by `advisor bench sizing --write docs/sizing.md` from measured figures "
        "(`evals/data/sizing.json`; `--measure` makes them anew on your machine). A passage is a "
        "clause or a few: PP-18, 64 instruments, is 2,815 of them.",
        "",
        f"Measured at {' and '.join(f'{size:,}' for size in sizes)} passages of made-up text; a "
        f"server with its model (`{found.embedder}`) takes {found.server:,.0f} MiB beside the "
        f"index; one core embeds {found.embedded:.0f} passages a second, once: what did not "
        "change is never embedded again. Everything else is a straight line through those, so the "
        "last two rows are a plan and not a promise: measure again at a tenth of the size you aim "
        "for.",
        "",
        "| Passages | index: disk | of it BM25 | vectors: memory | BM25 query, median "
        "| first embedding, one core | Chroma nodes | USD a month |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {n.passages:,} | {_gib(n.index_disk)} | {_gib(n.lexical_disk)} | "
        f"{_gib(n.vectors_memory)} | {_ms(n.lexical_ms)} | "
        f"{_hours(n.hours)} | {n.nodes} | {n.cost:,.0f} |"
        for n in table
    ]
    lines += [
        "",
        f"The cost is that of two servers, Chroma and disks at assumed prices: {prices.memory:.2f} "
        f"USD a GiB of memory, {prices.disk:.2f} a GiB of disk, {prices.core:.2f} a core, a month. "
        "Give your own with `--memory-price`, `--disk-price`, `--core-price`. A chat model is not "
        "in it: quoting needs none.",
        "",
        "## Where things move",
        "",
        f"- **Up to about {_round(per_node):,} passages** Chroma's single node holds the vectors "
        f"in {NODE_GIB:.0f} GiB, half of that again left for building the next version beside the "
        "live one. Beyond, Chroma's distributed deployment takes over: the same client and the "
        "same setting, `CHROMA_HOST`, now naming its gateway.",
        f"- **From about {_round(moves):,} passages** a BM25 query on disk is felt "
        f"({SLOW_MS:.0f} ms), since bm25s adds up a score for every passage. Set "
        "`ADVISOR_LEXICAL=postgres`: the same scores from an inverted index in the database, "
        "bounded to 200,000 passages a question. Another engine is one file like "
        "`indexing/building/postgres_text.py`.",
        "- **Shipping the index**: through the database while its files are below some GiB; above, "
        "set `ADVISOR_INDEX_DIR` to a disk or bucket that all servers mount.",
        "- **Embedding** is paid once: for millions of passages let several machines fill the "
        "cache, or rent a GPU for a day with a model of sentence-transformers.",
        "",
    ]
    return "\n".join(lines)


def load(path: Path) -> Measured:
    """What was measured and kept."""
    return Measured.model_validate_json(path.read_bytes())


def keep(found: Measured, path: Path) -> None:
    """Keep what was measured."""
    path.write_text(json.dumps(found.model_dump(), indent=1) + "\n", encoding="utf-8")


def _slope(rows: Sequence[Speed], system: str, field: str) -> float:
    """Growth a passage between the smallest and the largest size measured; MB or ms."""
    of = sorted((r for r in rows if r.system == system), key=lambda r: r.passages)
    first, last = of[0], of[-1]
    if first is last:
        return float(getattr(last, field)) / last.passages
    rise = float(getattr(last, field)) - float(getattr(first, field))
    # Noise may hide a small slope; the mean is then the safer figure.
    if rise <= 0:
        return float(getattr(last, field)) / last.passages
    return rise / (last.passages - first.passages)


def _gib(value: float) -> str:
    return f"{value:,.1f} GiB" if value >= 1 else f"{value * 1024:,.0f} MiB"


def _ms(value: float) -> str:
    return f"{value:,.1f} ms" if value < 1000 else f"{value / 1000:,.1f} s"


def _hours(value: float) -> str:
    return f"{value * 60:,.0f} min" if value < 1 else f"{value:,.0f} h"


def _round(value: int) -> int:
    """Two digits that count."""
    size = int(10 ** max(0, len(str(value)) - 2))
    return value // size * size
