"""Guessing is made slow: each failed sign-in makes the next wait longer, on every replica.

An attempt counts before the password is looked at, so that guesses sent side by side do not get
past. Counted for the account and for the address it comes from, each under a keyed digest.
"""

from __future__ import annotations

import ipaddress
import unicodedata

from sqlalchemy import Engine, delete, insert, select, update

from assistant.people.errors import LockedOut
from assistant.people.secrets import Signer
from assistant.people.tables import attempts_table
from corpus.database import make_tables, one_at_a_time
from corpus.work.leases import database_now

FREE_FOR_ACCOUNT, FREE_FOR_ADDRESS = 5, 20
"""So many may fail before waiting begins; many people can share one address."""

FIRST_WAIT, LONGEST_WAIT = 5.0, 900.0
FORGOTTEN_AFTER = 24 * 3600.0
_CLOCK_SLACK = 60.0


class Attempts:
    """The failed sign-ins of one database. Safe to use from many threads."""

    def __init__(self, engine: Engine, signer: Signer) -> None:
        """`engine` from corpus.database."""
        self._engine = engine
        self._signer = signer
        make_tables(engine)

    def begin(self, account: str, address: str, moment: float | None = None) -> None:
        """Count an attempt, before it is known whether it is right.

        Raises:
            LockedOut: the account or the address has to wait; this attempt changed nothing.
        """
        table = attempts_table
        # Signed before the transaction: the first signature of all writes its secret.
        who, where = self._account(account), self._address(address)
        with self._engine.begin() as connection:
            one_at_a_time(connection, "sign-in-attempts")
            at = database_now(connection) if moment is None else moment
            connection.execute(delete(table).where(table.c.last < at - FORGOTTEN_AFTER))
            counted = []
            for subject, free in (
                (who, FREE_FOR_ACCOUNT),
                (where, FREE_FOR_ADDRESS),
            ):
                row = connection.execute(
                    select(table.c.until, table.c.count).where(table.c.subject == subject)
                ).first()
                # No wait is longer than the longest; one that seems so began before the clock was
                # set back, and would lock its owner out until the clock is there again.
                if row is not None and at < row.until <= at + LONGEST_WAIT + _CLOCK_SLACK:
                    raise LockedOut(
                        "Too many sign-ins failed. Wait some minutes and try again.",
                        row.until - at,
                    )
                counted.append((subject, free, 0 if row is None else row[1]))
            for subject, free, before in counted:
                values = {"count": before + 1, "last": at, "until": at + _wait(before + 1 - free)}
                if connection.execute(
                    select(table.c.subject).where(table.c.subject == subject)
                ).first():
                    connection.execute(
                        update(table).where(table.c.subject == subject).values(**values)
                    )
                else:
                    connection.execute(insert(table).values(subject=subject, **values))

    def succeeded(self, account: str, address: str) -> None:
        """It was right: the account starts anew, and the attempt no longer counts against the
        address; what failed from there before still does."""
        table = attempts_table
        who, where = self._account(account), self._address(address)
        with self._engine.begin() as connection:
            connection.execute(delete(table).where(table.c.subject == who))
            connection.execute(
                update(table)
                .where(table.c.subject == where, table.c.count > 0)
                .values(count=table.c.count - 1, until=0.0)
            )

    def forget(self, account: str) -> int:
        """Take an account's lock away; returns how many lines there were."""
        table, who = attempts_table, self._account(account)
        with self._engine.begin() as connection:
            return connection.execute(delete(table).where(table.c.subject == who)).rowcount

    def _account(self, account: str) -> str:
        return self._signer.sign("account", counted_name(account))

    def _address(self, address: str) -> str:
        return self._signer.sign("address", counted_address(address))


def counted_name(account: str) -> str:
    """A name as it is counted: what could open the same account is the same name."""
    folded = unicodedata.normalize("NFKC", account)
    return "".join(c for c in folded if c.isprintable() and not c.isspace()).casefold()


def counted_address(address: str) -> str:
    """An address as it is counted: of IPv6 the network of 64 bits that one customer gets."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _wait(failures: int) -> float:
    """Seconds to wait when so many failed beyond the free ones."""
    return 0.0 if failures < 0 else min(FIRST_WAIT * 2.0 ** min(failures, 20), LONGEST_WAIT)
