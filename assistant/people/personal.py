"""What of the database is about a person, and how they are forgotten.

By the names of columns: rows with an `owner` are that person's, with everything that hangs on
them by a foreign key; `actor`, `added_by` and `made_by` say who did something that stays. A test
asks of every table which it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, select, update

from assistant.people.audit import SYSTEM, Action, pseudonym, write
from assistant.people.tables import (
    audit_table,
    limits_table,
    pseudonyms_table,
    sessions_table,
    users_table,
)
from assistant.people.users import keep_an_admin
from assistant.records.schema import declared
from assistant.records.tables import conversations_table
from corpus.database import make_tables, one_at_a_time, storable

OWNERS = ("owner",)
DOERS = ("actor", "added_by", "made_by", "decided_by")
_OF_A_PERSON = {users_table: users_table.c.name, limits_table: limits_table.c.subject}


def owned() -> Iterator[tuple[Table, ColumnElement[str]]]:
    """Tables whose rows are a person's, with the column that says whose."""
    for table in declared().sorted_tables:
        if table in _OF_A_PERSON:
            yield table, _OF_A_PERSON[table]
        for name in OWNERS:
            if name in table.c:
                yield table, table.c[name]


def done_by() -> Iterator[tuple[Table, ColumnElement[str]]]:
    """Columns that say who did something, of tables whose rows are not theirs."""
    for table in declared().sorted_tables:
        for name in DOERS:
            if name in table.c and table is not audit_table:
                yield table, table.c[name]


def erase(engine: Engine, name: str, *, by: str) -> dict[str, int]:
    """Erase a person: account, keys, sessions and all they made; in one transaction.

    What they did to things that are not theirs (an upload, a switch) stays, under a pseudonym
    that stands for nobody any more. Erasing someone unknown erases nothing and is no error: an
    account may be gone and conversations left.

    Returns:
        How many rows were deleted or changed, by table.
    """
    declared()  # so that every table of the program is there to be looked through
    make_tables(engine)
    name = storable(name)
    counts: dict[str, int] = {}
    with engine.begin() as connection:
        one_at_a_time(connection, "users")
        keep_an_admin(connection, name)
        alias = pseudonym(connection, name)
        for table, column in owned():
            _count(counts, table, _delete(connection, table, column == name, counts))
        for table, column in done_by():
            changed = connection.execute(
                update(table).where(column == name).values({column.key: alias})
            ).rowcount
            _count(counts, table, changed)
        own = by == name
        connection.execute(delete(pseudonyms_table).where(pseudonyms_table.c.id == alias))
        total = sum(counts.values())
        if total:
            write(connection, "nobody" if own else by, Action.ERASED, alias, rows=total)
    return {table: rows for table, rows in counts.items() if rows}


def keep_no_longer(engine: Engine, days: int, *, by: str = SYSTEM) -> int:
    """Delete conversations nobody added to for `days` days, with all that hangs on them.

    Sessions that ended go too. Drafts and reviews are work, and stay until their owner deletes
    them. Returns how many conversations there were; 0 days keeps everything.
    """
    if days <= 0:
        return 0
    declared()
    make_tables(engine)
    moment = datetime.now(UTC)
    oldest = (moment - timedelta(days=days)).isoformat(timespec="milliseconds")
    table, counts = conversations_table, dict[str, int]()
    with engine.begin() as connection:
        one_at_a_time(connection, "retention")
        gone = _delete(connection, table, table.c.updated < oldest, counts)
        connection.execute(
            delete(sessions_table).where(
                sessions_table.c.expires < moment.isoformat(timespec="milliseconds")
            )
        )
        if gone:
            write(connection, by, Action.KEPT_NO_LONGER, conversations=gone, days=days)
    return gone


def _delete(
    connection: Connection, table: Table, where: ColumnElement[bool], counts: dict[str, int]
) -> int:
    """Delete rows and, before them, every row that refers to them."""
    for child in declared().sorted_tables:
        for constraint in child.foreign_key_constraints:
            if constraint.referred_table is not table or child is table:
                continue
            (element,) = constraint.elements
            inner = select(element.column).where(where)
            _count(counts, child, _delete(connection, child, element.parent.in_(inner), counts))
    return connection.execute(delete(table).where(where)).rowcount


def _count(counts: dict[str, int], table: Table, rows: int) -> None:
    counts[table.name] = counts.get(table.name, 0) + rows
