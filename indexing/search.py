"""One question -> ranked evidence, each passage with the chance that it answers.

Two arms, dense (Chroma) and BM25, give candidates; late interaction over the encoder's token
vectors tells how much of the question each says (`indexing.late`); `indexing.judge` weighs all into
a calibrated probability; a reranker that the operator set is asked of the likeliest
(`indexing.rerankers`). What a question says outright stays a rule: the instrument it names, the
section or label, the edition, the country. An arm that fails is named in `degraded`, never hidden
(P25).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import structlog
from numpy.typing import NDArray

from corpus.grammar.provisions import editions_named
from corpus.language.concepts import fold
from corpus.language.letters import detect_language
from corpus.language.tokens import analyse_query
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf
from indexing import judge
from indexing.building.chunking import embedded_text
from indexing.building.embedding import Embedder
from indexing.building.passages import Evidence, Filters, Passage, SearchResult
from indexing.building.versions import IndexVersion, LiveIndex
from indexing.door import through
from indexing.encoder import Encoder, packaged_encoder
from indexing.query import Query, understand
from indexing.rerankers import RERANKER, Again, RerankerFailed, Reranking
from indexing.signals import SIGNALS, as_wholes, in_own_language, of_candidates
from indexing.standing import Standing, Standings
from indexing.tokens import Read, TokenStore
from indexing.translated import Translated

log = structlog.get_logger(__name__)

EVERYTHING = Filters()

DENSE, LEXICAL = 50, 30
"""Passages asked of each arm. A right clause is among them for nearly every question that has
one (Hit@20 in docs/benchmarks.md is of the ranking); more cost time and bring little."""

PINNED = 12
"""Passages of one provision that are looked at whatever the arms find."""

NAMED = 60
"""Passages asked of each arm inside the instruments a question names."""

RULES = {
    "elsewhere": 0.02,
    "superseded": 0.1,
    "other_country": 0.1,
    "other_facet": 0.5,
}
"""What a candidate's chance is multiplied by: `elsewhere`: outside the instruments the question
names; `superseded`: a later edition is held and no edition was named; `other_country`: about a
country, and not the one named; `other_facet`: of another kind or year than the one named."""

_CARRIED = re.compile(r"([;(])\s*\([^()]*(?:19|20)\d\d[^()]*\)\s*\)$")
"""What is left of an instrument that a question carries along in brackets, once its name is taken
out: "(captioning; (Rev. Dubai, 2018))"."""

_CERTAIN = 0.97
"""Chance of a provision that a question names by article or number."""

_CLAUSE = 20.0
"""What the odds of the very clause are multiplied by whose section and label a question names."""


class Found(NamedTuple):
    """The candidates of one question, before the rules and any reranker.

    Attributes:
        held: ids of the documents held; `named`: those of them that the question names; `pinned`:
            passages that are the very provision it names.
        signals, learned: a row and the packaged judge's chance for each of `passages`.
        opened: how much what each leaves open speaks for an answer (`judge.left_open`).
        made: what was learned, that gave them; `late`: with token vectors.
        read: the question by its tokens; None where the encoder failed or is not here.
    """

    version: IndexVersion
    query: Query
    named: frozenset[str]
    pinned: frozenset[str]
    held: frozenset[str]
    arms: dict[str, dict[str, float]]
    degraded: tuple[str, ...]
    passages: list[Passage]
    withheld: dict[str, tuple[str, ...]]
    signals: NDArray[np.float32]
    learned: NDArray[np.float64]
    opened: NDArray[np.float64]
    made: Mapping[str, Any]
    late: bool
    read: Read | None

    @property
    def tokens(self) -> int:
        """The question's, how many."""
        return len(self.read.tokens.ids) if self.read else 0

    def after_rules(
        self, chances: NDArray[np.float64], filters: Filters, catalogue: Catalogue
    ) -> NDArray[np.float64]:
        """The chances after what the question says outright (RULES)."""
        return np.array(
            [
                _CERTAIN
                if passage.id in self.pinned
                else ruled(float(c), passage, self.query, self.named, self.held, filters, catalogue)
                for c, passage in zip(chances, self.passages, strict=True)
            ]
        )


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
        reranking: Reranking | None = None,
    ) -> None:
        """Nothing is opened before the first search; `follow` as for `LiveIndex`.

        `reranking`: another's judge, asked of the likeliest candidates (`indexing.rerankers`).
        """
        self._reranking = reranking
        self._shelf = shelf
        self._standings = Standings(shelf)
        self._embedder = embedder
        self._index = LiveIndex(home, embedder, chroma_host, follow)
        self._catalogue = Catalogue.load() if catalogue is None else catalogue
        self._encoder = embedder if isinstance(embedder, Encoder) else packaged_encoder()
        self._tokens = TokenStore(home, self._encoder) if self._encoder else None
        self._translated = Translated(shelf, self._tokens) if self._tokens else None

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
        found = self.candidates(question, filters, language)
        chances = found.after_rules(found.learned, filters, self._catalogue)
        again = self._again(found, chances)
        degraded, made = found.degraded, found.made
        second: dict[int, float] = {}
        if again is not None:
            chances = found.after_rules(again.learned, filters, self._catalogue)
            made, second = {**made, **again.made}, again.scores
        elif self._reranking and self._reranking.fits(found.late):
            degraded = (*degraded, RERANKER)
        # A reranker's regression was fitted without what is left open.
        opened = found.opened if again is None else None
        sure = judge.answerable(found.signals, chances, found.tokens, made, opened)
        # An instrument that the question names outweighs any chance; within, the likeliest first.
        outside = [bool(found.named) and p.document not in found.named for p in found.passages]
        order = np.lexsort((-chances, np.asarray(outside, dtype=bool)))
        ranked = [
            Evidence(
                passage=found.passages[n],
                score=round(float(chances[n]), 6),
                signals={
                    name: round(float(value), 5)
                    for name, value in zip(SIGNALS, found.signals[n], strict=True)
                }
                | {judge.LEFT_OPEN: round(float(found.opened[n]), 5)}
                | ({RERANKER: round(second[int(n)], 5)} if int(n) in second else {}),
            )
            for n in order
        ]
        return SearchResult(
            evidence=tuple(ranked[:top]),
            documents=tuple(dict.fromkeys(e.passage.document for e in ranked))[:5],
            named=tuple(sorted(found.named)),
            missing=_missing(found),
            answerable=round(sure, 6),
            enough=sure >= made["threshold"],
            late=found.late,
            tokens=found.tokens,
            degraded=degraded,
            withheld=found.withheld,
            corpus_version=found.version.corpus_version,
            trace=_trace(found.query, found.named, found.arms, ranked, top, filters, started)
            | {
                "embedder": self._embedder.fingerprint,
                "passages": found.version.manifest.passages,
                "answerable": round(sure, 4),
            }
            | ({RERANKER: self._reranking.name} if self._reranking and second else {}),
        )

    def candidates(
        self, question: str, filters: Filters = EVERYTHING, language: str | None = None
    ) -> Found:
        """What `search` looks at, with the packaged judge's chances, before any rule.

        Raises: as `search`.
        """
        version = self._index.version()
        code = language or detect_language(question)
        now = self._standings.of(version)
        query = understand(question, code, self._catalogue, now.countries)
        named = named_documents(query, now.held)
        vector, read = self._read(without_names(query) if named else query.text)
        arms, degraded = self._ask(version, query, vector, filters, now, named)
        pinned = _pinned(version, query, named, filters, now.without)
        ids = list(dict.fromkeys([*(n for a in arms.values() for n in a), *pinned]))
        passages, withheld = through(version.passages(ids), self._shelf)
        reads = self._tokens.read(passages) if read and self._tokens else None
        foreign = any(p.is_digest and p.language != code for p in passages)
        if read and reads and self._translated and foreign:
            reads = in_own_language(read, passages, reads, self._translated.into(code))
        signals = self._signals(passages, arms, read, reads)
        made = judge.parameters(late=reads is not None)
        return Found(
            version=version,
            query=query,
            named=named,
            pinned=frozenset(pinned),
            held=frozenset(now.held),
            arms=arms,
            degraded=tuple(degraded),
            passages=passages,
            withheld=withheld,
            signals=signals,
            learned=judge.chances(signals, made),
            opened=judge.left_open(read, reads, made)
            if read and reads
            else np.zeros(len(passages)),
            made=made,
            late=reads is not None,
            read=read,
        )

    def _again(self, found: Found, chances: NDArray[np.float64]) -> Again | None:
        """What the reranker says of the likeliest; None without one that is calibrated, or where
        it fails."""
        if self._reranking is None or not self._reranking.fits(found.late) or not len(chances):
            return None
        looked = judge.looked_at(chances)
        texts = [embedded_text(found.passages[n]) for n in looked]
        try:
            return self._reranking.again(found.query.text, texts, found.learned, looked)
        except RerankerFailed as failure:
            log.warning("reranker-failed", reranker=self._reranking.name, why=str(failure))
            return None

    def held(self, stems: Iterable[str], language: str) -> Mapping[str, int]:
        """In how many passages each stem stands; {} where no text is in `language`.

        Raises: as `search`.
        """
        version = self._index.version()
        if language not in self._standings.of(version).languages:
            return {}
        return version.lexical.passages_with(list(dict.fromkeys(stems)))

    def close(self) -> None:
        """Close the index."""
        self._index.close()
        if self._tokens:
            self._tokens.close()

    def _read(self, text: str) -> tuple[NDArray[np.float32] | None, Read | None]:
        """The question's vector for the dense arm and its tokens; None where a model fails."""
        vectors, read = None, None
        try:
            if self._encoder is not None:
                vectors, tokens = self._encoder.read_queries([text])
                read = Read(tokens[0], 0) if len(tokens[0].ids) else None
            if self._encoder is not self._embedder:
                vectors = None
                vectors = self._embedder.embed_queries([text])
        except Exception as error:  # whatever an engine raises, the other arm still answers
            log.warning("question-not-read", error=type(error).__name__)
        return None if vectors is None else vectors[0], read

    def _ask(
        self,
        version: IndexVersion,
        query: Query,
        vector: NDArray[np.float32] | None,
        filters: Filters,
        now: Standing,
        named: Collection[str],
    ) -> tuple[dict[str, dict[str, float]], list[str]]:
        """Every arm's finds by passage id, and the names of the arms that failed or are empty."""
        inside = filters.model_copy(update={"documents": tuple(sorted(named))})
        arms: dict[str, dict[str, float]] = {}
        degraded: list[str] = []

        def dense() -> None:
            if vector is None:
                raise RuntimeError("the question has no vector")
            found = dict(version.vectors.query(vector, DENSE, filters, now.without))
            if named:
                found |= dict(version.vectors.query(vector, NAMED, inside, now.without))
            arms["dense"] = found

        def lexical() -> None:
            tokens = analyse_query(query.text, query.language)
            found = dict(version.lexical.query_tokens(tokens, LEXICAL, filters, now.without))
            if named:
                more = version.lexical.query_tokens(tokens, NAMED, inside, now.without)
                found |= dict(more)
            arms["lexical"] = found

        _guarded("dense", dense, arms, degraded)
        _guarded("lexical", lexical, arms, degraded)
        return arms, degraded

    def _signals(
        self,
        passages: Sequence[Passage],
        arms: dict[str, dict[str, float]],
        read: Read | None,
        reads: Sequence[Read] | None,
    ) -> NDArray[np.float32]:
        dense, lexical = arms["dense"], arms["lexical"]
        floor = min(dense.values(), default=0.0)
        cosines = [dense.get(p.id, floor) for p in passages]
        own = self._encoder is not None and self._encoder.fingerprint == self._embedder.fingerprint
        if read is not None and reads is not None and not (own and dense):
            # The judge knows the encoder's cosines. Another model's, or zeros where the arm failed,
            # are numbers it never saw, and its products of signals make nonsense of those.
            cosines = as_wholes(read, reads)
        return of_candidates(
            read, passages, reads, cosines, [lexical.get(p.id, 0.0) for p in passages]
        )


