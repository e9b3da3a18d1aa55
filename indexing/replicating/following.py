"""A replica keeps up: it fetches what is ready to go live, and says what it holds.

Two threads, so that a long fetch does not make the replica look dead.
"""

from __future__ import annotations

import threading

import structlog
from sqlalchemy.exc import SQLAlchemyError

from corpus.errors import AdvisorError
from indexing.replicating.shipping import Shipping

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0


class Follower:
    """Runs until closed; whatever fails is tried again a second later."""

    def __init__(self, shipping: Shipping, replica: str) -> None:
        """`replica` names this process among all."""
        self._shipping, self._replica = shipping, replica
        self._holds = ""
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, args=(work,), daemon=True, name=name)
            for work, name in ((self._fetch, "index-fetch"), (self._report, "index-report"))
        ]

    def start(self) -> None:
        """Begin to follow."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop, and say so; nobody then waits for this replica."""
        self._over.set()
        for thread in self._threads:
            thread.join(5)
        try:
            self._shipping.leave(self._replica)
        except (AdvisorError, SQLAlchemyError):
            return  # the others stop waiting by themselves

    def _loop(self, work: object) -> None:
        assert callable(work)
        failed = False
        while True:
            try:
                work()
                failed = False
            except (AdvisorError, SQLAlchemyError, OSError) as error:
                if not failed:  # said once, not every second
                    log.warning("cannot keep up with the index", error=type(error).__name__)
                failed = True
            if self._over.wait(EVERY_SECONDS):
                return

    def _fetch(self) -> None:
        ready = self._shipping.prepare()
        if ready is None:
            self._shipping.follow()
        self._holds = ready or self._shipping.live() or ""

    def _report(self) -> None:
        self._shipping.report(self._replica, self._holds)
