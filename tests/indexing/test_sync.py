"""P17 and P18: built beside, switched in one step, only what is new embedded, nothing lost."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from corpus.shelf.register import Shelf, State
from indexing.building import sync as syncing
from indexing.building.chunking import passages
from indexing.building.embedding import Embedder, HashingEmbedder, Vectors
from indexing.building.locks import sync_lock
from indexing.building.status import index_status
from indexing.building.sync import sync
from indexing.building.versions import (
    LiveIndex,
    current_name,
    open_current,
    read_manifest,
    versions_folder,
)
from indexing.errors import ForeignIndex, IndexBusy, IndexMismatch, NoIndex
from tests.indexing.conftest import resolution

OIL = "every keeper shall store enough oil for a winter of storms"
WICK = "to trim the wick of each harbour lantern before dusk"
GLASS = "to report on broken glass to the council each spring"


class Counting(HashingEmbedder):
    """Counts what it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return super().embed_passages(texts)


def found(home: Path, embedder: Embedder, text: str) -> tuple[list[str], list[str]]:
    """First address found by each arm."""
    version = open_current(home, embedder)
    try:
        dense = version.vectors.query(embedder.embed_queries([text])[0], 1)
        lexical = version.lexical.query(text, "en", 1)
        return (
            [a for p in version.passages([i for i, _ in dense]) for a in p.addresses],
            [a for p in version.passages([i for i, _ in lexical]) for a in p.addresses],
        )
    finally:
        version.close()


def test_both_arms_hold_what_is_on_the_shelf(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL, WICK), resolution(2, GLASS))
    stages: list[str] = []
    report = sync(shelf, tmp_path, embedder, lambda stage, done, total: stages.append(stage))
    assert (len(report.added), report.passages, report.embedded) == (2, 3, 3)
    assert list(dict.fromkeys(stages)) == ["cutting", "embedding", "lexical", "checking"]
    assert found(tmp_path, embedder, "trim the wick") == (
        ["made-res-1@2020#resolves.2"],
        ["made-res-1@2020#resolves.2"],
    )


def test_P18_only_new_and_changed_documents_are_embedded(
    shelf: Shelf, put: Callable[..., None], tmp_path: Path
) -> None:
    embedder = Counting()
    put(resolution(1, OIL, WICK), resolution(2, GLASS))
    first = sync(shelf, tmp_path, embedder)
    assert len(embedder.seen) == 3

    again = sync(shelf, tmp_path, embedder)
    assert (again.unchanged, again.embedded, again.version) == (True, 0, first.version)

    put(resolution(2, GLASS + ", and each autumn"), resolution(3, "to paint the tower white again"))
    shelf.remove("made-res-1@2020", "test")
    third = sync(shelf, tmp_path, embedder)
    assert third.added == ("made-res-3@2020:en",)
    assert third.changed == ("made-res-2@2020:en",)
    assert third.removed == ("made-res-1@2020:en",)
    assert (third.embedded, len(embedder.seen)) == (2, 5)
    assert found(tmp_path, embedder, "glass autumn")[1] == ["made-res-2@2020#resolves.1"]
    assert found(tmp_path, embedder, OIL)[1] == []


def test_a_changed_title_changes_what_is_searched(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL), resolution(2, WICK), resolution(3, GLASS), resolution(4, OIL + " too"))
    sync(shelf, tmp_path, embedder)
    put(resolution(1, OIL, title="Foghorns"))
    report = sync(shelf, tmp_path, embedder)
    assert report.embedded == 1
    dense, lexical = found(tmp_path, embedder, "foghorns")
    assert dense == lexical == ["made-res-1@2020#resolves.1"]


def test_withdrawn_documents_leave_the_index_and_come_back_without_embedding(
    shelf: Shelf, put: Callable[..., None], tmp_path: Path
) -> None:
    embedder = Counting()
    put(resolution(1, OIL), resolution(2, WICK))
    sync(shelf, tmp_path, embedder)
    shelf.set_state("made-res-1@2020", State.WITHDRAWN, "test")
    assert sync(shelf, tmp_path, embedder).removed == ("made-res-1@2020:en",)
    shelf.set_state("made-res-1@2020", State.ACTIVE, "test")
    assert sync(shelf, tmp_path, embedder).embedded == 0
    assert len(embedder.seen) == 2