def without_names(query: Query) -> str:
    """The question without the instruments it names: they are known, and what is asked of them is
    said by the rest. As it is where hardly a word is left."""
    text = query.text
    for reference in query.references:
        text = text.replace(reference.text, " ")
    text = _CARRIED.sub(lambda tail: ")" if tail[1] == ";" else " ", text)
    rest = " ".join(text.split())
    enough = len(rest) > 4 if query.language == "zh" else len(rest.split()) > 2
    return rest if enough else query.text


def _guarded(
    name: str,
    arm: Callable[[], None],
    arms: dict[str, dict[str, float]],
    degraded: list[str],
) -> None:
    """Run an arm; if it raises or finds nothing, search goes on without it and says so."""
    try:
        arm()
    except Exception as error:  # whatever an engine raises, the other arm still answers
        log.warning("arm-failed", arm=name, error=type(error).__name__)
    if not arms.setdefault(name, {}):
        degraded.append(name)


def named_documents(query: Query, held: Collection[str]) -> frozenset[str]:
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
            ][:PINNED]
    mask = version.records.mask(filters, without) if found else None
    if mask is not None:
        rows = version.records.rows(found)
        found = [id for id in found if id in rows and mask[rows[id]]]
    return list(dict.fromkeys(found))


def _missing(found: Found) -> tuple[str, ...]:
    """Provisions named of a treaty that is held; () where any of them is in it."""
    if found.pinned:
        return ()
    return tuple(
        provision.text
        for provision in found.query.provisions
        if any(provision.edition_of(document) for document in found.named)
    )


