"""One question -> ranked evidence: two arms, each asked twice, then what the words say outright.

Dense (Chroma) and BM25 are each asked with the question and with the texts' own words for it
(`indexing.glossary`); `indexing.query` understands instruments, actors and intent; and
`indexing.ranking` weighs it all. An arm that fails is named in `degraded`, never hidden (P25).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import structlog

from corpus.catalogue import Catalogue
from corpus.languages import detect_language
from corpus.provisions import editions_named
from corpus.shelf import Shelf
from indexing import ranking
from indexing.analysis import analyse, analyse_query
from indexing.concepts import fold
from indexing.embedding import Embedder
from indexing.passages import Evidence, Filters, Passage, SearchResult
from indexing.query import Query, narrowed, understand
from indexing.spelling import respelled
from indexing.standing import Standing, Standings
from indexing.versions import IndexVersion, LiveIndex

log = structlog.get_logger(__name__)

EVERYTHING = Filters()

DEPTH = 150
"""Passages asked of each arm; also where an arm's score counts as its floor."""

_PINNED = 12
"""Passages of one provision that are looked at whatever the arms find."""
_NAMED = 60
"""Passages asked of each arm inside the instruments a question names."""

_GLOSSED = 20
"""Length (characters) from which the texts' words can stand for a question in another language."""

Found = list[tuple[str, float]]


class Searcher:
    """Searches the live index of one data directory. Safe to use from many threads."""

    def __init__(
        self,
        home: Path,
        shelf: Shelf,
        embedder: Embedder,
        chroma_host: str | None = None,
        catalogue: Catalogue | None = None,
        follow: Callable[[], None] | None = None,
    ) -> None:
        """Nothing is opened before the first search; `follow` as for `LiveIndex`."""
        self._standings = Standings(shelf)
        self._embedder = embedder
        self._index = LiveIndex(home, embedder, chroma_host, follow)
        self._catalogue = Catalogue.load() if catalogue is None else catalogue

    def search(
        self,
        question: str,
        top: int = 10,
        filters: Filters = EVERYTHING,
        language: str | None = None,
    ) -> SearchResult:
        """The `top` best passages for a standalone question, in any language.

        `filters` restrict; what the question's own words name only moves passages up. Without
        `language` it is detected.

        Raises:
            NoIndex, IndexMismatch, ForeignIndex, NoChromaServer: there is no index to search.
        """
        started = time.perf_counter()
        version = self._index.version()
        code = language or detect_language(question)
        now = self._standings.of(version)
        asked = _respelled(question, code, now.languages, version)
        query = understand(asked, code, self._catalogue, now.countries)
        named = _named(query, now.held)
        if named:
            query = narrowed(query, _titles(version, now, named))
        arms, degraded = self._ask(version, query, filters, now, named)
        pinned = _pinned(version, query, named, filters, now.without)
        passages = version.passages(
            list(dict.fromkeys([*(n for a in arms.values() for n in a), *pinned]))
        )
        wanted = {p.id for p in passages if p.document in named}
        scaled = {name: ranking.arm_scores(found, DEPTH, wanted) for name, found in _listed(arms)}
        rows = ranking.signals(passages, scaled, query)
        for passage, row in zip(passages, rows, strict=True):
            row.update(self._rules(passage, query, named, now.held, filters))
            if passage.id in pinned:  # the very provision that the question names
                row.update(reference=1.0, clause=1.0)
        ranking.read(passages, rows, query)
        ranked = ranking.rank(passages, rows)
        raw = {name: dict(found) for name, found in arms.items()}
        evidence = tuple(
            e.model_copy(update={"signals": {**e.signals, **_raw(raw, e.passage.id)}})
            for e in ranked[:top]
        )
        return SearchResult(
            evidence=evidence,
            documents=ranking.nearest_documents(ranked),
            degraded=tuple(degraded),
            corpus_version=version.corpus_version,
            trace=_trace(query, named, arms, ranked, evidence, filters, started)
            | {
                "embedder": self._embedder.fingerprint,
                "passages": version.manifest.passages,
                "words": _words(version, query),
            },
        )

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def _ask(
        self,
        version: IndexVersion,
        query: Query,
        filters: Filters,
        now: Standing,
        named: Collection[str],
    ) -> tuple[dict[str, dict[str, float]], list[str]]:
        """Every arm's finds by passage id, and the names of the arms that failed or are empty."""
        expanded = _expanded(query, query.language not in now.languages)
        inside = filters.model_copy(update={"documents": tuple(sorted(named))})
        without = now.without
        arms: dict[str, dict[str, float]] = {}
        degraded: list[str] = []

        def dense() -> None:
            texts = [query.text] if expanded == query.text else [query.text, expanded]
            vectors = self._embedder.embed_queries(texts)
            for name, vector in zip(("dense", "expanded"), [vectors[0], vectors[-1]], strict=True):
                if name == "expanded" and len(texts) == 1:
                    arms[name] = arms["dense"]
                    continue
                arms[name] = dict(version.vectors.query(vector, DEPTH, filters, without))
                if named:
                    found = version.vectors.query(vector, _NAMED, inside, without)
                    arms[name].update(found)

        def lexical() -> None:
            plain = self._tokens(version, query)
            more = [t for t in analyse(query.expansion, "en") if t not in plain]
            for name, tokens in (("lexical", plain), ("lexical_expanded", plain + more)):
                arms[name] = dict(version.lexical.query_tokens(tokens, DEPTH, filters, without))
                if named:
                    found = version.lexical.query_tokens(tokens, _NAMED, inside, without)
                    arms[name].update(found)

        _guarded("dense", dense, arms, degraded)
        _guarded("lexical", lexical, arms, degraded)
        return arms, degraded

    @staticmethod
    def _tokens(version: IndexVersion, query: Query) -> list[str]:
        """Distinct tokens of the question; English ones too, as most texts are English."""
        return analyse_query(query.text, query.language)

    def _rules(
        self,
        passage: Passage,
        query: Query,
        named: Collection[str],
        held: Collection[str],
        filters: Filters,
    ) -> dict[str, float]:
        row: dict[str, float] = {}
        if named:
            row["reference"] = float(passage.document in named)
            if row["reference"]:
                row["clause"] = _clause_named(passage, query)
        if not (query.names_edition or filters.superseded):
            newer = self._catalogue.superseded_by(passage.document, held)
            row["superseded"] = float(newer is not None and newer in held)
        facets = [
            passage.country in query.countries if query.countries else None,
            passage.kind in query.kinds if query.kinds else None,
            passage.year in query.years if query.years and not query.references else None,
        ]
        said = [fact for fact in facets if fact is not None]
        if said:
            row["facet"] = sum(said) / len(said)
        return row


