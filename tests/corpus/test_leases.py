"""One of several does the work; when it dies another takes over; the one that slept is fenced."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, update

from corpus.database import open_database
from corpus.work.leases import Kept, Leases, LostLease, fenced, leases_table


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def expires(engine: Engine, at: float) -> None:
    with engine.begin() as connection:
        connection.execute(update(leases_table).values(expires=at))


def test_of_many_that_reach_for_it_together_one_gets_it(engine: Engine) -> None:
    leases, got = Leases(engine), []

    def reach(name: str) -> None:
        lease = leases.take("worker", name)
        if lease:
            got.append(lease)

    threads = [threading.Thread(target=reach, args=(str(n),)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    held = leases.held("worker")
    assert held is not None
    assert (held.holder, held.token) == (got[0].holder, 1)


def test_one_that_runs_out_goes_to_the_next_with_a_higher_token(engine: Engine) -> None:
    leases = Leases(engine, seconds=0.3)
    first = leases.take("worker", "a")
    assert first is not None
    assert leases.take("worker", "b") is None
    time.sleep(0.4)
    second = leases.take("worker", "b")
    assert second is not None
    assert second.token == first.token + 1
    with pytest.raises(LostLease):
        leases.renew(first)
    with pytest.raises(LostLease), fenced(engine, first):
        pytest.fail("the old holder got in")
    with fenced(engine, second):
        pass
    leases.release(first)  # has no effect on another's
    assert leases.take("worker", "c") is None


def test_kept_as_long_as_the_block_lasts_and_free_at_once_after_it(engine: Engine) -> None:
    leases = Leases(engine, seconds=2.0)
    lease = leases.take("worker", "a")
    assert lease is not None
    with Kept(leases, lease) as kept:
        kept.say("embedding 3 of 9")
        time.sleep(3.0)
        assert leases.take("worker", "b") is None
        held = leases.held("worker")
        assert held is not None
        assert held.doing == "embedding 3 of 9"
    assert leases.take("worker", "b") is not None


def test_one_that_lost_it_is_told_at_its_next_step(engine: Engine) -> None:
    leases = Leases(engine, seconds=0.5)
    lease = leases.take("worker", "a")
    assert lease is not None
    with Kept(leases, lease) as kept:
        expires(engine, 0.0)
        assert leases.take("worker", "b") is not None
        assert kept.lost.wait(5)
        with pytest.raises(LostLease):
            kept.say("going on")
    held = leases.held("worker")
    assert held is not None
    assert held.holder == "b"


@pytest.mark.parametrize("jump", [86_400.0, -86_400.0])
def test_a_clock_that_jumps_leaves_no_lease_behind_that_nobody_can_take(
    engine: Engine, jump: float
) -> None:
    leases = Leases(engine)
    assert leases.take("worker", "dead") is not None
    # Seen after the jump, the lease ends a day ago, or a day from now.
    expires(engine, time.time() - jump + leases.seconds)
    assert leases.take("worker", "next") is not None
