"""What was decided about clauses that may speak to software, kept beside the shelf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sqlalchemy import (
    Column,
    Connection,
    Float,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from corpus.database import metadata
from corpus.documents import Document, Frozen
from corpus.tampering.rule import VERSION, Finding, words_of

marks_table = Table(
    "shelf_marks",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("address", String(400), primary_key=True),
    Column("words", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("rule", String(32), nullable=False),
    Column("decided_by", String(200)),
    Column("decided_at", String(32)),
)


class Decision(StrEnum):
    """About one clause. The rule says HELD or NOTED, a librarian RELEASED or KEPT."""

    HELD = "held"
    NOTED = "noted"
    RELEASED = "released"
    KEPT = "kept"


WITHHELD = frozenset({Decision.HELD, Decision.KEPT})
"""Decisions under which a clause is shown nowhere."""

DECIDED = frozenset({Decision.RELEASED, Decision.KEPT})
"""A librarian's: the rule never overturns them, also where the document is added anew."""


class Mark(Frozen):
    """One clause that was found or decided on.

    Attributes:
        key: shelf key of the document; address: of the clause in it.
        words: see `rule.Finding.words`; the decision holds for these words.
        rule: version of the rule that found it.
        decided_by, decided_at: the librarian and when (UTC, ISO 8601); None while undecided.
    """

    key: str
    address: str
    words: str
    state: Decision
    reason: str
    score: float
    rule: str
    decided_by: str | None = None
    decided_at: str | None = None


def store(
    connection: Connection, document: Document, found: Iterable[Finding], version: str
) -> None:
    """Store what the rule of this version found in the document; librarians' decisions stay."""
    before = {mark.words: mark for mark in of_key(connection, document.key) if _decided(mark)}
    connection.execute(delete(marks_table).where(marks_table.c.key == document.key))
    there = {
        words_of(section, clause): str(document.address(section, clause))
        for section, clause in document.clauses()
    }
    rows = {finding.address: _row(document.key, finding, version) for finding in found}
    for words, mark in before.items():
        # Words that are gone for now keep their decision, at an address that no clause has.
        address = there.get(words, f"#{words}")
        rows[address] = mark.model_copy(update={"address": address})
    if rows:
        connection.execute(
            insert(marks_table), [mark.model_dump(mode="json") for mark in rows.values()]
        )


def decide(
    connection: Connection, document: Document, address: str, state: Decision, actor: str, at: str
) -> bool:
    """Store a librarian's decision on a clause, found by the rule or not; False for no clause."""
    for section, clause in document.clauses():
        if str(document.address(section, clause)) != address:
            continue
        where = (marks_table.c.key == document.key) & (marks_table.c.address == address)
        said = {"state": state.value, "decided_by": actor, "decided_at": at}
        if not connection.execute(update(marks_table).where(where).values(**said)).rowcount:
            connection.execute(
                insert(marks_table).values(
                    key=document.key,
                    address=address,
                    words=words_of(section, clause),
                    reason="a librarian's decision",
                    score=0.0,
                    rule=VERSION,
                    **said,
                )
            )
        return True
    return False


def forget(connection: Connection, key: str) -> None:
    """A document was removed: what the rule found in it goes, what people decided stays."""
    undecided = marks_table.c.state.not_in([state.value for state in DECIDED])
    connection.execute(delete(marks_table).where((marks_table.c.key == key) & undecided))


def of_key(connection: Connection, key: str | None = None) -> list[Mark]:
    """Marks of a document, or of all; the surest first."""
    query = select(marks_table).order_by(
        marks_table.c.score.desc(), marks_table.c.key, marks_table.c.address
    )
    if key is not None:
        query = query.where(marks_table.c.key == key)
    return [Mark.model_validate(dict(row)) for row in connection.execute(query).mappings()]


def withheld_of(marks: Iterable[Mark]) -> dict[str, frozenset[str]]:
    """Addresses that are shown nowhere, by shelf key."""
    found: dict[str, set[str]] = {}
    for mark in marks:
        if mark.state in WITHHELD:
            found.setdefault(mark.key, set()).add(mark.address)
    return {key: frozenset(addresses) for key, addresses in found.items()}


def without(document: Document, withheld: Sequence[str] | frozenset[str]) -> Document:
    """The document without these clauses; sections left empty are gone.

    A document all of whose clauses are withheld keeps no title either: it may be what was found.
    """
    if not withheld:
        return document
    sections = []
    for section in document.sections:
        kept = tuple(
            c for c in section.clauses if str(document.address(section, c)) not in withheld
        )
        if kept:
            sections.append(section.model_copy(update={"clauses": kept}))
    changed: dict[str, object] = {"sections": tuple(sections)}
    if not sections:
        changed["title"] = document.id
    return document.model_copy(update=changed)


def _decided(mark: Mark) -> bool:
    return mark.state in DECIDED


def _row(key: str, finding: Finding, version: str) -> Mark:
    return Mark(
        key=key,
        address=finding.address,
        words=finding.words,
        state=Decision.HELD if finding.held else Decision.NOTED,
        reason=finding.reason,
        score=finding.score,
        rule=version,
    )
