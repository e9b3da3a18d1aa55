"""The two arms and the records of one version: filters, order, neighbours, addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.documents import DocumentKind
from corpus.shelf.register import Shelf
from indexing.building.embedding import Embedder
from indexing.building.passages import Filters
from indexing.building.sync import sync
from indexing.building.versions import IndexVersion, open_current
from tests.indexing.conftest import resolution

TRADES = ("cooper", "weaver", "tanner", "potter", "glazier", "chandler", "fletcher", "saddler")


@pytest.fixture
def version(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> Iterator[IndexVersion]:
    """40 documents of 8 clauses: 36 English, two French, one Arabic, one of another body."""
    for number in range(1, 37):
        put(
            resolution(
                number,
                *(f"the {trade} of district {number} shall mend harbour nets" for trade in TRADES),
                year=2014 if number % 2 else 2018,
            )
        )
    put(
        resolution(37, "les pêcheurs réparent les filets du port", language="fr"),
        resolution(38, "les tisserands du port", language="fr"),
        resolution(39, "على الصيادين إصلاح شباك الميناء", language="ar"),
        resolution(40, "harbour nets are inspected by the lodge", body="lodge"),
    )
    sync(shelf, tmp_path, embedder)
    opened = open_current(tmp_path, embedder)
    yield opened
    opened.close()


def both(
    version: IndexVersion, embedder: Embedder, text: str, k: int, **kwargs: object
) -> Iterator[list[str]]:
    vector = embedder.embed_queries([text])[0]
    yield [i for i, _ in version.vectors.query(vector, k, **kwargs)]  # type: ignore[arg-type]
    yield [i for i, _ in version.lexical.query(text, "en", k, **kwargs)]  # type: ignore[arg-type]


def test_results_come_best_first_and_no_more_than_asked(
    version: IndexVersion, embedder: Embedder
) -> None:
    vector = embedder.embed_queries(["the glazier of district 7 shall mend harbour nets"])[0]
    dense = version.vectors.query(vector, 10)
    lexical = version.lexical.query("glazier of district 7", "en", 10)
    for found in (dense, lexical):
        assert len(found) == 10
        assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)
        first = version.passages([found[0][0]])[0]
        assert first.addresses == ("made-res-7@2014#resolves.5",)
    assert version.lexical.query("unheard words", "en", 10) == []
    assert version.lexical.query("", "en", 10) == []
    assert version.vectors.query(vector, 0) == []
    assert len(version.vectors.query(vector, 10_000)) == version.records.count


def test_similarity_is_the_cosine(version: IndexVersion, embedder: Embedder) -> None:
    vector = embedder.embed_queries(["harbour nets are inspected by the lodge"])[0]
    from indexing.building.chunking import embedded_text

    for name, score in version.vectors.query(vector, 5):
        own = embedder.embed_passages([embedded_text(version.passages([name])[0])])[0]
        assert score == pytest.approx(float(own @ vector), abs=1e-4)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(languages=("fr",)), 2),
        (Filters(bodies=("lodge",)), 1),
        (Filters(documents=("made-res-3@2014",)), 8),
        (Filters(years=(2018,)), 18 * 8),
        (Filters(kinds=(DocumentKind.TOOLKIT,)), 0),
        (Filters(years=(2018,), documents=("made-res-3@2014",)), 0),
    ],
)
def test_filters_hold_in_both_arms(
    version: IndexVersion, embedder: Embedder, filters: Filters, count: int
) -> None:
    text = "harbour nets port filets tisserands"
    for found in both(version, embedder, text, 1000, filters=filters):
        kept = version.passages(found)
        assert len(kept) <= count
        for passage in kept:
            assert not filters.languages or passage.language in filters.languages
            assert not filters.bodies or passage.body in filters.bodies
            assert not filters.documents or passage.document in filters.documents
            assert not filters.years or passage.year in filters.years
    vector = embedder.embed_queries([text])[0]
    assert len(version.vectors.query(vector, 1000, filters=filters)) == count


def test_P10_keys_left_out_are_not_found_by_either_arm(
    version: IndexVersion, embedder: Embedder
) -> None:
    without = {"made-res-40@2020:en", "made-res-7@2014:en"}
    for found in both(version, embedder, "nets inspected by the lodge", 50, without=without):
        assert found
        assert not {p.key for p in version.passages(found)} & without


def test_a_filter_that_drops_all_that_lies_near_still_finds_the_rest(
    version: IndexVersion, embedder: Embedder
) -> None:
    vector = embedder.embed_queries(["the tanner of district 2 shall mend harbour nets"])[0]
    found = version.vectors.query(vector, 3, Filters(languages=("fr", "ar")))
    assert {p.language for p in version.passages([i for i, _ in found])} <= {"fr", "ar"}
    assert len(found) == 3


def test_arabic_and_french_questions_find_their_documents(version: IndexVersion) -> None:
    for text, language in (("إصلاح الشباك", "ar"), ("réparer un filet", "fr")):
        found = version.lexical.query(text, language, 3)
        assert version.passages([found[0][0]])[0].language == language


def test_neighbours_stay_in_the_document(version: IndexVersion) -> None:
    passages = version.passages_of("made-res-5@2014:en")
    assert [p.position for p in passages] == list(range(8))
    assert version.neighbours(passages[0].id) == [passages[1]]
    assert version.neighbours(passages[3].id, before=2, after=1) == [
        passages[1],
        passages[2],
        passages[4],
    ]
    assert version.neighbours(passages[7].id) == [passages[6]]
    assert version.neighbours("no such id") == []


def test_passages_by_id_address_and_key(version: IndexVersion) -> None:
    ids = version.ids_at("made-res-5@2014#resolves.2")
    assert [p.addresses for p in version.passages(ids)] == [("made-res-5@2014#resolves.2",)]
    assert version.ids_at("made-res-5@2014#resolves.99") == []
    many = list(version.records.all_ids())
    assert [p.id for p in version.passages([*reversed(many), "unknown"])] == many[::-1]
    assert version.passages_of("unknown") == []
    assert version.languages == {"en", "fr", "ar"}


def test_a_vector_of_another_length_is_refused(version: IndexVersion) -> None:
    with pytest.raises(ValueError, match="a vector of 3"):
        version.vectors.query(np.ones(3, dtype=np.float32), 1)


def test_many_threads_may_search_at_once(version: IndexVersion, embedder: Embedder) -> None:
    from concurrent.futures import ThreadPoolExecutor

    vector = embedder.embed_queries(["the potter of district 9"])[0]

    def ask(_: int) -> tuple[str, str, int]:
        dense = version.vectors.query(vector, 5)
        lexical = version.lexical.query("potter of district 9", "en", 5)
        return dense[0][0], lexical[0][0], len(version.passages([i for i, _ in dense]))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(200)))) == 1
