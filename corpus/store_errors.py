"""What can befall the relational store, in words: away, full, read-only, damaged, busy.

Every engine made by `corpus.database` turns the driver's errors into these, so that a screen, the
API and `advisor doctor` can say what is wrong and nobody sees a driver's message. They are
SQLAlchemy errors as well: what waits out a database that is away goes on doing so.
"""

from __future__ import annotations

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from corpus.errors import AdvisorError


class StoreTrouble(AdvisorError, SQLAlchemyError):
    """Base of everything below: the relational store cannot be used now. Nothing was written."""

    code = "store-trouble"

    def __str__(self) -> str:
        return self.message


class StoreAway(StoreTrouble):
    """The database does not answer."""

    code = "store-away"


class StoreFull(StoreTrouble):
    """There is no room on its disk."""

    code = "store-full"


class StoreReadOnly(StoreTrouble):
    """It may be read but not written."""

    code = "store-read-only"


class StoreDamaged(StoreTrouble):
    """Its file is damaged."""

    code = "store-damaged"


class StoreBusy(StoreTrouble):
    """Another process has held it for longer than we wait."""

    code = "store-busy"


_MESSAGES: dict[type[StoreTrouble], str] = {
    StoreAway: "The database does not answer, so nothing was stored. Try again in a moment; if it "
    "stays so, the operator should look at DATABASE_URL.",
    StoreFull: "The disk of the database is full, so nothing was stored. The operator should make "
    "room; `advisor doctor` shows how much is left.",
    StoreReadOnly: "The database cannot be written to, so nothing was stored. The operator should "
    "look at the disk and its rights; `advisor doctor` says more.",
    StoreDamaged: "The database is damaged. The operator should restore a backup "
    "(`advisor restore`) into an empty data directory.",
    StoreBusy: "The database is busy, so nothing was stored. Try again in a moment.",
}

_STATES: dict[str, type[StoreTrouble]] = {
    "53100": StoreFull,
    "25006": StoreReadOnly,
    "57P01": StoreAway,
    "57P02": StoreAway,
    "57P03": StoreAway,
    "53300": StoreBusy,
    "55P03": StoreBusy,
    "40001": StoreBusy,
    "40P01": StoreBusy,
    "XX001": StoreDamaged,
    "XX002": StoreDamaged,
}
"""By PostgreSQL's SQLSTATE (its manual, appendix A)."""

_SAID: tuple[tuple[str, type[StoreTrouble]], ...] = (
    ("disk is full", StoreFull),
    ("readonly database", StoreReadOnly),
    ("unable to open database", StoreReadOnly),
    ("disk image is malformed", StoreDamaged),
    ("not a database", StoreDamaged),
    ("disk i/o error", StoreFull),
    ("database is locked", StoreBusy),
    ("database table is locked", StoreBusy),
)
"""By SQLite's own words (sqlite3ErrStr). An I/O error when writing is nearly always a full disk or
a limit on a file's size; that is what the operator should look at first."""


def trouble_of(error: BaseException) -> StoreTrouble | None:
    """What befell the store, from a driver's error; None when it is something else."""
    state = getattr(error, "sqlstate", None)
    found = _STATES.get(str(state))
    words = str(error).lower()
    if found is None:
        found = next((kind for said, kind in _SAID if said in words), None)
    if found is None and state is None and type(error).__module__.startswith("psycopg"):
        # The server never answered, or went away: such errors carry no SQLSTATE.
        found = (
            StoreAway if type(error).__name__ in ("OperationalError", "ConnectionTimeout") else None
        )
    return None if found is None else found(_MESSAGES[found])


def speak(engine: Engine) -> None:
    """Make `engine` raise the errors above in place of the driver's."""

    @event.listens_for(engine, "handle_error")
    def _on_error(context: ExceptionContext) -> BaseException | None:
        if context.is_pre_ping:  # the pool finds a dead connection and opens another
            return None
        original = context.original_exception
        known = isinstance(context.sqlalchemy_exception, DBAPIError) or context.connection is None
        if isinstance(original, SQLAlchemyError) or not known:
            return None
        return trouble_of(original)