def _guarded(
    name: str,
    arm: Callable[[], None],
    arms: dict[str, dict[str, float]],
    degraded: list[str],
) -> None:
    """Run an arm; if it raises or finds nothing, search goes on without it and says so."""
    names = {"dense": ("dense", "expanded"), "lexical": ("lexical", "lexical_expanded")}[name]
    try:
        arm()
    except Exception as error:  # whatever an engine raises, the other arm still answers
        log.warning("arm-failed", arm=name, error=type(error).__name__)
    for part in names:
        arms.setdefault(part, {})
    if not any(arms[part] for part in names):
        degraded.append(name)


def _expanded(query: Query, across: bool) -> str:
    """What the second dense query reads: the question with the texts' words for it.

    Where no text is in the question's language (`across`) and enough of the question was
    recognised, those words stand alone: the first query has the question itself, and beside its
    foreign words they would hardly move the vector.
    """
    if across and len(query.expansion) > _GLOSSED:
        return query.expansion
    return f"{query.text} ({query.expansion})" if query.expansion else query.text


def _listed(arms: dict[str, dict[str, float]]) -> list[tuple[str, Found]]:
    return [(name, sorted(found.items(), key=lambda p: -p[1])) for name, found in arms.items()]


def _raw(arms: dict[str, dict[str, float]], name: str) -> dict[str, float]:
    """Unscaled arm scores, for calibration: cosine similarity and BM25."""
    return {f"raw_{arm}": found[name] for arm, found in arms.items() if name in found}


