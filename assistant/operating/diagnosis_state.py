"""What may be wrong with the state a deployment runs on, in words: store, disk, clock, index,
Chroma, the elected worker, the chat endpoint. Each check is called by
`assistant.operating.diagnosis`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from assistant.operating.findings import Check, Verdict
from assistant.settings import Settings
from corpus.errors import AdvisorError

_LEAST_FREE = 200 * 2**20
_COMFORTABLE = 2 * 2**30
"""Bytes: below the first (or the size of the next index) nothing can be built; below the second
it is time to look."""

_CLOCK_SECONDS = 300.0
_CHAT_SECONDS = 5.0


def disk(settings: Settings) -> Iterator[Check]:
    """Room for one more index beside the live one."""
    from assistant.operating.workspace import home

    path = home(settings)
    free = shutil.disk_usage(path).free
    index = sum(p.stat().st_size for p in (path / "index").rglob("*") if p.is_file())
    needed = max(_LEAST_FREE, index)
    wrong, tight = free < needed, free < _COMFORTABLE
    yield Check(
        name="data directory",
        verdict=Verdict.WRONG if wrong else Verdict.NOTE if tight else Verdict.OK,
        found=f"{path}, {_size(free)} free" + (", too little for the next index" if wrong else ""),
        mend=f"Make room (at least {_size(needed)}), or set ADVISOR_DATA_DIR to a larger disk."
        if tight
        else "",
    )


def store(settings: Settings) -> Iterator[Check]:
    """The relational store can be read and written."""
    from assistant.operating.workspace import unopened
    from corpus.store_errors import (
        StoreAway,
        StoreBusy,
        StoreDamaged,
        StoreFull,
        StoreReadOnly,
        StoreTrouble,
    )
    from corpus.work.leases import leases_table

    mends: dict[type[StoreTrouble], str] = {
        StoreAway: "Start the database, or correct DATABASE_URL; servers go on by themselves then.",
        StoreFull: "Make room on the disk of the database; nothing else is needed.",
        StoreReadOnly: "Mount the disk for writing, or give this user the right to write.",
        StoreDamaged: "advisor restore BACKUP, into an empty data directory.",
        StoreBusy: "See which process holds the database; it frees it when it ends.",
    }
    engine = unopened(settings)
    kind = "PostgreSQL" if engine.dialect.name == "postgresql" else "SQLite"
    try:
        with engine.connect() as connection:
            trial = connection.begin()
            leases_table.create(connection, checkfirst=True)
            name = f"doctor-{time.time_ns()}"
            connection.execute(
                insert(leases_table).values(
                    name=name, holder="doctor", token=0, expires=0, doing=""
                )
            )
            trial.rollback()
        if kind == "SQLite":
            yield from _sqlite_sound(settings)
    except StoreTrouble as error:
        yield Check(
            name="database",
            verdict=Verdict.WRONG,
            found=f"{kind}: {error.message}",
            mend=mends[type(error)],
        )
        return
    finally:
        engine.dispose()
    yield Check(name="database", verdict=Verdict.OK, found=f"{kind}, read and written")


def _sqlite_sound(settings: Settings) -> Iterator[Check]:
    from assistant.operating.workspace import unopened

    with unopened(settings).connect() as connection:
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if said != "ok":
        yield Check(
            name="database",
            verdict=Verdict.WRONG,
            found="SQLite: the file is damaged.",
            mend="advisor restore BACKUP, into an empty data directory.",
        )


def clock(settings: Settings) -> Iterator[Check]:
    """What was written lies in the past, and hosts agree on the time."""
    from assistant.operating.workspace import unopened
    from corpus.database import make_tables, reading
    from corpus.shelf.register import history_table
    from corpus.work.leases import database_now

    engine = unopened(settings)
    make_tables(engine)
    with reading(engine) as connection:
        last = connection.execute(select(func.max(history_table.c.at))).scalar()
        apart = database_now(connection) - time.time()
    engine.dispose()
    newest = datetime.fromisoformat(last).timestamp() if last else 0.0
    newest = max([newest, *_written(settings)])
    ahead = newest - time.time()
    wrong = ahead > _CLOCK_SECONDS or abs(apart) > _CLOCK_SECONDS
    found = f"{datetime.now(UTC).isoformat(timespec='seconds')}, as the database's"
    if ahead > _CLOCK_SECONDS:
        found = f"set back: something was written {ahead / 3600:.1f} hours from now"
    elif wrong:
        found = f"{abs(apart):.0f} s apart from the database's clock"
    yield Check(
        name="clock",
        verdict=Verdict.WRONG if wrong else Verdict.OK,
        found=found,
        mend="Set the clock of this machine, and let it follow a time server." if wrong else "",
    )


def _written(settings: Settings) -> Iterator[float]:
    for name in ("advisor.db", "advisor.db-wal", "index/current"):
        path: Path = settings.home / name
        if path.exists():
            yield path.stat().st_mtime


def index(settings: Settings) -> Iterator[Check]:
    """The index is whole, of the right model and in step; every byte and id of it compared."""
    from assistant.operating.workspace import index_status

    state = index_status(settings, deep=True)
    yield Check(
        name="index",
        verdict=Verdict.OK if state.in_step else Verdict.WRONG,
        found=state.summary(),
        mend="" if state.in_step else "advisor index sync",
    )


def chroma(settings: Settings) -> Iterator[Check]:
    """The Chroma server answers; nothing is said where there is none."""
    if not settings.chroma_host:
        return
    from indexing.building.chroma_server import close, heard, server_client

    try:
        client = server_client(settings.chroma_host)
        with heard():
            count = len(client.list_collections())
        close(client)
    except AdvisorError as error:
        yield Check(
            name="chroma server",
            verdict=Verdict.WRONG,
            found=f"{settings.chroma_host}: {error.message}",
            mend="Start it; meanwhile servers that run answer by words alone and say so.",
        )
        return
    yield Check(
        name="chroma server",
        verdict=Verdict.OK,
        found=f"{settings.chroma_host}, {count} collections",
    )


def replicas(settings: Settings) -> Iterator[Check]:
    """Who builds the index, and whether all servers hold the live version."""
    if not settings.shared:
        return
    from assistant.operating.replicas import LEASE, shipping
    from assistant.operating.workspace import unopened
    from corpus.work.leases import Leases

    engine = unopened(settings)
    held = Leases(engine).held(LEASE)
    way = shipping(settings, engine)
    live, all_ = way.live(), way.replicas()
    engine.dispose()
    working = held is not None and held.seconds > 0
    yield Check(
        name="elected worker",
        verdict=Verdict.OK if working else Verdict.WRONG,
        found=f"{held.holder}{f', {held.doing}' if held.doing else ''}"
        if working and held
        else "none: new documents are not indexed",
        mend="" if working else "Start a server, or `advisor worker`.",
    )
    behind = sorted(name for name, holds in all_.items() if holds != live)
    yield Check(
        name="servers",
        verdict=Verdict.NOTE if behind or not all_ else Verdict.OK,
        found=f"{len(all_)} alive, all on the live index"
        if not behind
        else f"{len(all_)} alive; behind: {', '.join(behind)}",
        mend="They fetch it within seconds; look at their disks and logs if not." if behind else "",
    )


def owner(settings: Settings) -> Iterator[Check]:
    """Whether a server holds this data directory for itself."""
    if settings.shared:
        return
    from assistant.operating.workspace import home
    from indexing.building.locks import serve_lock
    from indexing.errors import AlreadyServing

    try:
        with serve_lock(home(settings)):
            found, verdict = "none runs on this data directory", Verdict.OK
    except AlreadyServing:
        found, verdict = "one runs on this data directory; a second would be refused", Verdict.NOTE
    yield Check(name="server", verdict=verdict, found=found)


def reranker(settings: Settings) -> Iterator[Check]:
    """The reranker answers and was calibrated; nothing is said where none is configured."""
    from assistant.operating.workspace import reranking
    from indexing.rerankers import RerankerFailed

    found = reranking(settings)
    if found is None:
        return
    start = time.monotonic()
    try:
        found.scores("Who keeps the lamps?", ["The keeper keeps the lamps.", "Bread is baked."])
    except RerankerFailed as failure:
        yield Check(
            name="reranker",
            verdict=Verdict.WRONG,
            found=f"{found.name}: {failure}",
            mend="Look at it, or raise ADVISOR_RERANKER_TIMEOUT; meanwhile the packaged judge "
            "decides, and answers say so.",
        )
        return
    took = f"{found.name}, two texts in {time.monotonic() - start:.1f} s"
    yield Check(
        name="reranker",
        verdict=Verdict.NOTE if found.lacks else Verdict.OK,
        found=f"{took}; not used: {found.lacks}" if found.lacks else f"{took}, calibrated",
        mend="advisor train calibrate" if found.lacks else "",
    )


def chat(settings: Settings) -> Iterator[Check]:
    """The chat endpoint answers in good time; without one, answers are quotations."""
    configured = settings.chat_model or settings.chat_base_url
    if not configured:
        yield Check(
            name="chat model",
            verdict=Verdict.NOTE,
            found="none: answers are verbatim quotations",
            mend="Set ADVISOR_CHAT_MODEL or ADVISOR_CHAT_BASE_URL for prose.",
        )
        return
    trouble = _silent(settings) if settings.chat_base_url else ""
    yield Check(
        name="chat model",
        verdict=Verdict.WRONG if trouble else Verdict.OK,
        found=f"{configured}{f': {trouble}' if trouble else ''}",
        mend="Look at the endpoint; meanwhile answers are quotations and say so."
        if trouble
        else "",
    )


def _silent(settings: Settings) -> str:
    import httpx

    address = f"{(settings.chat_base_url or '').rstrip('/')}/models"
    key = settings.chat_api_key.get_secret_value() if settings.chat_api_key else "none"
    try:
        httpx.get(address, timeout=_CHAT_SECONDS, headers={"Authorization": f"Bearer {key}"})
    except httpx.TimeoutException:
        return f"does not answer within {_CHAT_SECONDS:.0f} s"
    except httpx.HTTPError as error:
        return f"cannot be reached ({type(error).__name__})"
    return ""


def _size(count: float) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
