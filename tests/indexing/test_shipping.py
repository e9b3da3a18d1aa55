"""One index on many replicas: built once, shipped, switched to by all together, fenced."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from corpus.database import open_database
from corpus.shelf.register import Shelf
from corpus.work.leases import Lease, Leases, LostLease, leases_table
from indexing.building.chroma_server import close, server_client
from indexing.building.embedding import HashingEmbedder
from indexing.building.sync import sync
from indexing.building.versions import LiveIndex, current_name, versions_folder
from indexing.errors import ForeignIndex
from indexing.replicating import shipping as shipping_module
from indexing.replicating.following import Follower
from indexing.replicating.shipping import Publishing, Shipping
from indexing.replicating.transport import Database, Directory
from tests.indexing.conftest import SOURCE, resolution

WICK = "to trim the wick of each harbour lantern before dusk"
GLASS = "to report on broken glass to the council each spring"
OIL = "every keeper shall store enough oil for a winter of storms"


class House:
    """One database, and hosts that share it (and a Chroma server) but no disk."""

    def __init__(self, root: Path, engine: Engine, chroma: str, transport: Any) -> None:
        self.root, self.engine, self.chroma = root, engine, chroma
        self.transport = transport
        self.shelf = Shelf(engine, root / "files")
        self.leases = Leases(engine)
        self.embedder = HashingEmbedder()

    def host(self, name: str) -> tuple[Path, Shipping]:
        home = self.root / name
        return home, Shipping(self.engine, home, self.transport)

    def put(self, *texts: str, number: int = 1) -> None:
        self.shelf.put([resolution(number, *texts)], SOURCE, "test")

    def sync(self, name: str, lease: Lease, **kwargs: Any) -> Any:
        home, shipping = self.host(name)
        shipping.follow()
        return sync(
            self.shelf,
            home,
            self.embedder,
            chroma_host=self.chroma,
            publisher=Publishing(shipping, lease),
            **kwargs,
        )

    def live(self, name: str) -> LiveIndex:
        home, shipping = self.host(name)
        return LiveIndex(home, self.embedder, self.chroma, shipping.follow)


@pytest.fixture(params=["database", "directory"])
def house(
    request: pytest.FixtureRequest, tmp_path: Path, database_url: str, chroma_server: str
) -> Iterator[House]:
    engine = open_database(database_url)
    (tmp_path / "store").mkdir()
    transport = Database(engine) if request.param == "database" else Directory(tmp_path / "store")
    yield House(tmp_path, engine, chroma_server, transport)
    engine.dispose()


def lease_of(house: House, holder: str = "a") -> Lease:
    lease = house.leases.take("worker", holder)
    assert lease is not None
    return lease


def test_a_version_built_on_one_host_answers_on_all_from_the_moment_it_is_live(
    house: House,
) -> None:
    lease = lease_of(house)
    house.put(WICK)
    first = house.sync("a", lease)
    replicas = [house.live(name) for name in "abc"]
    assert {r.version().name for r in replicas} == {first.version}
    for replica in replicas:
        hits = replica.version().lexical.query("wick", "en", 1)
        assert len(hits) == 1
        assert [i for i, _ in hits] == [
            i
            for i, _ in replica.version().vectors.query(
                house.embedder.embed_queries(["wick"])[0], 1
            )
        ]
    house.put(WICK, GLASS)
    second = house.sync("a", lease)
    assert (second.embedded, second.passages) == (1, 2)
    assert {r.version().name for r in replicas} == {second.version}
    for replica in replicas:
        replica.close()


def test_P18_a_host_that_never_built_embeds_only_what_is_new(house: House) -> None:
    house.put(WICK, GLASS)
    house.sync("a", lease_of(house))
    with_next = house.leases.held("worker")
    assert with_next is not None
    house.leases.release(Lease("worker", "a", with_next.token))
    house.put(OIL, number=2)
    assert house.sync("b", lease_of(house, "b")).embedded == 1


def test_all_replicas_hold_the_new_version_before_it_goes_live(house: House) -> None:
    lease = lease_of(house)
    house.put(WICK)
    house.sync("a", lease)
    followers = []
    for name in "bc":
        follower = Follower(house.host(name)[1], name)
        follower.start()
        followers.append(follower)
    try:
        until = time.monotonic() + 20
        _, shipping = house.host("a")
        while set(shipping.replicas()) != {"b", "c"} and time.monotonic() < until:
            time.sleep(0.05)
        house.put(WICK, GLASS)
        made = house.sync("a", lease)
        for name in "bc":
            assert (versions_folder(house.root / name) / made.version).is_dir()
        assert set(shipping.replicas().values()) == {made.version}
    finally:
        for follower in followers:
            follower.close()
    assert shipping.replicas() == {}


def test_a_replica_that_died_does_not_hold_up_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipping_module, "_ALIVE_SECONDS", 0.3)
    house.host("b")[1].report("b", "")
    house.put(WICK)
    began = time.monotonic()
    house.sync("a", lease_of(house))
    assert time.monotonic() - began < 20


def test_a_worker_that_slept_through_its_lease_cannot_publish(house: House) -> None:
    old = lease_of(house, "a")
    house.put(WICK)
    first = house.sync("a", old)
    with house.engine.begin() as connection:
        connection.execute(update(leases_table).values(expires=0.0))
    new = lease_of(house, "b")
    assert new.token == old.token + 1
    house.put(WICK, GLASS)
    with pytest.raises(LostLease):
        house.sync("a", old)
    assert house.host("c")[1].live() == first.version
    made = house.sync("b", new)
    assert house.live("c").version().name == made.version


def test_what_nobody_needs_is_removed_from_the_server_and_the_store(house: House) -> None:
    lease = lease_of(house)
    for text in ("one wick", "two wicks", "three wicks"):
        house.put(text)
        made = house.sync("a", lease)
    _, shipping = house.host("a")
    shipping.announce("20200101T000000-dead", lease)  # a build that was killed
    removed = shipping.collect(lease, house.chroma, linger=-1)
    assert "20200101T000000-dead" in removed
    assert len(removed) == 3
    client = server_client(house.chroma)
    names = {c.name for c in client.list_collections()}
    close(client)
    assert f"advisor-{made.version}" in names
    assert not {f"advisor-{name}" for name in removed} & names
    assert house.live("d").version().name == made.version


def test_what_arrives_damaged_is_not_used(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.put(WICK)
    house.sync("a", lease_of(house))
    real = type(house.transport).receive

    def damaged(self: Any, version: str, file: str, place: Path) -> None:
        real(self, version, file, place)
        if file == "passages.sqlite":
            content = bytearray(place.read_bytes())
            content[len(content) // 2] ^= 1
            place.write_bytes(content)

    monkeypatch.setattr(type(house.transport), "receive", damaged)
    home, _ = house.host("b")
    with pytest.raises(ForeignIndex):
        house.live("b").version()
    assert current_name(home) is None
    monkeypatch.setattr(type(house.transport), "receive", real)
    assert house.live("b").version().records.count == 1  # the next question mends it


def test_many_questions_fetch_a_version_once(house: House) -> None:
    house.put(WICK)
    made = house.sync("a", lease_of(house))
    names: list[str] = []

    def ask() -> None:
        live = house.live("b")
        names.append(live.version().name)
        live.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == [made.version] * 8
    assert not list((house.root / "b" / "index").glob(".fetch-*"))
