"""P19: a running system is saved into one file and restored into an empty place, answers alike."""

from __future__ import annotations

import gzip
import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.advisor import Advisor
from assistant.answers import Answer
from assistant.operating import backup as keeping
from assistant.operating import workspace
from assistant.operating.backup import BadBackup, NotEmpty, backup, restore
from assistant.settings import Settings
from corpus.shelf.register import Source, State
from corpus.shelf.snapshots import NewerStore
from indexing.building.embedding import HashingEmbedder
from indexing.errors import IndexMismatch
from tests.assistant.tiny import DOCUMENT
from tests.databases import empty_database

QUESTIONS = (
    "What does Resolution 900 resolve on lantern laboratories?",
    "What are Member States invited to lend?",
    "Who reviews lantern standards, and with whom?",
)


def settings_of(home: Path, url: str | None = None, **changes: Any) -> Settings:
    secret = SecretStr(url) if url else None
    return Settings(data_dir=home, database_url=secret, embedding_model="hashing", **changes)


def made(settings: Settings) -> Advisor:
    """A system with one document, its file, an index and a withdrawn document."""
    engine = workspace.database(settings)
    shelf = workspace.shelf(settings, engine)
    (workspace.files(settings) / "lanterns.xml").write_bytes(b"<lanterns/>")
    source = Source(name="lanterns.xml", sha256="0" * 64, file="lanterns.xml")
    other = DOCUMENT.model_copy(update={"id": "pp-res-901@2030", "number": "901"})
    shelf.put([DOCUMENT, other], source, "test")
    shelf.set_state(other.id, State.WITHDRAWN, "test", "old")
    workspace.sync_index(settings)
    return Advisor.open(settings)


def cited(advisor: Advisor) -> list[object]:
    """What each question's answer says and cites, byte for byte."""
    return [
        advisor.ask(q).model_dump(mode="json", include={"status", "claims", "citations", "nearest"})
        for q in QUESTIONS
    ]


@pytest.fixture(params=["sqlite-sqlite", "sqlite-postgresql", "postgresql-sqlite"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Settings, Settings]]:
    """Where the system is, and where it is restored to."""
    with ExitStack() as stack:
        both = []
        for name, backend in zip("ab", request.param.split("-"), strict=True):
            (tmp_path / name).mkdir()
            url = stack.enter_context(empty_database(backend, tmp_path / name))
            both.append(settings_of(tmp_path / name, url))
        yield both[0], both[1]


def test_P19_restored_into_an_empty_place_the_same_questions_get_the_same_citations(
    places: tuple[Settings, Settings], tmp_path: Path
) -> None:
    here, there = places
    advisor = made(here)
    before = cited(advisor)
    assert any(one["citations"] for one in before if isinstance(one, dict))
    first: Answer = advisor.ask(QUESTIONS[0])
    assert first.conversation
    receipt = backup(here, tmp_path / "x.backup")
    assert receipt.contents.rows["turns"] == 1 + len(QUESTIONS)

    restored = restore(there, tmp_path / "x.backup")
    assert not restored.synced
    again = Advisor.open(there)
    assert cited(again) == before
    # P5: a turn that was stored is shown byte for byte as it was.
    assert again.store.answer_json(first.id, "local") == advisor.store.answer_json(
        first.id, "local"
    )
    follow = again.ask("And what about standards?", conversation=first.conversation)
    assert [t.number for t in again.store.turns(first.conversation, "local")] == [1, 2]
    assert follow.conversation == first.conversation
    assert (workspace.files(there) / "lanterns.xml").read_bytes() == b"<lanterns/>"
    assert [e.state for e in again.shelf.entries()] == [e.state for e in advisor.shelf.entries()]
    assert workspace.index_status(there).in_step
    # What is numbered by the database goes on after what was restored.
    again.shelf.set_state("pp-res-901@2030", State.ACTIVE, "test", "back")
    assert len(again.shelf.history()) == len(advisor.shelf.history()) + 1


def test_P19_a_backup_is_one_moment_of_a_system_in_use(tmp_path: Path) -> None:
    here = settings_of(tmp_path / "a")
    advisor = made(here)
    stop = threading.Event()
    seen: list[str] = []

    def ask() -> None:
        while not stop.is_set():
            seen.append(advisor.ask(QUESTIONS[len(seen) % 3]).id)

    asker = threading.Thread(target=ask)
    asker.start()
    try:
        while len(seen) < 3:
            stop.wait(0.02)
        rows = backup(here, tmp_path / "x.backup").contents.rows
    finally:
        stop.set()
        asker.join()
    assert rows["turns"] in (rows["conversations"], rows["conversations"] - 1)
    there = settings_of(tmp_path / "b")
    restore(there, tmp_path / "x.backup")
    store = Advisor.open(there).store
    assert (
        len([c for c in store.conversations("local") if store.turns(c.id, "local")])
        == (rows["turns"])
    )


