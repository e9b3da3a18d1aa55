"""The elected worker: of all servers of one corpus, one reads files and builds the index (P24).

Who it is, a lease in the database decides. When it dies, another takes over within seconds and
does again what was not finished; what a worker did that was slow to notice its successor is
refused by the lease's token.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from assistant.operating import replicas, workspace
from assistant.settings import Settings
from corpus.database import reading
from corpus.errors import AdvisorError
from corpus.shelf.register import Shelf, history_table
from corpus.work.jobs import Jobs
from corpus.work.leases import Kept, Lease, Leases, LostLease
from corpus.work.worker import run_jobs
from indexing.building.sync import SyncReport, sync
from indexing.replicating.shipping import Publishing

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0
"""Between two looks for work, and between two tries for the lease."""

_TRY_AGAIN_SECONDS = 10.0
"""After a sync that failed; the next change on the shelf is tried at once."""


class Worker:
    """Works while it holds the lease, waits for it otherwise; runs until told to stop."""

    def __init__(self, settings: Settings, engine: Engine, name: str | None = None) -> None:
        """`name` of this process among all, for those who ask who works."""
        self._settings, self._engine = settings, engine
        self._name = name or replicas.name_of_this()
        self._leases = Leases(engine)
        self._shelf: Shelf | None = None
        self._jobs: Jobs | None = None
        self._done: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, daemon=True, name="worker")

    def start(self) -> None:
        """Run in a thread of its own."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the step at hand, and let the next one take over at once."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(10)

    def ask_to_stop(self) -> None:
        """Stop after the step at hand, without waiting for it."""
        self._stop.set()

    def run(self) -> None:
        """Until stopped: try for the lease, and work while it is held."""
        while not self._stop.is_set():
            try:
                lease = self._leases.take(replicas.LEASE, self._name)
                if lease is not None:
                    log.info("elected", worker=self._name, token=lease.token)
                    with Kept(self._leases, lease) as kept:
                        self._work(kept)
            except LostLease:
                log.warning("another worker took over", worker=self._name)
            except (AdvisorError, SQLAlchemyError, OSError) as error:
                log.warning("worker cannot work", error=type(error).__name__)
            except Exception:
                log.exception("worker failed")
            self._stop.wait(EVERY_SECONDS)

    def _work(self, kept: Kept) -> None:
        self._done, failed_at = None, 0.0
        collected = waited = 0.0
        while not self._stop.is_set():
            kept.say("")
            self._read_files(kept)
            change = self._last_change()
            if change != self._done and (change != failed_at or waited >= _TRY_AGAIN_SECONDS):
                waited = 0.0
                try:
                    self.in_step(kept)
                    self._done = change
                except LostLease:
                    raise
                except AdvisorError as error:
                    failed_at = change
                    kept.say(f"waiting to try again: {error.code}")
                    log.warning("index not in step", code=error.code)
            if collected <= 0:
                self._collect(kept)
                collected = 60.0
            self._stop.wait(EVERY_SECONDS)
            waited += EVERY_SECONDS
            collected -= EVERY_SECONDS

    def in_step(self, kept: Kept) -> SyncReport:
        """Bring the live version in step with the shelf, on every replica.

        Raises:
            LostLease: another worker has taken over.
            AdvisorError: the index cannot be built now; says why.
        """
        return publish_sync(self._settings, self._engine, kept)

    def _read_files(self, kept: Kept) -> None:
        if self._shelf is None:
            self._shelf = workspace.shelf(self._settings, self._engine)
            self._jobs = Jobs(self._engine)
        assert self._jobs is not None
        over = _Either(self._stop, kept.lost)
        run_jobs(self._jobs, self._shelf, stop=over)

    def _last_change(self) -> int:
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.max(history_table.c.number))).scalar() or 0)

    def _collect(self, kept: Kept) -> None:
        shipping = replicas.shipping(self._settings, self._engine)
        try:
            shipping.collect(kept.lease, self._settings.chroma_host)
        except LostLease:
            raise
        except AdvisorError as error:
            log.warning("old index versions stay for now", code=error.code)


class _Either(threading.Event):
    """Set when either of two events is."""

    def __init__(self, one: threading.Event, other: threading.Event) -> None:
        super().__init__()
        self._both = (one, other)

    def is_set(self) -> bool:
        """Whether one of them is."""
        return any(event.is_set() for event in self._both)


def publish_sync(
    settings: Settings,
    engine: Engine,
    kept: Kept,
    progress: Callable[[str, int, int], None] | None = None,
) -> SyncReport:
    """Sync under a lease that is kept, and publish to every replica; says how far it is.

    Raises:
        LostLease: another worker has taken over.
        AdvisorError: the index cannot be built now; says why.
    """
    shipping = replicas.shipping(settings, engine)
    shipping.follow()

    def say(stage: str, done: int, total: int) -> None:
        kept.say(f"{stage} {done} of {total}")
        if progress:
            progress(stage, done, total)

    return sync(
        workspace.shelf(settings, engine),
        workspace.home(settings),
        workspace.embedder(settings),
        say,
        settings.chroma_host,
        publisher=Publishing(shipping, kept.lease),
    )


def sync_now(
    settings: Settings, progress: Callable[[str, int, int], None] | None = None
) -> SyncReport:
    """`advisor index sync` where several servers share the corpus: build here, if nobody does.

    Raises:
        WorkerElsewhere: an elected worker is at it; it needs no telling.
        AdvisorError: as `publish_sync`.
    """
    engine = workspace.database(settings)
    leases = Leases(engine)
    lease: Lease | None = leases.take(replicas.LEASE, f"command on {replicas.name_of_this()}")
    if lease is None:
        held = leases.held(replicas.LEASE)
        raise WorkerElsewhere(
            f"The worker {held.holder if held else 'of another server'} keeps the index in step "
            f"by itself{f' ({held.doing})' if held and held.doing else ''}; "
            "`advisor index status` shows how far it is."
        )
    with Kept(leases, lease) as kept:
        return publish_sync(settings, engine, kept, progress)


class WorkerElsewhere(AdvisorError):
    """For the operator: the index is built by the elected worker, not by this command."""

    code = "worker-elsewhere"