def test_an_empty_shelf_gives_an_empty_index_that_answers(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    sync(shelf, tmp_path, embedder)
    assert found(tmp_path, embedder, "oil") == ([], [])
    put(resolution(1, OIL))
    sync(shelf, tmp_path, embedder)
    assert found(tmp_path, embedder, "oil")[0] == ["made-res-1@2020#resolves.1"]


@pytest.mark.parametrize("step", ["_cut", "_vectors", "_lexical", "_manifest"])
def test_P17_a_sync_that_dies_in_any_step_leaves_the_old_index_and_the_next_makes_it_whole(
    shelf: Shelf,
    put: Callable[..., None],
    embedder: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    put(resolution(1, OIL))
    before = sync(shelf, tmp_path, embedder)
    put(resolution(1, GLASS), resolution(2, WICK))
    original = getattr(syncing._Build, step)

    def dies(self: object, *args: object) -> object:
        original(self, *args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(syncing._Build, step, dies)
        with pytest.raises(KeyboardInterrupt):
            sync(shelf, tmp_path, embedder)
    assert current_name(tmp_path) == before.version
    assert found(tmp_path, embedder, "oil")[1] == ["made-res-1@2020#resolves.1"]

    after = sync(shelf, tmp_path, embedder)
    version = open_current(tmp_path, embedder)
    version.verify()
    wanted = [p.id for e in shelf.entries() for p in passages(shelf.document(e.key))]
    assert list(version.records.all_ids()) == wanted
    version.close()
    left = {folder.name for folder in versions_folder(tmp_path).iterdir()}
    assert left == {before.version, after.version}


def test_a_killed_sync_does_not_embed_twice(
    shelf: Shelf, put: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = Counting()
    put(resolution(1, OIL), resolution(2, WICK))
    with monkeypatch.context() as patch:
        patch.setattr(syncing, "chosen", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sync(shelf, tmp_path, embedder)
    assert sync(shelf, tmp_path, embedder).embedded == 0
    assert len(embedder.seen) == 2


def test_P18_a_running_server_sees_the_switch_and_finishes_on_the_old_version(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL))
    sync(shelf, tmp_path, embedder)
    live = LiveIndex(tmp_path, embedder)
    old = live.version()
    assert live.version() is old
    for number in (2, 3, 4):
        put(resolution(number, f"{WICK} number {number}"))
        sync(shelf, tmp_path, embedder)
    new = live.version()
    assert new.records.count == 4
    # Three syncs later the version somebody still reads from is there, and answers.
    assert [p.addresses[0] for p in old.passages_of("made-res-1@2020:en")] == [
        "made-res-1@2020#resolves.1"
    ]
    assert len(old.vectors.query(embedder.embed_queries(["oil"])[0], 5)) == 1
    assert old.lexical.query("oil", "en", 5)
    live.close()
    put(resolution(5, OIL))
    sync(shelf, tmp_path, embedder)
    assert not old.folder.exists()


def test_a_second_sync_at_the_same_time_is_refused(
    shelf: Shelf, embedder: Embedder, tmp_path: Path
) -> None:
    with sync_lock(tmp_path):
        assert index_status(shelf, tmp_path, embedder).syncing
        with pytest.raises(IndexBusy, match="another process"):
            sync(shelf, tmp_path, embedder)
    sync(shelf, tmp_path, embedder)


def test_P19_an_index_of_another_model_is_refused_and_the_next_sync_builds_it_anew(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL))
    sync(shelf, tmp_path, embedder)
    other = HashingEmbedder(dimension=64)
    with pytest.raises(IndexMismatch, match="EMBEDDING_MODEL"):
        open_current(tmp_path, other)
    report = sync(shelf, tmp_path, other)
    assert report.embedded == 1
    assert found(tmp_path, other, "oil")[0] == ["made-res-1@2020#resolves.1"]


def test_no_index_says_what_to_run(shelf: Shelf, embedder: Embedder, tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="advisor index sync"):
        open_current(tmp_path, embedder)
    state = index_status(shelf, tmp_path, embedder)
    assert (state.code, state.in_step) == ("no-index", False)


def _cut_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def _foreign_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps({"name": "something else"}))


def _no_chroma(folder: Path) -> None:
    shutil.rmtree(folder / "chroma")


def _garbage_chroma(folder: Path) -> None:
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"\0" * 5000)


def _no_lexical(folder: Path) -> None:
    shutil.rmtree(folder / "lexical")


def _garbage_records(folder: Path) -> None:
    (folder / "passages.sqlite").write_bytes(b"not a database at all")


def _lost_passage(folder: Path) -> None:
    with sqlite3.connect(folder / "passages.sqlite") as connection:
        connection.execute("UPDATE documents SET count = 0")


@pytest.mark.parametrize(
    "harm",
    [
        _cut_manifest,
        _foreign_manifest,
        _no_chroma,
        _garbage_chroma,
        _no_lexical,
        _garbage_records,
        _lost_passage,
    ],
)
def test_P17_a_damaged_or_foreign_index_is_a_clear_error_and_is_rebuilt_by_one_sync(
    shelf: Shelf,
    put: Callable[..., None],
    embedder: Embedder,
    tmp_path: Path,
    harm: Callable[[Path], None],
) -> None:
    put(resolution(1, OIL, WICK))
    report = sync(shelf, tmp_path, embedder)
    harm(versions_folder(tmp_path) / report.version)
    with pytest.raises(ForeignIndex, match="advisor index sync") as caught:
        open_current(tmp_path, embedder)
    assert str(tmp_path) not in caught.value.message
    assert index_status(shelf, tmp_path, embedder).code == "foreign-index"
    again = sync(shelf, tmp_path, embedder)
    assert (again.embedded, again.passages) == (0, 2)
    assert index_status(shelf, tmp_path, embedder, deep=True).in_step


def test_status_tells_what_the_next_sync_will_do(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL), resolution(2, WICK))
    sync(shelf, tmp_path, embedder)
    assert index_status(shelf, tmp_path, embedder).in_step
    put(resolution(2, GLASS), resolution(3, GLASS, language="fr"))
    shelf.remove("made-res-1@2020", "test")
    state = index_status(shelf, tmp_path, embedder)
    assert (state.missing, state.outdated, state.extra) == (
        ("made-res-3@2020:fr",),
        ("made-res-2@2020:en",),
        ("made-res-1@2020:en",),
    )
    assert not state.in_step
    assert "Out of step" in state.summary()
    assert state.languages == {"en": 2}


