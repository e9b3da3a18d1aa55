"""PostgreSQL's full text gives what bm25s gives: the same passages with the same scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from corpus.database import open_database
from corpus.shelf.register import Shelf
from evals.operations.made_up import documents, sentences, words
from indexing.building import lexical_choice, postgres_text
from indexing.building.chunking import passages
from indexing.building.embedding import HashingEmbedder
from indexing.building.lexical_choice import Bm25s, choose
from indexing.building.passages import Filters
from indexing.building.postgres_text import PostgresText
from indexing.building.records import Records, RecordsWriter
from indexing.building.sync import sync
from indexing.building.versions import open_current
from indexing.errors import ForeignIndex, IndexMismatch
from tests.databases import empty_database
from tests.indexing.conftest import resolution


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Engine]:
    with empty_database("postgresql", tmp_path) as url:
        engine = open_database(url)
        yield engine
        engine.dispose()


def records_of(folder: Path, *made: object) -> Records:
    writer = RecordsWriter(folder / "passages.sqlite")
    for document in made:
        writer.add(document.key, passages(document))  # type: ignore[attr-defined,arg-type]
    writer.close()
    return Records(folder / "passages.sqlite")


def rounded(found: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(name, round(score, 3)) for name, score in found]


def test_scores_are_those_of_bm25s(postgres: Engine, tmp_path: Path) -> None:
    records = records_of(tmp_path, *documents(30, 12))
    for engine in (Bm25s(), PostgresText(postgres)):
        assert engine.build(records.every(), tmp_path / engine.name) == records.count
    ours = Bm25s().open(tmp_path / "bm25s", records)
    theirs = PostgresText(postgres).open(tmp_path / "postgres", records)
    assert theirs.count == ours.count == records.count
    asked = list(sentences(25, words(4000, 7), 99, (3, 12)))
    for question in asked:
        mine, other = ours.query(question, "en", 20), theirs.query(question, "en", 20)
        assert len(mine) == 20
        # Ties are settled by row in both; rounding may swap what is all but equal.
        assert [s for _, s in rounded(other)] == pytest.approx([s for _, s in mine], abs=2e-3)
        assert len({n for n, _ in mine} & {n for n, _ in other}) >= 19
    repeated = asked[0].split()[:1] * 3 + asked[0].split()[1:3]
    assert theirs.query_tokens(repeated, 5)[0][1] == pytest.approx(
        ours.query_tokens(repeated, 5)[0][1], abs=2e-3
    )


def test_filters_and_documents_left_out_hold(postgres: Engine, tmp_path: Path) -> None:
    made = list(documents(20, 6))
    records = records_of(tmp_path, *made)
    PostgresText(postgres).build(records.every(), tmp_path / "postgres")
    arm = PostgresText(postgres).open(tmp_path / "postgres", records)
    question = next(records.every()).text
    everywhere = {name for name, _ in arm.query(question, "en", 60)}
    only = {made[3].id, made[7].id}
    inside = arm.query(question, "en", 60, Filters(documents=tuple(only)))
    assert inside
    assert {p.document for p in records.passages([n for n, _ in inside])} <= only
    outside = arm.query(question, "en", 60, None, [made[0].key])
    assert {p.key for p in records.passages(sorted(everywhere))} >= {made[0].key}
    assert made[0].key not in {p.key for p in records.passages([n for n, _ in outside])}
    assert arm.query(question, "en", 5, Filters(documents=("none",))) == []


@pytest.mark.parametrize(
    "words_",
    ["o'clock \\ back\\slash & | ! : * ( )", "'", "灯塔 照亮 港口", "منارة الميناء", "a" * 3000],
)
def test_any_words_can_be_stored_and_asked_for(
    postgres: Engine, tmp_path: Path, words_: str
) -> None:
    records = records_of(tmp_path, resolution(1, f"lantern {words_} lantern", "harbour wall"))
    PostgresText(postgres).build(records.every(), tmp_path / "postgres")
    arm = PostgresText(postgres).open(tmp_path / "postgres", records)
    for language in ("en", "zh", "ar"):
        assert arm.query(f"lantern {words_}", language, 3)
    assert arm.query("", "en", 3) == []
    assert arm.query("nowhere", "en", 3) == []


def test_common_words_alone_find_less_only_where_there_are_very_many(
    postgres: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = records_of(tmp_path, *documents(30, 12))
    PostgresText(postgres).build(records.every(), tmp_path / "postgres")
    arm = PostgresText(postgres).open(tmp_path / "postgres", records)
    wanted = next(records.every())
    whole = arm.query(wanted.text, "en", 5)
    monkeypatch.setattr(postgres_text, "MOST_MATCHED", 5)
    pruned = arm.query(wanted.text, "en", 5)
    assert pruned[0] == whole[0]
    assert pruned[0][0] == wanted.id
    assert arm.query(wanted.text.split()[0], "en", 5)


def test_a_version_is_built_searched_and_cleaned_up_after(
    postgres: Engine,
    shelf: Shelf,
    put: Callable[..., None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lexical_choice, "_chosen", "bm25s")
    monkeypatch.setattr(lexical_choice, "_ENGINES", dict(lexical_choice._ENGINES))
    embedder = HashingEmbedder()
    put(resolution(1, "every keeper shall store enough oil for a winter of storms"))
    sync(shelf, tmp_path, embedder)
    choose(PostgresText(postgres))
    first = sync(shelf, tmp_path, embedder)
    assert not first.unchanged, "another engine is a reason to build"
    for number in range(2, 8):
        put(resolution(number, f"keeper {number} shall paint the tower white each spring"))
        sync(shelf, tmp_path, embedder)
    version = open_current(tmp_path, embedder)
    assert len(version.lexical.query("who shall paint", "en", 10)) >= 6
    version.close()
    with postgres.connect() as connection:
        tables = connection.execute(
            text("SELECT count(*) FROM pg_tables WHERE schemaname = :s AND tablename LIKE 'v%'"),
            {"s": postgres_text.SCHEMA},
        ).scalar_one()
    assert tables <= 2 * postgres_text.KEPT_VERSIONS + 1

    folder = next(
        p for p in (tmp_path / "index" / "versions").iterdir() if (p / "lexical").is_dir()
    )
    facts = json.loads((folder / "lexical" / lexical_choice.MADE_BY).read_text())
    assert facts["engine"] == "postgres"
    with postgres.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {postgres_text.SCHEMA} CASCADE"))
    with pytest.raises(ForeignIndex):
        open_current(tmp_path, embedder)
    sync(shelf, tmp_path, embedder)
    open_current(tmp_path, embedder).close()
    del lexical_choice._ENGINES["postgres"]
    with pytest.raises(IndexMismatch, match="ADVISOR_LEXICAL"):
        open_current(tmp_path, embedder)