def _named(query: Query, held: Collection[str]) -> frozenset[str]:
    """Documents held that the question names by number; the newest edition unless it names one."""
    named: set[str] = set()
    for reference in query.references:
        matching = [document for document in held if reference.matches(document)]
        if reference.body is None:  # "Resolution 30": the Plenipotentiary's, if it is held
            matching = [d for d in matching if d.startswith("pp-")] or matching
        if matching and reference.year is None and not query.names_edition:
            matching = [max(matching, key=lambda d: d.rpartition("@")[2])]
        named.update(matching)
    return frozenset(named) | editions_named(query.provisions, held)


def _pinned(
    version: IndexVersion,
    query: Query,
    named: Collection[str],
    filters: Filters,
    without: Collection[str],
) -> list[str]:
    """Passages that are, or stand in, a provision the question names by article or number.

    They come by the one door that all passages come by: what may not be found is not here either.
    """
    found: list[str] = []
    for provision in query.provisions:
        for key in sorted(version.keys):
            document = key.split(":")[0]
            if document not in named or not provision.edition_of(document):
                continue
            found += [
                passage.id
                for passage in version.passages_of(key)
                if any(provision.names(part.address) for part in passage.parts)
            ][:_PINNED]
    mask = version.records.mask(filters, without) if found else None
    if mask is not None:
        rows = version.records.rows(found)
        found = [id for id in found if id in rows and mask[rows[id]]]
    return list(dict.fromkeys(found))


def _words(version: IndexVersion, query: Query) -> dict[str, int]:
    """In how many passages the question's words, and the texts' words for it, stand."""
    tokens = [*analyse(query.text, query.language), *analyse(query.expansion, "en")]
    try:
        return version.lexical.passages_with(list(dict.fromkeys(tokens)))
    except Exception as error:  # the arm is down, which `degraded` says already
        log.warning("words-not-counted", error=type(error).__name__)
        return {}


def _respelled(
    question: str, language: str, languages: Collection[str], version: IndexVersion
) -> str:
    try:
        return respelled(question, language, languages, version.lexical)
    except Exception as error:  # the arm is down, which `degraded` says later
        log.warning("not-respelled", error=type(error).__name__)
        return question


def _titles(version: IndexVersion, now: Standing, named: Collection[str]) -> list[str]:
    rows = sorted(row for document in named for row in now.first.get(document, ()))
    return [passage.title for passage in version.passages(version.records.ids(rows))]


def _clause_named(passage: Passage, query: Query) -> float:
    """1 when the question names the passage's section and label ("resolves 2"), .5 the section."""
    heading = fold(passage.section_heading)
    if not re.match(r"[a-z ]", heading) or len(heading) < 4:
        return 0.0
    text = fold(query.text)
    at = re.search(rf"(?<!\w){re.escape(heading)}(?!\w)\W*(?P<label>\d+(?:\.\d+)*|[a-z]\))?", text)
    if not at:
        return 0.0
    label = (at["label"] or "").rstrip(")")
    labels = {part.address.partition("#")[2].partition(".")[2] for part in passage.parts}
    return 1.0 if label and label in labels else 0.0 if label else 0.5


def _trace(
    query: Query,
    named: Collection[str],
    arms: dict[str, dict[str, float]],
    ranked: list[Evidence],
    evidence: tuple[Evidence, ...],
    filters: Filters,
    started: float,
) -> dict[str, Any]:
    return {
        "query": {
            "text": query.text,
            "language": query.language,
            "expansion": query.expansion,
            "actors": sorted(query.actors),
            "intent": query.intent.value,
            "quantity": query.quantity,
            "references": [r.text for r in query.references],
            "named": sorted(named),
            "unresolved": [
                r.text for r in query.references if not any(r.matches(d) for d in named)
            ],
        },
        "filters": filters.model_dump(mode="json", exclude_defaults=True),
        "arms": {name: len(found) for name, found in arms.items()},
        "candidates": [
            {"id": e.passage.id, "addresses": list(e.passage.addresses), "score": e.score}
            for e in ranked[:30]
        ],
        "kept": len(evidence),
        "milliseconds": round(1000 * (time.perf_counter() - started), 1),
    }