def ruled(
    chance: float,
    passage: Passage,
    query: Query,
    named: Collection[str],
    held: Collection[str],
    filters: Filters,
    catalogue: Catalogue,
) -> float:
    """A candidate's chance after what the question says outright (RULES).

    `named`: documents the question names, of those `held`.
    """
    if named:
        if passage.document not in named:
            chance *= RULES["elsewhere"]
        elif share := _clause_named(passage, query):
            odds = chance / max(1 - chance, 1e-6) * (1 + (_CLAUSE - 1) * share)
            chance = odds / (1 + odds)
    if not (query.names_edition or filters.superseded):
        newer = catalogue.superseded_by(passage.document, held)
        if newer is not None and newer in held:
            chance *= RULES["superseded"]
    if query.countries and passage.country and passage.country not in query.countries:
        chance *= RULES["other_country"]
    of_kind = not query.kinds or passage.kind in query.kinds
    of_year = not query.years or query.references or passage.year in query.years
    if not (of_kind and of_year):
        chance *= RULES["other_facet"]
    return chance


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
    ranked: Sequence[Evidence],
    top: int,
    filters: Filters,
    started: float,
) -> dict[str, Any]:
    return {
        "query": {
            "text": query.text,
            "language": query.language,
            "references": [r.text for r in query.references],
            "named": sorted(named),
            "countries": list(query.countries),
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
        "kept": min(top, len(ranked)),
        "milliseconds": round(1000 * (time.perf_counter() - started), 1),
    }