def test_a_backup_cut_short_or_altered_changes_nothing(tmp_path: Path) -> None:
    here = settings_of(tmp_path / "a")
    made(here)
    whole = tmp_path / "x.backup"
    backup(here, whole)
    assert whole.stat().st_mode & 0o077 == 0
    content = whole.read_bytes()
    plain = gzip.decompress(content)
    at = plain.index(b"lantern laboratories")
    wrong = {
        "cut": content[: len(content) // 2],
        "altered": gzip.compress(plain[:at] + b"LANTERN" + plain[at + 7 :]),
        "other": b"not a backup",
        "empty": b"",
    }
    there = settings_of(tmp_path / "b")
    for name, bytes_ in wrong.items():
        (tmp_path / name).write_bytes(bytes_)
        with pytest.raises(BadBackup):
            restore(there, tmp_path / name)
        with pytest.raises(BadBackup):
            keeping.inspect(tmp_path / name)
    assert keeping.inspect(whole).index
    restore(there, whole)  # nothing was left in the way
    assert not list(tmp_path.glob("*/.advisor-*"))


def test_a_backup_goes_into_an_empty_place_only(tmp_path: Path) -> None:
    here = settings_of(tmp_path / "a")
    made(here)
    backup(here, tmp_path / "x.backup")
    with pytest.raises(NotEmpty):
        restore(here, tmp_path / "x.backup")
    shutil.rmtree(tmp_path / "a" / "index")
    with pytest.raises(NotEmpty, match="ADVISOR_DATA_DIR"):
        restore(here, tmp_path / "x.backup")


def test_a_disk_without_room_leaves_no_half_backup(tmp_path: Path) -> None:
    here = settings_of(tmp_path / "a")
    made(here)
    with pytest.raises(BadBackup, match="room"):
        backup(here, tmp_path / "missing" / "x.backup")
    assert not list(tmp_path.rglob("*.part"))


def rewritten(source: Path, target: Path, change: Any) -> Path:
    """The backup `source` with its files changed by `change(folder)`, sums put right."""
    folder = target.with_suffix(".d")
    with tarfile.open(source) as tar:
        tar.extractall(folder, filter="data")
    contents = json.loads((folder / "backup.json").read_text())
    change(folder, contents)
    contents["files"] = {
        p.relative_to(folder).as_posix(): keeping._sum(p)
        for p in folder.rglob("*")
        if p.is_file() and p.name != "backup.json"
    }
    (folder / "backup.json").write_text(json.dumps(contents))
    with tarfile.open(target, "w:gz") as tar:
        for path in folder.rglob("*"):
            tar.add(path, path.relative_to(folder).as_posix(), recursive=False)
    return target


def test_upgrade_an_older_backup_without_a_later_table_column_and_layout_is_restored(
    tmp_path: Path,
) -> None:
    here = settings_of(tmp_path / "a")
    before = cited(made(here))
    backup(here, tmp_path / "x.backup")

    def older(folder: Path, _contents: dict[str, Any]) -> None:
        (folder / "tables" / "feedback.jsonl").unlink()  # a table that came later
        shelf = folder / "tables" / "shelf_documents.jsonl"
        rows = [json.loads(line) for line in shelf.read_text().splitlines()]
        for row in rows:
            del row["source_url"]  # a column that came later
        shelf.write_text("".join(json.dumps(row) + "\n" for row in rows))
        manifest = json.loads((folder / "index" / "manifest.json").read_text())
        manifest["rules"] = "cutting 0, analysis 0, layout 0"
        (folder / "index" / "manifest.json").write_text(json.dumps(manifest))

    old = rewritten(tmp_path / "x.backup", tmp_path / "old.backup", older)
    there = settings_of(tmp_path / "b")
    restore(there, old)
    workspace.sync_index(there)
    assert cited(Advisor.open(there)) == before


def test_rollback_a_newer_backup_is_refused_by_name_and_leaves_the_place_empty(
    tmp_path: Path,
) -> None:
    here = settings_of(tmp_path / "a")
    made(here)
    backup(here, tmp_path / "x.backup")

    def table(folder: Path, _contents: dict[str, Any]) -> None:
        (folder / "tables" / "telepathy.jsonl").write_text('{"id": 1}\n')

    def column(folder: Path, _contents: dict[str, Any]) -> None:
        path = folder / "tables" / "shelf_documents.jsonl"
        rows = [json.loads(line) | {"aura": "blue"} for line in path.read_text().splitlines()]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def format_(_folder: Path, contents: dict[str, Any]) -> None:
        contents["format"] = keeping.FORMAT + 1

    there = settings_of(tmp_path / "b")
    for change, error in ((table, NewerStore), (column, NewerStore), (format_, BadBackup)):
        newer = rewritten(tmp_path / "x.backup", tmp_path / f"{change.__name__}.new", change)
        with pytest.raises(error, match=r"newer|does not know"):
            restore(there, newer)
    restore(there, tmp_path / "x.backup")


def test_another_embedding_model_after_restoring_makes_the_index_again(tmp_path: Path) -> None:
    here = settings_of(tmp_path / "a")
    made(here)
    backup(here, tmp_path / "x.backup")

    def other(folder: Path, _contents: dict[str, Any]) -> None:
        manifest = json.loads((folder / "index" / "manifest.json").read_text())
        manifest["fingerprint"] = "another model"
        (folder / "index" / "manifest.json").write_text(json.dumps(manifest))

    there = settings_of(tmp_path / "b")
    changed = rewritten(tmp_path / "x.backup", tmp_path / "other.backup", other)
    assert restore(there, changed).synced
    assert workspace.index_status(there).in_step


def test_restored_beside_a_chroma_server_the_index_is_made_from_the_saved_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chroma_server: str
) -> None:
    here = settings_of(tmp_path / "a", chroma_host=chroma_server)
    before = cited(made(here))
    backup(here, tmp_path / "server.backup")
    monkeypatch.setattr(HashingEmbedder, "embed_queries", HashingEmbedder.embed_passages)
    monkeypatch.setattr(HashingEmbedder, "embed_passages", lambda *_: pytest.fail("embedded again"))
    there = settings_of(tmp_path / "b")
    assert restore(there, tmp_path / "server.backup").synced
    assert cited(Advisor.open(there)) == before

    backup(there, tmp_path / "embedded.backup")
    third = settings_of(tmp_path / "c", chroma_host=chroma_server)
    assert restore(third, tmp_path / "embedded.backup").synced
    assert cited(Advisor.open(third)) == before
    with pytest.raises(IndexMismatch):
        Advisor.open(settings_of(tmp_path / "c")).ask(QUESTIONS[0])