def test_equal_shelves_give_equal_corpus_versions(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL))
    one = sync(shelf, tmp_path, embedder)
    two = sync(shelf, tmp_path, embedder, rebuild=True)
    folder = versions_folder(tmp_path)
    assert one.version != two.version
    assert (
        read_manifest(folder / one.version).corpus_version
        == read_manifest(folder / two.version).corpus_version
    )


def test_reading_a_sealed_version_changes_nothing_in_it(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL, WICK))
    folder = versions_folder(tmp_path) / sync(shelf, tmp_path, embedder).version

    def contents() -> dict[str, object]:
        files: dict[str, object] = {
            str(p): p.read_bytes()
            for p in folder.rglob("*")
            if p.is_file() and p.name != "chroma.sqlite3"
        }
        with sqlite3.connect(folder / "chroma" / "chroma.sqlite3") as connection:
            # Chroma counts its openings in `acquire_write`; the vectors' tables stay as they are.
            files["chroma"] = [
                line
                for line in connection.iterdump()
                if "acquire_write" not in line and "sqlite_sequence" not in line
            ]
        return files

    before = contents()
    found(tmp_path, embedder, "oil")
    assert contents() == before


READER = """
import sys
from pathlib import Path
from indexing.building.embedding import load_embedder
from indexing.building.versions import open_current
home, model = Path(sys.argv[1]), load_embedder("hashing")
sys.stdin.read()
for _ in range(5):
    version = open_current(home, model)
    assert len(version.vectors.query(model.embed_queries(["oil"])[0], 2)) == 2
    version.close()
"""


def test_P15_several_processes_read_one_sealed_version_at_the_same_time(
    shelf: Shelf, put: Callable[..., None], embedder: Embedder, tmp_path: Path
) -> None:
    put(resolution(1, OIL, WICK))
    sync(shelf, tmp_path, embedder)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(tmp_path)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    errors = [reader.communicate(timeout=120)[1].decode() for reader in readers]
    assert [reader.returncode for reader in readers] == [0, 0, 0], errors
